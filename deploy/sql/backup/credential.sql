-- Once a server, before its first backup: where the copies go, and the certificate that encrypts them. The secrets come from the
-- environment (sqlcmd reads variables from there), never from the command line or this file:
--   BackupSas           a shared access signature of the container, without the question mark; permissions create, write, read, list
--   MasterKeyPassword   of the master key of `master`
--   CertificatePassword of the exported private key; kept in the vault as `backup-certificate-password`
--   CertificateFolder   where the server writes the export; from there it goes into the vault and into the safe
--   sqlcmd -S <server> -d master -b -i credential.sql -v BackupContainer=https://<account>.blob.core.windows.net/<container>
-- Without the exported certificate and key no other server can ever restore these backups: the job is not done before both are
-- in the vault and a restore on another server has worked (runbooks/restore-drill.md).
SET NOCOUNT ON;
DECLARE @container NVARCHAR(400) = N'$(BackupContainer)';
DECLARE @statement NVARCHAR(MAX);

-- SQL Server finds the credential by its name, which is the container's address. QUOTENAME answers NULL beyond 128 characters, which
-- a signature has: texts are quoted by hand.
SET @statement = CASE WHEN EXISTS (SELECT 1 FROM sys.credentials AS c WHERE c.name = @container) THEN N'ALTER' ELSE N'CREATE' END
    + N' CREDENTIAL ' + QUOTENAME(@container)
    + N' WITH IDENTITY = N''SHARED ACCESS SIGNATURE'', SECRET = N''' + REPLACE(N'$(BackupSas)', N'''', N'''''') + N'''';
EXEC sp_executesql @statement;

IF NOT EXISTS (SELECT 1 FROM sys.symmetric_keys AS k WHERE k.name = N'##MS_DatabaseMasterKey##')
BEGIN
    SET @statement = N'CREATE MASTER KEY ENCRYPTION BY PASSWORD = N''' + REPLACE(N'$(MasterKeyPassword)', N'''', N'''''') + N'''';
    EXEC sp_executesql @statement;
END;

IF NOT EXISTS (SELECT 1 FROM sys.certificates AS c WHERE c.name = N'erp_backup')
BEGIN
    -- A certificate that has ended still restores; it only makes no new backups. Ten years, and cert-expiry.md watches it.
    SET @statement = N'CREATE CERTIFICATE erp_backup WITH SUBJECT = N''ERP backups'', EXPIRY_DATE = N'''
        + CONVERT(NVARCHAR(8), DATEADD(YEAR, 10, SYSUTCDATETIME()), 112) + N'''';
    EXEC sp_executesql @statement;
    SET @statement = N'BACKUP CERTIFICATE erp_backup TO FILE = N''$(CertificateFolder)/erp_backup.cer'''
        + N' WITH PRIVATE KEY (FILE = N''$(CertificateFolder)/erp_backup.key'', ENCRYPTION BY PASSWORD = N'''
        + REPLACE(N'$(CertificatePassword)', N'''', N'''''') + N''')';
    EXEC sp_executesql @statement;
    PRINT N'Exported erp_backup.cer and erp_backup.key: bring them to the vault and remove them from the server.';
END;
