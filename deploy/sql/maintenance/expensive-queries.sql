-- The ten queries of this database that cost most (row G9), in two batches: of the plans that are cached now, and of the last hours by
-- the Query Store, which outlives a restart. Times in milliseconds; the views count microseconds. `erp-api diag slow-queries` runs
-- the second batch, with `--cache` the first.
SELECT TOP (10)
    CAST(qs.execution_count AS BIGINT) AS executions,
    CAST(qs.total_elapsed_time / 1000 AS BIGINT) AS total_ms,
    CAST(qs.total_elapsed_time / qs.execution_count / 1000 AS BIGINT) AS average_ms,
    CAST(qs.total_worker_time / 1000 AS BIGINT) AS cpu_ms,
    CAST(qs.total_logical_reads / qs.execution_count AS BIGINT) AS average_reads,
    CAST(
        SUBSTRING(
            st.text,
            (qs.statement_start_offset / 2) + 1,
            ((CASE qs.statement_end_offset WHEN -1 THEN DATALENGTH(st.text) ELSE qs.statement_end_offset END
            - qs.statement_start_offset) / 2) + 1
        ) AS NVARCHAR(4000)
    ) AS statement_text
FROM sys.dm_exec_query_stats AS qs
CROSS APPLY sys.dm_exec_sql_text(qs.sql_handle) AS st
CROSS APPLY sys.dm_exec_plan_attributes(qs.plan_handle) AS pa
WHERE pa.attribute = N'dbid' AND CAST(pa.value AS INT) = DB_ID()
ORDER BY qs.total_elapsed_time DESC;
GO
DECLARE @hours INT = 24;
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
WHERE i.end_time >= DATEADD(HOUR, -@hours, SYSDATETIMEOFFSET())
GROUP BY q.query_id
ORDER BY SUM(rs.avg_duration * rs.count_executions) DESC;
