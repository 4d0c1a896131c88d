"""The command line: a thin way in to everything that the service does; knows no HTTP and no SQL."""


def main() -> None:
    """Run the command that was asked for; the entry point `search-service`."""
    from search_service.cli.application import run  # noqa: PLC0415 - a library until it is called

    run()
