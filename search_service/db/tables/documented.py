"""The tables of the design document, by its names; `search_vector` is the one addition."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    PrimaryKeyConstraint,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType
from search_service.db.tables.declaration import NO, ZERO, Base, key_of, now


class User(Base):
    """An account; `role` is one of db.enums.Role."""

    __tablename__ = "users"
    __table_args__ = (Index("idx_users_email", "email"), Index("idx_users_role", "role"))

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    hashed_password: Mapped[str] = mapped_column(String(255))
    full_name: Mapped[str] = mapped_column(String(255))
    role: Mapped[str | None] = mapped_column(String(50), server_default="pmm")
    is_active: Mapped[bool | None] = mapped_column(server_default=text("true"))
    is_superuser: Mapped[bool | None] = mapped_column(server_default=NO)
    created_at: Mapped[datetime | None] = now()
    updated_at: Mapped[datetime | None] = now()


class Material(Base):
    """A deck or document; what the design document does not name is in MaterialDetails."""

    __tablename__ = "materials"
    __table_args__ = (
        Index("idx_materials_owner", "owner_id"),
        Index("idx_materials_status", "status"),
        Index("idx_materials_universe", "universe_name"),
        Index("idx_materials_type", "material_type"),
        Index("idx_materials_audience", "audience"),
        Index("idx_materials_tags", "tags", postgresql_using="gin"),
        Index("idx_materials_keywords", "keywords", postgresql_using="gin"),
        Index("idx_materials_search_vector", "search_vector", postgresql_using="gin"),
        Index(
            "idx_materials_universe_status_updated",
            "universe_name",
            "status",
            text("updated_at DESC"),
        ),
        Index("idx_materials_updated", text("updated_at DESC"), text("id DESC")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None]
    material_type: Mapped[MaterialType]
    audience: Mapped[MaterialAudience]
    product_name: Mapped[str | None] = mapped_column(String(255))
    universe_name: Mapped[str | None] = mapped_column(String(100))
    file_path: Mapped[str | None] = mapped_column(String(500))
    file_name: Mapped[str | None] = mapped_column(String(255))
    file_format: Mapped[str | None] = mapped_column(String(20))
    file_size: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[str | None] = mapped_column(String(50))
    status: Mapped[MaterialStatus | None] = mapped_column(server_default="DRAFT")
    tags: Mapped[list[str] | None]
    keywords: Mapped[list[str] | None]
    use_cases: Mapped[list[str] | None]
    pain_points: Mapped[list[str] | None]
    health_score: Mapped[int | None] = mapped_column(server_default=ZERO)
    usage_count: Mapped[int | None] = mapped_column(server_default=ZERO)
    completeness_score: Mapped[int | None] = mapped_column(server_default=ZERO)
    last_updated: Mapped[datetime | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime | None] = now()
    updated_at: Mapped[datetime | None] = now()
    search_vector: Mapped[str | None] = mapped_column(TSVECTOR, deferred=True)


class Persona(Base):
    """A buyer persona."""

    __tablename__ = "personas"
    __table_args__ = (Index("idx_personas_name", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str | None] = mapped_column(String(100))
    description: Mapped[str | None]
    goals: Mapped[str | None]
    challenges: Mapped[str | None]
    preferred_content: Mapped[str | None]
    created_at: Mapped[datetime | None] = now()
    updated_at: Mapped[datetime | None] = now()


class Segment(Base):
    """A market segment."""

    __tablename__ = "segments"
    __table_args__ = (
        Index("idx_segments_name", "name"),
        Index("idx_segments_industry", "industry"),
        Index("idx_segments_region", "region"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str | None]
    industry: Mapped[str | None] = mapped_column(String(100))
    company_size: Mapped[str | None] = mapped_column(String(50))
    region: Mapped[str | None] = mapped_column(String(50))
    key_drivers: Mapped[str | None]
    pain_points: Mapped[str | None]
    buying_criteria: Mapped[str | None]
    created_at: Mapped[datetime | None] = now()
    updated_at: Mapped[datetime | None] = now()


class MaterialPersona(Base):
    """Which personas a material is for."""

    __tablename__ = "material_persona_association"
    __table_args__ = (Index("idx_material_persona_persona", "persona_id"),)

    material_id: Mapped[int] = mapped_column(key_of("materials"), primary_key=True)
    persona_id: Mapped[int] = mapped_column(key_of("personas"), primary_key=True)


class MaterialSegment(Base):
    """Which segments a material is for."""

    __tablename__ = "material_segment_association"
    __table_args__ = (Index("idx_material_segment_segment", "segment_id"),)

    material_id: Mapped[int] = mapped_column(key_of("materials"), primary_key=True)
    segment_id: Mapped[int] = mapped_column(key_of("segments"), primary_key=True)


class ContentBlock(Base):
    """A reusable piece of content: a slide, a table, a paragraph group."""

    __tablename__ = "content_blocks"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    content: Mapped[str]
    block_type: Mapped[str | None] = mapped_column(String(50))
    category: Mapped[str | None] = mapped_column(String(100))
    tags: Mapped[list[str] | None]
    is_reusable: Mapped[bool | None] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime | None] = now()
    updated_at: Mapped[datetime | None] = now()


class ContentBlockUsage(Base):
    """Where a content block stands."""

    __tablename__ = "content_block_usages"
    __table_args__ = (
        Index("idx_content_block_usages_block", "content_block_id"),
        Index("idx_content_block_usages_material", "material_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    content_block_id: Mapped[int] = mapped_column(key_of("content_blocks"))
    material_id: Mapped[int] = mapped_column(key_of("materials"))
    slide_number: Mapped[int | None]
    usage_context: Mapped[str | None]
    created_at: Mapped[datetime | None] = now()


class MaterialHealthHistory(Base):
    """One row for each change of a material's health."""

    __tablename__ = "material_health_history"
    __table_args__ = (
        Index("idx_health_history_material", "material_id"),
        Index("idx_health_history_date", "checked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    material_id: Mapped[int] = mapped_column(key_of("materials"))
    health_score: Mapped[int]
    checked_at: Mapped[datetime | None] = now()
    issues_found: Mapped[list[str] | None]
    recommendations: Mapped[list[str] | None]


class AuditLog(Base):
    """Who did what to what, append-only; partitioned by `logged_at`."""

    __tablename__ = "audit_logs"
    __table_args__ = (
        PrimaryKeyConstraint("id", "logged_at", name="pk_audit_logs"),
        Index("idx_audit_logs_logged_at", "logged_at"),
        Index("idx_audit_logs_object", "object_type", "object_id"),
        Index("idx_audit_logs_actor", "actor_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    logged_at: Mapped[datetime] = now()
    actor_id: Mapped[int | None]
    actor_email: Mapped[str | None] = mapped_column(String(255))
    action: Mapped[str] = mapped_column(String(100))
    object_type: Mapped[str | None] = mapped_column(String(50))
    object_id: Mapped[str | None] = mapped_column(String(100))
    address: Mapped[str | None] = mapped_column(String(64))
    request_id: Mapped[str | None] = mapped_column(String(64))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
