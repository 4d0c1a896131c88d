"""Takes files in: kept safely first, then a material, a version and a job in one transaction.

It answers before anything is read; what is in the file is the business of the job.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from extractors.limits import Limits
from extractors.registry import media_type_of
from extractors.types import Code, ExtractionError
from search_service.accounts import policy
from search_service.accounts.caller import Caller
from search_service.audit.entries import Entry, record
from search_service.catalog import editing, materials, publication, scores, versions
from search_service.catalog.editing import NewMaterial, Target
from search_service.catalog.materials import MaterialRecord
from search_service.catalog.metadata import validated
from search_service.catalog.versions import NewVersion
from search_service.db.engine import Database
from search_service.db.enums import JobState, MaterialStatus
from search_service.errors import (
    ConflictError,
    NotFoundError,
    QueueFullError,
    ServiceError,
    UnavailableError,
    UnsupportedTypeError,
)
from search_service.files.content_lock import lock_content
from search_service.files.store import FileStore, StoredFile
from search_service.index import writer
from search_service.ingest import guess, messages, scheduling
from search_service.ingest.guess import FileFacts
from search_service.jobs import progress
from search_service.text.normalise import clean

RETRY_AFTER_FULL_QUEUE_S = 30
UNKNOWN_TYPE = "application/octet-stream"

_JUST_REMOVED = "An old copy of this file was just being removed; upload it again."
_FORMATS = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.openxmlformats-officedocument.presentationml.slideshow": "ppsx",
    "application/vnd.openxmlformats-officedocument.presentationml.template": "potx",
    "application/vnd.ms-powerpoint.presentation.macroEnabled.12": "pptm",
    "application/vnd.ms-powerpoint.slideshow.macroEnabled.12": "ppsm",
    "application/vnd.ms-powerpoint.template.macroEnabled.12": "potm",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.oasis.opendocument.presentation": "odp",
}
_TEXT_FORMATS = {"md": "md", "markdown": "md", "html": "html", "htm": "html"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in; `metadata` are fields of `catalog.metadata`, as stated."""

    file_name: str
    stream: AsyncIterator[bytes]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    status: MaterialStatus | None = None
    """Where to bring a new material, as a table of a whole library says; None: a draft.

    To be published it must have been read, and without a serious warning.
    """


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of an upload; `job_id` is None for a duplicate of what somebody else had read."""

    material_id: int
    version_ordinal: int
    job_id: int | None
    duplicate: bool


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A kept file with its name and kind."""

    stored: StoredFile
    file_name: str
    media_type: str
    file_format: str


