"""`demo`: a plausible library, built as real files and read by the real pipeline, then served."""

import asyncio
import secrets
from dataclasses import dataclass, fields

import click
from rich.markup import escape

from search_service.accounts import administration, users
from search_service.accounts.administration import NewUser
from search_service.accounts.caller import Caller
from search_service.accounts.policy import LOCAL_ADMINISTRATOR, Principal
from search_service.catalog import personas, segments, table
from search_service.cli.console import OUT, say
from search_service.cli.demo_library.build import DemoLibrary, build_library
from search_service.cli.demo_library.model import Persona, Segment
from search_service.cli.loading import Item, Outcome, load
from search_service.cli.runtime import run, working
from search_service.cli.search import show
from search_service.cli.serve import require_free_port, serve_forever
from search_service.config import LOCAL_HOSTS, Settings
from search_service.db.enums import JobState, Role
from search_service.errors import ConflictError
from search_service.search.request import SearchRequest
from search_service.serving.services import Services

# Known to everybody who reads this, which is why it is only used where nobody else can connect.
LOCAL_PASSWORD = "demo-password"  # noqa: S105 - see above
SEARCHES = ("gdpr backup pricing", "vmware migration", "souveraineté des données")


@dataclass(frozen=True, slots=True)
class DemoUser:
    email: str
    full_name: str
    role: Role


USERS = (
    DemoUser("admin@demo.example", "Ada Admin", Role.ADMIN),
    DemoUser("claire.pmm@demo.example", "Claire Fontaine", Role.PMM),
    DemoUser("marc.pmm@demo.example", "Marc Dubois", Role.PMM),
    DemoUser("lena.pmm@demo.example", "Lena Vogt", Role.PMM),
    DemoUser("sam.sales@demo.example", "Sam Rivera", Role.SALES),
)


@click.command("demo")
@click.option("--exit", "stop", is_flag=True, help="Stop after loading and three searches.")
@click.option("--host", help="Address to bind; on another than this machine passwords are random.")
@click.option("--port", type=click.IntRange(0, 65535))
@click.pass_obj
def demo(settings: Settings, stop: bool, host: str | None, port: int | None) -> None:
    """Load a demo library of a cloud provider through the real pipeline, and serve it."""
    bound = settings.bound_to(host, port)
    if not stop:
        require_free_port(bound)
    password = LOCAL_PASSWORD if bound.host in LOCAL_HOSTS else secrets.token_urlsafe(12)

    async def work(services: Services) -> None:
        await _require_demo(services)
        fresh = await _create_users(services, password)
        await _load(services)
        for query in SEARCHES:
            OUT.print(f"\n[bold]search “{query}”[/]")
            await _search(services, query)
        _announce(password if fresh else None)

    run(bound, work)
    if not stop:
        say(f"\nServing at http://{bound.host}:{bound.port} – stop with Ctrl-C.")
        serve_forever(bound, worker=True)


COMMANDS = (demo,)


async def _require_demo(services: Services) -> None:
    """Refuse to mix demo accounts with somebody's own. Raises ConflictError."""
    async with services.database.reading() as connection:
        known = await users.count_users(connection)
        ours = await users.find_user(connection, USERS[0].email)
    if known and ours is None:
        raise ConflictError(
            "This database holds accounts already, so it is not filled with a demo; choose "
            "another place: `search-service --data-dir demo-data demo`."
        )


async def _create_users(services: Services, password: str) -> bool:
    """Make the demo accounts; false where they are there from an earlier run."""
    async with services.database.transaction() as connection:
        if await users.find_user(connection, USERS[0].email):
            return False
        hashed = await services.passwords.hash(password)
        for user in USERS:
            new = NewUser(
                email=user.email,
                full_name=user.full_name,
                hashed_password=hashed,
                role=user.role,
            )
            await administration.create_user(connection, Caller(LOCAL_ADMINISTRATOR), new)
    return True


async def _load(services: Services) -> None:
    folder = services.settings.data_dir / "demo-library"
    with OUT.status("Writing the demo library as real decks and PDFs …"):
        library = await asyncio.to_thread(build_library, folder)
    pages = sum(material.page_count for material in library.materials)
    say(f"{len(library.materials)} files with {pages} slides and pages in {folder}")
    await _create_vocabulary(services, library)
    async with services.database.reading() as connection:
        known = await table.known_names(connection)
    parsed = table.parse(library.table.read_bytes(), known)
    parsed.require_valid()
    items = [Item(folder / row.path, row.metadata, row.status) for row in parsed.rows]
    async with working(services):
        outcomes = await load(services, Caller(LOCAL_ADMINISTRATOR), items)
    _require_read(outcomes)


async def _create_vocabulary(services: Services, library: DemoLibrary) -> None:
    caller = Caller(LOCAL_ADMINISTRATOR)
    async with services.database.transaction() as connection:
        known = await table.known_names(connection)
        for persona in library.personas:
            if persona.name.lower() not in known.personas:
                await personas.create(connection, caller, _fields(persona))
        for segment in library.segments:
            if segment.name.lower() not in known.segments:
                await segments.create(connection, caller, _fields(segment))


def _fields(entry: Persona | Segment) -> dict[str, str]:
    return {item.name: getattr(entry, item.name) for item in fields(entry)}


def _require_read(outcomes: list[Outcome]) -> None:
    bad = [item for item in outcomes if item.status not in {JobState.DONE, JobState.PARTIAL}]
    for item in bad:
        say(f"[red]{escape(item.path.name)}[/]: {item.status} {escape(item.message or '')}")


async def _search(services: Services, query: str) -> None:
    """Search as the demo's sales rep."""
    async with services.database.reading() as connection:
        account = await users.find_user(connection, USERS[-1].email)
    principal: Principal = account.as_principal() if account else LOCAL_ADMINISTRATOR
    show(await services.searcher.search(principal, SearchRequest(query, limit=3)))


def _announce(password: str | None) -> None:
    say("\nAccounts of the demo:")
    for user in USERS:
        say(f"  {user.email:<26} {user.role.value:<6} {user.full_name}")
    if password:
        say(f"  password of all: [bold]{password}[/]")
    else:
        say("  with the password of the demo's first run here")
