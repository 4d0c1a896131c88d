"""Files to ingest: those of the demo library, which our own code writes, or those of a folder.

Where more are wanted than there are, they come again with other bytes and the same words.
"""

import io
import random
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from search_service.cli.demo_library.build import build_library

SUFFIXES = frozenset({
    ".pdf", ".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".ppt", ".odp", ".md", ".txt", ".html",
})  # fmt: skip
MOST_BYTES = 60 * 1024 * 1024
# What no library should hold, and every library is sent; they end as refused, with a reason.
_BROKEN: tuple[tuple[str, bytes], ...] = (
    ("nothing of one.pdf", b"%PDF-1.7\nthis is no document at all"),
    ("cut off.pptx", b"PK\x03\x04\x14\x00\x06\x00cut off"),
    ("notes.md", b"# Roadmap\n\nObject storage in three zones.\n\n# Prices\n\nPay by the hour.\n"),
    ("battle card.txt", b"Why we win: predictable prices, and data that stays in Europe.\n"),
)


@dataclass(frozen=True, slots=True)
class MixedFile:
    """A file to send."""

    name: str
    data: bytes


def gather(source: Path | None, count: int, folder: Path, seed: int = 0) -> list[MixedFile]:
    """Give so many files in an order that the seed decides; `folder` takes what is written."""
    if source is None:
        build_library(folder)
    found = [
        MixedFile(path.name, path.read_bytes())
        for path in sorted((source or folder).rglob("*"))
        if path.suffix.lower() in SUFFIXES and 0 < path.stat().st_size <= MOST_BYTES
    ]
    if source is None:
        found += [MixedFile(name, data) for name, data in _BROKEN]
    if not found:
        raise ValueError(f"there are no decks or documents in {source}")
    random.Random(seed).shuffle(found)
    return _repeated(found, count)


def hostile(source: Path) -> list[MixedFile]:
    """Give the files of a folder that are named hostile*, or all of a folder without such."""
    found = sorted(source.glob("hostile*")) or sorted(source.iterdir())
    return [
        MixedFile(path.name, path.read_bytes()) for path in found if path.suffix.lower() in SUFFIXES
    ]


def _repeated(files: Sequence[MixedFile], count: int) -> list[MixedFile]:
    repeated = []
    for number in range(count):
        turn, at = divmod(number, len(files))
        repeated.append(files[at] if not turn else _again(files[at], turn))
    return repeated


def _again(file: MixedFile, turn: int) -> MixedFile:
    """The same file in other bytes: a comment behind it, which no reader takes for words."""
    path = Path(file.name)
    name = f"{path.stem} {turn}{path.suffix}"
    mark = f"copy {turn}".encode()
    if zipfile.is_zipfile(io.BytesIO(file.data)):
        buffer = io.BytesIO(file.data)
        try:
            with zipfile.ZipFile(buffer, "a") as archive:
                archive.comment = mark
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            return MixedFile(name, file.data + b"\n")
        return MixedFile(name, buffer.getvalue())
    if file.data.startswith(b"%PDF"):
        return MixedFile(name, file.data + b"\n%" + mark + b"\n")
    return MixedFile(name, file.data + b"\n" * turn)
