--: synonyms
-- The entries of which a source stands in a query. Parameters: keys (folded), most.
-- Index: idx_synonyms_keys.
SELECT source, targets, two_way, language FROM synonyms
WHERE keys && CAST(:keys AS text[])
ORDER BY id LIMIT CAST(:most AS integer)

--: pins
-- The visible materials pinned for a query, with what facets ask of them, in the order in which
-- they stand. A pin for a persona or a segment counts only while that is selected.
-- Parameters: queries (folded), personas and segments (selected ids), most, and those of the access
-- predicate. Index: idx_pins_query, then pk_passages.
SELECT pin.page_number AS pinned_page, {{facet_columns}}
FROM pins pin
JOIN materials m ON m.id = pin.material_id
JOIN material_details d ON d.material_id = m.id
JOIN passages p ON p.material_id = m.id AND p.ordinal = 0
WHERE pin.query_key = ANY(CAST(:queries AS text[]))
  AND (pin.persona_id IS NULL OR pin.persona_id = ANY(CAST(:personas AS integer[])))
  AND (pin.segment_id IS NULL OR pin.segment_id = ANY(CAST(:segments AS integer[])))
  AND d.deleted_at IS NULL
  AND {{visible(m)}}
ORDER BY pin.place, pin.id
LIMIT CAST(:most AS integer)

--: pinned_slides
-- The first passage of each pinned page, with what is shown of it. Notes and hidden pages are for
-- those alone who may see them. Parameters: ids and pages (in parallel), see_notes.
-- Index: pk_passages.
SELECT DISTINCT ON (p.material_id)
       p.material_id, p.ordinal, p.page_number, p.title, p.body,
       CASE WHEN CAST(:see_notes AS boolean) THEN p.notes ELSE '' END AS notes,
       p.hidden, p.language, p.content_hash, p.version_ordinal,
       CAST(0 AS double precision) AS score
FROM unnest(CAST(:ids AS integer[]), CAST(:pages AS integer[])) AS i(id, page)
JOIN passages p ON p.material_id = i.id AND p.ordinal > 0 AND p.page_number = i.page
WHERE CAST(:see_notes AS boolean) OR NOT p.hidden
ORDER BY p.material_id, p.ordinal

--: ranking_weights
-- The one row of weights, or none.
SELECT next_slides, own, freshness, health, usage, persona, segment, industry, stage, product
FROM ranking_weights
