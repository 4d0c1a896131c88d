"""The words in the picture of a page, by tesseract, within the process that was confined for it.

The page is drawn 3,300 pixels long, which for A4 is 280 dots an inch; tesseract turns it upright by
itself. Words that it is not sure of at all are left out: in photographs it sees some everywhere.
"""

import csv
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2

from extractors.confinement import leave_network
from extractors.pdf.extractor import readable_input
from extractors.pdf.pdfium import open_document
from extractors.types import Code, ExtractionError, Page, ReadWarning, WarningCode

_LONG_SIDE = 3_300
_SURE_FROM, _SCATTERED_SURE_FROM = 40.0, 60.0
"""Per cent; below it a word is left out: of running text, and of words here and there."""
_WELL_FROM = 75.0
"""Mean per cent of a page that was recognised well."""
_FEWEST_LETTERS = 3
"""Of the longest word of a page; less is a speck of dust."""
_LITTLE_TEXT = 300
"""Letters below which words are looked for here and there too: those of a table's cells, of a
drawing, are often left out as running text."""
_TURNS = (180, 90, 270)
_UPRIGHT, _AS_IT_IS, _SCATTERED = "1", "3", "12"
"""Page segmentation with and without finding out which way is up, and without any order."""


class _Word(NamedTuple):
    line: tuple[str, str, str]
    """Block, paragraph and line within the page."""
    text: str
    sure: float


@dataclass(frozen=True, slots=True)
class Recogniser:
    """The program `tesseract` with the languages to expect; pictures go into the folder."""

    program: Path
    languages: str
    folder: Path

    def page_of(self, path: Path, number: int) -> Page:
        """The page of a PDF with nothing but its recognised body and a warning that says so.

        Raises ExtractionError: damaged where the page cannot be drawn, converter_missing where
        tesseract gives nothing, as without one of its languages.
        """
        leave_network()
        picture = _drawn(path, number)
        table = self._start(picture, _UPRIGHT) or self._start(picture, _AS_IT_IS)
        if table is None:
            raise ExtractionError(
                Code.CONVERTER_MISSING,
                f"tesseract cannot recognise {self.languages}; see tesseract --list-langs",
            )
        words = list(_words(table, _SURE_FROM))
        if _letters(words) < _LITTLE_TEXT:
            words = max(words, self._scattered(picture), key=_letters)
        return _page(number, self._turned(picture, words))

    def _scattered(self, picture: Any) -> list[_Word]:
        """The words here and there, in half the size: large ones are missed, and so is what
        stands on colour unless each region has a threshold of its own.
        """
        more = ("-c", "thresholding_method=1")
        table = self._start(picture.reduce(2), _SCATTERED, *more) or ""
        return list(_words(table, _SCATTERED_SURE_FROM))

    def _turned(self, picture: Any, words: list[_Word]) -> list[_Word]:
        """The words, or those of the picture turned by a quarter or more, if these are surer.

        With few words tesseract may take the wrong side for the upper one.
        """
        for degrees in _TURNS:
            if not words or _sure(words) >= _WELL_FROM:
                break
            table = self._start(picture.rotate(degrees, expand=True), _AS_IT_IS) or ""
            words = max(words, list(_words(table, _SURE_FROM)), key=_sure)
        return words

    def _start(self, picture: Any, way_up: str, *more: str) -> str | None:
        """The table that tesseract makes of a picture (of PIL); None where it fails."""
        file = self.folder / "page.png"
        picture.save(file, "PNG", compress_level=1)
        options = ["-l", self.languages, "--psm", way_up, *more, "tsv"]
        done = subprocess.run(  # noqa: S603 - the program that the operator named
            [str(self.program), str(file), "stdout", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"OMP_THREAD_LIMIT": "1", "LANG": "C.UTF-8"},
            check=False,
        )
        return None if done.returncode else done.stdout.decode("utf-8", "replace")


def _drawn(path: Path, number: int) -> Any:
    """The page as a grey picture (of PIL)."""
    pdf = open_document(readable_input(path)[0])
    try:
        page = pdf[number - 1]
        scale = _LONG_SIDE / max(*page.get_size(), 1)
        return page.render(scale=scale, grayscale=True).to_pil()
    except pypdfium2.PdfiumError as error:
        raise ExtractionError(Code.DAMAGED, "the page cannot be drawn") from error


def _words(table: str, sure_from: float) -> Iterator[_Word]:
    rows: Iterable[Mapping[str, str]] = csv.DictReader(
        table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE
    )
    for row in rows:
        text = (row.get("text") or "").strip()
        if text and float(row["conf"]) >= sure_from:
            place = (row["block_num"], row["par_num"], row["line_num"])
            yield _Word(place, text, float(row["conf"]))


def _page(number: int, words: list[_Word]) -> Page:
    longest = max((_letters([word]) for word in words), default=0)
    if longest < _FEWEST_LETTERS:
        return Page(number)
    paragraphs = (
        "\n".join(" ".join(word.text for word in line) for _, line in groupby(group, _line_of))
        for _, group in groupby(words, _paragraph_of)
    )
    sure = _sure(words)
    code = WarningCode.TEXT_RECOGNISED if sure >= _WELL_FROM else WarningCode.TEXT_RECOGNISED_POORLY
    warning = ReadWarning(code, f"confidence {sure:.0f} %")
    return Page(number, body="\n\n".join(paragraphs), warnings=(warning,))


def _sure(words: list[_Word]) -> float:
    """The mean certainty of a letter in per cent; 0 without any."""
    letters = sum(len(word.text) for word in words)
    return sum(word.sure * len(word.text) for word in words) / letters if letters else 0.0


def _letters(words: list[_Word]) -> int:
    return sum(sign.isalnum() for word in words for sign in word.text)


def _line_of(word: _Word) -> tuple[str, str, str]:
    return word.line


def _paragraph_of(word: _Word) -> tuple[str, str]:
    return word.line[:2]
