"""Opens the service for one command: database, migrations, files; and says on whose behalf."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from search_service.accounts.caller import Caller
from search_service.accounts.policy import LOCAL_ADMINISTRATOR
from search_service.accounts.users import find_user
from search_service.app import work
from search_service.cli.console import say
from search_service.config import Settings
from search_service.db.startup import prepare
from search_service.errors import NotFoundError
from search_service.serving.services import Services

Result = TypeVar("Result")


def run(settings: Settings, command: Callable[[Services], Awaitable[Result]]) -> Result:
    """Run one command with the service opened for it."""

    async def opened() -> Result:
        async with opened_services(settings) as services:
            return await command(services)

    return asyncio.run(opened())


@asynccontextmanager
async def opened_services(settings: Settings) -> AsyncIterator[Services]:
    """Start the database if it is ours, bring it up to date, and open everything on it.

    The settings of the services name the database, whoever started it.
    """
    url = await prepare(settings)
    services = Services.open(settings.with_(database_url=url), url)
    try:
        yield services
    finally:
        await services.close()


@asynccontextmanager
async def working(services: Services) -> AsyncIterator[None]:
    """Work off the queue in this process while the block runs; other workers may do so too."""
    stop = asyncio.Event()
    worker = asyncio.create_task(work(services, services.settings.database_url, stop))
    try:
        yield
    finally:
        stop.set()
        await worker


async def caller_of(services: Services, email: str | None) -> Caller:
    """Give the account to act as, or the local administrator; says which. Raises NotFoundError."""
    if email is None:
        say("[dim]Acting as the local administrator; choose an account with --as EMAIL.[/]")
        return Caller(LOCAL_ADMINISTRATOR)
    async with services.database.reading() as connection:
        account = await find_user(connection, email)
    if account is None or not account.is_active:
        raise NotFoundError(
            f"There is no active account {email}; `search-service user list` shows them."
        )
    say(f"[dim]Acting as {account.email} ({account.role or 'no role'}).[/]")
    return Caller(account.as_principal())
