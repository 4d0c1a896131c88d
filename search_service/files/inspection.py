"""Looks at the folder of originals as it is on disk: what lies there, and whether it is whole.

Reads only. Pictures of pages and uploads on their way lie in folders of their own, and are left
out.
"""

import asyncio
import hashlib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from search_service.files.store import READ_BYTES, FileStore

_FOLDER = re.compile(r"[0-9a-f]{2}")
_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Lying:
    """A file that lies in the store: its name, and when it was written (seconds since 1970)."""

    sha256: str
    written_at: float


async def size_of(store: FileStore, sha256: str) -> int | None:
    """Give how many bytes a file has on disk; None where it is not there."""
    return await asyncio.to_thread(_size, store.path_of(sha256))


async def hash_of(store: FileStore, sha256: str) -> str | None:
    """Give the sha256 of the bytes that lie under a name; None where nothing does."""
    return await asyncio.to_thread(_hash, store.path_of(sha256))


async def listed(store: FileStore, folders: int | None = None) -> list[Lying]:
    """List what lies in the store, or in so many of its first-level folders, chosen at random."""
    return await asyncio.to_thread(lambda: list(_listed(store.root, folders)))


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _hash(path: Path) -> str | None:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(READ_BYTES):
                digest.update(block)
    except FileNotFoundError:
        return None
    return digest.hexdigest()


def _listed(root: Path, folders: int | None) -> Iterator[Lying]:
    if not root.is_dir():
        return
    first = [path for path in root.iterdir() if _FOLDER.fullmatch(path.name)]
    chosen = first if folders is None else random.sample(first, min(folders, len(first)))
    for folder in chosen:
        for path in folder.glob("*/*"):
            if _NAME.fullmatch(path.name) and path.is_file():
                yield Lying(path.name, path.stat().st_mtime)
