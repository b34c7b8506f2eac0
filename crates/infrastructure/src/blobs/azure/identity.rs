//! The process's own identity, for connection strings without a secret.

use object_store::azure::MicrosoftAzureBuilder;

/// Where a token comes from. Which one is decided by the surroundings, once and in the open, and not by trying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A Kubernetes service account federated with Entra ID.
    Workload { client_id: String, tenant_id: String, token_file: String, authority: Option<String> },
    /// A virtual machine's or app service's identity; the id only where there are several.
    Managed { client_id: Option<String> },
    /// Whoever is signed in with `az login`; in Development only.
    DeveloperTools,
}

impl Identity {
    /// Reads what Azure puts into the environment: a federated token, otherwise a managed identity, and in Development
    /// the developer's own sign-in.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>, development: bool) -> Self {
        let client_id = variable("AZURE_CLIENT_ID");
        match (variable("AZURE_FEDERATED_TOKEN_FILE"), variable("AZURE_TENANT_ID"), client_id) {
            (Some(token_file), Some(tenant_id), Some(client_id)) => Self::Workload {
                client_id,
                tenant_id,
                token_file,
                authority: variable("AZURE_AUTHORITY_HOST"),
            },
            (_, _, None) if development => Self::DeveloperTools,
            (_, _, client_id) => Self::Managed { client_id },
        }
    }

    pub(super) fn apply(&self, builder: MicrosoftAzureBuilder) -> MicrosoftAzureBuilder {
        match self {
            Self::Workload { client_id, tenant_id, token_file, authority } => {
                let builder = builder
                    .with_credential_type("workload_identity")
                    .with_client_id(client_id)
                    .with_tenant_id(tenant_id)
                    .with_federated_token_file(token_file);
                match authority {
                    Some(host) => builder.with_authority_host(host),
                    None => builder,
                }
            }
            Self::Managed { client_id } => {
                let builder = builder.with_credential_type("managed_identity");
                match client_id {
                    Some(id) => builder.with_client_id(id),
                    None => builder,
                }
            }
            Self::DeveloperTools => builder.with_credential_type("azure_cli"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surroundings_decide() {
        let of = |pairs: &[(&str, &str)], development| {
            let find = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, v)| (*v).to_owned());
            Identity::from_variables(find, development)
        };
        let federated =
            [("AZURE_CLIENT_ID", "c"), ("AZURE_TENANT_ID", "t"), ("AZURE_FEDERATED_TOKEN_FILE", "/token")];
        assert!(
            matches!(of(&federated, true), Identity::Workload { token_file, .. } if token_file == "/token")
        );
        assert_eq!(of(&[], false), Identity::Managed { client_id: None });
        assert_eq!(of(&[], true), Identity::DeveloperTools);
        let named = Identity::Managed { client_id: Some("c".to_owned()) };
        assert_eq!(of(&[("AZURE_CLIENT_ID", "c")], true), named);
    }
}
