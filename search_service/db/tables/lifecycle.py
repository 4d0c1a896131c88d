"""What a material is replaced by, and who says that it is outdated."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    PrimaryKeyConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from search_service.db.tables.declaration import ZERO, Base, key_of, now


class MaterialSuccessor(Base):
    """The material that replaces another one; no foreign key holds `successor_id`."""

    __tablename__ = "material_successors"
    __table_args__ = (
        PrimaryKeyConstraint("material_id", name="pk_material_successors"),
        CheckConstraint("successor_id <> material_id", name="ck_material_successors_other"),
        Index("idx_material_successors_successor", "successor_id"),
    )

    material_id: Mapped[int] = mapped_column(key_of("materials"))
    successor_id: Mapped[int]
    named_by: Mapped[int | None]
    named_at: Mapped[datetime] = now()


class OutdatedReport(Base):
    """Somebody's word that a material, or one page of it (0: all of it), is outdated."""

    __tablename__ = "outdated_reports"
    __table_args__ = (
        PrimaryKeyConstraint("material_id", "id", name="pk_outdated_reports"),
        Index(
            "uq_outdated_reports_open",
            "material_id",
            "page_number",
            "reported_by",
            unique=True,
            postgresql_where=text("resolved_at IS NULL"),
        ),
        Index("idx_outdated_reports_reporter", "reported_by", "reported_at"),
    )

    material_id: Mapped[int] = mapped_column(key_of("materials"))
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    page_number: Mapped[int] = mapped_column(server_default=ZERO)
    reason: Mapped[str]
    reported_by: Mapped[int | None]
    reported_at: Mapped[datetime] = now()
    answer: Mapped[str | None]
    resolved_by: Mapped[int | None]
    resolved_at: Mapped[datetime | None]
