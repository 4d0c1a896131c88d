"""Every setting of the service, read once from the environment; nothing else reads it.

A setting is a field of `Settings`; its metadata name the variable and say what it does, and the
README's table is tested against them.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Self

from search_service.errors import ConfigurationError

MIB = 1024 * 1024
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


def _setting(variable: str, default: Any, about: str) -> Any:
    return field(default=default, metadata={"variable": variable, "about": about})


def _secret(variable: str, default: Any, about: str) -> Any:
    """A setting that no log may show, such as a URL with a password in it."""
    return field(default=default, repr=False, metadata={"variable": variable, "about": about})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings; times in seconds, sizes in bytes. Raises ConfigurationError on a bad value."""

    database_url: str = _secret(
        "DATABASE_URL", "", "PostgreSQL 15 or newer to use; empty: the embedded server"
    )
    database_read_url: str = _secret(
        "DATABASE_READ_URL", "", "hot standby for reads; empty: reads go to `DATABASE_URL`"
    )
    pooler: str = _setting(
        "POOLER", "", "`transaction` when a transaction-mode pooler stands before the database"
    )
    pool_size: int = _setting("SEARCH_SERVICE_POOL_SIZE", 10, "connections kept per process")
    pool_overflow: int = _setting(
        "SEARCH_SERVICE_POOL_OVERFLOW",
        20,
        "connections added where a kept one is not free within a quarter of a second",
    )
    pool_recycle_s: int = _setting(
        "SEARCH_SERVICE_POOL_RECYCLE_S", 300, "age at which a connection is replaced"
    )
    statement_timeout_s: float = _setting(
        "SEARCH_SERVICE_STATEMENT_TIMEOUT_S", 10.0, "limit of one search statement"
    )
    postgres_bin: str = _setting(
        "POSTGRES_BIN", "", "folder of other server binaries for the embedded server"
    )
    data_dir: Path = _setting(
        "SEARCH_SERVICE_DATA_DIR", Path("var"), "everything that the service writes"
    )
    public_url: str = _setting(
        "PUBLIC_URL", "http://127.0.0.1:8000", "builds every absolute link; no slash at its end"
    )
    host: str = _setting("SEARCH_SERVICE_HOST", "127.0.0.1", "address that `serve` binds")
    port: int = _setting("SEARCH_SERVICE_PORT", 8000, "port that `serve` binds")
    secret: str = _secret(
        "SEARCH_SERVICE_SECRET",
        "",
        "signs tokens, at least 32 characters; several divided by commas, the newest first, change "
        "keys without signing anybody out; empty: made once and kept in the data folder",
    )
    access_token_s: int = _setting("SEARCH_SERVICE_ACCESS_TOKEN_S", 900, "life of an access token")
    refresh_token_s: int = _setting(
        "SEARCH_SERVICE_REFRESH_TOKEN_S", 14 * 86400, "life of a refresh token and a web session"
    )
    upload_max_bytes: int = _setting(
        "SEARCH_SERVICE_UPLOAD_MAX_BYTES", 200 * MIB, "largest file taken"
    )
    queue_limit: int = _setting(
        "SEARCH_SERVICE_QUEUE_LIMIT",
        5000,
        "files that may wait to be read; above, an upload is answered with 429 `queue_full` before "
        "its body is read",
    )
    log_queries: str = _setting(
        "SEARCH_SERVICE_LOG_QUERIES",
        "full",
        "`full`: the search log keeps what people typed; `none`: it keeps that they searched, the "
        "facets chosen and what came of it, but no words",
    )
    search_log_days: int = _setting(
        "SEARCH_SERVICE_SEARCH_LOG_DAYS", 90, "days after which searches and clicks are forgotten"
    )
    audit_days: int = _setting(
        "SEARCH_SERVICE_AUDIT_DAYS",
        0,
        "days after which whole months of the audit log are dropped; 0: they are kept",
    )
    worker_concurrency: int = _setting(
        "SEARCH_SERVICE_WORKER_CONCURRENCY",
        0,
        "files read at the same time by one worker; 0: one for each 1.25 GiB of half the memory, "
        "at most one for each processor",
    )
    soffice: str = _setting(
        "SEARCH_SERVICE_SOFFICE",
        "",
        "LibreOffice, which reads .ppt and .odp and draws slides: its path; empty: `soffice` where "
        "that is found; `off`: none",
    )
    tesseract: str = _setting(
        "SEARCH_SERVICE_TESSERACT",
        "",
        "tesseract, which recognises the words of scanned PDF pages: its path; empty: `tesseract` "
        "where that is found; `off`: none",
    )
    ocr_languages: str = _setting(
        "SEARCH_SERVICE_OCR_LANGUAGES",
        "eng",
        "languages of scanned pages as tesseract calls them, such as `eng+fra+deu`",
    )
    semantic: str = _setting(
        "SEARCH_SERVICE_SEMANTIC",
        "off",
        "`on`: hits are ranked by meaning too; needs the extra `semantic`",
    )
    embedding_model: str = _setting(
        "SEARCH_SERVICE_EMBEDDING_MODEL",
        "",
        "folder of another sentence-embedding model: `model.onnx`, and `tokenizer.json` or an "
        "uncased `vocab.txt`; empty: the one of the extra",
    )
    log_level: str = _setting("SEARCH_SERVICE_LOG_LEVEL", "info", "debug, info, warning or error")
    log_format: str = _setting("SEARCH_SERVICE_LOG_FORMAT", "json", "`json` or `console`")

    def __post_init__(self) -> None:
        if self.secret and min(map(len, self.secret.split(","))) < 32:
            raise ConfigurationError(
                "A secret of SEARCH_SERVICE_SECRET is shorter than 32 characters; make one with "
                "`python3 -c 'import secrets; print(secrets.token_urlsafe(48))'`."
            )
        for name, (least, most) in _BOUNDS.items():
            if not least <= getattr(self, name) <= most:
                raise ConfigurationError(
                    f"{_variable(name)} is {getattr(self, name)}; choose {least} to {most}."
                )
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise ConfigurationError(
                    f"{_variable(name)} is {getattr(self, name)!r}; choose {', '.join(choices)}."
                )
        if not re.fullmatch(r"\w+(\+\w+)*", self.ocr_languages):
            raise ConfigurationError(
                f"SEARCH_SERVICE_OCR_LANGUAGES is {self.ocr_languages!r}; write it as eng+fra."
            )
        if self.pooler not in {"", "transaction"}:
            raise ConfigurationError(
                f"POOLER is {self.pooler!r}; use `transaction` or leave it out."
            )
        if not self.public_url.startswith(("http://", "https://")):
            raise ConfigurationError(
                f"PUBLIC_URL is {self.public_url!r}; write it as https://search.example.com."
            )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the variables that are set and not empty; the rest keeps its default."""
        source = os.environ if environment is None else environment
        given = {
            item.name: _parse(item.metadata["variable"], source[item.metadata["variable"]], item)
            for item in fields(cls)
            if source.get(item.metadata["variable"])
        }
        if "public_url" in given:
            given["public_url"] = given["public_url"].rstrip("/")
        return cls(**given)

    def with_(self, **changes: Any) -> Self:
        """Give the same settings with some fields replaced."""
        return replace(self, **changes)

    def bound_to(self, host: str | None, port: int | None) -> Self:
        """Give the settings for another address; links follow a port unless PUBLIC_URL is set."""
        changed = self.with_(host=host or self.host, port=self.port if port is None else port)
        default = next(item.default for item in fields(self) if item.name == "public_url")
        if self.public_url != default:
            return changed
        return changed.with_(public_url=f"http://127.0.0.1:{changed.port}")

    @property
    def files_dir(self) -> Path:
        """Folder of the content-addressed originals."""
        return self.data_dir / "files"


_BOUNDS: Mapping[str, tuple[float, float]] = {
    "pool_size": (1, 1000),
    "pool_overflow": (0, 1000),
    "pool_recycle_s": (1, 86400),
    "statement_timeout_s": (0.05, 600),
    "port": (0, 65535),
    "access_token_s": (60, 86400),
    "refresh_token_s": (300, 366 * 86400),
    "upload_max_bytes": (1, 100 * 1024 * MIB),
    "queue_limit": (1, 10_000_000),
    "search_log_days": (1, 3660),
    "audit_days": (0, 36600),
    "worker_concurrency": (0, 64),
}
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "log_queries": ("full", "none"),
    "semantic": ("off", "on"),
    "log_level": ("debug", "info", "warning", "error"),
    "log_format": ("json", "console"),
}


def _variable(name: str) -> str:
    """The environment variable of a setting."""
    return next(str(item.metadata["variable"]) for item in fields(Settings) if item.name == name)


def _parse(variable: str, text: str, item: Any) -> Any:
    kind = type(item.default)
    try:
        return kind(text)
    except ValueError as error:
        raise ConfigurationError(
            f"{variable} is {text!r}, which is not a valid {kind.__name__}; correct or unset it."
        ) from error
