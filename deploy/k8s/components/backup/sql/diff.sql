-- The differential backup (row L2): 08:00, 14:00 and 20:00 UTC; what changed since the full one of 02:00. Run it as full.sql.
IF CAST(SERVERPROPERTY(N'EngineEdition') AS INT) IN (5, 8)
    THROW 50010, N'This service backs itself up: set its retention instead.', 1;
DECLARE @database SYSNAME = N'$(Database)';
-- A full backup that somebody else took elsewhere would be this one's base, and nobody would find it.
IF NOT EXISTS (
    SELECT 1
    FROM msdb.dbo.backupset AS b
    INNER JOIN msdb.dbo.backupmediafamily AS m ON m.media_set_id = b.media_set_id
    INNER JOIN sys.master_files AS f ON f.database_id = DB_ID(@database) AND f.file_id = 1
    WHERE
        b.database_name = @database AND b.type = N'D' AND b.backup_set_uuid = f.differential_base_guid
        AND m.physical_device_name LIKE N'$(BackupContainer)/%'
)
    THROW 50012, N'The last full backup is not in this container: take a full one first.', 1;

DECLARE @url NVARCHAR(1024) = N'$(BackupContainer)/' + @database + N'/diff/' + @database + N'_diff_'
    + FORMAT(SYSUTCDATETIME(), N'yyyyMMdd\THHmmss\Z') + N'.bak';

BACKUP DATABASE @database TO URL = @url
WITH
    DIFFERENTIAL,
    CHECKSUM,
    STOP_ON_ERROR,
    COMPRESSION,
    ENCRYPTION (ALGORITHM = AES_256, SERVER CERTIFICATE = erp_backup),
    MAXTRANSFERSIZE = 4194304,
    BLOCKSIZE = 65536,
    STATS = 10;

RESTORE VERIFYONLY FROM URL = @url WITH CHECKSUM, STOP_ON_ERROR;
PRINT N'differential backup: ' + @url;
