-- The log backup (row L3): every five minutes, so that at most those and the time of the copy are lost (X67). Run it as full.sql.
IF CAST(SERVERPROPERTY(N'EngineEdition') AS INT) IN (5, 8)
    THROW 50010, N'This service backs itself up: set its retention instead.', 1;
DECLARE @database SYSNAME = N'$(Database)';
-- Without a full backup, or after a change of the recovery model, there is no chain that this one could continue.
IF NOT EXISTS (
    SELECT 1 FROM sys.database_recovery_status AS s WHERE s.database_id = DB_ID(@database) AND s.last_log_backup_lsn IS NOT NULL
)
    THROW 50013, N'There is no log chain: take a full backup first.', 1;

DECLARE @url NVARCHAR(1024) = N'$(BackupContainer)/' + @database + N'/log/' + @database + N'_log_'
    + FORMAT(SYSUTCDATETIME(), N'yyyyMMdd\THHmmss\Z') + N'.trn';

BACKUP LOG @database TO URL = @url
WITH
    CHECKSUM,
    STOP_ON_ERROR,
    COMPRESSION,
    ENCRYPTION (ALGORITHM = AES_256, SERVER CERTIFICATE = erp_backup),
    MAXTRANSFERSIZE = 4194304,
    BLOCKSIZE = 65536;

RESTORE VERIFYONLY FROM URL = @url WITH CHECKSUM, STOP_ON_ERROR;
PRINT N'log backup: ' + @url;
