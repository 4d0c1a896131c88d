"""An edit is found, and a deletion gone, with its commit: beside other writers and a refresh."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from sqlalchemy import insert, text, update

from benchmarks.recorder import recording
from search_service.accounts.policy import LOCAL_ADMINISTRATOR, Principal
from search_service.db.engine import Database
from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType, Role
from search_service.db.tables import Material, MaterialDetails
from search_service.index import consistency, statistics, writer
from search_service.index.consistency import Sample, StoredList
from search_service.search import lists as lists_of_words
from search_service.search import ranker
from search_service.search.column_cache import ColumnCache, Version
from search_service.search.columns import Columns
from search_service.search.lists import Form, ListCache, ListReader, list_cache
from search_service.search.request import SearchRequest
from search_service.search.searcher import Searcher
from search_service.search.snapshots import Moment
from search_service.search.sql import STATEMENTS
from search_service.search.understanding import begin
from tests.integration.search.library import numbered

pytestmark = pytest.mark.anyio

WORDS = ("alpha", "bravo", "charlie", "delta")
REP = Principal(1, "rep@example.com", "Rep", Role.SALES, is_superuser=False, scopes=None)
WRITERS, ROUNDS = 4, 12


@pytest.fixture(autouse=True)
def lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every lexeme has a stored list, and nothing is read whole in its place."""
    monkeypatch.setattr(statistics, "LEAST_PASSAGES", 1)
    monkeypatch.setattr(ranker, "FEW", 0)


@dataclass(slots=True)
class Shelf:
    """A database with one process that searches it; `words` are what materials hold now."""

    database: Database
    searcher: Searcher
    words: dict[int, frozenset[str]] = field(default_factory=dict)
    drafts: set[int] = field(default_factory=set)

    async def add(self, *words: str) -> int:
        async with self.database.transaction() as connection:
            values = {
                "name": "Untitled",
                "material_type": MaterialType.PRODUCT_BRIEF,
                "audience": MaterialAudience.BOTH,
                "status": MaterialStatus.PUBLISHED,
            }
            made = await connection.execute(insert(Material).values(values).returning(Material.id))
            key = int(made.scalar_one())
            await connection.execute(insert(MaterialDetails).values(material_id=key, language="en"))
            await writer.write_material(connection, key, numbered(" ".join(words)))
        self.words[key] = frozenset(words)
        return key

    async def rewrite(self, key: int, *words: str) -> None:
        async with self.database.transaction() as connection:
            await writer.write_material(connection, key, numbered(" ".join(words)))
        self.words[key] = frozenset(words)

    async def publish(self, key: int, *, published: bool) -> None:
        status = MaterialStatus.PUBLISHED if published else MaterialStatus.DRAFT
        async with self.database.transaction() as connection:
            statement = update(Material).where(Material.id == key).values(status=status)
            await connection.execute(statement)
            await writer.refresh_metadata(connection, key)
        (self.drafts.discard if published else self.drafts.add)(key)

    async def remove(self, key: int) -> None:
        async with self.database.transaction() as connection:
            await writer.remove_material(connection, key)
        del self.words[key]
        self.drafts.discard(key)

    async def refresh(self) -> None:
        async with self.database.transaction() as connection:
            await statistics.refresh(connection)

    async def found(self, word: str, principal: Principal = LOCAL_ADMINISTRATOR) -> set[int]:
        request = SearchRequest(word, limit=100, correct=False)
        answer = await self.searcher.search(principal, request)
        assert answer.total == len(answer.hits)
        return {hit.material_id for hit in answer.hits}

    def holding(self, word: str, *, published: bool = False) -> set[int]:
        hidden = self.drafts if published else set()
        return {key for key, words in self.words.items() if word in words} - hidden


@pytest.fixture
async def shelf(database: Database) -> Shelf:
    shelf = Shelf(database, Searcher(database))
    for number in range(12):
        await shelf.add(WORDS[number % 4], WORDS[(number + 1) % 4])
    await shelf.refresh()
    return shelf


async def test_what_is_committed_is_found_at_once(shelf: Shelf) -> None:
    first, second, *_ = shelf.words
    assert await shelf.found("alpha") == shelf.holding("alpha")

    await shelf.rewrite(first, "zulu")
    assert await shelf.found("zulu") == {first}
    assert await shelf.found("alpha") == shelf.holding("alpha")

    await shelf.remove(second)
    assert await shelf.found("bravo") == shelf.holding("bravo")

    await shelf.publish(first, published=False)
    assert await shelf.found("zulu", REP) == set()
    await shelf.publish(first, published=True)
    assert await shelf.found("zulu", REP) == {first}


