--: of_page
-- The passages of a page of the present version, in order, as far as the principal may see them.
-- Parameters: material_id, page_number, and those of the access predicate. Columns: material_id,
-- name, version, page_number, content_hash, title, body. Index: pk_passages.
SELECT p.material_id, m.name, p.version_ordinal AS version, p.page_number, p.content_hash, p.title,
       p.body
FROM passages p
JOIN materials m ON m.id = p.material_id
JOIN material_details d ON d.material_id = m.id AND d.deleted_at IS NULL
WHERE p.material_id = :material_id AND p.ordinal > 0 AND p.page_number = :page_number
  AND {{visible(m)}}
ORDER BY p.ordinal

--: places
-- Where a passage stands now, a page once, those of one material first. Parameters: content_hash,
-- material_id (or NULL), most, and those of the access predicate. Columns: material_id, name,
-- version, page_number. Index: idx_passages_content_hash.
SELECT DISTINCT p.material_id, m.name, p.version_ordinal AS version, p.page_number,
       COALESCE(p.material_id = CAST(:material_id AS integer), FALSE) AS is_cited
FROM passages p
JOIN materials m ON m.id = p.material_id
JOIN material_details d ON d.material_id = m.id AND d.deleted_at IS NULL
WHERE p.content_hash = CAST(:content_hash AS char(64)) AND p.ordinal > 0 AND {{visible(m)}}
ORDER BY is_cited DESC, p.material_id, p.page_number
LIMIT :most
