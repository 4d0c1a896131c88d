"""What is asked beside searches: completions of what is typed, and what is like a material."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.recorder import Sent, recording
from benchmarks.scratch import Scratch
from search_service.accounts.policy import Principal
from search_service.index.suggestions import BEST, CARRIERS
from search_service.search.similar import MAX_POSTINGS, Source, similar
from search_service.search.suggest import suggest

TABLES = frozenset({"suggestions", "suggestion_prefixes", "past_queries"})


@dataclass(frozen=True, slots=True)
class Aside:
    """A class of questions; `most` are the rows that each table may give to a node of its plan."""

    name: str
    ask: Callable[[AsyncConnection, Principal], Awaitable[object]]
    most: Mapping[str, int]


def _typing(name: str, typed: str) -> Aside:
    rows = 2 * BEST * (len(typed) + 1)  # of phrases and of past queries
    return Aside(
        name,
        lambda connection, principal: suggest(connection, principal, typed),
        {
            "suggestion_prefixes": rows,
            "suggestions": rows,
            "past_queries": rows,
            "materials": 2 * CARRIERS * rows,
        },
    )


def _like(name: str, page_number: int | None) -> Aside:
    source = Source(1, "en", page_number)
    return Aside(
        name,
        lambda connection, principal: similar(connection, principal, source),
        {"passages": MAX_POSTINGS},
    )


ASIDES = (
    _typing("nothing typed", ""),
    _typing("one letter", "w"),
    _typing("a common beginning", "word"),
    _typing("a word", "wordbaa"),
    _typing("what begins nothing", "nothing of the kind"),
    _like("like a material", None),
    _like("like a page", 1),
)


async def statements_of(place: Scratch, aside: Aside, principal: Principal) -> list[Sent]:
    """Ask on the benchmark's database; give the statements that it took."""
    with recording() as recorder:
        async with place.database.reading() as connection:
            await aside.ask(connection, principal)
    return recorder.sent


def too_many(aside: Aside, nodes: Sequence[Mapping[str, Any]]) -> list[str]:
    """The tables of which a plan reads more rows than are allowed."""
    read = [
        (node.get("Relation Name", ""), node["Actual Rows"] * node["Actual Loops"])
        for node in nodes
    ]
    return [
        f"{rows:.0f} rows of {name}" for name, rows in read if rows > aside.most.get(name, rows)
    ]
