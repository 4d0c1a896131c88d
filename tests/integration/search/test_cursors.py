"""Pages one after the other, and what is no page."""

import base64
import json
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import insert, update

from search_service.accounts.policy import LOCAL_ADMINISTRATOR
from search_service.db.enums import MaterialStatus
from search_service.db.tables import Material, Pin
from search_service.errors import InvalidCursorError
from search_service.index.writer import refresh_metadata
from search_service.search.paging import DEEPEST_PLACE
from search_service.search.request import Match, Sort
from search_service.search.tree import Field
from tests.integration.search.library import NOW, Library, examples, ids

pytestmark = pytest.mark.anyio


async def fill(library: Library) -> None:
    """Twelve materials; full and partial matches, ties and gaps in every order."""
    for number in range(12):
        words = ["backup", "restore"][: 1 + number % 2] * (1 + number % 3)
        await library.material(
            " ".join(words),
            usage_count=(None, 5, 3)[number % 3],
            health_score=(None, 50)[number % 2],
            updated_at=None if number == 4 else NOW.replace(day=1 + number // 3),
        )
    await library.refresh()


async def walk(library: Library, asked: str, limit: int, **request: Any) -> list[int]:
    found, cursor = [], None
    for _ in range(20):
        answer = await library.search(asked, limit=limit, cursor=cursor, **request)
        assert len(answer.hits) <= limit
        found += ids(answer)
        cursor = answer.next_cursor
        if cursor is None:
            return found
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize("limit", [2, 6, 12])
@pytest.mark.parametrize("asked", ["backup", "backup restore", ""])
@pytest.mark.parametrize("sort", Sort)
async def test_pages_give_every_hit_once_in_the_order_of_one_page(
    library: Library, sort: Sort, asked: str, limit: int
) -> None:
    await fill(library)

    for match in Match:
        whole = await library.search(asked, sort=sort, match=match, limit=100)
        assert whole.next_cursor is None
        assert await walk(library, asked, limit, sort=sort, match=match) == ids(whole)
        assert asked == "backup restore" or len(whole.hits) == 12


async def test_sorting_follows_its_column_with_unknown_last(library: Library) -> None:
    facts = [(1, 9), (None, 5), (3, None)]
    keys = [
        await library.material("backup", usage_count=used, health_score=health, updated_at=moment)
        for (used, health), moment in zip(
            facts, (NOW.replace(day=2), None, NOW.replace(day=1)), strict=True
        )
    ]

    for sort, order in (
        (Sort.MOST_USED, [2, 0, 1]),
        (Sort.HEALTHIEST, [0, 1, 2]),
        (Sort.NEWEST, [0, 2, 1]),
    ):
        assert ids(await library.search("backup", sort=sort)) == [keys[place] for place in order]


@pytest.mark.parametrize("sort", Sort)
async def test_a_new_material_shifts_no_later_page(library: Library, sort: Sort) -> None:
    await fill(library)
    whole = ids(await library.search("backup", sort=sort, limit=100))
    first = await library.search("backup", sort=sort, limit=5)

    new = await library.material(
        ("Backup", "backup"), usage_count=99, health_score=99, updated_at=NOW.replace(year=2030)
    )

    second = await library.search("backup", sort=sort, limit=100, cursor=first.next_cursor)
    assert ids(first) == whole[:5]
    assert ids(second) == whole[5:]
    assert new in ids(await library.search("backup", sort=sort, limit=100))


async def two_words(library: Library, count: int) -> list[int]:
    """So many materials of two words, whose order the words that the best share change."""
    words = ["backup", "restore", "vault", "replica", "tape", "archive"]
    return [
        await library.material(
            f"backup restore {' '.join(words[: 1 + number % 6] * (1 + number % 3))} "
            + f"filler{number} " * (number % 7)
        )
        for number in range(count)
    ]


async def withdraw(library: Library, material_id: int) -> None:
    await library.connection.execute(
        update(Material).where(Material.id == material_id).values(status=MaterialStatus.DRAFT)
    )
    await refresh_metadata(library.connection, material_id)


@pytest.mark.parametrize("limit", [1, 3, 7, 10, 15])
@pytest.mark.parametrize(
    ("new", "gone"), [([1] * 5, 0), ([30], 0), ([5, 12, 30], 0), ([], 5), ([2] * 5, 5)]
)
async def test_of_hits_that_are_ranked_anew_none_stands_on_two_pages_and_none_is_skipped(
    library: Library, limit: int, new: list[int], gone: int
) -> None:
    """Sixty hits, of which the first twenty are compared with the best; better ones are published,
    and some that were shown are withdrawn, between the first pages.
    """
    await two_words(library, 60)
    whole = ids(await library.search("backup restore", limit=100))
    assert len(whole) == 60

    found, cursor = list[int](), None
    withdrawn, published = set[int](), set[int]()
    for page in range(120):
        answer = await library.search("backup restore", limit=limit, cursor=cursor)
        found += ids(answer)
        cursor = answer.next_cursor
        if cursor is None:
            break
        for _ in range(new[page] if page < len(new) else 0):
            body = "backup restore backup restore vault"
            published.add(await library.material(("Backup restore", body)))
        if page < gone:
            withdrawn.add(whole[page])
            await withdraw(library, whole[page])

    assert cursor is None
    assert len(found) == len(set(found))
    assert set(whole) - withdrawn <= set(found)
    assert published <= set(ids(await library.search("backup restore", limit=100)))


async def test_a_cursor_is_of_one_question(library: Library) -> None:
    await fill(library)
    cursor = (await library.search("backup restore", limit=2)).next_cursor

    for asked, request in (
        ("backup", {}),
        ("backup restore", {"sort": Sort.NEWEST}),
        ("backup restore", {"match": Match.ANY}),
        ("backup restore", {"selection": {Field.LANGUAGE: ("en",)}}),
        ("backup restore -x", {}),
    ):
        with pytest.raises(InvalidCursorError):
            await library.search(asked, LOCAL_ADMINISTRATOR, cursor=cursor, **request)


async def pin(library: Library, query: str, material_id: int) -> None:
    row = {"material_id": material_id, "query_text": query, "query_key": query}
    await library.connection.execute(insert(Pin).values(row))


def forged(cursor: str, *key: object) -> str:
    """A cursor of the same question with another place."""
    digest = json.loads(base64.urlsafe_b64decode(cursor + "=="))[0]
    return base64.urlsafe_b64encode(json.dumps([digest, *key]).encode()).decode()


@pytest.mark.parametrize("sort", [Sort.RELEVANCE, Sort.NEWEST])
async def test_a_forged_cursor_is_refused_or_harmless(library: Library, sort: Sort) -> None:
    await fill(library)
    pinned = (await library.found("backup"))[0]
    for query in ("backup", "backup restore"):
        await pin(library, query, pinned)
    cursor = (await library.search("backup", sort=sort, limit=2)).next_cursor
    assert cursor
    keys: list[tuple[object, ...]] = [
        (2**31 - 1, False, 1.0, 2**31 - 1), (2**40, True, 1.0, 1), (0, True, 1.0, 2**40),
        (-1, True, 1.0, 1), (0, True, float("nan"), 1), (0, True, float("inf"), 1),
        (float("inf"), 1), (float("nan"), 1), (1e300, 2**31 - 1), (0.0, -5), (0.0, 2**70),
        (0, True, 1, 1), (0, 1, 1.0, 1), ("a", "b"), (None,), (), ([], {}),
    ]  # fmt: skip
    lists: list[list[Any]] = [[], [1, 2**31 - 1], [2**31], ["1"], [[]]]
    keys += [(shown, *key) for key in keys for shown in lists]
    keys += [
        (pins, *key) for key in keys for pins in (";", "1,2;3", f";{pinned}", "9999999999;", "x")
    ]

    for key, limit in product(keys, (1, 20)):
        try:
            await library.search("backup", sort=sort, limit=limit, cursor=forged(cursor, *key))
        except InvalidCursorError:
            continue


@given(
    st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: base64.b64encode(raw).decode())
)
@example("[" * 100_000)
@example(base64.urlsafe_b64encode(b"[" * 60_000).decode())
@example("null")
@example("")
@examples(40)
async def test_what_is_no_cursor_is_refused(library: Library, cursor: str) -> None:
    if cursor:
        with pytest.raises(InvalidCursorError):
            await library.search(sort=Sort.NEWEST, cursor=cursor)


async def test_no_page_begins_deeper_than_the_work_that_is_bounded(library: Library) -> None:
    await fill(library)
    cursor = (await library.search("backup", limit=2)).next_cursor
    assert cursor

    with pytest.raises(InvalidCursorError, match="more words"):
        await library.search(
            "backup", cursor=forged(cursor, ";", [], DEEPEST_PLACE, True, 9.0, 2**31 - 1)
        )
