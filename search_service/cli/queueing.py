"""`queue` shows what waits to be read and what came to nothing; it can be paused and resumed."""

from dataclasses import dataclass
from typing import Any

import click
from rich.table import Table

from search_service.cli.console import OUT, say, write_json
from search_service.cli.runtime import caller_of, run
from search_service.config import Settings
from search_service.db.enums import JobState
from search_service.ingest import controlling
from search_service.ingest.controlling import QueueState
from search_service.jobs import progress
from search_service.jobs.progress import JobFilter, JobRecord
from search_service.serving.services import Services

SHOWN = 30
# What somebody may want to do something about.
_TELLING = tuple(state for state in JobState if state is not JobState.DONE)


@dataclass(frozen=True, slots=True)
class _Seen:
    queue: QueueState
    jobs: list[JobRecord]


@click.group("queue", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def queue(context: click.Context, as_json: bool) -> None:
    """Show how the queue stands, and the newest files that wait, were refused or partly read."""
    if context.invoked_subcommand is not None:
        return

    async def work(services: Services) -> _Seen:
        caller = await caller_of(services, None)
        wanted = JobFilter(states=_TELLING, newest_only=True, limit=SHOWN)
        async with services.database.reading() as connection:
            state = await controlling.look(connection, caller.principal)
            return _Seen(state, await progress.find(connection, wanted))

    seen = run(context.obj, work)
    if as_json:
        write_json(_as_json(seen))
        return
    counts = ", ".join(f"{count} {state}" for state, count in seen.queue.open_jobs.items())
    OUT.print(f"{counts or 'Nothing waits'}{'; paused' if seen.queue.paused_for_all else ''}.")
    if seen.queue.paused_people:
        OUT.print(
            f"People who paused their own files: {seen.queue.paused_people}; `search-service queue "
            "resume` ends their pauses too."
        )
    table = Table("job", "material", "state", "pages", "why", box=None, pad_edge=False)
    for job in seen.jobs:
        pages = f"{job.pages_done}/{job.pages_total}" if job.pages_total else ""
        table.add_row(str(job.id), str(job.material_id), job.state, pages, job.message or "")
    if seen.jobs:
        OUT.print(table)


@queue.command("pause")
@click.option("--as", "email", metavar="EMAIL", help="Only this account's files.")
@click.pass_obj
def pause(settings: Settings, email: str | None) -> None:
    """Let no further file be read: nobody's, or with --as only that account's."""

    async def work(services: Services) -> None:
        caller = await caller_of(services, email)
        async with services.database.transaction() as connection:
            await controlling.pause(connection, caller, everybody=email is None)

    run(settings, work)
    say("Paused; what is being read is read to its end. `search-service queue resume` goes on.")


@queue.command("resume")
@click.option("--as", "email", metavar="EMAIL", help="Only this account's files.")
@click.pass_obj
def resume(settings: Settings, email: str | None) -> None:
    """Let files be read again."""

    async def work(services: Services) -> None:
        caller = await caller_of(services, email)
        async with services.database.transaction() as connection:
            await controlling.resume(connection, caller, everybody=email is None)

    run(settings, work)
    say("The queue goes on.")


def _as_json(seen: _Seen) -> dict[str, Any]:
    return {
        "paused": seen.queue.paused_for_all,
        "open_jobs": {state.value: count for state, count in seen.queue.open_jobs.items()},
        "jobs": [
            {
                "id": job.id,
                "material_id": job.material_id,
                "version": job.version_ordinal,
                "state": job.state.value,
                "code": job.code,
                "message": job.message,
                "pages_done": job.pages_done,
                "pages_total": job.pages_total,
            }
            for job in seen.jobs
        ],
    }


COMMANDS = (queue,)
