"""Jobs that read files, as the interface shows them."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from search_service.api.schemas.limits import Cursor, Id, PageLimit
from search_service.db.enums import JobState
from search_service.ingest import messages
from search_service.serving.following import MOST_JOBS


class Job(Struct, frozen=True):
    """Where one ingest stands; `code` and `message` say why it is not done."""

    id: int
    material_id: int
    version: int
    state: JobState
    pages_done: int
    pages_total: int | None
    code: Annotated[
        str | None,
        Meta(
            description="Null while it is read, and where all was. Of a job that failed because "
            "something was away, the code of that error; else one of these:\n\n"
            + messages.documented()
        ),
    ]
    message: str | None
    attempts: int
    requested_by: int | None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    is_final: bool


class Jobs(Struct, frozen=True):
    items: tuple[Job, ...]
    next_cursor: str | None


class FollowQuery(Struct, frozen=True):
    """Which jobs to follow."""

    id: Annotated[list[Id], Meta(min_length=1, max_length=MOST_JOBS)]


class Queue(Struct, frozen=True):
    """Whether the queue stands still, for all or for the caller, and what has not ended yet.

    `open_jobs` counts everybody's by their state, `own_jobs` the caller's; above `limit` of them an
    upload is answered with `queue_full`. `paused_people`: how many have paused their own files.
    """

    paused_for_all: bool
    paused_for_me: bool
    paused_people: int
    open_jobs: dict[JobState, int]
    own_jobs: int
    limit: int


class QueueControl(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose files: what the caller asked for, or, for administrators, everybody's."""

    everybody: bool = False


class JobQuery(Struct, frozen=True):
    """Which jobs: one's own, those of a material that one may change, for administrators all."""

    material_id: Id | None = None
    state: Annotated[list[JobState], Meta(max_length=10)] = []
    limit: PageLimit = 50
    cursor: Cursor | None = None
