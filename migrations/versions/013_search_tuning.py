"""What product marketing tunes in search: synonyms, pins, ranking weights, and judged queries.

`keys` and `query_key` hold texts as they are looked up, folded by the application. Pins and
judgements are children of materials and go with them. No row of weights means the defaults.
Locks: new tables; the foreign keys take SHARE ROW EXCLUSIVE on materials, personas and segments
for a moment.
"""

from alembic import op

revision = "013"
down_revision = "012"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE synonyms (
        id         INTEGER GENERATED ALWAYS AS IDENTITY,
        source     TEXT NOT NULL,
        targets    TEXT[] NOT NULL,
        two_way    BOOLEAN NOT NULL DEFAULT FALSE,
        language   VARCHAR(10),
        keys       TEXT[] NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        CONSTRAINT pk_synonyms PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX idx_synonyms_keys ON synonyms USING GIN(keys)",
    """
    CREATE TABLE pins (
        material_id INTEGER NOT NULL,
        id          BIGINT GENERATED ALWAYS AS IDENTITY,
        query_text  TEXT NOT NULL,
        query_key   TEXT NOT NULL,
        page_number INTEGER,
        persona_id  INTEGER,
        segment_id  INTEGER,
        place       SMALLINT NOT NULL DEFAULT 1,
        created_at  TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        updated_at  TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        CONSTRAINT pk_pins PRIMARY KEY (material_id, id),
        CONSTRAINT uq_pins_query UNIQUE NULLS NOT DISTINCT
            (material_id, query_key, persona_id, segment_id),
        CONSTRAINT fk_pins_material FOREIGN KEY (material_id)
            REFERENCES materials(id) ON DELETE CASCADE,
        CONSTRAINT fk_pins_persona FOREIGN KEY (persona_id)
            REFERENCES personas(id) ON DELETE CASCADE,
        CONSTRAINT fk_pins_segment FOREIGN KEY (segment_id)
            REFERENCES segments(id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX idx_pins_query ON pins(query_key)",
    """
    CREATE TABLE judgements (
        material_id INTEGER NOT NULL,
        id          BIGINT GENERATED ALWAYS AS IDENTITY,
        query_text  TEXT NOT NULL,
        query_key   TEXT NOT NULL,
        page_number INTEGER,
        grade       SMALLINT NOT NULL,
        judged_by   INTEGER,
        judged_at   TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        CONSTRAINT pk_judgements PRIMARY KEY (material_id, id),
        CONSTRAINT uq_judgements_query UNIQUE NULLS NOT DISTINCT
            (material_id, query_key, page_number),
        CONSTRAINT ck_judgements_grade CHECK (grade >= 0 AND grade <= 3),
        CONSTRAINT fk_judgements_material FOREIGN KEY (material_id)
            REFERENCES materials(id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX idx_judgements_query ON judgements(query_key)",
    """
    CREATE TABLE ranking_weights (
        id          SMALLINT NOT NULL DEFAULT 1,
        next_slides DOUBLE PRECISION[] NOT NULL,
        own         DOUBLE PRECISION NOT NULL,
        freshness   DOUBLE PRECISION NOT NULL,
        health      DOUBLE PRECISION NOT NULL,
        usage       DOUBLE PRECISION NOT NULL,
        persona     DOUBLE PRECISION NOT NULL,
        segment     DOUBLE PRECISION NOT NULL,
        industry    DOUBLE PRECISION NOT NULL,
        stage       DOUBLE PRECISION NOT NULL,
        product     DOUBLE PRECISION NOT NULL,
        account     DOUBLE PRECISION NOT NULL,
        updated_at  TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        CONSTRAINT pk_ranking_weights PRIMARY KEY (id),
        CONSTRAINT ck_ranking_weights_single CHECK (id = 1)
    )
    """,
)

DOWN = (
    "DROP TABLE ranking_weights",
    "DROP TABLE judgements",
    "DROP TABLE pins",
    "DROP TABLE synonyms",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
