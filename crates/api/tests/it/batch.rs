//! Many operations in one request.

use infrastructure::sql::dialect::Dialect;
use serde_json::{Value, json};
use testkit::world::entry;
use testkit::{TenantKit, World};

const SALE: &[(&str, &str, &str)] = &[("1000", "10.00", ""), ("4000", "", "10.00")];

async fn books() -> (World, TenantKit) {
    World::books_of(&[("1000", "asset"), ("4000", "income")]).await
}

fn create(lines: &[(&str, &str, &str)]) -> Value {
    json!({ "method": "POST", "path": "/api/v1/journal-entries", "body": entry("2026-03-01", lines, true) })
}

async fn numbers(tenant: &TenantKit) -> Vec<String> {
    let list = tenant.client.get("/journal-entries?sort=number").await.ok();
    let items = list["items"].as_array().unwrap();
    items.iter().map(|entry| entry["number"].as_str().unwrap_or("-").to_owned()).collect()
}

#[tokio::test]
async fn each_operation_has_its_own_answer() {
    let (_world, tenant) = books().await;
    let operations = json!([
        create(SALE),
        create(&[("1000", "1.00", ""), ("9999", "", "1.00")]),
        { "method": "GET", "path": "/api/v1/journal-entries?limit=1" },
        { "method": "GET", "path": "/api/v1/nothing" },
        { "method": "POST", "path": "/api/v1/batch", "body": {} },
        { "method": "POST", "path": "/health/live" },
    ]);
    let answer = tenant.client.post("/batch", json!({ "items": operations })).await.expect(200).json();
    let statuses: Vec<_> =
        answer["results"].as_array().unwrap().iter().map(|r| r["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [201, 422, 200, 404, 422, 422]);
    assert_eq!(
        (&answer["committed"], &answer["succeeded"], &answer["failed"]),
        (&json!(true), &json!(2), &json!(4))
    );
    let created = &answer["results"][0];
    assert_eq!(created["headers"]["ETag"], "\"1\"");
    assert!(
        created["headers"]["Location"].as_str().unwrap().contains(created["body"]["id"].as_str().unwrap())
    );
    assert_eq!(answer["results"][1]["body"]["errors"][0]["code"], "account_code_unknown");
    assert_eq!(answer["results"][2]["body"]["items"].as_array().unwrap().len(), 1);
    assert_eq!(answer["results"][4]["body"]["code"], "batch_path_refused");
}

#[tokio::test]
async fn an_atomic_batch_is_kept_or_undone_as_a_whole() {
    let (_world, tenant) = books().await;
    let bad = create(&[("1000", "1.00", ""), ("9999", "", "1.00")]);
    let body = json!({ "atomic": true, "items": [create(SALE), bad, create(SALE)] });
    let answer = tenant.client.post("/batch", body).await.expect(200).json();
    let results = answer["results"].as_array().unwrap();
    let told: Vec<_> = results
        .iter()
        .map(|r| (r["status"].as_u64().unwrap(), r["body"]["code"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [(424, "batch_rolled_back"), (422, "account_code_unknown"), (424, "batch_rolled_back")]);
    assert_eq!((&answer["committed"], &answer["succeeded"]), (&json!(false), &json!(0)));
    assert!(numbers(&tenant).await.is_empty());

    let body = json!({ "atomic": true, "items": [create(SALE), create(SALE)] });
    let answer = tenant.client.post("/batch", body).await.expect(200).json();
    assert_eq!((&answer["committed"], &answer["succeeded"]), (&json!(true), &json!(2)), "{answer}");
    let numbers = numbers(&tenant).await;
    assert!(numbers[0].ends_with("000001") && numbers[1].ends_with("000002"), "{numbers:?}");

    let read = json!({ "atomic": true, "items": [{ "method": "GET", "path": "/api/v1/accounts" }] });
    let answer = tenant.client.post("/batch", read).await.expect(200).json();
    assert_eq!(answer["results"][0]["body"]["code"], "batch_read_in_atomic");
    tenant.post("2026-03-02", SALE).await;
}

#[tokio::test]
async fn an_atomic_batch_may_change_what_postings_look_up() {
    let (_world, tenant) = books().await;
    let listed = async || {
        let list = tenant.client.get("/accounts").await.ok();
        list["items"].as_array().unwrap().len()
    };
    assert_eq!(listed().await, 2);
    let account = |code: &str, kind: &str| {
        let body = json!({ "code": code, "name": { "en": code }, "type": kind });
        json!({ "method": "POST", "path": "/api/v1/accounts", "body": body })
    };
    let posting = create(&[("1200", "1.00", ""), ("4200", "", "1.00")]);
    let operations = json!([account("1200", "asset"), account("4200", "income"), posting]);
    let body = json!({ "atomic": true, "items": operations });
    let answer = tenant.client.post("/batch", body).await.expect(200).json();
    assert_eq!((&answer["committed"], &answer["succeeded"]), (&json!(true), &json!(3)), "{answer}");
    assert_eq!(listed().await, 4, "what was remembered of the list is forgotten");
    tenant.post("2026-03-02", &[("1200", "2.00", ""), ("4200", "", "2.00")]).await;
}

#[tokio::test]
async fn a_repeated_batch_repeats_nothing() {
    let (_world, tenant) = books().await;
    let body = json!({ "items": [create(SALE), create(SALE)] }).to_string();
    let headers = ["Idempotency-Key: b1"];
    let first = tenant.client.call("POST", "/batch", &headers, body.clone()).await.expect(200).json();
    let again = tenant.client.call("POST", "/batch", &headers, body).await.expect(200).json();
    assert_eq!(first["results"][1]["body"], again["results"][1]["body"]);
    assert_eq!(again["results"][0]["headers"]["Idempotency-Replayed"], "true");
    assert_eq!(numbers(&tenant).await.len(), 2);
}

#[tokio::test]
async fn a_batch_gives_nobody_more_rights() {
    let (world, tenant) = books().await;
    world.user(&tenant.client, "guest@alpha.example", &[]).await;
    let guest = world.sign_in("guest@alpha.example", testkit::world::PASSWORD, Some("alpha")).await;
    for atomic in [false, true] {
        let body = json!({ "atomic": atomic, "items": [create(SALE)] });
        let answer = guest.post("/batch", body).await.expect(200).json();
        assert_eq!(answer["results"][0]["status"], 403);
    }
    let many: Vec<_> = (0..1_001).map(|_| json!({ "method": "GET", "path": "/api/v1/me" })).collect();
    guest.post("/batch", json!({ "items": many })).await.expect(422);
}

#[tokio::test]
async fn a_batch_counts_as_its_operations() {
    let settings = [("Bootstrap:Template", "empty"), ("Limits:RatePerMinutePerUser", "60")];
    let world = World::with(&settings).await;
    let home = world.home().await;
    let batch = |count: usize| {
        let reads: Vec<_> = (0..count).map(|_| json!({ "method": "GET", "path": "/api/v1/me" })).collect();
        home.post("/batch", json!({ "items": reads }))
    };
    let left = |answer: &testkit::Answer| {
        let (_, rest) = answer.header("ratelimit").split_once("r=").unwrap();
        rest.split(';').next().unwrap().parse::<u32>().unwrap()
    };
    let before = left(&home.get("/me").await.expect(200));
    let ten = batch(10).await.expect(200);
    // One comes back each second while this runs.
    assert!(left(&ten) <= before.saturating_sub(7), "{before}: {}", left(&ten));
    let refused = batch(59).await.expect(429);
    assert_eq!((refused.code().as_str(), refused.header("retry-after").is_empty()), ("rate_limited", false));
    assert!(left(&refused) < 59);
    let never = batch(61).await.expect(422);
    assert_eq!(never.errors(), [("/items".to_owned(), "batch_over_rate".to_owned())]);
    batch(1).await.expect(200);
}

/// With a transaction of its own for each, thirty-two hashes would keep the writer from everybody.
#[tokio::test]
async fn others_post_while_an_atomic_batch_hashes_passwords() {
    let (world, tenant) = books().await;
    let id = world.user(&tenant.client, "clerk@alpha.example", &[]).await;
    let path = format!("/api/v1/users/{id}/set-password");
    let hash = |n: usize| {
        let body = json!({ "password": format!("a new and long password {n}") });
        json!({ "method": "POST", "path": path, "body": body, "headers": { "If-Match": "*" } })
    };
    // On a server, which may share the machine with the hashes, fewer postings end meanwhile. Blocked, none but the first
    // and the last would.
    let (hashes, enough) = match world.parts.database.dialect() {
        Dialect::Sqlite => (32, 3),
        Dialect::SqlServer => (48, 2),
    };
    let operations: Vec<_> = (0..hashes).map(hash).collect();
    let client = tenant.client.clone();
    let ended = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let batch = tokio::spawn({
        let ended = ended.clone();
        async move {
            let answer = client.post("/batch", json!({ "atomic": true, "items": operations })).await;
            ended.store(true, std::sync::atomic::Ordering::SeqCst);
            answer
        }
    });
    let mut meanwhile = 0;
    while !ended.load(std::sync::atomic::Ordering::SeqCst) {
        tenant.post("2026-03-01", SALE).await;
        meanwhile += usize::from(!ended.load(std::sync::atomic::Ordering::SeqCst));
    }
    let answer = batch.await.unwrap().expect(200).json();
    assert_eq!((&answer["committed"], &answer["succeeded"]), (&json!(true), &json!(hashes)), "{answer}");
    assert!(meanwhile >= enough, "{meanwhile} postings by others while the batch prepared itself");
    let last = format!("a new and long password {}", hashes - 1);
    world.sign_in("clerk@alpha.example", &last, Some("alpha")).await;
}

#[tokio::test]
async fn an_operation_that_fails_before_it_needs_the_transaction_undoes_the_others() {
    let (_world, tenant) = books().await;
    let malformed = json!({ "method": "POST", "path": "/api/v1/journal-entries", "body": [] });
    let operations = json!([create(SALE), malformed, create(SALE)]);
    let answer = tenant.client.post("/batch", json!({ "atomic": true, "items": operations })).await;
    let answer = answer.expect(200).json();
    let results = answer["results"].as_array().unwrap();
    let statuses: Vec<_> = results.iter().map(|result| result["status"].as_u64().unwrap()).collect();
    assert_eq!((statuses, &answer["committed"]), (vec![424, 422, 424], &json!(false)));
    assert!(numbers(&tenant).await.is_empty());
    tenant.post("2026-03-02", SALE).await;
}

/// Requests with many of a thing have them under the same name as the answers of lists.
#[test]
fn many_of_a_thing_are_items_in_requests_as_in_answers() {
    let document: Value =
        serde_json::from_str(&erp_api::bootstrap::api_operations().openapi_in_full().to_string()).unwrap();
    let resolved = |schema: &Value| match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap().clone(),
        None => schema.clone(),
    };
    let (mut taken, mut answered) = (Vec::new(), 0);
    for (path, operations) in document["paths"].as_object().unwrap() {
        let body = &operations["post"]["requestBody"]["content"]["application/json"]["schema"];
        if path.ends_with("/bulk") || path.ends_with("/batch") {
            assert_eq!(resolved(body)["required"], json!(["items"]), "{path}");
            taken.push(path.as_str());
        }
        let page = resolved(&operations["get"]["responses"]["200"]["content"]["application/json"]["schema"]);
        // A report is no list, even one in pages.
        if page["properties"].get("nextCursor").is_some() && !path.contains("/reports/") {
            assert_eq!(page["properties"]["items"]["type"], "array", "{path}");
            answered += 1;
        }
    }
    assert_eq!(
        taken,
        [
            "/api/v1/batch",
            "/api/v1/exchange-rates/bulk",
            "/api/v1/budgets/{id}/lines/bulk",
            "/api/v1/price-lists/{id}/prices/bulk"
        ]
    );
    assert!(answered > 15, "{answered} lists");
}
