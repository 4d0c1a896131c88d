"""Originals on the local disk, named by the sha256 of their bytes and never overwritten.

Beside them, in a folder of their own, are the pictures of their pages (`page_images`). It knows
nothing of materials, of who may read a file, or of what a file holds.
"""

import asyncio
import errno
import hashlib
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import uuid4

from search_service.errors import (
    EmptyFileError,
    InvalidInputError,
    NotFoundError,
    TooLargeError,
    UnavailableError,
)
from search_service.files.page_images import PageImages
from search_service.log import get_logger

READ_BYTES = 256 * 1024
# One hand-over to a thread per MiB: for small network chunks it would cost more than the write.
WRITE_BYTES = 1024 * 1024
LEFTOVER_AGE_S = 24 * 3600
RETRY_AFTER_FULL_S = 60
INCOMING = "incoming"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
# What file systems without hard links answer (vfat, some network and container mounts).
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is safely on disk; `path` is relative to the store: `ab/cd/<sha256>`."""

    sha256: str
    size_bytes: int
    path: str


@dataclass(frozen=True, slots=True)
class FileStore:
    """The folder of originals; made on first use."""

    root: Path

    @property
    def images(self) -> PageImages:
        """The pictures of the originals' pages."""
        return PageImages(self.root / "images")

    async def put(self, stream: AsyncIterator[bytes], max_bytes: int) -> StoredFile:
        """Keep the stream's bytes; when this returns they survive a power cut.

        The same bytes are kept once. Raises EmptyFileError, TooLargeError (above `max_bytes`) and
        UnavailableError where the disk takes no more; nothing is left behind then.
        """
        incoming = await asyncio.to_thread(_open_incoming, self.root)
        try:
            async for block in _blocks(stream, max_bytes):
                await asyncio.to_thread(incoming.write, block)
            if not incoming.size_bytes:
                raise EmptyFileError("The file is empty; choose another one.")
            return await asyncio.to_thread(incoming.keep, self.root)
        finally:
            await asyncio.to_thread(incoming.discard)

    async def read(
        self, sha256: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """Give bytes `start` to `end` (not included; None: to the end of the file).

        Raises NotFoundError where the file is not in the store.
        """
        async for block in read_file(self.path_of(sha256), start, end):
            yield block

    async def exists(self, sha256: str) -> bool:
        """Tell whether the store holds the file."""
        return await asyncio.to_thread(self.path_of(sha256).is_file)

    async def remove(self, sha256: str) -> None:
        """Forget a file and its pictures, for good; only for one that nothing refers to."""
        await self.images.remove(sha256)
        await asyncio.to_thread(self.path_of(sha256).unlink, missing_ok=True)

    def path_of(self, sha256: str) -> Path:
        """Give the file's absolute path, whether it is there or not."""
        return (self.root / relative_path(sha256)).resolve()

    async def remove_leftovers(self, older_than_s: float = LEFTOVER_AGE_S) -> int:
        """Remove what interrupted uploads and drawings left, and count it; call it at start."""
        removed = await asyncio.to_thread(_remove_leftovers, self.root, older_than_s)
        removed += await asyncio.to_thread(self.images.remove_leftovers, older_than_s)
        if removed:
            _log.info("removed what was interrupted", count=removed)
        return removed


async def read_file(path: Path, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
    """Give bytes `start` to `end` of any file of the store. Raises NotFoundError."""
    file = await asyncio.to_thread(_open, path)
    try:
        await asyncio.to_thread(file.seek, start)
        left = None if end is None else max(0, end - start)
        while left is None or left > 0:
            wanted = READ_BYTES if left is None else min(READ_BYTES, left)
            block = await asyncio.to_thread(file.read, wanted)
            if not block:
                break
            yield block
            left = None if left is None else left - len(block)
    finally:
        file.close()


def relative_path(sha256: str) -> str:
    """Give the path of a file within the store. Raises InvalidInputError for no sha256."""
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise InvalidInputError("This is no sha256 in lower-case hexadecimal digits.")
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


class _Incoming:
    """A file being written; its methods block and run in a thread, one after the other."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] = path.open("xb", buffering=0)
        self._hash = hashlib.sha256()
        self.size_bytes = 0

    def write(self, block: bytes) -> None:
        view = memoryview(block)
        with disk_errors():
            while view:
                view = view[self._file.write(view) :]
        self._hash.update(block)
        self.size_bytes += len(block)

    def keep(self, root: Path) -> StoredFile:
        sha256 = self._hash.hexdigest()
        stored = StoredFile(sha256, self.size_bytes, relative_path(sha256))
        target = root / stored.path
        with disk_errors():
            os.fsync(self._file.fileno())
            make_folder(target.parent, root)
            _link(self._path, target)
            _fsync_folder(target.parent)
        return stored

    def discard(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turn what a full or failing disk raises into UnavailableError."""
    try:
        yield
    except OSError as error:
        advice = (
            "The disk of the file store is full; make room in the data folder, then upload again."
            if error.errno in _FULL
            else f"The file store cannot be written ({error.strerror}); see that the data folder "
            "is mounted and belongs to the service."
        )
        raise UnavailableError(advice, RETRY_AFTER_FULL_S) from error


async def _blocks(stream: AsyncIterator[bytes], max_bytes: int) -> AsyncIterator[bytes]:
    """The stream in blocks worth a write. Raises TooLargeError before the limit is written."""
    pending = bytearray()
    size_bytes = 0
    async for chunk in stream:
        size_bytes += len(chunk)
        if size_bytes > max_bytes:
            raise TooLargeError(
                f"The file is larger than {max_bytes // (1024 * 1024)} MiB; make it smaller, or "
                "ask for a higher SEARCH_SERVICE_UPLOAD_MAX_BYTES.",
                max_bytes=max_bytes,
            )
        pending += chunk
        if len(pending) >= WRITE_BYTES:
            yield bytes(pending)
            pending.clear()
    if pending:
        yield bytes(pending)


def _open_incoming(root: Path) -> _Incoming:
    with disk_errors():
        make_folder(root / INCOMING, root)
        return _Incoming(root / INCOMING / f"{uuid4().hex}.part")


def _open(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise NotFoundError(
            "The original is not in the file store; upload the file again, or put it back from a "
            "backup of the folder `files`."
        ) from error


def make_folder(folder: Path, root: Path) -> None:
    """Make the folder and those above it durable: a new name lives in its parent."""
    if folder.is_dir():
        return
    if folder != root:
        make_folder(folder.parent, root)
        folder.mkdir(exist_ok=True)
    else:
        folder.mkdir(parents=True, exist_ok=True)
    _fsync_folder(folder.parent)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileExistsError:
        if target.stat().st_size != source.stat().st_size:
            source.rename(target)  # its name promises these bytes, a broken disk took some
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        source.rename(target)  # may replace a file, by one with the same bytes


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_leftovers(root: Path, older_than_s: float) -> int:
    limit = time.time() - older_than_s
    removed = 0
    for path in (root / INCOMING).glob("*.part"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime <= limit:
                path.unlink()
                removed += 1
    return removed
