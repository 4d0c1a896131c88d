"""Pins: what stands first, for whom, and what stays right behind it."""

from typing import Any

import pytest
from sqlalchemy import insert

from search_service.accounts.caller import Caller
from search_service.accounts.policy import ANY_REP, CUSTOMER_FACING_GUEST, LOCAL_ADMINISTRATOR
from search_service.db import tables
from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType, Role
from search_service.errors import (
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
)
from search_service.index.writer import PageText
from search_service.insights import pins
from search_service.insights.gate import Attempt
from search_service.search.pins import key_of
from search_service.search.query import parse
from search_service.search.request import Match, Sort
from search_service.search.tree import Field
from tests.integration.insights.tuning import Tuner
from tests.integration.search.library import Facts, Library, ids

pytestmark = pytest.mark.anyio


async def pin_page(library: Library, query: str, material_id: int, page_number: int) -> None:
    """Pin a page past the rule that it must exist."""
    key = key_of(parse(query))
    values = {"query_text": query, "query_key": key, "page_number": page_number}
    await library.connection.execute(insert(tables.Pin).values(material_id=material_id, **values))


async def test_a_pinned_material_stands_first(tuner: Tuner) -> None:
    best = await tuner.library.material(("Backup", "backup backup backup"))
    pinned = await tuner.library.material("Something about backup among many other words")
    assert await tuner.found("backup") == [best, pinned]

    await tuner.pin("Backup", pinned)

    answer = await tuner.search("  BACKÜP ", explain=True)
    assert [(hit.material_id, hit.pinned) for hit in answer.hits] == [(pinned, True), (best, False)]
    assert answer.total == 2
    first, second = answer.hits
    assert [part.name for part in first.explanation] == ["pinned"]
    assert "pinned" not in [part.name for part in second.explanation]
    assert first.slides[0].snippet.marks
    assert ids(await tuner.search("backup offer")) == [best, pinned]


async def test_a_pin_needs_none_of_the_words(tuner: Tuner) -> None:
    found = await tuner.library.material("Prices of backup")
    pinned = await tuner.library.material("Everything else")
    await tuner.pin("backup prices", pinned)

    answer = await tuner.search("backup prices")
    assert ids(answer) == [pinned, found]
    assert (answer.total, answer.hits[0].full) == (1, False)
    assert ids(await tuner.search("prices backup")) == [found]


async def test_a_pin_shows_nothing_that_may_not_be_seen(tuner: Tuner) -> None:
    draft = await tuner.library.material(
        "Backup", status=MaterialStatus.DRAFT, owner_id=tuner.caller.principal.user_id
    )
    internal = await tuner.library.material("Backup", audience=MaterialAudience.INTERNAL)
    await tuner.pin("tape", draft)
    await tuner.pin("tape", internal)

    assert ids(await tuner.search("tape", LOCAL_ADMINISTRATOR)) == [draft, internal]
    assert ids(await tuner.search("tape", tuner.caller.principal)) == [draft, internal]
    assert ids(await tuner.search("tape", ANY_REP)) == [internal]
    assert ids(await tuner.search("tape", CUSTOMER_FACING_GUEST)) == []


async def test_a_pinned_material_that_was_not_read_yet_disturbs_nobody(tuner: Tuner) -> None:
    read = await tuner.library.material("Something about backup")
    values = {"name": "New", "material_type": MaterialType.PRODUCT_BRIEF, "id": read + 1_000}
    values |= {"audience": MaterialAudience.BOTH, "status": MaterialStatus.PUBLISHED}
    await tuner.library.connection.execute(insert(tables.Material).values(values))
    await pin_page(tuner.library, "backup", read + 1_000, 1)

    assert await tuner.found("backup") == [read]


async def test_a_pin_passes_the_filters_or_is_not_there(tuner: Tuner) -> None:
    pinned = await tuner.library.material("Everything else", tags=["cloud"])
    await tuner.pin("backup", pinned)

    assert ids(await tuner.search("backup tag:cloud")) == [pinned]
    assert ids(await tuner.search("backup", selection={Field.TAG: ("edge",)})) == []
    assert ids(await tuner.search("backup -tag:cloud")) == []


