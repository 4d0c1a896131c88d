"""Materials that product marketing pinned to the top of a query's answer.

A pin shows nothing that its searcher may not see, or that the selection leaves out. It is found by
the words of the query, and knows nothing of how the rest is ranked.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, is_guest
from search_service.db.direct import fetch
from search_service.errors import InvalidCursorError
from search_service.search import facets
from search_service.search.answer import Part
from search_service.search.columns import Shown
from search_service.search.facets import Selection
from search_service.search.slides import SlideRow
from search_service.search.tree import Field, Phrase, Query, Word
from search_service.search.tuning_sql import STATEMENTS
from search_service.text.normalise import folded

_TURN = re.compile(r"[0-9,]*;[0-9,]*")

# Of one query; more would be no answer but a list. Those that filters leave out are loaded too.
MAX_PINS = 10
MAX_LOADED = 100
MAX_ID = 2**31 - 1
# Of a query's key: an index cannot hold much more.
MAX_KEY = 500

PINNED = Part(
    "pinned", 0.0, "Product marketing pinned it for this query; its score does not count."
)


@dataclass(frozen=True, slots=True)
class Pin:
    """A material that stands first, with the page to show first of it."""

    material_id: int
    page_number: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """The pins of one page; `served` were shown up to its end, `left` come on the next ones."""

    shown: tuple[Pin, ...]
    served: tuple[int, ...]
    left: tuple[int, ...]

    @property
    def settled(self) -> list[int]:
        """The materials that have their place and are not to be ranked."""
        return [*self.served, *self.left]

    @property
    def text(self) -> str:
        """What a cursor holds of it."""
        return ";".join(",".join(map(str, ids)) for ids in (self.served, self.left))


def turn_of(pins: Sequence[Pin], text: str | None, limit: int) -> Turn:
    """Give the turn after the one of a cursor's `text`, the first one for None.

    On later pages only pins of the first one are shown, so that nothing stands twice.
    Raises InvalidCursorError for a text that no turn has.
    """
    served, left = ((), tuple(pin.material_id for pin in pins)) if text is None else _read(text)
    coming = [pin for pin in pins if pin.material_id in left]
    shown = tuple(coming[:limit])
    return Turn(
        shown,
        (*served, *(pin.material_id for pin in shown)),
        tuple(pin.material_id for pin in coming[limit:]),
    )


def key_of(query: Query) -> str:
    """Give what a pin is found by: the query's words without its filters, folded."""
    words = [" or ".join(map(_text, concept.alternatives)) for concept in query.concepts]
    return folded(" ".join([*words, *(f"-{_text(term)}" for term in query.excluded)]))


async def find(
    connection: AsyncConnection, queries: Iterable[Query], selection: Selection, shown: Shown
) -> tuple[Pin, ...]:
    """Give the pins that may be shown, in their order; one statement at most.

    `queries` are the forms of one query: as typed, and as corrected.
    """
    keys = {key for key in map(key_of, queries) if 0 < len(key) <= MAX_KEY}
    if not keys:
        return ()
    rows = await fetch(
        connection,
        STATEMENTS["pins"],
        {
            "queries": sorted(keys),
            "personas": _ids(selection, Field.PERSONA),
            "segments": _ids(selection, Field.SEGMENT),
            "most": MAX_LOADED,
        },
    )
    pages: dict[int, int | None] = {}
    for row in rows:
        pages.setdefault(row.material_id, row.page_number)
    passing = facets.passing(shown.columns, shown.seen, selection)
    size = shown.columns.size
    allowed = [Pin(key, page) for key, page in pages.items() if key < size and passing[key]]
    return tuple(allowed[:MAX_PINS])


async def pinned_first(
    connection: AsyncConnection,
    principal: Principal,
    pins: Iterable[Pin],
    slides: Mapping[int, Sequence[SlideRow]],
) -> dict[int, list[SlideRow]]:
    """Put the pinned page first among the slides of its material, one that does not match too.

    A page that is gone, or hidden from the principal, is left out.
    """
    pages = {pin.material_id: pin.page_number for pin in pins if pin.page_number is not None}
    rows = await fetch(
        connection,
        STATEMENTS["pinned_slides"],
        {
            "ids": list(pages),
            "pages": list(pages.values()),
            "see_notes": not is_guest(principal),
        },
    )
    shown = {key: list(listed) for key, listed in slides.items()}
    for material_id, *columns in rows:
        slide = SlideRow(*columns)
        listed = shown.get(material_id, [])
        same = [each for each in listed if each.page_number == slide.page_number]
        others = [each for each in listed if each.page_number != slide.page_number]
        shown[material_id] = [*(same[:1] or [slide]), *others]
    return shown


def _read(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    lists = text.split(";") if _TURN.fullmatch(text) else []
    ids = [tuple(int(digits) for digits in each.split(",") if digits) for each in lists]
    if not lists or any(key > MAX_ID for each in ids for key in each):
        raise InvalidCursorError(
            "The cursor does not belong to this search; start again from its first page."
        )
    served, left = ids
    return served, left


def _ids(selection: Selection, field: Field) -> list[int]:
    return [int(value) for value in selection.wanted.get(field, ())]


def _text(term: Word | Phrase) -> str:
    if isinstance(term, Phrase):
        return " ".join(term.words)
    return term.text + ("*" if term.prefix else "")
