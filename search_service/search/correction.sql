--: published_words
-- Those of some words that are published. Parameters: words. Index: pk_surface_words.
SELECT word, array_agg(language ORDER BY language) AS languages,
       sum(document_frequency) AS document_frequency
FROM surface_words WHERE word = ANY(CAST(:words AS text[]))
GROUP BY word

--: similar_words
-- Published words like each typed one. Parameters: words, most (of each).
-- pg_trgm.similarity_threshold is set before, as `%` reads it. Index: idx_surface_words_trigrams.
SELECT u.word AS typed, s.word, s.languages, s.document_frequency
FROM unnest(CAST(:words AS text[])) AS u(word)
CROSS JOIN LATERAL (
    SELECT word, sum(document_frequency) AS document_frequency,
           array_agg(language ORDER BY language) AS languages
    FROM surface_words WHERE word % u.word
    GROUP BY word
    ORDER BY max(similarity(word, u.word)) DESC, document_frequency DESC, word
    LIMIT CAST(:most AS integer)
) s

--: threshold
-- For similar_words, to the end of the transaction. Two letters swapped in a word of six leave .27.
SELECT set_config('pg_trgm.similarity_threshold', '0.2', true)

--: visible_words
-- Which of some words stand in a visible material of their language. A stop word, which has no
-- lexeme, stands anywhere. Parameters: words, languages and configurations (in parallel), and those
-- of the access predicate. Asked of materials, which are far fewer than their passages.
-- Index: idx_materials_search_vector, pk_material_details.
SELECT DISTINCT w.word
FROM unnest(CAST(:words AS text[]), CAST(:languages AS text[]), CAST(:configurations AS text[]))
    AS w(word, language, configuration)
CROSS JOIN LATERAL (
    SELECT CAST(string_agg(quote_literal(lexeme), ' | ') AS tsquery) AS query
    FROM unnest(tsvector_to_array(
        search_vector_of(CAST(w.configuration AS regconfig), w.word))) AS l(lexeme)
) q
WHERE q.query IS NULL OR EXISTS (
    SELECT FROM materials m JOIN material_details d ON d.material_id = m.id
    WHERE m.search_vector @@ q.query AND d.language = w.language AND {{visible(m)}}
)
