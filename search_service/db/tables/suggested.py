"""What completes a query that is being typed."""

from sqlalchemy import ARRAY, Double, Index, PrimaryKeyConstraint, String
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import SmallInteger

from search_service.db.tables.declaration import Base


class SuggestedPhrase(Base):
    """A published phrase, folded, and a few passages that carry it (arrays in parallel).

    `source` says what it is: title, slide, product or keyword. Its text is not here: it is read
    from a passage that the one who asks may see.
    """

    __tablename__ = "suggestions"
    __table_args__ = (PrimaryKeyConstraint("id", name="pk_suggestions"),)

    id: Mapped[int] = mapped_column(autoincrement=False)
    source: Mapped[str] = mapped_column(String(10))
    folded: Mapped[str]
    weight: Mapped[float] = mapped_column(Double)
    material_ids: Mapped[list[int]]
    ordinals: Mapped[list[int]]


class PastQuery(Base):
    """What several people searched for and opened a hit of; `id` is below zero.

    `material_ids` are a few of the hits, and `demanded` (in parallel) all words as each one's
    language has them: it is suggested to whoever may see one that still holds them.
    """

    __tablename__ = "past_queries"
    __table_args__ = (PrimaryKeyConstraint("id", name="pk_past_queries"),)

    id: Mapped[int] = mapped_column(autoincrement=False)
    folded: Mapped[str]
    phrase: Mapped[str]
    weight: Mapped[float] = mapped_column(Double)
    material_ids: Mapped[list[int]]
    demanded: Mapped[list[str]] = mapped_column(ARRAY(TSQUERY))


class SuggestionPrefix(Base):
    """A phrase or a past query from one of its words on.

    `level` is the shortest prefix that it is shown for.
    """

    __tablename__ = "suggestion_prefixes"
    __table_args__ = (
        PrimaryKeyConstraint("suggestion_id", "word", name="pk_suggestion_prefixes"),
        Index(
            "idx_suggestion_prefixes_folded",
            "level",
            "folded",
            postgresql_ops={"folded": "text_pattern_ops"},
        ),
    )

    suggestion_id: Mapped[int] = mapped_column(autoincrement=False)
    word: Mapped[int] = mapped_column(SmallInteger, autoincrement=False)
    level: Mapped[int] = mapped_column(SmallInteger)
    folded: Mapped[str]
    weight: Mapped[float] = mapped_column(Double)
