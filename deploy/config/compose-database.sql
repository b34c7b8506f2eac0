-- The database of docker compose and its two logins; may run any number of times. sqlcmd takes $(NAME) from the environment.
IF DB_ID(N'ErpDev') IS NULL CREATE DATABASE ErpDev;
GO
IF SUSER_ID(N'erp_owner') IS NULL CREATE LOGIN erp_owner WITH PASSWORD = N'$(ERP_DB_OWNER_PASSWORD)', DEFAULT_DATABASE = ErpDev;
IF SUSER_ID(N'erp_app') IS NULL CREATE LOGIN erp_app WITH PASSWORD = N'$(ERP_DB_PASSWORD)', DEFAULT_DATABASE = ErpDev;
ALTER LOGIN erp_owner WITH PASSWORD = N'$(ERP_DB_OWNER_PASSWORD)';
ALTER LOGIN erp_app WITH PASSWORD = N'$(ERP_DB_PASSWORD)';
GO
USE ErpDev;
GO
-- The schema's owner runs migrations; what the program may do is in the role, which migrations give its rights.
IF DATABASE_PRINCIPAL_ID(N'erp_owner') IS NULL CREATE USER erp_owner FOR LOGIN erp_owner;
IF DATABASE_PRINCIPAL_ID(N'erp_app') IS NULL CREATE USER erp_app FOR LOGIN erp_app;
IF DATABASE_PRINCIPAL_ID(N'erp_application') IS NULL CREATE ROLE erp_application;
ALTER ROLE db_owner ADD MEMBER erp_owner;
ALTER ROLE erp_application ADD MEMBER erp_app;
GO
