"""Jobs that read files, as the interface shows them."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from search_service.api.schemas.limits import Cursor, Id, PageLimit
from search_service.db.enums import JobState


class Job(Struct, frozen=True):
    """Where one ingest stands; `code` and `message` say why it is not done."""

    id: int
    material_id: int
    version: int
    state: JobState
    pages_done: int
    pages_total: int | None
    code: str | None
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


class JobQuery(Struct, frozen=True):
    """Which jobs: one's own, those of a material that one may change, for administrators all."""

    material_id: Id | None = None
    state: Annotated[list[JobState], Meta(max_length=10)] = []
    limit: PageLimit = 50
    cursor: Cursor | None = None
