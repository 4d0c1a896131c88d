"""Writes a document as PDF: owns page templates, bands and footers, knows no block drawing."""

from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A4
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
from search_service.cli.demo_library.page_blocks import draw_blocks
from search_service.cli.demo_library.theme import (
    COMPANY,
    CONFIDENTIAL,
    GREY,
    LEGAL_LINES,
    NAVY,
    accent_of,
    light_accent_of,
)

_WIDTH, _HEIGHT = A4
_MARGIN = 18 * mm
_GUTTER = 8 * mm
_FOOT = 20 * mm
_HERO = 62 * mm
_BAND = 14 * mm
_HEAD = 31 * mm
_INNER = _WIDTH - 2 * _MARGIN
_TITLE_STYLE = "title"


def write_document(document: Document, path: Path) -> None:
    """Write one PDF page per page of content; raises ContentError when a page overflows."""
    metadata = document.metadata
    template = _Template(
        str(path),
        pagesize=A4,
        invariant=1,
        title=metadata.name,
        author=metadata.owner.partition("@")[0].replace(".", " ").title(),
        subject=metadata.description,
        keywords=", ".join(metadata.tags),
        creator=COMPANY,
        lang=metadata.language,
    )
    painter = _Painter(metadata)
    template.addPageTemplates(
        [_page_template(first, columns, painter) for first in (True, False) for columns in (1, 2)]
    )
    template.build(_story(document))
    if template.page != len(document.pages):
        raise ContentError(
            f"{metadata.path}: {len(document.pages)} pages of content fill {template.page} pages, "
            f"the titles begin on {template.title_pages}; shorten the page before a gap"
        )


def _page_template(first: bool, columns: int, painter: "_Painter") -> PageTemplate:  # noqa: FBT001 - private and read in one place
    top = _HEIGHT - (_HERO if first else _BAND)
    head_bottom = top if first else top - _HEAD
    head = Frame(
        _MARGIN,
        head_bottom,
        _INNER,
        (_HERO - 16 * mm) if first else _HEAD,
        leftPadding=0,
        rightPadding=0,
        id="head",
    )
    width = _INNER if columns == 1 else (_INNER - _GUTTER) / 2
    body = [
        Frame(
            _MARGIN + at * (width + _GUTTER),
            _FOOT,
            width,
            head_bottom - _FOOT - (5 * mm if first else 0),
            leftPadding=0,
            rightPadding=0,
            id=f"column{at}",
        )
        for at in range(columns)
    ]
    return PageTemplate(
        id=_template_name(first, columns),
        frames=[head, *body],
        onPage=painter.paint_first if first else painter.paint_later,
    )


def _template_name(first: bool, columns: int) -> str:  # noqa: FBT001 - private and read in one place
    return f"{'first' if first else 'later'}{columns}"


def _story(document: Document) -> list[Flowable]:
    story: list[Flowable] = []
    for number, page in enumerate(document.pages):
        if number:
            story += [NextPageTemplate(_template_name(False, page.columns)), PageBreak()]
        story += _head(page, first=number == 0)
        story.append(FrameBreak())
        width = _INNER if page.columns == 1 else (_INNER - _GUTTER) / 2
        story += draw_blocks(page.blocks, document.metadata.universe, width)
    return [NextPageTemplate(_template_name(True, document.pages[0].columns)), *story]


def _head(page: Page, *, first: bool) -> list[Flowable]:
    colour = white if first else HexColor(f"#{NAVY}")
    size = 25 if first else 19
    title = ParagraphStyle(
        _TITLE_STYLE,
        fontName="Helvetica-Bold",
        fontSize=size,
        leading=size * 1.15,
        textColor=colour,
    )
    lead = ParagraphStyle(
        "lead",
        fontName="Helvetica",
        fontSize=11.5 if first else 10.5,
        leading=14.5,
        spaceBefore=7 if first else 4,
        textColor=colour if first else HexColor(f"#{GREY}"),
    )
    parts: list[Flowable] = [Paragraph(escape(page.title), title)]
    if page.lead:
        parts.append(Paragraph(escape(page.lead), lead))
    return parts


class _Template(BaseDocTemplate):
    """Remembers on which page each title landed, to name the page that overflows."""

    def __init__(self, path: str, **properties: object) -> None:
        super().__init__(path, **properties)
        self.title_pages: list[int] = []

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - reportlab's name
        if isinstance(flowable, Paragraph) and flowable.style.name == _TITLE_STYLE:
            self.title_pages.append(self.page)


class _Painter:
    """Paints what stands on every page."""

    def __init__(self, metadata: Metadata) -> None:
        self._metadata = metadata

    def paint_first(self, canvas: Canvas, _: BaseDocTemplate) -> None:
        canvas.saveState()
        canvas.setFillColor(HexColor(f"#{NAVY}"))
        canvas.rect(0, _HEIGHT - _HERO, _WIDTH, _HERO, stroke=0, fill=1)
        canvas.setFillColor(HexColor(f"#{accent_of(self._metadata.universe)}"))
        canvas.rect(0, _HEIGHT - _HERO, _WIDTH, 2.5 * mm, stroke=0, fill=1)
        canvas.setFillColor(HexColor(f"#{light_accent_of(self._metadata.universe)}"))
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawString(_MARGIN, _HEIGHT - 12 * mm, self._metadata.universe.upper())
        canvas.drawRightString(_WIDTH - _MARGIN, _HEIGHT - 12 * mm, COMPANY)
        canvas.restoreState()
        self._paint_foot(canvas)

    def paint_later(self, canvas: Canvas, _: BaseDocTemplate) -> None:
        canvas.saveState()
        canvas.setFillColor(HexColor(f"#{accent_of(self._metadata.universe)}"))
        canvas.rect(0, _HEIGHT - 9 * mm, _WIDTH, 9 * mm, stroke=0, fill=1)
        canvas.setFillColor(white)
        canvas.setFont("Helvetica-Bold", 8.5)
        canvas.drawString(_MARGIN, _HEIGHT - 6 * mm, self._metadata.name)
        canvas.drawRightString(_WIDTH - _MARGIN, _HEIGHT - 6 * mm, COMPANY)
        canvas.restoreState()
        self._paint_foot(canvas)

    def _paint_foot(self, canvas: Canvas) -> None:
        language = self._metadata.language
        text = LEGAL_LINES[language]
        if self._metadata.audience == "INTERNAL":
            text = f"{text} {CONFIDENTIAL[language]}."
        canvas.saveState()
        canvas.setStrokeColor(HexColor("#D5DBE1"))
        canvas.line(_MARGIN, 14 * mm, _WIDTH - _MARGIN, 14 * mm)
        canvas.setFillColor(HexColor(f"#{GREY}"))
        canvas.setFont("Helvetica", 7.5)
        canvas.drawString(_MARGIN, 9.5 * mm, text)
        canvas.drawRightString(_WIDTH - _MARGIN, 9.5 * mm, str(canvas.getPageNumber()))
        canvas.restoreState()
