"""The light markup inside content files: owns its grammar, knows nothing of TOML or of drawing."""

from itertools import groupby

from search_service.cli.demo_library.model import (
    Block,
    BulletItem,
    Bullets,
    Callout,
    Chart,
    Heading,
    Paragraph,
    Rows,
    Table,
)

CHART_STYLES = ("bar", "column", "line", "pie", "doughnut")


class ContentError(ValueError):
    """A content file that says something this package cannot build."""


def parse_blocks(text: str) -> tuple[Block, ...]:
    """Split a page's text into blocks.

    `## ` opens a heading, `- ` a bullet, `> ` a callout, `| ` a table row, `!chart STYLE` turns the
    rows that follow into a chart; other lines are paragraphs, one each. Empty lines part blocks.
    """
    lines = [line.strip() for line in text.splitlines()]
    blocks: list[Block] = []
    chart_style = ""
    for kind, grouped in groupby(lines, key=_line_kind):
        members = list(grouped)
        if kind == "chart":
            chart_style = members[-1].removeprefix("!chart").strip()
        elif kind == "|" and chart_style:
            blocks.append(parse_chart(chart_style, "\n".join(_unpiped(m) for m in members)))
            chart_style = ""
        else:
            blocks.extend(_blocks_of(kind, members))
    return tuple(blocks)


def _line_kind(line: str) -> str:
    if not line:
        return "empty"
    if line.startswith("!chart"):
        return "chart"
    return next((mark for mark in ("##", "- ", "> ", "|") if line.startswith(mark)), "text")


def _blocks_of(kind: str, members: list[str]) -> list[Block]:
    match kind:
        case "##":
            return [Heading(m.removeprefix("##").strip()) for m in members]
        case "- ":
            return [Bullets(tuple(BulletItem(m[2:].strip(), 0) for m in members))]
        case "> ":
            return [Callout(" ".join(m[2:].strip() for m in members))]
        case "|":
            return [Table(parse_rows("\n".join(_unpiped(m) for m in members)))]
        case "empty":
            return []
        case _:
            return [Paragraph(m) for m in members]


def _unpiped(line: str) -> str:
    return line.removeprefix("|").removesuffix("|").strip()


def parse_bullets(text: str) -> tuple[BulletItem, ...]:
    """One item per line; a line that opens with `- ` is one level deeper."""
    items = []
    for line in filter(None, (raw.strip() for raw in text.splitlines())):
        deeper = line.startswith("- ")
        items.append(BulletItem(line[2:].strip() if deeper else line, int(deeper)))
    return tuple(items)


def parse_rows(text: str) -> Rows:
    """Lines of cells parted by ` | `, all equally long. Raises ContentError when they are not."""
    rows = parse_ragged_rows(text)
    if len({len(row) for row in rows}) != 1:
        raise ContentError(f"rows differ in length, give each the same number of cells: {rows!r}")
    return rows


def parse_ragged_rows(text: str) -> Rows:
    lines = filter(None, (line.strip() for line in text.splitlines()))
    return tuple(tuple(cell.strip() for cell in line.split("|")) for line in lines)


def parse_chart(style: str, text: str, takeaway: str = "") -> Chart:
    """A table whose header names the series and whose first column names the categories."""
    if style not in CHART_STYLES:
        raise ContentError(f"chart style {style!r} is unknown, use one of {CHART_STYLES}")
    header, *rows = parse_rows(text)
    return Chart(
        style=style,
        categories=tuple(row[0] for row in rows),
        series=tuple(
            (name, tuple(_number(row[at]) for row in rows))
            for at, name in enumerate(header[1:], start=1)
        ),
        takeaway=takeaway,
    )


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError as error:
        raise ContentError(f"a chart needs numbers, found {cell!r}") from error
