--: lock
-- One refresh at a time; the second one has nothing to add. One boolean.
SELECT pg_try_advisory_xact_lock(4711001)

--: take_snapshot
-- What is counted from here on holds at least all that had been committed now.
SELECT CAST(pg_current_snapshot() AS text), set_config('work_mem', '128MB', true)

--: keep_snapshot
-- Parameters: snapshot, as it was taken before counting.
INSERT INTO index_state (id, snapshot, system_identifier)
SELECT 1, CAST(CAST(:snapshot AS text) AS pg_snapshot), system_identifier FROM pg_control_system()
ON CONFLICT (id) DO UPDATE
SET snapshot = EXCLUDED.snapshot, system_identifier = EXCLUDED.system_identifier,
    refreshed_at = CURRENT_TIMESTAMP

--: languages
SELECT language FROM corpus_statistics ORDER BY language

--: write_corpus
-- Size and average lengths over published page passages of every language; a language that has
-- none borrows the lengths of the others, so that its drafts score as they would among those.
UPDATE corpus_statistics c
SET passages = coalesce(s.passages, 0),
    average_title = greatest(coalesce(s.average_title, a.average_title, 1), 0.001),
    average_body = greatest(coalesce(s.average_body, a.average_body, 1), 0.001),
    refreshed_at = CURRENT_TIMESTAMP
FROM corpus_statistics each
LEFT JOIN (
    SELECT language, count(*) passages, avg(length_title) average_title,
           avg(length_body) average_body
    FROM passages WHERE status = 'PUBLISHED' AND ordinal > 0 GROUP BY language
) s ON s.language = each.language
CROSS JOIN (
    SELECT avg(length_title) average_title, avg(length_body) average_body
    FROM passages WHERE status = 'PUBLISHED' AND ordinal > 0
) a
WHERE c.language = each.language

--: clear_lexemes
DELETE FROM lexeme_statistics WHERE language = :language

--: clear_postings
DELETE FROM top_postings WHERE language = :language

--: write_lexemes
-- Document frequencies over published page passages, and of every lexeme that stands in many
-- passages, whatever their status, those in which it weighs most: all lists in one pass. A posting
-- is packed as text.weighting says.
-- Parameters: language, k1, title_weight, title_b, body_b, most_frequency, steps (of the
-- saturation), least (passages that a lexeme needs for a list), most (postings in it).
WITH factors AS (
    SELECT p.material_id, p.ordinal, p.search_vector,
           p.status = 'PUBLISHED' AND p.ordinal > 0 AS counts,
           f.title_weight / (1 - f.title_b + f.title_b * p.length_title / c.average_title)
               - b.body_factor AS title_factor,
           b.body_factor
    FROM passages p
    JOIN corpus_statistics c ON c.language = p.language
    CROSS JOIN (SELECT CAST(:title_weight AS double precision) AS title_weight,
                       CAST(:title_b AS double precision) AS title_b,
                       CAST(:body_b AS double precision) AS body_b) f
    CROSS JOIN LATERAL (
        SELECT 1 / (1 - f.body_b + f.body_b * p.length_body / c.average_body) AS body_factor
        OFFSET 0
    ) b
    WHERE p.language = :language AND p.ordinal < 65536
), frequencies AS (
    SELECT l.lexeme, p.counts, p.material_id, p.ordinal,
           least(cardinality(l.positions), CAST(:most_frequency AS integer)) * p.body_factor
           + least(cardinality(array_positions(l.weights, 'A')), CAST(:most_frequency AS integer))
             * p.title_factor AS frequency
    FROM factors p CROSS JOIN LATERAL unnest(p.search_vector) l
), counted AS MATERIALIZED (
    SELECT lexeme, count(*) AS passages, count(*) FILTER (WHERE counts) AS published,
           substring(string_agg(int8send(packed), '' ORDER BY packed DESC)
                     FROM 1 FOR 8 * CAST(:most AS integer)) AS best
    FROM (
        SELECT lexeme, counts,
               (CAST(floor(
                   CAST(:steps AS integer)
                   * (frequency / (frequency + CAST(:k1 AS double precision)))
               ) AS bigint) << 48) | (CAST(material_id AS bigint) << 16) | ordinal AS packed
        FROM frequencies
    ) postings
    GROUP BY lexeme
), statistics AS (
    INSERT INTO lexeme_statistics (lexeme, language, document_frequency)
    SELECT lexeme, :language, published FROM counted WHERE published > 0
)
INSERT INTO top_postings (lexeme, language, passages, postings)
SELECT lexeme, :language, passages, best FROM counted WHERE passages >= :least

--: clear_words
DELETE FROM surface_words WHERE language = :language

--: write_words
-- Words as they are written: letters only, 3 to 40 of them.
-- Parameters: language, source: the statement that ts_stat runs.
INSERT INTO surface_words (word, language, document_frequency)
SELECT word, :language, ndoc FROM ts_stat(:source)
WHERE word ~ '^[[:alpha:]]{3,40}$'

--: word_source
SELECT to_tsvector('simple', left(title || ' ' || body || ' ' || notes, 100000)) FROM passages
WHERE language = %L AND status = 'PUBLISHED'
