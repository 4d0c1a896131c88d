--: limits
-- For the length of the transaction. Parameters: timeout (ms, as text).
SELECT set_config('plan_cache_mode', 'force_custom_plan', true),
       set_config('statement_timeout', :timeout, true)

--: telling_lexemes
-- The lexemes of a material, or of one of its pages, that stand there most often, those of titles
-- three times; where each first stands; in how many published page passages of the library, and how
-- many of these are the material's own, of those read. Figures tell nothing.
-- Parameters: material_id, page_number (NULL for all), see_notes, passages and lexemes (at most so
-- many), and those of the access predicate. Index: pk_passages, idx_lexeme_statistics_prefix.
SELECT l.lexeme, l.frequency, l.own_passages, l.first_ordinal, l.first_position,
       coalesce((
           SELECT sum(s.document_frequency) FROM lexeme_statistics s WHERE s.lexeme = l.lexeme
       ), 0) AS document_frequency
FROM (
    SELECT u.lexeme,
           count(*) FILTER (WHERE p.ordinal > 0 AND p.status = 'PUBLISHED') AS own_passages,
           sum(cardinality(u.positions) + 2 * cardinality(array_positions(u.weights, 'A')))
               FILTER (WHERE p.asked) AS frequency,
           min(p.ordinal) FILTER (WHERE p.asked) AS first_ordinal,
           (array_agg(u.positions[1] ORDER BY p.ordinal) FILTER (WHERE p.asked))[1]
               AS first_position
    FROM (
        SELECT p.ordinal, p.status, p.asked,
               CASE WHEN CAST(:see_notes AS boolean) OR p.ordinal = 0 THEN p.search_vector
                    ELSE ts_filter(p.search_vector, '{a,b,d}') END AS search_vector
        FROM (
            SELECT p.ordinal, p.status, p.search_vector,
                   (CAST(:page_number AS integer) IS NULL
                    OR p.page_number = CAST(:page_number AS integer))
                   AND (CAST(:see_notes AS boolean) OR NOT p.hidden) AS asked
            FROM passages p
            WHERE p.material_id = :material_id AND {{visible(p)}}
            ORDER BY asked DESC, p.ordinal
            LIMIT CAST(:passages AS integer)
        ) p
    ) p
    CROSS JOIN LATERAL unnest(p.search_vector) u
    WHERE length(u.lexeme) > 1 AND u.lexeme !~ '^[0-9.,+-]+$'
    GROUP BY u.lexeme
    HAVING bool_or(p.asked)
    ORDER BY frequency DESC, u.lexeme
    LIMIT CAST(:lexemes AS integer)
) l
ORDER BY l.lexeme

--: holding
-- The visible passages of other materials that hold each of some lexemes. `number` counts these.
-- Parameters: material_id, queries and weights (in parallel), see_notes, and those of the access
-- predicate. Index: idx_passages_search_vector, once for each lexeme.
SELECT p.material_id, p.ordinal, p.language, q.number, q.weight
FROM unnest(CAST(:queries AS text[]), CAST(:weights AS double precision[]))
    WITH ORDINALITY AS q(query, weight, number)
JOIN passages p ON p.search_vector @@ CAST(q.query AS tsquery)
WHERE p.material_id <> :material_id AND {{visible(p)}}
  AND (CAST(:see_notes AS boolean) OR NOT p.hidden)

--: like_material
-- Materials that hold several of some lexemes, wherever they stand; same language first.
-- Parameters: those of `holding`, language, fewest (lexemes), most.
SELECT g.material_id, sum(g.weight) AS score
FROM (
    SELECT h.material_id, h.language, h.number, h.weight FROM ({{holding}}) h
    GROUP BY h.material_id, h.language, h.number, h.weight
) g
GROUP BY g.material_id, g.language
HAVING count(*) >= CAST(:fewest AS integer)
ORDER BY g.language = :language DESC, score DESC, g.material_id DESC
LIMIT CAST(:most AS integer)

--: like_page
-- Materials by their page that holds most of some lexemes; same language first.
-- Parameters: those of `like_material`.
SELECT g.material_id, max(g.score) AS score
FROM (
    SELECT h.material_id, h.language, h.ordinal, sum(h.weight) AS score FROM ({{holding}}) h
    WHERE h.ordinal > 0
    GROUP BY h.material_id, h.language, h.ordinal
    HAVING count(*) >= CAST(:fewest AS integer)
) g
GROUP BY g.material_id, g.language
ORDER BY g.language = :language DESC, score DESC, g.material_id DESC
LIMIT CAST(:most AS integer)

--: shown
-- What is shown of similar materials: facts, and with them the passages of each that hold most of
-- the lexemes, the best first, with the numbers of those lexemes.
-- Parameters: ids, any_query, queries and weights (in parallel), see_notes, passages (of each), and
-- those of the access predicate. Index: materials_pkey, pk_material_details, pk_passages.
SELECT m.id, m.name, m.material_type, m.status, d.language,
       b.page_number, b.title, b.version_ordinal, b.numbers
FROM unnest(CAST(:ids AS integer[])) AS i(id)
JOIN materials m ON m.id = i.id
JOIN material_details d ON d.material_id = m.id
CROSS JOIN LATERAL (
    SELECT p.ordinal, p.page_number, p.title, p.version_ordinal,
           array_agg(q.number ORDER BY q.number) AS numbers, sum(q.weight) AS score
    FROM passages p
    JOIN unnest(CAST(:queries AS text[]), CAST(:weights AS double precision[]))
        WITH ORDINALITY AS q(query, weight, number)
      ON p.search_vector @@ CAST(q.query AS tsquery)
    WHERE p.material_id = m.id AND p.search_vector @@ CAST(:any_query AS tsquery)
      AND {{visible(p)}} AND (CAST(:see_notes AS boolean) OR NOT p.hidden)
    GROUP BY p.ordinal, p.page_number, p.title, p.version_ordinal
    ORDER BY score DESC, p.ordinal
    LIMIT CAST(:passages AS integer)
) b
ORDER BY m.id, b.score DESC, b.ordinal

--: texts
-- What is written in some passages of a material. Parameters: material_id, ordinals, see_notes.
-- Index: pk_passages.
SELECT p.title || chr(10) || p.body
       || CASE WHEN CAST(:see_notes AS boolean) OR p.ordinal = 0 THEN chr(10) || p.notes
               ELSE '' END
FROM passages p
WHERE p.material_id = :material_id AND p.ordinal = ANY(CAST(:ordinals AS integer[]))
  AND {{visible(p)}}
ORDER BY p.ordinal
