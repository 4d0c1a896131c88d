"""What keeps a library fresh: when scores change by date alone, successors, reports.

`scores_due` is the next day on which a material's scores or reasons change though nobody touches
it; materials that are there already are looked at once, on the day of this migration. A successor
is a row of its own, not a reference within materials, and no foreign key holds it: a purge takes
the rows that name what it removes. Page 0 of a report is the material as a whole.
Locks: ACCESS EXCLUSIVE on material_details for its two columns, without a rewrite; SHARE for its
index; new tables take SHARE ROW EXCLUSIVE on materials for their foreign keys, for a moment.
"""

from alembic import op

revision = "018"
down_revision = "017"
branch_labels = None
depends_on = None

UP = (
    "ALTER TABLE material_details ADD COLUMN archived_at TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE material_details ADD COLUMN scores_due DATE DEFAULT CURRENT_DATE",
    "CREATE INDEX idx_material_details_scores_due ON material_details(scores_due)",
    """
    CREATE TABLE material_successors (
        material_id  INTEGER NOT NULL,
        successor_id INTEGER NOT NULL,
        named_by     INTEGER,
        named_at     TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        CONSTRAINT pk_material_successors PRIMARY KEY (material_id),
        CONSTRAINT fk_material_successors_material FOREIGN KEY (material_id)
            REFERENCES materials(id) ON DELETE CASCADE,
        CONSTRAINT ck_material_successors_other CHECK (successor_id <> material_id)
    )
    """,
    "CREATE INDEX idx_material_successors_successor ON material_successors(successor_id)",
    """
    CREATE TABLE outdated_reports (
        material_id INTEGER NOT NULL,
        id          BIGINT GENERATED ALWAYS AS IDENTITY,
        page_number INTEGER NOT NULL DEFAULT 0,
        reason      TEXT NOT NULL,
        reported_by INTEGER,
        reported_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        answer      TEXT,
        resolved_by INTEGER,
        resolved_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_outdated_reports PRIMARY KEY (material_id, id),
        CONSTRAINT fk_outdated_reports_material FOREIGN KEY (material_id)
            REFERENCES materials(id) ON DELETE CASCADE
    )
    """,
    """
    CREATE UNIQUE INDEX uq_outdated_reports_open
    ON outdated_reports(material_id, page_number, reported_by) WHERE resolved_at IS NULL
    """,
    "CREATE INDEX idx_outdated_reports_reporter ON outdated_reports(reported_by, reported_at)",
)

DOWN = (
    "DROP TABLE outdated_reports",
    "DROP TABLE material_successors",
    "DROP INDEX idx_material_details_scores_due",
    "ALTER TABLE material_details DROP COLUMN scores_due",
    "ALTER TABLE material_details DROP COLUMN archived_at",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
