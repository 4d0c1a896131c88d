"""Full-text search on materials: the vector, its index and one configuration per language.

Locks: ADD COLUMN without a default is instant under ACCESS EXCLUSIVE; CREATE INDEX blocks writes to
materials while it runs, on a column that is still empty.
"""

from alembic import op

revision = "004"
down_revision = "003"
branch_labels = None
depends_on = None

LANGUAGES = ("english", "french", "german", "spanish", "italian", "dutch", "portuguese", "simple")

# Stop words first, then the stem of the accented word, then the accents: `unaccent` before the
# stemmer damages French, German and Portuguese. Beside it stands the stem of the unaccented
# word, at the same position, so that either spelling finds either. Text without accents (as many
# bytes as characters) needs none of this.
SEARCH_VECTOR_OF = r"""
CREATE FUNCTION search_vector_of(configuration regconfig, body text) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
SELECT CASE WHEN octet_length(body) = length(body) THEN to_tsvector(configuration, body) ELSE (
    WITH accented AS MATERIALIZED (
        SELECT lexeme, unnest(positions) AS position FROM unnest(to_tsvector(configuration, body))
    ), plain AS (
        SELECT lexeme, unnest(positions) AS position
        FROM unnest(to_tsvector(configuration, unaccent(body)))
    ), both_forms AS (
        SELECT unaccent(lexeme) AS lexeme, position FROM accented
        UNION
        SELECT lexeme, position FROM plain WHERE position IN (SELECT position FROM accented)
    )
    SELECT coalesce(
        string_agg(
            '''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || ''':' || position,
            ' ' ORDER BY lexeme, position
        ), ''
    )::tsvector
    FROM both_forms WHERE lexeme <> ''
) END
$$
"""

UP = (
    "CREATE EXTENSION IF NOT EXISTS unaccent",
    *(
        f"CREATE TEXT SEARCH CONFIGURATION search_{language} (COPY = pg_catalog.{language})"
        for language in LANGUAGES
    ),
    SEARCH_VECTOR_OF,
    "ALTER TABLE materials ADD COLUMN search_vector TSVECTOR",
    "CREATE INDEX idx_materials_search_vector ON materials USING GIN(search_vector)",
)

DOWN = (
    "DROP INDEX idx_materials_search_vector",
    "ALTER TABLE materials DROP COLUMN search_vector",
    "DROP FUNCTION search_vector_of(regconfig, text)",
    *(f"DROP TEXT SEARCH CONFIGURATION search_{language}" for language in LANGUAGES),
    "DROP EXTENSION unaccent",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
