//! The memory of postings about accounts, periods and locks: a change is obeyed at once, and other writes leave it
//! alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use infrastructure::sql::dialect::Dialect;
use serde_json::{Value, json};
use testkit::world::entry;
use testkit::{Answer, Client, TenantKit, World};

const SALE: &[(&str, &str, &str)] = &[("1000", "1", ""), ("4000", "", "1")];
/// Postings that each of the clients must have begun after the change.
const POSTINGS_AFTER: usize = 3;
const POSTERS: usize = 4;

async fn books() -> (World, TenantKit) {
    let world =
        World::with(&[("Bootstrap:Template", "empty"), ("ConnectionStrings:Redis", "memory://")]).await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    tenant.accounts(&[("1000", "asset"), ("1100", "asset"), ("4000", "income")]).await;
    (world, tenant)
}

async fn post(client: &Client) -> Answer {
    client.post("/journal-entries", entry("2026-03-02", SALE, true)).await
}

/// How much the database was asked for one posting.
async fn asked(world: &World, client: &Client) -> u64 {
    // Rights that were forgotten are read again here, and not while the posting is measured.
    client.get("/me").await.ok();
    let before = world.parts.database.asked();
    post(client).await.expect(201);
    let asked = world.parts.database.asked().since(before);
    match world.parts.database.dialect() {
        Dialect::Sqlite => asked.statements,
        Dialect::SqlServer => asked.round_trips,
    }
}

async fn upload(client: &Client, document: &str) {
    let path = format!("/attachments?documentType=journal_entry&documentId={document}&name=a.pdf");
    let bytes = Body::from("%PDF-1.7\nan invoice\n%%EOF");
    client.call("POST", &path, &["Content-Type: application/pdf"], bytes).await.expect(201);
}

/// A posting after them asks no more than one before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uploads_rights_and_settings_empty_no_memory() {
    let (world, tenant) = books().await;
    let client = &tenant.client;
    let draft = client.post("/journal-entries", entry("2026-03-01", SALE, false)).await.expect(201).json();
    let draft = draft["id"].as_str().unwrap();
    post(client).await.expect(201);
    let warm = asked(&world, client).await;
    upload(client, draft).await;
    assert!(asked(&world, client).await <= warm, "an upload made a posting ask more than {warm}");
    let role =
        json!({ "code": "clerk", "name": { "en": "Clerk" }, "permissions": ["accounting.account.read"] });
    client.post("/roles", role).await.expect(201);
    assert!(asked(&world, client).await <= warm, "a role made a posting ask more than {warm}");
    let etag = client.get("/config/vat-rate").await.etag();
    client.with_etag("PUT", "/config/vat-rate", &etag, json!({ "value": "5" })).await.expect(200);
    assert!(asked(&world, client).await <= warm, "a setting made a posting ask more than {warm}");
    let recurring = json!({
        "code": "RENT", "name": { "en": "Rent" }, "startDate": "2026-04-01",
        "schedule": { "frequency": "monthly", "dayOfMonth": 1, "interval": 1 },
        "lines": entry("2026-03-01", SALE, false)["lines"],
    });
    client.post("/recurring-entries", recurring).await.expect(201);
    assert!(asked(&world, client).await <= warm, "a recurring entry made a posting ask more than {warm}");
}

/// Accounts of one tenant are nothing to the postings of another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_reference_data_empties_the_memory_of_its_tenant_alone() {
    let (world, tenant) = books().await;
    let other = world.tenant("beta", "SAR", "empty").await;
    post(&tenant.client).await.expect(201);
    let warm = asked(&world, &tenant.client).await;
    other.accounts(&[("1000", "asset"), ("4000", "income")]).await;
    world.tenant("gamma", "SAR", "empty").await;
    assert!(asked(&world, &tenant.client).await <= warm, "another tenant's accounts made a posting ask more");
    tenant.accounts(&[("1200", "asset")]).await;
    let again = asked(&world, &tenant.client).await;
    assert!(again > warm, "its own accounts are read again after a change ({again}, {warm} before)");
    assert!(asked(&world, &tenant.client).await <= warm);
}

