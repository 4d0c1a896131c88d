import re

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from search_service.catalog.cursors import Sort, order_of
from search_service.db.tables import Material
from search_service.errors import InvalidCursorError
from tests.unit.catalog.materials import bare

DIALECT = make_url("postgresql+asyncpg://").get_dialect()()


@given(st.sampled_from(Sort), st.text(), st.integers(0, 100))
def test_a_cursor_gives_back_what_it_was_made_of(sort: Sort, name: str, count: int) -> None:
    item = bare(id=7, name=name, usage_count=count, health_score=count, completeness_score=count)
    order = order_of(sort, Material.__table__)
    condition = order.behind(order.cursor_of(item)).compile(dialect=DIALECT)
    expected = {
        Sort.NAME: name,
        Sort.UPDATED: item.updated_at,
        Sort.CREATED: item.created_at,
    }.get(sort, count)
    assert expected in condition.params.values()
    assert 7 in condition.params.values()
    assert re.search(r" [<>] ", str(condition))


@given(st.sampled_from(Sort), st.text())
def test_any_other_text_is_refused_or_read(sort: Sort, cursor: str) -> None:
    try:
        order_of(sort, Material.__table__).behind(cursor)
    except InvalidCursorError:
        return
