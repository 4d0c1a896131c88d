"""What product marketing decides about a reading; who may decide it is settled elsewhere."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, Index, PrimaryKeyConstraint, String, text
from sqlalchemy.dialects.postgresql import CHAR
from sqlalchemy.orm import Mapped, mapped_column

from search_service.db.tables.declaration import NO, Base, key_of, now


class PageCorrection(Base):
    """What somebody changed of an extracted page, and what it said then; NULL: as it was read.

    `fingerprint` is that of the extracted page. While `fits`, `page_number` is where such a page
    stands in the present version, else where it stood last.
    """

    __tablename__ = "page_corrections"
    __table_args__ = (
        PrimaryKeyConstraint("material_id", "id", name="pk_page_corrections"),
        Index(
            "uq_page_corrections_page",
            "material_id",
            "page_number",
            unique=True,
            postgresql_where=text("fits"),
        ),
    )

    material_id: Mapped[int] = mapped_column(key_of("materials"))
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    page_number: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(CHAR(64))
    fits: Mapped[bool] = mapped_column(server_default=text("true"))
    title: Mapped[str | None]
    body: Mapped[str | None]
    notes: Mapped[str | None]
    hidden: Mapped[bool] = mapped_column(server_default=NO)
    extracted_title: Mapped[str]
    extracted_body: Mapped[str]
    extracted_notes: Mapped[str]
    corrected_by: Mapped[int | None]
    created_at: Mapped[datetime] = now()
    updated_at: Mapped[datetime] = now()


class AcknowledgedWarning(Base):
    """A warning that somebody has looked at, of one file; page 0 is the file as a whole."""

    __tablename__ = "acknowledged_warnings"
    __table_args__ = (
        PrimaryKeyConstraint(
            "material_id", "content_hash", "page_number", "code", name="pk_acknowledged_warnings"
        ),
    )

    material_id: Mapped[int] = mapped_column(key_of("materials"))
    content_hash: Mapped[str] = mapped_column(CHAR(64))
    page_number: Mapped[int]
    code: Mapped[str] = mapped_column(String(50))
    acknowledged_by: Mapped[int | None]
    acknowledged_at: Mapped[datetime] = now()


class VersionReview(Base):
    """That somebody has accepted what was read of a version."""

    __tablename__ = "version_reviews"
    __table_args__ = (
        PrimaryKeyConstraint("material_id", "version_ordinal", name="pk_version_reviews"),
    )

    material_id: Mapped[int] = mapped_column(key_of("materials"))
    version_ordinal: Mapped[int]
    reviewed_by: Mapped[int | None]
    reviewed_at: Mapped[datetime] = now()


class ReviewState(Base):
    """Why a material should be looked at; no row where there is no reason."""

    __tablename__ = "review_states"
    __table_args__ = (PrimaryKeyConstraint("material_id", name="pk_review_states"),)

    material_id: Mapped[int] = mapped_column(key_of("materials"))
    reasons: Mapped[list[str]]


class PublicationWish(Base):
    """Who wants a material published once this version has been read."""

    __tablename__ = "publication_wishes"
    __table_args__ = (PrimaryKeyConstraint("material_id", name="pk_publication_wishes"),)

    material_id: Mapped[int] = mapped_column(key_of("materials"))
    version_ordinal: Mapped[int]
    wished_by: Mapped[int | None]
    wished_at: Mapped[datetime] = now()


class CompletenessHistory(Base):
    """How complete a material was at one time, as material_health_history says of health."""

    __tablename__ = "completeness_history"
    __table_args__ = (PrimaryKeyConstraint("material_id", "id", name="pk_completeness_history"),)

    material_id: Mapped[int] = mapped_column(key_of("materials"))
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    score: Mapped[int]
    reasons: Mapped[list[str]]
    checked_at: Mapped[datetime] = now()
