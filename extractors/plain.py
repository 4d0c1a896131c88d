"""Plain text for one-pagers and battle cards: form feeds make the pages."""

from collections.abc import Iterator

from extractors.types import Document, Page, Source


def extract(source: Source) -> Iterator[Document | Page]:
    """The header, then the pages from the first one asked for."""
    text = source.path.read_bytes()[: source.limits.characters * 4].decode("utf-8", "replace")
    pages = text.split("\f")
    yield Document("text/plain", "plain 1", pages=len(pages))
    for number, body in enumerate(pages, start=1):
        if number >= source.first_page:
            yield Page(number, body=body)
