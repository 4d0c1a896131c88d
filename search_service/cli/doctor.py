"""`doctor` looks at everything that the service needs and says what to do about what is missing."""

import sys
from urllib.parse import urlsplit

import click
from rich.markup import escape

from search_service.cli.console import OUT
from search_service.cli.runtime import run
from search_service.config import LOCAL_HOSTS, Settings
from search_service.errors import ServiceError
from search_service.serving.readiness import Check, checks
from search_service.serving.services import Services


@click.command("doctor")
@click.pass_obj
def doctor(settings: Settings) -> None:
    """Check configuration, database, queue and storage; exits 1 when something is wrong."""
    found = [_public_url(settings)]
    try:
        found += run(settings, _service)
    except ServiceError as error:
        found.append(Check("database", ok=False, detail=error.message))
    for check in found:
        mark = "[green]ok  [/]" if check.ok else "[red]look[/]"
        OUT.print(f"{mark} {check.name}: {escape(check.detail)}", soft_wrap=True)
    sys.exit(0 if all(check.ok for check in found) else 1)


COMMANDS = (doctor,)


async def _service(services: Services) -> list[Check]:
    return await checks(services)


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
