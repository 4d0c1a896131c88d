"""Suggestions: how phrases are collected, completed and ordered, and who is shown which."""

from collections.abc import Iterable
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy
from search_service.accounts.policy import LOCAL_ADMINISTRATOR, Principal
from search_service.db.enums import MaterialAudience, MaterialStatus, Role
from search_service.db.tables import Material
from search_service.index import suggestions, writer
from search_service.index.writer import PageText
from search_service.search import suggest as suggesting
from search_service.search.suggest import Suggestion, SuggestionKind, suggest
from search_service.text.normalise import clean
from tests.integration.search.library import Library, examples, fresh, numbered

pytestmark = pytest.mark.anyio


async def completed(
    library: Library, typed: str, principal: Principal = LOCAL_ADMINISTRATOR, limit: int = 20
) -> tuple[Suggestion, ...]:
    async with library.database.reading() as connection:
        return await suggest(connection, principal, typed, limit)


async def texts(
    library: Library, typed: str, principal: Principal = LOCAL_ADMINISTRATOR
) -> list[str]:
    return [each.text for each in await completed(library, typed, principal)]


async def change(library: Library, material_id: int, **columns: object) -> None:
    """Change a material as the catalogue does, without a refresh of the statistics."""
    await library.connection.execute(
        update(Material).where(Material.id == material_id).values(**columns)
    )
    await writer.refresh_metadata(library.connection, material_id)


def test_what_is_read_is_as_long_as_what_is_written() -> None:
    assert suggesting.MAX_TYPED == suggestions.MAX_PREFIX
    assert suggesting.MAX_TEXT == suggestions.MAX_PHRASE


async def test_titles_slides_products_and_keywords_are_suggested(library: Library) -> None:
    material_id = await library.material(
        ("Zebra pricing", "text"),
        name="Zebra handbook",
        product_name="Zebra Compute",
        keywords=["zebra stripes"],
        tags=["zebras"],
    )
    await library.refresh()

    found = {each.text: each for each in await completed(library, "zebra")}

    title, slide, keyword = SuggestionKind.TITLE, SuggestionKind.SLIDE, SuggestionKind.KEYWORD
    assert found == {
        "Zebra Compute": Suggestion("Zebra Compute", SuggestionKind.PRODUCT, None, None),
        "Zebra handbook": Suggestion("Zebra handbook", title, material_id, None),
        "Zebra pricing": Suggestion("Zebra pricing", slide, material_id, 1),
        "zebra stripes": Suggestion("zebra stripes", keyword, None, None),
        "zebras": Suggestion("zebras", keyword, None, None),
    }


@pytest.mark.parametrize(
    "typed",
    ["s", "SÉCUR", "secur", "securite du", "Sécurité  du", "reseau", " «réseau", "du réseau"],
)
async def test_case_accents_and_punctuation_do_not_matter_and_later_words_begin_it_too(
    library: Library, typed: str
) -> None:
    await library.material(name="Sécurité du réseau")
    await library.refresh()

    assert await texts(library, typed) == ["Sécurité du réseau"]


async def test_a_word_that_is_typed_to_its_end_is_not_gone_on_with(library: Library) -> None:
    await library.material(name="Cloud storage")
    await library.material(name="Cloudy days")
    await library.refresh()

    assert await texts(library, "cloud ") == ["Cloud storage"]
    assert sorted(await texts(library, "cloud")) == ["Cloud storage", "Cloudy days"]


async def test_the_middle_of_a_word_begins_nothing(library: Library) -> None:
    await library.material(name="Kubernetes")
    await library.refresh()

    assert await texts(library, "bernetes") == []


async def test_a_phrase_of_several_sources_is_suggested_once(library: Library) -> None:
    await library.material(
        ("Object  Storage", "text"), name="object storage", product_name="Object Storage"
    )
    await library.refresh()

    [only] = await completed(library, "obj")

    assert (only.text, only.kind) == ("Object Storage", SuggestionKind.PRODUCT)


async def test_what_more_materials_carry_and_use_comes_first(library: Library) -> None:
    for number in range(3):
        await library.material(name=f"Deck {number}", keywords=["storage common"])
    await library.material(name="Other", keywords=["storage rarely"])
    await library.material(name="Storage deck A")
    await library.material(name="Storage deck B", usage_count=500)
    await library.refresh()

    assert await texts(library, "storage") == [
        "Storage deck B", "storage common", "Storage deck A", "storage rarely"
    ]  # fmt: skip


async def test_a_title_on_every_deck_does_not_crowd_out_the_others(library: Library) -> None:
    for number in range(30):
        await library.material(("Agenda", "text"), name=f"Deck {number}")
    await library.material(name="Agents at the edge")
    await library.refresh()

    assert (await texts(library, "age"))[0] == "Agents at the edge"


