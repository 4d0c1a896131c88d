"""One id for each request: taken from X-Request-ID or made, logged with every line, given back.

It wraps the whole application, so that a path that nobody serves has an id as well.
"""

import re
import time
from typing import Any
from uuid import uuid4

import structlog
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from search_service.log import get_logger
from search_service.serving.rate_limits import Standing

HEADER = "X-Request-ID"
_FIT = re.compile(r"[A-Za-z0-9._:-]{1,64}")
# Asked every few seconds by whoever watches the service.
_QUIET = frozenset({"/api/v1/health/live", "/api/v1/health/ready"})

# For everything that does not say otherwise: nothing inline, nothing from elsewhere, no frames.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

_log = get_logger(__name__)


def request_id_of(scope: Scope) -> str:
    """Give the id of the request; made on first use where nothing gave one."""
    state: dict[str, Any] = scope.setdefault("state", {})
    if "request_id" not in state:
        given = Headers.from_scope(scope).get(HEADER, "")
        state["request_id"] = given if _FIT.fullmatch(given) else uuid4().hex
    request_id: str = state["request_id"]
    return request_id


def note_standing(scope: Scope, standing: Standing) -> None:
    """Keep what is left of the caller's limit, for the answer's headers."""
    scope.setdefault("state", {})["rate_limit"] = standing


def with_request_ids(app: ASGIApp) -> ASGIApp:
    """Wrap an application: request id in and out, security headers, one log line a request."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        request_id = request_id_of(scope)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        began = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", [])
                _complete(MutableScopeHeaders.from_message(message), scope)
            await send(message)

        try:
            await app(scope, receive, send_with_headers)
        finally:
            _note(scope, status, time.perf_counter() - began)

    return wrapped


def _complete(headers: MutableScopeHeaders, scope: HTTPScope) -> None:
    headers[HEADER] = request_id_of(scope)
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
    standing: Standing | None = scope["state"].get("rate_limit")
    for name, value in (standing.headers() if standing else {}).items():
        headers.setdefault(name, value)
    if scope["path"].startswith("/api/"):
        headers.setdefault("Cache-Control", "no-store")
        headers.setdefault("Vary", "Authorization, Cookie")


def _note(scope: HTTPScope, status: int, seconds: float) -> None:
    # The path's form, not the path or the query: neither names nor words of a search.
    if scope["path"] in _QUIET and status == 200:
        return
    path = scope.get("path_template") or "(no route)"
    _log.info(
        "request",
        method=scope["method"],
        path=path,
        status=status,
        duration_ms=round(seconds * 1000, 1),
    )
