"""HEAD, answered as GET without the body: RFC 9110, section 9.3.2, for every path at once."""

from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

_IS_HEAD = "is_head"


def is_head(scope: Scope) -> bool:
    """Tell whether only the fields are asked for: then nothing is counted and nothing followed."""
    return bool(scope.get("state", {}).get(_IS_HEAD))


def with_heads(app: ASGIApp) -> ASGIApp:
    """Wrap an application whose handlers know GET only."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] != "HEAD":
            await app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        scope.setdefault("state", {})[_IS_HEAD] = True
        as_get: HTTPScope = {**scope, "method": HttpMethod.GET}
        try:
            await app(as_get, receive, send_without_body)
        finally:
            scope["path_template"] = as_get.get("path_template", "")  # for the log

    return wrapped
