--: suggest
-- Published phrases that begin, or have a word that begins, as it is typed; the best first, each
-- with the text of a visible passage that carries it at this moment. What was renamed, withdrawn
-- or hidden since the phrases were collected has no such passage and is left out.
-- Bounds instead of LIKE, whose pattern would have to be a constant for the index; OFFSET 0, as a
-- join of levels and rows would read every row that begins like it.
-- Parameters: typed, ending (a blank where the last word is typed to its end), candidates (phrases
-- that are looked at), max_text (characters), most, and those of the access predicate.
-- Index: idx_suggestion_prefixes_folded, pk_suggestions, pk_passages.
SELECT s.source, s.folded, v.text, v.material_id, v.page_number
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
JOIN suggestions s ON s.id = c.suggestion_id
CROSS JOIN LATERAL (
    SELECT l.text, p.material_id, p.page_number
    FROM unnest(s.material_ids, s.ordinals) WITH ORDINALITY AS k(material_id, ordinal, place)
    JOIN passages p ON p.material_id = k.material_id AND p.ordinal = k.ordinal
    CROSS JOIN LATERAL unnest(
        CASE WHEN s.source IN ('title', 'slide') THEN ARRAY[p.title]
             ELSE string_to_array(p.body, chr(10)) END
    ) AS l(text)
    WHERE {{visible(p)}} AND NOT p.hidden AND length(l.text) <= CAST(:max_text AS integer)
      AND rtrim(folded_words(l.text)) = s.folded
    ORDER BY k.place
    LIMIT 1
) v
ORDER BY c.weight DESC, c.suggestion_id
LIMIT CAST(:most AS integer)
