--: clear_prefixes
-- Those of past queries stay.
DELETE FROM suggestion_prefixes WHERE suggestion_id > 0

--: clear
DELETE FROM suggestions

--: clear_query_prefixes
DELETE FROM suggestion_prefixes WHERE suggestion_id < 0

--: clear_queries
DELETE FROM past_queries

--: lock_queries
-- Held to the end of the transaction.
SELECT pg_advisory_xact_lock(hashtext('past_queries'))

--: write_queries
-- Every query that enough people opened a hit of, if some of what they opened is published and
-- holds all of its words; carriers as of a phrase. One with an operator is none. It is shown as
-- most people wrote it, if these are enough, else folded, so that nobody words it for all.
-- Parameters: max_phrase (characters), people, carriers (of each kind), and languages and
-- configurations (in parallel). Reads all clicks once, and the log by each of its months' own
-- index of pk_search_log. Index: materials_pkey.
INSERT INTO past_queries (id, folded, phrase, weight, material_ids, demanded)
WITH opened AS MATERIALIZED (
    SELECT * FROM (
        SELECT rtrim(folded_words(l.normalised_query)) AS folded, l.normalised_query AS phrase,
               c.user_id, c.material_id
        FROM search_clicks c
        JOIN search_log l ON l.search_id = c.search_id AND l.user_id = c.user_id
        WHERE length(l.normalised_query) BETWEEN 2 AND CAST(:max_phrase AS integer)
          AND l.normalised_query !~ '["*]|(^| )-|(^| )OR( |$)'
          AND c.material_id = ANY(l.material_ids)
        OFFSET 0
    ) o
    WHERE o.folded ~ '[[:alpha:]]'
), spelled AS (
    SELECT DISTINCT ON (s.folded) s.folded, s.phrase
    FROM (
        SELECT o.folded, o.phrase, count(DISTINCT o.user_id) AS people
        FROM opened o GROUP BY o.folded, o.phrase
    ) s
    WHERE s.people >= CAST(:people AS integer)
    ORDER BY s.folded, s.people DESC, s.phrase
)
SELECT -row_number() OVER (ORDER BY q.people DESC, q.folded), q.folded, q.phrase,
       round(CAST(2.5 + least(ln(q.people), 4) - length(q.folded) / 50.0 AS numeric), 3),
       k.material_ids, k.demanded
FROM (
    SELECT a.folded, coalesce(s.phrase, a.folded) AS phrase, a.people, a.opened
    FROM (
        SELECT o.folded, count(DISTINCT o.user_id) AS people,
               array_agg(DISTINCT o.material_id) AS opened
        FROM opened o
        GROUP BY o.folded
        HAVING count(DISTINCT o.user_id) >= CAST(:people AS integer)
    ) a
    LEFT JOIN spelled s ON s.folded = a.folded
) q
CROSS JOIN LATERAL (
    SELECT array_agg(r.id ORDER BY r.place, r.id) AS material_ids,
           array_agg(r.demanded ORDER BY r.place, r.id) AS demanded
    FROM (
        SELECT m.id, w.demanded,
               row_number() OVER (PARTITION BY m.audience = 'INTERNAL'
                                  ORDER BY m.usage_count DESC NULLS LAST, m.id DESC) AS place
        FROM materials m
        JOIN material_details d ON d.material_id = m.id AND d.deleted_at IS NULL
        LEFT JOIN unnest(CAST(:languages AS text[]), CAST(:configurations AS text[]))
            AS n(language, configuration) ON n.language = d.language
        CROSS JOIN LATERAL ({{demanded}}) w
        WHERE m.id = ANY(q.opened) AND m.status = 'PUBLISHED' AND m.search_vector @@ w.demanded
    ) r
    WHERE r.place <= CAST(:carriers AS integer)
) k
WHERE k.material_ids IS NOT NULL

--: demanded
-- All words of a query q, each in one of its forms, in the language n; NULL for stop words alone.
SELECT CAST(string_agg('(' || v.forms || ')', ' & ') AS tsquery) AS demanded
FROM (
    SELECT string_agg(quote_literal(l.lexeme), ' | ') AS forms
    FROM regexp_split_to_table(q.phrase, '[^[:alnum:]+#]+') WITH ORDINALITY AS x(word, place)
    CROSS JOIN LATERAL unnest(tsvector_to_array(search_vector_of(
        CAST(coalesce(n.configuration, 'search_simple') AS regconfig), x.word))) AS l(lexeme)
    GROUP BY x.place
) v

