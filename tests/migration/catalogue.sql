-- What a schema consists of, one row for each object: kind, its table ('' where it has none), name,
-- and a definition that tells any two apart. Objects that belong to an extension stand for
-- themselves only through the extension; alembic_version is Alembic's own.
-- $1: the schema.
WITH own AS (SELECT oid FROM pg_namespace WHERE nspname = $1),
belongs_to_extension AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
relation AS (
    SELECT c.* FROM pg_class c
    WHERE c.relnamespace IN (SELECT oid FROM own) AND c.relname NOT LIKE 'alembic\_version%'
      AND ('pg_class'::regclass, c.oid) NOT IN (SELECT classid, objid FROM belongs_to_extension)
),
live_column AS (
    SELECT a.*, row_number() OVER (PARTITION BY attrelid ORDER BY attnum) AS place
    FROM pg_attribute a WHERE attnum > 0 AND NOT attisdropped
)
SELECT 'table' AS kind, relname::text AS table_name, relname::text AS name,
       concat_ws(' ',
           CASE relkind WHEN 'r' THEN 'ordinary' WHEN 'p' THEN 'partitioned' ELSE relkind::text END,
           CASE relpersistence WHEN 'p' THEN NULL ELSE 'persistence ' || relpersistence::text END,
           CASE WHEN relkind = 'p' THEN 'by ' || pg_get_partkeydef(oid) END,
           CASE WHEN relispartition
               THEN 'of ' || (SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = relation.oid)
                    || ' ' || pg_get_expr(relpartbound, oid) END,
           reloptions::text,
           CASE WHEN relrowsecurity THEN 'row security' END) AS definition
FROM relation WHERE relkind IN ('r', 'p', 'v', 'm', 'f')
UNION ALL
SELECT 'column', r.relname, r.relname || '.' || a.attname,
       concat_ws(' ',
           '#' || a.place,
           format_type(a.atttypid, a.atttypmod),
           CASE WHEN a.attnotnull THEN 'NOT NULL' END,
           CASE a.attgenerated WHEN '' THEN 'DEFAULT ' ELSE 'GENERATED ' END
               || pg_get_expr(d.adbin, d.adrelid),
           CASE a.attidentity WHEN 'a' THEN 'IDENTITY ALWAYS' WHEN 'd' THEN 'IDENTITY BY DEFAULT' END,
           CASE WHEN a.attcollation <> t.typcollation THEN 'COLLATE ' || a.attcollation::regcollation::text END,
           CASE WHEN a.attstorage <> t.typstorage THEN 'STORAGE ' || a.attstorage::text END)
FROM relation r
JOIN live_column a ON a.attrelid = r.oid
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE r.relkind IN ('r', 'p', 'v', 'm', 'f')
UNION ALL
SELECT 'index', t.relname, r.relname,
       pg_get_indexdef(r.oid) || CASE WHEN indisvalid THEN '' ELSE ' INVALID' END
FROM relation r JOIN pg_index i ON i.indexrelid = r.oid JOIN pg_class t ON t.oid = i.indrelid
UNION ALL
SELECT 'constraint', r.relname, r.relname || '.' || k.conname,
       pg_get_constraintdef(k.oid) || CASE WHEN k.convalidated THEN '' ELSE ' (not validated)' END
FROM relation r JOIN pg_constraint k ON k.conrelid = r.oid
WHERE k.contype NOT IN ('n', 't')  -- NOT NULL stands with the column, triggers with the triggers
UNION ALL
SELECT 'sequence', coalesce(o.relname, ''), r.relname,
       concat_ws(' ', format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmax,
           'of ' || o.relname || '.' || a.attname)
FROM relation r JOIN pg_sequence s ON s.seqrelid = r.oid
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = r.oid
    AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
LEFT JOIN pg_class o ON o.oid = d.refobjid
LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
UNION ALL
SELECT 'trigger', r.relname, r.relname || '.' || g.tgname, pg_get_triggerdef(g.oid)
FROM relation r JOIN pg_trigger g ON g.tgrelid = r.oid WHERE NOT g.tgisinternal
UNION ALL
SELECT 'rule', r.relname, r.relname || '.' || w.rulename, pg_get_ruledef(w.oid)
FROM relation r JOIN pg_rewrite w ON w.ev_class = r.oid
UNION ALL
SELECT 'policy', r.relname, r.relname || '.' || p.polname, pg_get_expr(p.polqual, p.polrelid)
FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
UNION ALL
SELECT 'type', '', t.typname,
       t.typtype::text || ' ' || coalesce(
           (SELECT string_agg(enumlabel, ', ' ORDER BY enumsortorder) FROM pg_enum
            WHERE enumtypid = t.oid), '')
FROM pg_type t
WHERE t.typnamespace IN (SELECT oid FROM own) AND t.typtype IN ('e', 'd', 'r', 'm')
  AND ('pg_type'::regclass, t.oid) NOT IN (SELECT classid, objid FROM belongs_to_extension)
UNION ALL
SELECT 'function', '', p.oid::regprocedure::text, pg_get_functiondef(p.oid)
FROM pg_proc p
WHERE p.pronamespace IN (SELECT oid FROM own) AND p.prokind <> 'a'
  AND ('pg_proc'::regclass, p.oid) NOT IN (SELECT classid, objid FROM belongs_to_extension)
UNION ALL
SELECT 'text search configuration', '', c.cfgname,
       (SELECT string_agg(concat_ws(' ', maptokentype, mapseqno, mapdict::regdictionary), ', '
                          ORDER BY maptokentype, mapseqno)
        FROM pg_ts_config_map WHERE mapcfg = c.oid)
FROM pg_ts_config c
WHERE c.cfgnamespace IN (SELECT oid FROM own)
  AND ('pg_ts_config'::regclass, c.oid) NOT IN (SELECT classid, objid FROM belongs_to_extension)
UNION ALL
SELECT 'text search dictionary', '', d.dictname, coalesce(d.dictinitoption, '')
FROM pg_ts_dict d
WHERE d.dictnamespace IN (SELECT oid FROM own)
  AND ('pg_ts_dict'::regclass, d.oid) NOT IN (SELECT classid, objid FROM belongs_to_extension)
UNION ALL
SELECT 'extension', '', extname, extname FROM pg_extension WHERE extname <> 'plpgsql'
UNION ALL
SELECT 'schema', '', nspname, nspname FROM pg_namespace
WHERE nspname NOT LIKE 'pg\_%' AND nspname NOT IN ('information_schema', $1)
ORDER BY 1, 2, 3
