-- What in the catalogue would keep a table from its placement on Citus: rule and offender.
-- $1, $2, $3: tables, their kinds (distributed, reference, local) and their distribution columns;
-- $4: tables whose single-column primary key is turned into one with the distribution column later.
WITH place AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS given(t, kind, col)
),
p AS (
    SELECT place.*, c.oid AS rel, a.attnum AS att, a.atttypid AS typ
    FROM place
    JOIN pg_class c ON c.relname = t AND c.relnamespace = 'public'::regnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = col AND NOT a.attisdropped
)
SELECT 'R0 table without declared placement' AS rule, c.relname::text AS offender
FROM pg_class c LEFT JOIN p ON p.rel = c.oid
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND p.t IS NULL
  AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'
UNION ALL
SELECT 'R0 placement without table', t FROM place WHERE t NOT IN (SELECT t FROM p)
UNION ALL
SELECT 'R0 distribution column is missing', t FROM p WHERE kind = 'distributed' AND att IS NULL
UNION ALL
SELECT 'R1 unique/PK lacks distribution column', i.indexrelid::regclass::text
FROM pg_index i JOIN p ON p.rel = i.indrelid
WHERE kind = 'distributed' AND (indisunique OR indisexclusion)
  AND NOT (p.att = ANY (i.indkey::int2[]))
  AND NOT (indisprimary AND t = ANY ($4::text[]))
UNION ALL
SELECT 'R2 FK distributed->distributed must pair both distribution columns', conname::text
FROM pg_constraint k JOIN p a ON a.rel = conrelid JOIN p b ON b.rel = confrelid
WHERE contype = 'f' AND a.kind = 'distributed' AND b.kind = 'distributed'
  AND NOT EXISTS (
      SELECT 1 FROM generate_subscripts(conkey, 1) s
      WHERE conkey[s] = a.att AND confkey[s] = b.att
  )
UNION ALL
SELECT 'R3 FK reference/local->distributed', conname::text
FROM pg_constraint k JOIN p a ON a.rel = conrelid JOIN p b ON b.rel = confrelid
WHERE contype = 'f' AND a.kind <> 'distributed' AND b.kind = 'distributed'
UNION ALL
SELECT 'R4 SET NULL/DEFAULT over the distribution column', conname::text
FROM pg_constraint k JOIN p a ON a.rel = conrelid
WHERE contype = 'f' AND a.kind = 'distributed' AND a.att = ANY (conkey)
  AND (confdeltype IN ('n', 'd') OR confupdtype IN ('n', 'd', 'c'))
UNION ALL
SELECT 'R5 plain local table with FK to reference table (actions will not fire)', conname::text
FROM pg_constraint k JOIN p a ON a.rel = conrelid JOIN p b ON b.rel = confrelid
WHERE contype = 'f' AND a.kind = 'local' AND b.kind = 'reference'
UNION ALL
SELECT 'R6 trigger on distributed/reference table', tgname::text
FROM pg_trigger g JOIN p ON p.rel = tgrelid
WHERE NOT tgisinternal AND kind IN ('distributed', 'reference')
UNION ALL
SELECT 'R7 distribution columns differ in type', t FROM p
WHERE kind = 'distributed' AND typ <> (SELECT typ FROM p WHERE t = 'materials')
UNION ALL
SELECT 'R9 rule on table', rulename::text
FROM pg_rewrite r JOIN p ON p.rel = r.ev_class WHERE rulename <> '_RETURN'
UNION ALL
SELECT 'R10 distribution column nullable', t
FROM p JOIN pg_attribute a ON a.attrelid = rel AND a.attnum = att WHERE NOT attnotnull
ORDER BY 1, 2
