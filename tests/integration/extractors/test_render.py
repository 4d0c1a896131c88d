from pathlib import Path

import pytest
from PIL import Image

from extractors.limits import MIB, Limits
from extractors.sandbox import draw
from extractors.types import Code, PageImage, Summary
from tests.integration.extractors.packages import slide, text_shape, write_deck
from tests.integration.extractors.pdfs import shown, write_objects, write_pdf, write_streams
from tests.integration.extractors.test_command import run

pytestmark = pytest.mark.anyio


async def drawn(
    path: Path, folder: Path, limits: Limits | None = None
) -> tuple[list[PageImage], Summary]:
    *images, summary = [record async for record in draw(path, folder, limits or Limits())]
    assert isinstance(summary, Summary)
    return [image for image in images if isinstance(image, PageImage)], summary


async def test_every_page_becomes_a_picture_800_pixels_wide(tmp_path: Path) -> None:
    images, summary = await drawn(write_pdf(tmp_path / "x", "one", "two"), tmp_path)
    assert images == [PageImage(n, f"000{n}.jpg", 800, 1132) for n in (1, 2)]
    assert summary.status == "done"
    with Image.open(tmp_path / "0002.jpg") as picture:
        assert (picture.format, picture.size) == ("JPEG", (800, 1132))


@pytest.mark.parametrize("box", ["0 0 1000000 1000000", "0 0 10 14400", "0 0 3 3"])
async def test_a_page_of_any_size_costs_the_same(tmp_path: Path, box: str) -> None:
    objects: dict[int, str | bytes] = {
        1: "<</Type/Catalog/Pages 2 0 R>>",
        2: f"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[{box}]>>",
        3: "<</Type/Page/Parent 2 0 R>>",
    }
    (image,), _ = await drawn(write_objects(tmp_path / "x", objects), tmp_path)
    assert image.width <= 801
    assert image.height <= 3201


async def test_a_page_that_kills_the_parser_costs_its_picture_only(tmp_path: Path) -> None:
    path = write_streams(tmp_path / "x", shown("first"), b" " * (150 * MIB), shown("third"))
    images, summary = await drawn(
        path, tmp_path, Limits(memory_bytes=192 * MIB, restart_within_s=60)
    )
    assert [image.number for image in images] == [1, 3]
    assert (summary.status, summary.code) == ("partial", Code.MEMORY_LIMIT)


async def test_a_deck_is_not_drawn_here(tmp_path: Path) -> None:
    path = write_deck(tmp_path / "x", [slide(text_shape("T", "title"))])
    images, summary = await drawn(path, tmp_path)
    assert (images, summary.code) == ([], Code.CONVERTER_MISSING)


def test_the_command_draws_between_the_pages_and_the_summary(tmp_path: Path) -> None:
    code, lines = run(write_pdf(tmp_path / "x.pdf", "one"), "--images", tmp_path)
    assert [line["type"] for line in lines] == ["document", "page", "image", "summary"]
    assert (code, lines[2]["name"]) == (0, "0001.jpg")
    assert (tmp_path / "0001.jpg").stat().st_size


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    code, (summary,) = run(write_pdf(tmp_path / "x.pdf", "one"), "--images", tmp_path / "none")
    assert (code, summary["code"]) == (2, "bad_arguments")
