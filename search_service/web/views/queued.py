"""What became of uploaded files, and how the queue stands, as values. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlencode

from search_service.accounts import policy
from search_service.accounts.policy import Principal
from search_service.catalog.materials import MaterialRecord
from search_service.db.enums import JobState
from search_service.ingest.controlling import QueueState
from search_service.jobs.progress import JobRecord
from search_service.web.views import wording
from search_service.web.views.library import Tab
from search_service.web.views.progress import ProgressView, progress_of

GROUPS: Mapping[str, tuple[str, tuple[JobState, ...]]] = {
    "open": ("Not over", (JobState.QUEUED, JobState.EXTRACTING, JobState.INDEXING)),
    "read": ("Read", (JobState.DONE,)),
    "partial": ("Read in part", (JobState.PARTIAL,)),
    "refused": ("Could not be read", (JobState.REFUSED,)),
    "failed": ("Failed or cancelled", (JobState.FAILED, JobState.CANCELLED)),
}
_AGAIN = {JobState.PARTIAL, JobState.REFUSED, JobState.FAILED, JobState.CANCELLED}


@dataclass(frozen=True, slots=True)
class QueuePageState:
    """What an address asks of the list; no group means all jobs."""

    group: str = ""
    everybody: bool = False
    before_id: int | None = None

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> Self:
        """Read query parameters; what is unknown is left out."""
        before = parameters.get("before", "")
        known = before.isascii() and before.isdecimal() and len(before) < 10
        group = parameters.get("show", "")
        return cls(
            group if group in GROUPS else "",
            parameters.get("owner") == "all",
            int(before) if known else None,
        )

    @property
    def states(self) -> tuple[JobState, ...] | None:
        return GROUPS[self.group][1] if self.group else None

    @property
    def address(self) -> str:
        pairs = [("show", self.group)] if self.group else []
        pairs += [("owner", "all")] if self.everybody else []
        pairs += [("before", str(self.before_id))] if self.before_id else []
        return f"/queue?{urlencode(pairs)}" if pairs else "/queue"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One file: how far it is or how it ended, and what can be done about it."""

    job_id: int
    name: str
    address: str
    version: int
    progress: ProgressView
    when: str
    may_cancel: bool
    may_retry: bool


@dataclass(frozen=True, slots=True)
class QueuePage:
    """The page; `waiting` says in words what has not ended of everybody's."""

    rows: tuple[QueueRow, ...]
    groups: tuple[Tab, ...]
    owners: tuple[Tab, ...]
    waiting: str
    paused_for_me: bool
    paused_for_all: bool
    paused_people: str
    is_admin: bool
    more_address: str


def queue_of(
    page: QueuePageState,
    principal: Principal,
    queue: QueueState,
    jobs: Sequence[tuple[JobRecord, MaterialRecord]],
    next_id: int | None,
) -> QueuePage:
    """Lay out one stretch of the list; `jobs` with the materials that the principal may see."""
    first = replace(page, before_id=None)
    is_admin = policy.is_admin(principal)
    owners = (
        Tab("Mine", replace(first, everybody=False).address, None, not page.everybody),
        Tab("Everybody’s", replace(first, everybody=True).address, None, page.everybody),
    )
    return QueuePage(
        rows=tuple(_row(job, material, principal) for job, material in jobs),
        groups=(
            Tab("All", replace(first, group="").address, None, not page.group),
            *(
                Tab(label, replace(first, group=name).address, None, page.group == name)
                for name, (label, _) in GROUPS.items()
            ),
        ),
        owners=owners if is_admin else (),
        waiting=_waiting(queue),
        paused_for_me=queue.paused_for_me,
        paused_for_all=queue.paused_for_all,
        paused_people=_paused_people(queue),
        is_admin=is_admin,
        more_address=replace(page, before_id=next_id).address if next_id else "",
    )


def _waiting(queue: QueueState) -> str:
    waiting = queue.open_jobs.get(JobState.QUEUED, 0)
    running = sum(queue.open_jobs.values()) - waiting
    if not waiting and not running:
        return "No file is waiting."
    files = wording.counted(waiting, "file")
    return f"{files} waiting, {running:,} being read; {queue.own_jobs:,} of them yours."


def _paused_people(queue: QueueState) -> str:
    count = queue.paused_people
    if not count:
        return ""
    who = "One person has" if count == 1 else f"{count:,} people have"
    return f"{who} paused their own files."


def _row(job: JobRecord, material: MaterialRecord, principal: Principal) -> QueueRow:
    editor = policy.may_edit(principal, material.owner_id)
    superseded = job.version_ordinal < material.current_version
    return QueueRow(
        job_id=job.id,
        name=material.name,
        address=f"/m/{material.id}/review",
        version=job.version_ordinal,
        progress=progress_of(job, material.name),
        when=f"{wording.day(job.updated_at)}, {job.updated_at:%H:%M} UTC",
        may_cancel=editor and not job.state.is_final,
        may_retry=editor and job.state in _AGAIN and not superseded,
    )
