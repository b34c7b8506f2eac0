-- The catalogue of backups of one database, for `erp-api dr plan` (row L6); by hand with the database's name in the place of @p1.
-- The server writes moments in its own time zone; here they are in UTC. Copies that belong to no chain are left out.
SELECT
    CASE s.type WHEN 'D' THEN 'full' WHEN 'I' THEN 'diff' ELSE 'log' END AS kind,
    CONVERT(NVARCHAR(30), CAST(s.backup_start_date AT TIME ZONE CURRENT_TIMEZONE_ID() AT TIME ZONE 'UTC' AS DATETIME2(0)), 126)
    + N'Z' AS started_at,
    CONVERT(NVARCHAR(30), CAST(s.backup_finish_date AT TIME ZONE CURRENT_TIMEZONE_ID() AT TIME ZONE 'UTC' AS DATETIME2(0)), 126)
    + N'Z' AS finished_at,
    CONVERT(NVARCHAR(30), s.first_lsn) AS first_lsn,
    CONVERT(NVARCHAR(30), s.last_lsn) AS last_lsn,
    CASE WHEN s.type = 'I' THEN CONVERT(NVARCHAR(30), s.differential_base_lsn) END AS base_lsn,
    CASE WHEN s.type = 'D' THEN CONVERT(NVARCHAR(30), s.checkpoint_lsn) END AS checkpoint_lsn,
    m.physical_device_name AS url
FROM dbo.backupset AS s
INNER JOIN dbo.backupmediafamily AS m ON s.media_set_id = m.media_set_id AND m.family_sequence_number = 1 AND m.mirror = 0
WHERE
    s.database_name = @p1
    AND s.type IN ('D', 'I', 'L')
    AND (s.is_copy_only = 0 OR s.type = 'L')
    AND s.backup_finish_date >= DATEADD(DAY, -60, SYSDATETIME())
ORDER BY s.backup_finish_date, s.backup_set_id;
