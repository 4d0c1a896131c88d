"""How the command line talks: results on standard output, everything else on standard error."""

import json
from typing import Any

from rich.console import Console

from search_service.errors import ServiceError

OUT = Console(highlight=False)
ERR = Console(stderr=True, highlight=False)


def say(text: str) -> None:
    """Tell the person at the terminal something that is not the result."""
    ERR.print(text, soft_wrap=True)


def tell_error(error: ServiceError) -> None:
    ERR.print(f"[bold red]Error:[/] {_plain(error.message)}", soft_wrap=True)


def write_json(value: Any) -> None:
    """Write one line of JSON to standard output."""
    OUT.out(json.dumps(value, ensure_ascii=False, default=str), highlight=False)


def _plain(text: str) -> str:
    return text.replace("[", "\\[")
