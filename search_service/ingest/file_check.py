"""Compares the file store with the versions that name its files: nothing lost, nothing left over.

Reads only, and says of each finding what to do. A sample of both every time, all of both on demand.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.engine import Database
from search_service.db.tables import MaterialVersion
from search_service.files import inspection
from search_service.files.store import LEFTOVER_AGE_S, FileStore, relative_path

SAMPLE_FILES = 200
SAMPLE_HASHED_BYTES = 64 * 1024 * 1024
SAMPLE_FOLDERS = 16
_AT_ONCE = 1_000

_versions: Any = MaterialVersion.__table__


class FileFault(StrEnum):
    """What of a file is wrong."""

    MISSING = "missing"
    SIZE = "size"
    HASH = "hash"
    ORPHAN = "orphan"


@dataclass(frozen=True, slots=True)
class FileFinding:
    """One thing that is wrong with one file; `message` says what to do."""

    fault: FileFault
    sha256: str
    message: str


@dataclass(frozen=True, slots=True)
class Named:
    """A file as the versions have it; `places` name some of them."""

    sha256: str
    size_bytes: int
    places: tuple[str, ...]


async def check_sample(database: Database, store: FileStore) -> list[FileFinding]:
    """Look at some files and some folders, chosen at random."""
    async with database.reading() as connection:
        named = await _named(connection, func.random(), SAMPLE_FILES)
    budget = SAMPLE_HASHED_BYTES
    found: list[FileFinding] = []
    for file in named:
        hashed = file.size_bytes <= budget
        budget -= file.size_bytes if hashed else 0
        found += await _look(store, file, hashed=hashed)
    return found + await _orphans(database, store, SAMPLE_FOLDERS)


async def files(database: Database) -> list[Named]:
    """List every file that a version names, for `check_files`."""
    async with database.reading() as connection:
        return await _named(connection, _versions.c.sha256, None)


async def check_files(
    store: FileStore, named: Sequence[Named], advance: Callable[[int], None]
) -> list[FileFinding]:
    """Read each file and compare its bytes with its name; `advance` is told of each."""
    found: list[FileFinding] = []
    for file in named:
        found += await _look(store, file, hashed=True)
        advance(1)
    return found


async def check_orphans(database: Database, store: FileStore) -> list[FileFinding]:
    """Look for files that no version names, in the whole store."""
    return await _orphans(database, store, None)


async def _named(connection: AsyncConnection, order: Any, most: int | None) -> list[Named]:
    place = func.concat(_versions.c.material_id, "/", _versions.c.ordinal)
    statement = (
        select(
            _versions.c.sha256,
            func.max(_versions.c.file_size).label("size_bytes"),
            func.array_agg(place).label("places"),
        )
        .group_by(_versions.c.sha256)
        .order_by(order)
        .limit(most)
    )
    rows = await connection.execute(statement)
    return [Named(row.sha256, row.size_bytes, tuple(sorted(row.places)[:3])) for row in rows]


async def _look(store: FileStore, file: Named, *, hashed: bool) -> list[FileFinding]:
    where, what = f"files/{relative_path(file.sha256)}", _what(file)
    size_bytes = await inspection.size_of(store, file.sha256)
    if size_bytes is None:
        return [
            FileFinding(
                FileFault.MISSING,
                file.sha256,
                f"{where} is not there, the file of {what}; put it back from a backup, or upload "
                "the same file again.",
            )
        ]
    again = "put it back from a backup, or move it away and upload the same file again."
    if size_bytes != file.size_bytes:
        said = f"has {size_bytes:,} bytes, not the {file.size_bytes:,} of {what}"
        return [FileFinding(FileFault.SIZE, file.sha256, f"{where} {said}; {again}")]
    if hashed and await inspection.hash_of(store, file.sha256) != file.sha256:
        said = f"holds other bytes than were uploaded, the file of {what}"
        return [FileFinding(FileFault.HASH, file.sha256, f"{where} {said}; {again}")]
    return []


async def _orphans(database: Database, store: FileStore, folders: int | None) -> list[FileFinding]:
    """Files without a version; one of an upload that goes on is too young to be one."""
    old = time.time() - LEFTOVER_AGE_S
    lying = [each for each in await inspection.listed(store, folders) if each.written_at < old]
    found: list[FileFinding] = []
    for start in range(0, len(lying), _AT_ONCE):
        hashes = [each.sha256 for each in lying[start : start + _AT_ONCE]]
        known = select(_versions.c.sha256).where(_versions.c.sha256.in_(hashes)).distinct()
        async with database.transaction() as connection:  # a standby may lag behind
            present = set((await connection.execute(known)).scalars())
        found += [_orphan(sha256) for sha256 in hashes if sha256 not in present]
    return found


def _orphan(sha256: str) -> FileFinding:
    return FileFinding(
        FileFault.ORPHAN,
        sha256,
        f"files/{relative_path(sha256)} belongs to no material; if the database was restored from "
        "an older backup, keep it and restore a newer one, else delete the file.",
    )


def _what(file: Named) -> str:
    place, *others = file.places
    material, _, version = place.partition("/")
    more = f" and {len(others)} more" if others else ""
    return f"version {version} of material {material}{more}"
