"""Errors as application/problem+json (RFC 9457), and the codes that clients may meet.

`code` is stable; `detail` is a sentence for a human; nothing of the inside shows.
"""

import json
from http import HTTPStatus
from typing import Any, TypeAlias

import msgspec
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, SerializationException, ValidationException

from search_service.api import links
from search_service.api.validation import describe
from search_service.config import Settings
from search_service.errors import (
    RetiredError,
    ServiceError,
    TooManyRequestsError,
    UnauthenticatedError,
    UnavailableError,
)
from search_service.log import get_logger
from search_service.serving.request_ids import request_id_of
from search_service.serving.services import services_of
from search_service.serving.statuses import STATUSES, status_of

MEDIA_TYPE = "application/problem+json"
AnyRequest: TypeAlias = Request[Any, Any, Any]

_TITLES = {
    HTTPStatus.BAD_REQUEST: "The request is not valid",
    HTTPStatus.UNAUTHORIZED: "Nobody is signed in",
    HTTPStatus.FORBIDDEN: "Not allowed",
    HTTPStatus.NOT_FOUND: "Not found",
    HTTPStatus.METHOD_NOT_ALLOWED: "The method is not allowed here",
    HTTPStatus.GONE: "Out of use",
    HTTPStatus.CONFLICT: "The present state does not allow this",
    HTTPStatus.PRECONDITION_FAILED: "Changed since it was read",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Too large",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The file cannot be taken",
    HTTPStatus.PRECONDITION_REQUIRED: "If-Match is missing",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Internal error",
    HTTPStatus.SERVICE_UNAVAILABLE: "Not available for now",
}
_CODES = {
    HTTPStatus.BAD_REQUEST: "invalid_input",
    HTTPStatus.UNAUTHORIZED: "unauthenticated",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.TOO_MANY_REQUESTS: "too_many_requests",
    HTTPStatus.SERVICE_UNAVAILABLE: "unavailable",
}
_DETAILS = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address; see /api/v1/docs.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address takes other methods; see /api/v1/docs.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The request is larger than is taken here.",
}

_NESTED = "while deserializing"  # msgspec's words
_GONE = "client disconnected prematurely"  # Litestar's words, when a body breaks off

_log = get_logger(__name__)


class FieldProblem(msgspec.Struct, frozen=True):
    """One value that is wrong: its field and a sentence."""

    field: str
    message: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """RFC 9457 problem details; `code` is stable, `request_id` stands in the service's log."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: tuple[FieldProblem, ...] = ()
    details: dict[str, Any] = {}


def of_service_error(request: AnyRequest, error: ServiceError) -> Response[Problem]:
    """Answer an error of the service's own tree."""
    status = status_of(error)
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        return of_unexpected(request, error)
    headers: dict[str, str] = {}
    if isinstance(error, TooManyRequestsError | UnavailableError):
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, RetiredError) and error.details["successor"]:
        address = links.material(_settings(request), error.details["successor"]["id"])
        headers["Link"] = f'<{address}>; rel="successor-version"'
    if isinstance(error, UnauthenticatedError):
        headers["WWW-Authenticate"] = 'Bearer realm="search-service"'
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        _log.warning("unavailable", code=error.code, reason=error.message)
    return _answer(problem_of(request, error), headers)


def problem_of(request: AnyRequest, error: ServiceError) -> Problem:
    """Give an error of the service's own tree as a problem, alone or within a larger answer."""
    details = dict(error.details)
    errors = details.pop("errors", {})
    if isinstance(error, RetiredError) and (successor := details["successor"]):
        url = links.material(_settings(request), successor["id"])
        details["successor"] = successor | {"url": url}
    fields = [FieldProblem(name, sentence) for name, sentence in errors.items()]
    if "field" in details:
        fields.append(FieldProblem(str(details.pop("field")), error.message))
    problem = _problem(request, status_of(error), error.message, error.code)
    return msgspec.structs.replace(problem, errors=tuple(fields), details=_plain(details))


