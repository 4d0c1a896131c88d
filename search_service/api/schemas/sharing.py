"""Whether something may be sent to a customer, as the interface says it."""

from msgspec import Struct

from search_service.accounts import sending
from search_service.accounts.sending import ReasonCode


class Reason(Struct, frozen=True):
    """Why not; `code` is stable, `message` a sentence for a person."""

    code: ReasonCode
    message: str


class Shareable(Struct, frozen=True):
    """`ok`: it may be sent as it is. `clean_copy_ok`: its clean copy may, as everything that is in
    the way is what travels with the file.
    """

    ok: bool
    clean_copy_ok: bool
    reasons: tuple[Reason, ...]


def shareable_of(found: sending.Shareable) -> Shareable:
    """Give it in the interface's form."""
    reasons = tuple(Reason(each.code, each.message) for each in found.reasons)
    return Shareable(found.ok, found.clean_copy_ok, reasons)
