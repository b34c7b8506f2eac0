//! Whose rows a connection may touch: `SESSION_CONTEXT`, which row-level security compares with the tenant of each row
//! (`migrations/mssql_only/row_level_security.sql`). It travels with the request that needs it, and the reset of a
//! connection on its way to the next user forgets it.

use domain::ids::TenantId;
use uuid::Uuid;

use super::super::value::Value;
use super::batch::{Batch, LOCK_REFUSED};
use super::tx::LOCK_TIMEOUT_MS;
use super::values::binary_constant;

/// The tenant of a transaction, and of a read.
const TENANT: &str = "tenant_id";
/// The other tenant a transaction has entered last.
const ENTERED: &str = "entered_tenant_id";

/// Names a transaction's tenant.
pub fn of_tenant(tenant: TenantId) -> String {
    set(TENANT, tenant.uuid())
}

/// Lets a transaction also touch another tenant's rows.
pub fn entered(tenant: TenantId) -> String {
    set(ENTERED, tenant.uuid())
}

fn set(key: &str, tenant: Uuid) -> String {
    format!("EXEC sp_set_session_context N'{key}', {};", binary_constant(tenant.as_bytes()))
}

/// Whose books a read is about: its first parameter. One that begins with something else is about no tenant's.
pub fn tenant_of(params: &[Value]) -> Option<TenantId> {
    match params.first() {
        Some(Value::Id(tenant)) => Some(TenantId::new(*tenant)),
        _ => None,
    }
}

/// The beginning of a read.
pub fn of_read(params: &[Value]) -> Batch {
    let mut batch = Batch::default();
    if let Some(tenant) = tenant_of(params) {
        batch.push(&format!("EXEC sp_set_session_context N'{TENANT}', @P1"), &[tenant.into()]);
    }
    batch
}

/// Takes a tenant's application lock until the transaction ends.
///
/// `n` keeps the variables of several locks in one batch apart.
pub fn tenant_lock(tenant: TenantId, mode: &str, n: usize) -> String {
    let resource = tenant.uuid().simple();
    format!(
        "DECLARE @lock{n} INT; EXEC @lock{n} = sp_getapplock @Resource = N'tenant:{resource}', \
         @LockMode = N'{mode}', @LockOwner = N'Transaction', @LockTimeout = {LOCK_TIMEOUT_MS}; \
         IF @lock{n} < 0 THROW {LOCK_REFUSED}, N'the tenant is locked', 1;"
    )
}
