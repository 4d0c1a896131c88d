"""The database on which plans are looked at: many materials, written by statements alone."""

from sqlalchemy import text

from benchmarks.library import FILES, analyse
from search_service.db.engine import Database
from search_service.index import statistics, suggestions
from search_service.index.writer import refresh_metadata

# Materials written after the count, which every search then reads as they stand.
REWRITTEN = 200

# Words have the numbers 1 to 30,000, drawn so that word n is about n times rarer than the first.
FILL = (
    """
    INSERT INTO materials (name, material_type, audience, status, universe_name, product_name,
                           tags, updated_at, usage_count)
    SELECT 'Material ' || n, (enum_range(NULL::materialtype))[1 + n % 6],
           (enum_range(NULL::materialaudience))[1 + n % 3],
           CASE WHEN n % 10 < 8 THEN 'PUBLISHED' ELSE 'DRAFT' END::materialstatus,
           (ARRAY['Public Cloud', 'Private Cloud', 'Bare Metal', 'Hosting & Collaboration'])
               [1 + n % 4],
           'Product ' || n % 40, ARRAY['tag' || n % 50], now() - n * interval '1 minute', n % 100
    FROM generate_series(1, {materials}) n
    """,
    "INSERT INTO material_details (material_id, language) SELECT id, 'en' FROM materials",
    "SELECT setseed(0.5)",
    """
    INSERT INTO passages (material_id, ordinal, version_ordinal, page_number, title, body,
                          content_hash, search_vector, length_title, length_body, language,
                          status, material_type, audience, universe_name, owner_id, updated_at)
    SELECT m.id, o, 1, o, w.words[1], array_to_string(w.words[2:], ' '), md5(m.id || '-' || o),
           setweight(to_tsvector('search_english', w.words[1]), 'A')
               || setweight(to_tsvector('search_english', array_to_string(w.words[2:], ' ')), 'D'),
           1, 29, 'en', m.status, m.material_type, m.audience, m.universe_name, m.owner_id,
           m.updated_at
    FROM materials m
    CROSS JOIN generate_series(0, 1) o
    CROSS JOIN LATERAL (
        SELECT array_agg(
            'word' || translate(ceil(exp(random() * ln(30000)))::integer::text,
                                '0123456789', 'abcdefghij')) AS words
        FROM generate_series(1, 30) WHERE m.id = m.id
    ) w
    """,
    """
    UPDATE materials m SET search_vector = p.vector
    FROM (SELECT material_id, setweight(to_tsvector('search_english', string_agg(
              title || ' ' || body, ' ')), 'D') AS vector
          FROM passages GROUP BY material_id) p
    WHERE p.material_id = m.id
    """,
    "INSERT INTO corpus_statistics VALUES ('en', 0, 1, 1, now())",
    *FILES,
    # Three people looked for two words of every tenth material, and opened it.
    """
    INSERT INTO search_log (search_id, user_id, channel, normalised_query, total, partial,
                            corrected, latency_ms, material_ids)
    SELECT md5(p.material_id || '-' || person)::uuid, person, 'api',
           p.title || ' ' || split_part(p.body, ' ', 1), 1, false, false, 1, ARRAY[p.material_id]
    FROM passages p CROSS JOIN generate_series(1, 3) person
    WHERE p.ordinal = 1 AND p.material_id % 10 = 0
    """,
    """
    INSERT INTO search_clicks (search_id, user_id, material_id)
    SELECT search_id, user_id, material_ids[1] FROM search_log
    """,
)
# The model whose vectors there are.
MODEL = "random"
DIMENSIONS = 384
# What product marketing tunes, and vectors.
TUNE = (
    """
    INSERT INTO synonyms (source, targets, keys)
    SELECT 'synonym' || n, ARRAY['wordbaa'], ARRAY['synonym' || n] FROM generate_series(1, 5000) n
    """,
    """
    INSERT INTO pins (material_id, query_text, query_key, page_number)
    SELECT id, p.query, p.query, 1
    FROM materials,
         LATERAL (SELECT CASE id WHEN 1 THEN 'wordbca' ELSE 'pinned ' || id END AS query) p
    WHERE status = 'PUBLISHED' AND audience <> 'INTERNAL'
    """,
    """
    INSERT INTO ranking_weights (next_slides, own, freshness, health, usage, persona, segment,
                                 industry, stage, product, account)
    VALUES ('{0.05,0.02}', 0.1, 0.03, 0.02, 0.03, 0.1, 0.1, 0.05, 0.05, 0.1, 0.1)
    """,
    """
    INSERT INTO passage_embeddings (material_id, ordinal, model, content_hash, vector)
    SELECT material_id, ordinal, 'random', content_hash,
           decode(repeat(md5(material_id || '-' || ordinal), 24), 'hex')
    FROM passages WHERE ordinal > 0
    """,
)


async def fill(database: Database, materials: int) -> None:
    async with database.transaction() as connection:
        for statement in FILL:
            await connection.execute(text(statement.replace("{materials}", str(materials))))
        await statistics.refresh(connection)
        await suggestions.refresh_queries(connection)
    await analyse(database)


async def tune(database: Database) -> None:
    async with database.transaction() as connection:
        for statement in TUNE:
            await connection.execute(text(statement))
    await analyse(database)


async def write_again(database: Database) -> None:
    """Write the index of some materials anew, without a count behind it."""
    async with database.transaction() as connection:
        for material_id in range(1, REWRITTEN + 1):
            await refresh_metadata(connection, material_id)
