"""The light markup of the content files."""

import pytest

from search_service.cli.demo_library.markup import (
    ContentError,
    parse_blocks,
    parse_bullets,
    parse_chart,
    parse_rows,
)
from search_service.cli.demo_library.model import (
    BulletItem,
    Bullets,
    Callout,
    Chart,
    Heading,
    Paragraph,
    Table,
)


def test_each_mark_opens_its_kind_of_block() -> None:
    text = """
    ## Price
    First sentence.
    - one
    - two
    > take this
    > home
    | Plan | Euros |
    | Pro | 5 |
    """
    assert parse_blocks(text) == (
        Heading("Price"),
        Paragraph("First sentence."),
        Bullets((BulletItem("one", 0), BulletItem("two", 0))),
        Callout("take this home"),
        Table((("Plan", "Euros"), ("Pro", "5"))),
    )


def test_rows_after_a_chart_mark_become_a_chart_and_later_rows_a_table_again() -> None:
    text = """
    !chart column
    | Year | Sales |
    | 2025 | 12.5 |

    | Year | Note |
    | 2025 | fine |
    """
    assert parse_blocks(text) == (
        Chart("column", ("2025",), (("Sales", (12.5,)),)),
        Table((("Year", "Note"), ("2025", "fine"))),
    )


def test_an_empty_cell_is_kept() -> None:
    assert parse_rows(" | Free\nPrice | 0") == (("", "Free"), ("Price", "0"))


def test_a_dash_opens_a_deeper_bullet() -> None:
    assert parse_bullets("top\n- below") == (BulletItem("top", 0), BulletItem("below", 1))


def test_rows_of_different_length_are_refused() -> None:
    with pytest.raises(ContentError, match="differ in length"):
        parse_rows("a | b\nc")


@pytest.mark.parametrize(
    ("style", "text", "reason"),
    [("radar", "Year | Sales\n2025 | 1", "unknown"), ("bar", "Year | Sales\n2025 | many", "many")],
)
def test_a_chart_that_cannot_be_drawn_is_refused(style: str, text: str, reason: str) -> None:
    with pytest.raises(ContentError, match=reason):
        parse_chart(style, text)
