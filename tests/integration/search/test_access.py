"""What others may not see leaves no trace in an answer, whatever part of it one looks at."""

from hashlib import sha256
from itertools import product

import pytest
from sqlalchemy import text, update

from search_service.accounts import policy
from search_service.accounts.policy import Principal
from search_service.db.enums import MaterialAudience, MaterialStatus, Role
from search_service.db.tables import Material
from search_service.index import writer
from search_service.index.writer import PageText
from search_service.search.answer import Answer
from search_service.search.request import Match
from search_service.search.tree import Field
from tests.integration.search.library import Library, counts, ids

pytestmark = pytest.mark.anyio

SEARCH_KEY = frozenset({policy.SEARCH})
WRITE_KEY = frozenset({policy.WRITE})


def secret(number: int) -> str:
    """A word that is like no other, and that no stemmer changes."""
    digits = sha256(str(number).encode()).hexdigest()
    return "".join("bcdfghklmnprtvzx"[int(digit, 16)] for digit in digits)[:11] + "x"


def misspelt(word: str) -> str:
    return word[:4] + word[5] + word[4] + word[6:]


def people(pmm: Principal) -> dict[str, Principal]:
    def with_role(role: Role | None, scopes: frozenset[str] | None = None) -> Principal:
        return Principal(pmm.user_id, "", "", role, is_superuser=False, scopes=scopes)

    return {
        "administrator": policy.LOCAL_ADMINISTRATOR,
        "pmm": pmm,
        "pmm's search key": with_role(Role.PMM, SEARCH_KEY),
        "pmm's write key": with_role(Role.PMM, WRITE_KEY),
        "sales": with_role(Role.SALES),
        "without role": with_role(None),
        "guest": policy.CUSTOMER_FACING_GUEST,
        "nobody": policy.NOBODY,
    }


def may_see(
    who: str, status: MaterialStatus | None, audience: MaterialAudience, owner: str
) -> bool:
    """The rule of design/trust.md in plain words."""
    if who == "administrator":
        return True
    if who in {"pmm", "pmm's search key"}:
        return status not in {None, MaterialStatus.DRAFT} or owner == "me"
    # Whoever owns a material without being a PMM any more sees it as everybody does.
    if who == "sales":
        return status is MaterialStatus.PUBLISHED
    if who == "guest":
        return status is MaterialStatus.PUBLISHED and audience is not MaterialAudience.INTERNAL
    return False


def everything_said(answer: Answer) -> str:
    return repr((answer.hits, answer.facets, answer.did_you_mean, answer.corrected)).lower()


async def test_every_part_of_an_answer_is_of_what_may_be_seen(library: Library) -> None:
    me, other = await library.person(), await library.person(name="Eve Other")
    owners = {"me": me.user_id, "other": other.user_id, "nobody": None}
    cases = list(product([None, *MaterialStatus], MaterialAudience, owners))
    made = {}
    for number, (status, audience, owner) in enumerate(cases):
        word = secret(number)
        made[word] = await library.material(
            PageText(1, f"Title {word}", f"common {word}", notes=f"notes {word}"),
            name=f"Material {word}",
            tags=[word],
            description=word,
            status=status,
            audience=audience,
            owner_id=owners[owner],
        )
    await library.refresh()

    for who, principal in people(me).items():
        seen = {secret(number) for number, case in enumerate(cases) if may_see(who, *case)}
        listed = await library.search("common", principal, limit=100, explain=True)
        assert set(ids(listed)) == {made[word] for word in seen}
        assert listed.total == len(seen)
        assert counts(listed, Field.TAG) == dict.fromkeys(seen, 1)
        assert sum(counts(listed, Field.AUDIENCE).values()) == len(seen)
        hidden = set(made) - seen
        assert not any(word in everything_said(listed) for word in hidden)
        for word in [*sorted(hidden)[:3], *sorted(seen)[:1]]:
            found = [made[word]] if word in seen else []
            for request in ({}, {"match": Match.ANY}, {"correct": False}):
                for asked in (word, f"{word} common"):
                    answer = await library.search(asked, principal, explain=True, **request)
                    assert [key for key in ids(answer) if key == made[word]] == found
            typo = await library.search(misspelt(word), principal)
            assert ids(typo) in ([], found)
            if not found:
                assert word not in everything_said(typo)


