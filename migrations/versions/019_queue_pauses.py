"""Whose files are not read for now: one row for each person who has paused the queue.

`user_id` is who asked for the reading (`ingest_jobs.requested_by`), 0 for everybody. There is no
foreign key, as 0 is nobody's account, and a pause of somebody who is gone holds nothing back.
Locks: none on anything that exists.
"""

from alembic import op

revision = "019"
down_revision = "018"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE queue_pauses (
        user_id   INTEGER NOT NULL,
        paused_by INTEGER,
        paused_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        CONSTRAINT pk_queue_pauses PRIMARY KEY (user_id)
    )
    """,
)
DOWN = ("DROP TABLE queue_pauses",)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
