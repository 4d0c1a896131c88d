import pytest

from search_service.catalog.blocks import BlockKind, BlockUnit
from search_service.catalog.pages import PageRecord
from search_service.index.writer import PageText
from search_service.ingest.segmentation import table_lines, units_of

WORDS = "eight different words are enough for a slide"
TABLE = [["one", "two", "three", "four"], ["five", "six", "seven", "eight"]]


def units(
    title: str = "",
    body: str = "",
    tables: list[list[list[str]]] | None = None,
    *,
    wrapped: bool = False,
) -> list[BlockUnit]:
    page = PageRecord(3, title=title, body=body, tables=tables or [])
    spoken = "\n\n".join(part for part in (body, table_lines(page.tables)) if part)
    text = PageText(3, title, spoken, "", hidden=False)
    return units_of(page, text, wrapped=wrapped)


def kinds(found: list[BlockUnit]) -> list[BlockKind]:
    return [unit.block_type for unit in found]


def test_a_page_is_cut_into_itself_its_tables_its_lists_and_its_paragraphs() -> None:
    items = "Snapshots every hour of the day\nRestore into another region\nKeys held by customers"
    prose = "Backups are encrypted before they leave the host that they were taken on, always."
    found = units("Backup", f"{prose}\n\n{items}", [TABLE, [["lone", "row"]]])
    assert kinds(found) == [
        BlockKind.SLIDE,
        BlockKind.TABLE,
        BlockKind.PARAGRAPHS,
        BlockKind.LIST,
    ]
    assert [unit.name for unit in found] == [
        "Backup",
        "one | two | three | four",
        prose,
        "Snapshots every hour of the day",
    ]
    assert {unit.context for unit in found} == {"Page 3", "Page 3, table 1"}


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Thank you", "Any questions?"),
        ("Agenda", "Introduction\nPrices\nNext steps"),
        ("Prices", "10 20 30 40 50 60 70 80 90 100 110"),
        ("", "© 2026 Altostrate Cloud SAS. Prices exclude VAT and may change. Not contractual.\n7"),
        ("Contact", "sales sales sales sales sales sales sales sales sales"),
    ],
)
def test_what_says_nothing_is_no_block(title: str, body: str) -> None:
    assert units(title, body) == []


def test_legal_lines_and_page_numbers_make_no_difference() -> None:
    plain = units("Prices", WORDS)
    framed = units("Prices", f"{WORDS}\nStrictly confidential – Acme 2026\n12")
    assert [unit.fingerprint for unit in plain] == [unit.fingerprint for unit in framed]


def test_a_page_about_confidentiality_keeps_its_sentences() -> None:
    sentence = " ".join(
        ["Confidential computing keeps data encrypted", *"abcdefghijklmnopqrstuvwx"]
    )
    (found,) = units("Enclaves", sentence)[:1]
    assert sentence in found.content


def test_a_lines_end_in_a_pdf_makes_no_list() -> None:
    prose = "Backups are encrypted before\nthey leave the host that they\nwere taken on, each time"
    assert kinds(units("Backup", prose, wrapped=True)) == [BlockKind.SLIDE, BlockKind.PARAGRAPHS]
    bullets = "\n".join(f"• {line}" for line in prose.split("\n"))
    assert kinds(units("Backup", bullets, wrapped=True)) == [BlockKind.SLIDE, BlockKind.LIST]


def test_the_same_text_twice_on_a_page_is_one_block() -> None:
    found = units("", "", [TABLE, TABLE])
    assert kinds(found) == [BlockKind.SLIDE, BlockKind.TABLE]
    assert kinds(units("", "", [TABLE])) == [BlockKind.SLIDE]


def test_a_table_is_named_by_its_own_words() -> None:
    """Others see the block, and not the slide that it was first met on."""
    (first,) = (unit for unit in units("What we will announce", "", [TABLE])[1:])
    (second,) = (unit for unit in units("Numbers", "", [TABLE])[1:])
    assert (first.fingerprint, first.name) == (second.fingerprint, second.name)


def test_a_table_is_lines_of_its_filled_cells() -> None:
    assert table_lines([[["a", ""], ["", ""]], [["b", "c"]]]) == "a\n\nb | c"
