--: session
-- Ends a report that takes too long. Parameters: timeout (ms, as text).
SELECT set_config('statement_timeout', :timeout, true)

--: visible_page
-- Parameters: material_id, page_number (0 for the whole material) and those of the access predicate.
-- One boolean. Index: materials_pkey.
SELECT EXISTS (
    SELECT FROM materials m JOIN material_details d ON d.material_id = m.id
    WHERE m.id = :material_id AND d.deleted_at IS NULL
      AND CAST(:page_number AS integer) BETWEEN 0 AND coalesce(d.page_count, 0)
      AND {{visible(m)}}
)

--: insert_click
-- Parameters: the columns.
INSERT INTO search_clicks (search_id, user_id, material_id, page_number, position)
VALUES (:search_id, :user_id, :material_id, :page_number, :position)
ON CONFLICT ON CONSTRAINT pk_search_clicks DO NOTHING

--: searches
-- The searches since a moment, each with whether its own searcher opened a hit. The command line
-- opens none. Parameters: since. Indexes: idx_search_log_logged_at, pk_search_clicks.
SELECT s.*,
       s.total > 0 AND s.channel <> 'cli' AS clickable,
       EXISTS (
           SELECT FROM search_clicks c
           WHERE c.search_id = s.search_id AND c.user_id = s.user_id
       ) AS clicked
FROM search_log s
WHERE s.logged_at >= :since

--: totals
-- Parameters: since. One row.
SELECT count(*) AS searches,
       count(DISTINCT user_id) AS people,
       count(*) FILTER (WHERE total = 0) AS without_results,
       count(*) FILTER (WHERE clickable AND NOT clicked) AS without_clicks
FROM ({{searches}}) s

--: top_queries
-- What was asked most. Parameters: since, most.
SELECT normalised_query AS query, count(*) AS searches, count(DISTINCT user_id) AS people,
       count(*) FILTER (WHERE clicked) AS clicked
FROM ({{searches}}) s
WHERE normalised_query <> ''
GROUP BY normalised_query
ORDER BY searches DESC, query
LIMIT :most

--: without_results
-- What was asked and not found, by persona and product. Parameters: since, most.
{{by_audience}}
WHERE s.total = 0
GROUP BY 1, 2, 3
ORDER BY searches DESC, query, persona, product
LIMIT :most

--: without_clicks
-- What was found and never opened, by persona and product. Parameters: since, most.
{{by_audience}}
WHERE s.clickable
GROUP BY 1, 2, 3
HAVING NOT bool_or(s.clicked)
ORDER BY searches DESC, query, persona, product
LIMIT :most

--: by_audience
-- Each search once for each persona and product that it was limited to; a persona goes by id or
-- by name.
SELECT s.normalised_query AS query,
       coalesce(p.name, given.persona) AS persona,
       product.value AS product,
       count(DISTINCT s.search_id) AS searches,
       count(DISTINCT s.user_id) AS people,
       CAST(max(s.logged_at) AS date) AS last_asked
FROM ({{searches}}) s
LEFT JOIN LATERAL jsonb_array_elements_text(s.filters -> 'persona') AS given(persona) ON true
LEFT JOIN personas p ON CAST(p.id AS text) = given.persona OR lower(p.name) = lower(given.persona)
LEFT JOIN LATERAL jsonb_array_elements_text(s.filters -> 'product') AS product(value) ON true

--: keep_out_erasing
-- Writing searches and erasing take turns, so that the one sees what the other did.
SELECT pg_advisory_xact_lock_shared(hashtext('search_log'))

--: begin_erasing
SELECT pg_advisory_xact_lock(hashtext('search_log'))

--: note_erasure
-- Parameters: user_id, erased_at.
INSERT INTO search_erasures (user_id, erased_at) VALUES (:user_id, :erased_at)
ON CONFLICT ON CONSTRAINT pk_search_erasures DO UPDATE SET erased_at = excluded.erased_at

--: delete_erased
-- Of the searches just written those of people who were erased meanwhile. Parameters: search_ids.
-- Index: pk_search_log.
DELETE FROM search_log s USING search_erasures e
WHERE s.search_id = ANY(CAST(:search_ids AS uuid[]))
  AND e.user_id = s.user_id AND s.logged_at <= e.erased_at

--: delete_searches_of
-- Parameters: user_id. Index: idx_search_log_user.
DELETE FROM search_log WHERE user_id = :user_id

--: delete_clicks_of
-- Parameters: user_id. Index: idx_search_clicks_user.
DELETE FROM search_clicks WHERE user_id = :user_id
