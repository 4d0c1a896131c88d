"""What the service works out of a material's text beside its blocks: keywords and proposals."""

from datetime import datetime

from sqlalchemy import PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from search_service.db.tables.declaration import Base, key_of, now


class KeywordBase(Base):
    """With how many published passages of its language a material's keywords were compared."""

    __tablename__ = "keyword_bases"
    __table_args__ = (PrimaryKeyConstraint("material_id", name="pk_keyword_bases"),)

    material_id: Mapped[int] = mapped_column(key_of("materials"))
    passages: Mapped[int]


class DismissedProposal(Base):
    """What was proposed for a material and is not wanted; `value` is an id or a type's name."""

    __tablename__ = "dismissed_proposals"
    __table_args__ = (
        PrimaryKeyConstraint("material_id", "kind", "value", name="pk_dismissed_proposals"),
    )

    material_id: Mapped[int] = mapped_column(key_of("materials"))
    kind: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(50))
    dismissed_by: Mapped[int | None]
    dismissed_at: Mapped[datetime] = now()
