"""Materials like one, or like a page of it: which, in what order, why, and for whom."""

from typing import Any

import pytest
from sqlalchemy import update

from search_service.accounts import policy
from search_service.accounts.policy import LOCAL_ADMINISTRATOR, Principal
from search_service.db.enums import MaterialAudience, MaterialStatus, Role
from search_service.db.tables import Material
from search_service.index import writer
from search_service.index.writer import PageText
from search_service.search import similar as comparing
from search_service.search.similar import Like, Source, similar
from tests.integration.search.library import FRENCH, Facts, Library

pytestmark = pytest.mark.anyio

BACKUP = "restore snapshots of every replica after ransomware"
BACKUP_TOO = "ransomware: restore a snapshot from the nearest replica"
NETWORK = "peering and routers for the backbone"


async def like(
    library: Library,
    material_id: int,
    page_number: int | None = None,
    principal: Principal = LOCAL_ADMINISTRATOR,
    language: str = "en",
    limit: int = 20,
) -> tuple[Like, ...]:
    source = Source(material_id, language, page_number)
    async with library.database.reading() as connection:
        return await similar(connection, principal, source, limit)


async def ids(library: Library, material_id: int, **asked: Any) -> list[int]:
    return [each.material_id for each in await like(library, material_id, **asked)]


async def pad(library: Library) -> None:
    """Some materials about nothing of it, so that words can be rare."""
    for number in range(12):
        await library.material(f"filler {number} invoices and holidays", name=f"Filler {number}")


async def test_what_shares_the_rare_words_is_like_it_and_says_which(library: Library) -> None:
    await pad(library)
    source = await library.material(("Backup", BACKUP), name="Backup deck")
    near = await library.material(
        ("Opening", "invoices"), ("Recovery", BACKUP_TOO), name="Recovery sheet"
    )
    await library.material(NETWORK, name="Network")
    await library.refresh()

    [found] = await like(library, source)

    assert (found.material_id, found.name, found.language) == (near, "Recovery sheet", "en")
    assert set(found.shared_words) == {"restore", "snapshots", "replica", "ransomware"}
    assert found.slide is not None
    assert (found.slide.page_number, found.slide.title) == (2, "Recovery")
    assert found.score == 1


async def test_more_shared_words_come_first_and_the_own_language_before(library: Library) -> None:
    await pad(library)
    source = await library.material(BACKUP, name="Source")
    most = await library.material(BACKUP_TOO, name="Most")
    less = await library.material("restore a replica", name="Less")
    french = await library.material(BACKUP, name="Même", facts=FRENCH)
    await library.refresh()

    found = await like(library, source)

    assert [each.material_id for each in found] == [most, less, french]
    assert found[0].score > found[1].score
    assert await ids(library, source, limit=1) == [most]


async def test_one_shared_word_is_a_coincidence(library: Library) -> None:
    await pad(library)
    source = await library.material(BACKUP, name="Source")
    await library.material("ransomware and other weather", name="Other")
    await library.refresh()

    assert await ids(library, source) == []


async def test_a_page_is_like_other_materials_pages_and_not_like_their_sum(
    library: Library,
) -> None:
    await pad(library)
    source = await library.material(NETWORK, BACKUP, name="Source")
    whole = await library.material("invoices", BACKUP_TOO, name="One page")
    await library.material("snapshots", "ransomware", "replica", name="Spread")
    network = await library.material(NETWORK, name="Network")
    await library.refresh()

    [found] = await like(library, source, 2)

    assert found.material_id == whole
    assert found.slide is not None
    assert found.slide.page_number == 2
    assert await ids(library, source, page_number=1) == [network]
    assert whole in await ids(library, source)


async def test_words_of_two_forms_count_once(library: Library) -> None:
    await pad(library)
    text = "sécurité des réseaux périmètre"
    source = await library.material(text, name="Source", facts=FRENCH)
    near = await library.material(text, name="Autre", facts=FRENCH)
    await library.refresh()

    [found] = await like(library, source, language="fr")

    assert found.material_id == near
    assert sorted(found.shared_words) == ["périmètre", "réseaux", "sécurité"]
    assert found.score == 1


async def test_the_own_name_and_keywords_tell_what_others_write_on_pages(library: Library) -> None:
    await pad(library)
    source = await library.material("text", name="Zebra compute", tags=["stripes"])
    near = await library.material("zebras", name="Other", keywords=["stripes"])
    await library.material("stripes of no animal")
    await library.refresh()

    [found] = await like(library, source)

    assert found.material_id == near
    assert found.slide is not None
    assert set(found.shared_words) == {"zebra", "stripes"}


