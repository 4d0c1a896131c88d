"""The service's own tables of accounts and jobs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Identity,
    Index,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import CHAR
from sqlalchemy.orm import Mapped, mapped_column

from search_service.db.tables.declaration import ZERO, Base, key_of, now


class RefreshToken(Base):
    """A refresh token that was handed out; a family is one sign-in."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="pk_refresh_tokens"),
        UniqueConstraint("token_hash", name="uq_refresh_tokens_token_hash"),
        Index("idx_refresh_tokens_user", "user_id"),
        Index("idx_refresh_tokens_family", "family"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True))
    user_id: Mapped[int] = mapped_column(key_of("users"))
    family: Mapped[UUID]
    token_hash: Mapped[str] = mapped_column(CHAR(64))
    created_at: Mapped[datetime] = now()
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiKey(Base):
    """A named, scoped key that acts as its user; only its hash is stored."""

    __tablename__ = "api_keys"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="pk_api_keys"),
        UniqueConstraint("key_hash", name="uq_api_keys_key_hash"),
        Index("idx_api_keys_user", "user_id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True))
    user_id: Mapped[int] = mapped_column(key_of("users"))
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(16))
    key_hash: Mapped[str] = mapped_column(CHAR(64))
    scopes: Mapped[list[str]]
    rate_class: Mapped[str] = mapped_column(String(20), server_default="standard")
    created_at: Mapped[datetime] = now()
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class LoginFailure(Base):
    """Failed sign-ins in a row, by account (`account:EMAIL`) and by address (`address:IP`)."""

    __tablename__ = "login_failures"
    __table_args__ = (PrimaryKeyConstraint("subject", name="pk_login_failures"),)

    subject: Mapped[str] = mapped_column(String(320))
    failures: Mapped[int]
    last_failed_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class SetupLink(Base):
    """The one-time link by which the first administrator is made."""

    __tablename__ = "setup_links"
    __table_args__ = (PrimaryKeyConstraint("token_hash", name="pk_setup_links"),)

    token_hash: Mapped[str] = mapped_column(CHAR(64))
    created_at: Mapped[datetime] = now()
    expires_at: Mapped[datetime]


class IngestJob(Base):
    """State and progress of reading one version of a material; `state` is a db.enums.JobState."""

    __tablename__ = "ingest_jobs"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="pk_ingest_jobs"),
        Index("idx_ingest_jobs_material", "material_id"),
        Index("idx_ingest_jobs_open", "state", postgresql_where=text("finished_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True))
    material_id: Mapped[int]
    version_ordinal: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), server_default="queued")
    pages_done: Mapped[int] = mapped_column(server_default=ZERO)
    pages_total: Mapped[int | None]
    code: Mapped[str | None] = mapped_column(String(50))
    message: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(server_default=ZERO)
    requested_by: Mapped[int | None]
    created_at: Mapped[datetime] = now()
    updated_at: Mapped[datetime] = now()
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class QueuePause(Base):
    """Somebody whose files are not read for now; `user_id` 0 stands for everybody."""

    __tablename__ = "queue_pauses"
    __table_args__ = (PrimaryKeyConstraint("user_id", name="pk_queue_pauses"),)

    user_id: Mapped[int] = mapped_column(autoincrement=False)
    paused_by: Mapped[int | None]
    paused_at: Mapped[datetime] = now()
