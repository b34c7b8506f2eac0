-- The catalogue of backups of one database, for `erp-api dr plan` (row L6); by hand with the database's name in the place of @p1.
-- The server writes moments in its own time zone; here they are in UTC. Copies that belong to no chain are left out.
SELECT
    m.physical_device_name AS url,
    CAST(s.first_lsn AS NVARCHAR(30)) AS first_lsn,
    CAST(s.last_lsn AS NVARCHAR(30)) AS last_lsn,
    CASE s.type WHEN 'D' THEN 'full' WHEN 'I' THEN 'diff' ELSE 'log' END AS kind,
    FORMAT(s.backup_start_date AT TIME ZONE CURRENT_TIMEZONE_ID() AT TIME ZONE 'UTC', 'yyyy-MM-dd\THH:mm:ss\Z') AS started_at,
    FORMAT(s.backup_finish_date AT TIME ZONE CURRENT_TIMEZONE_ID() AT TIME ZONE 'UTC', 'yyyy-MM-dd\THH:mm:ss\Z') AS finished_at,
    CASE WHEN s.type = 'I' THEN CAST(s.differential_base_lsn AS NVARCHAR(30)) END AS base_lsn,
    CASE WHEN s.type = 'D' THEN CAST(s.checkpoint_lsn AS NVARCHAR(30)) END AS checkpoint_lsn
FROM dbo.backupset AS s
INNER JOIN dbo.backupmediafamily AS m ON s.media_set_id = m.media_set_id AND m.family_sequence_number = 1 AND m.mirror = 0
WHERE
    s.database_name = @p1
    AND s.type IN ('D', 'I', 'L')
    AND (s.is_copy_only = 0 OR s.type = 'L')
    AND s.backup_finish_date >= DATEADD(DAY, -60, SYSDATETIME())
ORDER BY s.backup_finish_date, s.backup_set_id;
