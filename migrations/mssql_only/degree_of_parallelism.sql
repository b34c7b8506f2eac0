-- SESSION_CONTEXT, by which row-level security knows the tenant, may be misread in a parallel plan while a connection's session is
-- reset for its next user (SQL Server 2019 CU14 and later): wrong totals, or an access violation. So plans are serial.
IF EXISTS (SELECT 1 FROM sys.database_scoped_configurations WHERE name = N'MAXDOP' AND value <> 1)
    ALTER DATABASE SCOPED CONFIGURATION SET MAXDOP = 1;
