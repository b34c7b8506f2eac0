-- Whether what was backed up in the last @hours can be restored (X73): each backup is read again with its checksums, and the logs
-- follow each other without a gap since the last full one. Run it as full.sql. It ends with an error that names the first fault.
DECLARE @database SYSNAME = N'$(Database)';
DECLARE @hours INT = 24;
DECLARE @url NVARCHAR(1024);
DECLARE @why NVARCHAR(2000);

DECLARE copies CURSOR LOCAL STATIC FOR
    SELECT m.physical_device_name
    FROM msdb.dbo.backupset AS b
    INNER JOIN msdb.dbo.backupmediafamily AS m ON m.media_set_id = b.media_set_id
    WHERE
        b.database_name = @database AND m.physical_device_name LIKE N'$(BackupContainer)/%'
        AND b.backup_finish_date >= DATEADD(HOUR, -@hours, SYSDATETIME())
    ORDER BY b.backup_finish_date;
OPEN copies;
FETCH NEXT FROM copies INTO @url;
IF @@FETCH_STATUS <> 0
    THROW 50015, N'Nothing was backed up in that time.', 1;
WHILE @@FETCH_STATUS = 0
BEGIN
    RESTORE VERIFYONLY FROM URL = @url WITH CHECKSUM, STOP_ON_ERROR;
    FETCH NEXT FROM copies INTO @url;
END;
CLOSE copies;
DEALLOCATE copies;

SELECT TOP (1) @why = m.physical_device_name
FROM msdb.dbo.backupset AS b
INNER JOIN msdb.dbo.backupmediafamily AS m ON m.media_set_id = b.media_set_id
WHERE
    b.database_name = @database AND m.physical_device_name LIKE N'$(BackupContainer)/%'
    AND b.backup_finish_date >= DATEADD(HOUR, -@hours, SYSDATETIME())
    AND (b.has_backup_checksums = 0 OR b.is_damaged = 1 OR b.key_algorithm IS NULL)
ORDER BY b.backup_finish_date;
IF @why IS NOT NULL
BEGIN
    SET @why = N'Without checksums, damaged or not encrypted: ' + @why;
    THROW 50016, @why, 1;
END;

-- A log begins where the one before it ended. One that somebody took elsewhere is a gap here.
WITH logs AS (
    SELECT
        b.first_lsn,
        b.backup_start_date,
        LAG(b.last_lsn) OVER (ORDER BY b.last_lsn, b.backup_set_id) AS expected_lsn
    FROM msdb.dbo.backupset AS b
    INNER JOIN msdb.dbo.backupmediafamily AS m ON m.media_set_id = b.media_set_id
    WHERE
        b.database_name = @database AND b.type = N'L' AND b.is_copy_only = 0
        AND m.physical_device_name LIKE N'$(BackupContainer)/%'
        AND b.backup_finish_date >= (
            SELECT MAX(f.backup_start_date) FROM msdb.dbo.backupset AS f
            WHERE f.database_name = @database AND f.type = N'D' AND f.is_copy_only = 0
        )
)

SELECT TOP (1) @why = CONVERT(NVARCHAR(30), g.backup_start_date, 126)
FROM logs AS g
WHERE g.first_lsn <> g.expected_lsn
ORDER BY g.backup_start_date;
IF @why IS NOT NULL
BEGIN
    SET @why = N'The log chain has a gap before the backup of ' + @why + N'; take a full or differential backup now.';
    THROW 50017, @why, 1;
END;
PRINT N'verified';
