"""Whether scanned pages are found by their words.

    python -m benchmarks.ocr DIR [--at-least SHARE] [--json OUT.json]

Reads the files of DIR (../shared/corpora/extraction-dev) that have scanned pages through the real
pipeline, with tesseract, and searches for the words that a person read on each of those pages. A
page is found when it is among the slides of its material for its words together. Pages on which
nobody could read an English word (drawings, photographs, another script) are not judged. Exits
with 1 where fewer than SHARE of the judged pages are found (default: all).
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

from rich.console import Console
from rich.table import Table

from benchmarks.machine import fingerprint
from benchmarks.scratch import scratch
from extractors.programs import find_programs
from search_service.accounts.caller import Caller
from search_service.accounts.policy import LOCAL_ADMINISTRATOR
from search_service.db.engine import Database
from search_service.files.store import FileStore
from search_service.ingest.handlers import Workshop, extract
from search_service.ingest.upload import Intake, Upload
from search_service.jobs.worker import RunningJob
from search_service.search.request import SearchRequest
from search_service.search.searcher import Searcher

_DOCLING = "docling bundles conversion markdown contained package"
# What a person read on the pages, before any program had.
WORDS: Mapping[str, Mapping[int, str]] = MappingProxyType(
    {
        "docling__fp8-v.s.-bf16.pdf": {1: "bf16 fp8 deepseek"},
        "docling__nemotron_multipage.pdf": dict.fromkeys((1, 2, 3, 4), _DOCLING),
        "docling__ocr_test.pdf": {1: _DOCLING},
        "docling__ocr_test_rotated_90.pdf": {1: _DOCLING},
        "docling__ocr_test_rotated_180.pdf": {1: _DOCLING},
        "docling__ocr_test_rotated_270.pdf": {1: _DOCLING},
        "docling__swa.pdf": {1: "vanilla sliding window attention tokens"},
        "ospology__CHAOSS-Tooling-for-OSPOs--how-to-build-OSPO-metrics-in-GrimoreLab.pdf": {
            6: "metrics group contents introduction",
            8: "goal",
            13: "example goals",
        },
        "pdfjs__images_1bit_grayscale.pdf": {1: "uncompressed filters inline image mask"},
        "pdfjs__issue4379.pdf": {1: "image mask example"},
        "pdfjs__two_pages.pdf": {2: "firefox"},
        "pypdfium2__images.pdf": {1: "images test"},
        "unstructured__loremipsum-flat.pdf": {1: "lorem ipsum consectetur sollicitudin vestibulum"},
        "unstructured__single_table.pdf": {1: "processing chunks mean document"},
        "unstructured__table-multi-row-column-cells.pdf": {
            1: "disability category participants ballots low vision"
        },
    }
)
_OPERATOR = Caller(LOCAL_ADMINISTRATOR)
_MAX_BYTES = 2**31


@dataclass(frozen=True, slots=True)
class Looked:
    """A scanned page, its words, and whether a search for them leads to it."""

    file: str
    page: int
    words: str
    found: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Every judged page, and the seconds that reading their files took."""

    pages: tuple[Looked, ...]
    read_s: float

    @property
    def share(self) -> float:
        return sum(page.found for page in self.pages) / max(len(self.pages), 1)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--at-least", type=float, default=1.0, metavar="SHARE")
    parser.add_argument("--json", type=Path, metavar="OUT.json", help="write the figures here too")
    given = parser.parse_args(arguments)
    if find_programs().tesseract is None:
        raise SystemExit("tesseract is not there: apt-get install tesseract-ocr")
    report = asyncio.run(measure(given.folder, WORDS))
    Console(width=150).print(table_of(report))
    if given.json:
        figures = {"machine": fingerprint(), **asdict(report), "share": report.share}
        given.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    if report.share < given.at_least:
        raise SystemExit(f"{report.share:.0%} of the scanned pages are found by their words")


async def measure(folder: Path, words: Mapping[str, Mapping[int, str]]) -> Report:
    """Read the files that there are words for and look for each of their pages."""
    looked = []
    async with scratch() as place:
        with tempfile.TemporaryDirectory() as store:
            started = time.monotonic()
            ids = {name: await _read(place.database, folder / name, Path(store)) for name in words}
            read_s = time.monotonic() - started
        searcher = Searcher(place.database)
        for name, pages in words.items():
            for number, text in pages.items():
                found = await _finds(searcher, text, (ids[name], number))
                looked.append(Looked(name, number, text, found))
    return Report(tuple(looked), read_s)


def table_of(report: Report) -> Table:
    table = Table("file", "page", "found by", "")
    for page in report.pages:
        table.add_row(page.file, str(page.page), page.words, "yes" if page.found else "NO")
    table.add_section()
    found = sum(page.found for page in report.pages)
    total = f"{found} of {len(report.pages)} found"
    table.add_row(total, "", f"read in {report.read_s:.0f} s", f"{report.share:.0%}")
    return table


async def _read(database: Database, path: Path, store: Path) -> int:
    """Upload a file and read it as a worker does; give its material."""
    files = FileStore(store)
    intake = Intake(database, files, _MAX_BYTES, 100)
    accepted = await intake.accept(_OPERATOR, Upload(path.name, _stream(path)))
    workshop = Workshop(database, files, programs=find_programs())
    job = RunningJob(1, "extract", {"job_id": accepted.job_id}, 1, is_last_attempt=True)
    await extract(workshop, job)
    return accepted.material_id


async def _finds(searcher: Searcher, text: str, place: tuple[int, int]) -> bool:
    request = SearchRequest(text=text, limit=100, slides=20, correct=False, facets=False)
    answer = await searcher.search(LOCAL_ADMINISTRATOR, request)
    return any(
        (hit.material_id, slide.page_number) == place
        for hit in answer.hits
        if hit.full
        for slide in hit.slides
    )


async def _stream(path: Path) -> AsyncIterator[bytes]:
    yield await asyncio.to_thread(path.read_bytes)


if __name__ == "__main__":
    main()
