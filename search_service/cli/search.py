"""`search` answers a query in the terminal, as a table or as JSON."""

from typing import Any

import click
from msgspec import json
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from search_service.api.answers import answer_of
from search_service.cli.console import OUT, say
from search_service.cli.runtime import caller_of, run
from search_service.config import Settings
from search_service.insights.entries import Channel
from search_service.search.answer import Answer, Hit, Slide
from search_service.search.request import MAX_LIMIT, SearchRequest
from search_service.serving.searching import Answered, ask
from search_service.serving.services import Services


@click.command("search")
@click.argument("query")
@click.option("--limit", type=click.IntRange(1, MAX_LIMIT), default=10, show_default=True)
@click.option("--explain", is_flag=True, help="Say why each hit stands where it stands.")
@click.option("--as", "email", metavar="EMAIL", help="The account to act as.")
@click.option(
    "--json", "as_json", is_flag=True, help="The answer as JSON, as GET /search gives it."
)
@click.pass_obj
def search(
    settings: Settings, query: str, limit: int, explain: bool, email: str | None, as_json: bool
) -> None:
    """Find decks and their best slides.

    Words, "phrases", -word, OR, prefix*, and fields such as persona:cto or updated:>2026-01-01.
    """

    async def work(services: Services) -> Answered:
        caller = await caller_of(services, email)
        request = SearchRequest(query, limit=limit, explain=explain)
        return await ask(services, caller.principal, request, Channel.CLI)

    answered = run(settings, work)
    if as_json:
        answer = answer_of(settings, answered)
        OUT.out(json.encode(answer).decode(), highlight=False)
    else:
        show(answered.answer)


COMMANDS = (search,)


def show(answer: Answer) -> None:
    """Print an answer for a person."""
    for warning in answer.warnings:
        say(f"[yellow]{escape(warning.message)}[/]")
    for correction in answer.corrected:
        used = escape(correction.used)
        say(f"Showing results for [bold]{used}[/], not {escape(correction.typed)}.")
    for each in answer.expanded:
        added = escape(", ".join(each.added))
        say(f"Also searched: [bold]{added}[/] for {escape(each.typed)}.")
    if not answer.hits:
        say("Nothing was found. Try fewer or other words.")
        return
    what = "materials that hold some of the words" if answer.partial else "materials"
    OUT.print(f"{answer.total} {what}, {answer.took_ms:.0f} ms")
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right", style="dim")
    table.add_column(overflow="fold")
    for place, hit in enumerate(answer.hits, 1):
        table.add_row(str(place), _heading(hit))
        for slide in hit.slides:
            table.add_row("", _slide(slide))
        for part in hit.explanation:
            table.add_row("", Text(f"  {part.value:+.2f}  {part.words}", style="dim"))
    OUT.print(table)


def _heading(hit: Hit) -> Text:
    text = _marked(hit.name, hit.name_marks, "bold")
    facts: list[Any] = [
        hit.material_type.removeprefix("PRODUCT_").replace("_", " ").lower(),
        hit.product_name,
        hit.universe_name,
        (hit.status or "DRAFT").lower() if hit.status != "PUBLISHED" else None,
        hit.language,
    ]
    text.append("  " + " · ".join(str(fact) for fact in facts if fact), style="dim")
    if hit.pinned:
        text.append("  pinned", style="cyan")
    if hit.missing:
        text.append(f"  without: {', '.join(hit.missing)}", style="yellow")
    return text


def _slide(slide: Slide) -> Text:
    text = Text(f"  slide {slide.page_number}  ", style="cyan")
    text.append(_marked(slide.title, slide.title_marks, "none"))
    if slide.hidden:
        text.append(" (hidden)", style="yellow")
    if slide.snippet.source == "notes":
        text.append(" (notes)", style="yellow")
    text.append("\n    ")
    text.append(_marked(slide.snippet.text, slide.snippet.marks, "dim"))
    return text


def _marked(text: str, marks: tuple[tuple[int, int], ...], style: str) -> Text:
    shown = Text(text, style=style)
    for start, end in marks:
        shown.stylize("bold green not dim", start, end)
    return shown
