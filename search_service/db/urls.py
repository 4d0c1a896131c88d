"""Reads a PostgreSQL URL as libpq writes it and says what asyncpg must be told instead.

Pure but for the certificate files that a URL may name; it connects to nothing.
"""

import re
import ssl
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from search_service.errors import ConfigurationError

DRIVER = "postgresql+asyncpg"
SCHEMES = frozenset({"postgres", "postgresql", DRIVER})
# asyncpg takes each of these from the URL's query, through SQLAlchemy.
KEPT = frozenset({"host", "port", "target_session_attrs", "passfile", "service", "servicefile"})
SSL_MODES = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"})


@dataclass(frozen=True, slots=True)
class Target:
    """What SQLAlchemy gets as URL, and what asyncpg gets as keywords and as server settings."""

    url: URL
    arguments: dict[str, Any]
    server_settings: dict[str, str]


def parse(text: str) -> Target:
    """Read `postgresql://…`, `postgres://…` or `postgresql+asyncpg://…`.

    `sslmode` and the certificates become asyncpg's `ssl`, `connect_timeout` its `timeout`;
    libpq-only parameters are dropped. Raises ConfigurationError, which never shows a password.
    """
    try:
        url = make_url(_hosts_in_query(text))
    except (ArgumentError, ValueError) as error:
        raise _malformed("it cannot be read") from error
    if url.drivername not in SCHEMES:
        raise _malformed(f"it begins with {url.drivername}://")
    # Of a repeated parameter libpq takes the last.
    query = {
        name: given if isinstance(given, str) else given[-1] for name, given in url.query.items()
    }
    arguments: dict[str, Any] = {}
    tls = _tls(query)
    if tls is not None:
        arguments["ssl"] = tls
    if "connect_timeout" in query:
        arguments["timeout"] = _seconds(query["connect_timeout"])
    settings = {name: query[name] for name in ("application_name",) if name in query}
    kept = {name: given for name, given in url.query.items() if name in KEPT}
    return Target(url.set(drivername=DRIVER, query=kept), arguments, settings)


def _hosts_in_query(text: str) -> str:
    # libpq lists hosts before the slash, SQLAlchemy takes them as repeated parameters.
    matched = re.fullmatch(r"(.+?://)((?:[^/?@]*@)?)([^/?]*,[^/?]*)(/[^?]*)?(?:\?(.*))?", text)
    if matched is None:
        return text
    scheme, user, hosts, path, query = matched.groups(default="")
    given = "&".join(f"host={host if ':' in host else f'{host}:5432'}" for host in hosts.split(","))
    return f"{scheme}{user}{path or '/'}?{given}&{query}".rstrip("&")


def _tls(query: dict[str, str]) -> str | ssl.SSLContext | None:
    mode = query.get("sslmode", query.get("ssl", ""))
    root = query.get("sslrootcert", "")
    if not mode and not root:
        return None
    mode = mode or "prefer"
    if mode not in SSL_MODES:
        raise _malformed(f"sslmode is {mode!r}, not one of {', '.join(sorted(SSL_MODES))}")
    if not root and "sslcert" not in query:
        return mode
    return _context(mode, root, query)


def _context(mode: str, root: str, query: dict[str, str]) -> ssl.SSLContext:
    # As libpq: with a root certificate, `require` verifies like `verify-ca`.
    try:
        context = ssl.create_default_context(cafile=None if root in {"", "system"} else root)
        context.check_hostname = mode == "verify-full" or root == "system"
        if not root:
            context.verify_mode = ssl.CERT_NONE
        if "sslcert" in query:
            context.load_cert_chain(query["sslcert"], query.get("sslkey"), query.get("sslpassword"))
    except OSError as error:
        raise _malformed(f"its certificate files cannot be read ({error})") from error
    return context


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise _malformed(f"connect_timeout is {text!r}, not a number of seconds") from error


def _malformed(what: str) -> ConfigurationError:
    return ConfigurationError(
        f"The database URL is not usable: {what}; write it as postgresql://user:password@host/database."
    )
