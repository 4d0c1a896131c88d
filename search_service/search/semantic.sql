--: passage_vectors
-- The vectors of some passages that are seen by who asks, as far as they have one of their present
-- text; hidden pages for those alone who may see them.
-- Looked up one by one: a join would read all vectors of a library of some ten thousand passages.
-- Parameters: material_ids and ordinals (in pairs), model, see_hidden, and those of the access
-- predicate. Index: pk_passages, pk_passage_embeddings.
SELECT w.material_id, p.page_number, e.vector
FROM unnest(CAST(:material_ids AS integer[]), CAST(:ordinals AS integer[]))
    AS w(material_id, ordinal)
CROSS JOIN LATERAL (
    SELECT p.page_number, p.content_hash FROM passages p
    WHERE p.material_id = w.material_id AND p.ordinal = w.ordinal AND {{visible(p)}}
      AND (CAST(:see_hidden AS boolean) OR NOT p.hidden)
    OFFSET 0
) p
CROSS JOIN LATERAL (
    SELECT e.vector FROM passage_embeddings e
    WHERE e.material_id = w.material_id AND e.ordinal = w.ordinal
      AND e.content_hash = p.content_hash AND e.model = :model
    OFFSET 0
) e
ORDER BY w.material_id, w.ordinal
