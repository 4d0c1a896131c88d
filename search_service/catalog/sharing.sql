--: facts
-- What the rules of sending look at of materials, as far as the principal may see them, and of pages
-- of their present versions. Parameters: ids; page_materials (among the ids) and page_numbers side
-- by side; those of the access predicate. Columns: id, audience, status, review_by, expires_on,
-- version, media_type, read_in_full, baggage, stale_pages (in order); of the pages that exist
-- numbers, hidden, noted and comments side by side. Indexes: materials_pkey, pk_material_details,
-- pk_material_versions, pk_material_pages; of `newer` in blocks.sql idx_content_block_usages_material,
-- idx_content_block_usages_block, pk_block_variants, idx_block_sightings_block, pk_block_sightings.
SELECT m.id, m.audience, COALESCE(m.status, 'DRAFT') AS status, d.review_by, d.expires_on,
       d.current_version AS version, v.media_type,
       v.extraction_status IS NOT DISTINCT FROM 'done' AS read_in_full,
       v.receipt->'baggage' AS baggage,
       ARRAY(
           SELECT DISTINCT stale.page_number FROM ({{newer}}) stale ORDER BY stale.page_number
       ) AS stale_pages,
       pages.numbers, pages.hidden, pages.noted, pages.comments
FROM materials m
JOIN material_details d ON d.material_id = m.id AND d.deleted_at IS NULL
JOIN material_versions v ON v.material_id = m.id AND v.ordinal = d.current_version
CROSS JOIN LATERAL (
    SELECT array_agg(p.page_number) AS numbers, array_agg(p.hidden) AS hidden,
           array_agg(p.notes <> '') AS noted, array_agg(cardinality(p.comments)) AS comments
    FROM unnest(CAST(:page_materials AS integer[]), CAST(:page_numbers AS integer[]))
        AS w(material_id, page_number)
    JOIN material_pages p ON p.material_id = w.material_id AND p.version_ordinal = d.current_version
        AND p.page_number = w.page_number
    WHERE w.material_id = m.id
) pages
WHERE m.id = ANY(CAST(:ids AS integer[])) AND {{visible(m)}}
