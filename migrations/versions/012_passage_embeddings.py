"""Vectors of passages, for the optional rerank by meaning.

A vector is of the passage with its ordinal while both have the same content hash.
Locks: creates only new objects; the foreign key takes SHARE ROW EXCLUSIVE on materials for a
moment.
"""

from alembic import op

revision = "012"
down_revision = "011"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE passage_embeddings (
        material_id  INTEGER NOT NULL,
        ordinal      INTEGER NOT NULL,
        model        VARCHAR(100) NOT NULL,
        content_hash CHAR(64) NOT NULL,
        vector       BYTEA NOT NULL,
        CONSTRAINT pk_passage_embeddings PRIMARY KEY (material_id, ordinal),
        CONSTRAINT fk_passage_embeddings_material FOREIGN KEY (material_id)
            REFERENCES materials(id) ON DELETE CASCADE
    )
    """,
)

DOWN = ("DROP TABLE passage_embeddings",)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
