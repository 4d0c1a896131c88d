--: exact
-- The score of every material of which a passage holds any term: nothing is left out by a bound.
-- Its factor is not in it, as it is the same for all materials of a benchmark.
-- Parameters: any_query, and those of the score.
SELECT g.material_id, {{material_score}} AS score
FROM (
    SELECT s.material_id,
           array_agg(s.score ORDER BY s.score DESC, s.ordinal) FILTER (WHERE s.ordinal > 0)
               AS pages,
           max(s.score) FILTER (WHERE s.ordinal = 0) AS own
    FROM (
        SELECT p.material_id, p.ordinal, {{score}} AS score
        FROM (
            SELECT p.material_id, p.ordinal, p.language, p.search_vector, {{length_factors}}
            FROM passages p JOIN corpus_statistics c ON c.language = p.language
            WHERE p.search_vector @@ CAST(:any_query AS tsquery)
            OFFSET 0
        ) p
        OFFSET 0
    ) s
    WHERE s.score > 0
    GROUP BY s.material_id
) g

--: unbounded
-- For the length of the transaction: as long as it takes, by whatever plan, on all cores.
SELECT set_config('statement_timeout', '0', true),
       set_config('enable_seqscan', 'on', true),
       set_config('max_parallel_workers_per_gather', '2', true)
