"""The warnings of a reading: which are serious, which are still open, and what that keeps back.

A warning is open until somebody acknowledges it, types the page's text, or hides the page from
search. It knows the codes that receipts hold, not how a file is read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.catalog import corrections, versions
from search_service.catalog.corrections import Correction
from search_service.catalog.materials import MaterialRecord
from search_service.catalog.versions import VersionRecord
from search_service.db.tables import AcknowledgedWarning, MaterialPage, User
from search_service.errors import OpenSeriousWarningsError

# The file as a whole, where a page number is asked for.
WHOLE_FILE = 0
NOT_READ = "not_read"
REFUSED = "refused"
PARTLY_READ = "partly_read"
# Each of them: something that a reader sees in the file is found by nobody.
SERIOUS: Mapping[str, str] = MappingProxyType(
    {
        NOT_READ: "nothing of the file can be found before it has been read",
        REFUSED: "nothing of the file can be found",
        PARTLY_READ: "pages of the file are missing from search",
        "page_unreadable": "nothing of this page can be found",
        "no_text_but_image": "what the picture says cannot be found",
        "text_recognised_poorly": "what the picture says may not be found by its words",
        "part_damaged": "a part of this page cannot be found",
        "text_cut": "the rest of this page's text cannot be found",
    }
)
# Every code in a few words, as a page says them; numbers and names are in a warning's detail.
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "no_text_but_image": "Almost no text, but an image: a scan or a picture of a slide",
        "text_recognised": "A picture; its words were recognised, and some may be wrong",
        "text_recognised_poorly": "A picture; its words could hardly be recognised: check them",
        "glued_words": "Some words run together",
        "replacement_characters": "Some characters could not be read",
        "unstorable_characters": "Characters that cannot be stored were dropped",
        "hidden": "Hidden in the show; its text was read all the same",
        "page_unreadable": "Could not be read",
        "part_missing": "Names a part that the file does not hold",
        "part_damaged": "A part could not be read",
        "text_cut": "Very long; its text was cut",
        "junk_prefix": "Bytes before the start of the document were skipped",
        "not_read": "Not read yet",
        "refused": "The file could not be read",
        "partly_read": "Only a part of the file was read",
        "fallback_reader": "Opened only with the slower reader: check the order of words",
    }
)
# A hidden slide was read well; its page says so by itself.
_HARMLESS = frozenset({"hidden"})
MAX_TOLD = 20

_pages: Any = MaterialPage.__table__
_acknowledged: Any = AcknowledgedWarning.__table__
_users: Any = User.__table__


class WarningState(StrEnum):
    """Whether a warning is still open, and if not, why."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CORRECTED = "corrected"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Who looked at a warning and let it be."""

    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ReceiptWarning:
    """A warning of a page, or with page 0 of the file; `why` says what a serious one costs."""

    page_number: int
    code: str
    detail: str | None
    state: WarningState = WarningState.OPEN
    acknowledgement: Acknowledgement | None = None

    @property
    def why(self) -> str | None:
        return SERIOUS.get(self.code)

    @property
    def is_serious(self) -> bool:
        return self.code in SERIOUS

    @property
    def is_open(self) -> bool:
        return self.state is WarningState.OPEN

    @property
    def is_open_and_serious(self) -> bool:
        return self.is_open and self.is_serious


async def of_present(
    connection: AsyncConnection, material_id: int, ordinal: int
) -> tuple[ReceiptWarning, ...]:
    """Give the warnings of a material's present version: open ones first, of them serious ones."""
    version = await versions.read(connection, material_id, ordinal)
    if version is None:
        return ()
    statement = (
        select(_pages.c.page_number, _pages.c.warnings)
        .where(
            _pages.c.material_id == material_id,
            _pages.c.version_ordinal == ordinal,
            func.jsonb_array_length(_pages.c.warnings) > 0,
        )
        .order_by(_pages.c.page_number)
    )
    given = _of_file(version)
    for number, found in await connection.execute(statement):
        given += [ReceiptWarning(number, item["code"], item["detail"]) for item in found]
    fitting = await corrections.fitting(connection, material_id, ordinal)
    return judged(given, fitting, await _acknowledgements(connection, version))


