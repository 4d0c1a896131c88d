--: lock
-- One at a time names a successor: two at once could close a circle. Ends with the transaction.
-- Parameters: key.
SELECT pg_advisory_xact_lock(:key)

--: chain
-- What replaces a material, what replaces that, and so on, the nearest first; a circle, which none
-- can close, would end at :most. Included for :material_id. Columns: id, place.
-- Index: pk_material_successors.
SELECT s.successor_id AS id, 1 AS place
FROM material_successors s
WHERE s.material_id = :material_id
UNION ALL
SELECT s.successor_id, c.place + 1
FROM chain c
JOIN material_successors s ON s.material_id = c.id
WHERE c.place < :most

--: leads_to
-- Whether the chain that begins at a material comes to another one. Parameters: material_id, most,
-- other_id. Column: found.
WITH RECURSIVE chain AS ({{chain}})
SELECT EXISTS (SELECT FROM chain WHERE id = :other_id) AS found

--: replacement
-- The nearest material of the chain that is published and that the principal may see. Parameters:
-- material_id, most, and those of the access predicate. Columns: id, name.
WITH RECURSIVE chain AS ({{chain}})
SELECT m.id, m.name
FROM chain c
JOIN materials m ON m.id = c.id AND m.status = 'PUBLISHED'
JOIN material_details d ON d.material_id = m.id AND d.deleted_at IS NULL
WHERE {{visible(m)}}
ORDER BY c.place
LIMIT 1

--: retired
-- An archived material that was published once, for whom it was while it was: the rule of
-- `visible`, as if it still were. Parameters: material_id, published (the status), and those of
-- the access predicate. Columns: name, retired_at.
SELECT m.name, COALESCE(d.archived_at, m.updated_at) AS retired_at
FROM (
    SELECT id, name, updated_at, audience, owner_id, CAST(:published AS materialstatus) AS status
    FROM materials
    WHERE id = :material_id AND status = 'ARCHIVED'
) m
JOIN material_details d ON d.material_id = m.id
WHERE d.deleted_at IS NULL AND d.published_at IS NOT NULL AND {{visible(m)}}

--: is_replaced
-- Whether what a material names as its successor is published. Parameters: material_id.
-- Column: found.
SELECT EXISTS (
    SELECT FROM material_successors s
    JOIN materials m ON m.id = s.successor_id AND m.status = 'PUBLISHED'
    JOIN material_details d ON d.material_id = m.id AND d.deleted_at IS NULL
    WHERE s.material_id = :material_id
) AS found

--: replaces_some
-- Whether a material is named as a successor. Parameters: material_id. Column: found.
-- Index: idx_material_successors_successor.
SELECT EXISTS (SELECT FROM material_successors s WHERE s.successor_id = :material_id) AS found

--: due
-- Published materials that a day or a published successor takes out of use. Parameters: today,
-- most, material_id (NULL: any). Columns: id, expires_on, expired.
SELECT m.id, d.expires_on, COALESCE(d.expires_on <= :today, FALSE) AS expired
FROM materials m
JOIN material_details d ON d.material_id = m.id AND d.deleted_at IS NULL
WHERE m.status = 'PUBLISHED'
  AND m.id = COALESCE(CAST(:material_id AS integer), m.id)
  AND (
      d.expires_on <= :today
      OR EXISTS (
          SELECT FROM material_successors s
          JOIN materials n ON n.id = s.successor_id AND n.status = 'PUBLISHED'
          JOIN material_details e ON e.material_id = n.id AND e.deleted_at IS NULL
          WHERE s.material_id = m.id
      )
  )
ORDER BY m.id
LIMIT :most
