--: likeness
-- How much each hit is like the best ones: the weighted share of the lexemes typical of these that
-- its passage holds, saturated as in the score; 0 to 1. Typical is what stands in two sources or
-- more, weighed by how much and by its inverse document frequency. One row a hit that has any.
-- Parameters: ids, ordinals and shares (in parallel; a share above 0 makes a source), most
-- (typical lexemes), k1, and those of the access predicate.
-- Index: pk_passages, pk_lexeme_statistics.
WITH held AS MATERIALIZED (
    SELECT p.material_id, p.language, p.share, l.lexeme, l.frequency / (l.frequency + p.k1) AS weight
    FROM (
        SELECT p.material_id, p.language, p.search_vector, k.share,
               CAST(:k1 AS double precision) AS k1, {{length_factors}}
        FROM unnest(CAST(:ids AS integer[]), CAST(:ordinals AS integer[]),
                    CAST(:shares AS double precision[])) AS k(material_id, ordinal, share)
        JOIN passages p ON p.material_id = k.material_id AND p.ordinal = k.ordinal
        JOIN corpus_statistics c ON c.language = p.language
        WHERE {{visible(p)}}
        OFFSET 0
    ) p
    CROSS JOIN LATERAL (
        SELECT v.lexeme,
               cardinality(v.positions) * p.body_factor
               + cardinality(array_positions(v.weights, 'A')) * p.title_factor AS frequency
        FROM unnest(p.search_vector) v
    ) l
), typical AS MATERIALIZED (
    SELECT t.language, t.lexeme,
           t.weight * ln(1 + (n.passages - s.document_frequency + 0.5)
                             / (s.document_frequency + 0.5)) AS weight
    FROM (
        SELECT language, lexeme, sum(share * weight) AS weight
        FROM held WHERE share > 0
        GROUP BY language, lexeme HAVING count(*) > 1
    ) t
    JOIN lexeme_statistics s ON s.lexeme = t.lexeme AND s.language = t.language
    CROSS JOIN (
        SELECT CAST(sum(passages) AS double precision) AS passages FROM corpus_statistics
    ) n
    ORDER BY weight DESC, t.lexeme, t.language LIMIT CAST(:most AS integer)
)
SELECT h.material_id,
       sum(h.weight * t.weight) / (SELECT sum(weight) FROM typical) AS likeness
FROM held h JOIN typical t ON t.lexeme = h.lexeme AND t.language = h.language
GROUP BY h.material_id
