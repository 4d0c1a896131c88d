"""Errors as pages; strangers go to the sign-in page. `FAILURES` belongs to the pages' router."""

from collections.abc import Mapping
from typing import Any

from litestar.exceptions import HTTPException
from litestar.response import Redirect, Response

from search_service.errors import (
    QueueFullError,
    RetiredError,
    ServiceError,
    TooManyRequestsError,
    UnauthenticatedError,
    UnavailableError,
)
from search_service.log import get_logger
from search_service.serving.statuses import status_of
from search_service.web.rendering import Page, WebRequest, fragment, page
from search_service.web.views.addresses import local_target, sign_in_address

_TITLES: Mapping[int, str] = {
    400: "That did not work",
    403: "You may not do this",
    404: "There is nothing here",
    410: "Out of use",
    409: "That is not possible now",
    412: "Somebody else was faster",
    413: "Too large",
    422: "This file cannot be taken",
    429: "Too many requests",
    503: "Back in a moment",
}
_log = get_logger(__name__)


def show_sign_in(request: WebRequest, _error: Exception) -> Response[Any]:
    """Lead a stranger to the sign-in page, and from there back to what they wanted."""
    if request.headers.get("HX-Request") == "true":
        wanted = _path_of(request.headers.get("HX-Current-URL", "/"))
        target = sign_in_address(local_target(wanted))
        return Response("", status_code=200, headers={"HX-Redirect": target})
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = local_target(wanted) if request.method in {"GET", "HEAD"} else "/"
    return Redirect(sign_in_address(target), status_code=303)


def show_error(request: WebRequest, error: Exception) -> Page:
    """Say what went wrong, as a page or, to htmx, as a piece of one."""
    if isinstance(error, ServiceError):
        status, message = int(status_of(error)), error.message
    elif isinstance(error, HTTPException):
        # Litestar's own: an unknown path, a number that is none, a form that is none, a body over
        # the limit.
        is_read = request.method in {"GET", "HEAD"}
        status = 404 if is_read and error.status_code == 400 else error.status_code
        message = "This page does not exist, or no longer." if status == 404 else error.detail
    elif isinstance(error, UnicodeDecodeError):
        status, message = 400, "The form is not written in UTF-8."
    else:
        _log.error("a page failed", exc_info=error)
        status, message = 500, "The service failed on this page; it is noted in the log."
    if isinstance(error, RetiredError) and request.headers.get("HX-Request") != "true":
        named = {"name": error.details["name"], "successor": error.details["successor"]}
        return page(request, "retired.html", "", status, message=message, **named)
    title = _TITLES.get(status, "Something went wrong")
    if isinstance(error, QueueFullError):
        title = "The queue is full"
    values = {"title": title, "message": message}
    if request.headers.get("HX-Request") == "true":
        answer = fragment(request, "parts/error.html", status, **values)
    else:
        answer = page(request, "error.html", "", status, **values)
    if isinstance(error, TooManyRequestsError | UnavailableError):
        answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer


def _path_of(address: str) -> str:
    """The path and query of an absolute address."""
    rest = address.partition("://")[2]
    return f"/{rest.partition('/')[2]}" if rest else address


FAILURES: dict[int | type[Exception], Any] = {
    UnauthenticatedError: show_sign_in,
    # Named one by one: the application's own handler of a nearer class would come first.
    ServiceError: show_error,
    UnicodeDecodeError: show_error,
    HTTPException: show_error,
    Exception: show_error,
}
