-- The tail of the log (row L6, X69): what happened since the last log backup. The first step of every restore that should lose
-- nothing. runbooks/tail-log.md says which form is needed; run it in `master` by
--   sqlcmd -S <server> -d master -b -i tail-log.sql -v Database=ErpProd BackupContainer=https://… Form=healthy
--   healthy   the database is up: the tail is taken, and the database is left RESTORING, so that nobody can write any more
--   damaged   the database is up, but the log has damaged pages: what can be read is taken, and errors are passed over
--   offline   the data files are missing or the database does not come up, and the log file is there
-- The restored database is told by CHECKSUM and CHECKDB what a damaged tail was worth.
DECLARE @database SYSNAME = N'$(Database)';
DECLARE @form NVARCHAR(20) = N'$(Form)';
IF @form NOT IN (N'healthy', N'damaged', N'offline')
    THROW 50014, N'Form is healthy, damaged or offline.', 1;
DECLARE @url NVARCHAR(1024) = N'$(BackupContainer)/' + @database + N'/tail/' + @database + N'_tail_'
    + FORMAT(SYSUTCDATETIME(), N'yyyyMMdd\THHmmss\Z') + N'.trn';

IF @form IN (N'healthy', N'damaged')
BEGIN
    -- NORECOVERY needs the database alone. Writers have been stopped before; what others have not committed is undone.
    DECLARE @alone NVARCHAR(400) = N'ALTER DATABASE ' + QUOTENAME(@database) + N' SET SINGLE_USER WITH ROLLBACK IMMEDIATE';
    EXEC sp_executesql @alone;
END;

IF @form = N'healthy'
BEGIN
    BACKUP LOG @database TO URL = @url
    WITH
        NORECOVERY,
        CHECKSUM,
        STOP_ON_ERROR,
        COMPRESSION,
        ENCRYPTION (ALGORITHM = AES_256, SERVER CERTIFICATE = erp_backup),
        MAXTRANSFERSIZE = 4194304,
        BLOCKSIZE = 65536;
    RESTORE VERIFYONLY FROM URL = @url WITH CHECKSUM, STOP_ON_ERROR;
END;

-- No verification of the next two: they may contain what is damaged, and are the only copy of it either way.
IF @form = N'damaged'
    BACKUP LOG @database TO URL = @url
    WITH
        NORECOVERY,
        CHECKSUM,
        CONTINUE_AFTER_ERROR,
        COMPRESSION,
        ENCRYPTION (ALGORITHM = AES_256, SERVER CERTIFICATE = erp_backup),
        MAXTRANSFERSIZE = 4194304,
        BLOCKSIZE = 65536;

IF @form = N'offline'
    BACKUP LOG @database TO URL = @url
    WITH
        NO_TRUNCATE,
        CHECKSUM,
        CONTINUE_AFTER_ERROR,
        COMPRESSION,
        ENCRYPTION (ALGORITHM = AES_256, SERVER CERTIFICATE = erp_backup),
        MAXTRANSFERSIZE = 4194304,
        BLOCKSIZE = 65536;

PRINT N'tail of the log: ' + @url;
