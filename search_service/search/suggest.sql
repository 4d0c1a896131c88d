--: suggest
-- Published phrases and past queries that begin, or have a word that begins, as it is typed; the
-- best first: a phrase with the text of a visible passage that carries it at this moment, a query
-- if a visible material holds all of its words. What was renamed, withdrawn or hidden since they
-- were collected has no such passage and is left out.
-- Bounds instead of LIKE, whose pattern would have to be a constant for the index; OFFSET 0, as a
-- join of levels and rows would read every row that begins like it.
-- Past queries are not for guests: their words may stand on hidden slides or in notes alone.
-- Parameters: typed, ending (a blank where the last word is typed to its end), candidates (phrases
-- that are looked at), max_text (characters), see_notes, most, and those of the access predicate.
-- Index: idx_suggestion_prefixes_folded, pk_suggestions, pk_passages, pk_past_queries,
-- materials_pkey.
SELECT v.source, v.folded, v.text, v.material_id, v.page_number
FROM (
    SELECT f.suggestion_id, max(f.weight) AS weight
    FROM (
        SELECT rtrim(folded_words(CAST(:typed AS text))) || CAST(:ending AS text) AS typed
        OFFSET 0
    ) t
    CROSS JOIN LATERAL generate_series(0, length(t.typed)) AS n(level)
    CROSS JOIN LATERAL (
        SELECT p.suggestion_id, p.weight FROM suggestion_prefixes p
        WHERE p.level = n.level
          AND p.folded ~>=~ t.typed AND p.folded ~<~ (t.typed || chr(1114111))
        OFFSET 0
    ) f
    GROUP BY f.suggestion_id
    ORDER BY weight DESC, f.suggestion_id
    LIMIT CAST(:candidates AS integer)
) c
CROSS JOIN LATERAL (({{phrase}}) UNION ALL ({{query}})) v
ORDER BY c.weight DESC, c.suggestion_id
LIMIT CAST(:most AS integer)

--: phrase
-- Of a candidate c: the phrase as the first of its carriers that is seen has it. Parameters: max_text
-- and those of the access predicate. Index: pk_suggestions, pk_passages.
SELECT s.source, s.folded, l.text, p.material_id, p.page_number
FROM suggestions s
CROSS JOIN LATERAL unnest(s.material_ids, s.ordinals) WITH ORDINALITY
    AS k(material_id, ordinal, place)
JOIN passages p ON p.material_id = k.material_id AND p.ordinal = k.ordinal
CROSS JOIN LATERAL unnest(
    CASE WHEN s.source IN ('title', 'slide') THEN ARRAY[p.title]
         ELSE string_to_array(p.body, chr(10)) END
) AS l(text)
WHERE s.id = c.suggestion_id
  AND {{visible(p)}} AND NOT p.hidden AND length(l.text) <= CAST(:max_text AS integer)
  AND rtrim(folded_words(l.text)) = s.folded
ORDER BY k.place
LIMIT 1

--: query
-- Of a candidate c: the past query, if one of its carriers is seen and holds all of its words.
-- Parameters: see_notes and those of the access predicate. Index: pk_past_queries, materials_pkey.
SELECT 'query', q.folded, q.phrase, CAST(NULL AS integer), CAST(NULL AS integer)
FROM past_queries q
WHERE q.id = c.suggestion_id AND CAST(:see_notes AS boolean) AND EXISTS (
    SELECT FROM unnest(q.material_ids, q.demanded) AS k(material_id, demanded)
    JOIN materials m ON m.id = k.material_id
    WHERE {{visible(m)}} AND m.search_vector @@ k.demanded
)