async def test_nothing_is_like_what_has_no_words_or_common_ones_only(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pad(library)
    empty = await library.material(name="2026")
    source = await library.material(BACKUP, name="Source")
    await library.material(BACKUP, name="Other")
    await library.refresh()

    assert await ids(library, empty) == []
    assert len(await ids(library, source)) == 1
    monkeypatch.setattr(comparing, "MAX_POSTINGS", 1)
    assert await ids(library, source) == []


@pytest.mark.parametrize("page_number", [None, 1])
async def test_only_visible_materials_are_named(library: Library, page_number: int | None) -> None:
    await pad(library)
    owner = await library.person()
    sales = await library.person(Role.SALES)
    source = await library.material(BACKUP, name="Source")
    made = {
        (status, audience): await library.material(
            BACKUP, name=f"{status} {audience}", status=status, audience=audience,
            owner_id=owner.user_id,
        )
        for status in MaterialStatus
        for audience in (MaterialAudience.INTERNAL, MaterialAudience.BOTH)
    }  # fmt: skip
    await library.refresh()

    async def seen(principal: Principal) -> set[int]:
        return set(await ids(library, source, page_number=page_number, principal=principal))

    published = {key for (status, _), key in made.items() if status is MaterialStatus.PUBLISHED}
    past_draft = {key for (status, _), key in made.items() if status is not MaterialStatus.DRAFT}
    assert await seen(LOCAL_ADMINISTRATOR) == set(made.values())
    assert await seen(owner) == set(made.values())
    assert await seen(await library.person()) == past_draft
    assert await seen(sales) == published
    assert await seen(policy.CUSTOMER_FACING_GUEST) == {
        made[MaterialStatus.PUBLISHED, MaterialAudience.BOTH]
    }
    assert await seen(policy.NOBODY) == set()


async def test_withdrawn_and_deleted_materials_are_gone_at_once(library: Library) -> None:
    await pad(library)
    source = await library.material(BACKUP, name="Source")
    withdrawn = await library.material(BACKUP, name="Withdrawn")
    deleted = await library.material(BACKUP, name="Deleted")
    await library.refresh()
    sales = await library.person(Role.SALES)
    assert await ids(library, source, principal=sales) == [deleted, withdrawn]

    await library.connection.execute(
        update(Material).where(Material.id == withdrawn).values(status=MaterialStatus.DRAFT)
    )
    await writer.refresh_metadata(library.connection, withdrawn)
    await writer.remove_material(library.connection, deleted)

    assert await ids(library, source, principal=sales) == []


async def test_a_guest_learns_nothing_of_notes_and_hidden_slides(library: Library) -> None:
    await pad(library)
    guest = policy.CUSTOMER_FACING_GUEST
    source = await library.material(
        PageText(1, "Cover", "invoices", notes=BACKUP), PageText(2, "", NETWORK, hidden=True)
    )
    by_notes = await library.material(PageText(1, "", "holidays", notes=BACKUP), name="Notes")
    hidden = await library.material(PageText(1, "", NETWORK, hidden=True), name="Hidden")
    shown = await library.material(BACKUP, name="Shown")
    await library.refresh()

    assert set(await ids(library, source)) == {by_notes, hidden, shown}
    assert await ids(library, source, principal=guest) == []
    assert await ids(library, shown, principal=guest) == []
    assert set(await ids(library, shown)) == {by_notes, source}


async def test_a_draft_is_compared_with_what_is_published(library: Library) -> None:
    await pad(library)
    owner = await library.person()
    draft = await library.material(
        BACKUP, name="Draft", status=MaterialStatus.DRAFT, owner_id=owner.user_id
    )
    near = await library.material(BACKUP_TOO, name="Near", facts=Facts())
    await library.refresh()

    assert await ids(library, draft, principal=owner) == [near]


async def test_a_word_of_one_deck_alone_does_not_tell_of_its_page(library: Library) -> None:
    await pad(library)
    code_names = " ".join(f"codename{letter}" for letter in "abcdefghijklmnop")
    source = await library.material(f"{BACKUP} {code_names}", code_names, code_names, name="Deck")
    near = {await library.material(BACKUP, name=f"Sheet {number}") for number in range(4)}
    await library.refresh()

    assert set(await ids(library, source, page_number=1)) == near
