"""Phrases that complete what is being typed, and the prefix rows that find them.

A phrase has one row in `suggestions` and one in `suggestion_prefixes` for each of its first words,
from which on it stands there. `level` is the length of the shortest prefix that a row is among the
best for: whoever typed n characters reads the levels 0 to n and so never more than a few rows of
each, however many begin like that.
Locks: creates only new objects.
"""

from alembic import op

revision = "014"
down_revision = "013"
branch_labels = None
depends_on = None

# Lower case, without accents, one blank between words and none before them; a blank at the end
# stays, as it tells that a word is typed to its end. C++ and C# keep their marks.
FOLDED_WORDS = """
CREATE FUNCTION folded_words(phrase text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
SELECT ltrim(regexp_replace(lower(unaccent(lower(phrase))), '[^[:alnum:]+#]+', ' ', 'g'))
$$
"""

UP = (
    FOLDED_WORDS,
    """
    CREATE TABLE suggestions (
        id           INTEGER NOT NULL,
        source       VARCHAR(10) NOT NULL,
        folded       TEXT NOT NULL,
        weight       DOUBLE PRECISION NOT NULL,
        material_ids INTEGER[] NOT NULL,
        ordinals     INTEGER[] NOT NULL,
        CONSTRAINT pk_suggestions PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE suggestion_prefixes (
        suggestion_id INTEGER NOT NULL,
        word          SMALLINT NOT NULL,
        level         SMALLINT NOT NULL,
        folded        TEXT NOT NULL,
        weight        DOUBLE PRECISION NOT NULL,
        CONSTRAINT pk_suggestion_prefixes PRIMARY KEY (suggestion_id, word)
    )
    """,
    """
    CREATE INDEX idx_suggestion_prefixes_folded
    ON suggestion_prefixes(level, folded text_pattern_ops)
    """,
)

DOWN = (
    "DROP TABLE suggestion_prefixes",
    "DROP TABLE suggestions",
    "DROP FUNCTION folded_words(text)",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
