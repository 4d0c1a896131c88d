"""A file on its way out: a version as it was uploaded, or a clean copy of it, and who was sent it.

How it travels, whole or in parts, is the affair of whoever sends it.
"""

from dataclasses import dataclass
from pathlib import Path

from search_service.accounts.caller import Caller
from search_service.catalog import downloads, versions
from search_service.catalog.downloads import Download
from search_service.errors import NotFoundError
from search_service.serving.services import Services


@dataclass(frozen=True, slots=True)
class WantedFile:
    """Which file: of the present version unless said, and as it was uploaded unless `clean`.

    `slides`, such as "3,5-7", are always a clean copy.
    """

    material_id: int
    version: int | None = None
    clean: bool = False
    slides: str | None = None


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """The file; `tag` (with quotes, as HTTP writes it) changes with its bytes.

    `copy` is the clean copy's name, None for the original.
    """

    material_id: int
    version: int
    path: Path
    size_bytes: int
    file_name: str
    media_type: str
    tag: str
    copy: str | None = None


async def find_file(services: Services, caller: Caller, wanted: WantedFile) -> OutgoingFile:
    """Give a file that the caller may have, its copy made where there is none yet.

    Raises NotFoundError, and what `ingest.copies.Copies.of` raises.
    """
    async with services.database.reading() as connection:
        version = await versions.get(
            connection, caller.principal, wanted.material_id, wanted.version
        )
    if not await services.store.exists(version.sha256):
        raise NotFoundError("The original is not in the file store; tell whoever runs the service.")
    if not wanted.clean and wanted.slides is None:
        return OutgoingFile(
            material_id=version.material_id,
            version=version.ordinal,
            path=services.store.path_of(version.sha256),
            size_bytes=version.file_size,
            file_name=version.file_name,
            media_type=version.media_type,
            tag=f'"{version.sha256}"',
        )
    copy = await services.copies.of(caller.principal.user_id, version, wanted.slides)
    return OutgoingFile(
        material_id=version.material_id,
        version=version.ordinal,
        path=copy.stored.path,
        size_bytes=copy.stored.size_bytes,
        file_name=copy.file_name,
        media_type=copy.media_type,
        tag=copy.tag,
        copy=copy.name,
    )


async def note_sent(
    services: Services, caller: Caller, file: OutgoingFile, part: tuple[int, int] | None = None
) -> None:
    """Note that a file goes out, or the bytes from one on and before another; see `downloads`."""
    sent = Download(file.version, file.copy, part)
    async with services.database.transaction() as connection:
        await downloads.note(connection, caller, file.material_id, sent)
