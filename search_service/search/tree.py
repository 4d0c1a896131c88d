"""What a query means, as values: concepts, exclusions, field filters and dates.

It knows neither how a query is typed nor how it is answered.
"""

from dataclasses import dataclass
from enum import StrEnum

from search_service.search.dates import DateFilter


class Field(StrEnum):
    PERSONA = "persona"
    SEGMENT = "segment"
    UNIVERSE = "universe"
    PRODUCT = "product"
    TYPE = "type"
    AUDIENCE = "audience"
    STATUS = "status"
    TAG = "tag"
    FORMAT = "format"
    LANGUAGE = "language"
    OWNER = "owner"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True)
class Synonymy:
    """Why a term stands in a query that nobody typed: it is a synonym of `typed`.

    It counts in passages of `language`, None for any. `spread` where `typed` is several concepts,
    of which each has it as an alternative.
    """

    typed: str
    language: str | None = None
    spread: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A word as typed, without the punctuation around it; `prefix` where a star followed."""

    text: str
    prefix: bool = False
    synonymy: Synonymy | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must stand in this order side by side; at least one."""

    words: tuple[str, ...]
    synonymy: Synonymy | None = None


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that is asked for, in any of its forms; a lone word is a concept of one."""

    alternatives: tuple[Word | Phrase, ...]


@dataclass(frozen=True, slots=True)
class FieldFilter:
    """Any of `values` (as typed, without repeats) in a field other than `updated`; or none."""

    field: Field
    values: tuple[str, ...]
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class QueryWarning:
    """What was not taken as typed; `code` is stable, `message` a sentence for the searcher."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Query:
    """A question as a tree; `text` is what was read of it, cleaned and within the limit.

    At most one filter stands for each field and sign. Repeated words are kept, for a word typed
    twice weighs twice.
    """

    text: str = ""
    concepts: tuple[Concept, ...] = ()
    excluded: tuple[Word | Phrase, ...] = ()
    filters: tuple[FieldFilter, ...] = ()
    updated: DateFilter | None = None
    warnings: tuple[QueryWarning, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The words that score, in order: those of phrases too, but no prefix, which expands."""
        return tuple(
            word
            for concept in self.concepts
            for term in concept.alternatives
            for word in _scored(term)
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for: no word, no exclusion, no filter, no date."""
        return not (self.concepts or self.excluded or self.filters or self.updated)


def _scored(term: Word | Phrase) -> tuple[str, ...]:
    if isinstance(term, Phrase):
        return term.words
    return () if term.prefix else (term.text,)
