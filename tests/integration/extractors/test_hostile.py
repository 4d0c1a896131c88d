"""Files made to break a reader: each ends in time as done, partly read or refused, and storable."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from pptx import Presentation

from extractors.limits import Limits
from extractors.storable import cleaned
from extractors.types import Code
from tests.integration.extractors.packages import slide, text_shape, write_deck, write_zip
from tests.integration.extractors.pdfs import shown, stream, write_objects, write_pdf
from tests.integration.extractors.reads import Outcome, read_sandboxed

pytestmark = pytest.mark.anyio

TITLE = slide(text_shape("T", "title"))
CATALOG = "<</Type/Catalog/Pages 2 0 R>>"
FONT = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica"


def self_drawing_form(path: Path) -> Path:
    form = "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>"
    page = "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
    return write_objects(
        path,
        {
            1: CATALOG,
            2: "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 99 99]>>",
            3: page,
            4: stream(b"/X Do"),
            5: stream(b"/X Do", form),
        },
    )


def page_tree_loop(path: Path) -> Path:
    return write_objects(path, {1: CATALOG, 2: "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"})


def outline_loop(path: Path) -> Path:
    return write_objects(
        path,
        {
            1: "<</Type/Catalog/Pages 2 0 R/Outlines 4 0 R>>",
            2: "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 99 99]>>",
            3: "<</Type/Page/Parent 2 0 R>>",
            4: "<</First 5 0 R/Last 5 0 R>>",
            5: "<</Title(again)/Parent 4 0 R/First 5 0 R/Next 5 0 R>>",
        },
    )


def lying_count(path: Path) -> Path:
    pages = "<</Type/Pages/Kids[3 0 R]/Count 2147483647/MediaBox[0 0 99 99]>>"
    return write_objects(path, {1: CATALOG, 2: pages, 3: "<</Type/Page/Parent 2 0 R>>"})


def text_no_database_stores(path: Path) -> Path:
    codes = b"3 beginbfchar <41> <0000> <42> <D800> <43> <FFFE> endbfchar"
    unicode_map = b"begincmap 1 begincodespacerange <00> <FF> endcodespacerange " + codes
    page = "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
    return write_objects(
        path,
        {
            1: CATALOG,
            2: "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 300 300]>>",
            3: page,
            4: stream(shown("ABC")),
            5: f"{FONT}/ToUnicode 6 0 R>>",
            6: stream(unicode_map + b" endcmap"),
        },
    )


def deep_groups(path: Path) -> Path:
    return write_deck(path, [TITLE, slide("<p:grpSp>" * 20_000 + "</p:grpSp>" * 20_000)])


def billion_laughs(path: Path) -> Path:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]>' + slide(text_shape("&e9;"))
    return write_deck(path, [TITLE, bomb])


def many_entries(path: Path) -> Path:
    return write_zip(path, {f"{number}": "" for number in range(20_001)})


def slide_bomb(path: Path) -> Path:
    return write_deck(path, [TITLE, b" " * (80 << 20)])  # type: ignore[list-item] # not text


def slides_without_end(path: Path) -> Path:
    return write_deck(path, [TITLE] * 2_100)


HOSTILE: list[tuple[Callable[[Path], Path], str, Code | None]] = [
    (self_drawing_form, "done", None),
    (page_tree_loop, "refused", Code.DAMAGED),
    (outline_loop, "done", None),
    (lying_count, "done", None),
    (text_no_database_stores, "done", None),
    (deep_groups, "partial", Code.DAMAGED),
    (billion_laughs, "partial", Code.DAMAGED),
    (many_entries, "refused", Code.TOO_LARGE),
    (slide_bomb, "partial", Code.DAMAGED),
    (slides_without_end, "partial", Code.TOO_MANY_PAGES),
]


@pytest.mark.parametrize(("write", "status", "code"), HOSTILE)
async def test_a_hostile_file_ends_with_its_code(
    tmp_path: Path, write: Callable[[Path], Path], status: str, code: Code | None
) -> None:
    outcome = await read_sandboxed(write(tmp_path / "x"))
    assert (outcome.summary.status, outcome.summary.code) == (status, code)
    assert_storable(outcome)


@pytest.mark.parametrize("seed", range(12))
async def test_a_damaged_file_ends_with_a_summary(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "x"
    chance = random.Random(seed)  # noqa: S311 - the same damage at every run
    if seed % 2:
        write_pdf(path, *[f"page {number} of text" for number in range(5)])
    else:
        deck = Presentation()
        for number in range(5):
            deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = f"slide {number}"
        deck.save(str(path))
    data = bytearray(path.read_bytes())
    if seed % 3 == 0:
        del data[chance.randrange(len(data)) :]
    for _ in range(20):
        data[chance.randrange(len(data))] = chance.randrange(256)
    path.write_bytes(data)
    outcome = await read_sandboxed(path, Limits(wall_s=20))
    assert outcome.summary.code not in {Code.TIME_LIMIT, Code.PARSER_CRASHED}
    assert_storable(outcome)


def assert_storable(outcome: Outcome) -> None:
    assert cleaned(tuple(outcome.pages)) == tuple(outcome.pages)
