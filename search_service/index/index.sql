--: lock_material
-- Serialises writers of one material. Parameters: material_id. One row, or none.
SELECT id FROM materials WHERE id = :material_id FOR UPDATE

--: read_material
-- What a material's index is made of; none for a deleted one. A statement of its own: the one that
-- waits for the lock would see the details as they were before it waited.
-- Parameters: material_id.
SELECT m.id, m.name, m.description, m.product_name, m.universe_name, m.tags, m.keywords,
       m.use_cases, m.pain_points, d.language
FROM materials m JOIN material_details d ON d.material_id = m.id
WHERE m.id = :material_id AND d.deleted_at IS NULL

--: delete_passages
-- Parameters: material_id, first and last ordinal.
DELETE FROM passages
WHERE material_id = :material_id AND ordinal BETWEEN :first AND :last

--: read_pages
-- The text of a material's pages as its passages hold it. Parameters: material_id.
-- Index: pk_passages.
SELECT ordinal, page_number, char_start, char_end, title, body, notes, content_hash, hidden
FROM passages WHERE material_id = :material_id AND ordinal > 0 ORDER BY ordinal

--: insert_passages
-- Parameters: those of passage_rows.
INSERT INTO passages (
    {{passage_columns}}
)
{{passage_rows}}

--: rewrite_passages
-- Brings passages up to date from their text; rewrites only rows that differ, and leaves them the
-- version that they are of. Parameters: those of passage_rows. A row for each that was written.
INSERT INTO passages AS p (
    {{passage_columns}}
)
{{passage_rows}}
ON CONFLICT (material_id, ordinal) DO UPDATE
SET title = EXCLUDED.title, body = EXCLUDED.body, notes = EXCLUDED.notes,
    content_hash = EXCLUDED.content_hash, search_vector = EXCLUDED.search_vector,
    length_title = EXCLUDED.length_title, length_body = EXCLUDED.length_body,
    language = EXCLUDED.language, status = EXCLUDED.status,
    material_type = EXCLUDED.material_type, audience = EXCLUDED.audience,
    universe_name = EXCLUDED.universe_name, owner_id = EXCLUDED.owner_id,
    updated_at = EXCLUDED.updated_at, persona_ids = EXCLUDED.persona_ids,
    segment_ids = EXCLUDED.segment_ids
WHERE ({{made(p)}}, {{copies(p)}}) IS DISTINCT FROM ({{made(EXCLUDED)}}, {{copies(EXCLUDED)}})
RETURNING ordinal

--: compare_passages
-- How many passages of a material are not as they would be written now: in what is made of their
-- text, and in their copies. One row. Parameters: those of passage_rows. Index: pk_passages.
SELECT count(*) FILTER (WHERE ({{made(p)}}) IS DISTINCT FROM ({{made(e)}})) AS texts,
       count(*) FILTER (WHERE ({{copies(p)}}) IS DISTINCT FROM ({{copies(e)}})) AS copies
FROM ({{passage_rows}}) AS e (
    {{passage_columns}}
)
LEFT JOIN passages p ON p.material_id = e.material_id AND p.ordinal = e.ordinal

--: passage_columns
material_id, ordinal, version_ordinal, page_number, char_start, char_end,
title, body, notes, content_hash, hidden, search_vector, length_title, length_body,
language, status, material_type, audience, universe_name, owner_id, updated_at,
persona_ids, segment_ids

--: passage_rows
-- A material's passages as they are to be written, in the order of passage_columns.
-- Parameters: material_id, configuration, and one array per column, all of the same length;
-- `title`, `body`, `notes` are shown, `title_words`, `body_words`, `notes_words` are indexed.
-- The title comes first and carries A; the body D, a material's own subjects B; notes C.
SELECT m.id, i.ordinal, d.current_version, i.page_number, i.char_start, i.char_end,
       i.title, i.body, i.notes, i.content_hash, i.hidden,
       v.title || v.body || v.notes,
       (SELECT count(DISTINCT position) FROM unnest(v.title) l, unnest(l.positions) position),
       (SELECT count(DISTINCT position) FROM unnest(v.body || v.notes) l,
            unnest(l.positions) position),
       d.language, {{copied_columns}}
FROM unnest(
    CAST(:ordinals AS integer[]), CAST(:page_numbers AS integer[]),
    CAST(:char_starts AS integer[]), CAST(:char_ends AS integer[]),
    CAST(:titles AS text[]), CAST(:bodies AS text[]), CAST(:notes AS text[]),
    CAST(:title_words AS text[]), CAST(:body_words AS text[]), CAST(:notes_words AS text[]),
    CAST(:content_hashes AS text[]), CAST(:hidden AS boolean[])
) AS i(ordinal, page_number, char_start, char_end, title, body, notes,
       title_words, body_words, notes_words, content_hash, hidden)
CROSS JOIN materials m
JOIN material_details d ON d.material_id = m.id
CROSS JOIN LATERAL (
    SELECT setweight(search_vector_of(CAST(:configuration AS regconfig), i.title_words), 'A') title,
           setweight(search_vector_of(CAST(:configuration AS regconfig), i.body_words),
                     CAST(CASE i.ordinal WHEN 0 THEN 'B' ELSE 'D' END AS "char")) body,
           setweight(search_vector_of(CAST(:configuration AS regconfig), i.notes_words), 'C') notes
    OFFSET 0
) v
WHERE m.id = :material_id

--: copied_columns
-- The columns of passages that are copies, in the order of the table, for m = materials.
m.status, m.material_type, m.audience, m.universe_name, m.owner_id, m.updated_at,
(SELECT coalesce(array_agg(persona_id ORDER BY persona_id), '{}')
 FROM material_persona_association WHERE material_id = m.id),
