"""What product marketing decides about a reading: corrections, acknowledged warnings, acceptance.

`page_corrections` is kept by what was extracted from its page, so that it survives a reading anew
and a newer file; at most one fits a page of the present version. A warning is acknowledged for one
file, by its hash. `review_states` holds a row only for a material that somebody should look at,
`publication_wishes` one for a material that is to be published once its file has been read.
Locks: new tables; the foreign keys take SHARE ROW EXCLUSIVE on materials for a moment.
"""

from alembic import op

revision = "016"
down_revision = "015"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE page_corrections (
        material_id     INTEGER NOT NULL,
        id              BIGINT GENERATED ALWAYS AS IDENTITY,
        page_number     INTEGER NOT NULL,
        fingerprint     CHAR(64) NOT NULL,
        fits            BOOLEAN NOT NULL DEFAULT TRUE,
        title           TEXT,
        body            TEXT,
        notes           TEXT,
        hidden          BOOLEAN NOT NULL DEFAULT FALSE,
        extracted_title TEXT NOT NULL,
        extracted_body  TEXT NOT NULL,
        extracted_notes TEXT NOT NULL,
        corrected_by    INTEGER,
        created_at      TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        updated_at      TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        CONSTRAINT pk_page_corrections PRIMARY KEY (material_id, id),
        CONSTRAINT fk_page_corrections_material FOREIGN KEY (material_id)
            REFERENCES materials(id) ON DELETE CASCADE
    )
    """,
    """
    CREATE UNIQUE INDEX uq_page_corrections_page
    ON page_corrections(material_id, page_number) WHERE fits
    """,
    """
    CREATE TABLE acknowledged_warnings (
        material_id     INTEGER NOT NULL,
        content_hash    CHAR(64) NOT NULL,
        page_number     INTEGER NOT NULL,
        code            VARCHAR(50) NOT NULL,
        acknowledged_by INTEGER,
        acknowledged_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        CONSTRAINT pk_acknowledged_warnings
            PRIMARY KEY (material_id, content_hash, page_number, code),
        CONSTRAINT fk_acknowledged_warnings_material FOREIGN KEY (material_id)
            REFERENCES materials(id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE version_reviews (
        material_id     INTEGER NOT NULL,
        version_ordinal INTEGER NOT NULL,
        reviewed_by     INTEGER,
        reviewed_at     TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        CONSTRAINT pk_version_reviews PRIMARY KEY (material_id, version_ordinal),
        CONSTRAINT fk_version_reviews_material FOREIGN KEY (material_id)
            REFERENCES materials(id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE review_states (
        material_id INTEGER NOT NULL,
        reasons     TEXT[] NOT NULL,
        CONSTRAINT pk_review_states PRIMARY KEY (material_id),
        CONSTRAINT fk_review_states_material FOREIGN KEY (material_id)
            REFERENCES materials(id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE publication_wishes (
        material_id     INTEGER NOT NULL,
        version_ordinal INTEGER NOT NULL,
        wished_by       INTEGER,
        wished_at       TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        CONSTRAINT pk_publication_wishes PRIMARY KEY (material_id),
        CONSTRAINT fk_publication_wishes_material FOREIGN KEY (material_id)
            REFERENCES materials(id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE completeness_history (
        material_id INTEGER NOT NULL,
        id          BIGINT GENERATED ALWAYS AS IDENTITY,
        score       INTEGER NOT NULL,
        reasons     TEXT[] NOT NULL,
        checked_at  TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        CONSTRAINT pk_completeness_history PRIMARY KEY (material_id, id),
        CONSTRAINT fk_completeness_history_material FOREIGN KEY (material_id)
            REFERENCES materials(id) ON DELETE CASCADE
    )
    """,
)

DOWN = (
    "DROP TABLE completeness_history",
    "DROP TABLE publication_wishes",
    "DROP TABLE review_states",
    "DROP TABLE version_reviews",
    "DROP TABLE acknowledged_warnings",
    "DROP TABLE page_corrections",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
