--: begin
-- For the length of the transaction: plans that a connection makes once (they cost as much as the
-- work; no statement of a search has a better one for some values), an index for what stands in
-- most rows too (a scan of materials unpacks every vector: 250 ms instead of 9 at 53,000
-- materials), and an end to every statement.
-- Gives when the server started and whether it is a standby; the snapshot, that of the count that
-- stored the postings, and the materials written since then (NULL: all of them); those changed
-- since a snapshot known before (NULL: none of this run of the server is known; on a standby, whose
-- snapshots do not name what runs, perhaps more than those); the languages with their published
-- passages, the names of ids, and whether anything is tuned. The barrier keeps the known snapshot
-- out of the plan, which would be made anew each time, as nothing is set yet.
-- Parameters: timeout (ms, as text), known and known_server.
-- Index: idx_index_changes_rewritten, idx_index_changes_changed, idx_materials_owner, users_pkey,
-- pk_corpus_statistics; whether there are any is told by idx_pins_query or pk_pins, pk_synonyms and
-- pk_ranking_weights.
SELECT set_config('plan_cache_mode', 'force_generic_plan', true),
       set_config('enable_seqscan', 'off', true),
       set_config('statement_timeout', :timeout, true),
       k.server, pg_is_in_recovery() AS is_standby,
       CAST(pg_current_snapshot() AS text) AS snapshot, CAST(s.snapshot AS text) AS counted_at,
       CASE WHEN s.snapshot IS NOT NULL THEN (
           SELECT coalesce(array_agg(c.material_id), '{}') FROM index_changes c
           WHERE c.rewritten_in >= pg_snapshot_xmin(s.snapshot)
             AND NOT pg_visible_in_snapshot(c.rewritten_in, s.snapshot)
       ) END AS rewritten,
       CASE WHEN k.snapshot IS NOT NULL THEN (
           SELECT coalesce(array_agg(c.material_id), '{}') FROM index_changes c
           WHERE c.changed_in >= pg_snapshot_xmin(k.snapshot)
             AND (pg_is_in_recovery() OR NOT pg_visible_in_snapshot(c.changed_in, k.snapshot))
       ) END AS changed,
       (SELECT array_agg(language ORDER BY language) FROM corpus_statistics) AS languages,
       (SELECT array_agg(passages ORDER BY language) FROM corpus_statistics) AS sizes,
       (SELECT array_agg(ARRAY[field, CAST(id AS text), name]) FROM ({{vocabulary}}) v) AS names,
       EXISTS (SELECT FROM synonyms) AS has_synonyms,
       EXISTS (SELECT FROM pins) AS has_pins,
       EXISTS (SELECT FROM ranking_weights) AS has_weights
FROM (
    SELECT r.server,
           CASE WHEN r.server = CAST(:known_server AS text)
                THEN CAST(CAST(:known AS text) AS pg_snapshot) END AS snapshot
    FROM (SELECT CAST(extract(epoch FROM pg_postmaster_start_time()) AS text) AS server) r
    OFFSET 0
) k
LEFT JOIN index_state s
    ON s.system_identifier = (SELECT system_identifier FROM pg_control_system())

--: analyse
-- The lexemes of each unit (a word or a phrase) in each language that the library holds, with
-- their positions and document frequencies. Accented words give two lexemes at one position, and
-- words of letters also those, published, that only a hyphen tells from them: e-mail for email, and
-- email for e-mail.
-- Parameters: texts (of the units), languages and configurations (in pairs), most (letters of a word
-- whose hyphens are looked for).
-- Index: idx_lexeme_statistics_prefix.
-- The frequency is looked up for each lexeme: a join would read the whole table for a long query.
SELECT u.ordinal - 1 AS unit, a.language, l.position, f.lexeme, f.document_frequency, f.respelled
FROM unnest(CAST(:texts AS text[])) WITH ORDINALITY AS u(text, ordinal)
CROSS JOIN unnest(CAST(:languages AS text[]), CAST(:configurations AS text[]))
    AS a(language, configuration)
