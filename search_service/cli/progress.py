"""The progress bar of commands that go through the library, on standard error."""

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from search_service.cli.console import ERR


def progress_bar() -> Progress:
    """Give a bar that tells how much is done, of how much, and for how long it will go on."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=ERR,
    )
