"""Draws the blocks of a page: owns text styles, tables and their fit, knows no page templates."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor, white
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    FrameBreak,
    ListFlowable,
    ListItem,
    Paragraph,
    Spacer,
)
from reportlab.platypus import Table as PrintedTable

from search_service.cli.demo_library import model
from search_service.cli.demo_library.model import Block, Bullets, Callout, Chart, Heading, Table
from search_service.cli.demo_library.page_charts import draw_chart
from search_service.cli.demo_library.theme import INK, MIST, accent_of

_SCALES = (1.15, 1.08, 1.0, 0.92)
_SECTION = "section"
_CELL_SIZE = 9.4
_INK = HexColor(f"#{INK}")


@dataclass(frozen=True, slots=True)
class Space:
    """The columns that a page offers to its blocks, in points."""

    columns: int
    width: float
    height: float


def fit_blocks(blocks: tuple[Block, ...], universe: str, space: Space) -> list[Flowable]:
    """The blocks as flowables in the largest type that the space holds, columns balanced.

    Text that does not fit in the smallest type is returned all the same and will overflow.
    """
    flowables: list[Flowable] = []
    for scale in _SCALES:
        flowables = _draw_blocks(blocks, _Look(universe, space.width, scale))
        heights = _heights(flowables, space.width)
        split = _balance(flowables, heights) if space.columns > 1 else len(flowables)
        if split < len(flowables):
            flowables = [*flowables[:split], FrameBreak(), *flowables[split:]]
        if max(sum(heights[:split]), sum(heights[split:])) < 0.96 * space.height:
            break
    return flowables


def _heights(flowables: list[Flowable], width: float) -> list[float]:
    ruler = Canvas(BytesIO())
    return [
        f.wrapOn(ruler, width, 10_000)[1] + max(f.getSpaceAfter(), f.getSpaceBefore())
        for f in flowables
    ]


def _balance(flowables: list[Flowable], heights: list[float]) -> int:
    """Where to break so that the taller column is shortest, never right after a heading."""
    candidates = [at for at in range(1, len(flowables) + 1) if not _is_heading(flowables[at - 1])]
    return min(candidates, key=lambda at: max(sum(heights[:at]), sum(heights[at:])))


def _is_heading(flowable: Flowable) -> bool:
    return isinstance(flowable, Paragraph) and flowable.style.name == _SECTION


class _Look:
    """Styles and measures of one page."""

    def __init__(self, universe: str, width: float, scale: float) -> None:
        self.universe = universe
        self.width = width
        self.accent = HexColor(f"#{accent_of(universe)}")
        self._scale = scale

    @cached_property
    def text(self) -> ParagraphStyle:
        return self._style("text", 10.6, spaceAfter=7)

    @cached_property
    def item(self) -> ParagraphStyle:
        return self._style("item", 10.6, spaceAfter=3)

    @cached_property
    def heading(self) -> ParagraphStyle:
        bold = {"fontName": "Helvetica-Bold", "textColor": self.accent}
        return self._style(_SECTION, 13, spaceBefore=9, spaceAfter=6, **bold)

    @cached_property
    def cell(self) -> ParagraphStyle:
        return ParagraphStyle("cell", fontSize=_CELL_SIZE, leading=12, textColor=_INK)

    @cached_property
    def header(self) -> ParagraphStyle:
        bold: dict[str, Any] = {"fontName": "Helvetica-Bold", "textColor": white}
        return ParagraphStyle("header", fontSize=_CELL_SIZE, leading=12, **bold)

    @cached_property
    def callout(self) -> ParagraphStyle:
        return self._style("callout", 10.8)

    def _style(self, name: str, size: float, **more: Any) -> ParagraphStyle:
        size *= self._scale
        look: dict[str, Any] = {"fontName": "Helvetica", "textColor": _INK} | more
        return ParagraphStyle(name, fontSize=size, leading=1.38 * size, **look)


def _draw_blocks(blocks: tuple[Block, ...], look: _Look) -> list[Flowable]:
    drawings: dict[type, Callable[[Any, _Look], list[Flowable]]] = {
        Heading: lambda block, look: [Paragraph(_marked(block.text), look.heading)],
        model.Paragraph: lambda block, look: [Paragraph(_marked(block.text), look.text)],
        Bullets: _bullets,
        Callout: _callout,
        Table: _table,
        Chart: _chart,
    }
    return [flowable for block in blocks for flowable in drawings[type(block)](block, look)]


def _marked(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(text))


def _bullets(block: Bullets, look: _Look) -> list[Flowable]:
    items: list[Any] = [ListItem(Paragraph(_marked(item.text), look.item)) for item in block.items]
    dots: dict[str, Any] = {"bulletType": "bullet", "start": "•", "bulletColor": look.accent}
    return [ListFlowable(items, leftIndent=12, spaceAfter=6, **dots)]


def _callout(block: Callout, look: _Look) -> list[Flowable]:
    table = PrintedTable([[Paragraph(_marked(block.text), look.callout)]], colWidths=[look.width])
    table.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, -1), HexColor(f"#{MIST}")),
            ("LINEBEFORE", (0, 0), (0, -1), 4, look.accent),
            ("LEFTPADDING", (0, 0), (-1, -1), 12),
            ("TOPPADDING", (0, 0), (-1, -1), 8),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 9),
        ]
    )
    return [table, Spacer(0, 8)]


def _table(block: Table, look: _Look) -> list[Flowable]:
    cells = [
        [Paragraph(_marked(text), look.header if at == 0 else look.cell) for text in row]
        for at, row in enumerate(block.rows)
    ]
    widths = _column_widths([list(row) for row in block.rows], look.width)
    table = PrintedTable(cells, colWidths=widths, repeatRows=1)
    table.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, 0), look.accent),
            ("ROWBACKGROUNDS", (0, 1), (-1, -1), [white, HexColor(f"#{MIST}")]),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor("#D5DBE1")),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ]
    )
    return [table, Spacer(0, 9)]


def _column_widths(cells: list[list[str]], width: float) -> list[float]:
    """As wide as the longest cell; when the column is too narrow, wide ones give way first."""
    columns = list(zip(*cells, strict=True))
    wishes = [max(map(_print_width, column)) for column in columns]
    floors = [max(_print_width(w) for cell in c for w in cell.split() or [""]) for c in columns]
    if sum(wishes) <= width:
        return [wish * width / sum(wishes) for wish in wishes]
    low, high = 0.0, width
    for _ in range(30):
        cap = (low + high) / 2
        widths = [max(floor, min(wish, cap)) for floor, wish in zip(floors, wishes, strict=True)]
        low, high = (low, cap) if sum(widths) > width else (cap, high)
    return [max(floor, min(wish, low)) for floor, wish in zip(floors, wishes, strict=True)]


def _print_width(text: str) -> float:
    return stringWidth(text.replace("*", ""), "Helvetica-Bold", _CELL_SIZE) + 13


def _chart(block: Chart, look: _Look) -> list[Flowable]:
    return [draw_chart(block, look.universe, look.width), Spacer(0, 9)]
