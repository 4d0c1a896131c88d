"""What is known of a material beyond the design document: details, versions, pages, passages.

Passage 0 of a material holds its own words (name, product, tags, description); 1 and up its pages.
Filter columns are copied from materials, as search reads passages alone.
Locks: new tables; CREATE INDEX on materials, its associations and usages blocks their writes
while it runs.
"""

from alembic import op

revision = "006"
down_revision = "005"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE material_details (
        material_id     INTEGER NOT NULL,
        language        VARCHAR(10) NOT NULL DEFAULT 'und',
        current_version INTEGER NOT NULL DEFAULT 1,
        content_hash    CHAR(64),
        page_count      INTEGER,
        edited_fields   TEXT[] NOT NULL DEFAULT '{}',
        guessed_fields  TEXT[] NOT NULL DEFAULT '{}',
        review_by       DATE,
        expires_on      DATE,
        published_at    TIMESTAMP WITH TIME ZONE,
        deleted_at      TIMESTAMP WITH TIME ZONE,
        completeness_reasons TEXT[] NOT NULL DEFAULT '{}',
        health_reasons  TEXT[] NOT NULL DEFAULT '{}',
        CONSTRAINT pk_material_details PRIMARY KEY (material_id),
        CONSTRAINT fk_material_details_material FOREIGN KEY (material_id)
            REFERENCES materials(id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX idx_material_details_content_hash ON material_details(content_hash)",
    """
    CREATE TABLE material_versions (
        material_id       INTEGER NOT NULL,
        ordinal           INTEGER NOT NULL,
        sha256            CHAR(64) NOT NULL,
        file_name         VARCHAR(255) NOT NULL,
        file_format       VARCHAR(20) NOT NULL,
        media_type        VARCHAR(150) NOT NULL,
        file_size         BIGINT NOT NULL,
        version           VARCHAR(50),
        uploaded_by       INTEGER,
        created_at        TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        superseded_at     TIMESTAMP WITH TIME ZONE,
        extraction_status VARCHAR(20),
        extraction_code   VARCHAR(50),
        receipt           JSONB,
        CONSTRAINT pk_material_versions PRIMARY KEY (material_id, ordinal),
        CONSTRAINT fk_material_versions_material FOREIGN KEY (material_id)
            REFERENCES materials(id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX idx_material_versions_sha256 ON material_versions(sha256)",
    """
    CREATE TABLE material_pages (
        material_id     INTEGER NOT NULL,
        version_ordinal INTEGER NOT NULL,
        page_number     INTEGER NOT NULL,
        label           TEXT,
        title           TEXT NOT NULL DEFAULT '',
        body            TEXT NOT NULL DEFAULT '',
        notes           TEXT NOT NULL DEFAULT '',
        tables          JSONB NOT NULL DEFAULT '[]',
        alt_texts       TEXT[] NOT NULL DEFAULT '{}',
        chart_texts     TEXT[] NOT NULL DEFAULT '{}',
        diagram_texts   TEXT[] NOT NULL DEFAULT '{}',
        comments        TEXT[] NOT NULL DEFAULT '{}',
        links           TEXT[] NOT NULL DEFAULT '{}',
        hidden          BOOLEAN NOT NULL DEFAULT FALSE,
        width           REAL,
        height          REAL,
        warnings        JSONB NOT NULL DEFAULT '[]',
        CONSTRAINT pk_material_pages PRIMARY KEY (material_id, version_ordinal, page_number),
        CONSTRAINT fk_material_pages_material FOREIGN KEY (material_id)
            REFERENCES materials(id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE passages (
        material_id     INTEGER NOT NULL,
        ordinal         INTEGER NOT NULL,
        version_ordinal INTEGER NOT NULL,
        page_number     INTEGER NOT NULL,
        char_start      INTEGER NOT NULL DEFAULT 0,
        char_end        INTEGER NOT NULL DEFAULT 0,
        title           TEXT NOT NULL DEFAULT '',
        body            TEXT NOT NULL DEFAULT '',
        notes           TEXT NOT NULL DEFAULT '',
        content_hash    CHAR(64) NOT NULL,
        hidden          BOOLEAN NOT NULL DEFAULT FALSE,
        search_vector   TSVECTOR NOT NULL,
        length_title    INTEGER NOT NULL,
        length_body     INTEGER NOT NULL,
        language        VARCHAR(10) NOT NULL,
        status          materialstatus,
        material_type   materialtype NOT NULL,
        audience        materialaudience NOT NULL,
        universe_name   VARCHAR(100),
        owner_id        INTEGER,
        updated_at      TIMESTAMP WITH TIME ZONE,
        persona_ids     INTEGER[] NOT NULL DEFAULT '{}',
        segment_ids     INTEGER[] NOT NULL DEFAULT '{}',
        CONSTRAINT pk_passages PRIMARY KEY (material_id, ordinal),
        CONSTRAINT fk_passages_material FOREIGN KEY (material_id)
            REFERENCES materials(id) ON DELETE CASCADE
    )
    """,
    # Ranking reads a vector once for each term: out of line that is five times the work. The
    # body goes out of line first.
    "ALTER TABLE passages ALTER COLUMN search_vector SET STORAGE MAIN",
    "CREATE INDEX idx_passages_search_vector ON passages USING GIN(search_vector)",
    "CREATE INDEX idx_passages_content_hash ON passages(content_hash)",
    """
    CREATE TABLE block_fingerprints (
        content_block_id INTEGER NOT NULL,
        fingerprint      CHAR(64) NOT NULL,
        simhash          BIGINT NOT NULL,
        CONSTRAINT pk_block_fingerprints PRIMARY KEY (content_block_id),
        CONSTRAINT uq_block_fingerprints_fingerprint UNIQUE (fingerprint),
        CONSTRAINT fk_block_fingerprints_block FOREIGN KEY (content_block_id)
            REFERENCES content_blocks(id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX idx_content_block_usages_block ON content_block_usages(content_block_id)",
    "CREATE INDEX idx_content_block_usages_material ON content_block_usages(material_id)",
    """
    CREATE INDEX idx_materials_universe_status_updated
    ON materials(universe_name, status, updated_at DESC)
    """,
    "CREATE INDEX idx_materials_updated ON materials(updated_at DESC, id DESC)",
    "CREATE INDEX idx_material_persona_persona ON material_persona_association(persona_id)",
    "CREATE INDEX idx_material_segment_segment ON material_segment_association(segment_id)",
)

DOWN = (
    "DROP INDEX idx_material_segment_segment",
    "DROP INDEX idx_material_persona_persona",
    "DROP INDEX idx_materials_updated",
    "DROP INDEX idx_materials_universe_status_updated",
    "DROP INDEX idx_content_block_usages_material",
    "DROP INDEX idx_content_block_usages_block",
    "DROP TABLE block_fingerprints",
    "DROP TABLE passages",
    "DROP TABLE material_pages",
    "DROP TABLE material_versions",
    "DROP TABLE material_details",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
