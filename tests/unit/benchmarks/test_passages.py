"""What latency is measured on: the same passages, materials and queries each time."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.library import LAYOUT
from benchmarks.overhttp import prefixes
from benchmarks.passages import Asked, as_asked, documents, lines_of, queries_of
from benchmarks.peers import words_of
from benchmarks.prepared import Source, kept
from search_service.search.tree import Field


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "passages.jsonl.gz"
    lines = [["s", f"group {n // 3}", f"title {n}", f"one two three {n}"] for n in range(6)]
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    return path


def test_a_source_is_read_as_far_as_is_asked_for(source: Path) -> None:
    assert [line[2] for line in lines_of(source, 4)] == ["title 0", "title 1", "title 2", "title 3"]


def test_a_source_that_is_too_short_is_expanded_the_same_way_each_time(source: Path) -> None:
    lines = list(lines_of(source, 50))

    assert len(lines) == 50
    assert lines == list(lines_of(source, 50))
    assert {word for line in lines for word in line[3].split()} <= {
        *"012345",
        "one",
        "two",
        "three",
    }


def test_materials_are_neighbours_of_one_group(source: Path) -> None:
    written = list(documents(lines_of(source, 6), [7, 8], [9]))

    assert [len(document.pages) for document in written] == [3, 3]
    assert [page.page_number for page in written[0].pages] == [1, 2, 3]
    assert all(document.universe and document.product for document in written)
    assert all({*document.persona_ids} <= {7, 8} for document in written)


def test_a_prefix_is_asked_with_a_star_and_nothing_else_is() -> None:
    asked = as_asked([("prefix", "step con"), ("pair", "cloud server")])

    assert [each.text for each in asked if each.query_class != "filtered"] == [
        "step con*",
        "cloud server",
    ]


def test_every_fourth_query_is_asked_again_within_two_filters() -> None:
    asked = as_asked([("pair", f"word{number}") for number in range(40)])
    filtered = [each for each in asked if each.query_class == "filtered"]

    assert [each.text for each in filtered] == [f"word{number}" for number in range(0, 40, 4)]
    assert all(len(each.selection) == 2 for each in filtered)
    used = Counter(field for each in filtered for field in each.selection)
    assert used == {Field.UNIVERSE: 10, Field.PERSONA: 5, Field.TYPE: 5}


def test_a_query_goes_into_a_url_with_what_is_chosen() -> None:
    asked = Asked("filtered", "a b*", {Field.UNIVERSE: ("Hosting & Collaboration",)})

    assert asked.path == "/api/v1/search?q=a+b%2A&universe=Hosting+%26+Collaboration"


def test_generated_queries_are_of_every_class() -> None:
    assert {each.query_class for each in queries_of(None)} == {
        *("common1", "pair", "multi", "rare", "nl", "prefix", "phrase", "zero", "filtered")
    }


def test_other_engines_are_asked_words_without_operators() -> None:
    assert words_of('NEAR("Wi-Fi" OR x*) -y d594ee0_ad36') == [
        *("near", "wi", "fi", "or", "x", "y", "d594ee0", "ad36")
    ]


def test_what_is_typed_grows_letter_by_letter_to_eight() -> None:
    assert prefixes([Asked("rare", "configuration")]) == [
        "configuration"[:length] for length in range(1, 9)
    ]


def test_an_empty_folder_is_to_be_filled(tmp_path: Path) -> None:
    assert kept(tmp_path / "new", Source(None, 10)) is None
    assert (tmp_path / "new").is_dir()


def test_a_finished_library_of_the_same_passages_is_used_again(tmp_path: Path) -> None:
    facts = {"source": "generated", "passages": 10, "layout": LAYOUT, "built": {}}
    (tmp_path / "library.json").write_text(json.dumps(facts))

    assert kept(tmp_path, Source(None, 10)) == facts
    with pytest.raises(SystemExit, match="holds 10 passages of generated"):
        kept(tmp_path, Source(None, 20))
    (tmp_path / "library.json").write_text(json.dumps({**facts, "layout": LAYOUT - 1}))
    with pytest.raises(SystemExit, match=f"not {LAYOUT}"):
        kept(tmp_path, Source(None, 10))


def test_a_folder_without_a_finished_library_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "postgres-18").mkdir()

    with pytest.raises(SystemExit, match="no finished library"):
        kept(tmp_path, Source(None, 10))
    assert [path.name for path in tmp_path.iterdir()] == ["postgres-18"]
