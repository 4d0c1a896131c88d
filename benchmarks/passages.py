"""The passages that latency is measured on, and the materials and queries made of them."""

import gzip
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlencode

from benchmarks.generator import expanded_passages, generated_passages, generated_queries
from benchmarks.library import Document
from search_service.db.enums import MaterialAudience, MaterialType
from search_service.index.writer import PageText
from search_service.search.request import SearchRequest
from search_service.search.tree import Field

PASSAGES_PER_MATERIAL = 20
UNIVERSES = ("Public Cloud", "Private Cloud", "Bare Metal", "Hosting & Collaboration")
PERSONAS = ("Chief Information Officer", "Developer", "Finance Director", "Data Engineer",
            "Security Officer", "Operations Lead", "Buyer", "Founder")  # fmt: skip
SEGMENTS = ("Public Sector", "Retail", "Health", "Start-ups", "Industry", "Education")
PRODUCTS = 40
FILTERED_EVERY = 4
ALL = "all"
OR_QUERIES = "all OR queries"
# Classes whose words are joined by OR and nothing else.
OR_CLASSES = frozenset({"common1", "pair", "multi", "rare", "rarecommon", "zero", "nl"})
_SEED = 20260203

# Of a passage its source, group, title and body.
Line: TypeAlias = Sequence[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of a class, with what is chosen in facets."""

    query_class: str
    text: str
    selection: Mapping[Field, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_or_query(self) -> bool:
        """Whether other engines can be asked the same."""
        return self.query_class in OR_CLASSES

    @property
    def wholes(self) -> tuple[str, ...]:
        """What the query is counted in beside its class."""
        return (OR_QUERIES, ALL) if self.is_or_query else (ALL,)

    @property
    def request(self) -> SearchRequest:
        return SearchRequest(self.text, selection=self.selection)

    @property
    def path(self) -> str:
        chosen = [(name, value) for name, values in self.selection.items() for value in values]
        return "/api/v1/search?" + urlencode([("q", self.text), *chosen])


def lines_of(source: Path | None, passages: int) -> Iterator[Line]:
    """Give so many passages of a file, and more made of those where it has fewer; without a file
    generated ones. The same ones each time.
    """
    if source is None:
        return islice(generated_passages(), passages)
    real = list(islice(read_passages(source), passages))
    return islice(expanded_passages(real), passages)


def documents(
    lines: Iterable[Line], persona_ids: Sequence[int], segment_ids: Sequence[int]
) -> Iterator[Document]:
    """Make materials of neighbouring passages of one group, of every kind there is."""
    choose = random.Random(_SEED).choice
    types, audiences = list(MaterialType), list(MaterialAudience)
    number = 0
    for group, members in groupby(lines, key=lambda line: line[1]):
        while chunk := list(islice(members, PASSAGES_PER_MATERIAL)):
            yield Document(
                key=str(number),
                name=f"{group} {chunk[0][2]}",
                pages=[
                    PageText(at, title, body) for at, (_, _, title, body) in enumerate(chunk, 1)
                ],
                universe=choose(UNIVERSES),
                product=f"Nimbus {choose(range(PRODUCTS))}",
                material_type=choose(types),
                audience=choose(audiences),
                persona_ids=(choose(persona_ids),),
                segment_ids=(choose(segment_ids),),
            )
            number += 1


def queries_of(path: Path | None) -> list[Asked]:
    """Read the queries of a file (one with `cls` and `q` a line), or generate some, as asked."""
    if path is None:
        return as_asked(generated_queries())
    with path.open(encoding="utf-8") as lines:
        return as_asked((query["cls"], query["q"]) for query in map(json.loads, lines))


def as_asked(queries: Iterable[tuple[str, str]]) -> list[Asked]:
    """Put a star behind prefixes, and ask every fourth query again within two filters."""
    plain = [Asked(name, f"{text}*" if name == "prefix" else text) for name, text in queries]
    filtered = [
        Asked("filtered", each.text, _two_filters(number))
        for number, each in enumerate(plain[::FILTERED_EVERY])
    ]
    return [*plain, *filtered]


def _two_filters(number: int) -> Mapping[Field, tuple[str, ...]]:
    turn = number // 2
    persona = PERSONAS[turn % len(PERSONAS)]
    kind = list(MaterialType)[turn % len(MaterialType)].value
    other = {Field.PERSONA: (persona,)} if number % 2 else {Field.TYPE: (kind,)}
    return {Field.UNIVERSE: (UNIVERSES[number % len(UNIVERSES)],), **other}


def read_passages(path: Path) -> Iterator[Line]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)
