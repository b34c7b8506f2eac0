-- The role of the program's own login: it writes rows and may neither change nor remove what is recorded for good.
-- Migrations are run by another login, the owner of the schema.
IF DATABASE_PRINCIPAL_ID(N'erp_application') IS NULL CREATE ROLE erp_application;
GO
GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA::dbo TO erp_application;
GRANT VIEW DATABASE STATE TO erp_application;
GRANT VIEW DEFINITION ON SCHEMA::dbo TO erp_application;
GO
DENY UPDATE, DELETE ON ledger_line TO erp_application;
DENY UPDATE, DELETE ON account_history TO erp_application;
DENY UPDATE, DELETE ON allocation TO erp_application;
DENY UPDATE, DELETE ON allocation_item TO erp_application;
DENY UPDATE, DELETE ON tax_entry TO erp_application;
DENY UPDATE, DELETE ON vat_return_entry TO erp_application;
DENY DELETE ON open_item TO erp_application;
DENY UPDATE, DELETE ON audit_log TO erp_application;
DENY UPDATE, DELETE ON outbox_event TO erp_application;
DENY INSERT, UPDATE, DELETE ON schema_migration TO erp_application;
