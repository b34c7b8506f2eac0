//! Exports into the file store, as a client sees them.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::peers::Azurite;
use testkit::{Client, TenantKit, World};

const SALE: &[(&str, &str, &str)] = &[("1000", "115.00", ""), ("4000", "", "115.00")];

async fn books(settings: &[(&str, &str)]) -> (World, TenantKit) {
    let mut all = vec![("Bootstrap:Template", "empty")];
    all.extend_from_slice(settings);
    let world = World::with(&all).await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    tenant.accounts(&[("1000", "asset"), ("4000", "income")]).await;
    for day in 1..=20 {
        tenant.post(&format!("2026-03-{day:02}"), SALE).await;
    }
    (world, tenant)
}

async fn ended(client: &Client, job: &Value) -> Value {
    let path = format!("/jobs/{}", job["id"].as_str().unwrap());
    for _ in 0..400 {
        let job = client.get(&path).await.ok();
        if job["status"] != "running" {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the job did not end: {job}");
}

async fn a_file_equals_the_stream(world: &World, client: &Client) {
    for format in ["ndjson", "hledger"] {
        let path = format!("/exports/ledger?format={format}&from=2026-03-05");
        let begun = client.post(&path, Value::Null).await.expect(202);
        assert!(begun.header("location").starts_with("/api/v1/jobs/"));
        let job = ended(client, &begun.json()).await;
        assert_eq!((&job["status"], &job["type"]), (&json!("succeeded"), &json!("export_ledger")), "{job}");
        let content = job["result"]["content"].as_str().unwrap();
        let file = client.get(content).await.expect(200);
        let streamed = client.get(&path).await.expect(200);
        assert!(file.body == streamed.body && file.body.len() > 1_000);
        assert_eq!(json!(file.body.len()), job["result"]["size"]);
        let part = client.call("GET", content, &["Range: bytes=10-19"], "").await.expect(206);
        assert_eq!(part.body, &file.body[10..20]);
    }
    // A week later the file is gone, and the job still says what it was.
    world.clock.advance_seconds(8 * 86_400);
    let state = &world.parts.state;
    let swept =
        application::platform::attachments::sweep(&state.application, &*state.files.store).await.unwrap();
    assert_eq!(swept.removed, 2);
}

#[tokio::test]
async fn an_export_becomes_a_file_in_a_directory() {
    let (world, tenant) = books(&[]).await;
    a_file_equals_the_stream(&world, &tenant.client).await;
    let client = world.sign_in(&tenant.email, testkit::world::PASSWORD, None).await;
    let job = client.get("/jobs?type=export_ledger&limit=1").await.ok()["items"][0].clone();
    client.get(job["result"]["content"].as_str().unwrap()).await.expect(404);
}

#[tokio::test]
async fn an_export_becomes_a_file_in_azure() {
    let mut azurite = Azurite::start().await;
    let connection = azurite.connection_string();
    let (world, tenant) = books(&[("AzureStorage:ConnectionString", &connection)]).await;
    a_file_equals_the_stream(&world, &tenant.client).await;
    azurite.kill();
    let client = world.sign_in(&tenant.email, testkit::world::PASSWORD, None).await;
    let begun = client.post("/exports/ledger", Value::Null).await.expect(202).json();
    let job = ended(&client, &begun).await;
    assert_eq!(
        (&job["status"], &job["error"]["code"]),
        (&json!("failed"), &json!("file_store_unavailable")),
        "{job}"
    );
    let content = format!("/exports/{}/content", begun["id"].as_str().unwrap());
    assert_eq!(client.get(&content).await.expect(409).code(), "export_not_ready");
}

#[tokio::test]
async fn only_exports_are_read_as_exports() {
    let (_world, tenant) = books(&[]).await;
    let client = &tenant.client;
    let csv = ["Content-Type: text/csv", "Prefer: respond-async"];
    let job = client.call("POST", "/imports?type=accounts", &csv, "code,name,type\n7,Seven,asset\n").await;
    let path = format!("/exports/{}/content", job.expect(202).json()["id"].as_str().unwrap());
    client.get(&path).await.expect(404);
    assert_eq!(
        client.post("/exports/ledger?dryRun=true", Value::Null).await.expect(400).code(),
        "unknown_parameter"
    );
    let reversed =
        client.post("/exports/ledger?from=2026-03-02&to=2026-03-01", Value::Null).await.expect(422);
    assert_eq!(reversed.code(), "report_range_reversed");
}