async def test_a_pin_of_a_persona_counts_while_it_is_selected(tuner: Tuner) -> None:
    cto = await tuner.library.persona("CTO")
    bank = await tuner.library.segment("Bank")
    facts = Facts(persona_ids=(cto,), segment_ids=(bank,))
    for_cto = await tuner.library.material("One", facts=facts)
    for_both = await tuner.library.material("Two", facts=facts)
    await tuner.pin("backup", for_cto, persona_id=cto)
    await tuner.pin("backup", for_both, persona_id=cto, segment_id=bank)

    assert ids(await tuner.search("backup")) == []
    assert ids(await tuner.search("backup persona:cto")) == [for_cto]
    both = {Field.PERSONA: ("CTO",), Field.SEGMENT: (str(bank),)}
    assert ids(await tuner.search("backup", selection=both)) == [for_cto, for_both]


async def test_a_correction_leads_to_the_pin_of_what_was_meant(tuner: Tuner) -> None:
    await tuner.library.material("Kubernetes")
    pinned = await tuner.library.material("Everything else")
    await tuner.library.refresh()
    await tuner.pin("kubernetes", pinned)
    await tuner.pin("kubarnetos", pinned)

    assert ids(await tuner.search("kubarnetes"))[0] == pinned
    assert ids(await tuner.search("kubarnetos"))[0] == pinned


async def test_the_place_orders_the_pins_of_a_query(tuner: Tuner) -> None:
    keys = [await tuner.library.material("Else") for _ in range(3)]
    for key, place in zip(keys, (3, 1, 2), strict=True):
        await tuner.pin("backup", key, place=place)

    assert ids(await tuner.search("backup")) == [keys[1], keys[2], keys[0]]


async def test_another_order_than_relevance_knows_no_pins(tuner: Tuner) -> None:
    found = await tuner.library.material("Backup")
    await tuner.pin("backup", await tuner.library.material("Else"))

    assert ids(await tuner.search("backup", sort=Sort.NEWEST)) == [found]


@pytest.mark.parametrize("match", Match)
@pytest.mark.parametrize("limit", [1, 2, 3, 5, 20])
async def test_pages_give_every_hit_once_behind_the_pins(
    tuner: Tuner, limit: int, match: Match
) -> None:
    for number in range(8):
        words = ["backup", "restore"][: 1 + number % 2] * (1 + number % 3)
        await tuner.library.material(" ".join(words))
    others = [await tuner.library.material("Else") for _ in range(2)]
    await tuner.library.refresh()
    plain = ids(await tuner.search("backup restore", match=match, limit=100))
    pinned = [others[0], plain[-1], others[1], plain[0]]
    for place, key in enumerate(pinned, 1):
        await tuner.pin("backup restore", key, place=place)

    found: list[int] = []
    cursor = None
    for _ in range(20):
        answer = await tuner.search("backup restore", match=match, limit=limit, cursor=cursor)
        found += ids(answer)
        cursor = answer.next_cursor
        assert len(answer.hits) == limit or cursor is None
        if cursor is None:
            break
    assert found[:4] == pinned
    assert set(found) == {*plain, *pinned}
    assert len(found) == len(set(found))
    if match is not Match.AUTO:
        assert found[4:] == [key for key in plain if key not in pinned]


async def test_what_is_pinned_or_unpinned_between_pages_stands_nowhere_twice(tuner: Tuner) -> None:
    keys = [await tuner.library.material("backup " * (10 - number)) for number in range(6)]
    await tuner.library.refresh()
    order = ids(await tuner.search("backup"))
    assert set(order) == set(keys)
    made = (await tuner.pin("backup", order[4])).result
    first = await tuner.search("backup", limit=2)
    assert ids(first) == [order[4], order[0]]

    await tuner.pin("backup", order[5])
    await pins.remove(tuner.library.connection, Attempt(tuner.caller), made.id)

    second = await tuner.search("backup", limit=10, cursor=first.next_cursor)
    assert ids(second) == [order[1], order[2], order[3], order[5]]
    assert not any(hit.pinned for hit in second.hits)


async def test_a_pinned_page_is_shown_first(tuner: Tuner) -> None:
    deck = await tuner.library.material(
        ("Backup", "backup backup"), ("Prices", "what it costs"), ("Backup", "more backup")
    )
    await pin_page(tuner.library, "backup", deck, 2)

    [hit] = (await tuner.search("backup")).hits
    assert [slide.page_number for slide in hit.slides] == [2, 1, 3]
    assert hit.matching_slides == 2
    [short] = (await tuner.search("backup", slides=1)).hits
    assert [slide.page_number for slide in short.slides] == [2]
    [bare] = (await tuner.search("backup", slides=0)).hits
    assert bare.slides == ()


