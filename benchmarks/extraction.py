"""What reading through the sandbox costs, against bare PDFium, and what it leaves in the words.

    python -m benchmarks.extraction FOLDER [--words PASSAGES.jsonl.gz] [--repeat N]
        [--at-least SHARE] [--json OUT.json]

FOLDER holds PDFs and decks; what the sandbox does not read in full is left out. Costs are processor
seconds by resource usage: of this process, of the zygote that it starts and of every child, less
what starting and ending a zygote costs, which is told by itself. Bare PDFium opens each file in
this process and takes `get_text_range` of every page, nothing else.

- share: pages per processor second through the sandbox, of those of bare PDFium, over all PDFs of
  ten pages and more. Both are taken in turns, --repeat times, and the median of the shares counts,
  as what else a machine does changes from second to second; with --at-least a lower one fails.
- overhead: processor time of a text of one line through the sandbox, less that of reading it here.
- decks: slides per processor second through the sandbox, each deck a file of its own.

With --words, running lines and glued words of every PDF of at least four pages: lines with a letter
that stand on more than half of the pages (case and blanks aside, digits as one #), and lines that
are nothing but the page's number where most pages have one, counted over the pages in the text of
bare PDFium and in what is indexed; glued words as benchmarks.glued finds them by those passages.
"""

import argparse
import json
import re
import resource
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, median

import pypdfium2
from rich.console import Console
from rich.table import Table

from benchmarks.glued import glued_words
from benchmarks.machine import fingerprint
from extractors.launcher import Launcher
from extractors.reading import extract
from extractors.records import decode, encode
from extractors.task import Read
from extractors.types import Document, Page, Summary
from extractors.watched import DEFAULT_LIMITS, Reading
from search_service.ingest import receipt
from search_service.ingest.preparation import prepare

MIN_PAGES = 10
MIN_RUNNING_PAGES = 4
_OVERHEAD_FILES = 200
_DECKS = {".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm"}
_MEASURED = {".pdf", *_DECKS}


@dataclass(frozen=True, slots=True)
class Rate:
    """Pages read and the processor seconds that it took."""

    files: int
    pages: int
    cpu_s: float

    @property
    def per_s(self) -> float:
        return self.pages / self.cpu_s


@dataclass(frozen=True, slots=True)
class Speed:
    """What this run measured; times in processor seconds."""

    zygote_start_s: float
    overhead_ms: float
    bare: Rate
    sandboxed: Rate
    share: float
    decks: Rate


@dataclass(frozen=True, slots=True)
class Words:
    """Running lines and glued words of one PDF, in bare PDFium's text and in what is indexed."""

    file: str
    pages: int
    running_bare: int
    running_indexed: int
    glued_bare: list[str]
    glued_indexed: list[str]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--words", type=Path, metavar="PASSAGES.jsonl.gz")
    parser.add_argument("--repeat", type=int, default=5, help="how often each file is read")
    parser.add_argument("--at-least", type=float, metavar="SHARE", help="fail below this share")
    parser.add_argument("--json", type=Path, metavar="OUT.json", help="write the figures here too")
    given = parser.parse_args(arguments)
    paths = [path for path in sorted(given.folder.iterdir()) if path.suffix in _MEASURED]
    whole = dict(read_in_full(paths))
    speed = measure_speed(whole, given.repeat)
    words = measure_words(whole, given.words) if given.words else []
    console = Console(width=120)
    console.print(speed_table(speed))
    if words:
        console.print(words_table(words))
    if given.json:
        report = {
            "machine": fingerprint(),
            "repeat": given.repeat,
            "speed": asdict(speed),
            "words": [asdict(found) for found in words],
        }
        given.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if given.at_least is not None and speed.share < given.at_least:
        raise SystemExit(f"{speed.share:.2f} of bare PDFium's speed is below {given.at_least}")


def read_in_full(paths: Sequence[Path]) -> Iterator[tuple[Path, receipt.Reading]]:
    """The files that the sandbox reads to their end, with what it read."""
    with Launcher() as launcher:
        for path in paths:
            records = [decode(line) for line in _lines(path, launcher)]
            header, summary = records[0], records[-1]
            if isinstance(header, Document) and isinstance(summary, Summary) and not summary.code:
                pages = tuple(record for record in records if isinstance(record, Page))
                yield path, receipt.Reading(header, pages, summary, 0.0)


def measure_speed(whole: Mapping[Path, receipt.Reading], repeat: int) -> Speed:
    """Read the files through one sandbox for each figure, and the PDFs bare beside."""
    pages = {path: len(reading.pages) for path, reading in whole.items()}
    pdfs = [path for path in pages if path.suffix == ".pdf" and pages[path] >= MIN_PAGES]
    decks = [path for path in pages if path.suffix in _DECKS]

    def rate(paths: Sequence[Path], cpu_s: Sequence[float]) -> Rate:
        return Rate(len(paths), sum(pages[path] for path in paths), median(cpu_s))

    with tempfile.TemporaryDirectory() as folder:
        line = Path(folder) / "line.txt"
        line.write_text("One line of text.\n")
        start_s = mean(_cpu_s(lambda: _read_sandboxed([line])) for _ in range(repeat))

        def sandboxed_s(paths: Sequence[Path]) -> float:
            return _cpu_s(lambda: _read_sandboxed([line, *paths])) - start_s

        lines = [line] * _OVERHEAD_FILES
        overhead_s = sandboxed_s(lines) - _cpu_s(lambda: _read_here(lines))
        turns = [(_cpu_s(lambda: _read_bare(pdfs)), sandboxed_s(pdfs)) for _ in range(repeat)]
        return Speed(
            zygote_start_s=start_s,
            overhead_ms=overhead_s / len(lines) * 1000,
            bare=rate(pdfs, [bare_s for bare_s, _ in turns]),
            sandboxed=rate(pdfs, [through_s for _, through_s in turns]),
            share=median(bare_s / through_s for bare_s, through_s in turns),
            decks=rate(decks, [sandboxed_s(decks) for _ in range(repeat)]),
        )


