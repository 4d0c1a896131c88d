--: lock
-- One transaction at a time compares its blocks with those of all others: two that were written
-- side by side would not see each other. Ends with the transaction. Parameters: key.
SELECT pg_advisory_xact_lock(:key)

--: known
-- Parameters: fingerprints. Columns: fingerprint, content_block_id.
-- Index: uq_block_fingerprints_fingerprint.
SELECT fingerprint, content_block_id
FROM block_fingerprints
WHERE fingerprint = ANY(CAST(:fingerprints AS text[]))

--: place_usages
-- Make a material's usages these, and leave alone those that are there already. Parameters:
-- material_id; block_ids, pages and contexts side by side.
-- Index: idx_content_block_usages_material.
WITH wanted AS (
    SELECT *
    FROM unnest(CAST(:block_ids AS integer[]), CAST(:pages AS integer[]), CAST(:contexts AS text[]))
        AS w(content_block_id, slide_number, usage_context)
), gone AS (
    DELETE FROM content_block_usages u
    WHERE u.material_id = :material_id AND NOT EXISTS (
        SELECT FROM wanted w
        WHERE w.content_block_id = u.content_block_id AND w.slide_number = u.slide_number
          AND w.usage_context = u.usage_context
    )
)
INSERT INTO content_block_usages (content_block_id, material_id, slide_number, usage_context)
SELECT w.content_block_id, CAST(:material_id AS integer), w.slide_number, w.usage_context
FROM wanted w
WHERE NOT EXISTS (
    SELECT FROM content_block_usages u
    WHERE u.material_id = :material_id AND u.content_block_id = w.content_block_id
      AND u.slide_number = w.slide_number AND u.usage_context = w.usage_context
)
ORDER BY w.slide_number, w.usage_context, w.content_block_id

--: dated
-- The version that a material is at, and what its file says of its own age. Parameters:
-- material_id. Columns: ordinal, uploaded, modified (ISO 8601 or NULL).
SELECT v.ordinal, v.created_at AS uploaded, v.receipt->>'modified' AS modified
FROM material_details d
JOIN material_versions v ON v.material_id = d.material_id AND v.ordinal = d.current_version
WHERE d.material_id = :material_id

--: sightings
-- Parameters: material_id. Columns: content_block_id, version_ordinal, since.
-- Index: pk_block_sightings.
SELECT content_block_id, version_ordinal, since
FROM block_sightings
WHERE material_id = :material_id

--: write_sightings
-- A block keeps the date that it came with. Parameters: material_id, ordinal; block_ids and since
-- side by side.
INSERT INTO block_sightings (material_id, content_block_id, version_ordinal, since)
SELECT CAST(:material_id AS integer), w.content_block_id, CAST(:ordinal AS integer), w.since
FROM unnest(CAST(:block_ids AS integer[]), CAST(:since AS timestamptz[]))
    AS w(content_block_id, since)
ON CONFLICT ON CONSTRAINT pk_block_sightings DO UPDATE
SET version_ordinal = EXCLUDED.version_ordinal

--: forget_sightings
-- Parameters: material_id, block_ids (those that stay).
DELETE FROM block_sightings
WHERE material_id = :material_id AND content_block_id <> ALL(CAST(:block_ids AS integer[]))

--: variants_among
-- Parameters: block_ids, others. Columns: content_block_id, variant_id. Index: pk_block_variants.
SELECT content_block_id, variant_id
FROM block_variants
WHERE content_block_id = ANY(CAST(:block_ids AS integer[]))
  AND variant_id = ANY(CAST(:others AS integer[]))

--: unrelated
-- Blocks whose bands were not made by the present method. Parameters: block_ids, bands_version.
-- Columns: id, content, block_type.
SELECT b.id, b.content, b.block_type
FROM block_fingerprints f
JOIN content_blocks b ON b.id = f.content_block_id
WHERE f.content_block_id = ANY(CAST(:block_ids AS integer[]))
  AND f.bands_version <> :bands_version
ORDER BY b.id

--: forget_bands
-- Parameters: block_ids. Index: idx_block_bands_block.
DELETE FROM block_bands WHERE content_block_id = ANY(CAST(:block_ids AS integer[]))

