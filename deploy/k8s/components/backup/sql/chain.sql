-- What has to be restored, in order, to get to $(TargetUtc): the last full backup before it, the last differential of that one, and
-- every log from there to the first that begins after it, as only that is sure to reach it. One a line: what it is, a bar, its value.
SET NOCOUNT ON;
DECLARE @target DATETIME
    = CAST(CAST(N'$(TargetUtc)' AS DATETIMEOFFSET(0)) AT TIME ZONE CURRENT_TIMEZONE_ID() AS DATETIME);
DECLARE @full INT, @differential INT, @checkpoint NUMERIC(25, 0), @from NUMERIC(25, 0), @last DATETIME;

DECLARE @backups TABLE (
    id INT NOT NULL,
    kind CHAR(1) NOT NULL,
    last_lsn NUMERIC(25, 0) NOT NULL,
    checkpoint_lsn NUMERIC(25, 0) NULL,
    database_backup_lsn NUMERIC(25, 0) NULL,
    started DATETIME NOT NULL,
    finished DATETIME NOT NULL,
    url NVARCHAR(260) NOT NULL
);
INSERT INTO @backups (id, kind, last_lsn, checkpoint_lsn, database_backup_lsn, started, finished, url)
SELECT
    b.backup_set_id,
    b.type,
    b.last_lsn,
    b.checkpoint_lsn,
    b.database_backup_lsn,
    b.backup_start_date,
    b.backup_finish_date,
    m.physical_device_name
FROM msdb.dbo.backupset AS b
INNER JOIN msdb.dbo.backupmediafamily AS m ON b.media_set_id = m.media_set_id
WHERE
    b.database_name = N'$(Database)' AND b.is_copy_only = 0 AND b.type IN (N'D', N'I', N'L')
    AND m.physical_device_name LIKE N'$(BackupContainer)/%';

SELECT TOP (1)
    @full = f.id,
    @checkpoint = f.checkpoint_lsn,
    @from = f.last_lsn
FROM @backups AS f
WHERE f.kind = N'D' AND f.finished <= @target
ORDER BY f.finished DESC;

SELECT TOP (1)
    @differential = d.id,
    @from = d.last_lsn
FROM @backups AS d
WHERE d.kind = N'I' AND d.database_backup_lsn = @checkpoint AND d.finished <= @target
ORDER BY d.finished DESC;

SELECT @last = MIN(l.started) FROM @backups AS l WHERE l.kind = N'L' AND l.started > @target;

SELECT CONCAT(N'full|', b.url) AS line FROM @backups AS b WHERE b.id = @full;
SELECT CONCAT(N'differential|', b.url) AS line FROM @backups AS b WHERE b.id = @differential;
SELECT CONCAT(N'log|', b.url) AS line
FROM @backups AS b
WHERE b.kind = N'L' AND b.last_lsn > @from AND b.started <= @last
ORDER BY b.last_lsn;
SELECT CONCAT(CASE f.file_type WHEN N'D' THEN N'data|' ELSE N'tlog|' END, f.logical_name) AS line
FROM msdb.dbo.backupfile AS f
WHERE f.backup_set_id = @full AND f.file_type IN (N'D', N'L');
