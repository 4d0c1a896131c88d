import unicodedata
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search_service.search.query import (
    MAX_CHARACTERS,
    MAX_CONCEPTS,
    MAX_VALUES,
    DateFilter,
    Field,
    Phrase,
    Query,
    Word,
    parse,
)


def shape(query: Query) -> list[str]:
    """Concepts as short text: `a`, `a*`, `"a b"`, alternatives joined by `|`."""
    return ["|".join(map(short, concept.alternatives)) for concept in query.concepts]


def short(term: Word | Phrase) -> str:
    if isinstance(term, Phrase):
        return f'"{" ".join(term.words)}"'
    return term.text + "*" * term.prefix


def filters(query: Query) -> list[tuple[str, ...]]:
    return [("-" * each.excluded + each.field, *each.values) for each in query.filters]


def codes(query: Query) -> list[str]:
    return [warning.code for warning in query.warnings]


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("", []),
        ("zero trust", ["zero", "trust"]),
        ("backup Backup backup", ["backup", "Backup", "backup"]),
        ("TCP/IP and_more", ["TCP", "IP", "and", "more"]),
        ('"incident response" plan', ['"incident response"', "plan"]),
        (
            "“curly one” «french two» „german three“",
            ['"curly one"', '"french two"', '"german three"'],
        ),
        ("backup* res*", ["backup*", "res*"]),
        ("tcp/ip*", ["tcp", "ip*"]),
        ("zero-trust X-200 l’équipe", ["zero-trust", "X", "200", "l'équipe"]),
        ("R&D C++ C# 99.9% (maybe)", ["R&D", "C++", "C#", "99.9", "maybe"]),
        ("Acme™ ﬁnance", ["Acme", "finance"]),
        ("what? really, yes!", ["what", "really", "yes"]),
        ("a - b & – c", ["a", "b", "c"]),
        ("--force", ["force"]),
        ("10:30 https://acme.example/a", ["10:30", "https://acme.example", "a"]),
        ("C:\\temp", ["C", "temp"]),
        ('24" monitor', ["24", "monitor"]),
        ("Note: this", ["Note", "this"]),
        ("foo*bar", ["foo", "bar"]),
        ("a AND b", ["a", "b"]),
    ],
)
def test_words_phrases_and_prefixes(text: str, concepts: list[str]) -> None:
    query = parse(text)
    assert shape(query) == concepts
    assert not query.warnings
    assert not query.excluded


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("a OR b", ["a|b"]),
        ("a OR b OR c d", ["a|b|c", "d"]),
        ("x a OR b", ["x", "a|b"]),
        ('"a b" OR cc*', ['"a b"|cc*']),
        ("TCP/IP OR UDP", ['"TCP IP"|UDP']),
        ("UDP OR TCP/IP", ['UDP|"TCP IP"']),
        ("a or b", ["a", "or", "b"]),
        ("(a OR b) c", ["a|b", "c"]),
    ],
)
def test_or_joins_its_neighbours(text: str, concepts: list[str]) -> None:
    query = parse(text)
    assert shape(query) == concepts
    assert not query.warnings


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("OR", []),
        ("OR a", ["a"]),
        ("a OR", ["a"]),
        ("a OR OR b", ["a|b"]),
        ("a OR -b", ["a"]),
        ("-a OR b", ["b"]),
        ("a OR type:b c", ["a", "c"]),
        ("type:b OR c", ["c"]),
        ("type:a OR tag:b", []),
    ],
)
def test_an_or_with_nothing_to_join_is_left_out(text: str, concepts: list[str]) -> None:
    query = parse(text)
    assert shape(query) == concepts
    assert codes(query) == ["or_ignored"]


def test_a_not_excludes_a_value_and_nothing_where_nothing_follows() -> None:
    excluding = parse("new NOT tag:red")
    assert [(each.field, each.values, each.excluded) for each in excluding.filters] == [
        (Field.TAG, ("red",), True)
    ]
    for nothing in ("new NOT", "new NOT !!!", "new NOT -"):
        assert codes(parse(nothing)) == ["not_ignored"]
        assert shape(parse(nothing)) == ["new"]
    assert codes(parse("new NOT OR old")) == ["not_ignored"]
    assert shape(parse("new NOT OR old")) == ["new|old"]
    assert codes(parse("new NOT (old worn)")) == ["grouping_ignored"]
    assert shape(parse("do not enter")) == ["do", "not", "enter"]


