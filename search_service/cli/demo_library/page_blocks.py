"""Draws the blocks of a page: owns text styles, tables and charts, knows no page templates."""

import re
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.charts.barcharts import HorizontalBarChart, VerticalBarChart
from reportlab.graphics.charts.legends import Legend
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.charts.piecharts import Pie
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    FrameBreak,
    KeepTogether,
    ListFlowable,
    ListItem,
    Paragraph,
    Spacer,
)
from reportlab.platypus import Table as PrintedTable

from search_service.cli.demo_library import model
from search_service.cli.demo_library.model import Block, Bullets, Callout, Chart, Heading, Table
from search_service.cli.demo_library.theme import INK, MIST, NAVY, accent_of, light_accent_of

_INK = HexColor(f"#{INK}")
_TEXT = ParagraphStyle(
    "text", fontName="Helvetica", fontSize=10.6, leading=15, spaceAfter=7, textColor=_INK
)
_ITEM = ParagraphStyle("item", parent=_TEXT, spaceAfter=3)
_HEADING = ParagraphStyle(
    "heading", parent=_TEXT, fontName="Helvetica-Bold", fontSize=13, leading=17, spaceBefore=9
)
_SECTION = "section"
_CELL = ParagraphStyle("cell", parent=_TEXT, fontSize=9.4, leading=12, spaceAfter=0)
_HEADER = ParagraphStyle("header", parent=_CELL, fontName="Helvetica-Bold", textColor=white)
_CALLOUT = ParagraphStyle("callout", parent=_TEXT, fontSize=10.5, spaceAfter=0, leading=14.5)


def draw_blocks(blocks: tuple[Block, ...], universe: str, width: float) -> list[Flowable]:
    """The blocks as reportlab flowables for a column of that width in points, in reading order."""
    flowables: list[Flowable] = []
    for block in blocks:
        match block:
            case Heading():
                style = ParagraphStyle(
                    _SECTION, parent=_HEADING, textColor=HexColor(f"#{accent_of(universe)}")
                )
                flowables.append(Paragraph(_marked(block.text), style))
            case model.Paragraph():
                flowables.append(Paragraph(_marked(block.text), _TEXT))
            case Bullets():
                flowables.append(_bullets(block, universe))
            case Callout():
                flowables += [_callout(block, universe, width), Spacer(0, 8)]
            case Table():
                flowables += [_table(block, universe, width), Spacer(0, 9)]
            case Chart():
                flowables.append(KeepTogether([_chart(block, universe, width), Spacer(0, 9)]))
    return flowables


def balance_columns(flowables: list[Flowable], width: float) -> list[Flowable]:
    """Break into two columns where the taller one is shortest, never right after a heading."""
    ruler = Canvas(BytesIO())
    heights = [f.wrapOn(ruler, width, 10_000)[1] + f.getSpaceAfter() for f in flowables]
    candidates = [at for at in range(1, len(flowables) + 1) if not _is_heading(flowables[at - 1])]
    best = min(candidates, key=lambda at: max(sum(heights[:at]), sum(heights[at:])))
    return [*flowables[:best], FrameBreak(), *flowables[best:]]


def _is_heading(flowable: Flowable) -> bool:
    return isinstance(flowable, Paragraph) and flowable.style.name == _SECTION


def _marked(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(text))


def _bullets(block: Bullets, universe: str) -> Flowable:
    items: list[Any] = [ListItem(Paragraph(_marked(item.text), _ITEM)) for item in block.items]
    return ListFlowable(
        items,
        bulletType="bullet",
        start="•",
        bulletColor=HexColor(f"#{accent_of(universe)}"),
        leftIndent=12,
        spaceAfter=6,
    )


def _callout(block: Callout, universe: str, width: float) -> Flowable:
    table = PrintedTable([[Paragraph(_marked(block.text), _CALLOUT)]], colWidths=[width])
    table.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, -1), HexColor(f"#{MIST}")),
            ("LINEBEFORE", (0, 0), (0, -1), 4, HexColor(f"#{accent_of(universe)}")),
            ("LEFTPADDING", (0, 0), (-1, -1), 12),
            ("TOPPADDING", (0, 0), (-1, -1), 8),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 9),
        ]
    )
    return table