async def test_a_pinned_page_that_matches_keeps_its_marks(tuner: Tuner) -> None:
    deck = await tuner.library.material(("Backup", "backup backup"), ("Prices", "backup costs"))
    await pin_page(tuner.library, "backup", deck, 2)

    [hit] = (await tuner.search("backup")).hits
    assert [slide.page_number for slide in hit.slides] == [2, 1]
    assert hit.slides[0].snippet.marks == ((0, 6),)


async def test_a_pinned_page_is_hidden_from_whom_hidden_pages_are(tuner: Tuner) -> None:
    deck = await tuner.library.material(
        PageText(1, "Backup", "backup"), PageText(2, "Secret", "prices", hidden=True)
    )
    await pin_page(tuner.library, "backup", deck, 2)

    [guest] = (await tuner.search("backup", CUSTOMER_FACING_GUEST)).hits
    assert [slide.page_number for slide in guest.slides] == [1]
    [rep] = (await tuner.search("backup")).hits
    assert [slide.page_number for slide in rep.slides] == [2, 1]


async def test_a_pin_is_made_read_changed_and_removed(tuner: Tuner) -> None:
    connection, attempt = tuner.library.connection, Attempt(tuner.caller)
    deck = await tuner.library.material("Everything", name="Deck")
    made = (await tuner.pin("Backup prices tag:x", deck)).result
    assert (made.query_text, made.material_name, made.place) == ("Backup prices tag:x", "Deck", 1)
    assert ids(await tuner.search("backup prices")) == [deck]

    changed = (await pins.change(connection, attempt, made.id, {"query": "tape"})).result
    assert ids(await tuner.search("backup prices")) == []
    assert ids(await tuner.search("tape")) == [deck]
    principal = tuner.caller.principal
    assert await pins.get(connection, principal, made.id) == changed
    assert await pins.find(connection, principal, 10) == [changed]
    assert await pins.find(connection, principal, 10, made.id) == []

    await pins.remove(connection, attempt, made.id)
    with pytest.raises(NotFoundError):
        await pins.get(connection, principal, made.id)
    entries = await tuner.audited()
    assert [entry["action"] for entry in entries] == ["pin.create", "pin.update", "pin.delete"]
    assert entries[1]["before"]["query"] == "Backup prices tag:x"


async def test_pins_of_hidden_materials_exist_for_nobody_else(tuner: Tuner) -> None:
    connection = tuner.library.connection
    draft = await tuner.library.material(
        "Secret", status=MaterialStatus.DRAFT, owner_id=tuner.caller.principal.user_id
    )
    made = (await tuner.pin("backup", draft)).result
    other = Caller(await tuner.library.person())

    assert await pins.find(connection, other.principal, 10) == []
    with pytest.raises(NotFoundError):
        await pins.get(connection, other.principal, made.id)
    with pytest.raises(NotFoundError):
        await pins.remove(connection, Attempt(other), made.id)
    with pytest.raises(NotFoundError):
        await pins.create(connection, Attempt(other), {"query": "x", "material_id": draft})


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"query": "tag:x"}, "query"),
        ({"page_number": 2}, "page_number"),
        ({"persona_id": 2**31 - 1}, "persona_id"),
        ({"segment_id": 2**31 - 1}, "segment_id"),
        ({"place": 11}, "place"),
    ],
)
async def test_what_is_no_pin_is_refused(tuner: Tuner, fields: dict[str, Any], field: str) -> None:
    deck = await tuner.library.material("Everything")
    given = {"query": "backup", "material_id": deck, **fields}
    with pytest.raises(InvalidInputError) as caught:
        await pins.create(tuner.library.connection, Attempt(tuner.caller), given)
    assert field in {caught.value.details.get("field"), *caught.value.details.get("errors", ())}


async def test_sales_pin_nothing(tuner: Tuner) -> None:
    deck = await tuner.library.material("Everything")
    rep = Caller(await tuner.library.person(Role.SALES))
    with pytest.raises(ForbiddenError):
        await pins.create(
            tuner.library.connection, Attempt(rep), {"query": "backup", "material_id": deck}
        )
    with pytest.raises(ForbiddenError):
        await pins.find(tuner.library.connection, rep.principal, 10)
