"""What the service knows of a material's content: versions, pages, passages, fingerprints."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    REAL,
    BigInteger,
    Index,
    PrimaryKeyConstraint,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import BYTEA, CHAR, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType
from search_service.db.tables.declaration import NO, NO_ITEMS, NO_TEXTS, ZERO, Base, key_of, now


class MaterialDetails(Base):
    """What the service knows of a material beyond the design document; one row each.

    `scores_due` is the next day on which its scores change though nobody touches it.
    """

    __tablename__ = "material_details"
    __table_args__ = (
        PrimaryKeyConstraint("material_id", name="pk_material_details"),
        Index("idx_material_details_content_hash", "content_hash"),
        Index("idx_material_details_scores_due", "scores_due"),
    )

    material_id: Mapped[int] = mapped_column(key_of("materials"))
    language: Mapped[str] = mapped_column(String(10), server_default="und")
    current_version: Mapped[int] = mapped_column(server_default=text("1"))
    content_hash: Mapped[str | None] = mapped_column(CHAR(64))
    page_count: Mapped[int | None]
    edited_fields: Mapped[list[str]] = mapped_column(server_default=NO_TEXTS)
    guessed_fields: Mapped[list[str]] = mapped_column(server_default=NO_TEXTS)
    review_by: Mapped[date | None]
    expires_on: Mapped[date | None]
    published_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    completeness_reasons: Mapped[list[str]] = mapped_column(server_default=NO_TEXTS)
    health_reasons: Mapped[list[str]] = mapped_column(server_default=NO_TEXTS)
    archived_at: Mapped[datetime | None]
    scores_due: Mapped[date | None] = mapped_column(server_default=text("CURRENT_DATE"))


class MaterialVersion(Base):
    """One uploaded file of a material, with the receipt of its extraction."""

    __tablename__ = "material_versions"
    __table_args__ = (
        PrimaryKeyConstraint("material_id", "ordinal", name="pk_material_versions"),
        Index("idx_material_versions_sha256", "sha256"),
    )

    material_id: Mapped[int] = mapped_column(key_of("materials"))
    ordinal: Mapped[int]
    sha256: Mapped[str] = mapped_column(CHAR(64))
    file_name: Mapped[str] = mapped_column(String(255))
    file_format: Mapped[str] = mapped_column(String(20))
    media_type: Mapped[str] = mapped_column(String(150))
    file_size: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[str | None] = mapped_column(String(50))
    uploaded_by: Mapped[int | None]
    created_at: Mapped[datetime] = now()
    superseded_at: Mapped[datetime | None]
    extraction_status: Mapped[str | None] = mapped_column(String(20))
    extraction_code: Mapped[str | None] = mapped_column(String(50))
    receipt: Mapped[dict[str, Any] | None]


class MaterialPage(Base):
    """One page or slide as the extractor read it."""

    __tablename__ = "material_pages"
    __table_args__ = (
        PrimaryKeyConstraint(
            "material_id", "version_ordinal", "page_number", name="pk_material_pages"
        ),
    )

    material_id: Mapped[int] = mapped_column(key_of("materials"))
    version_ordinal: Mapped[int]
    page_number: Mapped[int]
    label: Mapped[str | None]
    title: Mapped[str] = mapped_column(server_default="")
    body: Mapped[str] = mapped_column(server_default="")
    notes: Mapped[str] = mapped_column(server_default="")
    tables: Mapped[list[Any]] = mapped_column(server_default=NO_ITEMS)
    alt_texts: Mapped[list[str]] = mapped_column(server_default=NO_TEXTS)
    chart_texts: Mapped[list[str]] = mapped_column(server_default=NO_TEXTS)
    diagram_texts: Mapped[list[str]] = mapped_column(server_default=NO_TEXTS)
    comments: Mapped[list[str]] = mapped_column(server_default=NO_TEXTS)
    links: Mapped[list[str]] = mapped_column(server_default=NO_TEXTS)
    hidden: Mapped[bool] = mapped_column(server_default=NO)
    width: Mapped[float | None] = mapped_column(REAL)
    height: Mapped[float | None] = mapped_column(REAL)
    warnings: Mapped[list[Any]] = mapped_column(server_default=NO_ITEMS)


class Passage(Base):
    """What search reads: passage 0 holds the material's own words, 1 and up its pages.

    `search_vector`: title A, body D, notes and comments C; lengths are in token positions.
    The columns from `status` on are copies, so that search touches no other table.
    """

    __tablename__ = "passages"
    __table_args__ = (
        PrimaryKeyConstraint("material_id", "ordinal", name="pk_passages"),
        Index("idx_passages_search_vector", "search_vector", postgresql_using="gin"),
        Index("idx_passages_content_hash", "content_hash"),
    )

    material_id: Mapped[int] = mapped_column(key_of("materials"))
    ordinal: Mapped[int]
    version_ordinal: Mapped[int]
    page_number: Mapped[int]
    char_start: Mapped[int] = mapped_column(server_default=ZERO)
    char_end: Mapped[int] = mapped_column(server_default=ZERO)
    title: Mapped[str] = mapped_column(server_default="")
    body: Mapped[str] = mapped_column(server_default="")
    notes: Mapped[str] = mapped_column(server_default="")
    content_hash: Mapped[str] = mapped_column(CHAR(64))
    hidden: Mapped[bool] = mapped_column(server_default=NO)
    search_vector: Mapped[str] = mapped_column(TSVECTOR)
    length_title: Mapped[int]
    length_body: Mapped[int]
    language: Mapped[str] = mapped_column(String(10))
    status: Mapped[MaterialStatus | None]
    material_type: Mapped[MaterialType]
    audience: Mapped[MaterialAudience]
    universe_name: Mapped[str | None] = mapped_column(String(100))
    owner_id: Mapped[int | None]
    updated_at: Mapped[datetime | None]
    persona_ids: Mapped[list[int]] = mapped_column(server_default=NO_TEXTS)
    segment_ids: Mapped[list[int]] = mapped_column(server_default=NO_TEXTS)


class PassageEmbedding(Base):
    """The meaning of a passage as a vector of a model, packed as embedding.packing does.

    It is that of the passage with its ordinal while both have the same content hash.
    """

    __tablename__ = "passage_embeddings"
    __table_args__ = (PrimaryKeyConstraint("material_id", "ordinal", name="pk_passage_embeddings"),)

    material_id: Mapped[int] = mapped_column(key_of("materials"))
    ordinal: Mapped[int]
    model: Mapped[str] = mapped_column(String(100))
    content_hash: Mapped[str] = mapped_column(CHAR(64))
    vector: Mapped[bytes] = mapped_column(BYTEA)
