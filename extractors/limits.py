"""The caps that reading one file keeps to; it knows no format and no process."""

from dataclasses import dataclass, replace
from typing import Self

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on what one file may cost.

    At 1 GiB of address space every decompression bomb of the corpus dies within 2 s of processor
    time; at 3 GiB most run on to the wall limit.
    """

    file_bytes: int = 200 * MIB
    pages: int = 2_000
    characters: int = 2_000_000
    """Of all pages together, every field counted."""
    zip_entries: int = 20_000
    part_bytes: int = 64 * MIB
    """One archive part, inflated."""
    inflated_bytes: int = 256 * MIB
    """All parts that are read, inflated, counted while reading."""
    memory_bytes: int = 1 << 30
    cpu_s_per_100_pages: int = 20
    wall_s: float = 100.0
    open_files: int = 64
    line_bytes: int = 32 * MIB
    """One page as a line of JSON: the character cap at its widest escaping fits."""
    recognised_pages: int = 200
    """Pictures of one file whose words are recognised; the others stay pictures."""
    recognising_s: float = 90.0
    """For all of them together."""
    restarts: int = 3
    """Fresh children after a crash, each starting behind the page that killed the last one."""
    restart_within_s: float = 10.0
    """No restart later than this: the slowest bombs would each cost as much again."""

    def cpu_s(self, pages: int) -> int:
        """Processor seconds for that many pages, at most those of the page cap."""
        counted = min(max(pages, 1), self.pages)
        return self.cpu_s_per_100_pages * -(-counted // 100)

    def recognising(self, wall_s: float) -> Self:
        """The caps of recognising one page."""
        return replace(self, wall_s=wall_s, cpu_s_per_100_pages=30, restarts=0)

    def converting(self, wall_s: float) -> Self:
        """The caps of LibreOffice, which writes a whole file and counts no pages."""
        return replace(
            self,
            wall_s=wall_s,
            cpu_s_per_100_pages=int(wall_s),
            open_files=512,
            restarts=0,
        )
