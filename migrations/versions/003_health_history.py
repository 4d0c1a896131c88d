"""History of a material's health, as in the design document.

Locks: creates a new table; the foreign key takes SHARE ROW EXCLUSIVE on materials for a moment.
"""

from alembic import op

revision = "003"
down_revision = "002"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE material_health_history (
        id              SERIAL PRIMARY KEY,
        material_id     INTEGER NOT NULL REFERENCES materials(id) ON DELETE CASCADE,
        health_score    INTEGER NOT NULL,
        checked_at      TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
        issues_found    TEXT[],
        recommendations TEXT[]
    )
    """,
    "CREATE INDEX idx_health_history_material ON material_health_history(material_id)",
    "CREATE INDEX idx_health_history_date ON material_health_history(checked_at)",
)

DOWN = ("DROP TABLE material_health_history",)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
