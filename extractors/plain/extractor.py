"""Decodes a text file and hands it to the reader of its notation.

No notation has pages of its own: a heading of level 1 to 3 begins one, and a form feed does in
plain text.
"""

import codecs
from collections.abc import Iterator

from extractors.types import Document, Page, Source

_BYTES_PER_CHARACTER = 4
"""The most that one character takes: reading more than so many bytes can never be needed."""
_BYTE_ORDER_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def extract(source: Source) -> Iterator[Document | Page]:
    """The header, then the pages from the first one asked for."""
    # One character past the cap, so that whoever counts sees that there is more.
    with source.path.open("rb") as file:
        data = file.read((source.limits.characters + 1) * _BYTES_PER_CHARACTER)
    header, *pages = _read(decoded(data), source.media_type)
    yield header
    yield from pages[source.first_page - 1 :]


def decoded(data: bytes) -> str:
    """The text: by its byte order mark, else as UTF-8, else as Windows wrote it in the West."""
    encoding = _BYTE_ORDER_MARKS.get(data[:2], "utf-8-sig")
    # A file cut at the cap may end within a character; that alone is no reason to doubt UTF-8.
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        return decoder.decode(data)
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _read(text: str, media_type: str) -> list[Document | Page]:
    if media_type == "text/html":
        from extractors.plain import html  # noqa: PLC0415 - only HTML needs lxml

        return html.read(text)
    if media_type == "text/markdown":
        from extractors.plain import markdown  # noqa: PLC0415 - the same

        return markdown.read(text)
    pages = [portion.strip("\r\n") for portion in text.split("\f")]
    header = Document(media_type, "plain 1", pages=len(pages), title_in_body=True)
    return [header, *(_plain_page(number, body) for number, body in enumerate(pages, start=1))]


def _plain_page(number: int, body: str) -> Page:
    first = next((line.strip() for line in body.splitlines() if line.strip()), "")
    return Page(number, title=first if 0 < len(first) <= 100 else None, body=body)
