"""Expands what was typed by the synonyms that product marketing keeps.

`expand` is pure: a query and entries give a query whose concepts have more alternatives. `find`
loads only the entries whose words stand in the query. How entries are kept is not known here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.direct import fetch
from search_service.search.answer import Expansion
from search_service.search.query import words_of
from search_service.search.tree import Concept, Phrase, Query, Synonymy, Word
from search_service.search.tuning_sql import STATEMENTS
from search_service.text.normalise import folded

# Of one entry's source, as typed in separate words.
MAX_SOURCE_WORDS = 5
# Of a query: concepts looked at, entries loaded, terms added.
MAX_CONCEPTS = 64
MAX_ENTRIES = 64
MAX_ADDED = 32

Term = Word | Phrase


@dataclass(frozen=True, slots=True)
class SynonymEntry:
    """`source` also means each of `targets`; with `two_way` each of them all means the others.

    What is added counts in passages of `language`, None for any.
    """

    source: str
    targets: tuple[str, ...]
    two_way: bool = False
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Expanded:
    """A query with its synonyms; `expansions` say what was added to what, in the query's order."""

    query: Query
    expansions: tuple[Expansion, ...] = ()

    @property
    def spared(self) -> frozenset[str]:
        """The words not to correct: what has a synonym is meant, and what was added is kept."""
        texts = (text for each in self.expansions for text in (each.typed, *each.added))
        return frozenset(word for text in texts for word in words_of(text))


async def expanded(connection: AsyncConnection, query: Query) -> Expanded:
    """Give the query with the synonyms kept for its words; one statement at most."""
    return expand(query, await find(connection, query))


async def find(connection: AsyncConnection, query: Query) -> tuple[SynonymEntry, ...]:
    """Give the entries for what stands in the query, the oldest first; one statement at most."""
    keys = sorted({_key_of(window) for window in _windows(query.concepts)} - {""})
    if not keys:
        return ()
    rows = await fetch(connection, STATEMENTS["synonyms"], {"keys": keys, "most": MAX_ENTRIES})
    return tuple(
        SynonymEntry(row.source, tuple(row.targets), row.two_way, row.language) for row in rows
    )


def keys_of(entry: SynonymEntry) -> list[str]:
    """Give the texts that an entry is found by: its sources, folded, without repeats."""
    sources = (entry.source, *entry.targets) if entry.two_way else (entry.source,)
    return list(dict.fromkeys(_key(words_of(source)) for source in sources))


def expand(query: Query, entries: Iterable[SynonymEntry]) -> Expanded:
    """Add to each word and phrase of a query what it also means.

    Words side by side are looked up together first, the longest of them winning; each of their
    concepts gets the alternatives, so that either all the words or one synonym fulfil them. What
    was added is not looked up again. Exclusions, filters and prefixes stay as they are. At most
    MAX_ADDED terms are added, the first ones.
    """
    meanings = _meanings(entries)
    if not meanings:
        return Expanded(query)
    room = MAX_ADDED
    added: dict[int, list[Term]] = {}
    expansions: dict[str, tuple[str, ...]] = {}
    for start, window in _matched(query.concepts, meanings):
        typed = _text_of(window)
        terms = [
            replace(term, synonymy=Synonymy(typed, language, spread=len(window) > 1))
            for term, language in meanings[_key_of(window)]
        ][:room]
        room -= len(terms)
        for place in range(start, start + len(window)):
            added.setdefault(place, []).extend(terms)
        if terms:
            expansions[typed] = tuple(dict.fromkeys(map(_text, terms)))
    concepts = [
        Concept((*concept.alternatives, *added.get(place, ())))
        for place, concept in enumerate(query.concepts)
    ]
    listed = tuple(Expansion(typed, texts) for typed, texts in expansions.items())
    return Expanded(replace(query, concepts=tuple(concepts)), listed)


_Window = tuple[Term, ...]


def _matched(
    concepts: Sequence[Concept], meanings: Mapping[str, object]
) -> Iterator[tuple[int, _Window]]:
    """The windows that have a meaning, with the place of their first concept; they overlap not."""
    place = 0
    while place < min(len(concepts), MAX_CONCEPTS):
        wide = next(
            (each for each in _wide_windows(concepts, place) if _key_of(each) in meanings), ()
        )
        if wide:
            yield place, wide
        else:
            for term in concepts[place].alternatives:
                if _key_of((term,)) in meanings:
                    yield place, (term,)
        place += len(wide) or 1


def _windows(concepts: Sequence[Concept]) -> Iterator[_Window]:
    for place, concept in enumerate(concepts[:MAX_CONCEPTS]):
        yield from ((term,) for term in concept.alternatives)
        yield from _wide_windows(concepts, place)


def _wide_windows(concepts: Sequence[Concept], start: int) -> Iterator[_Window]:
    """The runs of two and more lone words that begin at a place, the longest first."""
    words: list[Word] = []
    for concept in concepts[start : start + MAX_SOURCE_WORDS]:
        (first, *others) = concept.alternatives
        if others or not isinstance(first, Word) or first.prefix:
            break
        words.append(first)
    yield from (tuple(words[:size]) for size in range(len(words), 1, -1))


def _meanings(
    entries: Iterable[SynonymEntry],
) -> dict[str, dict[tuple[Term, str | None], None]]:
    """For each key the terms that it also means, each with the language in which it counts."""
    found: dict[str, dict[tuple[Term, str | None], None]] = {}
    for entry in entries:
        texts = (entry.source, *entry.targets)
        for source in texts if entry.two_way else texts[:1]:
            key = _key(words_of(source))
            for text in texts:
                words = words_of(text)
                if words and key and _key(words) != key:
                    term = Word(words[0]) if len(words) == 1 else Phrase(tuple(words))
                    found.setdefault(key, {})[term, entry.language] = None
    return found


def _key_of(window: _Window) -> str:
    """The key of what stands in a window; empty for a prefix, which is no word yet."""
    if any(isinstance(term, Word) and term.prefix for term in window):
        return ""
    return _key([_text(term) for term in window])


def _key(words: Iterable[str]) -> str:
    return folded(" ".join(words))


def _text_of(window: _Window) -> str:
    return " ".join(map(_text, window))


def _text(term: Term) -> str:
    return term.text if isinstance(term, Word) else " ".join(term.words)
