"""The statements on materials and their passages, which the writer and the check share."""

from collections.abc import Callable, Sequence

from search_service.db.statements import Statements

# What is made of a passage's text, and what is copied from its material.
_MADE = (
    "title", "body", "notes", "content_hash", "search_vector", "length_title", "length_body",
    "language",
)  # fmt: skip
_COPIES = (
    "status", "material_type", "audience", "universe_name", "owner_id", "updated_at",
    "persona_ids", "segment_ids",
)  # fmt: skip


def _of_row(columns: Sequence[str]) -> Callable[[str], str]:
    return lambda row: ", ".join(f"{row}.{column}" for column in columns)


STATEMENTS = Statements(
    "search_service.index", "index.sql", {"made": _of_row(_MADE), "copies": _of_row(_COPIES)}
)
