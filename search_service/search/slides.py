"""A passage as it is read to be shown: what a slide of a hit is made of."""

from typing import NamedTuple


class SlideRow(NamedTuple):
    """A passage's texts and marks; `score` is 0 where it is shown for another reason."""

    page_number: int
    title: str
    body: str
    notes: str
    hidden: bool
    language: str
    content_hash: str
    version_ordinal: int
    score: float
