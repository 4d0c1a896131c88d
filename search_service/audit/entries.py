"""Writing the audit log: what an entry holds, and how it is kept free of secrets.

The table refuses UPDATE and DELETE. It knows nothing of accounts, so an actor is a plain value.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.tables import AuditLog

REMOVED = "[removed]"
# Whole names, or the last word of one: `refresh_token` and `newPassword`, but neither
# `content_hash` nor `keywords`.
_SECRET_NAME = re.compile(
    r"(?:^|_|-)(?:password|passwd|secret|token|token_hash|key_hash|api_key|authorization|cookie)s?$"
    r"|[a-z](?:Password|Secret|Token|ApiKey)$",
    re.IGNORECASE,
)
# API keys, session and refresh tokens, JWTs, bcrypt and argon2 hashes.
_SECRET_VALUE = re.compile(
    r"\bss[krs]_[\w-]{20,}|\beyJ[\w-]+\.[\w-]+\.[\w-]+|\$2[abxy]\$\d\d\$[./A-Za-z0-9]{20,}"
    r"|\$argon2\w+\$\S+"
)
_WIDTHS = {"actor_email": 255, "object_id": 100, "address": 64, "request_id": 64}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and from where; an id of None is the service itself or its local administrator."""

    user_id: int | None = None
    email: str | None = None
    address: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing done. `action` reads `object.verb`; `before` and `after` hold what changed."""

    actor: Actor
    action: str
    object_type: str | None = None
    object_id: int | str | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


async def record(connection: AsyncConnection, entry: Entry) -> None:
    """Append the entry in the caller's transaction, so that it stands if and only if the deed does.

    Values of `before` and `after` are made fit for JSON; what looks like a secret is removed.
    """
    values = {
        "actor_id": entry.actor.user_id,
        "actor_email": entry.actor.email,
        "action": entry.action,
        "object_type": entry.object_type,
        "object_id": None if entry.object_id is None else str(entry.object_id),
        "address": entry.actor.address,
        "request_id": entry.actor.request_id,
        "before": _storable(entry.before),
        "after": _storable(entry.after),
    }
    for column, width in _WIDTHS.items():
        if values[column] is not None:
            values[column] = storable_text(values[column])[:width]
    # An absent key, as SQLAlchemy would write None as the JSON word null.
    filled = {column: value for column, value in values.items() if value is not None}
    await connection.execute(insert(AuditLog), filled)


def _storable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            storable_text(str(name)): REMOVED if _SECRET_NAME.search(str(name)) else _storable(item)
            for name, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [_storable(item) for item in items]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    return _SECRET_VALUE.sub(REMOVED, storable_text(str(value)))


def storable_text(text: str) -> str:
    """Leave out what PostgreSQL takes in no text: NUL and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
