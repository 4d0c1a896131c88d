"""Near variants of content blocks, and since when which wording stands in which material.

`block_bands` holds the MinHash band keys by which near texts find each other: a row for each key,
so that a look-up reads a bounded number of the rows of one key. `bands_version` tells by which
method a block's keys were made, 0 for none yet. `block_variants` holds each pair both ways round.
`block_sightings` follows the usages: one row for each block of a material's present version, with
the date of that wording there. The 64-bit SimHash, which nothing reads any more, goes.
`keyword_bases` tells of how many published passages of its language a material's keywords were
compared with, so that they are looked at again once there are far more or fewer.
Existing blocks get their keys when a material that holds them is read again.
Locks: ALTER TABLE takes ACCESS EXCLUSIVE on block_fingerprints for a moment, as neither a dropped
column nor a constant default rewrites it; the foreign keys take SHARE ROW EXCLUSIVE on materials
and content_blocks for a moment; the rest creates new objects.
"""

from alembic import op

revision = "017"
down_revision = "016"
branch_labels = None
depends_on = None

UP = (
    "ALTER TABLE block_fingerprints DROP COLUMN simhash",
    "ALTER TABLE block_fingerprints ADD COLUMN bands_version SMALLINT NOT NULL DEFAULT 0",
    """
    CREATE TABLE block_bands (
        band             BIGINT NOT NULL,
        content_block_id INTEGER NOT NULL,
        CONSTRAINT pk_block_bands PRIMARY KEY (band, content_block_id),
        CONSTRAINT fk_block_bands_block FOREIGN KEY (content_block_id)
            REFERENCES content_blocks(id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX idx_block_bands_block ON block_bands(content_block_id)",
    """
    CREATE TABLE block_variants (
        content_block_id INTEGER NOT NULL,
        variant_id       INTEGER NOT NULL,
        similarity       REAL NOT NULL,
        CONSTRAINT pk_block_variants PRIMARY KEY (content_block_id, variant_id),
        CONSTRAINT fk_block_variants_block FOREIGN KEY (content_block_id)
            REFERENCES content_blocks(id) ON DELETE CASCADE,
        CONSTRAINT fk_block_variants_variant FOREIGN KEY (variant_id)
            REFERENCES content_blocks(id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX idx_block_variants_variant ON block_variants(variant_id)",
    """
    CREATE TABLE block_sightings (
        material_id      INTEGER NOT NULL,
        content_block_id INTEGER NOT NULL,
        version_ordinal  INTEGER NOT NULL,
        since            TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_block_sightings PRIMARY KEY (material_id, content_block_id),
        CONSTRAINT fk_block_sightings_material FOREIGN KEY (material_id)
            REFERENCES materials(id) ON DELETE CASCADE,
        CONSTRAINT fk_block_sightings_block FOREIGN KEY (content_block_id)
            REFERENCES content_blocks(id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX idx_block_sightings_block ON block_sightings(content_block_id)",
    """
    CREATE TABLE keyword_bases (
        material_id INTEGER NOT NULL,
        passages    INTEGER NOT NULL,
        CONSTRAINT pk_keyword_bases PRIMARY KEY (material_id),
        CONSTRAINT fk_keyword_bases_material FOREIGN KEY (material_id)
            REFERENCES materials(id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE dismissed_proposals (
        material_id  INTEGER NOT NULL,
        kind         VARCHAR(20) NOT NULL,
        value        VARCHAR(50) NOT NULL,
        dismissed_by INTEGER,
        dismissed_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
        CONSTRAINT pk_dismissed_proposals PRIMARY KEY (material_id, kind, value),
        CONSTRAINT fk_dismissed_proposals_material FOREIGN KEY (material_id)
            REFERENCES materials(id) ON DELETE CASCADE
    )
    """,
)

# No SimHash can be made from what is stored here; reading a material again made it.
DOWN = (
    "DROP TABLE dismissed_proposals",
    "DROP TABLE keyword_bases",
    "DROP TABLE block_sightings",
    "DROP TABLE block_variants",
    "DROP TABLE block_bands",
    "ALTER TABLE block_fingerprints DROP COLUMN bands_version",
    "ALTER TABLE block_fingerprints ADD COLUMN simhash BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE block_fingerprints ALTER COLUMN simhash DROP DEFAULT",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
