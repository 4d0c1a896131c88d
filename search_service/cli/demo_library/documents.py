"""Writes a document as PDF: owns page templates, bands and footers, knows no block drawing."""

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor, white
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
)

from search_service.cli.demo_library.markup import ContentError
from search_service.cli.demo_library.model import Document, Metadata, Page
from search_service.cli.demo_library.page_blocks import Space, fit_blocks
from search_service.cli.demo_library.theme import (
    COMPANY,
    GREY,
    NAVY,
    accent_of,
    author_of,
    legal_line,
    light_accent_of,
)

_WIDTH, _HEIGHT = 186 * mm, 254 * mm
_MARGIN = 16 * mm
_GUTTER = 8 * mm
_FOOT = 19 * mm
_HERO = 56 * mm
_BAND = 13 * mm
_HEAD = 25 * mm
_INNER = _WIDTH - 2 * _MARGIN
_COLUMN_WIDTHS = {1: _INNER, 2: (_INNER - _GUTTER) / 2}
_OPENING_TOP = _HEIGHT - _HERO - 4 * mm
_LATER_TOP = _HEIGHT - _BAND - _HEAD
_PADDING = 6
_TITLE_STYLE = "title"


def write_document(document: Document, path: Path) -> None:
    """Write one PDF page per page of content; raises ContentError when a page overflows."""
    metadata = document.metadata
    template = _Template(
        str(path),
        pagesize=(_WIDTH, _HEIGHT),
        invariant=1,
        title=metadata.name,
        author=author_of(metadata.owner),
        subject=metadata.description,
        keywords=", ".join(metadata.tags),
        creator=COMPANY,
        lang=metadata.language,
    )
    opening = _opening_template(document.pages[0].columns, metadata)
    template.addPageTemplates([opening, *(_later_template(c, metadata) for c in (1, 2))])
    template.build(_story(document))
    if template.page != len(document.pages):
        raise ContentError(
            f"{metadata.path}: {len(document.pages)} pages of content fill {template.page} pages, "
            f"titles begin on pages {template.title_pages}; shorten the page before a gap"
        )


class _Template(BaseDocTemplate):
    """Remembers on which page each title landed, to name the page that overflows."""

    def __init__(self, path: str, **properties: Any) -> None:
        super().__init__(path, **properties)
        self.title_pages: list[int] = []

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - reportlab's name
        if isinstance(flowable, Paragraph) and flowable.style.name == _TITLE_STYLE:
            self.title_pages.append(self.page)


def _opening_template(columns: int, metadata: Metadata) -> PageTemplate:
    head = Frame(
        _MARGIN, _HEIGHT - _HERO, _INNER, _HERO - 15 * mm, 0, _PADDING, 0, _PADDING, id="head"
    )

    def paint(canvas: Canvas, _: BaseDocTemplate) -> None:
        _paint_hero(canvas, metadata)
        _paint_foot(canvas, metadata)

    return PageTemplate("opening", [head, *_column_frames(columns, _OPENING_TOP)], onPage=paint)


def _later_template(columns: int, metadata: Metadata) -> PageTemplate:
    head = Frame(_MARGIN, _LATER_TOP, _INNER, _HEAD, 0, _PADDING, 0, _PADDING, id="head")

    def paint(canvas: Canvas, _: BaseDocTemplate) -> None:
        _paint_band(canvas, metadata)
        _paint_foot(canvas, metadata)

    return PageTemplate(f"later{columns}", [head, *_column_frames(columns, _LATER_TOP)], paint)


def _column_frames(columns: int, top: float) -> list[Frame]:
    width = _COLUMN_WIDTHS[columns]
    lefts = [_MARGIN + at * (width + _GUTTER) for at in range(columns)]
    return [Frame(left, _FOOT, width, top - _FOOT, 0, _PADDING, 0, _PADDING) for left in lefts]


def _story(document: Document) -> list[Flowable]:
    story: list[Flowable] = []
    for number, page in enumerate(document.pages):
        if number:
            story += [NextPageTemplate(f"later{page.columns}"), PageBreak()]
        story += _head(page, opening=number == 0)
        story.append(FrameBreak())
        top = _OPENING_TOP if number == 0 else _LATER_TOP
        space = Space(page.columns, _COLUMN_WIDTHS[page.columns], top - _FOOT - 2 * _PADDING)
        story += fit_blocks(page.blocks, document.metadata.universe, space)
    return story


def _head(page: Page, *, opening: bool) -> list[Flowable]:
    size = 27 if opening else 19
    title = ParagraphStyle(
        _TITLE_STYLE,
        fontName="Helvetica-Bold",
        fontSize=size,
        leading=size * 1.15,
        textColor=white if opening else HexColor(f"#{NAVY}"),
    )
    lead = ParagraphStyle(
        "lead",
        fontName="Helvetica",
        fontSize=11.5 if opening else 10.5,
        leading=15 if opening else 13.5,
        spaceBefore=8 if opening else 4,
        textColor=white if opening else HexColor(f"#{GREY}"),
    )
    parts: list[Flowable] = [Paragraph(escape(page.title), title)]
    if page.lead:
        parts.append(Paragraph(escape(page.lead), lead))
    return parts


def _paint_hero(canvas: Canvas, metadata: Metadata) -> None:
    canvas.saveState()
    canvas.setFillColor(HexColor(f"#{NAVY}"))
    canvas.rect(0, _HEIGHT - _HERO, _WIDTH, _HERO, stroke=0, fill=1)
    canvas.setFillColor(HexColor(f"#{accent_of(metadata.universe)}"))
    canvas.rect(0, _HEIGHT - _HERO, _WIDTH, 2.5 * mm, stroke=0, fill=1)
    canvas.setFillColor(HexColor(f"#{light_accent_of(metadata.universe)}"))
    canvas.setFont("Helvetica-Bold", 10)
    canvas.drawString(_MARGIN, _HEIGHT - 12 * mm, metadata.universe.upper())
    canvas.drawRightString(_WIDTH - _MARGIN, _HEIGHT - 12 * mm, COMPANY)
    canvas.restoreState()


def _paint_band(canvas: Canvas, metadata: Metadata) -> None:
    canvas.saveState()
    canvas.setFillColor(HexColor(f"#{accent_of(metadata.universe)}"))
    canvas.rect(0, _HEIGHT - 9 * mm, _WIDTH, 9 * mm, stroke=0, fill=1)
    canvas.setFillColor(white)
    canvas.setFont("Helvetica-Bold", 8.5)
    canvas.drawString(_MARGIN, _HEIGHT - 6 * mm, metadata.name)
    canvas.drawRightString(_WIDTH - _MARGIN, _HEIGHT - 6 * mm, COMPANY)
    canvas.restoreState()


def _paint_foot(canvas: Canvas, metadata: Metadata) -> None:
    canvas.saveState()
    canvas.setStrokeColor(HexColor("#D5DBE1"))
    canvas.line(_MARGIN, 14 * mm, _WIDTH - _MARGIN, 14 * mm)
    canvas.setFillColor(HexColor(f"#{GREY}"))
    canvas.setFont("Helvetica", 7.5)
    canvas.drawString(_MARGIN, 9.5 * mm, legal_line(metadata.language, metadata.audience))
    canvas.drawRightString(_WIDTH - _MARGIN, 9.5 * mm, str(canvas.getPageNumber()))
    canvas.restoreState()