@pytest.mark.parametrize("text", ["!!!", "🙂", "( )", "--", ":"])
def test_a_text_without_a_word_says_so(text: str) -> None:
    assert codes(parse(text)) == ["no_words"]
    assert not codes(parse("  "))


@pytest.mark.parametrize(
    ("text", "excluded"),
    [
        ("-old", ["old"]),
        ('-"free trial"', ['"free trial"']),
        ("-back*", ["back*"]),
        ("-TCP/IP", ['"TCP IP"']),
        ("-foo:bar", ['"foo bar"']),
        ("NOT old", ["old"]),
        ('AND NOT "free trial"', ['"free trial"']),
        ("NOT -old", ["old"]),
        ("(NOT old)", ["old"]),
        ("NOT AND old", ["old"]),
        ("-NOT", ["NOT"]),
    ],
)
def test_a_minus_or_a_not_excludes(text: str, excluded: list[str]) -> None:
    query = parse(f"new {text}")
    assert [short(term) for term in query.excluded] == excluded
    assert shape(query) == ["new"]
    assert query.words == ("new",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("persona:cto", [("persona", "cto")]),
        ("PERSONA:CTO", [("persona", "CTO")]),
        ('persona:"Chief  Technology Officer"', [("persona", "Chief Technology Officer")]),
        ("type:datasheet,brief", [("type", "datasheet", "brief")]),
        ('type:"a b",c,"d"', [("type", "a b", "c", "d")]),
        ("type:a tag:x type:b", [("type", "a", "b"), ("tag", "x")]),
        ("type:a OR type:b", [("type", "a", "b")]),
        ("type:a type:A,a", [("type", "a")]),
        ("-tag:old tag:new", [("-tag", "old"), ("tag", "new")]),
        ("lang:de products:x_y/z", [("language", "de"), ("product", "x_y/z")]),
        ("(type:a)", [("type", "a")]),
        ("product:Box(2)", [("product", "Box(2)")]),
        ("owner:jo@acme.example", [("owner", "jo@acme.example")]),
    ],
)
def test_fields_filter(text: str, found: list[tuple[str, ...]]) -> None:
    query = parse(text)
    assert filters(query) == found
    assert not query.warnings
    assert not query.concepts


def test_every_field_is_understood() -> None:
    for field in Field:
        query = parse(f"{field}:2026")
        assert (query.filters and query.filters[0].field) == (
            () if field is Field.UPDATED else field
        )
        assert not query.is_empty
        assert not query.warnings


def test_dates_narrow_each_other() -> None:
    query = parse("updated:>2026-01-01 updated:<=2026-03")
    assert query.updated == DateFilter(date(2026, 1, 2), date(2026, 3, 31))
    assert not query.filters


@pytest.mark.parametrize(
    ("text", "code", "concepts"),
    [
        ('plan "incident response', "unclosed_quote", ["plan", '"incident response"']),
        ('plan "', "unclosed_quote", ["plan"]),
        ('tag:"x y', "unclosed_quote", []),
        ('plan ""', "empty_phrase", ["plan"]),
        ("a*", "prefix_too_short", ["a"]),
        ("tag: old", "empty_field", ["tag", "old"]),
        ("-tag: old", "empty_field", ["old"]),
        ('tag:"",', "empty_field", []),
        ("foo:bar", "unknown_field", ["foo", "bar"]),
        ('foo:"bar baz"', "unknown_field", ["foo", '"bar baz"']),
        ("updated:soon", "bad_date", []),
        ("updated:2026,2027", "bad_date", []),
        ("-updated:2026", "bad_date", []),
        ("(a b) OR c", "grouping_ignored", ["a", "b|c"]),
        ("-(a b)", "grouping_ignored", ["b"]),
    ],
)
def test_malformed_input_degrades_with_a_warning(text: str, code: str, concepts: list[str]) -> None:
    query = parse(text)
    assert codes(query) == [code]
    assert shape(query) == concepts
    assert query.updated is None


