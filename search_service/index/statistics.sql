--: lock
-- One refresh at a time; the second one has nothing to add. One boolean.
SELECT pg_try_advisory_xact_lock(4711001)

--: languages
SELECT language FROM corpus_statistics ORDER BY language

--: write_corpus
-- Size and average lengths over published page passages. Parameters: language.
UPDATE corpus_statistics c
SET passages = s.passages, average_title = s.average_title, average_body = s.average_body,
    refreshed_at = CURRENT_TIMESTAMP
FROM (
    SELECT count(*) passages, greatest(coalesce(avg(length_title), 0), 0.001) average_title,
           greatest(coalesce(avg(length_body), 0), 0.001) average_body
    FROM passages WHERE language = :language AND status = 'PUBLISHED' AND ordinal > 0
) s
WHERE c.language = :language

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
