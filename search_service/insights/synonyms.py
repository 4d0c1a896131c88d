"""Synonyms as product marketing keeps them; how they expand a query is search.synonyms'."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy
from search_service.accounts.policy import Principal
from search_service.catalog.metadata import Rule, checked, filled_line, lines
from search_service.db.tables import Synonym
from search_service.errors import ConflictError, InvalidInputError, NotFoundError
from search_service.insights.gate import Attempt, Deed, Outcome, pass_through
from search_service.search.query import words_of
from search_service.search.synonyms import MAX_SOURCE_WORDS, SynonymEntry, keys_of
from search_service.text.languages import CONFIGURATIONS
from search_service.text.normalise import folded

KIND = "synonym"
MAX_TEXT = 100
MAX_TARGETS = 20

_synonyms: Any = Synonym.__table__


@dataclass(frozen=True, slots=True)
class SynonymRecord:
    """An entry: `source` also means each of `targets`; with `two_way` all mean each other.

    What is added counts in passages of `language`, None for any.
    """

    id: int
    source: str
    targets: tuple[str, ...]
    two_way: bool
    language: str | None
    created_at: datetime
    updated_at: datetime


async def find(
    connection: AsyncConnection, principal: Principal, limit: int, after_id: int | None = None
) -> list[SynonymRecord]:
    """List entries, the oldest first. Raises ForbiddenError."""
    policy.require_see_tuning(principal)
    statement = select(*_columns()).where(_synonyms.c.id > (after_id or 0)).order_by(_synonyms.c.id)
    rows = await connection.execute(statement.limit(limit))
    return [_record(row) for row in rows.mappings()]


async def get(connection: AsyncConnection, principal: Principal, synonym_id: int) -> SynonymRecord:
    """Give one entry. Raises ForbiddenError and NotFoundError."""
    policy.require_see_tuning(principal)
    return await _get(connection, synonym_id)


async def create(
    connection: AsyncConnection, attempt: Attempt, given: Mapping[str, Any]
) -> Outcome[SynonymRecord]:
    """Make an entry from `from`, `to`, `two_way` and `language`.

    Raises InvalidInputError, ConflictError for an entry that exists, and what the gate raises.
    """

    async def change() -> Deed[SynonymRecord]:
        values = _values({"from": None, "to": None, **given})
        await _require_new(connection, values)
        statement = insert(_synonyms).values(values).returning(_synonyms.c.id)
        made = await _get(connection, (await connection.execute(statement)).scalar_one())
        return Deed(KIND, "create", made.id, made, after=_shown(made))

    return await pass_through(connection, attempt, change)


async def change(
    connection: AsyncConnection, attempt: Attempt, synonym_id: int, given: Mapping[str, Any]
) -> Outcome[SynonymRecord]:
    """Change the named fields. Raises what `create` raises, and NotFoundError."""

    async def apply() -> Deed[SynonymRecord]:
        before = await _get(connection, synonym_id)
        values = _values({**_shown(before), **given})
        await _require_new(connection, values, besides=synonym_id)
        await connection.execute(
            update(_synonyms)
            .where(_synonyms.c.id == synonym_id)
            .values(updated_at=func.now(), **values)
        )
        after = await _get(connection, synonym_id)
        return Deed(KIND, "update", synonym_id, after, _shown(before), _shown(after))

    return await pass_through(connection, attempt, apply)


async def remove(connection: AsyncConnection, attempt: Attempt, synonym_id: int) -> Outcome[None]:
    """Remove an entry. Raises NotFoundError and what the gate raises."""

    async def apply() -> Deed[None]:
        before = await _get(connection, synonym_id)
        await connection.execute(delete(_synonyms).where(_synonyms.c.id == synonym_id))
        return Deed(KIND, "delete", synonym_id, None, before=_shown(before))

    return await pass_through(connection, attempt, apply)


def _columns() -> list[Any]:
    return [column for column in _synonyms.c if column.name != "keys"]


async def _get(connection: AsyncConnection, synonym_id: int) -> SynonymRecord:
    statement = select(*_columns()).where(_synonyms.c.id == synonym_id)
    row = (await connection.execute(statement)).mappings().one_or_none()
    if row is None:
        raise NotFoundError("There is no such synonym.")
    return _record(row)


async def _require_new(
    connection: AsyncConnection, values: Mapping[str, Any], besides: int | None = None
) -> None:
    """Raise ConflictError for what another entry says already, however it is written."""
    same = select(_synonyms.c.id, _synonyms.c.targets).where(
        _synonyms.c["keys"].contains(values["keys"]),
        _synonyms.c["keys"].contained_by(values["keys"]),
        _synonyms.c.two_way == values["two_way"],
        _synonyms.c.language.is_not_distinct_from(values["language"]),
        _synonyms.c.id != (besides or 0),
    )
    for synonym_id, targets in await connection.execute(same):
        if values["two_way"] or _meant(targets) == _meant(values["targets"]):
            raise ConflictError(f"Synonym {synonym_id} says this already; change that one.")


def _meant(targets: Iterable[str]) -> set[str]:
    return {folded(" ".join(words_of(target))) for target in targets}


def _record(row: RowMapping) -> SynonymRecord:
    return SynonymRecord(**{**row, "targets": tuple(row["targets"])})


def _shown(record: SynonymRecord) -> dict[str, Any]:
    return {
        "from": record.source,
        "to": list(record.targets),
        "two_way": record.two_way,
        "language": record.language,
    }


def _values(given: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an entry, checked as a whole: one source and other meanings."""
    fields = checked(_RULES, given)
    entry = SynonymEntry(
        fields["from"],
        tuple(fields["to"]),
        fields.get("two_way", False),
        fields.get("language"),
    )
    own = folded(" ".join(words_of(entry.source)))
    if any(folded(" ".join(words_of(target))) == own for target in entry.targets):
        raise InvalidInputError(
            f"“{entry.source}” cannot be its own synonym; leave it out of `to`.", field="to"
        )
    return {
        "source": entry.source,
        "targets": list(entry.targets),
        "two_way": entry.two_way,
        "language": entry.language,
        "keys": keys_of(entry),
    }


def _term(value: Any) -> str:
    text = filled_line(value, MAX_TEXT)
    count = len(words_of(text))
    if not count:
        raise ValueError(f"“{text}” holds no word.")
    if count > MAX_SOURCE_WORDS:
        raise ValueError(f"“{text}” has {count} words, at most {MAX_SOURCE_WORDS} are allowed.")
    return text


def _terms(value: Any) -> list[str]:
    texts = [_term(text) for text in lines(value, MAX_TEXT, MAX_TARGETS)]
    if not texts:
        raise ValueError("must not be empty.")
    return texts


def _language(value: Any) -> str | None:
    if value is None or value in CONFIGURATIONS:
        return value if value is None else str(value)
    raise ValueError(f"{value!r} is none of {', '.join(CONFIGURATIONS)}.")


_RULES: Mapping[str, Rule] = {
    "from": _term,
    "to": _terms,
    "two_way": bool,
    "language": _language,
}