CROSS JOIN LATERAL (
    SELECT v.lexeme, unnest(v.positions) AS position
    FROM unnest(search_vector_of(CAST(a.configuration AS regconfig), u.text)) v
) l
CROSS JOIN LATERAL (
    SELECT l.lexeme, coalesce((
        SELECT s.document_frequency FROM lexeme_statistics s
        WHERE s.lexeme = l.lexeme AND s.language = a.language
    ), 0) AS document_frequency, false AS respelled
    UNION ALL
    SELECT s.lexeme, s.document_frequency, true
    FROM (
        SELECT left(l.lexeme, cut) || '-' || substr(l.lexeme, cut + 1) AS lexeme
        FROM generate_series(1, length(l.lexeme) - 1) AS n(cut)
        WHERE length(l.lexeme) BETWEEN 4 AND CAST(:most AS integer)
          AND l.lexeme ~ '^[[:alpha:]]+$'
        UNION ALL
        SELECT replace(l.lexeme, '-', '')
        WHERE length(l.lexeme) <= CAST(:most AS integer)
          AND l.lexeme ~ '^[[:alpha:]]+(-[[:alpha:]]+)+$'
    ) o
    CROSS JOIN LATERAL (
        SELECT s.lexeme, s.document_frequency FROM lexeme_statistics s
        WHERE s.lexeme = o.lexeme AND s.language = a.language LIMIT 1
    ) s
) f
ORDER BY unit, a.language, l.position, f.respelled, f.lexeme

--: expand_prefixes
-- The commonest lexemes that begin like each prefix, or whose word does: of `security` only `secur`
-- is a lexeme. Words of names and tags alone have a frequency of 0.
-- Parameters: texts (prefixes), languages and configurations (in pairs), most (of each prefix).
-- Bounds instead of LIKE, whose pattern would have to be a constant for the index.
-- Index: idx_lexeme_statistics_prefix, idx_surface_words_trigrams.
SELECT u.ordinal - 1 AS unit, e.language, 1 AS position, e.lexeme, e.document_frequency,
       false AS respelled
FROM unnest(CAST(:texts AS text[])) WITH ORDINALITY AS u(prefix, ordinal)
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

--: side_by_side
-- Those of some texts, with the languages, whose words stand so in one of the first published
-- passages that hold them all. Each counts as its own lexeme, for the reader of such rows.
-- Parameters: texts, languages and configurations (in pairs), most (passages looked at).
-- Index: idx_passages_search_vector.
SELECT u.ordinal - 1 AS unit, a.language, 1 AS position, u.text AS lexeme, 0 AS document_frequency,
       false AS respelled
FROM unnest(CAST(:texts AS text[])) WITH ORDINALITY AS u(text, ordinal)
CROSS JOIN unnest(CAST(:languages AS text[]), CAST(:configurations AS text[]))
    AS a(language, configuration)
WHERE EXISTS (
    SELECT FROM (
        SELECT p.search_vector FROM passages p
        WHERE p.search_vector @@ plainto_tsquery(CAST(a.configuration AS regconfig), unaccent(u.text))
          AND p.language = a.language AND p.status = 'PUBLISHED'
        LIMIT CAST(:most AS integer)
    ) h
    WHERE h.search_vector @@ phraseto_tsquery(CAST(a.configuration AS regconfig), unaccent(u.text))
)
ORDER BY unit, a.language

--: corpus
-- The languages that passages exist in, with size and average lengths of the published ones.
SELECT language, passages, average_title, average_body FROM corpus_statistics ORDER BY language

--: all_columns
-- What is kept of every material to filter, count and sort by. Once in a process; reads all of it.
SELECT {{column_values}}

--: changed_columns
-- The same of some materials; nothing of one that is gone. Parameters: ids.
-- Index: materials_pkey, pk_material_details, pk_passages.
SELECT {{column_values}} WHERE m.id = ANY(CAST(:ids AS integer[]))

--: column_values
m.id, p.persona_ids, p.segment_ids, m.universe_name, m.product_name, m.material_type, m.audience,
m.status, m.file_format, d.language, m.tags, m.owner_id, m.updated_at, m.usage_count,
m.health_score,
(SELECT max(ordinal) FROM passages last WHERE last.material_id = m.id) AS passages
FROM materials m
JOIN material_details d ON d.material_id = m.id
JOIN passages p ON p.material_id = m.id AND p.ordinal = 0

--: phrase_materials
-- The ids of all materials of which a passage holds a phrase, as often as there are such, for each
-- of several; as the bytes of an array. Who may see them, and which are of the phrase's language,
-- is decided on the columns. Parameters: queries. Index: idx_passages_search_vector.
SELECT array_send((
    SELECT coalesce(array_agg(p.material_id), '{}') FROM passages p
    WHERE p.search_vector @@ CAST(q.query AS tsquery)
)) AS ids
FROM unnest(CAST(:queries AS text[])) WITH ORDINALITY AS q(query, number)
ORDER BY q.number