@pytest.mark.parametrize("seed", range(3))
async def test_writers_a_refresh_and_searches_at_once(shelf: Shelf, seed: int) -> None:
    """Each writer has materials of its own and sees each of its commits in its next search."""
    stop = asyncio.Event()

    async def refresh() -> None:
        while not stop.is_set():
            await shelf.refresh()

    async def write(number: int) -> None:
        source = random.Random(100 * seed + number)  # noqa: S311 - repeatable, no secret
        own = [await shelf.add(f"writer{number}")]
        for round_number in range(ROUNDS):
            key, mark = source.choice(own), f"mark{number}x{round_number}"
            deed = source.choice(("rewrite", "add", "remove", "hide"))
            if deed == "rewrite":
                await shelf.rewrite(key, f"writer{number}", mark, source.choice(WORDS))
                await shelf.publish(key, published=True)
            elif deed == "hide":
                await shelf.publish(key, published=False)
            elif deed == "remove" and len(own) > 1:
                own.remove(key)
                await shelf.remove(key)
            else:
                own.append(await shelf.add(f"writer{number}", mark))
            mine = f"writer{number}"
            assert await shelf.found(mine) == shelf.holding(mine) == set(own)
            assert await shelf.found(mine, REP) == shelf.holding(mine, published=True)
            assert await shelf.found(mark) == shelf.holding(mark)

    refreshing = asyncio.create_task(refresh())
    try:
        await asyncio.gather(*map(write, range(WRITERS)))
    finally:
        stop.set()
        await refreshing
    for word in WORDS:
        assert await shelf.found(word) == shelf.holding(word)


async def test_reindexing_beside_writers_loses_nothing_while_searches_go_on(shelf: Shelf) -> None:
    """Every passage is out of date again and again, and every edit is found with its commit."""
    stop = asyncio.Event()
    kept = sorted(shelf.words)
    rewritten = 0

    async def reindex() -> None:
        nonlocal rewritten
        while not stop.is_set():
            async with shelf.database.transaction() as connection:
                await connection.execute(text("UPDATE passages SET length_body = 9"))
            for key in kept:
                async with shelf.database.transaction() as connection:
                    rewritten += await writer.reindex_material(connection, key) or 0

    async def write(key: int) -> None:
        for round_number in range(ROUNDS):
            mark = f"mark{key}x{round_number}"
            await shelf.rewrite(key, mark, WORDS[round_number % 4])
            assert await shelf.found(mark) == {key}
            for word in WORDS:
                assert await shelf.found(word) >= unwritten[word]

    unwritten = {word: shelf.holding(word) - set(kept[:WRITERS]) for word in WORDS}
    reindexing = asyncio.create_task(reindex())
    try:
        await asyncio.gather(*map(write, kept[:WRITERS]))
    finally:
        stop.set()
        await reindexing
    assert rewritten > len(kept)
    async with shelf.database.reading() as connection:
        assert await consistency.check(connection, Sample(100, 1000)) == []
    for word in WORDS:
        assert await shelf.found(word) == shelf.holding(word)


async def test_what_all_searches_need_is_read_once_however_long_it_takes(shelf: Shelf) -> None:
    hurried = Searcher(shelf.database, timeout_s=1.0)
    waiting = text(
        "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
        " WHERE d.datname = current_database() AND NOT l.granted"
    )
    reading = {STATEMENTS.first_line("all_columns")}
    with recording() as recorder:
        async with shelf.database.transaction() as connection, asyncio.TaskGroup() as tasks:
            await connection.execute(text("LOCK TABLE material_details"))
            searches = [
                tasks.create_task(hurried.search(REP, SearchRequest("alpha"))) for _ in range(4)
            ]
            while not await connection.scalar(waiting):  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.02)
            done, _ = await asyncio.wait(searches, timeout=1.5)
            assert not done
            await connection.rollback()

    assert {search.result().total for search in searches} == {len(shelf.holding("alpha"))}
    assert len(recorder.chosen(reading)) == 1


@pytest.mark.parametrize("is_exact", [True, False])
async def test_searches_of_one_moment_make_its_columns_once_unless_it_may_be_two(
    shelf: Shelf, *, is_exact: bool
) -> None:
    await shelf.found("alpha")
    cache = shelf.searcher.cache
    known, edited = cache.newest, [next(iter(shelf.words))]
    assert known
    later = Moment(known.moment.server, "999999999:999999999:", is_exact)

    async with shelf.database.reading() as one, shelf.database.reading() as other:
        first, second = await asyncio.gather(
            cache.current(one, known, edited, later), cache.current(other, known, edited, later)
        )

    assert (first.columns is second.columns) == is_exact
    assert first.columns is not known.columns