@dataclass(frozen=True, slots=True)
class Intake:
    """Where files come in."""

    database: Database
    store: FileStore
    max_bytes: int
    queue_limit: int

    async def accept(self, caller: Caller, upload: Upload) -> Accepted:
        """Take a new file; a file that the caller already sees is answered with its material.

        Raises ForbiddenError, InvalidInputError, EmptyFileError, TooLargeError,
        UnsupportedTypeError, QueueFullError, and UnavailableError.
        """
        policy.require_upload(caller.principal)
        validated(upload.metadata)
        await self.require_room()
        async with self._kept(upload) as arrived, self.database.transaction() as connection:
            await self._claim(connection, arrived.stored.sha256)
            known = await materials.find_by_content(
                connection, caller.principal, arrived.stored.sha256
            )
            if known is not None:
                return await _duplicate(connection, caller, known, known.current_version)
            return await _new_material(connection, caller, arrived, upload)

    async def accept_version(self, caller: Caller, target: Target, upload: Upload) -> Accepted:
        """Take a newer file of a material; it becomes the present one once it has been read.

        `metadata` may hold `version`. Raises what `accept` raises, NotFoundError and
        PreconditionFailedError.
        """
        stated = validated(upload.metadata)
        async with self.database.reading() as connection:
            await editing.require_editable(connection, caller, target)
        await self.require_room()
        async with self._kept(upload) as arrived, self.database.transaction() as connection:
            present = await editing.lock(connection, caller, target)
            await self._claim(connection, arrived.stored.sha256)
            newest = await versions.newest(connection, present.id)
            if newest is not None and newest.sha256 == arrived.stored.sha256:
                return await _duplicate(connection, caller, present, newest.ordinal)
            return await _new_version(connection, caller, present.id, arrived, stated)

    async def restore(self, caller: Caller, target: Target, ordinal: int) -> Accepted:
        """Take the file of an older version once more, as the newest; it is read like any other.

        Raises what `accept_version` raises, NotFoundError without such a version, and ConflictError
        for the present one's file.
        """
        await self.require_room()
        async with self.database.transaction() as connection:
            present = await editing.lock(connection, caller, target)
            old = await versions.read(connection, present.id, ordinal)
            if old is None:
                raise NotFoundError(f"There is no version {ordinal}; list the versions.")
            newest = await versions.newest(connection, present.id)
            if newest is not None and newest.sha256 == old.sha256:
                raise ConflictError(
                    f"Version {newest.ordinal} is the newest and has the file of version "
                    f"{ordinal} already; there is nothing to go back to."
                )
            await self._claim(connection, old.sha256)
            again = NewVersion(
                sha256=old.sha256,
                file_name=old.file_name,
                file_format=old.file_format,
                media_type=old.media_type,
                size_bytes=old.file_size,
                version=old.version,
            )
            return await _add_version(connection, caller, present.id, again, restored=ordinal)

    async def extract_again(self, caller: Caller, material_id: int) -> Accepted:
        """Read the newest file if it has not been read, else the present one once more.

        Where that is about to happen anyway, the answer is that job. Raises NotFoundError,
        ForbiddenError and QueueFullError.
        """
        await self.require_room()
        async with self.database.transaction() as connection:
            present = await editing.lock(connection, caller, Target(material_id))
            newest = await versions.newest(connection, material_id)
            unread = newest is not None and newest.extraction_status is None
            ordinal = newest.ordinal if newest and unread else present.current_version
            job = await progress.latest(connection, material_id, ordinal)
            if job is not None and not job.state.is_final:
                return Accepted(material_id, ordinal, job.id, duplicate=False)
            job_id = await start_reading(connection, caller, material_id, ordinal)
            await record(
                connection, Entry(caller.actor, "material.extract", "material", material_id)
            )
            return Accepted(material_id, ordinal, job_id, duplicate=False)

    async def require_room(self) -> None:
        """Raise QueueFullError where as many files wait to be read as may; asks nothing else."""
        async with self.database.reading() as connection:
            waiting = await progress.count_open(connection)
        if waiting >= self.queue_limit:
            raise QueueFullError(
                f"{waiting} files are waiting to be read already; upload again in "
                f"{RETRY_AFTER_FULL_QUEUE_S} seconds.",
                RETRY_AFTER_FULL_QUEUE_S,
                waiting=waiting,
            )

    async def _claim(self, connection: AsyncConnection, sha256: str) -> None:
        """Let uploads of the same bytes follow one another, so that the second sees the first.

        The bytes were kept before the lock was taken: where they were those of a material just
        being removed for good, they are gone by now. Raises UnavailableError then.
        """
        await lock_content(connection, sha256)
        if not await self.store.exists(sha256):
            raise UnavailableError(_JUST_REMOVED)

    @asynccontextmanager
    async def _kept(self, upload: Upload) -> AsyncIterator[_Arrived]:
        """Keep the upload's bytes; they are forgotten where it comes to nothing."""
        stored = await self.store.put(upload.stream, self.max_bytes)
        try:
            yield await self._looked_at(stored, _file_name(upload.file_name))
        except ServiceError:
            await self._forget(stored.sha256)
            raise

    async def _forget(self, sha256: str) -> None:
        """Remove bytes that no version has; what cannot be asked stays, for the check of files."""
        with suppress(ServiceError):
            async with self.database.transaction() as connection:
                await lock_content(connection, sha256)
                if await versions.any_of(connection, sha256) is None:
                    await self.store.remove(sha256)

    async def _looked_at(self, stored: StoredFile, file_name: str) -> _Arrived:
        path = self.store.path_of(stored.sha256)
        try:
            media_type = await asyncio.to_thread(media_type_of, path, Limits())
        except ExtractionError as error:
            if error.code is Code.UNSUPPORTED_TYPE:
                raise UnsupportedTypeError(messages.refusal(error.code)) from error
            # Damaged or locked: the job will say so, and its owner can have the file back.
            media_type = UNKNOWN_TYPE
        except FileNotFoundError as error:
            raise UnavailableError(_JUST_REMOVED) from error
        return _Arrived(stored, file_name, media_type, _format_of(media_type, file_name))