--: stored_lists
-- Of each lexeme that is not rare the best postings, packed as text.weighting says, and all
-- materials. Parameters: lexemes and languages (in pairs), bytes (of the postings).
-- Index: pk_top_postings.
SELECT f.number - 1 AS form, t.materials,
       substring(t.postings FROM 1 FOR CAST(:bytes AS integer)) AS postings
FROM unnest(CAST(:lexemes AS text[]), CAST(:languages AS text[]))
    WITH ORDINALITY AS f(lexeme, language, number)
JOIN top_postings t ON t.lexeme = f.lexeme AND t.language = f.language

--: rare_lists
-- All postings of rare lexemes: which one, and as the bytes of arrays, side by side, the passages'
-- keys and t / (t + k1). Parameters: queries and languages (in pairs), steps.
-- Index: idx_passages_search_vector, pk_corpus_statistics.
SELECT f.number - 1 AS form,
       array_send(array_agg((CAST(p.material_id AS bigint) << 16) | p.ordinal)) AS keys,
       array_send(array_agg({{saturation}})) AS saturations
FROM unnest(CAST(:queries AS text[]), CAST(:languages AS text[]))
    WITH ORDINALITY AS f(query, language, number)
CROSS JOIN LATERAL (
    SELECT p.material_id, p.ordinal, p.search_vector, {{length_factors}}
    FROM passages p JOIN corpus_statistics c ON c.language = p.language
    WHERE p.search_vector @@ CAST(f.query AS tsquery) AND p.language = f.language
    OFFSET 0
) p
GROUP BY f.number

--: written_lists
-- The same of any lexemes, in the passages of some materials: of what was written lately.
-- Parameters: ids, any_query, queries and languages (in pairs), steps.
-- Index: pk_passages, pk_corpus_statistics.
SELECT f.number - 1 AS form,
       array_send(array_agg((CAST(p.material_id AS bigint) << 16) | p.ordinal)) AS keys,
       array_send(array_agg({{saturation}})) AS saturations
FROM (
    SELECT p.material_id, p.ordinal, p.language, p.search_vector, {{length_factors}}
    FROM (
        SELECT p.material_id, p.ordinal, p.language, p.search_vector, p.length_title,
               p.length_body
        FROM passages p WHERE p.material_id = ANY(CAST(:ids AS integer[]))
        OFFSET 0
    ) p
    JOIN corpus_statistics c ON c.language = p.language
    WHERE p.search_vector @@ CAST(:any_query AS tsquery)
    OFFSET 0
) p
JOIN unnest(CAST(:queries AS text[]), CAST(:languages AS text[]))
    WITH ORDINALITY AS f(query, language, number)
    ON f.language = p.language AND p.search_vector @@ CAST(f.query AS tsquery)
GROUP BY f.number

--: rank
-- The exact order of the finalists, and how much each of the first hits is like the best ones.
-- Parameters: those of `ordered` and `held`, lexemes (typical ones, at most).
-- Index: pk_passages, pk_corpus_statistics, idx_lexeme_statistics_prefix.
WITH ordered AS MATERIALIZED (
    {{ordered}}
), held AS MATERIALIZED (
    {{held}}
), typical AS MATERIALIZED (
    {{typical}}
)
SELECT o.*, l.likeness
FROM ordered o LEFT JOIN ({{likeness}}) l ON l.material_id = o.material_id
ORDER BY o.place

--: ordered
-- The finalists by the passages that are looked at: full matches first, then by the best passages and own
-- words (passage 0), times their factor. `ordinals` are the passages that count, best first and own
-- words last; `matching` is how many pages match of those that may be shown, `slides` and
-- `slide_scores` are the best of these. Notes and hidden pages are for those alone who may see them.
-- Parameters: those of the passages that are looked at, finalists (ids), full and factors (in
-- parallel), any_query, slides (how many), see_notes, most,
-- after_full, after_score and after_id (NULL for the first page), those of the score and of the
-- access predicate. Index: pk_passages, pk_corpus_statistics.
SELECT row_number() OVER (ORDER BY r.is_full DESC, r.score DESC, r.material_id DESC) AS place,
       r.material_id, r.is_full, r.score, r.ordinals, r.matching,
       r.slides[1 : CAST(:slides AS integer)] AS slides,
       r.slide_scores[1 : CAST(:slides AS integer)] AS slide_scores
