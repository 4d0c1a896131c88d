import pytest

from search_service.search.correction import Candidate, nearest, replaced
from search_service.search.query import parse


def words(typed: str, *published: str) -> list[str]:
    """The near ones of some published words; later ones are published more often."""
    candidates = [Candidate(word, ("en",), place) for place, word in enumerate(published, 1)]
    return [candidate.word for candidate in nearest(typed, candidates)]


@pytest.mark.parametrize(
    ("typed", "published", "near"),
    [
        ("bakcup", ["backup"], ["backup"]),
        ("baakcup", ["backup"], ["backup"]),
        ("bxxkxp", ["backup"], []),
        ("stor", ["store", "storm", "tor"], ["storm", "store", "tor"]),
        ("tsick", ["stick", "tick", "ticks"], ["stick", "tick"]),
        ("clod", ["cold", "cloud", "colds"], ["cloud", "cold"]),
        ("backup", ["backup"], []),
        ("recover", ["recovery", "recovered"], ["recovery", "recovered"]),
    ],
)
def test_near_words_come_by_edits_then_by_how_likely_they_were_meant(
    typed: str, published: list[str], near: list[str]
) -> None:
    assert words(typed, *published) == near


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("bakcup plan", "backup plan"),
        ("bakcups bakcup", "bakcups backup"),
        ('"bakcup plan" x', '"backup plan" x'),
        ("bakcup OR plan -bakcup", "backup OR plan -bakcup"),
        ('bakcup tag:bakcup tag:"a bakcup b"', 'backup tag:bakcup tag:"a bakcup b"'),
        ('bakcup NOT bakcup NOT "a bakcup"', 'backup NOT bakcup NOT "a bakcup"'),
        ("bakcup not bakcup", "backup not backup"),
        ("x:bakcup", "x:backup"),
        ("tcp/bakcup bakcup*", "tcp/backup backup*"),
    ],
)
def test_a_correction_changes_words_and_nothing_else(asked: str, text: str) -> None:
    query = replaced(parse(asked), {"bakcup": "backup"})

    assert query.text == text
    again = parse(text)
    assert (query.concepts, query.excluded, query.filters) == (
        again.concepts, again.excluded, again.filters,
    )  # fmt: skip


def test_without_corrections_a_query_stays() -> None:
    query = parse('a "b c" OR d -e tag:f')
    assert replaced(query, {}) == query
