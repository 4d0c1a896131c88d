"""Orders of a list of materials and the opaque cursors that continue it. Pure.

A cursor holds the order's name, the last item's key and its id; it grants nothing.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, func, literal, tuple_

from search_service.audit.entries import storable_text
from search_service.catalog.metadata import MAX_ID
from search_service.errors import InvalidCursorError

Item = TypeVar("Item")


class Sort(StrEnum):
    """Orders of materials; all but the names begin with the highest or newest."""

    UPDATED = "updated"
    CREATED = "created"
    NAME = "name"
    USED = "used"
    HEALTH = "health"
    COMPLETENESS = "completeness"


@dataclass(frozen=True, slots=True)
class Listing(Generic[Item]):
    """One stretch of a list; `next_cursor` is None at its end."""

    items: tuple[Item, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """An order by a key and then the id, so that no two items are equal."""

    sort: Sort
    key: ColumnElement[Any]
    id: ColumnElement[int]
    value_of: Callable[[Any], Any]
    ascending: bool

    def order_by(self) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        if self.ascending:
            return self.key.asc(), self.id.asc()
        return self.key.desc(), self.id.desc()

    def behind(self, cursor: str) -> ColumnElement[bool]:
        """Give the condition for what follows the cursor. Raises InvalidCursorError."""
        value, last_id = self._decoded(cursor)
        here = tuple_(self.key, self.id)
        bound = literal(value, self.key.type)
        # The database folds case, here as in the key: Python's rules are not the same.
        last = tuple_(func.lower(bound) if self.sort is Sort.NAME else bound, literal(last_id))
        return here > last if self.ascending else here < last

    def cursor_of(self, item: Any) -> str:
        value = self.value_of(item)
        plain = value.isoformat() if isinstance(value, datetime) else value
        return urlsafe_b64encode(json.dumps([self.sort, plain, item.id]).encode()).decode()

    def _decoded(self, cursor: str) -> tuple[Any, int]:
        try:
            sort, plain, last_id = json.loads(urlsafe_b64decode(cursor.encode()))
            value = datetime.fromisoformat(plain) if self.sort in _TIMES else plain
        except (ValueError, TypeError, RecursionError) as error:
            raise _foreign_cursor() from error
        if sort != self.sort or not self._is_key(value) or not _is_integer(last_id):
            raise _foreign_cursor()
        return value, last_id

    def _is_key(self, value: object) -> bool:
        """Tell whether PostgreSQL can compare the value with this order's key."""
        if self.sort is Sort.NAME:
            return isinstance(value, str) and storable_text(value) == value
        if self.sort in _TIMES:
            return isinstance(value, datetime) and value.tzinfo is not None
        return _is_integer(value)


_TIMES = frozenset({Sort.UPDATED, Sort.CREATED})


def order_of(sort: Sort, materials: Any) -> Order:
    """Give an order of the table `materials`; its items have the columns as attributes."""
    m = materials.c
    keys: dict[Sort, tuple[Any, Callable[[Any], Any]]] = {
        Sort.UPDATED: (m.updated_at, lambda item: item.updated_at),
        Sort.CREATED: (m.created_at, lambda item: item.created_at),
        Sort.NAME: (func.lower(m.name), lambda item: item.name),
        Sort.USED: (func.coalesce(m.usage_count, 0), lambda item: item.usage_count),
        Sort.HEALTH: (func.coalesce(m.health_score, 0), lambda item: item.health_score),
        Sort.COMPLETENESS: (
            func.coalesce(m.completeness_score, 0),
            lambda item: item.completeness_score,
        ),
    }
    key, value_of = keys[sort]
    return Order(sort, key, m.id, value_of, ascending=sort is Sort.NAME)


def _is_integer(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_ID


def _foreign_cursor() -> InvalidCursorError:
    return InvalidCursorError("The cursor does not belong to this list; begin again without one.")