def measure_words(whole: Mapping[Path, receipt.Reading], reference: Path) -> list[Words]:
    """Compare each PDF's text by bare PDFium with what is indexed of it."""
    bare: dict[str, list[str]] = {}
    indexed: dict[str, list[str]] = {}
    for path, reading in whole.items():
        if path.suffix == ".pdf" and len(reading.pages) >= MIN_RUNNING_PAGES:
            bare[path.name] = list(bare_pages(path))
            indexed[path.name] = [text.body for text in prepare(reading).texts]
    texts = {f"{name} bare": "\n".join(pages) for name, pages in bare.items()}
    texts |= {f"{name} indexed": "\n".join(pages) for name, pages in indexed.items()}
    glued = glued_words(texts, reference)
    return [
        Words(
            file=name,
            pages=len(pages),
            running_bare=running_lines(pages, pages),
            running_indexed=running_lines(pages, indexed[name]),
            glued_bare=glued[f"{name} bare"],
            glued_indexed=glued[f"{name} indexed"],
        )
        for name, pages in bare.items()
    ]


def running_lines(pages: Sequence[str], held_by: Sequence[str]) -> int:
    """How many of the lines that run through the pages other texts of these pages still hold."""
    worded = Counter(form for page in pages for form in set(_worded(page)))
    running = {form for form, count in worded.items() if count * 2 > len(pages)}
    numbered = sum(_is_numbered(page, number) for number, page in enumerate(pages, 1))
    left = sum(form in running for text in held_by for form in set(_worded(text)))
    if numbered * 2 > len(pages):
        left += sum(_is_numbered(text, number) for number, text in enumerate(held_by, 1))
    return left


def bare_pages(path: Path) -> Iterator[str]:
    """Each page's text as PDFium gives it."""
    with pypdfium2.PdfDocument(path) as pdf:
        for page in pdf:
            textpage = page.get_textpage()
            yield textpage.get_text_range()
            textpage.close()
            page.close()


def speed_table(speed: Speed) -> Table:
    table = Table("reading", "files", "pages", "CPU s", "pages per CPU s")
    rates = {"bare PDFium": speed.bare, "PDFs": speed.sandboxed, "decks": speed.decks}
    for name, rate in rates.items():
        figures = f"{rate.cpu_s:.3f}", f"{rate.per_s:.0f}"
        table.add_row(name, str(rate.files), str(rate.pages), *figures)
    table.add_section()
    table.add_row("share of bare PDFium", "", "", "", f"{speed.share:.2f}")
    table.add_row("overhead a file, ms", "", "", "", f"{speed.overhead_ms:.1f}")
    table.add_row("start of the zygote, ms", "", "", "", f"{speed.zygote_start_s * 1000:.0f}")
    return table


def words_table(words: Sequence[Words]) -> Table:
    table = Table("PDF", "pages", "running: bare", "indexed", "glued: bare", "indexed")
    for found in words:
        glued = len(found.glued_bare), len(found.glued_indexed)
        if any((found.running_bare, found.running_indexed, *glued)):
            running = found.running_bare, found.running_indexed
            table.add_row(found.file, *map(str, (found.pages, *running, *glued)))
    return table


def _cpu_s(work: Callable[[], object]) -> float:
    """Processor seconds of this process and of the children that it has waited for."""
    before = _used_s()
    work()
    return _used_s() - before


def _used_s() -> float:
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _read_sandboxed(paths: Sequence[Path]) -> None:
    with Launcher() as launcher:
        for path in paths:
            for line in _lines(path, launcher):
                decode(line)


def _lines(path: Path, launcher: Launcher) -> Iterator[bytes]:
    reading = Reading(Read(path), DEFAULT_LIMITS, launcher)
    while (line := reading.next_line()) is not None:
        yield line
    reading.stop()


def _read_here(paths: Sequence[Path]) -> None:
    for path in paths:
        for record in extract(path, DEFAULT_LIMITS):
            decode(encode(record))


def _read_bare(paths: Sequence[Path]) -> None:
    for path in paths:
        for _ in bare_pages(path):
            pass


def _worded(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if any(map(str.isalpha, line)):
            yield re.sub(r"\d+", "#", " ".join(line.casefold().split()))


def _is_numbered(text: str, number: int) -> bool:
    return str(number) in map(str.strip, text.splitlines())


if __name__ == "__main__":
    main()
