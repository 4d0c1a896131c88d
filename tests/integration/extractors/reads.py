"""Short ways to read a file in a test, with and without the sandbox."""

from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from extractors.limits import Limits
from extractors.reading import extract
from extractors.sandbox import read
from extractors.types import Document, Page, Record, Summary


@dataclass(frozen=True, slots=True)
class Outcome:
    document: Document | None
    pages: list[Page]
    summary: Summary


def outcome(records: list[Record]) -> Outcome:
    documents = [record for record in records if isinstance(record, Document)]
    summary = records[-1]
    assert isinstance(summary, Summary)
    assert sum(isinstance(record, Summary) for record in records) == 1
    assert len(documents) <= 1
    pages = [record for record in records if isinstance(record, Page)]
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    return Outcome(documents[0] if documents else None, pages, summary)


def read_here(path: Path, limits: Limits | None = None) -> Outcome:
    """In this process: for files that our own code wrote and that mean no harm."""
    return outcome(list(extract(path, limits or Limits())))


async def read_sandboxed(path: Path, limits: Limits | None = None) -> Outcome:
    async with aclosing(read(path, limits or Limits())) as records:
        return outcome([record async for record in records])