def judged(
    given: Sequence[ReceiptWarning],
    fitting: Mapping[int, Correction],
    acknowledged: Mapping[tuple[int, str], Acknowledgement],
) -> tuple[ReceiptWarning, ...]:
    """Give each warning its state; the open come first, of them the serious, then by page. Pure."""
    found = []
    for each in given:
        if each.code in _HARMLESS:
            continue
        acknowledgement = acknowledged.get((each.page_number, each.code))
        state = _state(fitting.get(each.page_number), acknowledgement)
        found.append(
            ReceiptWarning(each.page_number, each.code, each.detail, state, acknowledgement)
        )
    return tuple(
        sorted(found, key=lambda each: (not each.is_open, not each.is_serious, each.page_number))
    )


def documented() -> str:
    """Give every code with what it means and, of a serious one, what it costs, as Markdown."""
    lines = []
    for code, words in WORDS.items():
        cost = f" Serious: {SERIOUS[code]}." if code in SERIOUS else ""
        lines.append(f"- `{code}`: {words}.{cost}")
    return "\n".join(lines)


async def require_publishable(connection: AsyncConnection, material: MaterialRecord) -> None:
    """Raise OpenSeriousWarningsError while a serious warning of the present version is open."""
    blocking = await open_serious(connection, material)
    if blocking:
        raise refusal(material, blocking)


async def open_serious(
    connection: AsyncConnection, material: MaterialRecord
) -> tuple[ReceiptWarning, ...]:
    """Give the serious warnings of the present version that are open."""
    found = await of_present(connection, material.id, material.current_version)
    return tuple(each for each in found if each.is_open_and_serious)


def refusal(
    material: MaterialRecord, blocking: Sequence[ReceiptWarning]
) -> OpenSeriousWarningsError:
    """Give the error that names what keeps a material back."""
    first = blocking[0]
    where = f"page {first.page_number}" if first.page_number else "the file"
    more = f" and {len(blocking) - 1} more" if len(blocking) > 1 else ""
    return OpenSeriousWarningsError(
        f"“{material.name}” has open serious warnings: {where}, {first.code} ({first.why}){more}. "
        "Correct or hide the page, acknowledge the warning, or publish with `override`.",
        material_id=material.id,
        warnings=[
            {"page_number": each.page_number, "code": each.code, "why": each.why}
            for each in blocking[:MAX_TOLD]
        ],
        count=len(blocking),
    )


def _of_file(version: VersionRecord) -> list[ReceiptWarning]:
    """What the receipt says of the file as a whole, and how reading it ended."""
    receipt = version.receipt or {}
    ended = {None: NOT_READ, "refused": REFUSED, "partial": PARTLY_READ}
    status, found = version.extraction_status, []
    if status in ended:
        detail = receipt.get("detail") or version.extraction_code
        found.append(ReceiptWarning(WHOLE_FILE, ended[status], detail))
    found += [
        ReceiptWarning(WHOLE_FILE, item["code"], item["detail"])
        for item in receipt.get("warnings") or ()
    ]
    return found


def _state(correction: Correction | None, acknowledged: Acknowledgement | None) -> WarningState:
    if correction is not None and correction.hidden:
        return WarningState.HIDDEN
    # Somebody typed what the page says; a title or notes alone leave its text as it was read.
    if correction is not None and correction.body:
        return WarningState.CORRECTED
    return WarningState.ACKNOWLEDGED if acknowledged else WarningState.OPEN


async def _acknowledgements(
    connection: AsyncConnection, version: VersionRecord
) -> dict[tuple[int, str], Acknowledgement]:
    statement = (
        select(
            _acknowledged.c.page_number,
            _acknowledged.c.code,
            _users.c.full_name,
            _acknowledged.c.acknowledged_at,
        )
        .outerjoin(_users, _users.c.id == _acknowledged.c.acknowledged_by)
        .where(
            _acknowledged.c.material_id == version.material_id,
            _acknowledged.c.content_hash == version.sha256,
        )
    )
    return {
        (row.page_number, row.code): Acknowledgement(row.full_name, row.acknowledged_at)
        for row in await connection.execute(statement)
    }
