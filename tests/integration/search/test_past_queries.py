"""Past queries as suggestions: whose count, what is left out, and who is shown which."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import delete, insert, text, update

from search_service.accounts import policy
from search_service.accounts.caller import Caller
from search_service.accounts.policy import LOCAL_ADMINISTRATOR, Principal
from search_service.db.enums import MaterialAudience, MaterialStatus, Role
from search_service.db.tables import LoggedSearch, Material, SearchClick
from search_service.index import suggestions, writer
from search_service.index.writer import PageText
from search_service.insights.entries import normalised
from search_service.insights.erasing import erase_searches
from search_service.search.query import parse
from search_service.search.suggest import Suggestion, SuggestionKind, suggest
from tests.integration.search.library import FRENCH, Library, numbered

pytestmark = pytest.mark.anyio
SEVERAL = 3


async def look_for(
    library: Library, asked: str, opened: int, people: Sequence[int | None], shown: bool = True
) -> None:
    """Each of the people searches, and opens a hit; with `shown` it was one of the search."""
    for user_id in people:
        search_id = uuid4()
        row = {
            "search_id": search_id,
            "logged_at": datetime.now(UTC),
            "user_id": user_id,
            "channel": "web",
            "query": asked,
            "normalised_query": normalised(parse(asked)),
            "total": 1,
            "partial": False,
            "corrected": False,
            "latency_ms": 1.0,
            "material_ids": [opened] if shown else [],
        }
        await library.connection.execute(insert(LoggedSearch).values(row))
        if user_id is not None:
            click = {"search_id": search_id, "user_id": user_id, "material_id": opened}
            await library.connection.execute(insert(SearchClick).values(click))


async def people(library: Library, count: int = SEVERAL) -> list[int]:
    found = [await library.person(Role.SALES, f"Rep {number}") for number in range(count)]
    return [each.user_id for each in found if each.user_id is not None]


async def found(
    library: Library, typed: str, principal: Principal = LOCAL_ADMINISTRATOR
) -> tuple[Suggestion, ...]:
    """What completes the text, after the hourly refresh of past queries."""
    await suggestions.refresh_queries(library.connection)
    return await shown(library, typed, principal)


async def shown(
    library: Library, typed: str, principal: Principal = LOCAL_ADMINISTRATOR
) -> tuple[Suggestion, ...]:
    async with library.database.reading() as connection:
        return await suggest(connection, principal, typed)


def query(text: str) -> tuple[Suggestion, ...]:
    return (Suggestion(text, SuggestionKind.QUERY, None, None),)


async def test_what_three_people_searched_for_and_opened_completes_a_query(
    library: Library,
) -> None:
    opened = await library.material("Backup of a zebra costs", "and its price")
    await look_for(library, "Zebra  BACKUP price", opened, await people(library))

    for typed in ("z", "zebra b", "backup", "price", "zebra backup pri"):
        assert await found(library, typed) == query("zebra backup price"), typed
    assert await found(library, "ebra") == ()


async def test_two_people_are_too_few_however_often_they_search(library: Library) -> None:
    opened = await library.material("Backup of a zebra")
    two = await people(library, 2)
    await look_for(library, "zebra backup", opened, [*two, *two, None])

    assert await found(library, "zebra") == ()


async def test_what_nobody_opened_or_what_was_no_hit_does_not_count(library: Library) -> None:
    opened = await library.material("Backup of a zebra")
    three = await people(library)
    await look_for(library, "zebra backup", opened, three[:2])
    await look_for(library, "zebra backup", opened, three[2:], shown=False)

    assert await found(library, "zebra") == ()


async def test_somebody_elses_search_cannot_be_made_to_count(library: Library) -> None:
    opened = await library.material("Backup of a zebra")
    one, *others = await people(library)
    await look_for(library, "zebra backup", opened, [one])
    search_id = await library.connection.scalar(text("SELECT search_id FROM search_log"))
    for user_id in others:
        click = {"search_id": search_id, "user_id": user_id, "material_id": opened}
        await library.connection.execute(insert(SearchClick).values(click))

    assert await found(library, "zebra") == ()


@pytest.mark.parametrize(
    "asked", ['"zebra backup"', "zebra -horse", "zebra OR backup", "zebra back*", "zebra mackup"]
)
async def test_operators_and_words_that_stand_nowhere_are_not_suggested(
    library: Library, asked: str
) -> None:
    opened = await library.material("Backup of a zebra")
    await look_for(library, asked, opened, await people(library))

    assert await found(library, "zebra") == ()


async def test_filters_are_left_out_and_spellings_count_together(library: Library) -> None:
    opened = await library.material("Backup of a zebra")
    one, two, three = await people(library)
    await look_for(library, "zebra backup", opened, [one, two])
    await look_for(library, "Zebra-Backup persona:CTO", opened, [three])

    [only] = await found(library, "zebra")
    assert only.text == "zebra backup"


async def test_it_keeps_its_accents_and_is_found_without_them(library: Library) -> None:
    opened = await library.material("La sécurité des réseaux", facts=FRENCH)
    await look_for(library, "Sécurité réseau", opened, await people(library))

    assert await found(library, "secur") == query("sécurité réseau")


async def test_it_is_shown_only_to_who_may_see_what_holds_its_words(library: Library) -> None:
    opened = await library.material("Project zebra acquisition", audience=MaterialAudience.INTERNAL)
    await look_for(library, "zebra acquisition", opened, await people(library))
    rep = await library.person(Role.SALES)

    assert await found(library, "zebra", rep) == query("zebra acquisition")
    await library.connection.execute(
        update(Material).where(Material.id == opened).values(status=MaterialStatus.DRAFT)
    )
    assert await shown(library, "zebra", rep) == ()
    assert await found(library, "zebra") == ()


async def test_words_that_are_edited_away_are_suggested_no_more(library: Library) -> None:
    opened = await library.material("Project zebra acquisition")
    await look_for(library, "zebra acquisition", opened, await people(library))
    assert await found(library, "zebra") == query("zebra acquisition")

    await writer.write_material(library.connection, opened, numbered("Project zebra"))

    assert await shown(library, "zebra") == ()


async def test_a_spelling_of_too_few_people_is_shown_to_nobody(library: Library) -> None:
    opened = await library.material("Backup of a zebra")
    several = await people(library, 5)
    await look_for(library, "zebra backup", opened, several[:3])
    for spelling in ("zebra☠backup", "zebra…backup", "zebra…backup", "zebra…backup"):
        await look_for(library, spelling, opened, several[3:])
    assert await found(library, "zebra") == query("zebra backup")

    other = await library.material("Réplica of a yak")
    for spelling, user_id in zip(
        ("yák réplica", "yak-replica", "yâk réplica"), several, strict=False
    ):
        await look_for(library, spelling, other, [user_id])
    assert await found(library, "yak") == query("yak replica")


async def test_a_guest_is_told_nothing_of_hidden_slides_or_notes(library: Library) -> None:
    opened = await library.material(
        PageText(1, "Zebra", "Backup", notes="walrus margins"),
        PageText(2, "", "acquisition codename", hidden=True),
    )
    three = await people(library)
    for asked in ("zebra acquisition codename", "walrus margins"):
        await look_for(library, asked, opened, three)
    guest = policy.CUSTOMER_FACING_GUEST

    assert len(await found(library, "zebra")) == 1
    for typed in ("zebra", "walr", "contoso acqui"):
        assert await found(library, typed, guest) == (), typed


async def test_what_an_erased_person_searched_for_counts_no_more(library: Library) -> None:
    opened = await library.material("Backup of a zebra")
    three = await people(library)
    await look_for(library, "zebra backup", opened, three)
    assert await found(library, "zebra") == query("zebra backup")

    caller = Caller(replace(LOCAL_ADMINISTRATOR, user_id=None))
    await erase_searches(library.connection, caller, three[0])

    assert await shown(library, "zebra") == ()


async def test_an_erased_log_suggests_nothing_after_the_next_refresh(library: Library) -> None:
    opened = await library.material("Backup of a zebra")
    await look_for(library, "zebra backup", opened, await people(library))
    assert await found(library, "zebra") == query("zebra backup")

    await library.connection.execute(delete(LoggedSearch))

    assert await found(library, "zebra") == ()


async def test_phrases_and_past_queries_are_refreshed_apart(library: Library) -> None:
    opened = await library.material("Backup of a zebra", name="Zebra guide")
    await look_for(library, "zebra backup", opened, await people(library))
    assert await found(library, "zebra") == query("zebra backup")

    await library.refresh()

    both = {each.text for each in await shown(library, "zebra")}
    assert both == {"zebra backup", "Zebra guide"}
    assert {each.text for each in await found(library, "zebra")} == both


async def test_a_title_that_was_searched_for_is_suggested_once(library: Library) -> None:
    opened = await library.material("text", name="Zebra guide")
    await look_for(library, "zebra guide", opened, await people(library, 5))
    await library.refresh()

    [only] = await found(library, "zebra")
    assert only.text.casefold() == "zebra guide"


async def test_more_people_come_first_and_one_more_letter_finds_each(library: Library) -> None:
    opened = await library.material(" ".join(f"zebra{chr(97 + n)}x" for n in range(26)), "stripes")
    several = await people(library, 6)
    for number in range(26):
        await look_for(library, f"zebra{chr(97 + number)}x stripes", opened, several[:SEVERAL])
    await look_for(library, "zebrazx stripes", opened, several[SEVERAL:])

    first, *_ = await found(library, "zebra")
    assert first.text == "zebrazx stripes"
    for number in range(26):
        word = f"zebra{chr(97 + number)}"
        assert [each.text for each in await shown(library, word)] == [f"{word}x stripes"]
