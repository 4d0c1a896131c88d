"""What a clean copy promises: the same slides, and nothing that was not for the reader."""

import io
import zipfile
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from pptx import Presentation

from extractors import copying, sandbox
from extractors.limits import Limits
from extractors.recipe import ALL_PAGES, Recipe, recipe_of
from extractors.types import Code, Summary
from tests.integration.extractors.packages import write_zip
from tests.integration.extractors.pdfs import write_pdf
from tests.integration.extractors.planted import SECRET, parts_of, planted_deck, planted_pdf
from tests.integration.extractors.reads import read_here

pytestmark = pytest.mark.anyio
_SECRETS = (SECRET.encode(), SECRET.encode("utf-16-le"), SECRET.encode("utf-16-be"))


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted_deck(tmp_path_factory.mktemp("decks") / "planted.pptx")


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted_pdf(tmp_path_factory.mktemp("pdfs") / "planted.pdf")


async def copied(source: Path, target: Path, recipe: Recipe = ALL_PAGES) -> Path:
    """A copy made in the sandbox: the same to the byte as one made in this process."""
    summary = await sandbox.copy(source, target, recipe)
    assert summary.status == "done", summary
    assert copied_here(source, target.with_name("here"), recipe) == summary
    assert is_same(target, target.with_name("here"))
    return target


def copied_here(source: Path, target: Path, recipe: Recipe) -> object:
    """Make a copy in this process; its summary."""
    *_, summary = copying.copy(source, target, recipe, Limits())
    return summary


def is_same(one: Path, other: Path) -> bool:
    return one.read_bytes() == other.read_bytes()


def texts(path: Path) -> list[tuple[object, ...]]:
    """What a reader sees of each page."""
    return [
        (page.title, page.body, page.tables, page.chart_texts, page.diagram_texts)
        for page in read_here(path).pages
        if not page.hidden
    ]


def pictures(path: Path) -> list[bytes]:
    """The pages as they are drawn, without annotations."""
    document = pypdfium2.PdfDocument(path)
    return [page.render(draw_annots=False).to_numpy().tobytes() for page in document]


def everything_in(path: Path) -> bytes:
    """Every part, or every stream and string, decompressed."""
    if zipfile.is_zipfile(path):
        return b"\n".join(name.encode() + b"\n" + data for name, data in parts_of(path))
    with pikepdf.open(path) as document:
        whole = io.BytesIO()
        document.save(
            whole,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.specialized,
        )
    return whole.getvalue()


def test_the_planted_files_hold_what_is_looked_for(deck: Path, pdf: Path) -> None:
    assert everything_in(deck).count(SECRET.encode()) > 20
    assert everything_in(pdf).count(SECRET.encode()) > 20


async def test_a_deck_keeps_its_slides_and_loses_the_rest(deck: Path, tmp_path: Path) -> None:
    copy = await copied(deck, tmp_path / "copy")
    found = everything_in(copy)
    assert [secret for secret in _SECRETS if secret in found] == []
    assert texts(copy) == texts(deck)
    opened = Presentation(str(copy))
    assert [slide.shapes.title.text for slide in opened.slides] == ["Title 1", "Title 2", "Title 4"]
    assert not any(slide.has_notes_slide for slide in opened.slides)


async def test_a_chart_keeps_its_values_and_loses_its_workbook(deck: Path, tmp_path: Path) -> None:
    copy = await copied(deck, tmp_path / "copy")
    charts = [shape.chart for shape in Presentation(str(copy)).slides[1].shapes if shape.has_chart]
    assert [tuple(series.values) for series in charts[0].plots[0].series] == [(1.5, 2.5)]
    assert [name for name, _ in parts_of(copy) if "embed" in name or name.endswith(".xlsx")] == []


async def test_an_object_stays_as_its_picture(deck: Path, tmp_path: Path) -> None:
    def place(path: Path) -> list[tuple[int, int]]:
        shapes = Presentation(str(path)).slides[1].shapes
        return [(shape.left, shape.top) for shape in shapes if shape.name.startswith("Object")]

    assert place(await copied(deck, tmp_path / "copy")) == place(deck) != []


async def test_links_stay_where_they_lead_into_the_web(deck: Path, tmp_path: Path) -> None:
    pages = read_here(await copied(deck, tmp_path / "copy")).pages
    assert [page.links for page in pages] == [(), ("https://example.com/offer",), ()]


async def test_a_deck_of_chosen_slides(deck: Path, tmp_path: Path) -> None:
    copy = await copied(deck, tmp_path / "copy", recipe_of("2-4"))
    assert [page.title for page in read_here(copy).pages] == ["Title 2", "Title 4"]
    assert b"Body of slide 1" not in everything_in(copy)
    assert SECRET.encode() not in everything_in(copy)


async def test_a_slide_that_is_hidden_in_other_letters_is_not_in_the_copy(tmp_path: Path) -> None:
    with zipfile.ZipFile(planted_deck(tmp_path / "planted")) as deck:
        parts = {name: deck.read(name) for name in deck.namelist()}
    (hidden,) = [name for name, data in parts.items() if b' show="0"' in data]
    parts[hidden] = parts[hidden].replace(b' show="0"', b' show="&#48;"')
    copy = await copied(write_zip(tmp_path / "x", parts), tmp_path / "copy", ALL_PAGES)
    assert len(Presentation(str(copy)).slides) == 3


