"""Synonyms, from the moment in which they are kept."""

from typing import Any

import pytest

from search_service.accounts.caller import Caller
from search_service.db.enums import Role
from search_service.errors import ForbiddenError, InvalidInputError, NotFoundError
from search_service.insights import synonyms
from search_service.insights.gate import Attempt
from search_service.search.answer import Expansion
from tests.database import QueryCounter
from tests.integration.insights.tuning import Tuner
from tests.integration.search.library import FRENCH, ids

pytestmark = pytest.mark.anyio


async def test_a_synonym_works_at_the_next_search(tuner: Tuner) -> None:
    short = await tuner.library.material("Our DR offer")
    long = await tuner.library.material("Disaster recovery in two regions")
    apart = await tuner.library.material("Recovery of data after a disaster")
    assert await tuner.found("dr") == [short]

    made = (await tuner.synonym("dr", "disaster recovery", two_way=True)).result

    assert set(await tuner.found("dr")) == {short, long}
    assert set(await tuner.found("disaster recovery")) == {short, long, apart}
    assert set(await tuner.found('"disaster recovery"')) == {short, long}
    answer = await tuner.search("dr")
    assert answer.expanded == (Expansion("dr", ("disaster recovery",)),)
    assert answer.total == 2
    assert not answer.partial

    await synonyms.remove(tuner.library.connection, Attempt(tuner.caller), made.id)
    assert await tuner.found("dr") == [short]


async def test_a_one_way_synonym_leads_one_way(tuner: Tuner) -> None:
    narrow = await tuner.library.material("Kubernetes on bare metal")
    wide = await tuner.library.material("Containers for everybody")
    await tuner.synonym("containers", "kubernetes")

    assert set(await tuner.found("containers")) == {narrow, wide}
    assert await tuner.found("kubernetes") == [narrow]


async def test_a_synonym_of_several_words_is_not_demanded_at_their_stop_words(
    tuner: Tuner,
) -> None:
    long = await tuner.library.material("Software as a service for banks")
    short = await tuner.library.material("SaaS for banks")
    await tuner.library.refresh()
    await tuner.synonym("software as a service", "saas", two_way=True)

    answer = await tuner.search("software as a service banks")
    assert set(ids(answer)) == {long, short}
    assert answer.total == 2
    assert all(hit.full for hit in answer.hits)
    assert set(await tuner.found("saas banks")) == {long, short}


async def test_a_stop_word_may_have_a_meaning(tuner: Tuner) -> None:
    meant = await tuner.library.material("Information technology for hospitals")
    other = await tuner.library.material("Hospitals love it")
    await tuner.library.refresh()
    assert set(await tuner.found("IT hospitals")) == {meant, other}

    await tuner.synonym("IT", "information technology")
    answer = await tuner.search("IT hospitals")
    assert [hit.material_id for hit in answer.hits if hit.full] == [meant]


async def test_a_synonym_with_a_language_counts_in_its_passages(tuner: Tuner) -> None:
    french = await tuner.library.material("Le PRA de la banque", facts=FRENCH)
    english = await tuner.library.material("The PRA of the bank")
    typed = await tuner.library.material("DR of the bank")
    await tuner.library.refresh()
    await tuner.synonym("dr", "pra", language="fr")

    assert set(await tuner.found("dr")) == {french, typed}
    assert english in await tuner.found("pra")


async def test_a_word_with_a_synonym_is_not_corrected(tuner: Tuner) -> None:
    store = await tuner.library.material("An online store")
    near = await tuner.library.material("A webshot of the page")
    await tuner.library.refresh()
    assert (await tuner.search("webshop")).corrected

    await tuner.synonym("webshop", "online store")
    answer = await tuner.search("webshop")
    assert (ids(answer), answer.corrected) == ([store], ())
    assert near not in ids(answer)


async def test_a_corrected_word_has_its_synonyms(tuner: Tuner) -> None:
    typed = await tuner.library.material("Kubernetes")
    meant = await tuner.library.material("K8s")
    await tuner.library.refresh()
    await tuner.synonym("kubernetes", "k8s")

    answer = await tuner.search("kubarnetes")
    assert set(ids(answer)) == {typed, meant}
    assert answer.expanded == (Expansion("kubernetes", ("k8s",)),)


async def test_filters_and_exclusions_are_not_expanded(tuner: Tuner) -> None:
    kept = await tuner.library.material("Backup and disaster recovery", tags=["cloud"])
    gone = await tuner.library.material("Backup and DR", tags=["dr"])
    await tuner.synonym("dr", "disaster recovery", two_way=True)

    assert await tuner.found("backup -dr") == [kept]
    assert await tuner.found("backup tag:dr") == [gone]


