-- A company's books are seen and written only under its own tenant, which the program names with every request
-- (`sql/mssql/session.rs`), whatever a statement forgets. Who maintains the database sets `all_tenants` to 1.
-- Not in it: tables that are read before the tenant is known, or by work for all tenants.
IF OBJECT_ID(N'own_rows') IS NULL EXEC(N'CREATE FUNCTION dbo.own_rows(@tenant_id BINARY(16)) RETURNS TABLE WITH SCHEMABINDING AS
RETURN SELECT 1 AS own WHERE @tenant_id = CAST(SESSION_CONTEXT(N''tenant_id'') AS BINARY(16))
    OR @tenant_id = CAST(SESSION_CONTEXT(N''entered_tenant_id'') AS BINARY(16))
    OR CAST(SESSION_CONTEXT(N''all_tenants'') AS INT) = 1');
GO
-- Tables that a later version adds to the list join the policy.
DECLARE @added NVARCHAR(MAX) = (
    SELECT STRING_AGG(CAST(
        N'ADD FILTER PREDICATE dbo.own_rows(tenant_id) ON dbo.' + t.name
        + N', ADD BLOCK PREDICATE dbo.own_rows(tenant_id) ON dbo.' + t.name + N' AFTER INSERT'
        + N', ADD BLOCK PREDICATE dbo.own_rows(tenant_id) ON dbo.' + t.name + N' AFTER UPDATE' AS NVARCHAR(MAX)), N', ')
    FROM (VALUES
        (N'account'), (N'account_balance'), (N'account_history'), (N'audit_log'), (N'currency'), (N'daily_balance'), (N'dimension'),
        (N'dimension_balance'), (N'dimension_rule'), (N'dimension_set'), (N'dimension_set_value'),
        (N'dimension_value'), (N'exchange_rate'), (N'fiscal_period'), (N'fiscal_year'), (N'import_file'), (N'journal'),
        (N'journal_chain'), (N'journal_entry'), (N'journal_entry_draft'), (N'ledger_line'), (N'ledger_lock'),
        (N'ledger_settings'), (N'lock_exception'), (N'number_series'), (N'number_series_counter'),
        (N'recurring_entry'), (N'recurring_occurrence'), (N'role'), (N'role_assignment'), (N'role_permission'), (N'tax_code'), (N'tenant_setting')
    ) AS t(name)
    WHERE NOT EXISTS (SELECT 1 FROM sys.security_predicates AS p WHERE p.target_object_id = OBJECT_ID(N'dbo.' + t.name))
);
IF @added IS NOT NULL AND EXISTS (SELECT 1 FROM sys.security_policies WHERE name = N'tenant_isolation')
    EXEC(N'ALTER SECURITY POLICY dbo.tenant_isolation ' + @added);
ELSE IF @added IS NOT NULL
    EXEC(N'CREATE SECURITY POLICY dbo.tenant_isolation ' + @added + N' WITH (STATE = ON)');
