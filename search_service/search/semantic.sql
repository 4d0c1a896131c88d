--: passage_vectors
-- The vectors of some passages that are seen by who asks, as far as they have one of their present
-- text; hidden pages for those alone who may see them.
-- Parameters: material_ids and ordinals (in pairs), model, see_hidden, and those of the access
-- predicate. Index: pk_passages, pk_passage_embeddings.
SELECT p.material_id, p.page_number, e.vector
FROM unnest(CAST(:material_ids AS integer[]), CAST(:ordinals AS integer[]))
    AS w(material_id, ordinal)
JOIN passages p ON p.material_id = w.material_id AND p.ordinal = w.ordinal
JOIN passage_embeddings e
  ON e.material_id = p.material_id AND e.ordinal = p.ordinal AND e.content_hash = p.content_hash
WHERE e.model = :model AND {{visible(p)}} AND (CAST(:see_hidden AS boolean) OR NOT p.hidden)
ORDER BY p.material_id, p.ordinal
