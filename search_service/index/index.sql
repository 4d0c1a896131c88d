--: lock_material
-- Serialises writers of one material and gives what its index is made of.
-- Parameters: material_id. One row, or none when there is no such material or it is deleted.
SELECT m.id, m.name, m.description, m.product_name, m.universe_name, m.tags, m.keywords,
       m.use_cases, m.pain_points, d.language
FROM materials m JOIN material_details d ON d.material_id = m.id
WHERE m.id = :material_id AND d.deleted_at IS NULL
FOR UPDATE OF m

--: delete_passages
-- Parameters: material_id, first and last ordinal.
DELETE FROM passages
WHERE material_id = :material_id AND ordinal BETWEEN :first AND :last

--: insert_passages
-- Parameters: material_id, configuration, and one array per column, all of the same length;
-- `title`, `body`, `notes` are shown, `title_words`, `body_words`, `notes_words` are indexed.
-- The title comes first and carries A; the body D, or B and C for a material's own words; notes C.
INSERT INTO passages (
    material_id, ordinal, version_ordinal, page_number, char_start, char_end,
    title, body, notes, content_hash, hidden, search_vector, length_title, length_body,
    language, status, material_type, audience, universe_name, owner_id, updated_at,
    persona_ids, segment_ids
)
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
           setweight(search_vector_of(CAST(:configuration AS regconfig), i.body_words), 'D') body,
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
SET (status, material_type, audience, universe_name, owner_id, updated_at,
     persona_ids, segment_ids) = (
    SELECT {{copied_columns}} FROM materials m WHERE m.id = p.material_id
)
WHERE p.material_id = :material_id

--: write_material_vector
-- The material's own vector: name A; product, universe, tags, keywords, use cases, pain points B;
-- description C; the stripped text of its passages D, which matches but carries no positions.
-- Parameters: material_id, configuration, name, subjects, description, body.
UPDATE materials
SET search_vector =
    setweight(search_vector_of(CAST(:configuration AS regconfig), CAST(:name AS text)), 'A')
    || setweight(search_vector_of(CAST(:configuration AS regconfig), CAST(:subjects AS text)), 'B')
    || setweight(
        search_vector_of(CAST(:configuration AS regconfig), CAST(:description AS text)), 'C')
    || coalesce((
        SELECT strip(setweight(
            search_vector_of(CAST(:configuration AS regconfig), CAST(:body AS text)), 'D'))
       ), '')
WHERE id = :material_id

--: clear_material_vector
-- Parameters: material_id.
UPDATE materials SET search_vector = NULL WHERE id = :material_id

--: read_passage_texts
-- The indexed text of a material's pages, in order. Parameters: material_id.
SELECT title, body, notes FROM passages
WHERE material_id = :material_id AND ordinal > 0 ORDER BY ordinal

--: note_language
-- Tells search that passages of this language exist. Parameters: language.
INSERT INTO corpus_statistics (language, passages, average_title, average_body)
VALUES (:language, 0, 1, 1) ON CONFLICT (language) DO NOTHING
