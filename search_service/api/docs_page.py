"""stub"""

from typing import Any


def render(document: dict[str, Any]) -> str:
    return ""


def style() -> str:
    return ""