def test_an_unknown_field_names_the_nearest_one() -> None:
    (warning,) = parse("perona:cto").warnings
    assert "Did you mean persona:?" in warning.message
    (warning,) = parse("zzz:cto").warnings
    assert "Did you mean" not in warning.message


def test_a_filter_after_a_bad_one_still_counts() -> None:
    query = parse("a OR updated:bad b")
    assert shape(query) == ["a", "b"]
    assert codes(query) == ["bad_date", "or_ignored"]


def test_long_queries_are_cut_at_a_word() -> None:
    query = parse("words " * MAX_CHARACTERS)
    assert query.text == " ".join(["words"] * ((MAX_CHARACTERS + 1) // 6))
    assert "query_cut" in codes(query)
    assert parse("x" * 2 * MAX_CHARACTERS).text == "x" * MAX_CHARACTERS
    assert not parse("x" * MAX_CHARACTERS).warnings
    almost = "x" * (MAX_CHARACTERS - 1)
    assert parse(f"{almost} yy").text == almost


def test_words_and_values_are_bounded() -> None:
    query = parse("w " * (MAX_CONCEPTS + 9))
    assert len(query.concepts) == MAX_CONCEPTS
    assert codes(query) == ["too_many_words"]
    query = parse(" OR ".join("w" * (MAX_CONCEPTS + 9)))
    assert len(query.concepts[0].alternatives) == MAX_CONCEPTS
    query = parse("-w " * (MAX_CONCEPTS + 9))
    assert len(query.excluded) == MAX_CONCEPTS
    query = parse("tag:" + ",".join(map(str, range(70))))
    assert len(query.filters[0].values) == MAX_VALUES
    assert codes(query) == ["too_many_values"]


def test_values_over_the_limit_make_no_empty_filter() -> None:
    query = parse("tag:" + ",".join(map(str, range(64))) + " type:x")
    assert filters(query)[0][0] == "tag"
    assert len(query.filters) == 1


def test_scored_words_hold_phrases_but_no_prefixes() -> None:
    assert parse('a "b c" OR d back* -e tag:f').words == ("a", "b", "c", "d")


@pytest.mark.parametrize(
    ("text", "empty"), [("", True), (" ?! ", True), ("a", False), ("-a", False), ("tag:a", False)]
)
def test_emptiness(text: str, *, empty: bool) -> None:
    assert parse(text).is_empty is empty


syntax = st.lists(
    st.sampled_from(
        ["a", "bb", "OR", "AND", "-", '"', "*", ":", ",", "(", ")", " ", "tag:", "updated:", "foo:",
         ">", "2026", "..", "«", "”", "/", "\\", "\x00", "\ud800", "é", "™", "<", "_", "\n"]
    ),
    max_size=60,
).map("".join)  # fmt: skip


@given(st.one_of(syntax, st.text(st.characters(exclude_categories=()), max_size=500)))
@example('-"')
@example('tag:"",""')
@example("-OR OR -")
def test_any_text_gives_a_tree_that_a_database_can_take(text: str) -> None:
    query = parse(text)
    assert len(query.text) <= MAX_CHARACTERS
    assert len(query.concepts) <= MAX_CONCEPTS
    terms = [term for concept in query.concepts for term in concept.alternatives]
    words = [
        word
        for term in (*terms, *query.excluded)
        for word in (term.words if isinstance(term, Phrase) else (term.text,))
    ]
    values = [value for each in query.filters for value in each.values]
    assert all(concept.alternatives for concept in query.concepts)
    assert all(each.values and each.field is not Field.UPDATED for each in query.filters)
    assert all(any(map(str.isalnum, word)) and len(word.split()) == 1 for word in words)
    assert all(values)
    for stored in (query.text, *words, *values):
        assert not {unicodedata.category(character) for character in stored} & {"Cc", "Cs"}
    assert len({warning.code + warning.message for warning in query.warnings}) == len(
        query.warnings
    )
    assert hash(query) == hash(parse(text))


@given(st.lists(st.sampled_from(["plan", "backup", "zero-trust", "NIS2"]), max_size=12))
def test_plain_words_come_back_in_order(words: list[str]) -> None:
    assert parse(" ".join(words)).words == tuple(words)
