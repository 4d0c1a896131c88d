"""`maintain` tidies up at once, as a worker does every hour."""

import sys
from dataclasses import asdict

import click

from search_service.cli.console import OUT, write_json
from search_service.cli.runtime import run
from search_service.config import Settings
from search_service.ingest.maintenance import Done, Retention
from search_service.ingest.maintenance import maintain as tidy_up
from search_service.serving.services import Services


@click.command("maintain")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each part.")
@click.pass_obj
def maintain(settings: Settings, as_json: bool) -> None:
    """Remove what has expired or was deleted 30 days ago, and make the months of growing tables.

    A worker does the same every hour. Exits 1 when a part failed.
    """

    async def work(services: Services) -> list[Done]:
        return await tidy_up(services.database, services.store, Retention.of(settings))

    done = run(settings, work)
    for part in done:
        if as_json:
            write_json(asdict(part))
        else:
            mark = "[green]ok  [/]" if part.error is None else "[red]look[/]"
            OUT.print(f"{mark} {part.part}: {part.error or part.count}", soft_wrap=True)
    sys.exit(0 if all(part.error is None for part in done) else 1)


COMMANDS = (maintain,)
