"""What is learned from: searches and the hits that were opened."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import REAL, Index, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from search_service.db.tables.declaration import NO_OBJECT, NO_TEXTS, ZERO, Base, now


class LoggedSearch(Base):
    """One answered search, partitioned by `logged_at`; texts are NULL where the setting says so.

    `filters` holds lists of values by field; `material_ids` are the hits shown, in their order.
    """

    __tablename__ = "search_log"
    __table_args__ = (
        PrimaryKeyConstraint("search_id", "logged_at", name="pk_search_log"),
        Index("idx_search_log_logged_at", "logged_at"),
        Index("idx_search_log_user", "user_id"),
    )

    search_id: Mapped[UUID]
    logged_at: Mapped[datetime] = now()
    user_id: Mapped[int | None]
    role: Mapped[str | None] = mapped_column(String(50))
    channel: Mapped[str] = mapped_column(String(20))
    query: Mapped[str | None]
    normalised_query: Mapped[str | None]
    filters: Mapped[dict[str, Any]] = mapped_column(server_default=NO_OBJECT)
    total: Mapped[int]
    partial: Mapped[bool]
    corrected: Mapped[bool]
    latency_ms: Mapped[float] = mapped_column(REAL)
    material_ids: Mapped[list[int]] = mapped_column(server_default=NO_TEXTS)


class SearchErasure(Base):
    """A person of whose searches none up to `erased_at` may be in the log."""

    __tablename__ = "search_erasures"
    __table_args__ = (PrimaryKeyConstraint("user_id", name="pk_search_erasures"),)

    user_id: Mapped[int] = mapped_column(autoincrement=False)
    erased_at: Mapped[datetime]


class SearchClick(Base):
    """A hit that somebody opened; page 0 is the material as a whole, `position` counts from 1."""

    __tablename__ = "search_clicks"
    __table_args__ = (
        PrimaryKeyConstraint(
            "search_id", "user_id", "material_id", "page_number", name="pk_search_clicks"
        ),
        Index("idx_search_clicks_clicked_at", "clicked_at"),
        Index("idx_search_clicks_user", "user_id"),
    )

    search_id: Mapped[UUID]
    user_id: Mapped[int] = mapped_column(autoincrement=False)
    material_id: Mapped[int] = mapped_column(autoincrement=False)
    page_number: Mapped[int] = mapped_column(server_default=ZERO, autoincrement=False)
    position: Mapped[int | None]
    clicked_at: Mapped[datetime] = now()