(SELECT coalesce(array_agg(segment_id ORDER BY segment_id), '{}')
 FROM material_segment_association WHERE material_id = m.id)

--: copy_columns
-- Brings the copies in all passages of a material up to date; rewrites only rows that differ.
-- Parameters: material_id.
UPDATE passages p
SET status = c.status, material_type = c.material_type, audience = c.audience,
    universe_name = c.universe_name, owner_id = c.owner_id, updated_at = c.updated_at,
    persona_ids = c.persona_ids, segment_ids = c.segment_ids
FROM (SELECT {{copied_columns}} FROM materials m WHERE m.id = :material_id)
    AS c(status, material_type, audience, universe_name, owner_id, updated_at,
         persona_ids, segment_ids)
WHERE p.material_id = :material_id
  AND ({{copies(p)}}) IS DISTINCT FROM ({{copies(c)}})

--: material_vector
-- The material's own vector: that of passage 0 (name A; product, universe, tags, keywords, use
-- cases, pain points B; description C), and the lexemes of its pages, which match but carry no
-- positions. A tsvector ends at 1 MB; what the last pages alone hold is left out beyond that.
-- Parameters: material_id, most_bytes. Index: pk_passages.
SELECT own.search_vector || coalesce((
    SELECT array_to_tsvector(array_agg(lexeme)) FROM (
        SELECT l.lexeme,
               sum(octet_length(l.lexeme)) OVER (ORDER BY min(p.ordinal), l.lexeme) AS bytes
        FROM passages p CROSS JOIN LATERAL unnest(p.search_vector) l
        WHERE p.material_id = own.material_id AND p.ordinal > 0
        GROUP BY l.lexeme
    ) pages
    WHERE pages.bytes + (
        SELECT coalesce(sum(octet_length(l.lexeme) + 4 + 2 * cardinality(l.positions)), 0)
        FROM unnest(own.search_vector) l
    ) <= CAST(:most_bytes AS integer)
), '') AS search_vector
FROM passages own
WHERE own.material_id = :material_id AND own.ordinal = 0

--: write_material_vector
-- A row if it was another one. Parameters: those of material_vector.
UPDATE materials m
SET search_vector = v.search_vector
FROM ({{material_vector}}) v
WHERE m.id = :material_id AND m.search_vector IS DISTINCT FROM v.search_vector
RETURNING m.id

--: compare_material_vector
-- Whether a material's vector is as it would be written now. Parameters: those of material_vector.
SELECT m.search_vector IS NOT DISTINCT FROM v.search_vector
FROM materials m LEFT JOIN ({{material_vector}}) v ON true
WHERE m.id = :material_id

--: sample_materials
-- Materials in any order. Parameters: most (NULL: all of them).
SELECT material_id FROM material_details WHERE deleted_at IS NULL
ORDER BY random() LIMIT CAST(:most AS integer)

--: sample_lists
-- Lexemes that have a stored list, in any order. Parameters: most (NULL: all of them).
-- Index: pk_top_postings.
SELECT lexeme, language FROM top_postings ORDER BY random() LIMIT CAST(:most AS integer)

--: read_list
-- Parameters: lexeme, language. Index: pk_top_postings.
SELECT materials FROM top_postings WHERE lexeme = :lexeme AND language = :language

--: compare_list
-- How many materials a stored list has too many, or lacks. What was written since the lists were
-- stored is read as it stands and left out; so is what is gone. A vector of one lexeme is written
-- as a query for it is. Parameters: stored (its materials), lexeme, language.
-- Index: idx_materials_search_vector, pk_index_changes.
SELECT count(*)
FROM (
    SELECT m.id FROM unnest(CAST(:stored AS integer[])) listed JOIN materials m ON m.id = listed
) s
FULL JOIN (
    SELECT m.id FROM materials m JOIN material_details d ON d.material_id = m.id
    WHERE d.language = :language AND m.search_vector @@ CAST(
        CAST(array_to_tsvector(ARRAY[CAST(:lexeme AS text)]) AS text) AS tsquery)
) h ON h.id = s.id
WHERE (s.id IS NULL OR h.id IS NULL)
  AND EXISTS (
    SELECT FROM index_state i
    WHERE i.system_identifier = (SELECT system_identifier FROM pg_control_system())
      AND NOT EXISTS (
        SELECT FROM index_changes c
        WHERE c.material_id = coalesce(s.id, h.id)
          AND NOT pg_visible_in_snapshot(c.rewritten_in, i.snapshot)
      )
  )

--: note_change
-- What processes keep of a material to filter, count and sort by is out of date from this
-- transaction on. Parameters: material_id.
INSERT INTO index_changes (material_id, changed_in) VALUES (:material_id, pg_current_xact_id())
ON CONFLICT (material_id) DO UPDATE SET changed_in = EXCLUDED.changed_in

--: note_rewriting
-- So are the postings of its passages. Parameters: material_id.
INSERT INTO index_changes (material_id, changed_in, rewritten_in)
VALUES (:material_id, pg_current_xact_id(), pg_current_xact_id())
ON CONFLICT (material_id) DO UPDATE
SET changed_in = EXCLUDED.changed_in, rewritten_in = EXCLUDED.rewritten_in

--: clear_material_vector
-- Parameters: material_id.
UPDATE materials SET search_vector = NULL WHERE id = :material_id

--: note_language
-- Tells search that passages of this language exist. Parameters: language.
INSERT INTO corpus_statistics (language, passages, average_title, average_body)
VALUES (:language, 0, 1, 1) ON CONFLICT (language) DO NOTHING