async def test_a_word_that_only_a_draft_holds_is_never_suggested(library: Library) -> None:
    owner = await library.person()
    await library.material("moonshot", status=MaterialStatus.DRAFT, owner_id=owner.user_id)
    await library.material("other")
    await library.refresh()

    for principal in (policy.LOCAL_ADMINISTRATOR, owner, await library.person(Role.SALES)):
        answer = await library.search("monshot", principal, correct=False)
        assert answer.did_you_mean is None


async def test_a_word_is_not_suggested_once_it_is_withdrawn(library: Library) -> None:
    material_id = await library.material("moonshot")
    await library.material("other")
    await library.refresh()
    sales = await library.person(Role.SALES)
    assert (await library.search("monshot", sales)).corrected != ()

    await library.connection.execute(
        update(Material).where(Material.id == material_id).values(status=MaterialStatus.DRAFT)
    )
    await writer.refresh_metadata(library.connection, material_id)

    answer = await library.search("monshot", sales)
    assert (answer.corrected, answer.did_you_mean, answer.hits) == ((), None, ())


async def test_a_guest_is_not_told_words_of_internal_material(library: Library) -> None:
    await library.material("moonshot", audience=MaterialAudience.INTERNAL)
    await library.material("other")
    await library.refresh()

    answer = await library.search("monshot", policy.CUSTOMER_FACING_GUEST)

    assert answer.corrected == ()


async def test_a_guest_is_shown_no_notes_and_no_hidden_slide(library: Library) -> None:
    await library.material(
        PageText(1, "Backup", "backup", notes="secret backup price"),
        PageText(2, "Backup", "backup margins", hidden=True),
    )

    [hit] = (await library.search("backup price", policy.CUSTOMER_FACING_GUEST, slides=20)).hits

    assert [slide.page_number for slide in hit.slides] == [1]
    assert hit.matching_slides == 1
    assert "price" not in repr(hit.slides)


async def test_a_deleted_material_is_gone_from_every_part(library: Library) -> None:
    material_id = await library.material("moonshot", universe_name="Atlantis")
    await library.material("other")
    await library.refresh()

    await library.connection.execute(
        text("UPDATE material_details SET deleted_at = now() WHERE material_id = :id"),
        {"id": material_id},
    )
    await writer.remove_material(library.connection, material_id)

    for asked in ("moonshot", "monshot", "", "moonshot other", "moon*", '"moonshot"', "-other"):
        answer = await library.search(asked)
        assert material_id not in ids(answer)
        assert "Atlantis" not in counts(answer, Field.UNIVERSE)
        assert answer.corrected == ()


async def test_own_drafts_are_found_and_not_corrected_away(library: Library) -> None:
    owner = await library.person()
    draft = await library.material("bakcup", status=MaterialStatus.DRAFT, owner_id=owner.user_id)
    published = await library.material("backup")
    await library.refresh()

    mine = await library.search("bakcup Bakcup", owner)
    others = await library.search("bakcup", await library.person())

    assert (ids(mine), mine.corrected) == ([draft], ())
    assert ids(others) == [published]
    assert [(each.typed, each.used) for each in others.corrected] == [("bakcup", "backup")]


async def test_the_total_is_of_what_is_visible_and_found(library: Library) -> None:
    owner = await library.person()
    for status in (None, *MaterialStatus):
        await library.material("backup", status=status)

    sales = await library.search("backup", await library.person(Role.SALES))
    pmm = await library.search("backup", owner)

    assert (sales.total, pmm.total) == (1, 3)


async def test_who_owns_only_what_is_hidden_has_no_name(library: Library) -> None:
    owner = await library.person()
    await library.material("moonshot", status=MaterialStatus.DRAFT, owner_id=owner.user_id)
    await library.material("common")
    selection = {Field.OWNER: (str(owner.user_id),)}

    theirs = await library.search("", await library.person(Role.SALES), selection=selection)
    own = await library.search("", owner, selection=selection)

    assert owner.full_name not in repr(theirs.facets)
    assert [warning.code for warning in theirs.warnings] == ["unknown_value"]
    assert owner.full_name in repr(own.facets)
    assert own.warnings == ()
