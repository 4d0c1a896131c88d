"""`reindex` writes the index anew from the text that it holds, while searches go on."""

from collections.abc import AsyncIterator, Sequence

import click

from search_service.cli.console import say, write_json
from search_service.cli.progress import progress_bar
from search_service.cli.runtime import run
from search_service.config import Settings
from search_service.errors import NotFoundError
from search_service.index import consistency, statistics, writer
from search_service.serving.services import Services


@click.command("reindex")
@click.option(
    "--material",
    "ids",
    type=click.IntRange(1, 2**31 - 1),
    multiple=True,
    metavar="ID",
    help="Only this material; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each material.")
@click.pass_obj
def reindex(settings: Settings, ids: Sequence[int], as_json: bool) -> None:
    """Bring the index up to date from its own text, and count all statistics anew.

    For when `doctor` finds a difference, or after a change of how text is searched. Files are not
    read. It can be stopped and started again at any time, and beside uploads and edits.
    """

    async def work(services: Services) -> list[tuple[int, int]]:
        return [done async for done in _reindexed(services, ids)]

    done = run(settings, work)
    if as_json:
        for material_id, rewritten in done:
            write_json({"material_id": material_id, "passages_rewritten": rewritten})
    rewritten = sum(passages for _, passages in done)
    say(f"{len(done):,} materials: {rewritten:,} passages were written anew.")


COMMANDS = (reindex,)


async def _reindexed(services: Services, named: Sequence[int]) -> AsyncIterator[tuple[int, int]]:
    """Go through the materials named, or all of them; a transaction for each, then the counts."""
    ids = named or await _all(services)
    with progress_bar() as bar:
        task = bar.add_task("Reindexing", total=len(ids))
        for material_id in ids:
            async with services.database.transaction() as connection:
                rewritten = await writer.reindex_material(connection, material_id)
            if rewritten is not None:
                yield material_id, rewritten
            elif named:
                raise NotFoundError(f"There is no material {material_id}, or it was deleted.")
            bar.advance(task)
    async with services.database.transaction() as connection:
        if named:
            await statistics.refresh_if_due(connection)
        else:
            await statistics.refresh(connection)


async def _all(services: Services) -> list[int]:
    async with services.database.transaction() as connection:  # a standby may lack the newest
        return sorted(await consistency.material_ids(connection))
