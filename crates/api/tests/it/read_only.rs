//! Read-only mode (A5): reads are answered, every change is refused, whatever the operation.

use erp_api::bootstrap::api_operations;
use serde_json::json;
use testkit::World;
use testkit::world::PASSWORD;

/// Proves: A5.
#[tokio::test]
async fn every_operation_that_changes_something_is_refused_in_both_languages() {
    let world = World::new().await;
    let home = world.home().await;
    world.parts.state.switches.set_region(true, false);
    let mut refused = 0;
    for operation in api_operations().iter() {
        let (method, path) = operation.method_and_path();
        let path = path.replace("{id}", "0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11");
        if method == "GET" || path.contains('{') {
            continue;
        }
        let answer = home.call(method.as_str(), &path, &[], "{}").await;
        // They change nothing, or decide by each of their parts.
        let own = [
            "/auth/token",
            "/batch",
            "/integrity/verify",
            "/tax-calculations",
            "/price-quotes",
            "/posting-rules/resolve",
        ];
        let answered = own.iter().any(|own| path.ends_with(own));
        if answered {
            assert_ne!(answer.status, 503, "{method} {path}: {}", answer.text());
            continue;
        }
        assert_eq!(answer.status, 503, "{method} {path}: {}", answer.text());
        assert_eq!((answer.code().as_str(), answer.header("retry-after")), ("read_only", "30"), "{path}");
        refused += 1;
    }
    assert!(refused > 40, "{refused}");
    let answer = home.call("POST", "/accounts?dryRun=true", &["Accept-Language: ar"], "{}").await.expect(503);
    assert_eq!(answer.header("content-language"), "ar");
    assert!(answer.json()["detail"].as_str().unwrap().contains("القراءة فقط"), "{}", answer.text());
    home.get("/accounts").await.expect(200);
    home.get("/reports/trial-balance?asOf=2026-03-15").await.expect(200);
    world.anonymous().call("POST", "/accounts", &[], "{}").await.expect(401);

    world.parts.state.switches.set_region(false, true);
    let again = home.call("POST", "/accounts", &["Content-Type: application/json"], "{}").await;
    assert_eq!(again.status, 422, "{}", again.text());
}

#[tokio::test]
async fn machines_sign_in_and_people_do_not() {
    let world = World::new().await;
    let home = world.home().await;
    let body = json!({ "name": "reader", "scopes": ["accounting.*"] });
    let key = home.post("/api-keys", body).await.ok();
    world.parts.state.switches.set_region(true, false);
    let form = ["Content-Type: application/x-www-form-urlencoded"];
    let secret = key["key"].as_str().unwrap();
    let prefix = key["prefix"].as_str().unwrap();
    let machine = format!("grant_type=client_credentials&client_id={prefix}&client_secret={secret}");
    let token = world.anonymous().call("POST", "/auth/token", &form, machine).await.ok();
    let machine = world.bearer(token["access_token"].as_str().unwrap());
    machine.get("/accounts").await.expect(200);
    world.bearer(secret).get("/accounts").await.expect(200);
    for grant in [
        format!("grant_type=password&username=admin%40home.example&password={}", PASSWORD.replace(' ', "+")),
        "grant_type=refresh_token&refresh_token=ert_x".to_owned(),
    ] {
        let answer = world.anonymous().call("POST", "/auth/token", &form, grant).await.expect(503);
        assert_eq!(answer.code(), "read_only");
    }
}

#[tokio::test]
async fn a_batch_may_read_and_each_change_in_it_is_refused() {
    let world = World::new().await;
    let home = world.home().await;
    world.parts.state.switches.set_region(true, false);
    let operations = json!([
        { "method": "GET", "path": "/api/v1/accounts" },
        { "method": "POST", "path": "/api/v1/accounts", "body": {} },
    ]);
    let batch = home.post("/batch", json!({ "items": operations })).await.ok();
    assert_eq!(batch["results"][0]["status"], 200);
    assert_eq!(batch["results"][1]["status"], 503);
    assert_eq!(batch["results"][1]["headers"]["Retry-After"], "30");
    let atomic = json!({ "atomic": true, "items": [operations[1]] });
    let answer = home.post("/batch", atomic).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (503, "read_only"));
}
