from extractors.pdf.titles import Line, page_title


def test_the_tallest_line_of_the_upper_half_is_the_title() -> None:
    lines = [
        Line("Internal", 8, 780),
        Line("Cloud Platform", 24, 740),
        Line("Body one", 10, 700),
        Line("Body two", 10, 400),
        Line("99 %", 60, 100),
    ]
    assert page_title(lines) == "Cloud Platform"


def test_following_lines_of_the_same_height_belong_to_the_title() -> None:
    lines = [Line("One", 20, 700), Line("Two", 20, 676), Line("body", 10, 600), Line("b", 10, 90)]
    assert page_title([*lines, Line("end", 10, 50)]) == "One Two"


def test_where_nothing_stands_out_a_short_first_line_is_the_title() -> None:
    assert page_title([Line("Terms", 10, 700), Line("text", 10, 680)]) == "Terms"
    assert page_title([Line("long " * 40, 10, 700), Line("text", 10, 680)]) is None


def test_lines_without_letters_are_no_title() -> None:
    assert page_title([Line("42", 30, 700), Line("Answers", 10, 650)]) == "Answers"
    assert page_title([Line("42", 30, 700)]) is None
    assert page_title([]) is None
