"""What people searched for and which hits they opened; `maintain` makes and drops the months.

Searchers stand without a foreign key: the log is local when the database is a cluster. A click may
arrive before its search has been written, so nothing refers to one.
Locks: creates only new objects.
"""

from alembic import op

revision = "011"
down_revision = "010"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE search_log (
        search_id        UUID NOT NULL,
        logged_at        TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        user_id          INTEGER,
        role             VARCHAR(50),
        channel          VARCHAR(20) NOT NULL,
        query            TEXT,
        normalised_query TEXT,
        filters          JSONB NOT NULL DEFAULT '{}',
        total            INTEGER NOT NULL,
        partial          BOOLEAN NOT NULL,
        corrected        BOOLEAN NOT NULL,
        latency_ms       REAL NOT NULL,
        material_ids     INTEGER[] NOT NULL DEFAULT '{}',
        CONSTRAINT pk_search_log PRIMARY KEY (search_id, logged_at)
    ) PARTITION BY RANGE (logged_at)
    """,
    "CREATE TABLE search_log_default PARTITION OF search_log DEFAULT",
    "CREATE INDEX idx_search_log_logged_at ON search_log(logged_at)",
    "CREATE INDEX idx_search_log_user ON search_log(user_id)",
    """
    CREATE TABLE search_clicks (
        search_id   UUID NOT NULL,
        user_id     INTEGER NOT NULL,
        material_id INTEGER NOT NULL,
        page_number INTEGER NOT NULL DEFAULT 0,
        position    INTEGER,
        clicked_at  TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        CONSTRAINT pk_search_clicks PRIMARY KEY (search_id, user_id, material_id, page_number)
    )
    """,
    "CREATE INDEX idx_search_clicks_clicked_at ON search_clicks(clicked_at)",
    "CREATE INDEX idx_search_clicks_user ON search_clicks(user_id)",
)

DOWN = (
    "DROP TABLE search_clicks",
    "DROP TABLE search_log",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
