"""Pictures of pages on the local disk, named by the hash of their original, page and size.

All pictures of one original lie in one folder, which comes into being with a rename: where it is,
the original has been drawn, and a page without a picture in it cannot be. Pictures can be drawn
again at any time, so that no backup needs them.
"""

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

_INCOMING = "incoming"


class Size(StrEnum):
    """How large a picture is: 800 pixels wide, or 240."""

    PAGE = "page"
    THUMB = "thumb"


MEDIA_TYPES = {Size.PAGE: "image/jpeg", Size.THUMB: "image/webp"}
_SUFFIXES = {Size.PAGE: ".jpg", Size.THUMB: ".thumb.webp"}


@dataclass(frozen=True, slots=True)
class PageImages:
    """The folder of all pictures; made on first use."""

    root: Path

    async def has(self, sha256: str) -> bool:
        """Tell whether the original has been drawn."""
        return await asyncio.to_thread(self._folder_of(sha256).is_dir)

    async def holds(self, sha256: str, number: int) -> bool:
        """Tell whether there is a picture of the page."""
        return await asyncio.to_thread(self._path_of(sha256, number, Size.PAGE).is_file)

    async def read(self, sha256: str, number: int, size: Size) -> bytes | None:
        """Give the picture of a page, of `MEDIA_TYPES`; None where there is none."""
        with suppress(FileNotFoundError):
            return await asyncio.to_thread(self._path_of(sha256, number, size).read_bytes)
        return None

    @asynccontextmanager
    async def folder(self) -> AsyncIterator[Path]:
        """Give a new folder to draw into; gone afterwards unless it was kept."""
        path = self.root / _INCOMING / uuid4().hex
        await asyncio.to_thread(path.mkdir, parents=True)
        try:
            yield path
        finally:
            await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)

    async def keep(self, sha256: str, folder: Path) -> None:
        """Let the pictures of a folder be those of an original that has none yet."""
        await asyncio.to_thread(_settle, folder, self._folder_of(sha256))

    async def remove(self, sha256: str) -> None:
        """Forget all pictures of an original."""
        await asyncio.to_thread(shutil.rmtree, self._folder_of(sha256), ignore_errors=True)

    def remove_leftovers(self, older_than_s: float) -> int:
        """Remove what interrupted drawings left; blocks. Returns how many folders there were."""
        limit = time.time() - older_than_s
        old = [path for path in (self.root / _INCOMING).glob("*") if path.stat().st_mtime <= limit]
        for path in old:
            shutil.rmtree(path, ignore_errors=True)
        return len(old)

    def _folder_of(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def _path_of(self, sha256: str, number: int, size: Size) -> Path:
        return self._folder_of(sha256) / f"{number:04}{_SUFFIXES[size]}"


def _settle(folder: Path, target: Path) -> None:
    for path in folder.iterdir():
        # Else a power cut may leave the name with half of the picture, for good.
        with path.open("rb") as file:
            os.fsync(file.fileno())
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.rename(target)
    except OSError:
        if not target.is_dir():  # else somebody was quicker
            raise