def of_http_exception(request: AnyRequest, error: HTTPException) -> Response[Problem]:
    """Answer what Litestar raises before or around a handler."""
    status = HTTPStatus(error.status_code)
    if error.detail == _GONE:
        _log.info("the client went away before its request ended")
        return _answer(_problem(request, HTTPStatus.BAD_REQUEST, _GONE, "incomplete_body"), {})
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        return of_unexpected(request, error)
    if isinstance(error, ValidationException):
        fields = tuple(
            FieldProblem(name, sentence) for name, sentence in describe(request, error.extra)
        )
        detail = " ".join(f"{item.field}: {item.message}" for item in fields)
        detail = detail or "The request is not valid; see /api/v1/docs."
        problem = _problem(request, status, detail, "invalid_input")
        return _answer(msgspec.structs.replace(problem, errors=fields), {})
    if isinstance(error.__cause__, SerializationException):
        detail = "The body is no valid JSON, or not what its Content-Type says; correct it."
        return _answer(_problem(request, status, detail, "malformed_body"), {})
    detail = _DETAILS.get(status) or error.detail
    code = _CODES.get(status, "invalid_input")
    return _answer(_problem(request, status, detail, code), dict(error.headers or {}))


def of_undecodable_body(request: AnyRequest, error: UnicodeDecodeError) -> Response[Problem]:
    """Answer a body whose bytes are no text; neither Litestar nor msgspec says more of it."""
    _log.info("undecodable body", reason=str(error))
    detail = "The body holds bytes that are no text in UTF-8; correct its encoding."
    return _answer(_problem(request, HTTPStatus.BAD_REQUEST, detail, "malformed_body"), {})


def of_nested_body(request: AnyRequest, error: RecursionError) -> Response[Problem]:
    """Answer a body nested deeper than msgspec reads; any other endless recursion is a bug."""
    if _NESTED not in str(error):
        return of_unexpected(request, error)
    detail = "The body is nested too deeply; correct it."
    return _answer(_problem(request, HTTPStatus.BAD_REQUEST, detail, "malformed_body"), {})


def of_unexpected(request: AnyRequest, error: Exception) -> Response[Problem]:
    """Log a bug with its trace and answer without it."""
    _log.error("unexpected error", exc_info=error)
    detail = (
        "Something went wrong in the service; try again, and give the request id to whoever runs "
        "it if it stays."
    )
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return _answer(_problem(request, status, detail, "internal_error"), {})


def catalogue() -> list[tuple[str, int]]:
    """List every code that an answer may have, with its status."""
    of_http = {
        "malformed_body": 400,
        "incomplete_body": 400,
        "method_not_allowed": 405,
        "internal_error": 500,
    }
    found = {
        error.code: next(status.value for kind, status in STATUSES if issubclass(error, kind))
        for parent, _ in STATUSES
        for error in (parent, *parent.__subclasses__())
    }
    return sorted((of_http | found).items())


EXCEPTION_HANDLERS: dict[Any, Any] = {
    ServiceError: of_service_error,
    HTTPException: of_http_exception,
    UnicodeDecodeError: of_undecodable_body,
    RecursionError: of_nested_body,
    Exception: of_unexpected,
}


def _settings(request: AnyRequest) -> Settings:
    return services_of(request).settings


def _problem(request: AnyRequest, status: HTTPStatus, detail: str, code: str) -> Problem:
    return Problem(
        type=f"/api/v1/docs#{code}",
        title=_TITLES.get(status, status.phrase),
        status=status.value,
        detail=detail,
        code=code,
        request_id=request_id_of(request.scope),
    )


def _answer(problem: Problem, headers: dict[str, str]) -> Response[Problem]:
    return Response(
        problem,
        status_code=problem.status,
        headers=headers,
        media_type=_PROBLEM_JSON,
    )


def _plain(details: dict[str, Any]) -> dict[str, Any]:
    """Facts as JSON has them; the driver's own words stay inside."""
    inner = {"sqlstate", "constraint", "table", "columns"}
    kept = {name: value for name, value in details.items() if name not in inner}
    plain: dict[str, Any] = json.loads(json.dumps(kept, default=str))
    return plain


_PROBLEM_JSON: MediaType | str = MEDIA_TYPE
