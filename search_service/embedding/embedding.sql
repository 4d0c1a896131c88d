--: embedded
-- Which passages p get a vector: pages with text of their own. A material's own words (passage 0)
-- are few, and notes alone are not for everybody.
p.ordinal > 0 AND (p.title <> '' OR p.body <> '')

--: up_to_date
-- Whether vector e is that of passage p as it stands now.
e.material_id = p.material_id AND e.ordinal = p.ordinal AND e.content_hash = p.content_hash
AND e.model = :model

--: missing
-- The passages of a material without a vector. Parameters: material_id, model, most_characters.
-- Index: pk_passages, pk_passage_embeddings.
SELECT p.ordinal, p.content_hash,
       left(concat_ws(E'\n', nullif(p.title, ''), nullif(p.body, '')),
            CAST(:most_characters AS integer)) AS text
FROM passages p
WHERE p.material_id = :material_id AND {{embedded}}
  AND NOT EXISTS (SELECT FROM passage_embeddings e WHERE {{up_to_date}})
ORDER BY p.ordinal

--: known
-- Vectors of passages with the same text elsewhere. Parameters: hashes, model.
-- Index: idx_passages_content_hash, pk_passage_embeddings.
SELECT DISTINCT ON (p.content_hash) p.content_hash, e.vector
FROM passages p JOIN passage_embeddings e ON {{up_to_date}}
WHERE p.content_hash = ANY(CAST(:hashes AS bpchar[]))
ORDER BY p.content_hash, p.material_id, p.ordinal

--: lock_material
-- Keeps the material's passages as they are meanwhile. Parameters: material_id.
SELECT id FROM materials WHERE id = :material_id FOR SHARE

--: forget_outdated
-- Deletes the vectors of texts that the material no longer has. Parameters: material_id.
-- Index: pk_passage_embeddings, pk_passages.
DELETE FROM passage_embeddings e
WHERE e.material_id = :material_id AND NOT EXISTS (
    SELECT FROM passages p
    WHERE p.material_id = e.material_id AND p.ordinal = e.ordinal
      AND p.content_hash = e.content_hash
)

--: write
-- Vectors by the text that they are of. Parameters: material_id, model, hashes and vectors (in
-- pairs). Index: pk_passages.
INSERT INTO passage_embeddings (material_id, ordinal, model, content_hash, vector)
SELECT p.material_id, p.ordinal, :model, p.content_hash, v.vector
FROM unnest(CAST(:hashes AS bpchar[]), CAST(:vectors AS bytea[])) AS v(content_hash, vector)
JOIN passages p ON p.content_hash = v.content_hash
WHERE p.material_id = :material_id AND {{embedded}}
ON CONFLICT (material_id, ordinal) DO UPDATE
SET model = excluded.model, content_hash = excluded.content_hash, vector = excluded.vector

--: remove
-- Parameters: material_id. Index: pk_passage_embeddings.
DELETE FROM passage_embeddings WHERE material_id = :material_id

--: lacking_materials
-- Materials with passages that lack a vector, in order of their ids, and how many those are.
-- Parameters: model, after (a material's id), most. Index: pk_passages, pk_passage_embeddings.
SELECT p.material_id, count(*) AS passages
FROM passages p
WHERE p.material_id > CAST(:after AS integer) AND {{embedded}}
  AND NOT EXISTS (SELECT FROM passage_embeddings e WHERE {{up_to_date}})
GROUP BY p.material_id ORDER BY p.material_id LIMIT CAST(:most AS integer)

--: count_lacking
-- How many passages lack a vector in the whole library. Parameters: model.
SELECT count(*) FROM passages p
WHERE {{embedded}} AND NOT EXISTS (SELECT FROM passage_embeddings e WHERE {{up_to_date}})
