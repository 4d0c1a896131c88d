import pytest

from search_service.text.proposing import Description, Evidence, matches

CISO = Description(
    "1",
    ("CISO", "Chief Information Security Officer"),
    ("Evidence that arrives late, subcontractor chains, ransomware", "Control over keys, cloud"),
)
CFO = Description("2", ("CFO",), ("Predictable spend, egress charges, currency exposure, cloud",))
BOTH = (CISO, CFO)


def test_a_name_alone_is_enough_and_says_where_it_stands() -> None:
    (found,) = matches(BOTH, {1: "Agenda", 2: "What a CISO asks", 4: "ciso questions"}, "en")
    assert (found.key, found.evidence) == ("1", (Evidence("ciso", (2, 4)),))


def test_words_of_the_description_add_up() -> None:
    pages = {1: "Egress charges are predictable", 3: "Spend and currency exposure fall"}
    (found,) = matches(BOTH, pages, "en")
    assert found.key == "2"
    assert {each.words for each in found.evidence} >= {"egress charges", "currency exposure"}


def test_a_single_word_is_not_enough() -> None:
    assert matches(BOTH, {1: "Ransomware"}, "en") == []


def test_a_word_that_two_descriptions_share_speaks_for_none() -> None:
    pages = {1: "Cloud. Egress charges, currency exposure, predictable spend"}
    (found,) = matches(BOTH, pages, "en")
    assert "cloud" not in {each.words for each in found.evidence}


def test_a_word_counts_once_however_often_it_stands_there() -> None:
    assert matches(BOTH, dict.fromkeys(range(1, 30), "ransomware, ransomware"), "en") == []


def test_a_word_of_a_phrase_that_counted_adds_nothing() -> None:
    (found,) = matches(BOTH, {1: "CFO: egress charges"}, "en")
    assert [each.words for each in found.evidence] == ["cfo", "egress charges"]


def test_the_best_comes_first() -> None:
    found = matches(BOTH, {1: "For the CISO", 2: "For the CFO: egress charges"}, "en")
    assert [each.key for each in found] == ["2", "1"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Chief Information Security Officer", "For the Chief Information Security Officer"),
        ("IT Manager", "What an IT manager asks"),
        ("Gaming & Media", "Customers: Gaming & Media, retail"),
        ("Directeur des systèmes d’information", "le directeur des systèmes d'information"),
        ("5G operator", "Every 5G operator"),
    ],
)
def test_a_name_is_found_whatever_it_is_made_of(name: str, text: str) -> None:
    (found,) = matches([Description("1", (name,))], {3: text}, "en")
    assert found.evidence[0].pages == (3,)


def test_a_name_crosses_no_line_and_is_no_stop_word() -> None:
    chief = Description("1", ("Chief Officer", "IT"))
    assert matches([chief], {1: "It is late, chief\nofficer"}, "en") == []