--: write
-- Every published phrase once for each source, with its carriers: those most used, then newest.
-- A phrase of many materials weighs more, but a slide's no more than e times itself: what stands on
-- all slides is an agenda or a farewell.
-- Parameters: max_phrase (characters), carriers (of each kind). Reads passages and materials once.
INSERT INTO suggestions (id, source, folded, weight, material_ids, ordinals)
SELECT row_number() OVER (ORDER BY g.folded, g.source), g.source, g.folded,
       round(CAST(
           CASE g.source WHEN 'product' THEN 3 WHEN 'slide' THEN 0.5 ELSE 2 END
           + least(ln(g.materials), CASE g.source WHEN 'slide' THEN 1 ELSE 4 END)
           + ln(1 + g.uses) / 4 - length(g.folded) / 50.0 AS numeric), 3),
       g.material_ids, g.ordinals
FROM (
    SELECT r.source, r.folded, count(*) AS materials, sum(r.uses) AS uses,
           array_agg(r.material_id ORDER BY r.place, r.material_id)
               FILTER (WHERE r.place <= CAST(:carriers AS integer)) AS material_ids,
           array_agg(r.ordinal ORDER BY r.place, r.material_id)
               FILTER (WHERE r.place <= CAST(:carriers AS integer)) AS ordinals
    FROM (
        SELECT c.source, c.folded, c.material_id, c.ordinal, c.uses,
               row_number() OVER (PARTITION BY c.source, c.folded, c.audience = 'INTERNAL'
                                  ORDER BY c.uses DESC, c.material_id DESC) AS place
        FROM (
            SELECT f.source, rtrim(f.folded) AS folded, f.material_id, f.audience, f.uses,
                   min(f.ordinal) AS ordinal
            FROM (
                SELECT p.source, folded_words(p.phrase) AS folded, p.material_id, p.ordinal,
                       p.audience, greatest(coalesce(p.usage_count, 0), 0) AS uses
                FROM ({{phrases}}) p
                WHERE length(p.phrase) BETWEEN 2 AND CAST(:max_phrase AS integer)
                OFFSET 0
            ) f
            WHERE f.folded ~ '[[:alpha:]]'
            GROUP BY f.source, rtrim(f.folded), f.material_id, f.audience, f.uses
        ) c
    ) r
    GROUP BY r.source, r.folded
) g

--: phrases
-- The carrier of a product or a keyword is the passage of the material's own words.
SELECT CASE t.ordinal WHEN 0 THEN 'title' ELSE 'slide' END AS source, t.title AS phrase,
       t.material_id, t.ordinal, t.audience, m.usage_count
FROM passages t JOIN materials m ON m.id = t.material_id
WHERE t.status = 'PUBLISHED' AND NOT t.hidden AND t.title <> ''
UNION ALL
SELECT n.source, n.phrase, m.id, 0, m.audience, m.usage_count
FROM materials m
JOIN material_details d ON d.material_id = m.id
CROSS JOIN LATERAL (
    SELECT 'product', m.product_name
    UNION ALL
    SELECT 'keyword', unnest(m.keywords || m.tags)
) AS n(source, phrase)
WHERE m.status = 'PUBLISHED' AND d.deleted_at IS NULL

--: write_prefixes
-- The rows of level n are the best of those that begin with the same n characters and stand in no
-- level before, level 0 of those from their first word on; a row that ends before it is among the
-- best is never shown. From a later word on a phrase weighs less.
-- Includes the table of the phrases, or of past queries.
-- Parameters: max_prefix (characters), max_starts (words), best (of a level).
INSERT INTO suggestion_prefixes (suggestion_id, word, level, folded, weight)
WITH RECURSIVE levels AS (
    SELECT 0 AS level, t.suggestion_id, t.word, t.folded, t.weight,
           row_number() OVER (ORDER BY t.word > 1, t.weight DESC, t.suggestion_id, t.word)
               <= CAST(:best AS integer) AS shown
    FROM (
        SELECT s.id AS suggestion_id, o.word,
               left(array_to_string(w.words[o.word :], ' '), CAST(:max_prefix AS integer))
                   AS folded,
               s.weight - CASE o.word WHEN 1 THEN 0 ELSE 1 END AS weight
        FROM {{table}} s
        CROSS JOIN LATERAL (SELECT string_to_array(s.folded, ' ') AS words) w
        CROSS JOIN LATERAL generate_series(
            1, least(cardinality(w.words), CAST(:max_starts AS integer))) AS o(word)
        WHERE o.word = 1 OR length(w.words[o.word]) > 1
    ) t
    UNION ALL
    SELECT l.level + 1, l.suggestion_id, l.word, l.folded, l.weight,
           row_number() OVER (PARTITION BY left(l.folded, l.level + 1)
                              ORDER BY l.weight DESC, l.suggestion_id, l.word)
               <= CAST(:best AS integer)
    FROM levels l
    WHERE NOT l.shown AND length(l.folded) > l.level
)
SELECT suggestion_id, word, level, folded, weight FROM levels WHERE shown
