"""Refresh tokens, API keys, failed sign-ins and the first-run link; only hashes of secrets.

Locks: new tables; the foreign keys take SHARE ROW EXCLUSIVE on users for a moment.
"""

from alembic import op

revision = "007"
down_revision = "006"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE refresh_tokens (
        id          INTEGER GENERATED ALWAYS AS IDENTITY,
        user_id     INTEGER NOT NULL,
        family      UUID NOT NULL,
        token_hash  CHAR(64) NOT NULL,
        created_at  TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        expires_at  TIMESTAMP WITH TIME ZONE NOT NULL,
        used_at     TIMESTAMP WITH TIME ZONE,
        revoked_at  TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_refresh_tokens PRIMARY KEY (id),
        CONSTRAINT uq_refresh_tokens_token_hash UNIQUE (token_hash),
        CONSTRAINT fk_refresh_tokens_user FOREIGN KEY (user_id)
            REFERENCES users(id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX idx_refresh_tokens_user ON refresh_tokens(user_id)",
    "CREATE INDEX idx_refresh_tokens_family ON refresh_tokens(family)",
    """
    CREATE TABLE api_keys (
        id           INTEGER GENERATED ALWAYS AS IDENTITY,
        user_id      INTEGER NOT NULL,
        name         VARCHAR(100) NOT NULL,
        prefix       VARCHAR(16) NOT NULL,
        key_hash     CHAR(64) NOT NULL,
        scopes       TEXT[] NOT NULL,
        rate_class   VARCHAR(20) NOT NULL DEFAULT 'standard',
        created_at   TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        expires_at   TIMESTAMP WITH TIME ZONE,
        last_used_at TIMESTAMP WITH TIME ZONE,
        revoked_at   TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_api_keys PRIMARY KEY (id),
        CONSTRAINT uq_api_keys_key_hash UNIQUE (key_hash),
        CONSTRAINT fk_api_keys_user FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX idx_api_keys_user ON api_keys(user_id)",
    """
    CREATE TABLE login_failures (
        subject        VARCHAR(320) NOT NULL,
        failures       INTEGER NOT NULL,
        last_failed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        blocked_until  TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_login_failures PRIMARY KEY (subject)
    )
    """,
    """
    CREATE TABLE setup_links (
        token_hash CHAR(64) NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_setup_links PRIMARY KEY (token_hash)
    )
    """,
)

DOWN = (
    "DROP TABLE setup_links",
    "DROP TABLE login_failures",
    "DROP TABLE api_keys",
    "DROP TABLE refresh_tokens",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
