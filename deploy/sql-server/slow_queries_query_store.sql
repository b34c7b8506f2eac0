-- The ten queries of this database that took longest altogether in the last @p1 hours, from the Query Store, which outlives a restart
-- (row G9). Times in milliseconds; the store counts microseconds.
SELECT TOP (10)
    CAST(SUM(rs.count_executions) AS BIGINT) AS executions,
    CAST(SUM(rs.avg_duration * rs.count_executions) / 1000 AS BIGINT) AS total_ms,
    CAST(SUM(rs.avg_duration * rs.count_executions) / SUM(rs.count_executions) / 1000 AS BIGINT) AS average_ms,
    CAST(SUM(rs.avg_cpu_time * rs.count_executions) / 1000 AS BIGINT) AS cpu_ms,
    CAST(SUM(rs.avg_logical_io_reads * rs.count_executions) / SUM(rs.count_executions) AS BIGINT) AS average_reads,
    CAST(MAX(qt.query_sql_text) AS NVARCHAR(4000)) AS statement_text
FROM sys.query_store_runtime_stats AS rs
INNER JOIN sys.query_store_runtime_stats_interval AS i ON i.runtime_stats_interval_id = rs.runtime_stats_interval_id
INNER JOIN sys.query_store_plan AS p ON p.plan_id = rs.plan_id
INNER JOIN sys.query_store_query AS q ON q.query_id = p.query_id
INNER JOIN sys.query_store_query_text AS qt ON qt.query_text_id = q.query_text_id
WHERE i.end_time >= DATEADD(HOUR, -CAST(@p1 AS INT), SYSDATETIMEOFFSET())
GROUP BY q.query_id
ORDER BY SUM(rs.avg_duration * rs.count_executions) DESC;
