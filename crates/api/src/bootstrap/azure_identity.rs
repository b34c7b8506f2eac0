//! The identities of the process in Azure.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use infrastructure::secrets::azure::AzureError;
use infrastructure::secrets::identity::{AzureIdentity, IdentityOptions};
use infrastructure::secrets::transport::http_client;

/// Identities of one process; a few connection strings name one each.
const IDENTITIES_MAX: usize = 16;

/// The identities of this process by what makes them. They are the environment's, as that is one for the process, and are
/// shared for their tokens: a login, a vault and the file store do not fetch one each time.
static IDENTITIES: Mutex<BTreeMap<(bool, Option<String>), AzureIdentity>> = Mutex::new(BTreeMap::new());

/// The identity the process has in Azure; another one of the machine's where `client_id` names it.
pub fn azure_identity(development: bool, client_id: Option<&str>) -> Result<AzureIdentity, AzureError> {
    let variable = |name: &str| match (name, client_id) {
        ("AZURE_CLIENT_ID", Some(client_id)) => Some(client_id.to_owned()),
        _ => std::env::var(name).ok(),
    };
    let options = IdentityOptions::from_variables(variable, development);
    let key = (development, options.client_id.clone());
    let mut identities = IDENTITIES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(identity) = identities.get(&key) {
        return Ok(identity.clone());
    }
    let identity = AzureIdentity::new(&options, &http_client(None)?)?;
    if identities.len() < IDENTITIES_MAX {
        identities.insert(key, identity.clone());
    }
    Ok(identity)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn an_identity_is_made_once_for_each_client() {
        let of = |client_id| azure_identity(false, Some(client_id)).unwrap().credential();
        let first = of("first");
        assert!(Arc::ptr_eq(&first, &of("first")));
        assert!(!Arc::ptr_eq(&first, &of("other")));
    }
}
