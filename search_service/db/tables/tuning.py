"""What product marketing tunes in search: synonyms, pins, ranking weights, and judged queries."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Double,
    Identity,
    Index,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import SmallInteger

from search_service.db.tables.declaration import NO, Base, key_of, now


class Synonym(Base):
    """One entry: `source` also means each of `targets`; with `two_way` all of them mean each other.

    `keys` are the texts that it is found by, as search.synonyms folds them.
    """

    __tablename__ = "synonyms"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="pk_synonyms"),
        Index("idx_synonyms_keys", "keys", postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True))
    source: Mapped[str]
    targets: Mapped[list[str]]
    two_way: Mapped[bool] = mapped_column(server_default=NO)
    language: Mapped[str | None] = mapped_column(String(10))
    keys: Mapped[list[str]]
    created_at: Mapped[datetime] = now()
    updated_at: Mapped[datetime] = now()


class Pin(Base):
    """A material that stands first for a query; `query_key` is the query as search.pins folds it.

    Where persona or segment are set it does so only while they are selected.
    """

    __tablename__ = "pins"
    __table_args__ = (
        PrimaryKeyConstraint("material_id", "id", name="pk_pins"),
        UniqueConstraint(
            "material_id",
            "query_key",
            "persona_id",
            "segment_id",
            name="uq_pins_query",
            postgresql_nulls_not_distinct=True,
        ),
        Index("idx_pins_query", "query_key"),
    )

    material_id: Mapped[int] = mapped_column(key_of("materials"))
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    query_text: Mapped[str]
    query_key: Mapped[str]
    page_number: Mapped[int | None]
    persona_id: Mapped[int | None] = mapped_column(key_of("personas"))
    segment_id: Mapped[int | None] = mapped_column(key_of("segments"))
    place: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    created_at: Mapped[datetime] = now()
    updated_at: Mapped[datetime] = now()


class Judgement(Base):
    """How well a material, or one page of it, answers a query: 0 not at all, 3 best."""

    __tablename__ = "judgements"
    __table_args__ = (
        PrimaryKeyConstraint("material_id", "id", name="pk_judgements"),
        UniqueConstraint(
            "material_id",
            "query_key",
            "page_number",
            name="uq_judgements_query",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("grade >= 0 AND grade <= 3", name="ck_judgements_grade"),
        Index("idx_judgements_query", "query_key"),
    )

    material_id: Mapped[int] = mapped_column(key_of("materials"))
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    query_text: Mapped[str]
    query_key: Mapped[str]
    page_number: Mapped[int | None]
    grade: Mapped[int] = mapped_column(SmallInteger)
    judged_by: Mapped[int | None]
    judged_at: Mapped[datetime] = now()


class RankingWeights(Base):
    """The weights that ranking uses, one row; without it those of search.weights.Weights."""

    __tablename__ = "ranking_weights"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="pk_ranking_weights"),
        CheckConstraint("id = 1", name="ck_ranking_weights_single"),
    )

    id: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"), autoincrement=False)
    next_slides: Mapped[list[float]] = mapped_column(ARRAY(Double))
    own: Mapped[float] = mapped_column(Double)
    freshness: Mapped[float] = mapped_column(Double)
    health: Mapped[float] = mapped_column(Double)
    usage: Mapped[float] = mapped_column(Double)
    persona: Mapped[float] = mapped_column(Double)
    segment: Mapped[float] = mapped_column(Double)
    industry: Mapped[float] = mapped_column(Double)
    stage: Mapped[float] = mapped_column(Double)
    product: Mapped[float] = mapped_column(Double)
    account: Mapped[float] = mapped_column(Double)
    updated_at: Mapped[datetime] = now()
