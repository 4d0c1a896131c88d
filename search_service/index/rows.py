"""The passages of a material as the statements of `index.sql` take them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import RowMapping

from search_service.text.languages import configuration
from search_service.text.normalise import indexable
from search_service.text.passages import content_hash

# A tsvector fails above 1 MB of lexemes and positions, which may take seven times as many bytes as
# the text (compounds, accents); no page of prose comes near these.
INDEXED_CHARACTERS = {"title": 10_000, "body": 60_000, "notes": 60_000}


@dataclass(frozen=True, slots=True)
class PassageRow:
    """What of a passage is text and place; its vector, lengths and copies come of the statement."""

    ordinal: int
    page_number: int
    char_start: int
    char_end: int
    title: str
    body: str
    notes: str
    content_hash: str
    hidden: bool


def own_row(facts: RowMapping) -> PassageRow:
    """Give passage 0: the words of the material itself, a line for each value."""
    lists = (facts["tags"], facts["keywords"], facts["use_cases"], facts["pain_points"])
    words = [
        facts["product_name"],
        facts["universe_name"],
        *chain.from_iterable(values or [] for values in lists),
    ]
    subjects = "\n".join(filter(None, words))
    return PassageRow(
        ordinal=0,
        page_number=0,
        char_start=0,
        char_end=0,
        title=facts["name"],
        body=subjects,
        notes=facts["description"] or "",
        content_hash=content_hash(facts["name"], subjects),
        hidden=False,
    )


def parameters(facts: RowMapping, pages: Sequence[PassageRow]) -> dict[str, Any]:
    """Give the parameters of `passage_rows` for a material's own passage and those of its pages."""
    rows = [own_row(facts), *pages]
    return {
        "material_id": facts["id"],
        "configuration": f"search_{configuration(facts['language'])}",
        "ordinals": [row.ordinal for row in rows],
        "page_numbers": [row.page_number for row in rows],
        "char_starts": [row.char_start for row in rows],
        "char_ends": [row.char_end for row in rows],
        "titles": [row.title for row in rows],
        "bodies": [row.body for row in rows],
        "notes": [row.notes for row in rows],
        **{
            f"{part}_words": [indexable(getattr(row, part)[:most]) for row in rows]
            for part, most in INDEXED_CHARACTERS.items()
        },
        "content_hashes": [row.content_hash for row in rows],
        "hidden": [row.hidden for row in rows],
    }
