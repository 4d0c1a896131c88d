"""Typos as people make them: one in a query, in a word that is long enough, the same each time."""

import pytest
from rapidfuzz.distance import DamerauLevenshtein

from benchmarks.typos import mistyped_queries


def mistyped(text: str, seed: int) -> str:
    return mistyped_queries([{"id": "q", "text": text}], seed)[0]["text"]


@pytest.mark.parametrize("text", ["laptop", "hp laptop 15 inch", "Wi-Fi router", "letter"])
def test_one_edit_changes_one_long_word(text: str) -> None:
    for seed in range(200):
        typed = mistyped(text, seed)

        assert DamerauLevenshtein.distance(text, typed) == 1
        assert [word for word in text.split() if len(word) < 4] == [
            word
            for word, before in zip(typed.split(), text.split(), strict=True)
            if len(before) < 4
        ]


def test_all_four_kinds_occur() -> None:
    lengths = {len(mistyped("laptop", seed)) for seed in range(50)}
    letters = {"".join(sorted(mistyped("laptop", seed))) for seed in range(50)}

    assert lengths == {5, 6, 7}
    assert "aloppt" in letters


@pytest.mark.parametrize("text", ["hp 15", "", "tv", "a4 2000"])
def test_a_query_without_a_long_word_stays(text: str) -> None:
    assert mistyped(text, 1) == text


def test_the_seed_decides() -> None:
    queries = [{"id": str(number), "text": "bluetooth speaker"} for number in range(20)]

    assert mistyped_queries(queries, 1) == mistyped_queries(queries, 1)
    assert mistyped_queries(queries, 1) != mistyped_queries(queries, 2)
    assert [query["id"] for query in mistyped_queries(queries, 1)] == [str(n) for n in range(20)]
