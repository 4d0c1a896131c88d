from dataclasses import replace

import pytest
from msgspec.structs import replace as changed

from search_service.accounts.policy import LOCAL_ADMINISTRATOR
from search_service.insights.entries import Channel, SearchEntry, as_row, normalised
from search_service.search.query import parse
from search_service.search.request import SearchRequest
from search_service.search.tree import Field
from tests.unit.web.samples import ANSWER, HIT


def entry(text: str = "", **selection: tuple[str, ...]) -> SearchEntry:
    request = SearchRequest(text, {Field(name): values for name, values in selection.items()})
    return SearchEntry.of(LOCAL_ADMINISTRATOR, Channel.WEB, request, ANSWER)


@pytest.mark.parametrize(
    ("typed", "one_spelling"),
    [
        ("  GDPR,   Backup ", "gdpr backup"),
        ("“Disaster Recovery” -training", '"disaster recovery" -training'),
        ("VMware OR proxmox migr*", "vmware OR proxmox migr*"),
        ("price persona:cto -tag:old", "price"),
        ("persona:cto", ""),
    ],
)
def test_the_same_question_has_one_spelling(typed: str, one_spelling: str) -> None:
    assert normalised(parse(typed)) == one_spelling


def test_filters_are_those_typed_and_those_chosen() -> None:
    row = as_row(
        entry("price persona:cto -tag:old", persona=("3",), product=("Vault",)), with_text=True
    )
    assert row["filters"] == {"persona": ["3", "cto"], "product": ["Vault"]}


def test_without_text_nothing_typed_is_kept() -> None:
    row = as_row(entry("ACME secret product:hidden", persona=("3",)), with_text=False)
    assert row["query"] is row["normalised_query"] is None
    assert row["filters"] == {"persona": ["3"]}


def test_what_no_database_can_store_is_left_out() -> None:
    row = as_row(entry("a\0b\ud800 c", product=("x\0y",)), with_text=True)
    assert row["query"] == "ab c"
    assert row["filters"] == {"product": ["xy"]}


def test_an_entry_is_bounded() -> None:
    hits = tuple(changed(HIT, material_id=number) for number in range(100))
    request = SearchRequest("x" * 9000, {Field.TAG: tuple(f"{n}{'y' * 900}" for n in range(90))})
    made = SearchEntry.of(LOCAL_ADMINISTRATOR, Channel.API, request, changed(ANSWER, hits=hits))
    row = as_row(made, with_text=True)
    assert row["material_ids"] == list(range(20))
    assert len(row["query"]) == 2000
    assert len(row["filters"]["tag"]) == 5
    assert max(map(len, row["filters"]["tag"])) == 200


def test_words_typed_on_or_taken_back_are_one_question() -> None:
    typed = entry("kube")
    assert typed.is_continued_by(entry("kubernetes"))
    assert typed.is_continued_by(entry("ku"))
    assert not typed.is_continued_by(entry("backup"))
    assert not typed.is_continued_by(entry("kubernetes", persona=("3",)))
    assert not typed.is_continued_by(replace(entry("kubernetes"), user_id=7))
