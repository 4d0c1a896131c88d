"""Materials that are like one, or like one of its pages: those that share its telling words.

The words are the lexemes with the most tf·idf; what follows reads their postings, at most
MAX_POSTINGS of them together, so that the work is bounded however large the library is.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, is_guest, visible_binds, visible_sql
from search_service.db.direct import fetch
from search_service.db.statements import Statements
from search_service.search import highlight
from search_service.search.analysis import corpus_of
from search_service.search.sql import STATEMENTS as SEARCH
from search_service.search.terms import quoted
from search_service.text.languages import configuration
from search_service.text.normalise import indexable

STATEMENTS = Statements("search_service.search", "similar.sql", {"visible": visible_sql})

DEFAULT_LIMIT = 8
MAX_LIMIT = 20
MAX_LEXEMES = 12
# What is read of the source: a book is told by its beginning, a word by its frequency.
MAX_PASSAGES = 100
MAX_COUNTED = 400
MAX_POSTINGS = 10_000
# One shared word is a coincidence.
FEWEST_SHARED = 2
PASSAGES_SHOWN = 20
# An aside never holds up the page that it stands on.
TIMEOUT_MS = 2000


@dataclass(frozen=True, slots=True)
class Source:
    """What others shall be like: a material that the principal may see, or one of its pages."""

    material_id: int
    language: str
    page_number: int | None = None


@dataclass(frozen=True, slots=True)
class LikeSlide:
    """The page of a similar material that shares most."""

    page_number: int
    version: int
    title: str


@dataclass(frozen=True, slots=True)
class Like:
    """A similar material; `score` is the share of the telling words' weight that it holds."""

    material_id: int
    name: str
    material_type: str
    status: str | None
    language: str
    score: float
    shared_words: tuple[str, ...]
    slide: LikeSlide | None


@dataclass(frozen=True, slots=True)
class Telling:
    """A lexeme that tells a text apart, where it first stands, and what it weighs."""

    lexeme: str
    ordinal: int
    position: int
    weight: float
    document_frequency: int


@dataclass(frozen=True, slots=True)
class _Likeness:
    """One comparison: who asks, about what, by which lexemes, the heaviest first."""

    connection: AsyncConnection
    principal: Principal
    source: Source
    telling: Sequence[Telling]

    @property
    def see_notes(self) -> bool:
        return not is_guest(self.principal)

    @property
    def queries(self) -> list[str]:
        """A tsquery for each lexeme; notes (weight C) are not for everybody."""
        where = "" if self.see_notes else ":DBA"
        return [quoted(each.lexeme) + where for each in self.telling]

    @property
    def binds(self) -> dict[str, Any]:
        return {
            "material_id": self.source.material_id,
            "queries": self.queries,
            "weights": [each.weight for each in self.telling],
            "see_notes": self.see_notes,
            **visible_binds(self.principal),
        }


async def similar(
    connection: AsyncConnection, principal: Principal, source: Source, limit: int = DEFAULT_LIMIT
) -> tuple[Like, ...]:
    """Give at most `limit` materials that the principal may see, those of one language first.

    Nothing is like a text whose every word is common or its own alone.
    """
    await fetch(connection, STATEMENTS["limits"], {"timeout": str(TIMEOUT_MS)})
    corpus = await corpus_of(connection)
    rows = await _lexemes(connection, principal, source)
    telling = most_telling(rows, corpus.size)
    if len(telling) < FEWEST_SHARED:
        return ()
    likeness = _Likeness(connection, principal, source, telling)
    scores = await _scores(likeness, limit)
    return await _shown(likeness, scores) if scores else ()


