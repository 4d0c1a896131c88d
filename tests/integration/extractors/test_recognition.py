"""Pages that are pictures: their words by the real tesseract, and by programs that misbehave."""

import io
import os
import shutil
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from extractors.limits import Limits
from extractors.programs import NO_PROGRAMS, Programs
from extractors.sandbox import read
from extractors.types import Page, Summary, WarningCode
from tests.integration.extractors.test_command import run

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(180)]
HEADER = "level\tblock_num\tpar_num\tline_num\tconf\ttext"


def tesseract() -> Path:
    """The real program; without it the test is skipped, but not in CI."""
    found = shutil.which("tesseract")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("tesseract is not there: apt-get install tesseract-ocr")
        pytest.skip("tesseract is not there: apt-get install tesseract-ocr")
    return Path(found)


def picture(text: str, turned: int = 0) -> Image.Image:
    sheet = Image.new("L", (1200, 900), 255)
    font = ImageFont.load_default(52)
    ImageDraw.Draw(sheet).multiline_text((80, 120), text, 0, font)
    return sheet.rotate(turned, expand=True, fillcolor=255)


def scan(path: Path, *pages: str | Image.Image) -> Path:
    """A PDF: a text is a page with text, a picture one that is nothing else."""
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=(600, 600), invariant=1)
    for page in pages:
        if isinstance(page, str):
            sheet.drawString(50, 500, page)
        else:
            sheet.drawImage(ImageReader(page), 0, 0, page.width / 2, page.height / 2)
        sheet.showPage()
    sheet.save()
    path.write_bytes(buffer.getvalue())
    return path


async def pages_of(
    path: Path, programs: Programs, limits: Limits | None = None
) -> tuple[list[Page], Summary]:
    records = [record async for record in read(path, limits or Limits(), programs)]
    summary = records[-1]
    assert isinstance(summary, Summary)
    return [record for record in records if isinstance(record, Page)], summary


def codes(page: Page) -> list[WarningCode]:
    return [warning.code for warning in page.warnings]


def pretended(path: Path, script: str) -> Programs:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return Programs(tesseract=path)


TEXT = "Durability of object storage\nEleven nines across three regions"


async def test_the_words_of_a_picture_are_read_in_the_order_of_pages(tmp_path: Path) -> None:
    path = scan(tmp_path / "x", "A page with text of its own", picture(TEXT), "The last of them")
    pages, summary = await pages_of(path, Programs(tesseract=tesseract()))
    assert [page.number for page in pages] == [1, 2, 3]
    assert pages[1].body.split() == TEXT.split()
    assert codes(pages[1]) == [WarningCode.TEXT_RECOGNISED]
    assert (pages[1].warnings[0].detail or "").startswith("confidence 9")
    assert (pages[0].body.strip(), pages[2].body.strip()) == (
        "A page with text of its own", "The last of them",
    )  # fmt: skip
    assert (codes(pages[0]), summary.status, summary.pages_read) == ([], "done", 3)


@pytest.mark.parametrize("turned", [90, 180, 270])
async def test_a_page_may_lie_on_its_side(tmp_path: Path, turned: int) -> None:
    path = scan(tmp_path / "x", picture(TEXT, turned))
    (page,), _ = await pages_of(path, Programs(tesseract=tesseract()))
    assert "Durability of object storage" in page.body


async def test_a_photograph_has_no_words(tmp_path: Path) -> None:
    path = scan(tmp_path / "x", Image.effect_mandelbrot((400, 400), (-2, -1.5, 1, 1.5), 100))
    (page,), _ = await pages_of(path, Programs(tesseract=tesseract()))
    assert page.body == ""
    assert codes(page) == [WarningCode.NO_TEXT_BUT_IMAGE]
    assert page.warnings[0].detail == "no words were recognised in it"


async def test_a_language_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = scan(tmp_path / "x", picture(TEXT))
    (page,), summary = await pages_of(path, Programs(None, tesseract(), "xyz"))
    detail = page.warnings[0].detail or ""
    assert detail.startswith("its words were not recognised: tesseract cannot recognise xyz")
    assert summary.status == "done"


def test_the_command_recognises_when_asked_to(tmp_path: Path) -> None:
    tesseract()
    path = scan(tmp_path / "x.pdf", picture(TEXT))
    code, lines = run("--ocr", "eng", path)
    assert (code, [line["type"] for line in lines]) == (0, ["document", "page", "summary"])
    assert "Eleven nines" in lines[1]["body"]
    assert run(path)[1][1]["body"] == ""


async def test_without_tesseract_a_picture_stays_one(tmp_path: Path) -> None:
    (page,), _ = await pages_of(scan(tmp_path / "x", picture(TEXT)), NO_PROGRAMS)
    assert (page.body, codes(page)) == ("", [WarningCode.NO_TEXT_BUT_IMAGE])


async def test_unsure_words_are_dropped_and_a_page_of_them_is_a_serious_matter(
    tmp_path: Path,
) -> None:
    rows = "5\t1\t1\t1\t70\tPrices\n5\t1\t1\t1\t12\tsmudge\n5\t1\t1\t2\t61\tfall"
    programs = pretended(tmp_path / "tesseract", f"printf '{HEADER}\n{rows}\n'")
    (page,), _ = await pages_of(scan(tmp_path / "x", picture(TEXT)), programs)
    assert page.body == "Prices\nfall"
    assert codes(page) == [WarningCode.TEXT_RECOGNISED_POORLY]


@pytest.mark.parametrize("script", ["kill -SEGV $$", "exit 1", "head -c 100000 /dev/urandom"])
async def test_a_recogniser_that_fails_costs_nothing_but_its_words(
    tmp_path: Path, script: str
) -> None:
    path = scan(tmp_path / "x", "A page with text of its own", picture(TEXT))
    pages, summary = await pages_of(path, pretended(tmp_path / "tesseract", script))
    assert codes(pages[1]) == [WarningCode.NO_TEXT_BUT_IMAGE]
    assert (len(pages), summary.status) == (2, "done")


async def test_a_recogniser_that_hangs_is_killed_in_its_time(tmp_path: Path) -> None:
    programs = pretended(tmp_path / "tesseract", "sleep 600")
    path = scan(tmp_path / "x", picture(TEXT), picture(TEXT))
    pages, _ = await pages_of(path, programs, Limits(recognising_s=2))
    details = [page.warnings[0].detail for page in pages]
    assert details == [
        "its words were not recognised: reading took longer than a file of this size may take",
        "its words were not recognised: the time for such pages of the file was over",
    ]


async def test_only_so_many_pages_of_a_file_are_recognised(tmp_path: Path) -> None:
    row = "5\t1\t1\t1\t99\tPrices"
    programs = pretended(tmp_path / "tesseract", f"printf '{HEADER}\n{row}\n'")
    path = scan(tmp_path / "x", picture(TEXT), picture(TEXT), picture(TEXT))
    pages, _ = await pages_of(path, programs, Limits(recognised_pages=2))
    assert [page.body for page in pages] == ["Prices", "Prices", ""]
    assert pages[2].warnings[0].detail == (
        "its words were not recognised: the file has more than 2 such pages"
    )
