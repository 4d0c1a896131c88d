"""What reading a file yields: a Document, Pages, a Summary; and every code that they carry.

It knows no file format, no process and no storage. Codes are stable and part of the interface;
the two lists here are closed: nothing else is ever reported.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal, TypeAlias

from extractors.limits import Limits

Status: TypeAlias = Literal["done", "partial", "refused"]
Table: TypeAlias = tuple[tuple[str, ...], ...]


class Code(StrEnum):
    """Why a file was refused, or why only a part of it was read."""

    PASSWORD_REQUIRED = "password_required"  # noqa: S105 - a code, not a password
    """The file opens only with a password, and none is ever guessed."""
    UNSUPPORTED_TYPE = "unsupported_type"
    """The bytes are of a kind that no extractor reads, whatever the name says."""
    EMPTY_FILE = "empty_file"
    """The file has no bytes."""
    DAMAGED = "damaged"
    """The bytes break the rules of their own format: nothing, or not every page, could be read."""
    TOO_LARGE = "too_large"
    """A cap on bytes, inflated bytes, archive entries or characters was reached."""
    TOO_MANY_PAGES = "too_many_pages"
    """The cap on pages was reached; the pages before it were read."""
    TIME_LIMIT = "time_limit"
    """The processor or wall-clock limit was reached and the parser was killed."""
    MEMORY_LIMIT = "memory_limit"
    """The parser asked for more memory than it may have."""
    CONVERTER_MISSING = "converter_missing"
    """The format (.ppt, .odp) is recognised; what would convert it is not there."""
    PARSER_CRASHED = "parser_crashed"
    """The parser died of a fault of its own; the file is the cause, the code is ours to mend."""
    UNREADABLE_FILE = "unreadable_file"
    """There is no regular file at the path, or it may not be opened."""
    NO_SUCH_PAGE = "no_such_page"
    """A copy was asked for of pages that the file does not have, or of hidden slides alone."""
    BAD_ARGUMENTS = "bad_arguments"
    """The command line was not understood."""
    CANCELLED = "cancelled"
    """Whoever asked for the file stopped waiting."""


class WarningCode(StrEnum):
    """A sign that a page or a file may have been read badly, or not as its author sees it."""

    NO_TEXT_BUT_IMAGE = "no_text_but_image"
    """Almost no text and at least one image: a scan, or a slide that is a picture."""
    TEXT_RECOGNISED = "text_recognised"
    """The page is a picture, and its words were recognised in it; some may be wrong."""
    TEXT_RECOGNISED_POORLY = "text_recognised_poorly"
    """The same, and the recogniser is not sure of much of it."""
    GLUED_WORDS = "glued_words"
    """Some words are implausibly long: the spaces between them were not drawn as such."""
    REPLACEMENT_CHARACTERS = "replacement_characters"
    """Characters whose meaning the file does not say."""
    UNSTORABLE_CHARACTERS = "unstorable_characters"
    """NUL, control characters or lone surrogates were dropped."""
    HIDDEN = "hidden"
    """The slide is hidden in the show; its text was read all the same."""
    PAGE_UNREADABLE = "page_unreadable"
    """The page is in the file's list of pages and could not be read; it is given without text."""
    PART_MISSING = "part_missing"
    """The page names a part (notes, a chart) that the file does not hold."""
    PART_DAMAGED = "part_damaged"
    """A part of the page could not be parsed; the rest was read."""
    TEXT_CUT = "text_cut"
    """The page's text was cut at the cap on characters."""
    JUNK_PREFIX = "junk_prefix"
    """Bytes before the start of the document were skipped."""
    FALLBACK_READER = "fallback_reader"
    """The usual reader could not open the file; a slower one with poorer word order did."""


NOT_READ_IN_FULL = frozenset({
    WarningCode.PAGE_UNREADABLE, WarningCode.PART_DAMAGED, WarningCode.TEXT_CUT,
})  # fmt: skip
"""Something that the file holds was left out, which a part that it only names is not."""
IMAGE_ONLY_BELOW = 20
"""Characters below which a page with an image counts as a picture."""


@dataclass(frozen=True, slots=True)
class ReadWarning:
    """One warning; `detail` is a short fact for a human, such as a part's name or a count.

    Like every sentence of a Summary it is our own: what a library says of a file is for nobody.
    """

    code: WarningCode
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A bookmark: `level` from 0, `page` from 1 where the file says where it leads."""

    level: int
    title: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Baggage:
    """What travels with a file beside its pages; a rep should know before sending it.

    A PDF's comments are counted page by page, where they are read.
    """

    speaker_notes: int = 0
    """Slides with notes that hold text."""
    comments: int = 0
    hidden_slides: int = 0
    embedded_workbooks: int = 0
    """Embedded office files and objects of any kind: each may hold more than its picture shows."""
    external_links: int = 0
    """Relationships that point outside the file, hyperlinks left out."""
    author_metadata: int = 0
    """Filled properties that name people or companies."""


@dataclass(frozen=True, slots=True)
class Document:
    """The header, always before the pages."""

    media_type: str
    """From the bytes, never from the name."""
    extractor: str
    """Which reader, and its version."""
    title: str | None = None
    author: str | None = None
    modified: str | None = None
    """When the content was last changed, as the file writes it, unchecked."""
    pages: int | None = None
    """As the file states it; None where only reading to the end tells."""
    outline: tuple[OutlineEntry, ...] = ()
    encrypted: bool = False
    language: str | None = None
    """The file's own claim (BCP 47), unchecked."""
    title_in_body: bool = False
    """True where a page's title is also a line of its body (PDF); else it stands apart."""
    baggage: Baggage | None = None
    warnings: tuple[ReadWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page, slide or section; no text is in two fields, but see `Document.title_in_body`."""

    number: int
    """From 1, in the file's own order."""
    label: str | None = None
    """What the page calls itself, such as "iv"."""
    title: str | None = None
    body: str = ""
    """Reading order; paragraphs and lines end with a newline."""
    notes: str | None = None
    tables: tuple[Table, ...] = ()
    """Each a tuple of rows, each a tuple of cells."""
    alt_texts: tuple[str, ...] = ()
    chart_texts: tuple[str, ...] = ()
    diagram_texts: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    hidden: bool = False
    links: tuple[str, ...] = ()
    """Addresses outside the file, without repeats."""
    width: float | None = None
    """Points."""
    height: float | None = None
    """Points."""
    warnings: tuple[ReadWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """The end, always: how far reading came and why not further."""

    status: Status
    code: Code | None = None
    """Set unless the status is done."""
    detail: str | None = None
    """One sentence for a human, with what to do where something can be done."""
    pages_read: int = 0
    warnings: tuple[ReadWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class PageImage:
    """A picture of a page: `name` within the folder asked for, sizes in pixels."""

    number: int
    name: str
    width: int
    height: int


Record: TypeAlias = Document | Page | Summary


@dataclass(frozen=True, slots=True)
class Source:
    """What an extractor is given: which file, what its bytes are, and where to begin."""

    path: Path
    media_type: str
    limits: Limits
    first_page: int = 1


class ExtractionError(Exception):
    """Reading cannot go on; `code` says why, the message says it to a human."""

    def __init__(self, code: Code, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
