"""The rerank by meaning, with the real model on real vectors."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from search_service.accounts.policy import CUSTOMER_FACING_GUEST, LOCAL_ADMINISTRATOR, Principal
from search_service.db.enums import Role
from search_service.embedding import store
from search_service.embedding.encoder import Encoder
from search_service.embedding.packing import pack
from search_service.index import writer
from search_service.index.writer import PageText
from search_service.search import semantic
from search_service.search.answer import Answer
from search_service.search.request import SearchRequest
from search_service.search.searcher import Searcher
from search_service.search.semantic import Candidate, Meaning
from search_service.search.sql import STATEMENTS
from search_service.search.understanding import Tools
from tests.database import QueryCounter
from tests.integration.search.library import Library, ids, numbered

pytestmark = pytest.mark.anyio

RIVER = "The bank of the river is muddy, and reeds grow there."
LENDER = "The bank gives credit to companies that buy machines."


async def embed(library: Library, encoder: Encoder) -> None:
    """Give every passage its vector."""
    for material in await store.lacking_materials(library.connection, encoder.name, 0, 1000):
        key = material.material_id
        missing = await store.missing(library.connection, key, encoder.name)
        vectors = pack(encoder.encode([item.text for item in missing]))
        hashes = [item.content_hash for item in missing]
        await store.write(
            library.connection, key, encoder.name, dict(zip(hashes, vectors, strict=True))
        )


async def search(
    library: Library,
    encoder: Encoder,
    asked: str,
    principal: Principal = LOCAL_ADMINISTRATOR,
    **request: Any,
) -> Answer:
    searcher = Searcher(library.database, tools=Tools(Meaning(encoder)))
    return await searcher.search(principal, SearchRequest(asked, **request))


async def test_of_equals_in_words_the_nearest_in_meaning_comes_first(
    library: Library, encoder: Encoder
) -> None:
    lender = await library.material(LENDER)
    river = await library.material(RIVER)
    await library.refresh()
    await embed(library, encoder)

    assert await library.found("bank that lends money") == [river, lender]
    found = await search(library, encoder, "bank that lends money", correct=False)
    assert ids(found) == [lender, river]
    found = await search(library, encoder, "bank of a stream", correct=False)
    assert ids(found) == [river, lender]


async def test_full_matches_stay_before_partial_ones(library: Library, encoder: Encoder) -> None:
    full = await library.material("Money bank: reeds grow at the muddy river.")
    partial = await library.material("The bank lends. A loan of a bank is credit from a lender.")
    await library.refresh()
    await embed(library, encoder)

    assert ids(await search(library, encoder, "bank money")) == [full, partial]


async def test_without_vectors_everything_is_as_words_have_it(
    library: Library, encoder: Encoder
) -> None:
    for number in range(5):
        await library.material(RIVER + " bank" * number, LENDER)
    await library.refresh()
    plain = await library.search("bank river", explain=True)

    for model in (None, "another model"):
        if model:
            await library.connection.execute(
                text(
                    "INSERT INTO passage_embeddings"
                    " SELECT material_id, ordinal, :model, content_hash, '\\x01' FROM passages"
                ),
                {"model": model},
            )
        found = await search(library, encoder, "bank river", explain=True)
        assert found.hits == plain.hits
        assert found.total == plain.total


async def test_a_vector_of_a_text_that_changed_is_not_taken(
    library: Library, encoder: Encoder
) -> None:
    lender = await library.material(LENDER)
    river = await library.material(RIVER)
    await library.refresh()
    await embed(library, encoder)
    for key in (lender, river):
        await writer.write_material(library.connection, key, numbered("bank bank"))

    found = await search(library, encoder, "bank that lends money", correct=False, explain=True)

    assert ids(found) == [river, lender]
    assert "meaning" not in {part.name for hit in found.hits for part in hit.explanation}


async def test_a_material_without_a_vector_is_found_all_the_same(
    library: Library, encoder: Encoder
) -> None:
    await library.material(LENDER)
    await library.refresh()
    await embed(library, encoder)
    late = await library.material(RIVER)

    found = await search(library, encoder, "bank", explain=True)

    [hit] = [hit for hit in found.hits if hit.material_id == late]
    assert "not known yet" in hit.explanation[-1].words


async def test_explanations_tell_the_meaning_and_add_up(library: Library, encoder: Encoder) -> None:
    await library.material(RIVER, LENDER)
    await library.material(RIVER)
    await library.refresh()
    await embed(library, encoder)

    found = await search(library, encoder, "bank that lends money", correct=False, explain=True)

    for hit in found.hits:
        assert sum(part.value for part in hit.explanation) == pytest.approx(hit.score, abs=1e-6)
        assert [part.name for part in hit.explanation][-1] == "meaning"
    assert "Slide 2 " in found.hits[0].explanation[-1].words


@pytest.mark.parametrize("limit", [1, 3, 4, 5, 100])
@pytest.mark.parametrize("asked", ["bank", "bank river"])
async def test_pages_give_every_hit_once_also_beyond_the_reranked_ones(
    library: Library,
    encoder: Encoder,
    monkeypatch: pytest.MonkeyPatch,
    asked: str,
    limit: int,
) -> None:
    monkeypatch.setattr(semantic, "RERANKED", 4)
    for number in range(9):
        await library.material((RIVER, LENDER)[number % 2] + " bank" * (number % 4))
    await library.refresh()
    await embed(library, encoder)
    whole = ids(await search(library, encoder, asked, limit=100))

    found, cursor = [], None
    while True:
        page = await search(library, encoder, asked, limit=limit, cursor=cursor)
        found += ids(page)
        cursor = page.next_cursor
        if cursor is None:
            break

    assert found == whole
    assert len(set(found)) == 9
    assert set(whole[:4]) == set((await library.found(asked))[:4])


async def test_hidden_pages_and_what_is_not_visible_say_nothing_to_a_guest(
    library: Library, encoder: Encoder
) -> None:
    pages = (PageText(1, "", RIVER), PageText(2, "", LENDER, hidden=True))
    shown = await library.material(*pages, audience="CUSTOMER_FACING")
    internal = await library.material(LENDER, audience="INTERNAL")
    await embed(library, encoder)
    candidates = [Candidate(shown, True, 1.0, (1, 2)), Candidate(internal, True, 1.0, (1,))]
    sales = await library.person(Role.SALES)

    async def pages_compared(principal: Principal) -> dict[int, int]:
        found = await semantic.likenesses(
            library.connection, principal, Meaning(encoder), "a bank that gives credit", candidates
        )
        return {key: likeness.page_number for key, likeness in found.items()}

    assert await pages_compared(sales) == {shown: 2, internal: 1}
    assert await pages_compared(CUSTOMER_FACING_GUEST) == {shown: 1}


async def test_it_takes_one_statement_and_a_question_is_encoded_once(
    library: Library, encoder: Encoder, query_counter: QueryCounter
) -> None:
    for _ in range(5):
        await library.material(RIVER, LENDER)
    await library.refresh()
    await embed(library, encoder)
    by_words = Searcher(library.database)
    searcher = Searcher(library.database, tools=Tools(Meaning(encoder)))
    for each in (by_words, searcher):  # the first search of a process reads more
        await each.search(LOCAL_ADMINISTRATOR, SearchRequest("bank"))

    async def sent_by(one: Searcher) -> Counter[str]:
        query_counter.reset()
        await one.search(LOCAL_ADMINISTRATOR, SearchRequest("bank"))
        # What this transaction wrote is news or not as other tests' transactions end or do not.
        news = STATEMENTS.first_line("changed_columns")
        return Counter(sql for sql in query_counter.statements if not sql.startswith(news))

    plain = await sent_by(by_words)
    for _ in range(2):
        with_meaning = await sent_by(searcher)
        assert [sql.partition("\n")[0] for sql in plain - with_meaning] == []
        [added] = (with_meaning - plain).elements()
        assert added.startswith(semantic.STATEMENTS.first_line("passage_vectors"))

    assert searcher.tools.meaning is not None
    assert list(searcher.tools.meaning.remembered) == ["bank"]


async def test_only_the_latest_questions_are_remembered(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(semantic, "REMEMBERED_QUESTIONS", 2)
    meaning = Meaning(encoder)

    for question in ("one", "two", "one", "three"):
        await meaning.vector_of(question)

    assert list(meaning.remembered) == ["one", "three"]
