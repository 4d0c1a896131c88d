--: materials
-- What the rules of sending look at of materials, as far as the principal may see them. Parameters:
-- ids, and those of the access predicate. Columns: id, audience, status, review_by, expires_on,
-- version, media_type, was_read, baggage, stale_pages (in order). Indexes: materials_pkey,
-- pk_material_versions, as for `newer` in blocks.sql.
SELECT m.id, m.audience, COALESCE(m.status, 'DRAFT') AS status, d.review_by, d.expires_on,
       d.current_version AS version, v.media_type, v.receipt IS NOT NULL AS was_read,
       v.receipt->'baggage' AS baggage,
       ARRAY(
           SELECT DISTINCT stale.page_number FROM ({{newer}}) stale ORDER BY stale.page_number
       ) AS stale_pages
FROM materials m
JOIN material_details d ON d.material_id = m.id AND d.deleted_at IS NULL
JOIN material_versions v ON v.material_id = m.id AND v.ordinal = d.current_version
WHERE m.id = ANY(CAST(:ids AS integer[])) AND {{visible(m)}}

--: pages
-- The same of pages of present versions. Parameters: ids and numbers side by side, and those of the
-- access predicate. Columns: material_id, number, version, hidden, has_notes, comments.
-- Index: pk_material_pages.
SELECT p.material_id, p.page_number AS number, p.version_ordinal AS version, p.hidden,
       p.notes <> '' AS has_notes, cardinality(p.comments) AS comments
FROM unnest(CAST(:ids AS integer[]), CAST(:numbers AS integer[])) AS w(material_id, page_number)
JOIN materials m ON m.id = w.material_id
JOIN material_details d ON d.material_id = m.id AND d.deleted_at IS NULL
JOIN material_pages p ON p.material_id = m.id AND p.version_ordinal = d.current_version
    AND p.page_number = w.page_number
WHERE {{visible(m)}}
