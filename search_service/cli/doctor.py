"""`doctor` looks at everything that the service needs and says what to do about what is missing."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click
from rich.markup import escape

from search_service.cli import converters
from search_service.cli.console import OUT
from search_service.cli.progress import progress_bar
from search_service.cli.runtime import run
from search_service.config import LOCAL_HOSTS, Settings
from search_service.errors import ServiceError
from search_service.index import consistency
from search_service.index.consistency import Finding, Sample
from search_service.ingest import file_check
from search_service.ingest.file_check import FileFinding
from search_service.serving.readiness import Check, checks
from search_service.serving.services import Services

# What is looked at of the index each time; with --deep all of it, in snapshots of so much.
SAMPLE = Sample(materials=20, lists=5)
AT_ONCE = 50
_FINDINGS_SHOWN = 10
Item = TypeVar("Item")


@click.command("doctor")
@click.option(
    "--deep",
    "--full",
    "deep",
    is_flag=True,
    help="Check all of the index and every byte of every file, not only a sample.",
)
@click.pass_obj
def doctor(settings: Settings, deep: bool) -> None:
    """Check configuration, database, queue, storage, index and files; exits 1 if one is wrong."""
    found = [_public_url(settings), *converters.checks(settings)]

    async def work(services: Services) -> list[Check]:
        return [
            *await checks(services),
            *await _index(services, deep=deep),
            *await _files(services, deep=deep),
        ]

    try:
        found += run(settings, work)
    except ServiceError as error:
        found.append(Check("database", ok=False, detail=error.message))
    for check in found:
        mark = "[green]ok  [/]" if check.ok else "[red]look[/]"
        OUT.print(f"{mark} {check.name}: {escape(check.detail)}", soft_wrap=True)
    sys.exit(0 if all(check.ok for check in found) else 1)


COMMANDS = (doctor,)


async def _index(services: Services, *, deep: bool) -> list[Check]:
    """Compare the index with what it is made of; never raises for what is broken."""
    try:
        if deep:
            findings = await _everything(services)
        else:
            async with services.database.reading() as connection:
                findings = await consistency.check(connection, SAMPLE)
    except ServiceError as error:
        return [Check("index", ok=False, detail=error.message)]
    if not findings:
        what = "All of it" if deep else "A sample of it"
        return [Check("index", ok=True, detail=f"{what} is as its text and metadata say.")]
    shown = [finding.message for finding in findings[:_FINDINGS_SHOWN]]
    if more := len(findings) - len(shown):
        shown.append(f"{more} more findings; run `search-service reindex`, which mends all.")
    return [Check("index", ok=False, detail=detail) for detail in shown]


async def _files(services: Services, *, deep: bool) -> list[Check]:
    """Compare the file store with what refers to it; never raises for what is broken."""
    try:
        if deep:
            findings = await _every_file(services)
        else:
            findings = await file_check.check_sample(services.database, services.store)
    except ServiceError as error:
        return [Check("files", ok=False, detail=error.message)]
    except OSError as error:
        advice = "see that the data folder is mounted and belongs to the service."
        detail = f"The file store cannot be read ({error.strerror}); {advice}"
        return [Check("files", ok=False, detail=detail)]
    if not findings:
        what = "Every file is" if deep else "A sample of the files is"
        return [
            Check("files", ok=True, detail=f"{what} as it was uploaded, and none is left over.")
        ]
    shown = [finding.message for finding in findings[:_FINDINGS_SHOWN]]
    if more := len(findings) - len(shown):
        shown.append(f"{more} more findings; mend these, then look again.")
    return [Check("files", ok=False, detail=detail) for detail in shown]


async def _every_file(services: Services) -> list[FileFinding]:
    named = await file_check.files(services.database)
    with progress_bar() as bar:
        task = bar.add_task("Reading files", total=len(named))
        found = await file_check.check_files(services.store, named, partial(bar.advance, task))
    return found + await file_check.check_orphans(services.database, services.store)


async def _everything(services: Services) -> list[Finding]:
    """Check all materials and lists."""
    async with services.database.reading() as connection:
        ids = await consistency.material_ids(connection)
        lists = await consistency.stored_lists(connection)
    with progress_bar() as bar:
        task = bar.add_task("Checking", total=len(ids) + len(lists))
        advance = partial(bar.advance, task)
        return [
            *await _in_batches(services, consistency.check_materials, ids, advance),
            *await _in_batches(services, consistency.check_lists, lists, advance),
        ]


async def _in_batches(
    services: Services,
    check: Callable[[Any, Sequence[Item]], Awaitable[list[Finding]]],
    items: Sequence[Item],
    advance: Callable[[int], None],
) -> list[Finding]:
    """Check a batch in each snapshot: one for all would keep every dead row until it ends."""
    found: list[Finding] = []
    for start in range(0, len(items), AT_ONCE):
        batch = items[start : start + AT_ONCE]
        async with services.database.reading() as connection:
            found += await check(connection, batch)
        advance(len(batch))
    return found


def _public_url(settings: Settings) -> Check:
    """Links made from an address that only this machine knows are no use to others."""
    local = urlsplit(settings.public_url).hostname in LOCAL_HOSTS
    if local and settings.host not in LOCAL_HOSTS:
        return Check(
            "PUBLIC_URL",
            ok=False,
            detail=f"The service binds {settings.host}, but links say {settings.public_url}; set "
            "PUBLIC_URL to the address that people use.",
        )
    return Check("PUBLIC_URL", ok=True, detail=f"Links begin with {settings.public_url}.")
