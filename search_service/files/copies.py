"""Copies made of originals, kept beside them in the file store for as long as they are asked for.

A copy is named by the original's hash and by what was made of it, so it is never out of date; one
that is missing is made anew. As there are as many choices of slides as anybody can think of, only
the few asked for last are kept of each original. It knows nothing of what a copy holds.
"""

import asyncio
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from search_service.files.store import INCOMING, FileStore, disk_errors, make_folder, relative_path

MOST_OF_ONE = 20
_FOLDER = "copies"


@dataclass(frozen=True, slots=True)
class StoredCopy:
    """A finished copy on disk."""

    path: Path
    size_bytes: int


@dataclass(frozen=True, slots=True)
class CopyKey:
    """Which copy: of the file with this hash, by this recipe, which is a plain file name."""

    sha256: str
    recipe: str


async def find(store: FileStore, key: CopyKey) -> StoredCopy | None:
    """Give a copy that is there, and note that it was asked for."""
    return await asyncio.to_thread(_find, _path_of(store, key))


async def begin(store: FileStore) -> Path:
    """Give a path for a new copy, where nothing is yet and whose leftovers are tidied up."""
    folder = store.root / INCOMING
    with disk_errors():
        await asyncio.to_thread(make_folder, folder, store.root)
    return folder / f"{uuid4().hex}.part"


async def keep(store: FileStore, written: Path, key: CopyKey) -> StoredCopy:
    """Let a copy that is written be the one of its key, and forget those above MOST_OF_ONE.

    Raises UnavailableError.
    """
    return await asyncio.to_thread(_keep, store, written, _path_of(store, key))


async def remove_all(store: FileStore, sha256: str) -> None:
    """Forget every copy of a file, together with the file."""
    folder = store.root / _FOLDER / relative_path(sha256)
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def remove_unused(store: FileStore, older_than_s: float) -> int:
    """Forget copies that nobody has asked for in that time; give how many."""
    return await asyncio.to_thread(_remove_unused, store.root / _FOLDER, older_than_s)


def _path_of(store: FileStore, key: CopyKey) -> Path:
    return store.root / _FOLDER / relative_path(key.sha256) / key.recipe


def _find(path: Path) -> StoredCopy | None:
    try:
        os.utime(path)
        return StoredCopy(path, path.stat().st_size)
    except FileNotFoundError:
        return None


def _keep(store: FileStore, written: Path, path: Path) -> StoredCopy:
    with disk_errors():
        size_bytes = written.stat().st_size
        make_folder(path.parent, store.root)
        written.replace(path)
    for old in _latest_first(path.parent)[MOST_OF_ONE:]:
        old.unlink(missing_ok=True)
    return StoredCopy(path, size_bytes)


def _latest_first(folder: Path) -> list[Path]:
    asked: dict[Path, float] = {}
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # another copy just took its place
            asked[path] = path.stat().st_mtime
    return sorted(asked, key=asked.__getitem__, reverse=True)


def _remove_unused(folder: Path, older_than_s: float) -> int:
    limit = time.time() - older_than_s
    removed = 0
    for path in _files_below(folder):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime <= limit:
                path.unlink()
                removed += 1
    for below in sorted(folder.glob("*/*/*"), reverse=True):
        with suppress(OSError):  # it holds a copy still, or gets one now
            below.rmdir()
    return removed


def _files_below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.glob("*/*/*/*") if path.is_file())
