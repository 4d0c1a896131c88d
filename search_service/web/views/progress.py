"""How far reading a file has come, as values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from search_service.db.enums import JobState
from search_service.jobs.progress import JobRecord
from search_service.web.views import wording

_WORDS: Mapping[JobState, str] = {
    JobState.QUEUED: "Waiting to be read",
    JobState.EXTRACTING: "Reading",
    JobState.INDEXING: "Putting it into the index",
    JobState.DONE: "Ready for review",
    JobState.PARTIAL: "Read in part",
    JobState.REFUSED: "Could not be read",
    JobState.FAILED: "Reading failed",
    JobState.CANCELLED: "Cancelled",
}
_TONES: Mapping[JobState, str] = {
    JobState.DONE: "good",
    JobState.PARTIAL: "warn",
    JobState.REFUSED: "alert",
    JobState.FAILED: "alert",
    JobState.CANCELLED: "quiet",
}


@dataclass(frozen=True, slots=True)
class ProgressView:
    """One file on its way; `done` and `total` are pages, `total` 0 while nobody knows."""

    job_id: int
    material_id: int
    name: str
    state: str
    tone: str
    done: int
    total: int
    message: str
    ended: bool


def progress_of(job: JobRecord, name: str) -> ProgressView:
    """Lay out a job; `name` is the material's or the file's."""
    words = _WORDS[job.state]
    if job.state is JobState.EXTRACTING and job.pages_total:
        words = f"Reading {job.pages_done:,} of {wording.counted(job.pages_total, 'page')}"
    return ProgressView(
        job_id=job.id,
        material_id=job.material_id,
        name=name,
        state=words,
        tone=_TONES.get(job.state, "plain"),
        done=job.pages_done,
        total=job.pages_total or 0,
        message=job.message or "",
        ended=job.state.is_final,
    )


@dataclass(frozen=True, slots=True)
class UploadRow:
    """What became of one file of a form: `refusal` says why it was not taken."""

    file_name: str
    progress: ProgressView | None = None
    material_id: int = 0
    duplicate: bool = False
    refusal: str = ""
