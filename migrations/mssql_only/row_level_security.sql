-- A company's books are seen and written only under its own tenant, which the program names with every request
-- (`sql/mssql/session.rs`), whatever a statement forgets. Who maintains the database sets `all_tenants` to 1.
-- Every table with a tenant_id is in it but those named below, which are read before the tenant is known, or by work for
-- all tenants.
IF OBJECT_ID(N'own_rows') IS NULL EXEC(N'CREATE FUNCTION dbo.own_rows(@tenant_id BINARY(16)) RETURNS TABLE WITH SCHEMABINDING AS
RETURN SELECT 1 AS own WHERE @tenant_id = CAST(SESSION_CONTEXT(N''tenant_id'') AS BINARY(16))
    OR @tenant_id = CAST(SESSION_CONTEXT(N''entered_tenant_id'') AS BINARY(16))
    OR CAST(SESSION_CONTEXT(N''all_tenants'') AS INT) = 1');
GO
-- Tables that a later version adds join the policy.
DECLARE @added NVARCHAR(MAX) = (
    SELECT STRING_AGG(CAST(
        N'ADD FILTER PREDICATE dbo.own_rows(tenant_id) ON dbo.' + t.name
        + N', ADD BLOCK PREDICATE dbo.own_rows(tenant_id) ON dbo.' + t.name + N' AFTER INSERT'
        + N', ADD BLOCK PREDICATE dbo.own_rows(tenant_id) ON dbo.' + t.name + N' AFTER UPDATE' AS NVARCHAR(MAX)), N', ')
    FROM sys.tables AS t
        INNER JOIN sys.columns AS c ON c.object_id = t.object_id AND c.name = N'tenant_id'
    WHERE t.schema_id = SCHEMA_ID(N'dbo')
        AND t.name NOT IN (
            N'api_key', N'attachment', N'counter', N'idempotency', N'invitation', N'job', N'membership', N'outbox_event',
            N'refresh_token', N'stored_blob'
        )
        AND NOT EXISTS (SELECT 1 FROM sys.security_predicates AS p WHERE p.target_object_id = t.object_id)
);
IF @added IS NOT NULL AND EXISTS (SELECT 1 FROM sys.security_policies WHERE name = N'tenant_isolation')
    EXEC(N'ALTER SECURITY POLICY dbo.tenant_isolation ' + @added);
ELSE IF @added IS NOT NULL
    EXEC(N'CREATE SECURITY POLICY dbo.tenant_isolation ' + @added + N' WITH (STATE = ON)');
