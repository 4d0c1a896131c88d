"""Failed sign-ins: how many an account and an address have had, and how long they must wait.

An attempt is counted before the password is looked at and forgiven when it was right: many
attempts at once therefore cannot outrun the count.
"""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from search_service.db.tables import LoginFailure
from search_service.errors import TooManyRequestsError

ACCOUNT_FAILURES = 5  # the one from which on an account must wait
ADDRESS_FAILURES = 20  # an office has one address
FIRST_WAIT_S = 32
LONGEST_WAIT_S = 900
FORGOTTEN_AFTER = timedelta(hours=1)
_SUBJECT_CHARACTERS = 320


@dataclass(frozen=True, slots=True)
class Subject:
    """What failures are counted for; from the `limit`th on it must wait, twice as long each."""

    name: str
    limit: int


def account_subject(email: str) -> Subject:
    """Give the subject of a normalised e-mail address, whether or not it has an account."""
    return Subject(f"account:{email}"[:_SUBJECT_CHARACTERS], ACCOUNT_FAILURES)


def address_subject(address: str) -> Subject:
    """Give the subject of a network address; an IPv6 customer owns 2^64 of them."""
    return Subject(f"address:{_network(address)}"[:_SUBJECT_CHARACTERS], ADDRESS_FAILURES)


async def count_attempt(connection: AsyncConnection, subject: Subject) -> None:
    """Count an attempt as failed; raises TooManyRequestsError, and counts nothing, in the wait."""
    failures = case(
        (LoginFailure.last_failed_at < func.now() - FORGOTTEN_AFTER, 1),
        else_=LoginFailure.failures + 1,
    )
    statement = (
        insert(LoginFailure)
        .values(subject=subject.name, failures=1, last_failed_at=func.now())
        .on_conflict_do_update(
            index_elements=[LoginFailure.subject],
            set_={
                "failures": failures,
                "last_failed_at": func.now(),
                "blocked_until": _blocked_until(failures, subject.limit),
            },
            where=or_(
                LoginFailure.blocked_until.is_(None), LoginFailure.blocked_until <= func.now()
            ),
        )
        .returning(LoginFailure.failures)
    )
    counted = (await connection.execute(statement)).scalar_one_or_none()
    if counted is None:
        await _refuse(connection, subject)


async def forgive_account(connection: AsyncConnection, subject: Subject) -> None:
    """Forget the failures of an account whose password was given."""
    await connection.execute(delete(LoginFailure).where(LoginFailure.subject == subject.name))


async def forgive_address(connection: AsyncConnection, subject: Subject) -> None:
    """Take back one attempt: signing in to one account must not excuse guesses at others."""
    failures = func.greatest(LoginFailure.failures - 1, 0)
    await connection.execute(
        update(LoginFailure)
        .where(LoginFailure.subject == subject.name)
        .values(
            failures=failures,
            blocked_until=case((failures < subject.limit, None), else_=LoginFailure.blocked_until),
        )
    )


async def purge_failures(connection: AsyncConnection) -> int:
    """Delete what no longer counts; give its number of rows."""
    forgotten = delete(LoginFailure).where(
        LoginFailure.last_failed_at < func.now() - FORGOTTEN_AFTER
    )
    return (await connection.execute(forgotten)).rowcount


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # a Unix socket, or a proxy's own word
        return address.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), 64), strict=False))


def _blocked_until(failures: ColumnElement[int], limit: int) -> ColumnElement[object]:
    doublings = func.least(func.greatest(failures - limit, 0), 10)
    wait_s = func.least(FIRST_WAIT_S * func.power(2, doublings), LONGEST_WAIT_S)
    return case((failures >= limit, func.now() + wait_s * timedelta(seconds=1)), else_=None)


async def _refuse(connection: AsyncConnection, subject: Subject) -> None:
    wait = func.extract("epoch", LoginFailure.blocked_until - func.now())
    statement = select(func.ceil(wait)).where(LoginFailure.subject == subject.name)
    wait_s = max(1, int((await connection.execute(statement)).scalar_one_or_none() or 1))
    raise TooManyRequestsError(
        f"Too many sign-ins failed; wait {wait_s} seconds and try again, or ask an administrator "
        "for a new password.",
        wait_s,
    )
