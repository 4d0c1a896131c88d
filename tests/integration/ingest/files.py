"""Small real files for the tests of ingestion."""

import io
from collections.abc import AsyncIterator, Sequence
from functools import cache

from PIL import Image
from pptx import Presentation
from pptx.util import Inches
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

SLIDES = (
    (
        "Managed Kubernetes",
        "A control plane that we run for you\nUpgrades without downtime for every cluster",
    ),
    (
        "Why customers move",
        "Predictable prices without egress fees\nData stays in the European Union",
    ),
    ("Load balancing", "Octavia balances traffic between the nodes of a cluster in three zones"),
)


@cache  # a second deck of the same slides would hold another time
def deck(
    slides: tuple[tuple[str, str], ...] = SLIDES, notes: str = "Mention the free trial"
) -> bytes:
    """A PPTX with a title and a body on each slide, a table on the last and notes on the first."""
    presentation = Presentation()
    for number, (title, body) in enumerate(slides):
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = body
        if number == 0:
            slide.notes_slide.notes_text_frame.text = notes
    last = presentation.slides[len(slides) - 1]
    table = last.shapes.add_table(2, 2, Inches(1), Inches(4), Inches(6), Inches(1)).table
    for row, cells in enumerate((("Flavor", "Memory"), ("b3-8", "8 GB"))):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell
    buffer = io.BytesIO()
    presentation.save(buffer)
    return buffer.getvalue()


def document(pages: Sequence[Sequence[str]], title: str = "") -> bytes:
    """A PDF; the first line of each page is set large."""
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    sheet.setTitle(title)
    for lines in pages:
        for number, line in enumerate(lines):
            sheet.setFont(
                "Helvetica-Bold" if number == 0 else "Helvetica", 22 if number == 0 else 11
            )
            sheet.drawString(72, 760 - 30 * number, line)
        sheet.showPage()
    sheet.save()
    return buffer.getvalue()


def scan(pages: Sequence[Sequence[str]]) -> bytes:
    """A PDF as `document` makes it, but a page without lines is a picture."""
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=A4, invariant=1)
    for lines in pages:
        for number, line in enumerate(lines):
            sheet.setFont("Helvetica", 11)
            sheet.drawString(72, 760 - 30 * number, line)
        if not lines:
            sheet.drawImage(ImageReader(Image.new("RGB", (8, 8), "navy")), 72, 400, 300, 200)
        sheet.showPage()
    sheet.save()
    return buffer.getvalue()


def datasheet() -> bytes:
    return document(
        [
            ["Object Storage datasheet", "Storage classes for every need", "Confidential Acme 1"],
            ["Durability", "Eleven nines across three regions of Europe", "Confidential Acme 2"],
            ["Prices", "Pay for what you store and nothing for requests", "Confidential Acme 3"],
            [
                "Support",
                "Engineers answer within fifteen minutes around the clock",
                "Confidential Acme 4",
            ],
        ]
    )


async def stream(data: bytes, size: int = 10_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]
