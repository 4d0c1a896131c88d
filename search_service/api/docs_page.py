"""The OpenAPI document as one plain page: HTML and a small style, no script. Pure.

The template stands beside this module; whatever the document holds is escaped.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parent / "docs"
_METHODS = ("get", "post", "patch", "put", "delete")


def render(document: dict[str, Any], problems: Sequence[tuple[str, int]]) -> str:
    """Give the page of a completed document, with the codes of problems and their statuses."""
    template = _environment().get_template("page.html")
    schemas = document.get("components", {}).get("schemas", {})
    return template.render(
        info=document["info"],
        groups=_groups(document),
        problems=problems,
        schemas={name: _json(schemas[name]) for name in sorted(schemas)},
    )


def style() -> str:
    """Give the page's style sheet."""
    return (FOLDER / "style.css").read_text(encoding="utf-8")


def _groups(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Operations by tag, in the document's order."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                operation = item[method]
                tag = (operation.get("tags") or ["Other"])[0]
                groups.setdefault(tag, []).append(_shown(path, method, operation))
    return groups


def _shown(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "paragraphs": [part for part in operation.get("description", "").split("\n\n") if part],
        "public": operation.get("security") == [],
        "parameters": [
            {
                "name": parameter["name"],
                "place": parameter["in"],
                "required": parameter.get("required", False),
                "type": _type(parameter.get("schema", {})),
                "about": parameter.get("description") or "",
            }
            for parameter in operation.get("parameters", ())
        ],
        "body": _contents(operation.get("requestBody", {})),
        "answers": [
            {
                "status": status,
                "about": answer.get("description", ""),
                "contents": _contents(answer),
            }
            for status, answer in operation.get("responses", {}).items()
        ],
    }


def _contents(part: dict[str, Any]) -> list[dict[str, str | None]]:
    return [
        {
            "media_type": media_type,
            "schema": _reference(content.get("schema", {})),
            "type": _type(content.get("schema", {})),
        }
        for media_type, content in part.get("content", {}).items()
    ]


def _reference(schema: dict[str, Any]) -> str | None:
    return str(schema["$ref"]).rsplit("/", 1)[1] if "$ref" in schema else None


def _type(schema: dict[str, Any]) -> str:
    """What a value may be, in a few words: its type and its limits."""
    if "$ref" in schema:
        return str(_reference(schema))
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        return " or ".join(_type(option) for option in options)
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}{_limits(schema)}"
    return f"{schema.get('format') or schema.get('type') or 'any'}{_limits(schema)}"


def _limits(schema: dict[str, Any]) -> str:
    words = {
        "minimum": "at least {}",
        "maximum": "at most {}",
        "minLength": "{} or more characters",
        "maxLength": "at most {} characters",
        "maxItems": "at most {} items",
    }
    stated = [form.format(schema[name]) for name, form in words.items() if name in schema]
    if schema.get("default") not in (None, [], ""):
        stated.append(f"default {json.dumps(schema['default'])}")
    return f" ({', '.join(stated)})" if stated else ""


def _json(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
