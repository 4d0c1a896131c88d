"""What stands in the middle of a slide: owns one drawing per kind of body, knows no files."""

from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Inches, Pt

from search_service.cli.demo_library.model import (
    BulletItem,
    Bullets,
    Cards,
    Chart,
    Columns,
    Diagram,
    Quote,
    Rows,
    Table,
)
from search_service.cli.demo_library.theme import INK, Box, place

_BOTTOM = 6.75
_WIDTH = 12.1
_LEFT = 0.6
_CHART_DATA: Any = CategoryChartData
_COLOUR: Any = RGBColor
_CHARTS = {
    "bar": XL_CHART_TYPE.BAR_CLUSTERED,
    "column": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "line": XL_CHART_TYPE.LINE_MARKERS,
    "pie": XL_CHART_TYPE.PIE,
    "doughnut": XL_CHART_TYPE.DOUGHNUT,
}


def draw_bullets(slide: Any, body: Bullets, top: float) -> None:
    placeholder = slide.placeholders[1]
    place(placeholder, Box(_LEFT, top, _WIDTH, _BOTTOM - top))
    _fill_bullets(placeholder, body.items, _WIDTH)


def draw_columns(slide: Any, body: Columns, top: float) -> None:
    columns = ((body.left_title, body.left), (body.right_title, body.right))
    for at, (heading, items) in enumerate(columns):
        head, text = slide.placeholders[1 + 2 * at], slide.placeholders[2 + 2 * at]
        left = _LEFT + at * 6.2
        place(head, Box(left, top, 5.9, 0.5))
        place(text, Box(left, top + 0.6, 5.9, _BOTTOM - top - 0.6))
        head.text_frame.text = heading
        run = head.text_frame.paragraphs[0].runs[0]
        run.font.size, run.font.bold = Pt(19), True
        run.font.color.theme_color = MSO_THEME_COLOR.ACCENT_1
        _fill_bullets(text, items, 5.9)


def draw_table(slide: Any, body: Table, top: float) -> None:
    rows, columns = len(body.rows), len(body.rows[0])
    size = 15 if rows <= 7 else 13 if rows <= 10 else 11
    box = Box(_LEFT, top, _WIDTH, min(0.72, 4.4 / rows) * rows)
    table = slide.shapes.add_table(rows, columns, *_lengths(box)).table
    for column, width in zip(table.columns, _column_widths(body.rows), strict=True):
        column.width = Inches(width)
    for r, row in enumerate(body.rows):
        for c, text in enumerate(row):
            cell = table.cell(r, c)
            cell.text = text
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            font = cell.text_frame.paragraphs[0].font
            font.size, font.bold = Pt(size), r == 0 or c == 0
    if body.footnote:
        _write(slide, Box(_LEFT, 6.4, _WIDTH, 0.4), body.footnote, 12)


def _column_widths(rows: Rows) -> list[float]:
    weights = [
        min(max(len(row[c]) for row in rows), 48) + 6.0 + (c == 0) * 4 for c in range(len(rows[0]))
    ]
    return [_WIDTH * weight / sum(weights) for weight in weights]


