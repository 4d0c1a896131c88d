"""The list of materials for those who look after them, as values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlencode

from search_service.catalog.attention import Attention
from search_service.catalog.cursors import Listing
from search_service.catalog.materials import MaterialRecord
from search_service.db.enums import MaterialStatus, ReviewReason
from search_service.jobs.progress import JobRecord
from search_service.web.views import wording
from search_service.web.views.progress import ProgressView, progress_of

_TONES: Mapping[MaterialStatus, str] = {
    MaterialStatus.DRAFT: "plain",
    MaterialStatus.REVIEW: "warn",
    MaterialStatus.PUBLISHED: "good",
    MaterialStatus.ARCHIVED: "quiet",
}


@dataclass(frozen=True, slots=True)
class LibraryState:
    """What an address asks of the list; no status means all of them."""

    status: MaterialStatus | None = None
    everybody: bool = False
    cursor: str | None = None
    needs_review: bool = False
    reason: ReviewReason | None = None
    """Only with this reason to look."""
    ready: bool = False

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> Self:
        """Read query parameters; what is unknown is left out."""
        status = parameters.get("status", "").upper()
        reason = parameters.get("reason", "")
        return cls(
            MaterialStatus(status) if status in set(MaterialStatus) else None,
            parameters.get("owner") == "all",
            parameters.get("cursor") or None,
            parameters.get("needs") == "review",
            ReviewReason(reason) if reason in set(ReviewReason) else None,
            parameters.get("needs") == "publishing",
        )

    @property
    def statuses(self) -> tuple[MaterialStatus, ...]:
        return (self.status,) if self.status else ()

    @property
    def address(self) -> str:
        pairs = [("status", self.status.value.lower())] if self.status else []
        pairs += [("owner", "all")] if self.everybody else []
        pairs += [("needs", "review")] if self.needs_review else []
        pairs += [("reason", self.reason.value)] if self.needs_review and self.reason else []
        pairs += [("needs", "publishing")] if self.ready else []
        pairs += [("cursor", self.cursor)] if self.cursor else []
        return f"/library?{urlencode(pairs)}" if pairs else "/library"


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    address: str
    count: int | None
    current: bool


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """A material; `progress` only while its file is read or where that failed."""

    id: int
    name: str
    kind: str
    status: str
    tone: str
    owner: str
    pages: str
    completeness: int
    guessed: bool
    reasons: tuple[str, ...]
    updated: str
    progress: ProgressView | None


@dataclass(frozen=True, slots=True)
class Library:
    rows: tuple[LibraryRow, ...]
    statuses: tuple[Tab, ...]
    reasons: tuple[Tab, ...]
    """What there is to look at, by reason; none but where that is listed."""
    owners: tuple[Tab, ...]
    everybody: bool
    more_address: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many materials stand behind each tab."""

    of_status: Mapping[MaterialStatus, int]
    attention: Attention


def library_of(
    state: LibraryState,
    listing: Listing[MaterialRecord],
    counts: Counts,
    jobs: Mapping[int, JobRecord],
) -> Library:
    """Lay out one stretch of the list; `jobs` are the newest ones by material."""
    cursor = listing.next_cursor
    mine = replace(state, cursor=None)
    more = replace(state, cursor=cursor).address if cursor else ""
    return Library(
        rows=tuple(_row(material, jobs.get(material.id)) for material in listing.items),
        statuses=(
            _status_tab(state, None, sum(counts.of_status.values())),
            *(_status_tab(state, status, counts.of_status[status]) for status in MaterialStatus),
            Tab(
                "Needs review",
                LibraryState(everybody=state.everybody, needs_review=True).address,
                counts.attention.needing_review,
                state.needs_review,
            ),
            Tab(
                "Ready to publish",
                LibraryState(everybody=state.everybody, ready=True).address,
                counts.attention.ready,
                state.ready,
            ),
        ),
        reasons=_reason_tabs(state, counts.attention) if state.needs_review else (),
        owners=(
            Tab("Mine", replace(mine, everybody=False).address, None, not state.everybody),
            Tab(
                "Everybody’s",
                replace(mine, everybody=True).address,
                None,
                state.everybody,
            ),
        ),
        everybody=state.everybody,
        more_address=more,
    )


def _status_tab(state: LibraryState, status: MaterialStatus | None, count: int) -> Tab:
    label = wording.STATUSES[status] if status else "All"
    address = LibraryState(status, state.everybody).address
    waits = state.needs_review or state.ready
    return Tab(label, address, count, state.status is status and not waits)


def _reason_tabs(state: LibraryState, attention: Attention) -> tuple[Tab, ...]:
    """A tab for each reason that there is, and the one that was chosen."""
    anew = replace(state, cursor=None, reason=None)
    tabs = [Tab("All reasons", anew.address, attention.needing_review, state.reason is None)]
    tabs += [
        Tab(
            wording.REVIEW_REASONS[reason].capitalize(),
            replace(anew, reason=reason).address,
            count,
            state.reason is reason,
        )
        for reason, count in attention.by_reason.items()
        if count or state.reason is reason
    ]
    return tuple(tabs)


def _reason(material: MaterialRecord, reason: ReviewReason) -> str:
    """A reason in words, with its date."""
    days = {
        ReviewReason.REVIEW_DUE: material.review_by,
        ReviewReason.EXPIRING: material.expires_on,
        ReviewReason.EXPIRED: material.expires_on,
    }
    words, day = wording.REVIEW_REASONS[reason], days.get(reason)
    return f"{words}: {wording.day(day)}" if day else words


def _row(material: MaterialRecord, job: JobRecord | None) -> LibraryRow:
    told = job is not None and (not job.state.is_final or job.message is not None)
    word = wording.page_word(material.file_format)
    return LibraryRow(
        id=material.id,
        name=material.name,
        kind=wording.TYPES[material.material_type],
        status=wording.STATUSES[material.status],
        tone=_TONES[material.status],
        owner=material.owner_name or "",
        pages=wording.counted(material.page_count, word) if material.page_count else "",
        completeness=material.completeness_score,
        guessed=bool(material.guessed_fields),
        reasons=tuple(_reason(material, reason) for reason in material.review_reasons),
        updated=wording.day(material.updated_at),
        progress=progress_of(job, material.name) if job and told else None,
    )