--: write_bands
-- Parameters: block_ids and bands side by side.
INSERT INTO block_bands (content_block_id, band)
SELECT DISTINCT *
FROM unnest(CAST(:block_ids AS integer[]), CAST(:bands AS bigint[])) AS w(block_id, band)

--: note_bands
-- Parameters: block_ids, bands_version.
UPDATE block_fingerprints SET bands_version = :bands_version
WHERE content_block_id = ANY(CAST(:block_ids AS integer[]))

--: write_variants
-- Both ways round. Parameters: block_ids, variant_ids and similarities side by side.
INSERT INTO block_variants (content_block_id, variant_id, similarity)
SELECT p.content_block_id, p.variant_id, max(w.similarity)
FROM unnest(
    CAST(:block_ids AS integer[]), CAST(:variant_ids AS integer[]), CAST(:similarities AS real[])
) AS w(one, other, similarity)
CROSS JOIN LATERAL (VALUES (w.one, w.other), (w.other, w.one)) AS p(content_block_id, variant_id)
GROUP BY p.content_block_id, p.variant_id
ORDER BY p.content_block_id, p.variant_id
ON CONFLICT ON CONSTRAINT pk_block_variants DO UPDATE SET similarity = EXCLUDED.similarity

--: near
-- Blocks that share a band with a new one, the ones that share most first. Of one key only the
-- newest rows are read, however many have it. Parameters: block_ids, bands (side by side),
-- rows_per_band, most (a block). Columns: content_block_id, candidate, content.
-- Index: pk_block_bands.
WITH shared AS (
    SELECT n.content_block_id, c.content_block_id AS candidate, count(*) AS bands
    FROM unnest(CAST(:block_ids AS integer[]), CAST(:bands AS bigint[]))
        AS n(content_block_id, band)
    CROSS JOIN LATERAL (
        SELECT b.content_block_id
        FROM block_bands b
        WHERE b.band = n.band AND b.content_block_id <> n.content_block_id
        ORDER BY b.content_block_id DESC
        LIMIT :rows_per_band
    ) c
    GROUP BY n.content_block_id, c.content_block_id
), ranked AS (
    SELECT s.*, row_number() OVER (
        PARTITION BY s.content_block_id ORDER BY s.bands DESC, s.candidate DESC
    ) AS place
    FROM shared s
)
SELECT r.content_block_id, r.candidate, b.content
FROM ranked r
JOIN content_blocks b ON b.id = r.candidate
WHERE r.place <= :most

--: kin
-- Materials that carry a variant of these blocks, or one of them that has variants: those whose
-- staleness can change with them. Parameters: block_ids, material_id (left out). Indexes:
-- pk_block_variants, idx_content_block_usages_block.
SELECT DISTINCT u.material_id
FROM block_variants v
JOIN content_block_usages u ON u.content_block_id IN (v.variant_id, v.content_block_id)
WHERE v.content_block_id = ANY(CAST(:block_ids AS integer[])) AND u.material_id <> :material_id
ORDER BY u.material_id

--: since
-- Since when a wording has been known: its earliest date in a material that is not deleted.
-- Included for the block id that the caller names. Index: idx_block_sightings_block.
SELECT min(s.since) AS since
FROM block_sightings s
JOIN material_details d ON d.material_id = s.material_id AND d.deleted_at IS NULL
WHERE s.content_block_id = {{block}}

--: newer
-- The one rule of staleness: a page of a material carries a wording, and a later one of the same
-- thing is published elsewhere, which the material does not carry itself and which stands there
-- instead of this one. Archived and deleted materials are not judged. Included for the material
-- that the caller names. Columns: material_id, page_number, content_block_id, newer_block_id,
-- source_id, since, similarity. Indexes: idx_content_block_usages_material, pk_block_variants,
-- idx_block_sightings_block, pk_block_sightings.
SELECT u.material_id, u.slide_number AS page_number, u.content_block_id,
       v.variant_id AS newer_block_id, n.material_id AS source_id, theirs.since, v.similarity