def draw_chart(slide: Any, body: Chart, top: float) -> None:
    data: Any = _CHART_DATA()
    data.categories = body.categories
    for name, values in body.series:
        data.add_series(name, values)
    width = 8.3 if body.takeaway else _WIDTH
    box = Box(_LEFT, top, width, _BOTTOM - top)
    chart = slide.shapes.add_chart(_CHARTS[body.style], *_lengths(box), data).chart
    chart.font.size, chart.font.color.rgb = Pt(13), _COLOUR.from_string(INK)
    round_chart = body.style in {"pie", "doughnut"}
    chart.has_legend = round_chart or len(body.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.has_title = len(body.series) == 1
    if chart.has_title:
        chart.chart_title.text_frame.text = body.series[0][0]
        chart.chart_title.text_frame.paragraphs[0].runs[0].font.size = Pt(14)
    plot = chart.plots[0]
    plot.vary_by_categories = round_chart
    plot.has_data_labels = True
    plot.data_labels.font.size = Pt(12)
    if round_chart:
        plot.data_labels.font.bold = True
        plot.data_labels.font.color.theme_color = MSO_THEME_COLOR.BACKGROUND_1
    if not round_chart:
        chart.value_axis.has_major_gridlines = chart.value_axis.visible = body.style == "line"
    if body.style == "bar":
        chart.category_axis.reverse_order = True
    if body.takeaway:
        _panel(slide.shapes, Box(9.2, top + 0.4, 3.5, 3.6), (body.takeaway,), 17)


def draw_diagram(slide: Any, body: Diagram, top: float) -> None:
    count = len(body.groups)
    gap = 0.35
    width = (_WIDTH - gap * (count - 1)) / count
    height = _BOTTOM - top - (0.5 if body.footnote else 0.1)
    rows = max(len(group) for group in body.groups) - 1
    for at, (heading, *boxes) in enumerate(body.groups):
        outer = slide.shapes.add_group_shape()
        outer.name = f"Group {heading}"
        left = _LEFT + at * (width + gap)
        frame = _shape(outer.shapes, Box(left, top, width, height), MSO_SHAPE.ROUNDED_RECTANGLE)
        frame.adjustments[0] = 0.04
        frame.fill.fore_color.theme_color = MSO_THEME_COLOR.BACKGROUND_2
        _label(outer.shapes, Box(left, top + 0.1, width, 0.6), heading)
        inner = outer.shapes.add_group_shape()
        step = (height - 0.95) / rows
        for row, text in enumerate(boxes):
            cell = Box(left + 0.2, top + 0.8 + row * step, width - 0.4, step - 0.15)
            _panel(inner.shapes, cell, (text,), 14 if len(text) < 60 else 12)
    if body.footnote:
        _write(slide, Box(_LEFT, 6.35, _WIDTH, 0.4), body.footnote, 13)


def draw_cards(slide: Any, body: Cards, top: float) -> None:
    count = len(body.cards)
    across = count if count <= 4 else (count + 1) // 2
    down = -(-count // across)
    width = (_WIDTH - 0.3 * (across - 1)) / across
    height = min((_BOTTOM - top - 0.1 - 0.3 * (down - 1)) / down, 3.2)
    top += 0.6 if down == 1 else 0
    for at, card in enumerate(body.cards):
        left = _LEFT + (at % across) * (width + 0.3)
        box = Box(left, top + (at // across) * (height + 0.3), width, height)
        shape = _shape(slide.shapes, box, MSO_SHAPE.ROUNDED_RECTANGLE)
        shape.adjustments[0] = 0.06
        shape.fill.fore_color.theme_color = MSO_THEME_COLOR.BACKGROUND_2
        _fill_card(shape.text_frame, card)


def _fill_card(frame: Any, card: tuple[str, ...]) -> None:
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE
    value_size = 34 if len(card[0]) <= 10 else 24
    looks = ((value_size, MSO_THEME_COLOR.ACCENT_1), (16, MSO_THEME_COLOR.TEXT_2))
    for at, text in enumerate(card):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.CENTER
        run = paragraph.add_run()
        run.text = text
        size, colour = looks[at] if at < len(looks) else (13, MSO_THEME_COLOR.TEXT_1)
        run.font.size, run.font.bold = Pt(size), at < len(looks)
        run.font.color.theme_color = colour


def draw_quote(slide: Any, body: Quote, top: float) -> None:
    width = 8.2 if body.figures else _WIDTH
    frame = _write(slide, Box(_LEFT, top + 0.2, width, 3.3), f"“{body.text}”", 23)
    frame.paragraphs[0].runs[0].font.italic = True
    author = _write(slide, Box(_LEFT, top + 3.6, width, 0.7), body.author, 16)
    author.paragraphs[0].runs[0].font.bold = True
    for at, figure in enumerate(body.figures):
        box = Box(9.2, top + at * 1.55, 3.5, 1.4)
        _panel(slide.shapes, box, figure, 15)


def sign_title(slide: Any, text: str) -> None:
    """Say at the foot of a title slide who speaks."""
    run = _write(slide, Box(0.9, 6.5, 9.6, 0.4), text, 14).paragraphs[0].runs[0]
    run.font.color.theme_color = MSO_THEME_COLOR.ACCENT_2


def write_lead(slide: Any, text: str) -> None:
    _write(slide, Box(_LEFT, 1.18, _WIDTH, 0.55), text, 17)


def _fill_bullets(placeholder: Any, items: tuple[BulletItem, ...], width: float) -> None:
    frame = placeholder.text_frame
    lines = sum(1 + int(len(item.text) / (width * 9)) for item in items)
    size = 22 if lines <= 7 and width > 6 else 20 if lines <= 9 else 17 if lines <= 12 else 15
    for at, item in enumerate(items):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        paragraph.text, paragraph.level = item.text, item.level
        paragraph.font.size = Pt(size - 2 * item.level)
        paragraph.space_after = Pt(10 if lines <= 7 else 4)


def _write(slide: Any, box: Box, text: str, size: int) -> Any:
    shape = slide.shapes.add_textbox(*_lengths(box))
    frame = shape.text_frame
    frame.word_wrap = True
    run = frame.paragraphs[0].add_run()
    run.text, run.font.size = text, Pt(size)
    run.font.color.rgb = _COLOUR.from_string(INK)
    return frame


def _lengths(box: Box) -> list[Any]:
    """A shape in a group must be born in its place: the group's frame is drawn around it then."""
    return [Inches(value) for value in (box.left, box.top, box.width, box.height)]


def _shape(shapes: Any, box: Box, kind: Any) -> Any:
    shape = shapes.add_shape(kind, *_lengths(box))
    shape.line.fill.background()
    shape.shadow.inherit = False
    shape.fill.solid()
    return shape


def _panel(shapes: Any, box: Box, lines: tuple[str, ...], size: int) -> None:
    """A coloured box with white text; the first of several lines is the larger one."""
    shape = _shape(shapes, box, MSO_SHAPE.ROUNDED_RECTANGLE)
    shape.adjustments[0] = 0.08
    shape.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1
    frame = shape.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE
    for at, text in enumerate(lines):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.CENTER
        run = paragraph.add_run()
        run.text, run.font.size = text, Pt(26 if at == 0 and len(lines) > 1 else size)
        run.font.bold = at == 0 and len(lines) > 1
        run.font.color.theme_color = MSO_THEME_COLOR.BACKGROUND_1


def _label(shapes: Any, box: Box, text: str) -> None:
    shape = shapes.add_textbox(*_lengths(box))
    shape.text_frame.word_wrap = True
    paragraph = shape.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.CENTER
    run = paragraph.add_run()
    run.text, run.font.size, run.font.bold = text, Pt(16), True
    run.font.color.theme_color = MSO_THEME_COLOR.TEXT_2
