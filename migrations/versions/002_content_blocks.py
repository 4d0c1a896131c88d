"""Content blocks and where they are used, as in the design document.

Locks: creates new tables; the foreign keys take SHARE ROW EXCLUSIVE on materials for a moment.
"""

from alembic import op

revision = "002"
down_revision = "001"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE content_blocks (
        id           SERIAL PRIMARY KEY,
        name         VARCHAR(255) NOT NULL,
        content      TEXT NOT NULL,
        block_type   VARCHAR(50),
        category     VARCHAR(100),
        tags         TEXT[],
        is_reusable  BOOLEAN DEFAULT TRUE,
        created_at   TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
        updated_at   TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
    )
    """,
    """
    CREATE TABLE content_block_usages (
        id               SERIAL PRIMARY KEY,
        content_block_id INTEGER NOT NULL REFERENCES content_blocks(id) ON DELETE CASCADE,
        material_id      INTEGER NOT NULL REFERENCES materials(id) ON DELETE CASCADE,
        slide_number     INTEGER,
        usage_context    TEXT,
        created_at       TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
    )
    """,
)

DOWN = (
    "DROP TABLE content_block_usages",
    "DROP TABLE content_blocks",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
