-- Daily but on Saturday, 00:30 UTC (row G8): statistics of tables that changed, by the engine's own rule for large tables. An index
-- that was rebuilt has full ones and no changes since, so it is left alone; sp_updatestats would replace them by sampled ones.
DECLARE @statement NVARCHAR(MAX);
DECLARE stale CURSOR LOCAL STATIC FOR
    SELECT
        N'UPDATE STATISTICS ' + QUOTENAME(OBJECT_SCHEMA_NAME(s.object_id)) + N'.'
        + QUOTENAME(OBJECT_NAME(s.object_id)) + N' ' + QUOTENAME(s.name)
    FROM sys.stats AS s
    CROSS APPLY sys.dm_db_stats_properties(s.object_id, s.stats_id) AS p
    WHERE
        OBJECTPROPERTY(s.object_id, N'IsUserTable') = 1 AND p.modification_counter > 0
        AND p.modification_counter >= CASE WHEN p.rows < 25000 THEN 500 + p.rows / 5 ELSE SQRT(1000.0 * p.rows) END
    ORDER BY p.modification_counter DESC;
OPEN stale;
FETCH NEXT FROM stale INTO @statement;
WHILE @@FETCH_STATUS = 0
BEGIN
    EXEC sp_executesql @statement;
    FETCH NEXT FROM stale INTO @statement;
END;
CLOSE stale;
DEALLOCATE stale;
