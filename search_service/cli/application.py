"""The commands by name, the options that all share, and the one place where errors are told."""

import sys
from pathlib import Path

import click

from search_service import __version__
from search_service.cli import (
    accounts,
    demo,
    doctor,
    embedding,
    library,
    maintenance,
    queueing,
    reindexing,
    search,
    serve,
)
from search_service.cli.console import tell_error
from search_service.config import Settings
from search_service.errors import ServiceError
from search_service.log import configure


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="search-service")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where everything is kept; otherwise SEARCH_SERVICE_DATA_DIR, or ./var.",
)
@click.pass_context
def cli(context: click.Context, data_dir: Path | None) -> None:
    """Search for sales content: decks and PDFs in, the right slide out."""
    settings = Settings.from_environment()
    context.obj = settings.with_(data_dir=data_dir) if data_dir else settings
    configure("warning", "console")


for command in (
    *serve.COMMANDS,
    *demo.COMMANDS,
    *library.COMMANDS,
    *embedding.COMMANDS,
    *search.COMMANDS,
    *accounts.COMMANDS,
    *doctor.COMMANDS,
    *maintenance.COMMANDS,
    *queueing.COMMANDS,
    *reindexing.COMMANDS,
):
    cli.add_command(command)


def run() -> None:
    """Run the command line; exits 1 with a sentence on standard error when something is wrong."""
    try:
        cli(standalone_mode=False)
    except ServiceError as error:
        tell_error(error)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
