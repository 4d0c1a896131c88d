from pathlib import Path

import pikepdf
import pypdf
import pypdfium2
import pytest
from pypdf.constants import PageLabelStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from extractors.limits import Limits
from extractors.types import Baggage, Code, ExtractionError, OutlineEntry, WarningCode
from tests.integration.extractors.pdfs import write_objects, write_pdf
from tests.integration.extractors.planted import SECRET, planted_pdf
from tests.integration.extractors.reads import read_here


def test_pages_are_read_in_order_with_their_size(tmp_path: Path) -> None:
    outcome = read_here(write_pdf(tmp_path / "x", "First page\nof text", "Second page"))
    assert [page.body for page in outcome.pages] == ["First page\nof text", "Second page"]
    assert outcome.pages[0].width == pytest.approx(595.28, abs=0.1)
    assert outcome.summary.status == "done"
    assert outcome.summary.pages_read == 2


def test_the_header_carries_the_properties_and_the_outline(tmp_path: Path) -> None:
    def first(canvas: Canvas) -> None:
        canvas.bookmarkPage("one")
        canvas.addOutlineEntry("Overview", "one", level=0)
        canvas.drawString(72, 700, "text")

    def second(canvas: Canvas) -> None:
        canvas.bookmarkPage("two")
        canvas.addOutlineEntry("Prices", "two", level=1)

    path = write_pdf(tmp_path / "x", first, second, title="Guide", author="Ann")
    document = read_here(path).document
    assert document
    assert (document.title, document.author, document.pages) == ("Guide", "Ann", 2)
    assert document.outline == (OutlineEntry(0, "Overview", 1), OutlineEntry(1, "Prices", 2))
    assert document.media_type == "application/pdf"
    assert not document.encrypted


