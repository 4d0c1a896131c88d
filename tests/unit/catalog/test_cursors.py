import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest

from search_service.catalog.cursors import Sort, order_of
from search_service.db.tables import Material
from search_service.errors import InvalidCursorError

NOW = datetime(2026, 1, 1, tzinfo=UTC).isoformat()


def _behind(sort: Sort, text: str) -> object:
    cursor = urlsafe_b64encode(text.encode()).decode()
    return order_of(sort, Material.__table__).behind(cursor)


@pytest.mark.parametrize(
    ("sort", "key"), [(Sort.UPDATED, NOW), (Sort.NAME, "👩\u200d💻 & Söhne"), (Sort.HEALTH, 0)]
)
def test_a_key_of_the_order_is_taken(sort: Sort, key: object) -> None:
    assert _behind(sort, json.dumps([sort, key, 7])) is not None


@pytest.mark.parametrize(
    ("sort", "text"),
    [
        (Sort.UPDATED, "[" * 5_000),
        (Sort.UPDATED, json.dumps(["updated", "2026-01-01T00:00:00", 7])),
        (Sort.UPDATED, json.dumps(["updated", NOW, 10**30])),
        (Sort.UPDATED, json.dumps(["updated", NOW, True])),
        (Sort.HEALTH, json.dumps(["health", 10**30, 7])),
        (Sort.NAME, json.dumps(["name", "a\u0000", 7])),
        (Sort.NAME, json.dumps(["name", "\ud800", 7])),
        (Sort.NAME, json.dumps(["health", "a", 7])),
    ],
)
def test_what_the_database_cannot_compare_is_a_foreign_cursor(sort: Sort, text: str) -> None:
    with pytest.raises(InvalidCursorError):
        _behind(sort, text)