FROM content_block_usages u
JOIN materials um ON um.id = u.material_id AND um.status IS DISTINCT FROM 'ARCHIVED'
JOIN material_details ud ON ud.material_id = u.material_id AND ud.deleted_at IS NULL
JOIN block_variants v ON v.content_block_id = u.content_block_id
JOIN block_sightings n ON n.content_block_id = v.variant_id
JOIN materials nm ON nm.id = n.material_id AND nm.status = 'PUBLISHED'
JOIN material_details ld ON ld.material_id = n.material_id AND ld.deleted_at IS NULL
CROSS JOIN LATERAL ({{since_of_mine}}) mine
CROSS JOIN LATERAL ({{since_of_theirs}}) theirs
WHERE u.material_id = {{material}}
  AND theirs.since > mine.since
  AND NOT EXISTS (
      SELECT FROM block_sightings own
      WHERE own.material_id = u.material_id AND own.content_block_id = v.variant_id
  )
  AND NOT EXISTS (
      SELECT FROM block_sightings both_there
      WHERE both_there.material_id = n.material_id
        AND both_there.content_block_id = u.content_block_id
  )

--: stale_pages
-- Parameters: material_id. Column: page_number, in order.
SELECT DISTINCT page_number FROM ({{newer}}) stale ORDER BY page_number

--: page_usages
-- Where else the blocks of a page stand, as they are or nearly so, as far as the principal may
-- see, the most alike first. Parameters: material_id, page_number (NULL: of every page), most, and
-- those of the access predicate. Columns: page_number, block_type, material_id, name, status,
-- their_page, same, similarity, mine_since, theirs_since. Indexes: as for `newer`.
WITH here AS (
    SELECT DISTINCT u.slide_number AS page_number, u.content_block_id
    FROM content_block_usages u
    WHERE u.material_id = :material_id
      AND u.slide_number = COALESCE(CAST(:page_number AS integer), u.slide_number)
), near AS (
    SELECT h.page_number, h.content_block_id AS mine, h.content_block_id AS theirs,
           CAST(1 AS real) AS similarity
    FROM here h
    UNION ALL
    SELECT h.page_number, h.content_block_id, v.variant_id, v.similarity
    FROM here h
    JOIN block_variants v ON v.content_block_id = h.content_block_id
)
SELECT e.page_number, b.block_type, m.id AS material_id, m.name,
       COALESCE(m.status, 'DRAFT') AS status, u.slide_number AS their_page,
       e.mine = e.theirs AS same, e.similarity, mine.since AS mine_since,
       theirs.since AS theirs_since
FROM near e
JOIN content_blocks b ON b.id = e.mine
JOIN content_block_usages u
    ON u.content_block_id = e.theirs AND u.material_id <> :material_id
JOIN materials m ON m.id = u.material_id
JOIN material_details d ON d.material_id = m.id AND d.deleted_at IS NULL
CROSS JOIN LATERAL ({{since_of_near_mine}}) mine
CROSS JOIN LATERAL ({{since_of_near_theirs}}) theirs
WHERE {{visible(m)}}
ORDER BY e.similarity DESC, m.id, u.slide_number, u.id
LIMIT :most

--: stale_materials
-- An owner's materials with a stale page, the ones that went stale last first, and for each page
-- the newest wording elsewhere that the principal may see. Parameters: owner_id, most (rows), and
-- those of the access predicate. Columns: material_id, name, status, page_number, source_id,
-- source_name, source_page, since, similarity. Indexes: idx_materials_owner, as for `newer`.
SELECT * FROM (
    SELECT DISTINCT ON (o.id, n.page_number)
           o.id AS material_id, o.name, COALESCE(o.status, 'DRAFT') AS status, n.page_number,
           s.id AS source_id, s.name AS source_name, n.since, n.similarity,
           (SELECT min(p.slide_number) FROM content_block_usages p
            WHERE p.material_id = s.id AND p.content_block_id = n.newer_block_id) AS source_page
    FROM materials o
    CROSS JOIN LATERAL ({{newer_of_owned}}) n
    JOIN materials s ON s.id = n.source_id
    WHERE o.owner_id = :owner_id AND {{visible(s)}}
    ORDER BY o.id, n.page_number, n.since DESC, n.similarity DESC, s.id
) found
ORDER BY since DESC, material_id, page_number
LIMIT :most

--: orphans
-- Forget blocks that stand nowhere any more. Parameters: most. Whoever runs it holds the lock.
DELETE FROM content_blocks
WHERE id IN (
    SELECT f.content_block_id
    FROM block_fingerprints f
    WHERE NOT EXISTS (
        SELECT FROM content_block_usages u WHERE u.content_block_id = f.content_block_id
    )
    ORDER BY f.content_block_id
    LIMIT :most
)
