-- After a restore on another server (row L6): users whose logins are not there, or have another SID there. Run it in the restored
-- database, as a member of db_owner who may see logins. Users of Entra and contained users need no login and are left alone.
SET NOCOUNT ON;
DECLARE @statement NVARCHAR(MAX);
DECLARE @missing NVARCHAR(2000);

DECLARE strangers CURSOR LOCAL STATIC FOR
    SELECT N'ALTER USER ' + QUOTENAME(u.name) + N' WITH LOGIN = ' + QUOTENAME(l.name)
    FROM sys.database_principals AS u
    INNER JOIN sys.server_principals AS l ON l.name = u.name AND l.type = u.type
    WHERE u.type = N'S' AND u.authentication_type_desc = N'INSTANCE' AND u.principal_id > 4 AND u.sid <> l.sid
    ORDER BY u.name;
OPEN strangers;
FETCH NEXT FROM strangers INTO @statement;
WHILE @@FETCH_STATUS = 0
BEGIN
    PRINT @statement;
    EXEC sp_executesql @statement;
    FETCH NEXT FROM strangers INTO @statement;
END;
CLOSE strangers;
DEALLOCATE strangers;

-- Logins are made by hand, with the SID of the old server, so that the next restore finds them (runbooks/pitr.md).
SELECT @missing = STRING_AGG(CAST(u.name AS NVARCHAR(MAX)), N', ')
FROM sys.database_principals AS u
WHERE
    u.type = N'S' AND u.authentication_type_desc = N'INSTANCE' AND u.principal_id > 4
    AND NOT EXISTS (SELECT 1 FROM sys.server_principals AS l WHERE l.sid = u.sid);
IF @missing IS NOT NULL
BEGIN
    SET @missing = N'Users without a login: ' + @missing;
    THROW 50022, @missing, 1;
END;

-- The program's user may write rows, and nothing that is recorded for good.
IF NOT EXISTS (
    SELECT 1 FROM sys.database_role_members AS m WHERE m.role_principal_id = DATABASE_PRINCIPAL_ID(N'erp_application')
)
    THROW 50023, N'Nobody is a member of erp_application: the program could not come in.', 1;
PRINT N'every user has a login';
