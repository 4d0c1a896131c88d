"""`serve` answers over HTTP, `worker` reads files, `migrate` brings the schema up to date."""

import asyncio
import signal
import socket

import click

from search_service.accounts import setup
from search_service.app import AppOptions, create_app, work
from search_service.cli.console import say
from search_service.cli.memory import suit_to_searches
from search_service.cli.runtime import opened_services, run
from search_service.config import Settings
from search_service.db.startup import watched
from search_service.errors import ConfigurationError
from search_service.log import configure
from search_service.serving.services import Services


@click.command("serve")
@click.option("--host", help="Address to bind; otherwise SEARCH_SERVICE_HOST, or 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Otherwise SEARCH_SERVICE_PORT.")
@click.option("--worker/--no-worker", default=True, help="Read uploaded files in this process.")
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None, worker: bool) -> None:
    """Serve the API and the pages; reads uploaded files too, unless told not to."""
    bound = settings.bound_to(host, port)
    require_free_port(bound)
    run(bound, _announce_setup)
    serve_forever(bound, worker=worker)


@click.command("worker")
@click.pass_obj
def worker(settings: Settings) -> None:
    """Read uploaded files until stopped; any number of workers may run beside each other."""
    configure(settings.log_level, settings.log_format)
    asyncio.run(_work(settings))


@click.command("migrate")
@click.pass_obj
def migrate(settings: Settings) -> None:
    """Bring the database's schema up to date."""

    async def work(_services: Services) -> None:
        say("The schema is up to date.")

    run(settings, work)


COMMANDS = (serve, worker, migrate)


def require_free_port(settings: Settings) -> None:
    """Tell before any work that nobody can listen there. Raises ConfigurationError."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise ConfigurationError(
                f"Nothing can be served at {settings.host}:{settings.port}: {error.strerror}. "
                "Choose another place with --host and --port, or stop what is running there."
            ) from error


def serve_forever(settings: Settings, *, worker: bool) -> None:
    """Serve until a signal comes; requests are finished and jobs handed back."""
    import uvicorn  # noqa: PLC0415 - a third of a second that other commands do without

    configure(settings.log_level, settings.log_format)
    app = create_app(settings, AppOptions(worker=worker))
    suit_to_searches()
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=20,
    )


async def _announce_setup(services: Services) -> None:
    """Print the link that makes the first administrator where there is no account."""
    async with services.database.transaction() as connection:
        if await setup.is_first_run(connection):
            secret = await setup.create_setup_link(connection)
            say(
                "There is no account yet. Make the first administrator within 24 hours at\n"
                f"  {services.settings.public_url}/setup?token={secret}"
            )
    say(f"Serving at http://{services.settings.host}:{services.settings.port}")


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with opened_services(settings) as services, watched(settings):
        say("Reading what is uploaded; stop with Ctrl-C.")
        await work(services, services.settings.database_url, stop)
