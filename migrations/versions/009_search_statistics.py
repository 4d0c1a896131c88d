"""Frequencies that ranking and correction read, counted over published passages only.

Locks: creates only new objects.
"""

from alembic import op

revision = "009"
down_revision = "008"
branch_labels = None
depends_on = None

UP = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    """
    CREATE TABLE corpus_statistics (
        language      VARCHAR(10) NOT NULL,
        passages      INTEGER NOT NULL,
        average_title DOUBLE PRECISION NOT NULL,
        average_body  DOUBLE PRECISION NOT NULL,
        refreshed_at  TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        CONSTRAINT pk_corpus_statistics PRIMARY KEY (language)
    )
    """,
    """
    CREATE TABLE lexeme_statistics (
        lexeme             TEXT NOT NULL,
        language           VARCHAR(10) NOT NULL,
        document_frequency INTEGER NOT NULL,
        CONSTRAINT pk_lexeme_statistics PRIMARY KEY (lexeme, language)
    )
    """,
    "CREATE INDEX idx_lexeme_statistics_prefix ON lexeme_statistics(lexeme text_pattern_ops)",
    """
    CREATE TABLE surface_words (
        word               TEXT NOT NULL,
        language           VARCHAR(10) NOT NULL,
        document_frequency INTEGER NOT NULL,
        CONSTRAINT pk_surface_words PRIMARY KEY (word, language)
    )
    """,
    "CREATE INDEX idx_surface_words_trigrams ON surface_words USING GIN(word gin_trgm_ops)",
)

DOWN = (
    "DROP TABLE surface_words",
    "DROP TABLE lexeme_statistics",
    "DROP TABLE corpus_statistics",
    "DROP EXTENSION pg_trgm",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
