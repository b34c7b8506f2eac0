//! The pieces as the process puts them together.

use infrastructure::secrets::azure::{Azure, AzureError, Store, check_connection_string};
use infrastructure::secrets::identity::TokenSource;

use super::{Cloud, news, value, workload};

#[tokio::test]
async fn one_identity_opens_vault_and_store() {
    let cloud = Cloud::start().await;
    cloud.stubs.vault().set("erp-jwt-key", "k");
    cloud.stubs.configuration().set("Cache:Ttl", Some("Production"), "300");
    let address = format!("{}/secrets/erp-jwt-key", cloud.stubs.origin());
    cloud.stubs.configuration().set_reference("Auth:Key", None, &address);
    let options = workload(&cloud.stubs, &cloud.folder);
    let azure = Azure::new(&options, cloud.http.clone(), cloud.clock.clone()).unwrap();
    let origin = cloud.stubs.origin();

    let vault = azure.key_vault(&origin, Some("erp")).unwrap();
    assert_eq!(value(&news(&*vault).await, "jwt-key").unwrap(), "k");
    let connection = cloud.stubs.configuration_connection_string();
    check_connection_string(&connection).unwrap();
    for store in [Store::Endpoint(&origin), Store::ConnectionString(&connection)] {
        let source = azure.app_configuration(store, "Production", None).unwrap();
        let layers = news(&*source).await;
        assert_eq!(value(&layers, "Cache:Ttl").unwrap(), "300");
        assert_eq!(value(&layers, "Auth:Key").unwrap(), "k");
        assert_eq!(source.name(), format!("App Configuration {origin}"));
    }
    assert!(azure.identity().token("https://database.windows.net/.default").await.is_ok());
    assert_eq!(cloud.stubs.entra().issued(), 3, "one token for each service");

    assert!(matches!(azure.key_vault("http://plain", None), Err(AzureError::Vault(_))));
    let wrong = azure.app_configuration(Store::ConnectionString("Secret=sentinel"), "Production", None);
    let text = wrong.err().unwrap().to_string();
    assert!(text.contains("Endpoint") && !text.contains("sentinel"), "{text}");
}