def test_the_largest_line_near_the_top_is_the_title(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(72, 800, "Internal use")
        canvas.setFont("Helvetica-Bold", 28)
        canvas.drawString(72, 740, "Cloud for banks")
        canvas.setFont("Helvetica", 10)
        for number in range(20):
            canvas.drawString(72, 700 - 14 * number, f"line {number} of the text")

    (page,) = read_here(write_pdf(tmp_path / "x", draw)).pages
    assert page.title == "Cloud for banks"
    assert "Cloud for banks" in page.body


def test_text_outside_the_page_box_is_read(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "inside")
        canvas.drawString(700, 900, "outside")

    (page,) = read_here(write_pdf(tmp_path / "x", draw)).pages
    assert "outside" in page.body


def test_a_hyphen_at_a_line_end_joins_the_word(tmp_path: Path) -> None:
    (page,) = read_here(write_pdf(tmp_path / "x", "the appoint-\nments were made")).pages
    assert "appointments" in page.body


def test_words_a_narrow_blank_apart_are_set_apart(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.drawString(72, 770, "complying with the code and the goodwill of a withdrawal")
        canvas.drawString(72, 750, "with")
        canvas.drawString(73.2 + canvas.stringWidth("with", "Helvetica", 10), 750, "the")

    path = write_pdf(tmp_path / "x", page)
    with pypdfium2.PdfDocument(path) as pdf:
        assert pdf[0].get_textpage().get_text_range().endswith("withthe")
    (read,) = read_here(path).pages
    assert read.body.splitlines() == [
        "complying with the code and the goodwill of a withdrawal",
        "with the",
    ]


def test_a_word_whose_letters_are_all_spaced_stays_one(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(72, 770, "with the code")
        canvas.drawString(72, 750, "withthe", charSpace=1.2)

    (read,) = read_here(write_pdf(tmp_path / "x", page)).pages
    assert read.body.splitlines()[1] == "withthe"


def test_a_raised_footnote_mark_is_set_apart_and_a_power_is_not(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(72, 700)
        for word, mark in (("margin", "1"), (" of 5 km", "2")):
            text.setFont("Helvetica", 12)
            text.textOut(word)
            text.setFont("Helvetica", 7)
            text.setRise(5)
            text.textOut(mark)
            text.setRise(0)
        canvas.drawText(text)

    (page,) = read_here(write_pdf(tmp_path / "x", draw)).pages
    assert page.body.split() == ["margin", "1", "of", "5", "km2"]


def test_links_are_listed_once(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "our site")
        canvas.linkURL("https://cloud.example", (72, 690, 150, 715))
        canvas.linkURL("https://cloud.example", (72, 590, 150, 615))

    (page,) = read_here(write_pdf(tmp_path / "x", draw)).pages
    assert page.links == ("https://cloud.example",)


def test_a_page_that_is_a_picture_says_so(tmp_path: Path) -> None:
    from PIL import Image  # noqa: PLC0415 - slow to load, for one test

    picture = ImageReader(Image.new("RGB", (40, 40), "navy"))
    path = write_pdf(tmp_path / "x", lambda canvas: canvas.drawImage(picture, 72, 500))
    (page,) = read_here(path).pages
    assert [warning.code for warning in page.warnings] == [WarningCode.NO_TEXT_BUT_IMAGE]


def test_bytes_before_the_header_are_skipped(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "x", "some text")
    path.write_bytes(b"HTTP/1.1 200 OK\r\n" * 200 + path.read_bytes())
    outcome = read_here(path)
    assert outcome.pages[0].body == "some text"
    assert outcome.document
    assert outcome.document.warnings[0].code is WarningCode.JUNK_PREFIX


def encrypted(path: Path, password: str) -> Path:
    writer = pypdf.PdfWriter(clone_from=write_pdf(path, "secret text"))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-256")
    writer.write(path)
    return path


def test_a_file_that_needs_a_password_is_refused(tmp_path: Path) -> None:
    outcome = read_here(encrypted(tmp_path / "x", "open sesame"))
    assert (outcome.summary.status, outcome.summary.code) == ("refused", Code.PASSWORD_REQUIRED)
    assert not outcome.pages


def test_a_file_with_an_empty_password_is_read(tmp_path: Path) -> None:
    outcome = read_here(encrypted(tmp_path / "x", ""))
    assert outcome.document
    assert outcome.document.encrypted
    assert outcome.pages[0].body == "secret text"


def test_what_pdfium_cannot_open_is_read_by_pypdf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise ExtractionError(Code.DAMAGED, "PDFium cannot open this")

    monkeypatch.setattr("extractors.pdf.pdfium.open_document", refuse)
    outcome = read_here(write_pdf(tmp_path / "x", "open to another", author="Ann"))
    assert outcome.document
    assert outcome.document.extractor.startswith("pypdf")
    assert outcome.document.warnings[0].code is WarningCode.FALLBACK_READER
    assert outcome.document.author == "Ann"
    assert outcome.pages[0].body.strip() == "open to another"


def test_a_header_and_nothing_else_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"%PDF-1.7\n")
    assert read_here(path).summary.code is Code.DAMAGED


def test_page_labels_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "x"
    writer = pypdf.PdfWriter(clone_from=write_pdf(path, "one", "two"))
    writer.set_page_label(0, 0, PageLabelStyle.LOWERCASE_ROMAN)
    writer.set_page_label(1, 1, PageLabelStyle.DECIMAL, prefix="A-", start=1)
    writer.write(path)
    assert [page.label for page in read_here(path).pages] == ["i", "A-1"]


def test_pages_past_the_cap_are_left_and_said_so(tmp_path: Path) -> None:
    outcome = read_here(write_pdf(tmp_path / "x", "one", "two", "three"), Limits(pages=2))
    assert [page.body for page in outcome.pages] == ["one", "two"]
    assert (outcome.summary.status, outcome.summary.code) == ("partial", Code.TOO_MANY_PAGES)


def test_text_past_the_cap_is_cut_and_said_so(tmp_path: Path) -> None:
    outcome = read_here(write_pdf(tmp_path / "x", "word " * 10, "next"), Limits(characters=20))
    assert outcome.pages[0].body == "word word word word "
    assert outcome.pages[0].warnings[-1].code is WarningCode.TEXT_CUT
    assert (outcome.summary.status, outcome.summary.code) == ("partial", Code.TOO_LARGE)


def test_a_page_that_is_no_page_keeps_its_place(tmp_path: Path) -> None:
    path = write_objects(
        tmp_path / "x",
        {
            1: "<</Type/Catalog/Pages 2 0 R>>",
            2: "<</Type/Pages/Kids[3 0 R 9 0 R]/Count 2/MediaBox[0 0 300 300]>>",
            3: "<</Type/Page/Parent 2 0 R>>",
        },
    )
    outcome = read_here(path)
    assert outcome.pages[1].warnings[0].code is WarningCode.PAGE_UNREADABLE
    assert (outcome.summary.status, outcome.summary.pages_read) == ("partial", 1)


def test_comments_and_attachments_are_what_travels_with_a_pdf(tmp_path: Path) -> None:
    outcome = read_here(planted_pdf(tmp_path / "x.pdf"))
    said = [f"{SECRET} comment {kind}" for kind in (
        "Text", "Highlight", "FreeText", "Stamp", "Ink", "FileAttachment",
    )]  # fmt: skip
    assert [list(page.comments) for page in outcome.pages] == [said, [], []]
    assert outcome.document
    assert outcome.document.baggage == Baggage(embedded_workbooks=1, author_metadata=1)


def test_no_comment_is_overlooked_for_its_length_its_place_or_its_silence(tmp_path: Path) -> None:
    links = " ".join(["<</Type/Annot/Subtype/Link/Rect[0 0 1 1]>>"] * 600)
    long = "<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(" + "x" * 12_000 + ")>>"
    attached = "<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS<</F(plan.xlsx)>>>>"
    path = write_objects(
        tmp_path / "x",
        {
            1: "<</Type/Catalog/Pages 2 0 R>>",
            2: "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 300 300]>>",
            3: f"<</Type/Page/Parent 2 0 R/Annots[{links} {long} {attached}]>>",
        },
    )
    (page,) = read_here(path).pages
    assert page.comments == ("x" * 10_000, "(attached file)")


def test_companies_in_the_properties_are_counted_like_authors(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "x", "First page", author="Ann")
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.docinfo["/Company"] = "Customer Ltd."
        pdf.save()
    document = read_here(path).document
    assert document
    assert document.baggage == Baggage(author_metadata=2)
