-- The ten queries of this database that took longest altogether, as long as their plans are cached (row G9). Times in milliseconds;
-- the view counts microseconds.
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
