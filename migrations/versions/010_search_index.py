"""Stored top postings, and what has changed since they were stored.

`top_postings` holds, for each common lexeme, the passages in which it weighs most. What was written
by a transaction outside of `index_state.snapshot` is read from `passages` instead; that is all of
it while `index_state` is empty, or was written by another database cluster (a restored dump), whose
transaction numbers mean nothing here.
Locks: creates only new objects.
"""

from alembic import op

revision = "010"
down_revision = "009"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE top_postings (
        lexeme   TEXT NOT NULL,
        language VARCHAR(10) NOT NULL,
        passages INTEGER NOT NULL,
        postings BYTEA NOT NULL,
        CONSTRAINT pk_top_postings PRIMARY KEY (lexeme, language)
    )
    """,
    # Whole and in pieces without unpacking: `substring` reads only what it is asked for.
    "ALTER TABLE top_postings ALTER COLUMN postings SET STORAGE EXTERNAL",
    """
    CREATE TABLE index_changes (
        material_id  INTEGER NOT NULL,
        changed_in   XID8 NOT NULL,
        rewritten_in XID8,
        CONSTRAINT pk_index_changes PRIMARY KEY (material_id)
    )
    """,
    "CREATE INDEX idx_index_changes_changed ON index_changes(changed_in)",
    "CREATE INDEX idx_index_changes_rewritten ON index_changes(rewritten_in)",
    """
    CREATE TABLE index_state (
        id                SMALLINT NOT NULL DEFAULT 1,
        snapshot          PG_SNAPSHOT NOT NULL,
        system_identifier BIGINT NOT NULL,
        refreshed_at      TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        CONSTRAINT pk_index_state PRIMARY KEY (id),
        CONSTRAINT ck_index_state_single CHECK (id = 1)
    )
    """,
)

DOWN = (
    "DROP TABLE index_state",
    "DROP TABLE index_changes",
    "DROP TABLE top_postings",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
