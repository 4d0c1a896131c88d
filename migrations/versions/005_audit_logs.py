"""Append-only audit log, partitioned by time; `maintain` makes and drops the months.

Actor id and e-mail stand without a foreign key, so that erasing a user keeps the record.
Locks: creates only new objects.
"""

from alembic import op

revision = "005"
down_revision = "004"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE audit_logs (
        id           BIGINT GENERATED ALWAYS AS IDENTITY,
        logged_at    TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        actor_id     INTEGER,
        actor_email  VARCHAR(255),
        action       VARCHAR(100) NOT NULL,
        object_type  VARCHAR(50),
        object_id    VARCHAR(100),
        address      VARCHAR(64),
        request_id   VARCHAR(64),
        before       JSONB,
        after        JSONB,
        CONSTRAINT pk_audit_logs PRIMARY KEY (id, logged_at)
    ) PARTITION BY RANGE (logged_at)
    """,
    "CREATE TABLE audit_logs_default PARTITION OF audit_logs DEFAULT",
    "CREATE INDEX idx_audit_logs_logged_at ON audit_logs(logged_at)",
    "CREATE INDEX idx_audit_logs_object ON audit_logs(object_type, object_id)",
    "CREATE INDEX idx_audit_logs_actor ON audit_logs(actor_id)",
    """
    CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'audit_logs is append-only: % refused', TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END
    $$
    """,
    """
    CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE ON audit_logs
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()
    """,
    # Partitions do not inherit triggers on statements: `maintain` makes one for each month.
    """
    CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON audit_logs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
    """,
    """
    CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON audit_logs_default
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
    """,
)

DOWN = (
    "DROP TABLE audit_logs",
    "DROP FUNCTION refuse_audit_change()",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
