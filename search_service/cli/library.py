"""`ingest` brings files in, `export` writes the library as a table, `extract` shows one file."""

import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click
from rich.table import Table

from search_service.catalog import table
from search_service.catalog.materials import MaterialFilter
from search_service.cli.console import ERR, say, write_json
from search_service.cli.loading import Item, Outcome, load
from search_service.cli.runtime import caller_of, run, working
from search_service.config import Settings
from search_service.db.enums import JobState
from search_service.errors import InvalidInputError
from search_service.serving.services import Services

# What a folder is searched for; a file that is named is tried whatever it is called.
SUFFIXES = frozenset(
    {".pdf", ".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm", ".ppt", ".odp"}
    | {".md", ".markdown", ".html", ".htm", ".txt"}
)
_PROBLEMS_SHOWN = 30


@click.command("ingest")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--metadata",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A table (CSV) with a row for each file: path, name, type, audience, status, …",
)
@click.option("--as", "email", metavar="EMAIL", help="The account to act as.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each file.")
@click.pass_obj
def ingest(
    settings: Settings,
    paths: Sequence[Path],
    metadata: Path | None,
    email: str | None,
    as_json: bool,
) -> None:
    """Read decks and PDFs from files and folders, so that they can be found.

    Without --metadata everything becomes an INTERNAL draft whose type is guessed. Files that are
    there already are not read again; with --metadata they take what the table says.
    """

    async def work(services: Services) -> list[Outcome]:
        caller = await caller_of(services, email)
        items = await _items(services, paths, metadata)
        async with working(services):
            return await load(services, caller, items)

    outcomes = run(settings, work)
    if as_json:
        for outcome in outcomes:
            write_json(outcome.as_json())
    _report(settings, outcomes, stated=metadata is not None)


@click.command("export")
@click.option("--csv", "as_csv", is_flag=True, help="As a table that `ingest --metadata` takes.")
@click.option("--as", "email", metavar="EMAIL", help="The account to act as.")
@click.pass_obj
def export(settings: Settings, as_csv: bool, email: str | None) -> None:
    """Write the library's metadata to standard output."""
    if not as_csv:
        raise click.UsageError("Say in which form: `search-service export --csv > library.csv`.")

    async def work(services: Services) -> str:
        caller = await caller_of(services, email)
        async with services.database.reading() as connection:
            return await table.export(connection, caller.principal, MaterialFilter())

    sys.stdout.write(run(settings, work))


@click.command("extract")
@click.argument("file", type=click.Path(path_type=Path))
def extract(file: Path) -> None:
    """Show what would be read from a file, as JSON lines; nothing is stored."""
    from extractors.__main__ import main  # noqa: PLC0415 - its libraries are slow to load

    sys.exit(main([str(file)]))


COMMANDS = (ingest, export, extract)


async def _items(services: Services, paths: Sequence[Path], metadata: Path | None) -> list[Item]:
    """The files to read; those of a table in its order, with what it states."""
    found = _files(paths)
    if metadata is None:
        return [Item(path) for path in found]
    async with services.database.reading() as connection:
        known = await table.known_names(connection)
    parsed = table.parse(await asyncio.to_thread(metadata.read_bytes), known)
    parsed.require_valid()
    rows = {_located(row.path, metadata, paths): row for row in parsed.rows}
    missing = [str(path) for path in rows if not path.is_file()]
    if missing:
        raise InvalidInputError(
            f"{metadata} names {len(missing)} files that are not there; nothing was changed: "
            + ", ".join(missing[:_PROBLEMS_SHOWN])
        )
    stated = [Item(path, row.metadata, row.status) for path, row in rows.items()]
    return [*stated, *(Item(path) for path in found if path.resolve() not in rows)]


def _files(paths: Sequence[Path]) -> list[Path]:
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = (item for item in sorted(path.rglob("*")) if item.is_file())
            found |= {
                item: None
                for item in inside
                if item.suffix.lower() in SUFFIXES and not item.name.startswith((".", "~$"))
            }
        else:
            found[path] = None
    return list(found)


def _located(written: str, metadata: Path, paths: Sequence[Path]) -> Path:
    """A table's path is relative to one of the folders given, else to the table."""
    for folder in (*(path for path in paths if path.is_dir()), metadata.parent):
        candidate = (folder / written).resolve()
        if candidate.is_file():
            return candidate
    return (metadata.parent / written).resolve()


def _report(settings: Settings, outcomes: Sequence[Outcome], *, stated: bool) -> None:
    """Say what was read, what was not and why, and how to go on."""
    counts = Counter(outcome.status for outcome in outcomes)
    known = sum(outcome.duplicate for outcome in outcomes)
    said = ", ".join(f"{number} {status}" for status, number in counts.most_common())
    say(
        f"{len(outcomes)} files: {said or 'nothing to read'}"
        + (f"; {known} known" if known else "")
    )
    troubled = [item for item in outcomes if item.status != JobState.DONE]
    if troubled:
        shown = Table("file", "state", "code", "what it means", box=None, pad_edge=False)
        for item in troubled[:_PROBLEMS_SHOWN]:
            shown.add_row(item.path.name, item.status, item.code or "", item.message or "")
        ERR.print(shown)
        if len(troubled) > _PROBLEMS_SHOWN:
            say(f"… and {len(troubled) - _PROBLEMS_SHOWN} more; --json lists all.")
    if not stated and any(item.material_id for item in outcomes):
        say(
            "They are drafts of type and audience as guessed. To publish: review them at "
            f"{settings.public_url}/library, or correct the table of `search-service export --csv` "
            "(its column status may say PUBLISHED) and give it to `search-service ingest "
            "--metadata`."
        )
