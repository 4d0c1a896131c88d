--: session
-- For the length of the transaction: a plan for the values at hand (a generic plan would not see
-- that most filters are absent) and an end to every statement. Parameters: timeout (ms, as text).
SELECT set_config('plan_cache_mode', 'force_custom_plan', true),
       set_config('statement_timeout', :timeout, true)

--: analyse
-- The lexemes of each unit (a word or a phrase) in each language that the library holds, with
-- their positions and document frequencies. Accented words give two lexemes at one position.
-- Parameters: units, languages and configurations (in pairs).
-- Index: pk_lexeme_statistics.
-- The frequency is looked up for each lexeme: a join would read the whole table for a long query.
SELECT u.ordinal - 1 AS unit, a.language, l.position, l.lexeme,
       coalesce((
           SELECT s.document_frequency FROM lexeme_statistics s
           WHERE s.lexeme = l.lexeme AND s.language = a.language
       ), 0) AS document_frequency
FROM unnest(CAST(:units AS text[])) WITH ORDINALITY AS u(text, ordinal)
CROSS JOIN unnest(CAST(:languages AS text[]), CAST(:configurations AS text[]))
    AS a(language, configuration)
CROSS JOIN LATERAL (
    SELECT v.lexeme, unnest(v.positions) AS position
    FROM unnest(search_vector_of(CAST(a.configuration AS regconfig), u.text)) v
) l
ORDER BY unit, a.language, l.position, l.lexeme

--: expand_prefixes
-- The commonest lexemes that begin like each prefix, or whose word does: of `security` only `secur`
-- is a lexeme. Words of names and tags alone have a frequency of 0. Parameters: prefixes, languages and configurations (in pairs), most (of each prefix).
-- Bounds instead of LIKE, whose pattern would have to be a constant for the index.
-- Index: idx_lexeme_statistics_prefix, idx_surface_words_trigrams.
SELECT u.ordinal - 1 AS unit, e.lexeme, e.language, e.document_frequency
FROM unnest(CAST(:prefixes AS text[])) WITH ORDINALITY AS u(prefix, ordinal)
CROSS JOIN LATERAL (SELECT lower(u.prefix) AS typed, unaccent(lower(u.prefix)) AS plain) t
CROSS JOIN LATERAL (
    SELECT s.lexeme, s.language, s.document_frequency FROM lexeme_statistics s
    WHERE s.lexeme ~>=~ t.plain AND s.lexeme ~<~ (t.plain || chr(1114111))
      AND s.language = ANY(CAST(:languages AS text[]))
    UNION
    SELECT l.lexeme, w.language, coalesce((
        SELECT s.document_frequency FROM lexeme_statistics s
        WHERE s.lexeme = l.lexeme AND s.language = w.language
    ), 0)
    FROM (
        SELECT w.word, w.language FROM surface_words w
        WHERE w.word LIKE regexp_replace(t.typed, '([\\%_])', '\\\1', 'g') || '%'
          AND length(t.typed) > 3
        ORDER BY w.document_frequency DESC, w.word, w.language LIMIT CAST(:most AS integer)
    ) w
    JOIN unnest(CAST(:languages AS text[]), CAST(:configurations AS text[]))
        AS a(language, configuration) ON a.language = w.language
    CROSS JOIN LATERAL unnest(
        tsvector_to_array(search_vector_of(CAST(a.configuration AS regconfig), w.word))
    ) l(lexeme)
    ORDER BY document_frequency DESC, lexeme, language LIMIT CAST(:most AS integer)
) e
ORDER BY unit, e.document_frequency DESC, e.lexeme, e.language

--: corpus
-- The languages that passages exist in, with size and average lengths of the published ones.
SELECT language, passages, average_title, average_body FROM corpus_statistics ORDER BY language

--: matching_materials
-- Visible materials that match a tsquery of their own language, with what facets count.
-- Parameters: languages and queries (in pairs), and those of the access predicate.
-- Index: idx_materials_search_vector, then pk_passages.
SELECT {{facet_columns}}
FROM unnest(CAST(:languages AS text[]), CAST(:queries AS text[])) AS q(language, query)
JOIN materials m ON m.search_vector @@ CAST(q.query AS tsquery)
JOIN material_details d ON d.material_id = m.id AND d.language = q.language
JOIN passages p ON p.material_id = m.id AND p.ordinal = 0
WHERE {{visible(m)}}

--: visible_materials
-- All visible materials, for a search without words. Parameters: those of the access predicate.
SELECT {{facet_columns}}
FROM materials m
JOIN material_details d ON d.material_id = m.id
JOIN passages p ON p.material_id = m.id AND p.ordinal = 0
WHERE {{visible(m)}}

--: facet_columns
m.id, p.persona_ids, p.segment_ids, m.universe_name, m.product_name, m.material_type, m.audience,
m.status, m.file_format, d.language, m.tags, m.owner_id, m.updated_at, m.usage_count,
m.health_score

