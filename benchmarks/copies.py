"""Clean copies of real decks and PDFs: nothing left in them, and the same slides to see.

    python -m benchmarks.copies FOLDER [--every N] [--pages N] [--libreoffice N] [--json OUT.json]

Of every deck and PDF of the folder that opens (python-pptx or the reader for decks, PDFium for
PDFs) a copy is made through the sandbox, of the file as it is and of one with a secret of every
kind planted. Then

- leaks: secrets, planted and the file's own (notes, comments, their authors, hidden slides, people
  named by properties, attachments) in any part or stream of the copy, decompressed; parts and
  entries that a copy must not have. What stands on a visible slide or page too is no secret.
- unlike: copies whose slides or pages differ from the visible ones of the original: their text, and
  for PDFs the first --pages of them as PDFium draws them, without annotations.
- shut: copies that python-pptx or PDFium does not open, or LibreOffice with the same number of
  slides, which is asked of the decks among every Nth file with --libreoffice.
- refused: files that open and have no copy, with the reason.
- unjudged: files that take too much memory or time to look at, such as bombs.

Exits 1 unless there are no leaks, none unlike and none shut. --every N takes each Nth file.
"""

import argparse
import contextlib
import json
import logging
import multiprocessing
import resource
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import pypdfium2
from rich.console import Console

from benchmarks import copied_decks, copied_pdfs
from extractors.launcher import Launcher
from extractors.limits import Limits
from extractors.reading import extract
from extractors.records import decode
from extractors.task import Copy
from extractors.types import Page, Summary
from extractors.watched import Reading

_DECKS = {".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm"}
_FINE = ("decks", "pdfs", "planted", "python-pptx", "libreoffice")
_CONVERT_S = 180
_MEMORY_BYTES = 3 << 30
_CPU_S = 60
_FORK = multiprocessing.get_context("fork")


@dataclass(slots=True)
class Tally:
    """What was counted, and every finding by file."""

    counts: Counter[str] = field(default_factory=Counter)
    findings: dict[str, list[str]] = field(default_factory=dict)

    def note(self, file: str, kind: str, what: str) -> None:
        self.counts[kind] += 1
        self.findings.setdefault(file, []).append(f"{kind}: {what}")

    @property
    def passes(self) -> bool:
        return not any(self.counts[kind] for kind in ("leaks", "unlike", "shut"))


@dataclass(frozen=True, slots=True)
class Options:
    """How thoroughly to look."""

    pages: int
    libreoffice: int = 0
    """Every so manieth file, if it is a deck, goes through LibreOffice; 0: none does."""


class Judge:
    """Copies files into a folder of its own and looks at the copies."""

    def __init__(self, launcher: Launcher, folder: Path, options: Options) -> None:
        self._launcher = launcher
        self._folder = folder
        self._options = options
        self.tally = Tally()

    def look_at(self, path: Path, number: int = 0) -> None:
        """Judge one file; `number` is its place among all."""
        every = self._options.libreoffice
        if path.suffix.lower() == ".pdf":
            self._pdf(path)
        else:
            self._deck(path, converted=bool(every) and number % every == 0)

    def _copy(self, path: Path, name: str) -> tuple[Path, Summary]:
        target = self._folder / name
        target.unlink(missing_ok=True)
        reading = Reading(Copy(path, target), Limits(restarts=0), self._launcher)
        last = b""
        while (line := reading.next_line()) is not None:
            last = line
        summary = decode(last)
        assert isinstance(summary, Summary)
        return target, summary

    def _deck(self, path: Path, *, converted: bool) -> None:
        opened = copied_decks.opens(path)
        if not zipfile.is_zipfile(path) or not (opened or _is_read(path)):
            return
        planted = self._folder / "planted.pptx"
        copied_decks.plant(path, planted)
        copy, summary = self._copy(planted, "copy.pptx")
        if summary.status != "done":
            self.tally.note(path.name, "refused", f"{summary.code}: {summary.detail}")
            return
        self.tally.counts.update(("decks", "planted"))
        for leak in copied_decks.leaks_of(
            copy, copied_decks.secrets_of(copied_decks.parts_of(path))
        ):
            self.tally.note(path.name, "leaks", f"{leak.kind}, {leak.where}")
        if copied_decks.shown_by(path) != (shown := copied_decks.shown_by(copy)):
            self.tally.note(path.name, "unlike", "the text of its slides")
        if copied_decks.opens(copy):
            self.tally.counts["python-pptx"] += 1
        else:
            self.tally.note(path.name, "shut", "python-pptx")
        if converted and shown:
            self._convert(path.name, copy, len(shown))

    def _convert(self, name: str, copy: Path, slides: int) -> None:
        made = copy.with_suffix(".pdf")
        made.unlink(missing_ok=True)
        profile = f"-env:UserInstallation=file://{self._folder}/profile"
        command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir"]
        subprocess.run(  # the file that it makes is believed, not its exit code
            [*command, str(self._folder), str(copy)],
            capture_output=True, timeout=_CONVERT_S, check=False,
        )  # fmt: skip
        pages = len(pypdfium2.PdfDocument(made)) if made.is_file() else 0
        if pages == slides:
            self.tally.counts["libreoffice"] += 1
        else:
            self.tally.note(name, "shut", f"LibreOffice: {pages} pages of {slides} slides")

    def _pdf(self, path: Path) -> None:
        try:
            pages = len(pypdfium2.PdfDocument(path))
        except pypdfium2.PdfiumError:
            return
        copy, summary = self._copy(path, "copy.pdf") if pages else (path, Summary("refused"))
        if summary.status != "done":
            self.tally.note(path.name, "refused", f"{summary.code}: {summary.detail}")
            return
        self.tally.counts["pdfs"] += 1
        for leak in copied_pdfs.leaks_of(copy, copied_pdfs.secrets_of(path)):
            self.tally.note(path.name, "leaks", f"{leak.kind}, {leak.where}")
        for difference in copied_pdfs.differences(path, copy, self._options.pages):
            self.tally.note(path.name, "unlike", difference)
        planted = self._folder / "planted.pdf"
        if copied_pdfs.is_planting_possible(path, planted):
            copy, summary = self._copy(planted, "planted-copy.pdf")
            if summary.status != "done":
                self.tally.note(path.name, "refused", f"planted: {summary.code}")
                return
            self.tally.counts["planted"] += 1
            for leak in copied_pdfs.leaks_of(copy, {}):
                self.tally.note(path.name, "leaks", f"{leak.kind}, {leak.where}")


