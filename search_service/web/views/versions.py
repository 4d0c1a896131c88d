"""The versions of a material as values. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from search_service.catalog.versions import VersionRecord
from search_service.web.views import wording
from search_service.web.views.addresses import material_address
from search_service.web.views.reading import MaterialHead
from search_service.web.views.wording import Badge

_ENDED = {
    None: Badge("not read yet", "quiet"),
    "partial": Badge("partly read", "warn"),
    "refused": Badge("could not be read", "alert"),
}


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One uploaded file; `restore` is the address that goes back to it, empty where none does."""

    ordinal: int
    called: str
    file_line: str
    uploaded: str
    badges: tuple[Badge, ...]
    download: str
    restore: str


def versions_of(head: MaterialHead, found: Sequence[VersionRecord]) -> tuple[VersionRow, ...]:
    """Lay out the versions, newest first as they are given."""
    newest = found[0].sha256 if found else ""
    return tuple(_row(head, record, newest) for record in found)


def _row(head: MaterialHead, record: VersionRecord, newest: str) -> VersionRow:
    address = material_address(head.id)
    present = record.ordinal == head.version
    superseded = record.superseded_at is not None and not present
    badges = (
        Badge("present", "good") if present else None,
        Badge(f"superseded {wording.day(record.superseded_at)}", "quiet") if superseded else None,
        _ENDED.get(record.extraction_status),
    )
    return VersionRow(
        ordinal=record.ordinal,
        called=record.version or "",
        file_line=f"{record.file_name} · {wording.size(record.file_size)}",
        uploaded=wording.day(record.created_at),
        badges=tuple(badge for badge in badges if badge),
        download=f"{address}/file?v={record.ordinal}",
        restore="" if record.sha256 == newest else f"{address}/versions/{record.ordinal}/restore",
    )