FROM (
    SELECT g.material_id, f.is_full, f.factor * ({{material_score}}) AS score,
           g.ordinals[1 : {{pages}}] || g.own_ordinals AS ordinals, g.matching, g.slides,
           g.slide_scores
    FROM unnest(CAST(:finalists AS integer[]), CAST(:full AS boolean[]),
                CAST(:factors AS double precision[])) AS f(id, is_full, factor)
    JOIN (
        SELECT s.material_id,
               array_agg(s.score ORDER BY s.score DESC, s.ordinal) FILTER (WHERE s.ordinal > 0)
                   AS pages,
               array_agg(s.ordinal ORDER BY s.score DESC, s.ordinal) FILTER (WHERE s.ordinal > 0)
                   AS ordinals,
               array_agg(s.ordinal) FILTER (WHERE s.ordinal = 0) AS own_ordinals,
               max(s.score) FILTER (WHERE s.ordinal = 0) AS own,
               count(DISTINCT s.page_number) FILTER (WHERE s.shown) AS matching,
               array_agg(s.ordinal ORDER BY s.score DESC, s.ordinal) FILTER (WHERE s.shown)
                   AS slides,
               array_agg(s.score ORDER BY s.score DESC, s.ordinal) FILTER (WHERE s.shown)
                   AS slide_scores
        FROM (
            SELECT p.material_id, p.ordinal, p.page_number,
                   p.ordinal > 0 AND (CAST(:see_notes AS boolean) OR NOT p.hidden) AS shown,
                   {{score}} AS score
            FROM (
                SELECT p.material_id, p.ordinal, p.page_number, p.hidden, p.language,
                       p.search_vector, {{length_factors}}
                FROM ({{looked_at}}) p
                JOIN corpus_statistics c ON c.language = p.language
                WHERE p.search_vector @@ CAST(:any_query AS tsquery)
                OFFSET 0
            ) p
            OFFSET 0
        ) s
        WHERE s.score > 0
        GROUP BY s.material_id
    ) g ON g.material_id = f.id
) r
WHERE CAST(:after_id AS integer) IS NULL
   OR (r.is_full, r.score, r.material_id) < (
       CAST(:after_full AS boolean), CAST(:after_score AS double precision),
       CAST(:after_id AS integer))
ORDER BY place
LIMIT CAST(:most AS integer)

--: all_of_each
-- All passages of the finalists. The query is looked at behind the barrier: else the index of
-- lexemes might be asked for each id. Parameters: ids. Index: pk_passages.
SELECT p.material_id, p.ordinal, p.page_number, p.hidden, p.language, p.search_vector,
       p.length_title, p.length_body
FROM passages p
WHERE p.material_id = ANY(CAST(:ids AS integer[])) AND {{visible(p)}}
OFFSET 0

--: best_of_long
-- All passages of the short ones of the finalists, and of each long one those that lists name.
-- Parameters: ids (of the short ones), long and long_ordinals (in parallel). Index: pk_passages.
SELECT p.material_id, p.ordinal, p.page_number, p.hidden, p.language, p.search_vector,
       p.length_title, p.length_body
FROM passages p
WHERE p.material_id = ANY(CAST(:ids AS integer[])) AND {{visible(p)}}
UNION ALL
SELECT p.material_id, p.ordinal, p.page_number, p.hidden, p.language, p.search_vector,
       p.length_title, p.length_body
FROM unnest(CAST(:long AS integer[]), CAST(:long_ordinals AS integer[])) AS l(id, ordinal)
JOIN passages p ON p.material_id = l.id AND p.ordinal = l.ordinal
WHERE {{visible(p)}}
OFFSET 0

--: held
-- The lexemes of the best passages of the first hits, with their saturations. Those that speak for
-- the others, the sources, have a share, by how near their score is to the best one; far from it
-- they have none (where own words count nothing all scores may be 0).
-- Parameters: leaders (hits that are looked at), sources (of these), sharpness, k1.
SELECT h.material_id, h.language, h.share, l.lexeme, l.frequency / (l.frequency + h.k1) AS weight
FROM (
    SELECT r.material_id, p.language, p.search_vector,
           CASE WHEN r.score > 0.01 * r.best THEN power(r.score / r.best, r.sharpness) ELSE 0 END
               AS share,
           CAST(:k1 AS double precision) AS k1, {{length_factors}}
    FROM (
        SELECT material_id, ordinals[1] AS ordinal,
               CASE WHEN place <= CAST(:sources AS integer) THEN score END AS score,
               max(score) FILTER (WHERE place <= CAST(:sources AS integer)) OVER () AS best,
               CAST(:sharpness AS double precision) AS sharpness
        FROM ordered WHERE place <= CAST(:leaders AS integer)
    ) r
    JOIN passages p ON p.material_id = r.material_id AND p.ordinal = r.ordinal
    JOIN corpus_statistics c ON c.language = p.language
    OFFSET 0
) h
CROSS JOIN LATERAL (
    SELECT v.lexeme,
           cardinality(v.positions) * h.body_factor
           + cardinality(array_positions(v.weights, 'A')) * h.title_factor AS frequency
    FROM unnest(h.search_vector) v
) l

