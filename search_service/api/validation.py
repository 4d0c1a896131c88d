"""What a request says, checked: query strings into structs, and what is wrong in sentences.

A query string or a form is described by one frozen struct, named in the handler's `opt`: it is
read here, documented from there, and a name that it does not have is refused.
"""

import re
import types
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import UploadFile
from litestar.handlers import BaseRouteHandler
from rapidfuzz import process

from search_service.errors import InvalidInputError, UnknownParameterError
from search_service.serving import csrf

QUERY = "query_struct"
BODY = "body_media_type"
FORM = "form_struct"
FILE = "file"
_PATH = re.compile(r" - at `\$\.?(.*)`$")
_STEP = re.compile(r"[A-Za-z_]\w*")
_BODY_MESSAGES = (
    (re.compile(r"Object contains unknown field `(.*)`"), "There is no such field"),
    (re.compile(r"Object missing required field `(.*)`"), "This field is needed"),
)

Query = TypeVar("Query", bound=msgspec.Struct)


def read_query(request: Request[Any, Any, Any], kind: type[Query]) -> Query:
    """Read the query string as a struct; blank values count as not given.

    Raises InvalidInputError with the field, and the allowed values of an enumeration.
    """
    return _converted(_collected(request.query_params.multi_items(), kind), kind)


async def read_form(request: Request[Any, Any, Any], kind: type[Query]) -> tuple[UploadFile, Query]:
    """Read a multipart form: its part `file`, and the other fields as a struct.

    Raises InvalidInputError as `read_query` does, and without a file.
    """
    form = await request.form()
    sent = form.getall(FILE, [])
    if len(sent) > 1:
        raise InvalidInputError("The form has several files; send them one by one.", field=FILE)
    file = sent[0] if sent else None
    if not isinstance(file, UploadFile):
        raise InvalidInputError(
            "The form has no file; send it as the part `file` with a file name.", field=FILE
        )
    pairs = [(name, value) for name, value in form.multi_items() if name not in {FILE, csrf.FIELD}]
    for name, value in pairs:
        if not isinstance(value, str):
            raise InvalidInputError(f"{name} is no file here; send one `file`.", field=name)
    return file, _converted(_collected(pairs, kind), kind)


def form_opt(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Give the `opt` of a handler that takes a file with the fields `kind`."""
    return {FORM: kind}


def query_opt(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Give the `opt` of a handler whose query string is `kind`."""
    return {QUERY: kind}


def body_opt(media_type: str) -> dict[str, Any]:
    """Give the `opt` of a handler that reads its body by itself, for the document."""
    return {BODY: media_type}


async def refuse_unknown_parameters(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Guard: raise UnknownParameterError for a query parameter that the handler does not have."""
    kind = handler.opt.get(QUERY)
    known = tuple(_fields_of(kind)) if kind else ()
    for name in connection.query_params:
        if name in known:
            continue
        nearest = process.extractOne(name, known, score_cutoff=50) if known else None
        advice = (
            f"did you mean {nearest[0]}?"
            if nearest
            else f"there are {', '.join(known)}."
            if known
            else "this address takes none."
        )
        raise UnknownParameterError(
            f"There is no parameter {name[:100]!r}; {advice}",
            parameter=name[:100],
            nearest=nearest[0] if nearest else None,
        )


def describe(request: Request[Any, Any, Any], extra: Any) -> Iterator[tuple[str, str]]:
    """Give field and sentence for each message that Litestar's validation collected."""
    signature = request.route_handler.parsed_fn_signature.parameters
    for item in extra if isinstance(extra, list) else []:
        if not isinstance(item, Mapping):
            continue
        name = str(item.get("key", "")) or "body"
        message = str(item.get("message", "is not valid"))
        is_body = item.get("source") == "body"
        root = "data" if is_body else name.split(".")[0]
        annotation = signature[root].annotation if root in signature else None
        steps = _STEP.findall(name) if is_body else _STEP.findall(name)[1:]
        if name == "data":
            name, message = _of_body(message)
        yield name, _sentence(message, annotation, steps)


def _of_body(message: str) -> tuple[str, str]:
    """The field that the message about the whole body names, or the body."""
    if message == "'data'":
        return "body", "The request has no body"
    for pattern, sentence in _BODY_MESSAGES:
        found = pattern.match(message)
        if found:
            return found[1][:100], sentence
    return "body", message


def _collected(pairs: Iterable[tuple[str, str]], kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Values by name, in a list where the struct has one; blanks are left out."""
    fields = _fields_of(kind)
    given: dict[str, Any] = {}
    for name, text in pairs:
        value = text.replace("\0", "")  # PostgreSQL takes it in no text
        if not value:
            continue
        if fields.get(name):
            given.setdefault(name, []).append(value)
        elif name in given:
            raise InvalidInputError(f"{name} stands twice; give it once.", field=name)
        else:
            given[name] = value
    return given


@cache
def _fields_of(kind: type[msgspec.Struct]) -> Mapping[str, bool]:
    """The names of a struct's fields as they are sent, and whether each is a list."""
    return {field.encode_name: _is_list(field.type) for field in msgspec.structs.fields(kind)}


def _converted(given: dict[str, Any], kind: type[Query]) -> Query:
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        place = _PATH.search(str(error))
        steps = _STEP.findall(place[1]) if place else []
        name, message = _of_body(_PATH.sub("", str(error)))
        name = steps[0] if steps else name
        sentence = _sentence(message, kind, steps)
        raise InvalidInputError(f"{name}: {sentence}", errors={name: sentence}) from error


def _sentence(message: str, annotation: Any, steps: list[str]) -> str:
    if not message.startswith("Invalid enum value"):
        return message if message.endswith(".") else f"{message}."
    allowed = _enum_at(annotation, steps)
    if allowed is None:
        return f"{message}."
    return f"{message}; use one of {', '.join(str(member.value) for member in allowed)}."


def _enum_at(annotation: Any, steps: list[str]) -> type[Enum] | None:
    for part in _parts(annotation):
        if isinstance(part, type) and issubclass(part, Enum):
            return part
        if steps and isinstance(part, type) and hasattr(part, "__annotations__"):
            hints = get_type_hints(part, include_extras=True)
            found = _enum_at(hints[steps[0]], steps[1:]) if steps[0] in hints else None
            if found is not None:
                return found
    return None


def _parts(annotation: Any) -> Iterator[Any]:
    """The types within optional, annotated and list types."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _parts(get_args(annotation)[0])
    elif origin in {Union, types.UnionType, list, tuple, dict}:
        for argument in get_args(annotation):
            yield from _parts(argument)
    else:
        yield annotation


def _is_list(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _is_list(get_args(annotation)[0])
    if origin in {Union, types.UnionType}:
        return any(_is_list(argument) for argument in get_args(annotation))
    return origin in {list, tuple}
