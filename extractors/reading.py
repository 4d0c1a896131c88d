"""One file read in this process, under the caps that need no process; the sandbox adds the rest.

It owns the promise that reading ends with exactly one Summary. It must not run where anything
matters: a parser may abort the process or never return, which is why `sandbox.read` exists.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from extractors.limits import Limits
from extractors.registry import extractor_for, media_type_of
from extractors.services.convert import run
from extractors.services.recognise import Recogniser
from extractors.storable import characters, cleaned
from extractors.task import Convert, Recognise
from extractors.types import (
    NOT_READ_IN_FULL,
    Code,
    Document,
    ExtractionError,
    Page,
    PageImage,
    ReadWarning,
    Record,
    Source,
    Status,
    Summary,
    WarningCode,
)

Read = TypeVar("Read", Document | Page, Document | PageImage)

_PARTLY_READ = "not everything in the file could be read"


def extract(path: Path, limits: Limits, first_page: int = 1) -> Iterator[Record]:
    """A Document, its Pages from `first_page` on, and a Summary, whatever the file holds."""

    def read() -> Iterator[Document | Page]:
        source = Source(path, media_type_of(path, limits), limits, first_page)
        yield from extractor_for(source.media_type)(source)

    return _summarised(read(), _Tally(limits))


def draw(
    path: Path, folder: Path, limits: Limits, first_page: int = 1
) -> Iterator[Document | PageImage | Summary]:
    """A Document, a PageImage for each page that can be drawn, and a Summary."""
    from extractors.services.render import render  # noqa: PLC0415 - reading needs no pictures

    def pictures() -> Iterator[Document | PageImage]:
        source = Source(path, media_type_of(path, limits), limits, first_page)
        yield from render(source, folder)

    return _summarised(pictures(), _Tally(limits))


def convert(task: Convert, limits: Limits) -> Iterator[Summary]:
    """A Summary, done once the converted file stands in the folder."""

    def work() -> Iterator[Document | Page]:
        run(task)
        yield from ()

    for record in _summarised(work(), _Tally(limits)):
        if isinstance(record, Summary):
            yield record


def recognise(task: Recognise, limits: Limits) -> Iterator[Page | Summary]:
    """The page with the words that were recognised in its picture, and a Summary."""

    def words() -> Iterator[Document | Page]:
        recogniser = Recogniser(task.program, task.languages, task.folder)
        yield recogniser.page_of(task.path, task.page)

    for record in _summarised(words(), _Tally(limits)):
        if isinstance(record, Page | Summary):
            yield record


def _summarised(records: Iterator[Read], tally: "_Tally") -> Iterator[Read | Summary]:
    try:
        for record in records:
            yield tally.admit(record)
    except ExtractionError as error:
        yield tally.summary(error.code, error.detail)
    except MemoryError:
        yield tally.summary(Code.MEMORY_LIMIT, "reading needs more memory than it may have")
    except RecursionError:
        yield tally.summary(Code.DAMAGED, "the file nests deeper than can be followed")
    except OSError as error:
        yield tally.summary(Code.UNREADABLE_FILE, f"the file cannot be read: {error.strerror}")
    else:
        yield tally.summary(None, None)


class _Tally:
    """Cleans each record, keeps the caps, and counts what the Summary says."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._characters = 0
        self._pages = 0
        self._pages_read = 0
        self._cut = False
        self._lost: Counter[WarningCode] = Counter()

    def admit(self, record: Read) -> Read:
        if isinstance(record, Page):
            return self._admit_page(record)
        if isinstance(record, Document):
            self._note_losses(record.warnings)
        self._pages_read += isinstance(record, PageImage)
        return cleaned(record)

    def _admit_page(self, raw: Page) -> Page:
        if self._pages >= self._limits.pages:
            raise ExtractionError(
                Code.TOO_MANY_PAGES, f"only the first {self._limits.pages} pages were read"
            )
        page = self._within_cap(_with_signs(raw, cleaned(raw)))
        self._pages += 1
        self._note_losses(page.warnings)
        self._pages_read += all(w.code is not WarningCode.PAGE_UNREADABLE for w in page.warnings)
        return page

    def _note_losses(self, warnings: tuple[ReadWarning, ...]) -> None:
        self._lost.update(warning.code for warning in warnings if warning.code in NOT_READ_IN_FULL)

    def summary(self, code: Code | None, detail: str | None) -> Summary:
        status: Status = "done"
        if self._cut and not code:
            code, detail = Code.TOO_LARGE, self._cut_detail()
        if self._lost and not code:
            code = Code.DAMAGED
            detail = _PARTLY_READ if self._pages_read else "no page could be read"
        if code:
            status = "partial" if self._pages_read else "refused"
        warnings = tuple(ReadWarning(lost, f"{n} times") for lost, n in self._lost.items())
        return Summary(status, code, detail, self._pages_read, warnings)

    def _within_cap(self, page: Page) -> Page:
        if self._characters > self._limits.characters:
            raise ExtractionError(Code.TOO_LARGE, self._cut_detail())
        size = characters(page)
        room = self._limits.characters - self._characters
        self._characters += size
        if size <= room:
            return page
        self._cut = True
        cut = ReadWarning(WarningCode.TEXT_CUT, f"{size} characters")
        kept = Page(page.number, page.label, None, page.body[:room], hidden=page.hidden)
        return replace(kept, warnings=(*page.warnings, cut))

    def _cut_detail(self) -> str:
        return f"only the first {self._limits.characters} characters were read"


def _with_signs(raw: Page, page: Page) -> Page:
    dropped = len(raw.body) - len(page.body) - raw.body.count("\r\n")
    if dropped <= 0:
        return page
    sign = ReadWarning(WarningCode.UNSTORABLE_CHARACTERS, f"{dropped} dropped")
    return replace(page, warnings=(*page.warnings, sign))
