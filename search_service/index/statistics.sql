--: lock
-- One refresh at a time; the second one has nothing to add. One boolean.
SELECT pg_try_advisory_xact_lock(4711001)

--: languages
SELECT language FROM corpus_statistics ORDER BY language

--: write_corpus
-- Size and average lengths over published page passages of every language; a language that has
-- none borrows the lengths of the others, so that its drafts score as they would among those.
UPDATE corpus_statistics c
SET passages = coalesce(s.passages, 0),
    average_title = greatest(coalesce(s.average_title, a.average_title, 1), 0.001),
    average_body = greatest(coalesce(s.average_body, a.average_body, 1), 0.001),
    refreshed_at = CURRENT_TIMESTAMP
FROM corpus_statistics each
LEFT JOIN (
    SELECT language, count(*) passages, avg(length_title) average_title,
           avg(length_body) average_body
    FROM passages WHERE status = 'PUBLISHED' AND ordinal > 0 GROUP BY language
) s ON s.language = each.language
CROSS JOIN (
    SELECT avg(length_title) average_title, avg(length_body) average_body
    FROM passages WHERE status = 'PUBLISHED' AND ordinal > 0
) a
WHERE c.language = each.language

--: clear_lexemes
DELETE FROM lexeme_statistics WHERE language = :language

--: write_lexemes
-- Document frequencies over published page passages. Parameters: language, source: the statement
-- that ts_stat runs.
INSERT INTO lexeme_statistics (lexeme, language, document_frequency)
SELECT word, :language, ndoc FROM ts_stat(:source)

--: lexeme_source
SELECT search_vector FROM passages
WHERE language = %L AND status = 'PUBLISHED' AND ordinal > 0

--: clear_words
DELETE FROM surface_words WHERE language = :language

--: write_words
-- Words as they are written: letters only, 3 to 40 of them.
-- Parameters: language, source: the statement that ts_stat runs.
INSERT INTO surface_words (word, language, document_frequency)
SELECT word, :language, ndoc FROM ts_stat(:source)
WHERE word ~ '^[[:alpha:]]{3,40}$'

--: word_source
SELECT to_tsvector('simple', left(title || ' ' || body || ' ' || notes, 100000)) FROM passages
WHERE language = %L AND status = 'PUBLISHED'