def _table(block: Table, universe: str, width: float) -> Flowable:
    cells = [
        [Paragraph(_marked(text), _HEADER if at == 0 else _CELL) for text in row]
        for at, row in enumerate(block.rows)
    ]
    weights = [_weight([row[at] for row in block.rows]) for at in range(len(block.rows[0]))]
    table = PrintedTable(cells, colWidths=[width * w / sum(weights) for w in weights], repeatRows=1)
    table.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, 0), HexColor(f"#{accent_of(universe)}")),
            ("ROWBACKGROUNDS", (0, 1), (-1, -1), [white, HexColor(f"#{MIST}")]),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor("#D5DBE1")),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ]
    )
    return table


def _weight(cells: list[str]) -> float:
    """How wide a column wants to be: as its longest cell, and never narrower than its words."""
    longest_word = max(len(word) for cell in cells for word in cell.split() or [""])
    return max(min(max(map(len, cells)), 38), 1.5 * longest_word) + 5.0


_HEIGHT = 175.0


def _chart(block: Chart, universe: str, width: float) -> Drawing:
    drawing = Drawing(width, _HEIGHT)
    colours = [HexColor(f"#{c}") for c in (accent_of(universe), light_accent_of(universe), NAVY)]
    colours += [HexColor("#F2B134"), HexColor("#2A9D8F"), HexColor("#8A97A6")]
    if block.style in {"pie", "doughnut"}:
        drawing.add(_pie(block, colours))
        names, left = block.categories, 190.0
    else:
        drawing.add(_axes_chart(block, colours, width))
        names, left = tuple(name for name, _ in block.series), 40.0
    drawing.add(_legend(names, colours, left, round_chart=left > 100))
    return drawing


_AXES_CHARTS: dict[str, Any] = {
    "bar": HorizontalBarChart,
    "column": VerticalBarChart,
    "line": HorizontalLineChart,
}


def _pie(block: Chart, colours: list[Color]) -> Pie:
    pie = Pie()
    pie.x, pie.y, pie.width, pie.height = 25, 15, 130, 130
    pie.data = list(block.series[0][1])
    pie.labels = [f"{value:g}" for value in pie.data]
    for at in range(len(pie.data)):
        pie.slices[at].fillColor = colours[at % len(colours)]
        pie.slices[at].strokeColor = white
    return pie


def _axes_chart(block: Chart, colours: list[Color], width: float) -> Any:
    chart: Any = _AXES_CHARTS[block.style]()
    flat = block.style == "bar"
    chart.x, chart.y = (110 if flat else 40), 40
    chart.width, chart.height = width - chart.x - 15, _HEIGHT - 50
    chart.data = [values for _, values in block.series]
    chart.categoryAxis.categoryNames = list(block.categories)
    chart.categoryAxis.labels.fontSize = chart.valueAxis.labels.fontSize = 8
    chart.valueAxis.valueMin = 0
    chart.valueAxis.valueMax = 1.1 * max(max(values) for values in chart.data)
    if flat:
        chart.categoryAxis.reverseDirection = 1
    marks = chart.lines if block.style == "line" else chart.bars
    for at in range(len(block.series)):
        colour = colours[at % len(colours)]
        if block.style == "line":
            marks[at].strokeColor, marks[at].strokeWidth = colour, 2
        else:
            marks[at].fillColor, marks[at].strokeColor = colour, None
    return chart


def _legend(names: tuple[str, ...], colours: list[Color], left: float, *, round_chart: bool) -> Any:
    legend: Any = Legend()
    legend.x, legend.y = left, 140 if round_chart else 8
    legend.boxAnchor = "nw" if round_chart else "w"
    legend.columnMaximum = 8 if round_chart else 1
    legend.alignment, legend.fontName, legend.fontSize = "right", "Helvetica", 8
    legend.deltax, legend.dxTextSpace = 90, 5
    legend.colorNamePairs = [(colours[at % len(colours)], n) for at, n in enumerate(names)]
    return legend
