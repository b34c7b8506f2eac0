-- Weekly, Saturday 04:00 UTC: whether every page of the database can be read and means something. It reads a snapshot, so
-- nobody waits for it. `sqlcmd -b` ends with an error when anything is found; runbooks/tail-log.md is the next page to open.
SET NOCOUNT ON;
DECLARE @found NVARCHAR(2000);

-- Without page checksums damage is only found by what it means.
IF EXISTS (SELECT 1 FROM sys.databases AS d WHERE d.database_id = DB_ID() AND d.page_verify_option_desc <> N'CHECKSUM')
    THROW 50030, N'PAGE_VERIFY is not CHECKSUM.', 1;

DBCC CHECKDB WITH NO_INFOMSGS, ALL_ERRORMSGS, DATA_PURITY;

-- Pages that a read met as damaged since; Azure SQL Database keeps no such list.
IF CAST(SERVERPROPERTY(N'EngineEdition') AS INT) <> 5
BEGIN
    SELECT @found = STRING_AGG(CONCAT(p.file_id, N':', p.page_id), N', ')
    FROM msdb.dbo.suspect_pages AS p
    WHERE p.database_id = DB_ID() AND p.event_type IN (1, 2, 3);
    IF @found IS NOT NULL
    BEGIN
        SET @found = N'Damaged pages: ' + @found;
        THROW 50031, @found, 1;
    END;
END;
