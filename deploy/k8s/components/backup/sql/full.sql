-- The full backup (row L1): daily at 02:00 UTC. Run it by
--   sqlcmd -S <server> -b -i full.sql -v Database=ErpProd BackupContainer=https://<account>.blob.core.windows.net/<container>
-- credential.sql has to be run once before. Only for SQL Server: Azure SQL Database has no BACKUP, and a Managed Instance takes
-- copies only, because both back themselves up; their retention is set by the infrastructure instead (X66).
IF CAST(SERVERPROPERTY(N'EngineEdition') AS INT) IN (5, 8)
    THROW 50010, N'This service backs itself up: set its retention instead.', 1;
DECLARE @database SYSNAME = N'$(Database)';
IF NOT EXISTS (SELECT 1 FROM sys.databases AS d WHERE d.name = @database AND d.recovery_model_desc = N'FULL')
    THROW 50011, N'The database is missing, or its recovery model is not FULL, so its log cannot be kept.', 1;

-- Every backup is a new blob: one that is immutable could not be written over anyway.
DECLARE @url NVARCHAR(1024) = N'$(BackupContainer)/' + @database + N'/full/' + @database + N'_full_'
    + FORMAT(SYSUTCDATETIME(), N'yyyyMMdd\THHmmss\Z') + N'.bak';

-- 4 MiB a transfer: with less, a blob's greatest number of blocks is reached at about 50 GB.
BACKUP DATABASE @database TO URL = @url
WITH
    CHECKSUM,
    STOP_ON_ERROR,
    COMPRESSION,
    ENCRYPTION (ALGORITHM = AES_256, SERVER CERTIFICATE = erp_backup),
    MAXTRANSFERSIZE = 4194304,
    BLOCKSIZE = 65536,
    STATS = 10;

-- Read back at once: a backup that cannot be read fails the job, not the restore.
RESTORE VERIFYONLY FROM URL = @url WITH CHECKSUM, STOP_ON_ERROR;
PRINT N'full backup: ' + @url;