async def test_however_many_begin_alike_one_more_character_finds_each(library: Library) -> None:
    names = [f"Common beginning {chr(97 + a)}{chr(97 + b)}" for a in range(8) for b in range(20)]
    await library.connection.execute(
        text("CREATE TEMP TABLE given ON COMMIT DROP AS SELECT unnest(CAST(:names AS text[])) n"),
        {"names": names},
    )
    for name in names:
        await library.material(name=name)
    await library.refresh()

    for name in names:
        assert await texts(library, name.lower()) == [name]
    most = await library.connection.scalar(text(
        "SELECT max(count) FROM (SELECT count(*) FROM suggestion_prefixes WHERE level > 0"
        " GROUP BY level, left(folded, level)) counted"
    ))  # fmt: skip
    assert most == suggestions.BEST
    assert len(await texts(library, "")) == 20


async def test_the_best_of_each_prefix_are_found_at_any_length(library: Library) -> None:
    names = [f"Alpha {chr(97 + n % 26)}{n:03}" for n in range(120)]
    for number, name in enumerate(names):
        await library.material(name=name, usage_count=number * number)
    await library.refresh()

    for typed in ("", "a", "alpha", "alpha ", "alpha c", "c", "c0"):
        matching = [
            name for name in names
            if name.lower().startswith(typed) or f" {typed}" in f" {name.lower()}"
        ]  # fmt: skip
        assert await texts(library, typed) == matching[::-1][:20]


@pytest.mark.parametrize(
    "typed",
    ["%", "_", "\\", "🙂", "'", '"', "--", "\x00", "x" * 2000, "é" * 61, "x " * 2000 + "100"],
)
async def test_what_begins_nothing_has_no_suggestion(library: Library, typed: str) -> None:
    await library.material(name="100 % of x")
    await library.refresh()

    assert await texts(library, typed) == []


@given(typed=st.text(max_size=80), name=st.text(min_size=1, max_size=80))
@example(typed="100%", name="100% green_energy \\ a")
@example(typed="ß", name="Straße ßß İstanbul")
@example(typed="\ud800x", name="x")
@examples(60)
async def test_any_text_is_answered_and_every_answer_begins_like_it(
    connection: AsyncConnection, typed: str, name: str
) -> None:
    stored = " ".join(clean(name).split()) or "Untitled"
    async with fresh(connection) as library:
        await library.material((stored, "text"), name=stored, keywords=[stored])
        await library.refresh()
        for asked in (typed, stored, stored[: len(typed)]):
            answered = await completed(library, asked)
            found = [each.text for each in answered if each.kind is not SuggestionKind.WORD]
            assert set(found) <= {stored}
            for each in (each.text for each in answered if each.kind is SuggestionKind.WORD):
                assert each.startswith(clean(asked).rpartition(" ")[0] + " ")
            if asked == stored and stored.isascii() and any(map(str.isalpha, stored)):
                assert found == ([stored] if 2 <= len(stored) <= suggesting.MAX_TYPED else [])


def people(owner: Principal) -> dict[str, Principal]:
    sales = Principal(0, "", "", Role.SALES, is_superuser=False, scopes=None)
    unknown = Principal(0, "", "", None, is_superuser=False, scopes=None)
    return {
        "administrator": LOCAL_ADMINISTRATOR,
        "owner": owner,
        "sales": sales,
        "guest": policy.CUSTOMER_FACING_GUEST,
        "without role": unknown,
        "nobody": policy.NOBODY,
    }


def phrases(name: str) -> Iterable[str]:
    return (f"{name} title", f"{name} slide", f"{name} product", f"{name} keyword", f"{name} tag")


async def test_only_what_is_published_and_visible_is_suggested(library: Library) -> None:
    owner = await library.person()
    published = {
        audience: f"secret {audience.value.lower().replace('_', ' ')}"
        for audience in MaterialAudience
    }
    for status, audience in product([None, *MaterialStatus], MaterialAudience):
        mark = published[audience] if status is MaterialStatus.PUBLISHED else f"secret {status}"
        title, slide, named, keyword, tag = phrases(mark)
        await library.material(
            (slide, "text"),
            name=title,
            product_name=named,
            keywords=[keyword],
            tags=[tag],
            status=status,
            audience=audience,
            owner_id=owner.user_id,
        )
    await library.refresh()

    for who, principal in people(owner).items():
        seen = {
            phrase
            for audience, mark in published.items()
            for phrase in phrases(mark)
            if who in {"administrator", "owner", "sales"}
            or (who == "guest" and audience is not MaterialAudience.INTERNAL)
        }
        for typed in ("secret", "s", ""):
            assert set(await texts(library, typed, principal)) == seen, who


