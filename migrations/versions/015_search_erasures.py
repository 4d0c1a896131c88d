"""When a person's searches were erased last, so that no process writes older ones afterwards.

Locks: creates only a new object.
"""

from alembic import op

revision = "015"
down_revision = "014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE search_erasures (
            user_id   INTEGER NOT NULL,
            erased_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_search_erasures PRIMARY KEY (user_id)
        )
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE search_erasures")
