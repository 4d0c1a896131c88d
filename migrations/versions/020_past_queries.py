"""What several people searched for and opened a hit of, for suggestions.

A row has prefix rows in `suggestion_prefixes` like a phrase of the library; its ids are below zero,
so that the two never meet. `demanded` is, beside each of `material_ids`, the tsquery of all words
in that material's language.
Going back leaves their prefix rows, which take places of phrases until the next count writes all
anew.
Locks: creates only new objects.
"""

from alembic import op

revision = "020"
down_revision = "019"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE past_queries (
        id           INTEGER NOT NULL,
        folded       TEXT NOT NULL,
        phrase       TEXT NOT NULL,
        weight       DOUBLE PRECISION NOT NULL,
        material_ids INTEGER[] NOT NULL,
        demanded     TSQUERY[] NOT NULL,
        CONSTRAINT pk_past_queries PRIMARY KEY (id)
    )
    """,
)
DOWN = ("DROP TABLE past_queries",)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