@pytest.mark.parametrize(
    "status", [MaterialStatus.DRAFT, MaterialStatus.REVIEW, MaterialStatus.ARCHIVED]
)
async def test_what_is_withdrawn_is_gone_before_any_refresh(
    library: Library, status: MaterialStatus
) -> None:
    sales = await library.person(Role.SALES)
    material_id = await library.material(
        ("Moonshot slide", ""), name="Moonshot title", product_name="Moonshot", tags=["moonshots"]
    )
    await library.refresh()
    assert len(await texts(library, "moon", sales)) == 4

    await change(library, material_id, status=status)

    assert await texts(library, "moon", sales) == []


async def test_what_is_deleted_is_gone_before_any_refresh_and_after(library: Library) -> None:
    material_id = await library.material(
        ("Moonshot slide", ""), name="Moonshot", tags=["moonshots"]
    )
    await library.refresh()

    await library.connection.execute(
        text("UPDATE material_details SET deleted_at = now() WHERE material_id = :id"),
        {"id": material_id},
    )
    await writer.remove_material(library.connection, material_id)

    assert await texts(library, "moon") == []
    await library.refresh()
    assert await library.connection.scalar(text("SELECT count(*) FROM suggestions")) == 0


async def test_what_is_renamed_is_not_suggested_by_its_old_name(library: Library) -> None:
    material_id = await library.material(
        ("Acme offer", ""), name="Acme deal", product_name="Acme", keywords=["acme prices"]
    )
    await library.refresh()

    await change(library, material_id, name="A deal", product_name="Compute", keywords=["prices"])
    await writer.write_material(library.connection, material_id, numbered(("Our offer", "")))

    assert await texts(library, "acme") == []
    await library.refresh()
    assert set(await texts(library, "")) == {"A deal", "Compute", "prices", "Our offer"}


async def test_another_carrier_keeps_a_phrase_when_one_is_withdrawn(library: Library) -> None:
    sales = await library.person(Role.SALES)
    first = await library.material(name="One", tags=["Moonshot"])
    await library.material(name="Two", tags=["moonshot"])
    await library.refresh()

    await change(library, first, status=MaterialStatus.DRAFT)

    assert await texts(library, "moon", sales) == ["moonshot"]


async def test_internal_carriers_do_not_hide_a_phrase_from_a_guest(library: Library) -> None:
    for number in range(10):
        await library.material(
            name=f"Deck {number}", tags=["moonshot"], audience=MaterialAudience.INTERNAL,
            usage_count=100,
        )  # fmt: skip
    await library.material(name="Flyer", tags=["moonshot"], audience=MaterialAudience.BOTH)
    await library.refresh()

    assert await texts(library, "moon", policy.CUSTOMER_FACING_GUEST) == ["moonshot"]


async def test_a_hidden_slide_suggests_nothing_to_anybody(library: Library) -> None:
    material_id = await library.material(
        PageText(1, "Moonshot margins", "text", hidden=True), PageText(2, "Moonshot", "text")
    )
    await library.refresh()
    assert await texts(library, "moon") == ["Moonshot"]

    hidden = [PageText(2, "Moonshot", "text", hidden=True)]
    await writer.write_material(library.connection, material_id, hidden)

    assert await texts(library, "moon") == []


async def test_a_refresh_writes_the_same_again(library: Library) -> None:
    await library.material(("Moonshot slide", ""), name="Moonshot title", tags=["moon"])
    await library.refresh()
    before = await completed(library, "")

    await library.refresh()

    assert await completed(library, "") == before


async def test_where_no_phrase_goes_on_so_the_last_word_is_completed(library: Library) -> None:
    await library.material(name="Enterprise plans")
    await library.material(("Entry level", "text"), name="Prices", keywords=["enterprise"])
    await library.material(name="Sécurité")
    await library.refresh()
    word = SuggestionKind.WORD

    found = await completed(library, "  pricing  for ENT")
    assert {(each.text, each.kind) for each in found} == {
        ("pricing for enterprise", word), ("pricing for Entry", word)
    }  # fmt: skip
    assert await texts(library, "persona:CTO\tsecu") == ["persona:CTO Sécurité"]
    assert await texts(library, "enterprise pl") == ["Enterprise plans"]


@pytest.mark.parametrize(
    "typed", ["pricing ent ", "pricing e", "pricing zork", "pricing -ent", "pricing enterprise"]
)
async def test_a_last_word_that_is_ended_short_or_unknown_stays(
    library: Library, typed: str
) -> None:
    await library.material(name="Enterprise")
    await library.refresh()

    assert await texts(library, typed) == []


async def test_words_of_what_somebody_may_not_see_complete_nothing_for_them(
    library: Library,
) -> None:
    await library.material(name="Enterprise", status=MaterialStatus.DRAFT)
    secret = await library.material(name="Entanglement")
    await library.refresh()
    rep = await library.person(Role.SALES)
    assert await texts(library, "pricing ent", rep) == ["pricing Entanglement"]

    await change(library, secret, status=MaterialStatus.DRAFT)

    assert await texts(library, "pricing ent", rep) == []