def most_telling(rows: Iterable[Any], passages: int) -> list[Telling]:
    """Choose the lexemes with the most tf·idf among `passages`, the heaviest first.

    A row has lexeme, frequency, own_passages, document_frequency, first_ordinal, first_position.
    Left out are what nobody else has, what is another form of a chosen word (it stands where that
    stands), and what would make more than MAX_POSTINGS in all.
    """
    weighed = sorted(
        (
            Telling(
                row.lexeme,
                row.first_ordinal,
                row.first_position,
                (1 + math.log(row.frequency)) * _idf(row.document_frequency, passages),
                row.document_frequency,
            )
            for row in rows
            if row.document_frequency > row.own_passages
        ),
        key=lambda each: (-each.weight, each.lexeme),
    )
    chosen: list[Telling] = []
    places: set[tuple[int, int]] = set()
    postings = 0
    for each in weighed:
        place = (each.ordinal, each.position)
        if place in places or postings + each.document_frequency > MAX_POSTINGS:
            continue
        places.add(place)
        postings += each.document_frequency
        chosen.append(each)
        if len(chosen) == MAX_LEXEMES:
            break
    return chosen


def _idf(document_frequency: int, passages: int) -> float:
    rest = max(passages - document_frequency, 0)
    return math.log(1 + (rest + 0.5) / (document_frequency + 0.5))


async def _lexemes(
    connection: AsyncConnection, principal: Principal, source: Source
) -> Sequence[Row[Any]]:
    return await fetch(
        connection,
        STATEMENTS["telling_lexemes"],
        {
            "material_id": source.material_id,
            "page_number": source.page_number,
            "see_notes": not is_guest(principal),
            "passages": MAX_PASSAGES,
            "lexemes": MAX_COUNTED,
            **visible_binds(principal),
        },
    )


async def _scores(likeness: _Likeness, limit: int) -> dict[int, float]:
    """The scores of the best materials, in their order."""
    name = "like_material" if likeness.source.page_number is None else "like_page"
    rows = await fetch(
        likeness.connection,
        STATEMENTS[name],
        {
            "language": likeness.source.language,
            "fewest": FEWEST_SHARED,
            "most": limit,
            **likeness.binds,
        },
    )
    return {row.material_id: row.score for row in rows}


async def _shown(likeness: _Likeness, scores: Mapping[int, float]) -> tuple[Like, ...]:
    rows = await fetch(
        likeness.connection,
        STATEMENTS["shown"],
        {
            "ids": list(scores),
            "any_query": " | ".join(likeness.queries),
            "passages": PASSAGES_SHOWN,
            **likeness.binds,
        },
    )
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(row)
    words = await _words(likeness)
    whole = sum(each.weight for each in likeness.telling)
    return tuple(
        _like(found[key], score / whole, words, likeness.source)
        for key, score in scores.items()
        if key in found
    )


def _like(rows: Sequence[Row[Any]], score: float, words: Sequence[str], source: Source) -> Like:
    pages = [row for row in rows if row.page_number]
    best = pages[0] if pages else None
    counted = rows if source.page_number is None else pages[:1]
    numbers = sorted({number for row in counted for number in row.numbers})
    facts = rows[0]
    return Like(
        material_id=facts.id,
        name=facts.name,
        material_type=facts.material_type,
        status=facts.status,
        language=facts.language,
        score=round(min(score, 1.0), 4),
        shared_words=tuple(dict.fromkeys(words[number - 1] for number in numbers)),
        slide=best and LikeSlide(best.page_number, best.version_ordinal, best.title),
    )


async def _words(likeness: _Likeness) -> list[str]:
    """Each lexeme as the source mostly writes it, in lower case."""
    ordinals = sorted({each.ordinal for each in likeness.telling})
    texts = await fetch(
        likeness.connection, STATEMENTS["texts"], likeness.binds | {"ordinals": ordinals}
    )
    written = "\n".join(text for (text,) in texts)
    lexemes = [each.lexeme for each in likeness.telling]
    likely = sorted(highlight.look_through([written], lexemes).words)
    rows = await fetch(
        likeness.connection,
        SEARCH["lexemes_of_words"],
        {
            "words": [indexable(word) for word in likely],
            "configurations": [f"search_{configuration(likeness.source.language)}"] * len(likely),
        },
    )
    counts = Counter(written.lower().split())
    forms: dict[str, list[str]] = {}
    for row in rows:
        for lexeme in row.lexemes:
            forms.setdefault(lexeme, []).append(likely[row.number])
    return [
        max(forms.get(lexeme, [lexeme]), key=lambda word: (counts[word], -len(word), word))
        for lexeme in lexemes
    ]