async def test_a_synonym_is_named_in_the_explanation_and_not_missed(tuner: Tuner) -> None:
    await tuner.library.material("Disaster recovery")
    await tuner.library.refresh()
    await tuner.synonym("dr", "disaster recovery", "continuity")

    [hit] = (await tuner.search("dr pricing", explain=True)).hits
    assert all("a synonym of “dr”" in part.words for part in hit.explanation if part.name == "word")
    assert sum(part.value for part in hit.explanation) == pytest.approx(hit.score)
    assert hit.missing == ("pricing",)
    await tuner.library.material("Pricing of tape")
    missed = (await tuner.search("pricing dr")).hits
    assert {hit.missing for hit in missed} == {("pricing",), ("dr",)}


async def test_a_synonym_weighs_once_though_it_stands_in_several_concepts(tuner: Tuner) -> None:
    short = await tuner.library.material("DR")
    for _ in range(3):
        await tuner.library.material("Disaster recovery")
    await tuner.library.refresh()
    [alone] = (await tuner.search("dr")).hits
    await tuner.synonym("disaster recovery", "dr")

    scores = {hit.material_id: hit.score for hit in (await tuner.search("disaster recovery")).hits}
    assert scores[short] == pytest.approx(alone.score)
    typed_too = {
        hit.material_id: hit.score for hit in (await tuner.search("dr disaster recovery")).hits
    }
    assert typed_too[short] == pytest.approx(alone.score)


async def test_only_entries_of_the_query_are_loaded_by_one_statement(
    tuner: Tuner, query_counter: QueryCounter
) -> None:
    await tuner.library.material("Something")
    await tuner.synonym("dr", "disaster recovery")
    query_counter.reset()
    await tuner.search("some words")
    asked = [each for each in query_counter.statements if "targets, two_way" in each]
    assert len(asked) == 1
    query_counter.reset()
    await tuner.search("")
    await tuner.search("tag:x so*")
    assert [each for each in query_counter.statements if "targets, two_way" in each] == []


async def test_an_entry_is_made_read_changed_and_removed(tuner: Tuner) -> None:
    connection, attempt = tuner.library.connection, Attempt(tuner.caller)
    made = (await tuner.synonym(" K8s ", "kubernetes", " Kubernetes ")).result
    assert (made.source, made.targets, made.two_way) == ("K8s", ("kubernetes",), False)

    changed = (await synonyms.change(connection, attempt, made.id, {"two_way": True})).result
    assert (changed.source, changed.two_way) == ("K8s", True)
    principal = tuner.caller.principal
    assert await synonyms.get(connection, principal, made.id) == changed
    other = (await tuner.synonym("dr", "disaster recovery")).result
    assert await synonyms.find(connection, principal, 10) == [changed, other]
    assert await synonyms.find(connection, principal, 10, made.id) == [other]

    await synonyms.remove(connection, attempt, made.id)
    with pytest.raises(NotFoundError):
        await synonyms.get(connection, principal, made.id)
    entries = await tuner.audited()
    assert [entry["action"] for entry in entries] == [
        "synonym.create", "synonym.update", "synonym.create", "synonym.delete",
    ]  # fmt: skip
    assert entries[1]["before"]["two_way"] is False
    assert entries[1]["after"]["two_way"] is True
    assert entries[3]["before"]["from"] == "K8s"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"from": "…", "to": ["x"]}, "from"),
        ({"from": "one two three four five six", "to": ["x"]}, "from"),
        ({"from": "x", "to": []}, "to"),
        ({"from": "x", "to": [" "]}, "to"),
        ({"from": "x", "to": ["y", "X"]}, "to"),
        ({"from": "x", "to": ["y"], "language": "xx"}, "language"),
    ],
)
async def test_what_is_no_synonym_is_refused(
    tuner: Tuner, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        await synonyms.create(tuner.library.connection, Attempt(tuner.caller), given)
    assert field in {caught.value.details.get("field"), *caught.value.details.get("errors", ())}


async def test_sales_neither_read_nor_write(tuner: Tuner) -> None:
    connection = tuner.library.connection
    rep = Caller(await tuner.library.person(Role.SALES))
    made = (await tuner.synonym("dr", "disaster recovery")).result
    for refused in (
        synonyms.find(connection, rep.principal, 10),
        synonyms.get(connection, rep.principal, made.id),
        synonyms.create(connection, Attempt(rep), {"from": "a", "to": ["b"]}),
        synonyms.change(connection, Attempt(rep), made.id, {"two_way": True}),
        synonyms.remove(connection, Attempt(rep), made.id),
    ):
        with pytest.raises(ForbiddenError):
            await refused


async def test_a_synonym_of_several_words_narrows_no_partial_match(tuner: Tuner) -> None:
    partial = await tuner.library.material("Pricing of tape")
    await tuner.library.refresh()
    assert await tuner.found("dr pricing") == [partial]

    await tuner.synonym("dr", "disaster recovery")
    assert await tuner.found("dr pricing") == [partial]
    assert await tuner.found('"dr plan" pricing') == []
