import gzip
import json
from pathlib import Path

import pytest

from benchmarks.extraction import running_lines
from benchmarks.glued import glued_words

PASSAGES = ["along with the goodwill of the board"] * 9 + ["good will, and the reach of ofthe"] * 2


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    path = tmp_path / "passages.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(["id", "name", "title", text]) + "\n" for text in PASSAGES)
    return path


def test_words_that_stand_apart_elsewhere_are_glued(reference: Path) -> None:
    texts = {"a": "Withthe goodwill ofthe board, withthe", "b": "with the board"}
    assert glued_words(texts, reference) == {"a": ["withthe", "ofthe", "withthe"], "b": []}


def test_lines_on_more_than_half_of_the_pages_are_counted_where_they_are_left() -> None:
    pages = [f"ACME  plc {n}\n{n}\nword {word}" for n, word in enumerate("abcd", 1)]
    assert running_lines(pages, pages) == 8
    assert running_lines(pages, ["acme plc 9", "2", "7", "word d"]) == 2
