"""What the service knows of content blocks: fingerprints, variants, and since when they stand."""

from datetime import datetime

from sqlalchemy import REAL, BigInteger, Index, PrimaryKeyConstraint, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import CHAR
from sqlalchemy.orm import Mapped, mapped_column

from search_service.db.tables.declaration import ZERO, Base, key_of


class BlockFingerprint(Base):
    """Fingerprint of a content block's normalised text.

    `bands_version`: by which method its rows in `block_bands` were made; 0 for none yet.
    """

    __tablename__ = "block_fingerprints"
    __table_args__ = (
        PrimaryKeyConstraint("content_block_id", name="pk_block_fingerprints"),
        UniqueConstraint("fingerprint", name="uq_block_fingerprints_fingerprint"),
    )

    content_block_id: Mapped[int] = mapped_column(key_of("content_blocks"))
    fingerprint: Mapped[str] = mapped_column(CHAR(64))
    bands_version: Mapped[int] = mapped_column(SmallInteger, server_default=ZERO)


class BlockBand(Base):
    """One of the keys by which near blocks find each other."""

    __tablename__ = "block_bands"
    __table_args__ = (
        PrimaryKeyConstraint("band", "content_block_id", name="pk_block_bands"),
        Index("idx_block_bands_block", "content_block_id"),
    )

    band: Mapped[int] = mapped_column(BigInteger)
    content_block_id: Mapped[int] = mapped_column(key_of("content_blocks"))


class BlockVariant(Base):
    """Two blocks that say nearly the same; each pair stands both ways round."""

    __tablename__ = "block_variants"
    __table_args__ = (
        PrimaryKeyConstraint("content_block_id", "variant_id", name="pk_block_variants"),
        Index("idx_block_variants_variant", "variant_id"),
    )

    content_block_id: Mapped[int] = mapped_column(key_of("content_blocks"))
    variant_id: Mapped[int] = mapped_column(key_of("content_blocks"))
    similarity: Mapped[float] = mapped_column(REAL)


class BlockSighting(Base):
    """That a block stands in a material's present version, and the date of that wording there."""

    __tablename__ = "block_sightings"
    __table_args__ = (
        PrimaryKeyConstraint("material_id", "content_block_id", name="pk_block_sightings"),
        Index("idx_block_sightings_block", "content_block_id"),
    )

    material_id: Mapped[int] = mapped_column(key_of("materials"))
    content_block_id: Mapped[int] = mapped_column(key_of("content_blocks"))
    version_ordinal: Mapped[int]
    since: Mapped[datetime]
