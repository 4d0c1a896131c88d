"""The one tree of errors, each leaf with a stable code; it knows no HTTP and no database.

A message says what happened, to what, and what to do next. Delivery packages (api, web, cli,
integrations) map the classes of the first level to their own protocol, once.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class ServiceError(Exception):
    """Something the caller can be told about.

    `code` is stable and part of the interface; `message` is a sentence for a human;
    `details` holds JSON-ready facts, such as the field that was wrong.
    """

    code: ClassVar[str] = "internal_error"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details: Mapping[str, Any] = details


class InvalidInputError(ServiceError):
    """The request cannot be understood or breaks a stated limit."""

    code = "invalid_input"


class UnknownParameterError(InvalidInputError):
    code = "unknown_parameter"


class InvalidCursorError(InvalidInputError):
    code = "invalid_cursor"


class UnauthenticatedError(ServiceError):
    """Nobody knows who is asking."""

    code = "unauthenticated"


class InvalidCredentialsError(UnauthenticatedError):
    code = "invalid_credentials"


class TokenReusedError(UnauthenticatedError):
    code = "token_reused"


class ForbiddenError(ServiceError):
    """The caller is known and may not do this."""

    code = "forbidden"


class NotFoundError(ServiceError):
    """There is no such thing, or the caller may not know that there is."""

    code = "not_found"


class RetiredError(ServiceError):
    """Out of use: `details` hold its name, since when, and what replaces it; never its content."""

    code = "retired"


class ConflictError(ServiceError):
    """The thing's present state does not allow this."""

    code = "conflict"


class JudgedQueriesWouldSufferError(ConflictError):
    """A change of search that makes the judged queries' answers worse; `queries` says which."""

    code = "judged_queries_would_suffer"


class OpenSeriousWarningsError(ConflictError):
    """What was read of a file has serious warnings that nobody has settled; `warnings` lists."""

    code = "open_serious_warnings"


class SuccessorCircleError(ConflictError):
    """A material would replace itself, over others that replace it."""

    code = "successor_circle"


class MaterialReplacedError(ConflictError):
    """A material whose successor is published cannot be published itself."""

    code = "material_replaced"


class MaterialExpiredError(ConflictError):
    """A material past its expiry date cannot be published; `expires_on` says which it was."""

    code = "material_expired"


class PreconditionFailedError(ServiceError):
    """The thing changed since the caller read it."""

    code = "precondition_failed"


class PreconditionRequiredError(ServiceError):
    """A change must name the state it was based on."""

    code = "precondition_required"


class FileRefusedError(ServiceError):
    """A file that cannot be taken: its own code says why (the extractors' refusal codes)."""

    code = "file_refused"


class TooLargeError(FileRefusedError):
    code = "too_large"


class EmptyFileError(FileRefusedError):
    code = "empty_file"


class UnsupportedTypeError(FileRefusedError):
    code = "unsupported_type"


class CopyRefusedError(FileRefusedError):
    """A clean copy that cannot be made of a file; `reason` is the extractors' refusal code."""

    code = "copy_refused"


class TooManyRequestsError(ServiceError):
    """The caller is over a limit; `retry_after_s` says when to come back."""

    code = "too_many_requests"

    def __init__(self, message: str, retry_after_s: int, **details: Any) -> None:
        super().__init__(message, **details)
        self.retry_after_s = retry_after_s


class QueueFullError(TooManyRequestsError):
    """More files wait to be read than the service lets wait; `waiting` says how many."""

    code = "queue_full"


class UnavailableError(ServiceError):
    """Something the service needs is away for now; `retry_after_s` says when to come back."""

    code = "unavailable"

    def __init__(self, message: str, retry_after_s: int = 2, **details: Any) -> None:
        super().__init__(message, **details)
        self.retry_after_s = retry_after_s


class DatabaseUnavailableError(UnavailableError):
    code = "database_unavailable"


class QueryTimeoutError(UnavailableError):
    code = "query_timeout"


class ConfigurationError(ServiceError):
    """A setting is missing or wrong; the service does not start with it."""

    code = "configuration"