async def test_what_another_run_of_the_server_told_is_forgotten(shelf: Shelf) -> None:
    later = Moment("before a backup was restored", "999999999:999999999:")
    cache = ColumnCache(Version(Columns.of([]), later, time.monotonic()))
    shelf.searcher = Searcher(shelf.database, cache=cache)

    for _ in range(2):
        assert await shelf.found("alpha") == shelf.holding("alpha")
    assert cache.newest
    assert cache.newest.moment.server != later.server


@pytest.mark.parametrize("gone", [1, 9])
@pytest.mark.parametrize("written", [False, True])
async def test_a_process_that_begins_after_the_newest_were_deleted_finds_the_others(
    shelf: Shelf, gone: int, *, written: bool
) -> None:
    for key in sorted(shelf.words)[-gone:]:
        await shelf.remove(key)
    if written:
        await shelf.rewrite(min(shelf.words), "alpha")
    shelf.searcher = Searcher(shelf.database)

    for word in WORDS:
        assert await shelf.found(word) == shelf.holding(word)


async def test_words_and_lists_are_read_once_until_the_next_count(shelf: Shelf) -> None:
    reading = {
        STATEMENTS.first_line(name) for name in ("analyse", "expand_prefixes", "stored_lists")
    }
    first = next(iter(shelf.words))
    assert await shelf.found("alp*") == shelf.holding("alpha")
    with recording() as recorder:
        await shelf.rewrite(first, "zulu")
        assert await shelf.found("alp*") == shelf.holding("alpha")
    assert not recorder.chosen(reading)

    await shelf.rewrite(first, "alpine")
    await shelf.refresh()
    with recording() as recorder:
        assert await shelf.found("alp*") == shelf.holding("alpha") | {first}
    assert {each.first_line for each in recorder.chosen(reading)} == reading


async def test_a_list_kept_deeper_is_read_as_deep_as_is_asked(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists_of_words, "BUDGET", 4)
    kept = list_cache()

    async def read(cache: ListCache, words: Sequence[str]) -> dict[Form, tuple[object, ...]]:
        async with shelf.database.reading() as connection:
            found = await begin(connection, ColumnCache())
            rows = found.version.columns.size
            reader = ListReader(connection, rows, found.rewritten, found.counted_at, cache)
            read = await reader.read([("en", word) for word in words])
        return {
            form: (each.passages.keys.tolist(), each.holders.tolist(), read.cut)
            for form, each in read.by_form.items()
        }

    for words in (["alpha"], ["alpha", "bravo"], ["alpha", "bravo", "charli", "delta"], ["bravo"]):
        assert await read(kept, words) == await read(list_cache(0), words)


async def test_where_lists_end_before_a_page_the_newest_of_the_others_fill_it(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists_of_words, "BUDGET", 4)
    strong = [await shelf.add("kilo", "kilo", "kilo") for _ in range(4)]
    weak = [await shelf.add("kilo", "lima", "mike") for _ in range(6)]
    await shelf.refresh()

    answer = await shelf.searcher.search(REP, SearchRequest("kilo", limit=5))

    assert {hit.material_id for hit in answer.hits} == {*strong, max(weak)}
    assert answer.total == len(strong) + len(weak)


async def test_what_was_written_since_the_count_is_no_fault_of_a_list(shelf: Shelf) -> None:
    first, second, third, *_ = shelf.words
    await shelf.rewrite(first, "zulu")
    await shelf.remove(second)
    async with shelf.database.transaction() as connection:
        await connection.execute(
            text("UPDATE materials SET search_vector = NULL WHERE id = :id"), {"id": third}
        )

    async with shelf.database.reading() as connection:
        lists = await consistency.stored_lists(connection)
        found = await consistency.check_lists(connection, lists)
    assert {finding.which.lexeme for finding in found if isinstance(finding.which, StoredList)} == {
        "charli", "delta", "untitl",
    }  # fmt: skip
    assert all("(1)" in finding.message for finding in found)


async def test_a_library_from_another_cluster_is_read_as_it_stands(shelf: Shelf) -> None:
    """As after a restored dump: the numbers of its transactions mean nothing here."""
    first = next(iter(shelf.words))
    async with shelf.database.transaction() as connection:
        await connection.execute(text("UPDATE index_state SET system_identifier = 1"))
        await connection.execute(text("DELETE FROM top_postings"))
        await connection.execute(text("DELETE FROM index_changes"))
    assert await shelf.found("alpha") == shelf.holding("alpha")

    shelf.searcher = Searcher(shelf.database)
    await shelf.rewrite(first, "zulu")
    assert await shelf.found("zulu") == {first}
    assert await shelf.found("alpha") == shelf.holding("alpha")
