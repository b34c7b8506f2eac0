//! Reference data remembered between transactions, under the version it was read at.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::TenantId;
use moka::sync::Cache;

use super::super::value::{Row, Value};

/// Tenants whose reference data is remembered.
const TENANTS_MAX: u64 = 1_000;
/// Answers remembered of one tenant; beyond it all of them are forgotten.
const ANSWERS_MAX: usize = 10_000;

type Answers = HashMap<(&'static str, Vec<Value>), Vec<Row>>;

/// Shared by all transactions of the process. A version is only ever equal while nothing changed, because whoever
/// changes reference data holds the tenant's lock alone and raises the version before giving it back.
pub struct SharedMemory(Cache<TenantId, Arc<Mutex<(i64, Answers)>>>);

impl Default for SharedMemory {
    fn default() -> Self {
        Self(Cache::new(TENANTS_MAX))
    }
}

impl SharedMemory {
    /// Look-ups of more keys are not remembered.
    pub const KEYS_MAX: usize = 200;

    pub fn get(&self, tenant: TenantId, version: i64, name: &'static str, key: &[Value]) -> Option<Vec<Row>> {
        let cell = self.0.get(&tenant)?;
        let mut held = cell.lock().unwrap_or_else(PoisonError::into_inner);
        if held.0 > version {
            // The server lost what it had committed, as a forced failover does; the number would come again.
            *held = (version, Answers::new());
        }
        if held.0 != version {
            return None;
        }
        held.1.get(&(name, key.to_vec())).cloned()
    }

    pub fn put(&self, tenant: TenantId, version: i64, name: &'static str, key: &[Value], rows: &[Row]) {
        let cell = self.0.get_with(tenant, || Arc::new(Mutex::new((version, Answers::new()))));
        let mut held = cell.lock().unwrap_or_else(PoisonError::into_inner);
        if held.0 != version || held.1.len() >= ANSWERS_MAX {
            *held = (version, Answers::new());
        }
        held.1.insert((name, key.to_vec()), rows.to_vec());
    }
}