--: typical
-- The lexemes typical of the best hits: of two sources or more, weighed by how much they stand there
-- and by their inverse document frequency. Parameters: lexemes (at most).
SELECT t.language, t.lexeme,
       t.weight * ln(1 + (n.passages - s.document_frequency + 0.5)
                         / (s.document_frequency + 0.5)) AS weight
FROM (
    SELECT language, lexeme, sum(share * weight) AS weight
    FROM held WHERE share > 0
    GROUP BY language, lexeme HAVING count(*) > 1
) t
JOIN lexeme_statistics s ON s.lexeme = t.lexeme AND s.language = t.language
CROSS JOIN (
    SELECT CAST(sum(passages) AS double precision) AS passages FROM corpus_statistics
) n
ORDER BY weight DESC, t.lexeme, t.language LIMIT CAST(:lexemes AS integer)

--: likeness
-- The weighted share of the typical lexemes that a hit's best passage holds, saturated as in the
-- score; 0 to 1. Of hits that hold any.
SELECT h.material_id,
       sum(h.weight * t.weight) / (SELECT sum(weight) FROM typical) AS likeness
FROM held h JOIN typical t ON t.lexeme = h.lexeme AND t.language = h.language
GROUP BY h.material_id

--: materials
-- What an answer shows of materials, and of some of their passages, side by side in the order given.
-- Parameters: ids; slide_materials, ordinals and scores (in parallel), see_notes; those of the access
-- predicate. Index: materials_pkey, pk_material_details, users_pkey, pk_passages.
SELECT m.id, m.name, m.description, m.material_type, m.audience, m.product_name, m.universe_name,
       m.file_name, m.file_format, m.version, m.status, m.tags, m.health_score, m.usage_count,
       m.updated_at, m.owner_id, u.full_name AS owner_name, d.language, d.page_count, d.review_by,
       p.persona_ids, p.segment_ids, s.*
FROM materials m
JOIN material_details d ON d.material_id = m.id
JOIN passages p ON p.material_id = m.id AND p.ordinal = 0
LEFT JOIN users u ON u.id = m.owner_id
CROSS JOIN LATERAL (
    SELECT array_agg(s.page_number) AS page_numbers, array_agg(s.title) AS titles,
           array_agg(s.body) AS bodies,
           array_agg(CASE WHEN CAST(:see_notes AS boolean) THEN s.notes ELSE '' END) AS notes,
           array_agg(s.hidden) AS hidden, array_agg(s.language) AS languages,
           array_agg(s.content_hash) AS content_hashes,
           array_agg(s.version_ordinal) AS version_ordinals, array_agg(s.score) AS scores
    FROM (
        SELECT p.page_number, p.title, p.body, p.notes, p.hidden, p.language,
               p.content_hash, p.version_ordinal, k.score
        FROM unnest(CAST(:slide_materials AS integer[]), CAST(:ordinals AS integer[]),
                    CAST(:scores AS double precision[]))
            WITH ORDINALITY AS k(material_id, ordinal, score, number)
        JOIN passages p ON p.material_id = k.material_id AND p.ordinal = k.ordinal
        WHERE k.material_id = m.id
        ORDER BY k.number
    ) s
) s
WHERE m.id = ANY(CAST(:ids AS integer[])) AND {{visible(m)}}

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

--: explain
-- What each term adds to the score of some passages. Parameters: ids and ordinals (in pairs), those
-- of the term scores. Index: pk_passages, pk_corpus_statistics.
SELECT p.material_id, p.ordinal, p.page_number,
       CAST(ARRAY[{{term_scores}}] AS double precision[]) AS scores
FROM (
    SELECT p.material_id, p.ordinal, p.page_number, p.language, p.search_vector,
           {{length_factors}}
    FROM unnest(CAST(:ids AS integer[]), CAST(:ordinals AS integer[])) AS k(material_id, ordinal)
    JOIN passages p ON p.material_id = k.material_id AND p.ordinal = k.ordinal
    JOIN corpus_statistics c ON c.language = p.language
    OFFSET 0
) p
