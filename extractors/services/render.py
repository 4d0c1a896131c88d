"""Pictures of pages, drawn by PDFium into a folder; it knows nothing of their use.

JPEG at quality 80 and 800 pixels wide: 120 pages per processor second, 23 to 87 KiB each. The
scale follows from the page's size, so that a page of a kilometre costs as much as any other.
Beside each picture stands a small one of 240 pixels, `0001.thumb.webp` for `0001.jpg`: WebP, as a
page of results shows thirty (7 KiB each on average; JPEG of that quality 10).
"""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2

from extractors.pdf.extractor import readable_input
from extractors.pdf.pdfium import header, open_document
from extractors.types import Code, Document, ExtractionError, PageImage, Source

_WIDTH = 800
_TALLEST = 3_200
_QUALITY = 80
_THUMB_WIDTH = 240
_THUMB_QUALITY = 60


def render(source: Source, folder: Path) -> Iterator[Document | PageImage]:
    """The header, then a picture in the folder for each page from the first one asked for on.

    A page that cannot be drawn has none. Raises ExtractionError: converter_missing for decks,
    which only LibreOffice can draw, password_required and damaged as reading does.
    """
    if source.media_type != "application/pdf":
        raise ExtractionError(
            Code.CONVERTER_MISSING, "only LibreOffice draws slides; install LibreOffice Impress"
        )
    pdf = open_document(readable_input(source.path)[0])
    yield header(pdf)
    for number in range(source.first_page, min(len(pdf), source.limits.pages) + 1):
        try:
            image = _draw(pdf, number, folder)
        except pypdfium2.PdfiumError:
            continue
        yield image


def _draw(pdf: pypdfium2.PdfDocument, number: int, folder: Path) -> PageImage:
    page = pdf[number - 1]
    try:
        width, height = page.get_size()
        scale = min(_WIDTH / max(width, 1), _TALLEST / max(height, 1))
        picture = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    finally:
        page.close()
    name = f"{number:04}.jpg"
    drawn = PageImage(number, name, picture.width, picture.height)
    picture.save(folder / name, "JPEG", quality=_QUALITY)
    picture.thumbnail((_THUMB_WIDTH, _TALLEST))
    picture.save(folder / f"{number:04}.thumb.webp", "WEBP", quality=_THUMB_QUALITY, method=2)
    return drawn
