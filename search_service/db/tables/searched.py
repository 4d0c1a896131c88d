"""What ranking and correction read beside passages: statistics, top postings, changes."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Double,
    Index,
    PrimaryKeyConstraint,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import SmallInteger, UserDefinedType

from search_service.db.tables.declaration import Base, now


class Xid8(UserDefinedType[int]):
    """A transaction's full id."""

    def get_col_spec(self, **_kw: Any) -> str:
        return "XID8"


class PgSnapshot(UserDefinedType[str]):
    """Which transactions had ended when it was taken."""

    def get_col_spec(self, **_kw: Any) -> str:
        return "PG_SNAPSHOT"


class CorpusStatistics(Base):
    """Size and average lengths of the published passages of one language."""

    __tablename__ = "corpus_statistics"
    __table_args__ = (PrimaryKeyConstraint("language", name="pk_corpus_statistics"),)

    language: Mapped[str] = mapped_column(String(10))
    passages: Mapped[int]
    average_title: Mapped[float] = mapped_column(Double)
    average_body: Mapped[float] = mapped_column(Double)
    refreshed_at: Mapped[datetime] = now()


class LexemeStatistics(Base):
    """In how many published passages of a language a lexeme stands."""

    __tablename__ = "lexeme_statistics"
    __table_args__ = (
        PrimaryKeyConstraint("lexeme", "language", name="pk_lexeme_statistics"),
        Index(
            "idx_lexeme_statistics_prefix",
            "lexeme",
            postgresql_ops={"lexeme": "text_pattern_ops"},
        ),
    )

    lexeme: Mapped[str]
    language: Mapped[str] = mapped_column(String(10))
    document_frequency: Mapped[int]


class SurfaceWord(Base):
    """A word as it is written in published passages; corrections come from here."""

    __tablename__ = "surface_words"
    __table_args__ = (
        PrimaryKeyConstraint("word", "language", name="pk_surface_words"),
        Index(
            "idx_surface_words_trigrams",
            "word",
            postgresql_using="gin",
            postgresql_ops={"word": "gin_trgm_ops"},
        ),
    )

    word: Mapped[str]
    language: Mapped[str] = mapped_column(String(10))
    document_frequency: Mapped[int]


class TopPostings(Base):
    """The passages in which a common lexeme weighs most, packed as text.weighting says."""

    __tablename__ = "top_postings"
    __table_args__ = (PrimaryKeyConstraint("lexeme", "language", name="pk_top_postings"),)

    lexeme: Mapped[str]
    language: Mapped[str] = mapped_column(String(10))
    passages: Mapped[int]
    postings: Mapped[bytes] = mapped_column(BYTEA)


class IndexChange(Base):
    """The transactions that last changed a material, and that last wrote its passages."""

    __tablename__ = "index_changes"
    __table_args__ = (
        PrimaryKeyConstraint("material_id", name="pk_index_changes"),
        Index("idx_index_changes_changed", "changed_in"),
        Index("idx_index_changes_rewritten", "rewritten_in"),
    )

    material_id: Mapped[int] = mapped_column(autoincrement=False)
    changed_in: Mapped[Any] = mapped_column(Xid8())
    rewritten_in: Mapped[Any | None] = mapped_column(Xid8())


class IndexState(Base):
    """The snapshot in which statistics and top postings were counted; no row before the first.

    `system_identifier` is the database cluster's, in which alone the snapshot means something.
    """

    __tablename__ = "index_state"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="pk_index_state"),
        CheckConstraint("id = 1", name="ck_index_state_single"),
    )

    id: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"), autoincrement=False)
    snapshot: Mapped[Any] = mapped_column(PgSnapshot())
    system_identifier: Mapped[int] = mapped_column(BigInteger)
    refreshed_at: Mapped[datetime] = now()
