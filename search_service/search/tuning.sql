--: synonyms
-- The entries of which a source stands in a query. Parameters: keys (folded), most.
-- The barrier keeps it from reading all in the order of their ids until enough are found.
-- Index: idx_synonyms_keys.
SELECT source, targets, two_way, language FROM (
    SELECT id, source, targets, two_way, language FROM synonyms
    WHERE keys && CAST(:keys AS text[])
    OFFSET 0
) s
ORDER BY id LIMIT CAST(:most AS integer)

--: pins
-- What is pinned for a query, in the order in which it stands; whether it may be seen is decided
-- on the columns. A pin for a persona or a segment counts only while that is selected.
-- Parameters: queries (folded), personas and segments (selected ids), most. Index: idx_pins_query.
SELECT material_id, page_number FROM pins
WHERE query_key = ANY(CAST(:queries AS text[]))
  AND (persona_id IS NULL OR persona_id = ANY(CAST(:personas AS integer[])))
  AND (segment_id IS NULL OR segment_id = ANY(CAST(:segments AS integer[])))
ORDER BY place, id LIMIT CAST(:most AS integer)

--: pinned_slides
-- The first passage of each pinned page, with what is shown of it. Notes and hidden pages are for
-- those alone who may see them. Parameters: ids and pages (in parallel), see_notes.
-- Index: pk_passages.
SELECT DISTINCT ON (p.material_id)
       p.material_id, p.page_number, p.title, p.body,
       CASE WHEN CAST(:see_notes AS boolean) THEN p.notes ELSE '' END AS notes,
       p.hidden, p.language, p.content_hash, p.version_ordinal,
       CAST(0 AS double precision) AS score
FROM unnest(CAST(:ids AS integer[]), CAST(:pages AS integer[])) AS i(id, page)
JOIN passages p ON p.material_id = i.id AND p.ordinal > 0 AND p.page_number = i.page
WHERE CAST(:see_notes AS boolean) OR NOT p.hidden
ORDER BY p.material_id, p.ordinal

--: ranking_weights
-- The one row of weights, or none.
SELECT next_slides, own, freshness, health, usage, persona, segment, industry, stage, product,
       account
FROM ranking_weights
