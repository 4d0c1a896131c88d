"""Counts and filters, against counting by hand over random libraries; under every role."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy
from search_service.accounts.policy import Principal
from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType, Role
from search_service.search.answer import Answer
from search_service.search.request import Match
from search_service.search.tree import Field
from tests.integration.search.library import Facts, Library, codes, counts, examples, fresh, ids

pytestmark = pytest.mark.anyio

ROLES = ("admin", "pmm", "sales", "guest", "nobody")
SPANS = {"7d": 7, "30d": 30, "90d": 90, "365d": 365}


@dataclass(frozen=True, slots=True)
class Made:
    """A material of a random library; personas, segments and owners are numbers from 0."""

    words: tuple[str, ...]
    status: MaterialStatus | None
    audience: MaterialAudience
    owner: int | None
    personas: frozenset[int]
    segments: frozenset[int]
    universe: str | None
    tags: tuple[str, ...] | None
    kind: MaterialType
    language: str
    file_format: str | None
    age_days: int | None


@dataclass(frozen=True, slots=True)
class World:
    """What numbers of a random library stand for in the database."""

    people: tuple[Principal, ...]
    personas: tuple[int, ...]
    segments: tuple[int, ...]


NUMBERS = st.frozensets(st.integers(0, 2))
MADE = st.builds(
    Made,
    words=st.lists(st.sampled_from(["zark", "blim", "golp"]), max_size=3).map(tuple),
    status=st.sampled_from([None, *MaterialStatus, *[MaterialStatus.PUBLISHED] * 3]),
    audience=st.sampled_from(MaterialAudience),
    owner=st.sampled_from([None, 0, 1]),
    personas=NUMBERS,
    segments=NUMBERS,
    universe=st.sampled_from([None, "Public Cloud", "Bare Metal"]),
    tags=st.sampled_from([None, (), ("red",), ("red", "Blue"), ("Blue", "blue")]),
    kind=st.sampled_from([MaterialType.PRODUCT_BRIEF, MaterialType.PRODUCT_CATALOG]),
    language=st.sampled_from(["en", "fr"]),
    file_format=st.sampled_from([None, "pdf", "pptx"]),
    age_days=st.sampled_from([None, 1, 20, 80, 300, 800]),
)
CHOSEN = st.dictionaries(
    st.sampled_from(Field),
    st.integers(0, 7),
    max_size=3,
)
# What each number of CHOSEN picks, by field; the second half are typed into the text.
PICKS: Mapping[Field, tuple[str, ...]] = {
    Field.PERSONA: ("Persona 0", "persona 2"),
    Field.SEGMENT: ("Segment 1", "segment 0"),
    Field.UNIVERSE: ("public cloud", "Bare Metal"),
    Field.PRODUCT: ("Vault", "None such"),
    Field.TYPE: ("brief", "PRODUCT_CATALOG"),
    Field.AUDIENCE: ("customer facing", "BOTH"),
    Field.STATUS: ("draft", "published"),
    Field.TAG: ("red", "BLUE"),
    Field.FORMAT: ("PDF", "pptx"),
    Field.LANGUAGE: ("en", "FR"),
    Field.OWNER: ("Owner 0", "owner 1"),
    Field.UPDATED: ("30d", "365d"),
}


def values(made: Made, field: Field) -> set[str]:
    """The values of a field as a person reads them, folded; labels of ids, not numbers."""
    product = "vault" if made.universe else None
    single = {
        Field.UNIVERSE: made.universe,
        Field.PRODUCT: product,
        Field.TYPE: made.kind,
        Field.AUDIENCE: made.audience,
        Field.STATUS: made.status or "DRAFT",
        Field.FORMAT: made.file_format,
        Field.LANGUAGE: made.language,
        Field.OWNER: None if made.owner is None else f"owner {made.owner}",
    }
    several = {
        Field.PERSONA: [f"persona {number}" for number in made.personas],
        Field.SEGMENT: [f"segment {number}" for number in made.segments],
        Field.TAG: made.tags or (),
        Field.UPDATED: [
            span
            for span, days in SPANS.items()
            if made.age_days is not None and made.age_days <= days
        ],
    }
    found = several[field] if field in several else [single[field]]
    return {value.casefold() for value in found if value is not None}


def meant(field: Field, typed: str) -> str:
    if field is Field.TYPE and not typed.startswith("PRODUCT"):
        return f"product_{typed}"
    if field is Field.AUDIENCE:
        return typed.replace(" ", "_").casefold()
    return typed.casefold()


def sees(role: str, made: Made) -> bool:
    """The rule of design/trust.md, in plain words; the PMM is owner 0."""
    if role == "admin":
        return True
    if role == "pmm":
        return made.status not in {None, MaterialStatus.DRAFT} or made.owner == 0
    if role == "sales":
        return made.status is MaterialStatus.PUBLISHED
    return (
        role == "guest"
        and made.status is MaterialStatus.PUBLISHED
        and made.audience is not MaterialAudience.INTERNAL
    )


async def populate(library: Library) -> World:
    people = tuple([await library.person(name=f"Owner {number}") for number in range(2)])
    return World(
        people,
        tuple([await library.persona(f"Persona {number}") for number in range(3)]),
        tuple([await library.segment(f"Segment {number}") for number in range(3)]),
    )


async def write(library: Library, world: World, made: Made, now: datetime) -> int:
    return await library.material(
        " ".join(made.words),
        facts=Facts(
            made.language,
            tuple(world.personas[number] for number in made.personas),
            tuple(world.segments[number] for number in made.segments),
        ),
        name="-",
        status=made.status,
        audience=made.audience,
        owner_id=None if made.owner is None else world.people[made.owner].user_id,
        universe_name=made.universe,
        product_name="Vault" if made.universe else None,
        tags=None if made.tags is None else list(made.tags),
        material_type=made.kind,
        file_format=made.file_format,
        updated_at=None
        if made.age_days is None
        else now - timedelta(days=made.age_days, seconds=-60),
    )


def principals(world: World) -> dict[str, Principal]:
    return {
        "admin": policy.LOCAL_ADMINISTRATOR,
        "pmm": world.people[0],
        "sales": Principal(None, "", "", Role.SALES, is_superuser=False, scopes=None),
        "guest": policy.CUSTOMER_FACING_GUEST,
        "nobody": policy.NOBODY,
    }


def shown(answer: Answer, field: Field) -> Counter[str]:
    """The counts above zero of a facet, by what is read, folded."""
    [facet] = [each for each in answer.facets if each.field is field]
    named = {Field.PERSONA, Field.SEGMENT, Field.OWNER}
    return Counter(
        {
            (value.label if field in named else value.value): value.count
            for value in facet.values
            if value.count
        }
    )


def counted(matching: list[Made], field: Field) -> Counter[str]:
    found: Counter[str] = Counter()
    for made in matching:
        found.update(values(made, field))
    return found


def folded(found: Counter[str], field: Field, matching: list[Made]) -> Counter[str]:
    """Counts by folded value; Blue and blue are counted apart, so tags are compared apart."""
    if field is not Field.TAG:
        return Counter({value.casefold(): number for value, number in found.items()})
    written = Counter(tag for made in matching for tag in set(made.tags or ()))
    assert found == written
    return counted(matching, field)


@given(
    library_of=st.lists(MADE, min_size=1, max_size=7),
    chosen=CHOSEN,
    words=st.sampled_from(["", "zark", "zark blim", "-golp"]),
    role=st.sampled_from(ROLES),
)
@examples(40)
async def test_counts_and_hits_are_those_counted_by_hand(
    connection: AsyncConnection,
    library_of: list[Made],
    chosen: dict[Field, int],
    words: str,
    role: str,
) -> None:
    now = datetime.now(UTC)
    selection: dict[Field, tuple[str, ...]] = {}
    typed, wanted, refused = [words], dict[Field, str](), dict[Field, str]()
    for field, number in chosen.items():
        value = PICKS[field][number % 2]
        if number < 4 or field is Field.UPDATED:
            selection[field] = (value,)
            wanted[field] = meant(field, value)
        else:
            minus = "-" if number > 5 else ""
            typed.append(f'{minus}{field}:"{value}"')
            (refused if minus else wanted)[field] = meant(field, value)

    def passes(made: Made, ignoring: Field | None = None) -> bool:
        return all(
            value in values(made, field) for field, value in wanted.items() if field != ignoring
        ) and not any(
            value in values(made, field) for field, value in refused.items() if field != ignoring
        )

    def holds(made: Made) -> bool:
        asked = [word for word in words.split() if not word.startswith("-")]
        return set(asked) <= set(made.words) and not (words == "-golp" and "golp" in made.words)

    async with fresh(connection) as library:
        world = await populate(library)
        made_by_id = {await write(library, world, made, now): made for made in library_of}
        await library.refresh()
        answer = await library.search(
            " ".join(typed),
            principals(world)[role],
            selection=selection,
            match=Match.ALL,
            limit=100,
        )

    visible = {key: made for key, made in made_by_id.items() if sees(role, made) and holds(made)}
    assert set(ids(answer)) == {key for key, made in visible.items() if passes(made)}
    assert answer.total == len(answer.hits)
    for field in Field:
        matching = [made for made in visible.values() if passes(made, ignoring=field)]
        assert folded(shown(answer, field), field, matching) == counted(matching, field), field


async def test_a_selected_value_without_a_match_is_shown_with_0(library: Library) -> None:
    await library.material("backup", universe_name="Bare Metal", tags=["red"])

    answer = await library.search("backup", selection={Field.UNIVERSE: ("Public Cloud",)})

    assert (answer.hits, answer.total) == ((), 0)
    [facet] = [each for each in answer.facets if each.field is Field.UNIVERSE]
    assert [(value.label.casefold(), value.count, value.selected) for value in facet.values] == [
        ("bare metal", 1, False),
        ("public cloud", 0, True),
    ]
    assert counts(answer, Field.TAG) == {}


async def test_a_selected_span_is_marked_and_kept_at_0(library: Library) -> None:
    await library.material("backup", updated_at=datetime.now(UTC) - timedelta(days=20))

    answer = await library.search("backup", selection={Field.UPDATED: ("7d",)})

    assert answer.total == 0
    [facet] = [each for each in answer.facets if each.field is Field.UPDATED]
    assert [(value.value, value.count, value.selected) for value in facet.values] == [
        ("7d", 0, True), ("30d", 1, False), ("90d", 1, False), ("365d", 1, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Field.PERSONA, "Nobody"),
        (Field.PERSONA, "999999999"),
        (Field.PERSONA, "9" * 250),
        (Field.SEGMENT, "²"),
        (Field.OWNER, "\ud800\0"),
        (Field.STATUS, "printed"),
        (Field.TYPE, "brochure"),
        (Field.AUDIENCE, "everyone"),
        (Field.UPDATED, "last week"),
        (Field.UNIVERSE, "Pubic Cloud"),
        (Field.TAG, "unheard of"),
    ],
)
async def test_an_unknown_value_finds_nothing_and_says_so(
    library: Library, field: Field, value: str
) -> None:
    await library.material("backup")

    answer = await library.search("backup", selection={field: (value,)})

    assert (answer.hits, answer.total) == ((), 0)
    assert codes(answer) == ["unknown_value"]


async def test_a_value_with_a_slip_is_told_with_what_was_meant(library: Library) -> None:
    await library.persona("CISO")
    await library.material("backup", universe_name="Public Cloud")

    answer = await library.search('backup persona:cso universe:"pubic cloud"')

    assert [warning.message for warning in answer.warnings] == [
        "Nothing is called 'cso' in persona; did you mean “CISO”?",
        "Nothing is called 'pubic cloud' in universe; did you mean “Public Cloud”?",
    ]


async def test_an_unknown_value_beside_a_known_one_changes_nothing(library: Library) -> None:
    cto = await library.persona("CTO")
    found = await library.material("backup", facts=Facts(persona_ids=(cto,)))
    await library.material("backup")

    answer = await library.search("backup persona:Nobody,cto")

    assert ids(answer) == [found]
    assert codes(answer) == ["unknown_value"]


@pytest.mark.parametrize("value", ["{id}", "000{id}", "cto", "CTO"])
async def test_a_persona_goes_by_name_or_number(library: Library, value: str) -> None:
    cto = await library.persona("CTO")
    found = await library.material("backup", facts=Facts(persona_ids=(cto,)))
    await library.material("backup")

    answer = await library.search("backup", selection={Field.PERSONA: (value.format(id=cto),)})

    assert ids(answer) == [found]


async def test_a_persona_may_be_named_like_a_number(library: Library) -> None:
    named = await library.persona("365")
    found = await library.material("backup", facts=Facts(persona_ids=(named,)))

    assert await library.found("persona:365") == [found]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("updated:>2026-01-01", {"may", "june"}),
        ("updated:2026-05", {"may"}),
        ("updated:..2025", {"old"}),
        ("updated:2026-05..2026-06", {"may", "june"}),
        ("updated:>2026-05 updated:<2026-01", set()),
    ],
)
async def test_dates_in_the_text_narrow(library: Library, asked: str, found: set[str]) -> None:
    moments = {
        "old": datetime(2025, 12, 31, 23, 59, tzinfo=UTC),
        "may": datetime(2026, 5, 1, tzinfo=UTC),
        "june": datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC),
        "never": None,
    }
    names = {
        await library.material("backup", updated_at=moment): name
        for name, moment in moments.items()
    }

    assert {names[key] for key in await library.found(asked)} == found


async def test_partial_matches_are_counted_where_there_is_no_full_one(library: Library) -> None:
    await library.material("backup", universe_name="Bare Metal")
    await library.material("pricing", universe_name="Bare Metal")
    await library.material("other", universe_name="Bare Metal")
    await library.refresh()

    answer = await library.search("backup pricing")

    assert counts(answer, Field.UNIVERSE) == {"Bare Metal": 2}


async def test_facets_can_be_left_out(library: Library) -> None:
    await library.material("backup")

    assert (await library.search("backup", facets=False)).facets == ()


async def test_the_commonest_values_are_listed_and_the_others_counted(library: Library) -> None:
    await library.material("backup", tags=[f"tag{number}" for number in range(130)])
    await library.material("backup", tags=["tag129"])

    answer = await library.search("backup")
    [tags] = [facet for facet in answer.facets if facet.field is Field.TAG]
    [types] = [facet for facet in answer.facets if facet.field is Field.TYPE]

    assert (len(tags.values), tags.more) == (100, 30)
    assert (tags.values[0].value, tags.values[0].count) == ("tag129", 2)
    assert types.more == 0