/// A new combination of dimension values is added by a posting, and is no change of reference data.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_combination_of_dimension_values_empties_no_memory() {
    let (world, tenant) = books().await;
    let client = &tenant.client;
    let dimension = json!({ "code": "branch", "name": { "en": "Branch" } });
    let made = client.post("/dimensions", dimension).await.expect(201).json();
    let values = format!("/dimensions/{}/values", made["id"].as_str().unwrap());
    for code in ["RUH", "JED", "DMM"] {
        client.post(&values, json!({ "code": code, "name": { "en": code } })).await.expect(201);
    }
    let with = |code: &str| {
        let mut body = entry("2026-03-02", SALE, true);
        body["lines"][0]["dimensions"] = json!({ "branch": code });
        client.post("/journal-entries", body)
    };
    with("RUH").await.expect(201);
    with("JED").await.expect(201);
    post(client).await.expect(201);
    let warm = asked(&world, client).await;
    with("DMM").await.expect(201);
    assert!(asked(&world, client).await <= warm, "a new combination made the next posting ask more");
}

/// A posting that fails after it has stored a combination leaves nothing behind that the next one trusts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_combination_that_was_rolled_back_is_not_remembered() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let made = client.post("/dimensions", json!({ "code": "branch", "name": { "en": "Branch" } })).await;
    let values = format!("/dimensions/{}/values", made.expect(201).json()["id"].as_str().unwrap());
    client.post(&values, json!({ "code": "RUH", "name": { "en": "Riyadh" } })).await.expect(201);
    let mut body = entry("2026-03-02", &[SALE, SALE].concat(), true);
    for line in 0..4 {
        body["lines"][line]["dimensions"] = json!({ "branch": "RUH" });
    }
    client.post("/journal-entries?dryRun=true", body.clone()).await.expect(200);
    let posted = client.post("/journal-entries", body).await.expect(201).json();
    let path = format!("/journal-entries/{}", posted["id"].as_str().unwrap());
    let read = client.get(&path).await.ok();
    for line in read["lines"].as_array().unwrap() {
        assert_eq!(line["dimensions"], json!({ "branch": "RUH" }), "{read}");
    }
    assert_eq!(client.get("/integrity/checks").await.ok()["ok"], json!(true));
}

/// Postings run all the time; whoever posts after the change was answered is refused.
async fn obeyed_at_once<F: Future<Output = ()>>(
    tenant: &TenantKit,
    code: &str,
    change: impl FnOnce(Client) -> F,
) {
    let changed = Arc::new(AtomicBool::new(false));
    let began = Arc::new(tokio::sync::Semaphore::new(0));
    let posters: Vec<_> = (0..POSTERS)
        .map(|_| {
            let (client, changed, began) = (tenant.client.clone(), changed.clone(), began.clone());
            tokio::spawn(async move {
                let (mut accepted, mut after) = (0, Vec::new());
                while after.len() < POSTINGS_AFTER {
                    let late = changed.load(Ordering::SeqCst);
                    let answer = post(&client).await;
                    if late {
                        after.push((answer.status.as_u16(), answer.text()));
                    } else if answer.status.as_u16() == 201 {
                        accepted += 1;
                        began.add_permits(1);
                    }
                }
                (accepted, after)
            })
        })
        .collect();
    // Every poster has its answers remembered.
    drop(began.acquire_many(POSTERS as u32 * 2).await.unwrap());
    change(tenant.client.clone()).await;
    changed.store(true, Ordering::SeqCst);
    for poster in posters {
        let (accepted, after) = poster.await.unwrap();
        assert!(accepted > 0);
        for (status, text) in after {
            assert!(
                status != 201 && text.contains(code),
                "after the change a posting was answered {status} {text}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_is_closed_takes_no_posting_from_then_on() {
    let (_world, tenant) = books().await;
    let account = tenant.client.get("/accounts?code=1000").await.ok()["items"][0].clone();
    let path = format!("/accounts/{}", account["id"].as_str().unwrap());
    obeyed_at_once(&tenant, "account_inactive", async |client| {
        client.with_etag("PATCH", &path, "*", json!({ "active": false })).await.expect(200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_period_that_is_closed_takes_no_posting_from_then_on() {
    let (_world, tenant) = books().await;
    let periods = tenant.client.get("/fiscal-periods?kind=regular&start=2026-03-01").await.ok();
    let path = format!("/fiscal-periods/{}", periods["items"][0]["id"].as_str().unwrap());
    let etag = tenant.client.get(&path).await.etag();
    obeyed_at_once(&tenant, "fiscal_period_closed", async |client| {
        client.with_etag("POST", &format!("{path}/close"), &etag, Value::Null).await.expect(200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_is_set_is_obeyed_from_then_on() {
    let (_world, tenant) = books().await;
    let etag = tenant.client.get("/locks/fiscal").await.etag();
    obeyed_at_once(&tenant, "date_locked", async |client| {
        let body = json!({ "lockedThrough": "2026-03-10" });
        client.with_etag("PUT", "/locks/fiscal", &etag, body).await.expect(200);
    })
    .await;
}