@pytest.mark.parametrize("pages", ["3", "5", "1,9"])
async def test_slides_that_are_hidden_or_not_there_are_refused(
    deck: Path, tmp_path: Path, pages: str
) -> None:
    summary = await sandbox.copy(deck, tmp_path / "copy", recipe_of(pages))
    assert (summary.status, summary.code) == ("refused", Code.NO_SUCH_PAGE)


async def test_a_copy_of_a_show_with_macros_is_a_plain_deck(deck: Path, tmp_path: Path) -> None:
    parts = dict(parts_of(deck))
    types = parts["[Content_Types].xml"].replace(
        b"openxmlformats-officedocument.presentationml.presentation.main",
        b"ms-powerpoint.slideshow.macroEnabled.main",
    )
    with zipfile.ZipFile(tmp_path / "show.ppsm", "w") as written:
        for name, data in (parts | {"[Content_Types].xml": types}).items():
            written.writestr(name, data)
    copy = await copied(tmp_path / "show.ppsm", tmp_path / "copy")
    assert len(Presentation(str(copy)).slides) == 3


async def test_a_pdf_keeps_its_pages_and_loses_the_rest(pdf: Path, tmp_path: Path) -> None:
    copy = await copied(pdf, tmp_path / "copy")
    found = everything_in(copy) + copy.read_bytes()
    assert [secret for secret in _SECRETS if secret in found] == []
    hidden = (f"{SECRET} hidden layer", f"{SECRET} drawing")
    visible = [
        "\n".join(line for line in str(body).split("\n") if line.strip() not in hidden)
        for _, body, *_ in texts(pdf)
    ]
    assert [str(body).strip() for _, body, *_ in texts(copy)] == [body.strip() for body in visible]
    assert pictures(copy) == pictures(pdf)


async def test_a_pdf_keeps_links_bookmarks_and_what_was_typed_in(pdf: Path, tmp_path: Path) -> None:
    copy = await copied(pdf, tmp_path / "copy")
    document = read_here(copy).document
    assert document is not None
    assert [(entry.title, entry.page) for entry in document.outline] == [
        ("Chapter 1", 1), ("Chapter 2", 2), ("Chapter 3", 3),
    ]  # fmt: skip
    assert document.author is None
    assert [page.links for page in read_here(copy).pages] == [("https://example.com/offer",)] * 3
    with pikepdf.open(copy) as opened:
        assert str(opened.Root.AcroForm.Fields[0].V) == "typed in"


async def test_a_pdf_of_chosen_pages_holds_nothing_of_the_others(pdf: Path, tmp_path: Path) -> None:
    copy = await copied(pdf, tmp_path / "copy", recipe_of("2,3"))
    found = everything_in(copy)
    assert [page.body.split("\n")[0] for page in read_here(copy).pages] == [
        "Words of page 2", "Words of page 3",
    ]  # fmt: skip
    for lost in (b"Words of page 1", b"Chapter 1", b"typed in", b"DCTDecode", *_SECRETS):
        assert lost not in found


async def test_pages_that_a_pdf_does_not_have_are_refused(pdf: Path, tmp_path: Path) -> None:
    summary = await sandbox.copy(pdf, tmp_path / "copy", recipe_of("1,4"))
    assert (summary.status, summary.code) == ("refused", Code.NO_SUCH_PAGE)


async def test_a_picture_is_turned_as_before(pdf: Path, tmp_path: Path) -> None:
    with pikepdf.open(await copied(pdf, tmp_path / "copy")) as opened:
        image = opened.pages[0].obj.Resources.XObject.Photo
        exif = Image.open(io.BytesIO(image.read_raw_bytes())).getexif()
    assert dict(exif) == {0x0112: 6}


async def test_copies_of_one_file_are_the_same_to_the_byte(
    deck: Path, pdf: Path, tmp_path: Path
) -> None:
    for source in (deck, pdf):
        first = await copied(source, tmp_path / "first")
        assert first.read_bytes() == (await copied(source, tmp_path / "second")).read_bytes()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"just words", Code.UNSUPPORTED_TYPE),
        (b"%PDF-1.7\nnothing of it", Code.DAMAGED),
        (b"PK\x03\x04 no archive", Code.DAMAGED),
    ],
)
async def test_what_cannot_be_copied_is_refused_with_a_code(
    tmp_path: Path, data: bytes, code: Code
) -> None:
    (tmp_path / "x").write_bytes(data)
    summary = await sandbox.copy(tmp_path / "x", tmp_path / "copy", ALL_PAGES)
    assert (summary.status, summary.code) == ("refused", code)


async def test_an_encrypted_pdf_is_copied_only_without_a_password(tmp_path: Path) -> None:
    with pikepdf.open(write_pdf(tmp_path / "x", "words")) as document:
        document.save(tmp_path / "open", encryption=pikepdf.Encryption(owner="o", user=""))
        document.save(tmp_path / "shut", encryption=pikepdf.Encryption(owner="o", user="u"))
    assert [page.body for page in read_here(await copied(tmp_path / "open", tmp_path / "c")).pages]
    summary = await sandbox.copy(tmp_path / "shut", tmp_path / "copy", ALL_PAGES)
    assert summary.code is Code.PASSWORD_REQUIRED


async def test_a_copy_that_takes_too_long_is_refused(pdf: Path, tmp_path: Path) -> None:
    summary = await sandbox.copy(pdf, tmp_path / "copy", ALL_PAGES, Limits(wall_s=0))
    assert summary == Summary("refused", Code.TIME_LIMIT, summary.detail)
