-- Friday 22:00 UTC (row G7): indexes by their fragmentation: below 5 % nothing, up to 30 % reorganised, above it rebuilt, online and
-- resumable where the edition can (Enterprise, Developer, Azure). One at a time; none begins after @minutes, and what is left waits
-- for the next week. The last one may take an hour more, which makes the three hours of the calendar.
DECLARE @minutes INT = 120;
DECLARE @until DATETIME2 = DATEADD(MINUTE, @minutes, SYSUTCDATETIME());
DECLARE @online BIT = CASE WHEN CAST(SERVERPROPERTY(N'EngineEdition') AS INT) IN (3, 5, 8) THEN 1 ELSE 0 END;
DECLARE @pages_min INT = 1000; -- smaller indexes gain nothing
DECLARE @statement NVARCHAR(MAX);

-- A rebuild that was paused or cut off goes on first.
DECLARE paused CURSOR LOCAL FAST_FORWARD FOR
    SELECT
        N'ALTER INDEX ' + QUOTENAME(r.name) + N' ON '
        + QUOTENAME(OBJECT_SCHEMA_NAME(r.object_id)) + N'.' + QUOTENAME(OBJECT_NAME(r.object_id)) + N' RESUME'
    FROM sys.index_resumable_operations AS r
    WHERE r.state_desc = N'PAUSED';
OPEN paused;
FETCH NEXT FROM paused INTO @statement;
WHILE @@FETCH_STATUS = 0 AND SYSUTCDATETIME() < @until
BEGIN
    EXEC sp_executesql @statement;
    FETCH NEXT FROM paused INTO @statement;
END;
CLOSE paused;
DEALLOCATE paused;

DECLARE worn CURSOR LOCAL STATIC FOR
    SELECT
        N'ALTER INDEX ' + QUOTENAME(i.name) + N' ON '
        + QUOTENAME(OBJECT_SCHEMA_NAME(i.object_id)) + N'.' + QUOTENAME(OBJECT_NAME(i.object_id))
        + CASE
            WHEN s.avg_fragmentation_in_percent <= 30 THEN N' REORGANIZE'
            WHEN @online = 1 THEN N' REBUILD WITH (ONLINE = ON, RESUMABLE = ON, MAX_DURATION = 60 MINUTES)'
            ELSE N' REBUILD'
        END
    FROM sys.dm_db_index_physical_stats(DB_ID(), NULL, NULL, NULL, N'LIMITED') AS s
    INNER JOIN sys.indexes AS i ON i.object_id = s.object_id AND i.index_id = s.index_id
    WHERE
        s.avg_fragmentation_in_percent >= 5 AND s.page_count >= @pages_min AND i.index_id > 0
        AND s.alloc_unit_type_desc = N'IN_ROW_DATA' AND OBJECTPROPERTY(i.object_id, N'IsMSShipped') = 0
    ORDER BY s.avg_fragmentation_in_percent DESC;
OPEN worn;
FETCH NEXT FROM worn INTO @statement;
WHILE @@FETCH_STATUS = 0 AND SYSUTCDATETIME() < @until
BEGIN
    EXEC sp_executesql @statement;
    FETCH NEXT FROM worn INTO @statement;
END;
CLOSE worn;
DEALLOCATE worn;
