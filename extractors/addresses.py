"""Which addresses and names tell of somebody's own machine; it knows no file format."""

import re

_WEB = re.compile(r"(?:https?|mailto|tel|sms|ftp):", re.IGNORECASE)
_PERSONAL = re.compile(
    r"-my\.sharepoint\.[a-z]+|[/:]personal/|://(?:localhost|127\.)", re.IGNORECASE
)
_PATH = re.compile(r"file:|\b[a-z]:[\\/]|\\\\[^\\]|/(?:users|home|volumes)/", re.IGNORECASE)


def may_be_sent(address: str) -> bool:
    """Tell whether a link's address is a public one, not a file or somebody's own drive."""
    stripped = address.strip()
    return bool(_WEB.match(stripped)) and not _PERSONAL.search(stripped)


def without_path(name: str) -> str:
    """The name with no more than the last part of a path that stands in it."""
    if not _PATH.search(name):
        return name
    return re.split(r"[\\/]", name.rstrip("\\/ "))[-1]
