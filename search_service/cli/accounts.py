"""`user` and `api-key`: accounts from the machine that the service runs on."""

import click
from rich.table import Table

from search_service.accounts import administration, api_keys, users
from search_service.accounts.administration import NewUser, UserChanges
from search_service.accounts.api_keys import NewKey
from search_service.accounts.caller import Caller
from search_service.accounts.policy import LOCAL_ADMINISTRATOR, SCOPES
from search_service.accounts.users import Account, UserFilter
from search_service.catalog import ownership
from search_service.cli.console import OUT, say
from search_service.cli.runtime import run
from search_service.config import Settings
from search_service.db.enums import Role
from search_service.errors import NotFoundError
from search_service.serving.services import Services

ACTING = Caller(LOCAL_ADMINISTRATOR)
ROLES = click.Choice([role.value for role in Role])


@click.group("user")
def user() -> None:
    """Make, list and end accounts."""


@user.command("create")
@click.argument("email")
@click.option("--name", required=True, help="The person's full name.")
@click.option("--role", type=ROLES, required=True)
@click.password_option(help="Asked for when it is left out.")
@click.pass_obj
def create(settings: Settings, email: str, name: str, role: str, password: str) -> None:
    """Make an account."""

    async def work(services: Services) -> Account:
        hashed = await services.passwords.hash(password)
        new = NewUser(email=email, full_name=name, hashed_password=hashed, role=Role(role))
        async with services.database.transaction() as connection:
            return await administration.create_user(connection, ACTING, new)

    account = run(settings, work)
    say(f"{account.email} can sign in as {account.role}.")


@user.command("list")
@click.pass_obj
def list_accounts(settings: Settings) -> None:
    """List all accounts."""

    async def work(services: Services) -> list[Account]:
        found: list[Account] = []
        async with services.database.reading() as connection:
            while page := await users.list_users(
                connection,
                UserFilter(after_id=found[-1].id if found else 0, limit=users.PAGE_LIMIT),
            ):
                found += page
        return found

    table = Table("e-mail", "name", "role", "active", box=None, pad_edge=False)
    for account in run(settings, work):
        active = "yes" if account.is_active else "no"
        table.add_row(account.email, account.full_name, account.role or "none", active)
    OUT.print(table)


@user.command("deactivate")
@click.argument("email")
@click.pass_obj
def deactivate(settings: Settings, email: str) -> None:
    """End an account with all its sessions and keys."""

    async def work(services: Services) -> None:
        async with services.database.transaction() as connection:
            account = await users.find_user(connection, email)
            if account is None:
                raise NotFoundError(f"There is no account {email}; `user list` shows them.")
            await administration.update_user(
                connection, ACTING, account.id, UserChanges(is_active=False)
            )

    run(settings, work)
    say(f"{email} can no longer sign in.")


@user.command("transfer")
@click.argument("email")
@click.argument("to")
@click.pass_obj
def transfer(settings: Settings, email: str, to: str) -> None:
    """Hand all materials of somebody who left to another product marketing manager."""

    async def work(services: Services) -> int:
        async with services.database.reading() as connection:
            account = await users.find_user(connection, email)
        if account is None:
            raise NotFoundError(f"There is no account {email}; `user list` shows them.")
        total, left = 0, 1
        while left:
            async with services.database.transaction() as connection:
                done, left = await ownership.transfer_all(connection, ACTING, account.id, to)
            total += done
        return total

    count = run(settings, work)
    say(f"{count} materials of {email} belong to {to} now.")


@click.group("api-key")
def api_key() -> None:
    """Make keys for plugins."""


@api_key.command("create")
@click.argument("email")
@click.option("--name", required=True, help="What the key is for.")
@click.option("--scope", "scopes", type=click.Choice(SCOPES), multiple=True, required=True)
@click.pass_obj
def create_key(settings: Settings, email: str, name: str, scopes: tuple[str, ...]) -> None:
    """Make a key that acts as an account; it is printed once and never again."""

    async def work(services: Services) -> str:
        async with services.database.transaction() as connection:
            account = await users.find_user(connection, email)
            if account is None:
                raise NotFoundError(f"There is no account {email}; `user list` shows them.")
            new = NewKey(user_id=account.id, name=name, scopes=frozenset(scopes))
            return (await api_keys.create_key(connection, ACTING, new)).secret

    OUT.out(run(settings, work))


COMMANDS = (user, api_key)