async def _duplicate(
    connection: AsyncConnection, caller: Caller, known: MaterialRecord, ordinal: int
) -> Accepted:
    """Answer with the known version; where reading it came to nothing, try that again.

    Its job is told to whoever asked for it, or may edit the material.
    """
    job = await progress.latest(connection, known.id, ordinal)
    job_id = job.id if job else None
    if policy.may_edit(caller.principal, known.owner_id):
        if job is None or job.state in {JobState.FAILED, JobState.CANCELLED}:
            job_id = await start_reading(connection, caller, known.id, ordinal)
    elif job is not None and job.requested_by != caller.principal.user_id:
        job_id = None
    return Accepted(known.id, ordinal, job_id, duplicate=True)


async def _new_material(
    connection: AsyncConnection, caller: Caller, arrived: _Arrived, upload: Upload
) -> Accepted:
    facts = FileFacts(arrived.file_name, arrived.file_format)
    new = NewMaterial(
        name=guess.name_of(arrived.file_name),
        material_type=guess.material_type_of(facts),
        metadata=upload.metadata,
        guessed_fields=("name", "material_type"),
    )
    material_id = await editing.create(connection, caller, new)
    stated = validated(upload.metadata)
    accepted = await _new_version(connection, caller, material_id, arrived, stated)
    await versions.make_present(
        connection, material_id, accepted.version_ordinal, arrived.stored.path
    )
    await writer.refresh_metadata(connection, material_id)
    await scores.refresh(connection, material_id)
    if upload.status is not None:
        await publication.bring(connection, caller, material_id, upload.status)
    return accepted


async def _new_version(
    connection: AsyncConnection,
    caller: Caller,
    material_id: int,
    arrived: _Arrived,
    stated: Mapping[str, Any],
) -> Accepted:
    version = NewVersion(
        sha256=arrived.stored.sha256,
        file_name=arrived.file_name,
        file_format=arrived.file_format,
        media_type=arrived.media_type,
        size_bytes=arrived.stored.size_bytes,
        version=stated.get("version"),
    )
    return await _add_version(connection, caller, material_id, version)


async def _add_version(
    connection: AsyncConnection,
    caller: Caller,
    material_id: int,
    version: NewVersion,
    restored: int | None = None,
) -> Accepted:
    """Note the version and have it read; `restored` is the older one whose file it is."""
    ordinal = await versions.add(connection, material_id, version, caller.principal.user_id)
    job_id = await start_reading(connection, caller, material_id, ordinal)
    facts = {"version": ordinal, "file_name": version.file_name, "sha256": version.sha256}
    verb = "upload" if restored is None else "restore"
    after = facts if restored is None else facts | {"restored_version": restored}
    await record(
        connection, Entry(caller.actor, f"material.{verb}", "material", material_id, None, after)
    )
    return Accepted(material_id, ordinal, job_id, duplicate=False)


async def start_reading(
    connection: AsyncConnection, caller: Caller, material_id: int, ordinal: int
) -> int:
    """Have a version read; give the id of the job."""
    return await scheduling.start(connection, caller.principal.user_id, material_id, ordinal)


def _file_name(given: str) -> str:
    name = PurePath(given.replace("\\", "/")).name
    name = " ".join(clean(name).split()) or "file"
    stem, suffix = PurePath(name).stem, PurePath(name).suffix[:20]
    return f"{stem[: 255 - len(suffix)]}{suffix}"


def _format_of(media_type: str, file_name: str) -> str:
    suffix = PurePath(file_name).suffix.lower().removeprefix(".")
    if media_type.startswith("text/"):
        return _TEXT_FORMATS.get(suffix, "txt")
    return _FORMATS.get(media_type) or suffix[:20] or "unknown"
