"""The OpenAPI document, completed, and a page that shows it: plain HTML, no script, no CDN.

Litestar derives the document from the handlers; added here are the query strings, which are read
from structs (`validation.read_query`), and the problem that any operation may answer.
"""

from copy import deepcopy
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Request, Response, Router, get
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.openapi.spec import Components, License, SecurityScheme
from litestar.serialization import encode_json

from search_service import __version__
from search_service.api import docs_page
from search_service.api.problems import MEDIA_TYPE, Problem, catalogue
from search_service.api.validation import BODY, FILE, FORM, QUERY
from search_service.serving.authentication import PUBLIC

DESCRIPTION = """Search decks and documents down to the slide.

Send an access token (`POST /api/v1/auth/token`) or an API key as `Authorization: Bearer …`.
Errors are `application/problem+json` with a stable `code`. Times are ISO 8601 in UTC. Lists go on
with `next_cursor`, which is opaque. A query parameter that is not known is refused."""
_REFERENCE = "#/components/schemas/{name}"


class _CompletedDocument(OpenAPIRenderPlugin):
    """Gives the completed document where Litestar would give its own."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002 - Litestar passes its own
        return encode_json(document_of(request.app))


def openapi_config() -> OpenAPIConfig:
    """Give what Litestar is to know of the document."""
    return OpenAPIConfig(
        title="Search service",
        version=__version__,
        description=DESCRIPTION,
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        path="/api/v1/schema",
        render_plugins=[_CompletedDocument(path="/openapi.json", media_type=MediaType.JSON)],
        use_handler_docstrings=True,
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(
                    type="http",
                    scheme="bearer",
                    description="An access token, or an API key (`ssk_…`).",
                )
            }
        ),
        security=[{"bearer": []}],
    )


def document_of(app: Litestar) -> dict[str, Any]:
    """Give the completed document; made once for each application."""
    made: dict[str, Any] | None = app.state.get("openapi_document")
    if made is None:
        made = deepcopy(app.openapi_schema.to_schema())
        _complete(app, made)
        app.state.openapi_document = made
    return made


@get("/openapi.json", opt=PUBLIC, security=[], include_in_schema=False, sync_to_thread=False)
def get_document(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Give the OpenAPI 3.1 document of this interface."""
    return document_of(request.app)


@get("/docs", opt=PUBLIC, security=[], include_in_schema=False, sync_to_thread=False)
def get_docs(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the document as a page."""
    page: str | None = request.app.state.get("openapi_page")
    if page is None:
        page = docs_page.render(document_of(request.app), catalogue())
        request.app.state.openapi_page = page
    return Response(page, media_type=MediaType.HTML)


@get("/docs/style.css", opt=PUBLIC, security=[], include_in_schema=False, sync_to_thread=False)
def get_style() -> Response[str]:
    """Give the page's style."""
    headers = {"Cache-Control": "public, max-age=3600"}
    return Response(docs_page.style(), media_type="text/css", headers=headers)


def _complete(app: Litestar, document: dict[str, Any]) -> None:
    schemas = document["components"].setdefault("schemas", {})
    (_, components) = msgspec.json.schema_components([Problem], ref_template=_REFERENCE)
    schemas.update(components)
    problem = {"$ref": _REFERENCE.format(name="Problem")}
    answer = {"$ref": _REFERENCE.format(name="SearchAnswer")}
    several = schemas["MultiSearchAnswer"]["properties"]["answers"]
    several["items"] = {"anyOf": [answer, problem]}
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            for method in getattr(handler, "http_methods", ()):
                operation = document["paths"].get(route.path_format, {}).get(method.lower())
                if operation is None:
                    continue
                operation.setdefault("responses", {})["default"] = {
                    "description": "Any error, as a problem (RFC 9457).",
                    "content": {MEDIA_TYPE: {"schema": problem}},
                }
                operation["responses"].pop("400", None)
                _complete_operation(operation, handler.opt)


def _complete_operation(operation: dict[str, Any], opt: dict[str, Any]) -> None:
    if QUERY in opt:
        operation.setdefault("parameters", []).extend(_query_parameters(opt[QUERY]))
    if BODY in opt:
        content = {opt[BODY]: {"schema": {"type": "string"}}}
        operation["requestBody"] = {"required": True, "content": content}
    if FORM in opt:
        content = {"multipart/form-data": {"schema": _form_schema(opt[FORM])}}
        operation["requestBody"] = {"required": True, "content": content}
    if "scope" in opt:
        asked = f"An API key needs the scope `{opt['scope']}`."
        operation["description"] = f"{operation.get('description', '')}\n\n{asked}".strip()


def _form_schema(kind: type[msgspec.Struct]) -> dict[str, Any]:
    (_, components) = msgspec.json.schema_components([kind], ref_template=_REFERENCE)
    schema: dict[str, Any] = _without_references(components[kind.__name__], components)
    file = {"type": "string", "format": "binary"}
    return {**schema, "properties": {FILE: file, **schema["properties"]}, "required": [FILE]}


def _query_parameters(kind: type[msgspec.Struct]) -> list[dict[str, Any]]:
    """The struct's fields as parameters; what they refer to stands in them, not beside them."""
    (_, components) = msgspec.json.schema_components([kind], ref_template=_REFERENCE)
    properties = components[kind.__name__]["properties"]
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "schema": _without_references(schema, components),
            **({"description": text} if (text := _description(schema)) else {}),
        }
        for name, schema in properties.items()
    ]


def _without_references(schema: Any, components: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_without_references(item, components) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        inner = components[schema["$ref"].rsplit("/", 1)[1]]
        rest = {name: value for name, value in schema.items() if name != "$ref"}
        return _without_references({**inner, **rest}, components)
    return {name: _without_references(value, components) for name, value in schema.items()}


def _description(schema: dict[str, Any]) -> str | None:
    if "description" in schema:
        return str(schema["description"])
    found = (_description(item) for item in schema.get("anyOf", ()) if isinstance(item, dict))
    return next((text for text in found if text), None)


ROUTER = Router("/", route_handlers=[get_document, get_docs, get_style])