--: phrase_materials
-- Visible materials of which one passage holds a phrase, or any of several.
-- Parameters: languages and queries (in pairs), and those of the access predicate.
-- Index: idx_passages_search_vector.
SELECT coalesce(array_agg(DISTINCT p.material_id), '{}')
FROM unnest(CAST(:languages AS text[]), CAST(:queries AS text[])) AS q(language, query)
JOIN passages p ON p.search_vector @@ CAST(q.query AS tsquery) AND p.language = q.language
WHERE {{visible(p)}}

--: rank
-- The best materials by score, full matches first.
-- The best passages choose materials (a material's own words, passage 0, at their weight); these
-- are then scored by all of their matching passages.
-- Parameters: any_query, those of the score and of the access predicate, own_weight, full (ids of
-- full matches), within (ids, or NULL for all), pinned (ids, which are left out), candidates
-- (passages), finalists (materials), most, and after_full, after_score, after_id (NULL for the
-- first page).
-- Index: idx_passages_search_vector, then pk_passages.
WITH finalists AS MATERIALIZED (
    SELECT b.material_id, b.is_full
    FROM (
        SELECT s.material_id, s.is_full,
               CASE WHEN s.ordinal = 0 THEN CAST(:own_weight AS double precision) ELSE 1 END
               * s.score AS score
        FROM (
            SELECT p.material_id, p.ordinal, p.is_full, {{score}} AS score
            FROM (
                SELECT p.material_id, p.ordinal, p.language, p.search_vector,
                       p.material_id = ANY(CAST(:full AS integer[])) AS is_full,
                       {{length_factors}}
                FROM passages p JOIN corpus_statistics c ON c.language = p.language
                WHERE p.search_vector @@ CAST(:any_query AS tsquery)
                  AND {{visible(p)}}
                  AND (CAST(:within AS integer[]) IS NULL
                       OR p.material_id = ANY(CAST(:within AS integer[])))
                  AND p.material_id <> ALL(CAST(:pinned AS integer[]))
                OFFSET 0
            ) p
            OFFSET 0
        ) s
        WHERE s.score > 0
        ORDER BY s.is_full DESC, score DESC, s.material_id DESC
        LIMIT CAST(:candidates AS integer)
    ) b
    GROUP BY b.material_id, b.is_full
    ORDER BY b.is_full DESC, max(b.score) DESC, b.material_id DESC
    LIMIT CAST(:finalists AS integer)
)
SELECT r.material_id, r.is_full, r.score
FROM (
    SELECT g.material_id, g.is_full,
           {{material_score}} AS score
    FROM (
        SELECT s.material_id, s.is_full,
               array_agg(s.score ORDER BY s.score DESC) FILTER (WHERE s.ordinal > 0) AS pages,
               max(s.score) FILTER (WHERE s.ordinal = 0) AS own
        FROM (
            SELECT p.material_id, p.ordinal, p.is_full, {{score}} AS score
            FROM (
                SELECT p.material_id, p.ordinal, p.language, p.search_vector, f.is_full,
                       {{length_factors}}
                FROM finalists f
                JOIN passages p ON p.material_id = f.material_id
                JOIN corpus_statistics c ON c.language = p.language
                WHERE p.search_vector @@ CAST(:any_query AS tsquery)
                OFFSET 0
            ) p
            OFFSET 0
        ) s
        WHERE s.score > 0
        GROUP BY s.material_id, s.is_full
    ) g
) r
WHERE CAST(:after_id AS integer) IS NULL
   OR (r.is_full, r.score, r.material_id) < (
       CAST(:after_full AS boolean), CAST(:after_score AS double precision),
       CAST(:after_id AS integer))
ORDER BY r.is_full DESC, r.score DESC, r.material_id DESC
LIMIT CAST(:most AS integer)

--: slides
-- How many pages of each material match, and its best passages with what is shown of them: nulls
-- where there is none. Notes and hidden pages are for those alone who may see them.
-- Parameters: ids (of materials), any_query, those of the score, slides (how many of each),
-- see_notes. Index: pk_passages.
SELECT i.id AS material_id, n.matching, p.ordinal, p.page_number, p.title, p.body,
       CASE WHEN CAST(:see_notes AS boolean) THEN p.notes ELSE '' END AS notes,
       p.hidden, p.language, p.content_hash, p.version_ordinal, b.score
FROM unnest(CAST(:ids AS integer[])) AS i(id)
CROSS JOIN LATERAL (
    SELECT count(DISTINCT s.page_number) AS matching,
           array_agg(s.ordinal ORDER BY s.score DESC, s.ordinal) AS ordinals,
           array_agg(s.score ORDER BY s.score DESC, s.ordinal) AS scores
    FROM (
        SELECT p.ordinal, p.page_number, {{score}} AS score
        FROM (
            SELECT p.ordinal, p.page_number, p.language, p.search_vector, {{length_factors}}
            FROM passages p JOIN corpus_statistics c ON c.language = p.language
            WHERE p.material_id = i.id AND p.ordinal > 0
              AND p.search_vector @@ CAST(:any_query AS tsquery)
              AND (CAST(:see_notes AS boolean) OR NOT p.hidden)
            OFFSET 0
        ) p
        OFFSET 0
    ) s
    WHERE s.score > 0
) n
LEFT JOIN LATERAL unnest(
    n.ordinals[1 : CAST(:slides AS integer)], n.scores[1 : CAST(:slides AS integer)]
) AS b(ordinal, score) ON true
LEFT JOIN passages p ON p.material_id = i.id AND p.ordinal = b.ordinal
ORDER BY i.id, b.score DESC, b.ordinal

--: materials
-- What an answer shows of a material. Parameters: ids. Index: materials_pkey.
SELECT m.id, m.name, m.description, m.material_type, m.audience, m.product_name, m.universe_name,
       m.file_name, m.file_format, m.file_size, m.version, m.status, m.tags, m.keywords,
       m.health_score, m.usage_count, m.completeness_score, m.last_updated, m.updated_at,
       m.owner_id, u.full_name AS owner_name, d.language, d.page_count, d.review_by,
       d.current_version, p.persona_ids, p.segment_ids
FROM materials m
JOIN material_details d ON d.material_id = m.id
JOIN passages p ON p.material_id = m.id AND p.ordinal = 0
LEFT JOIN users u ON u.id = m.owner_id
WHERE m.id = ANY(CAST(:ids AS integer[]))

--: lacked_concepts
-- Which concepts each material does not hold: for the partial hits, to say what is missing. What
-- is a stop word in a material's language is not among the parameters for it, so not missed there.
-- Parameters: ids, and concepts, concept_languages, concept_queries (in parallel).
-- Index: materials_pkey.
SELECT m.id, q.concept
FROM materials m
JOIN material_details d ON d.material_id = m.id
JOIN unnest(CAST(:concepts AS integer[]), CAST(:concept_languages AS text[]),
            CAST(:concept_queries AS text[])) AS q(concept, language, query)
  ON q.language = d.language AND NOT coalesce(m.search_vector @@ CAST(q.query AS tsquery), false)
WHERE m.id = ANY(CAST(:ids AS integer[]))
ORDER BY m.id, q.concept

--: vocabulary
-- The names that facets and filters show for ids.
SELECT 'persona' AS field, id, name FROM personas
UNION ALL SELECT 'segment', id, name FROM segments
UNION ALL SELECT 'owner', id, full_name FROM users u
WHERE EXISTS (SELECT FROM materials WHERE owner_id = u.id)

--: lexemes_of_words
-- The lexemes of some words of shown text. Parameters: words and configurations (in parallel).
SELECT w.ordinal - 1 AS number,
       tsvector_to_array(search_vector_of(CAST(w.configuration AS regconfig), w.word)) AS lexemes
FROM unnest(CAST(:words AS text[]), CAST(:configurations AS text[]))
    WITH ORDINALITY AS w(word, configuration, ordinal)

--: similar_words
-- Published words like each typed one. Parameters: words, most (of each).
-- pg_trgm.similarity_threshold is set before, as `%` reads it. Index: idx_surface_words_trigrams.
SELECT u.word AS typed, s.word, s.languages, s.document_frequency
FROM unnest(CAST(:words AS text[])) AS u(word)
CROSS JOIN LATERAL (
    SELECT word, sum(document_frequency) AS document_frequency,
           array_agg(language ORDER BY language) AS languages
    FROM surface_words WHERE word % u.word
    GROUP BY word
    ORDER BY max(similarity(word, u.word)) DESC, document_frequency DESC, word
    LIMIT CAST(:most AS integer)
) s

--: threshold
SELECT set_config('pg_trgm.similarity_threshold', '0.2', true)

--: visible_words
-- Which of some words stand in a visible passage of their language. A stop word, which has no
-- lexeme, stands anywhere. Parameters: words, languages and configurations (in parallel), and those
-- of the access predicate. Index: idx_passages_search_vector.
SELECT DISTINCT w.word
FROM unnest(CAST(:words AS text[]), CAST(:languages AS text[]), CAST(:configurations AS text[]))
    AS w(word, language, configuration)
CROSS JOIN LATERAL (
    SELECT CAST(string_agg(quote_literal(lexeme), ' | ') AS tsquery) AS query
    FROM unnest(tsvector_to_array(
        search_vector_of(CAST(w.configuration AS regconfig), w.word))) AS l(lexeme)
) q
WHERE q.query IS NULL OR EXISTS (
    SELECT FROM passages p
    WHERE p.search_vector @@ q.query AND p.language = w.language AND {{visible(p)}}
)

--: explain
-- What each term adds to the score of each matching passage of some materials.
-- Parameters: ids, any_query, those of the term scores. Index: pk_passages.
SELECT p.material_id, p.ordinal, p.page_number,
       CAST(ARRAY[{{term_scores}}] AS double precision[]) AS scores
FROM (
    SELECT p.material_id, p.ordinal, p.page_number, p.language, p.search_vector,
           {{length_factors}}
    FROM passages p JOIN corpus_statistics c ON c.language = p.language
    WHERE p.material_id = ANY(CAST(:ids AS integer[]))
      AND p.search_vector @@ CAST(:any_query AS tsquery)
    OFFSET 0
) p