def judged(files: Sequence[Path], options: Options) -> Tally:
    """Judge the files one after the other, in a child of their own, as looking at a bomb sets it
    off: the next child begins behind the file that ended the last one.
    """
    tally = Tally()
    left = list(enumerate(files))
    while left:
        ours, theirs = _FORK.Pipe(duplex=False)
        child = _FORK.Process(target=_judge, args=(tuple(left), options, theirs))
        child.start()
        theirs.close()
        with contextlib.suppress(EOFError):
            while True:
                counts, findings = ours.recv()
                tally.counts.update(counts)
                tally.findings.update(findings)
                left.pop(0)
        child.join()
        if left:
            tally.note(left.pop(0)[1].name, "unjudged", "too much memory or time")
    return tally


def _judge(files: Sequence[tuple[int, Path]], options: Options, found: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    with (
        contextlib.suppress(MemoryError),
        tempfile.TemporaryDirectory() as folder,
        Launcher() as launcher,
    ):
        for number, path in files:
            signal.setitimer(signal.ITIMER_PROF, _CPU_S)  # its default action is to end
            judge = Judge(launcher, Path(folder), options)
            judge.look_at(path, number)
            found.send((judge.tally.counts, judge.tally.findings))


def _is_read(path: Path) -> bool:
    records = list(extract(path, Limits()))
    return records[-1] == Summary("done", pages_read=sum(isinstance(r, Page) for r in records))


def _files(folder: Path, every: int) -> Iterator[Path]:
    measured = [
        each for each in sorted(folder.iterdir()) if each.suffix.lower() in {*_DECKS, ".pdf"}
    ]
    yield from measured[::every]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=1, metavar="N")
    parser.add_argument("--pages", type=int, default=50, metavar="N")
    parser.add_argument("--libreoffice", type=int, default=0, metavar="N")
    parser.add_argument("--json", type=Path, metavar="OUT")
    options = parser.parse_args()
    console = Console()
    logging.getLogger("pikepdf").setLevel(logging.CRITICAL)  # it tells of every odd XMP
    files = list(_files(options.folder, options.every))
    tally = judged(files, Options(options.pages, options.libreoffice))
    for name, found in tally.findings.items():
        for finding in found[:5]:
            console.print(f"{name}: {finding}", markup=False, highlight=False, soft_wrap=True)
    kinds = ("unjudged", "refused", "leaks", "unlike", "shut")
    console.print(", ".join(f"{tally.counts[kind]} {kind}" for kind in (*_FINE, *kinds)))
    if options.json:
        options.json.write_text(json.dumps({"counts": tally.counts, "findings": tally.findings}))
    return 0 if tally.passes else 1


if __name__ == "__main__":
    sys.exit(main())
