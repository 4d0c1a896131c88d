"""The query language: from what somebody typed to a tree, whatever they typed.

A malformed query is never an error; what could not be understood is left out or taken as words,
and a warning says so. It looks nothing up: a value that does not exist is the searcher's concern,
and how a word becomes lexemes is PostgreSQL's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from search_service.search.dates import DateFilter
from search_service.search.dates import read as read_dates
from search_service.search.tree import (
    Concept,
    Field,
    FieldFilter,
    Phrase,
    Query,
    QueryWarning,
    Word,
)
from search_service.text.normalise import clean, indexable

__all__ = [
    "MAX_CHARACTERS",
    "MAX_CONCEPTS",
    "MAX_VALUES",
    "Concept",
    "DateFilter",
    "Field",
    "FieldFilter",
    "Phrase",
    "Query",
    "QueryWarning",
    "Word",
    "parse",
    "shortened",
    "words_of",
]

# Enough for an e-mail pasted as a question; what is scored of it is bounded in terms.py.
MAX_CHARACTERS = 2000
# So many are looked at; what cannot be seen is still among them.
MAX_KEPT = 4 * MAX_CHARACTERS
# Of concepts, of alternatives in one of them, and of exclusions.
MAX_CONCEPTS = 200
MAX_VALUES = 64
MIN_PREFIX = 2


def parse(text: str) -> Query:
    """Read a query in the language of ARCHITECTURE.md, "Query language"; never raises.

    Codes of warnings: query_cut, too_many_words, too_many_values, unclosed_quote, empty_phrase,
    or_ignored, not_ignored, grouping_ignored, prefix_too_short, unknown_field, empty_field,
    bad_date, no_words.
    """
    reader = _Reader()
    kept = shortened(text)
    text = " ".join(clean(kept).split())
    if len(text) > MAX_CHARACTERS or len(kept) > MAX_KEPT:
        reader.warn("query_cut", f"Only the first {MAX_CHARACTERS} characters were read.")
    if len(text) > MAX_CHARACTERS:
        text = text[: max(text.rfind(" ", 0, MAX_CHARACTERS + 1), 0) or MAX_CHARACTERS]
    straight = text.translate(_QUOTES)
    if _GROUP.search(straight):
        reader.warn("grouping_ignored", "Parentheses do not group; OR joins its two neighbours.")
    for token in _TOKEN.finditer(straight):
        reader.take(token)
    if straight.strip() and reader.is_empty:
        reader.warn("no_words", "There is no word in this to search for, so nothing was left out.")
    return reader.query(text)


def shortened(text: str) -> str:
    """Give what need be kept of a question: as much as is read, or as tells that there is more."""
    return " ".join(text.split())[: MAX_KEPT + 1]


def words_of(text: str) -> list[str]:
    """Give the words of cleaned text as the index splits them, without punctuation around them."""
    words = (word.strip(_EDGES) for word in _BREAKS.split(indexable(text)))
    return [word for word in words if any(map(str.isalnum, word))]


_Term = Word | Phrase

# Curly, low and angled quotes all open and close alike.
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″", '"'))
_TOKEN = re.compile(
    r"""
    (?P<minus>(?<![^\s(])-(?=[^\s-]))?
    (?:
        # Letters and a colon, but no URL and no drive; 10:30 has no letters.
        (?P<open>\(*)(?P<field>[A-Za-z]+):(?!//|\\)(?P<values>(?:"[^"]*"?|[^\s"])*)
      | "(?P<phrase>[^"]*)(?P<close>"?)
        # A quote after a digit and before a blank is an inch, not the beginning of a phrase.
      | (?P<bare>(?:[^\s"]|(?<=\d)"(?=\s|$))+)
    )
    """,
    re.VERBOSE,
)
_GROUP = re.compile(r"(?:^|\s)\(*(?:-|NOT\s+)\(|\)\s+OR\s|\sOR\s+\(")
_VALUES = re.compile(r'"([^"]*)"?|([^",]+)')
# PostgreSQL's parser breaks words here anyway; at . : - & ' @ + # it may not.
_BREAKS = re.compile(r"[\s()\[\]{}<>,;!?|\"*=\\~^–—…·•™®©℠]+")
_EDGES = ".:'`-_/&%"
_CLOSING = ')]}.,;:!?"'

# Similarity by difflib from which an unknown field is taken for a slip.
_NEAR = 0.7
_FIELDS = {
    **{member.value: member for member in Field},
    "lang": Field.LANGUAGE,
    "personas": Field.PERSONA,
    "products": Field.PRODUCT,
    "segments": Field.SEGMENT,
    "tags": Field.TAG,
    "types": Field.TYPE,
}


@dataclass(slots=True)
class _Reader:
    """Collects what the tokens say, one after the other."""

    concepts: list[list[_Term]] = field(default_factory=list)
    excluded: list[_Term] = field(default_factory=list)
    values: dict[tuple[Field, bool], dict[str, str]] = field(default_factory=dict)
    updated: DateFilter | None = None
    warnings: dict[QueryWarning, None] = field(default_factory=dict)
    # What an OR would join on its left: so many concepts, or a filter; 0 for nothing.
    left: int | tuple[Field, bool] = 0
    joining: bool = False
    # A NOT came, and not yet what it excludes.
    negating: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was understood, and no warning says so."""
        found = (self.concepts, self.excluded, self.values, self.updated, self.warnings)
        return not (any(found) or self.negating or self.joining)

    def query(self, text: str) -> Query:
        self._end_or()
        self._end_not(negated=self.negating)
        return Query(
            text,
            tuple(Concept(tuple(terms)) for terms in self.concepts),
            tuple(self.excluded),
            tuple(
                FieldFilter(member, tuple(values.values()), excluded)
                for (member, excluded), values in self.values.items()
            ),
            self.updated,
            tuple(self.warnings),
        )

    def warn(self, code: str, message: str) -> None:
        self.warnings[QueryWarning(code, message)] = None

    def take(self, token: re.Match[str]) -> None:
        bare = "" if token["minus"] else token["bare"] or ""
        if bare == "AND":
            return  # it is how words are joined anyway
        if bare.lstrip("(") == "NOT":
            self.negating = True
            return
        negated, self.negating = self.negating, False
        excluded = negated or token["minus"] is not None
        if token["field"] is not None:
            values = token["values"].rstrip(")") if token["open"] else token["values"]
            self._take_field(token["field"], values, excluded=excluded)
        elif token["phrase"] is not None:
            self._take_phrase(token["phrase"], closed=bool(token["close"]), excluded=excluded)
        elif bare == "OR":
            self._end_not(negated=negated)
            self._take_or()
        else:
            terms = self._bare(token["bare"])
            self._end_not(negated=negated and not terms)
            self._add(terms, excluded=excluded)

    def _end_not(self, *, negated: bool) -> None:
        if negated:
            self.warn("not_ignored", "A NOT without a word or phrase behind it was left out.")

    def _take_or(self) -> None:
        self._end_or()
        self.joining = True
        if not self.left:
            self._end_or()

    def _end_or(self) -> None:
        if self.joining:
            self.warn("or_ignored", "An OR without a word or phrase on each side was left out.")
        self.joining = False

    def _begin(self, left: int | tuple[Field, bool]) -> None:
        """Note what the next OR would find on its left, after what no OR can join."""
        self._end_or()
        self.left = left

    def _take_phrase(self, text: str, *, closed: bool, excluded: bool) -> None:
        words = words_of(text)
        if not closed:
            self.warn("unclosed_quote", "A quote is not closed; it was read to the end.")
        elif not words:
            self.warn("empty_phrase", "A pair of quotes holds no word and was left out.")
        self._add([Phrase(tuple(words))] if words else [], excluded=excluded)

    def _bare(self, text: str) -> list[_Term]:
        """The words of a run without blanks; TCP/IP has two."""
        words = words_of(text)
        if not words:
            return []
        prefix = text.rstrip(_CLOSING).endswith("*")
        if prefix and sum(map(str.isalnum, words[-1])) < MIN_PREFIX:
            self.warn(
                "prefix_too_short",
                f"A star needs {MIN_PREFIX} characters before it; {words[-1]} was taken as a word.",
            )
            prefix = False
        return [*map(Word, words[:-1]), Word(words[-1], prefix)]

    def _take_field(self, name: str, text: str, *, excluded: bool) -> None:
        member = _FIELDS.get(name.lower())
        if not text:
            self._take_bare_field(name, known=member is not None, excluded=excluded)
            return
        if text.count('"') % 2:
            self.warn("unclosed_quote", "A quote is not closed; it was read to the end.")
        if member is None:
            self._take_unknown(name, text, excluded=excluded)
            return
        typed = [" ".join((quoted or plain).split()) for quoted, plain in _VALUES.findall(text)]
        values = [value for value in typed if value]
        if not values:
            self.warn("empty_field", f"{name}: has no value and was left out.")
            self._begin(0)
        elif member is Field.UPDATED:
            self._take_dates(",".join(values), excluded=excluded)
        else:
            self._take_values((member, excluded), values)

    def _take_bare_field(self, name: str, *, known: bool, excluded: bool) -> None:
        """A name and a colon with nothing after it: a filter typed wrongly, or mere prose."""
        if known:
            self.warn("empty_field", f"{name}: has no value; write {name}:value without a blank.")
        if not (known and excluded):
            self._add([Word(name)], excluded=excluded)

    def _take_unknown(self, name: str, text: str, *, excluded: bool) -> None:
        near = get_close_matches(name.lower(), _FIELDS, n=1, cutoff=_NEAR)
        hint = f" Did you mean {_FIELDS[near[0]]}:?" if near else ""
        self.warn("unknown_field", f"{name}: is no field; it was searched as words.{hint}")
        terms: list[_Term] = [Word(name)]
        for quoted, plain in _VALUES.findall(text):
            words = words_of(quoted)
            terms += [Phrase(tuple(words))] if words else self._bare(plain)
        self._add(terms, excluded=excluded)

    def _take_dates(self, text: str, *, excluded: bool) -> None:
        days = None if excluded else read_dates(text)
        if days is None:
            self.warn(
                "bad_date",
                f"updated:{text} was left out; write updated:2026-05, >2026-01-31 or 2026..2027,"
                " without a minus or NOT.",
            )
            self._begin(0)
            return
        self._begin((Field.UPDATED, excluded))
        self.updated = self.updated.narrowed(days) if self.updated else days

    def _take_values(self, key: tuple[Field, bool], values: Sequence[str]) -> None:
        # Two filters on one field mean either of them anyway, so an OR between them says so too.
        if self.left == key:
            self.joining = False
        self._begin(key)
        for value in values:
            if sum(map(len, self.values.values())) < MAX_VALUES:
                self.values.setdefault(key, {}).setdefault(value.casefold(), value)
            else:
                self.warn("too_many_values", f"Only the first {MAX_VALUES} field values were used.")

    def _add(self, terms: Sequence[_Term], *, excluded: bool) -> None:
        """Take what one token gave: each a concept, but under an OR one alternative together."""
        if not terms:
            return
        if excluded:
            self._begin(0)
            if self._has_room(self.excluded):
                self.excluded.append(_one(terms))
        elif self.joining and isinstance(self.left, int):
            self._join(self.left, _one(terms))
        else:
            self._end_or()
            before = len(self.concepts)
            for term in terms:
                if self._has_room(self.concepts):
                    self.concepts.append([term])
            self.left = len(self.concepts) - before

    def _join(self, left: int, right: _Term) -> None:
        """Make the last `left` concepts and `right` alternatives of one."""
        if left > 1:
            merged = _one([term for terms in self.concepts[-left:] for term in terms])
            self.concepts[-left:] = [[merged]]
        if self._has_room(self.concepts[-1]):
            self.concepts[-1].append(right)
        self.left = 1
        self.joining = False

    def _has_room(self, items: Sequence[object]) -> bool:
        if len(items) < MAX_CONCEPTS:
            return True
        self.warn("too_many_words", f"Only the first {MAX_CONCEPTS} words were used.")
        return False


def _one(terms: Sequence[_Term]) -> _Term:
    """Several words of one token as a phrase, where only one term has room."""
    if len(terms) == 1:
        return terms[0]
    return Phrase(
        tuple(
            word
            for term in terms
            for word in (term.words if isinstance(term, Phrase) else (term.text,))
        )
    )
