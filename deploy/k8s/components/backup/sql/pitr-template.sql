-- A point in time (row L6), into a database of another name beside the live one (X71). `erp-api dr plan --at <UTC>` fills this in
-- from the catalogue of backups; by hand it is run by
--   sqlcmd -S <server> -d master -b -i pitr.sql -v …
-- with the section "each log" repeated for each log backup, in order: from the first one after the differential (or full) backup to
-- the first one that begins after the point in time (GV13), or to the tail.
--   NewDatabase      such as ErpProd_20240115T143000Z
--   TargetUtc        such as 2024-01-15T14:30:00Z; always with its zone (X72)
--   FullUrl, DiffUrl, LogUrl
--   DataName, LogName, DataFile, LogFile    by RESTORE FILELISTONLY; the files must not be those of the live database
SET NOCOUNT ON;
IF DB_ID(N'$(NewDatabase)') IS NOT NULL
    THROW 50020, N'A database of that name is there already: nothing is restored over anything.', 1;

-- STOPAT is read as the server's local time, so the moment is converted, and both are printed.
DECLARE @target DATETIMEOFFSET(0) = CAST(N'$(TargetUtc)' AS DATETIMEOFFSET(0));
IF DATEPART(TZOFFSET, @target) <> 0 OR RIGHT(N'$(TargetUtc)', 1) <> N'Z'
    THROW 50021, N'TargetUtc has to be in UTC and to end with Z.', 1;
DECLARE @stop_at DATETIME = CAST(@target AT TIME ZONE CURRENT_TIMEZONE_ID() AS DATETIME);
PRINT N'restoring to ' + CONVERT(NVARCHAR(40), @target, 127) + N', on this server ' + CONVERT(NVARCHAR(40), @stop_at, 126);

RESTORE DATABASE [$(NewDatabase)] FROM URL = N'$(FullUrl)'
WITH
    NORECOVERY,
    CHECKSUM,
    STOP_ON_ERROR,
    MOVE N'$(DataName)' TO N'$(DataFile)',
    MOVE N'$(LogName)' TO N'$(LogFile)',
    STATS = 5;

-- begin: differential
RESTORE DATABASE [$(NewDatabase)] FROM URL = N'$(DiffUrl)'
WITH
    NORECOVERY,
    CHECKSUM,
    STOP_ON_ERROR,
    STATS = 5;
-- end: differential

-- begin: each log
RESTORE LOG [$(NewDatabase)] FROM URL = N'$(LogUrl)'
WITH
    NORECOVERY,
    CHECKSUM,
    STOP_ON_ERROR,
    -- In every log, the same: one log too many does not go past the point in time (X70).
    STOPAT = @stop_at;
-- end: each log

RESTORE DATABASE [$(NewDatabase)] WITH RECOVERY;

-- Nobody but who checks it comes in until post-restore-checks.sql has found nothing and the names are swapped.
ALTER DATABASE [$(NewDatabase)] SET RESTRICTED_USER WITH ROLLBACK IMMEDIATE;
