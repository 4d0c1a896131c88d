"""Draws the charts of a page: owns axes, slices and legends, knows no page."""

from typing import Any

from reportlab.graphics.charts.barcharts import HorizontalBarChart, VerticalBarChart
from reportlab.graphics.charts.legends import Legend
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.charts.piecharts import Pie
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import Color, HexColor, white

from search_service.cli.demo_library.model import Chart
from search_service.cli.demo_library.theme import NAVY, accent_of, light_accent_of

_HEIGHT = 175.0


def draw_chart(block: Chart, universe: str, width: float) -> Drawing:
    """A drawing as wide as its column, in points."""
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
