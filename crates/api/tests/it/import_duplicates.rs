//! The same entries are imported once, whatever file they come in.

use serde_json::{Value, json};
use testkit::{Answer, TenantKit, World};

const POST: &str = "/imports?type=journal-entries&post=true";
const FILE: &str = "entry,date,account,debit,credit\n1,2026-02-01,6210,12.50,\n1,2026-02-01,1113,,12.50\n";

async fn upload(tenant: &TenantKit, path: &str, headers: &[&str], text: &str) -> Answer {
    let kind = if text.starts_with('{') { "application/x-ndjson" } else { "text/csv" };
    let kind = format!("Content-Type: {kind}");
    let patient = headers.iter().all(|header| !header.starts_with("Prefer")).then_some("Prefer: wait=60");
    let headers: Vec<&str> = headers.iter().copied().chain([kind.as_str()]).chain(patient).collect();
    tenant.client.call("POST", path, &headers, text.to_owned()).await
}

async fn entries(tenant: &TenantKit) -> usize {
    tenant.client.get("/journal-entries?limit=1000").await.ok()["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn the_same_entries_are_imported_once() {
    let (world, tenant) = World::books().await;
    let first = upload(&tenant, POST, &[], FILE).await.expect(200).json();
    let json = "{\"date\":\"2026-02-01\",\"entry\":1,\"account\":\"1113\",\"credit\":12.5}\n\
        {\"entry\":\"1\",\"account\":\"6210\",\"debit\":\"12.50\",\"currency\":\"SAR\"}\n";
    let files = [
        (FILE.to_owned(), vec![]),
        (FILE.to_owned(), vec!["Idempotency-Key: another"]),
        (FILE.replace('\n', "\r\n"), vec![]),
        (format!("\u{feff}{FILE}\n\n"), vec![]),
        (FILE.replace(',', ";"), vec![]),
        (FILE.replace("12.50", "12.5"), vec![]),
        (json.to_owned(), vec![]),
    ];
    for (text, headers) in &files {
        for path in [
            POST,
            "/imports?type=journal-entries",
            "/journal-entries/import?post=true",
            &format!("{POST}&dryRun=true"),
        ] {
            let refused = upload(&tenant, path, headers, text).await.expect(409);
            assert_eq!(refused.code(), "import_duplicate", "{text}");
            let detail = refused.json()["detail"].as_str().unwrap().to_owned();
            assert!(detail.contains(first["importId"].as_str().unwrap()), "it names the import: {detail}");
            assert!(detail.contains(first["firstNumber"].as_str().unwrap()), "and its numbers: {detail}");
        }
    }
    let arabic = upload(&tenant, POST, &["Accept-Language: ar"], FILE).await.expect(409);
    assert!(arabic.text().contains("allowDuplicate=true"));
    assert_eq!(entries(&tenant).await, 1);

    let again = upload(&tenant, &format!("{POST}&allowDuplicate=true"), &[], FILE).await.expect(200).json();
    assert_ne!(again["importId"], first["importId"]);
    let refused = upload(&tenant, POST, &[], FILE).await.expect(409).json();
    assert!(
        refused["detail"].as_str().unwrap().contains(again["importId"].as_str().unwrap()),
        "the last one"
    );
    upload(&tenant, &format!("{POST}&allowDuplicate=true"), &[], FILE).await.expect(200);
    assert_eq!(entries(&tenant).await, 3);
    upload(&tenant, POST, &[], &FILE.replace("12.50", "12.51")).await.expect(200);

    let other = world.tenant("beta", "SAR", "sa-standard").await;
    upload(&other, POST, &[], FILE).await.expect(200);
}

#[tokio::test]
async fn what_kept_nothing_does_not_count() {
    let (_world, tenant) = World::books().await;
    upload(&tenant, &format!("{POST}&dryRun=true"), &[], FILE).await.expect(200);
    upload(&tenant, POST, &[], &FILE.replace("6210", "nowhere")).await.expect(422);
    upload(&tenant, &format!("{POST}&journal=NOWHERE"), &[], FILE).await.expect(422);
    let key = ["Idempotency-Key: once"];
    let done = upload(&tenant, POST, &key, FILE).await.expect(200).json();
    let replayed = upload(&tenant, POST, &key, FILE).await.expect(200);
    assert_eq!((replayed.header("idempotency-replayed"), replayed.json()), ("true", done));
}

#[tokio::test]
async fn a_reversed_import_is_repeated_on_request() {
    let (_world, tenant) = World::books().await;
    upload(&tenant, POST, &[], FILE).await.expect(200);
    let list = tenant.client.get("/journal-entries").await.ok();
    let path = format!("/journal-entries/{}/reverse", list["items"][0]["id"].as_str().unwrap());
    let body = json!({ "reason": "wrong month", "postingDate": "2026-02-01" });
    tenant
        .client
        .call("POST", &path, &["If-Match: *", "Content-Type: application/json"], body.to_string())
        .await
        .expect(201);
    upload(&tenant, POST, &[], FILE).await.expect(409);
    upload(&tenant, &format!("{POST}&allowDuplicate=true"), &[], FILE).await.expect(200);
}

async fn ended(tenant: &TenantKit, location: &str) -> Value {
    loop {
        let job = tenant.client.get(location).await.ok();
        if job["status"] != "running" {
            return job;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn of_two_jobs_at_once_one_brings_the_entries() {
    let (_world, tenant) = World::books().await;
    let now = ["Prefer: respond-async"];
    let (first, second) = tokio::join!(upload(&tenant, POST, &now, FILE), upload(&tenant, POST, &now, FILE));
    let (first, second) = (first.expect(202), second.expect(202));
    let jobs =
        [ended(&tenant, first.header("location")).await, ended(&tenant, second.header("location")).await];
    let failed: Vec<_> = jobs.iter().filter(|job| job["status"] == "failed").collect();
    assert_eq!(failed.len(), 1, "{jobs:?}");
    assert_eq!(failed[0]["error"]["code"], "import_duplicate");
    let done = jobs.iter().find(|job| job["status"] == "succeeded").unwrap();
    assert_eq!(done["result"]["importId"], done["id"]);
    assert!(failed[0]["error"]["detail"].as_str().unwrap().contains(done["id"].as_str().unwrap()));
    assert_eq!(entries(&tenant).await, 1);
}

/// A file of accounts may come again, because an account is there once. One of opening balances is refused like any other.
#[tokio::test]
async fn accounts_may_come_again_and_opening_balances_may_not() {
    let (_world, tenant) = World::books().await;
    let accounts = "code,type,name\n9990,asset,Other\n";
    upload(&tenant, "/imports?type=accounts", &[], accounts).await.expect(200);
    let again = upload(&tenant, "/imports?type=accounts", &[], accounts).await.expect(200).json();
    assert_eq!(again["skipped"], 1);
    let path = "/imports?type=opening-balances&post=true";
    let cash = "account,debit,credit\n1113,100,\n";
    upload(&tenant, path, &[], cash).await.expect(200);
    assert_eq!(upload(&tenant, path, &[], cash).await.expect(409).code(), "import_duplicate");
    upload(&tenant, path, &[], "account,debit,credit\n3110,,100\n").await.expect(200);
    let opened = tenant.client.get("/opening-balances").await.ok();
    assert_eq!((&opened["complete"], opened["entries"].as_array().unwrap().len()), (&json!(true), 2));
    let entry = format!("/journal-entries/{}/reverse", opened["entries"][1]["id"].as_str().unwrap());
    let body = json!({ "reason": "wrong", "postingDate": opened["entries"][1]["postingDate"] });
    tenant.client.with_etag("POST", &entry, "*", body).await.expect(201);
    upload(&tenant, &format!("{path}&allowDuplicate=true"), &[], cash).await.expect(200);
}

#[test]
fn the_document_names_every_parameter_of_an_import() {
    let document: Value =
        serde_json::from_str(&erp_api::bootstrap::api_operations().openapi_in_full().to_string()).unwrap();
    let expected = [
        (
            "/api/v1/imports",
            vec![
                "allowDuplicate",
                "createDimensions",
                "createPeriods",
                "date",
                "journal",
                "post",
                "type",
                "update",
            ],
        ),
        (
            "/api/v1/journal-entries/import",
            vec!["allowDuplicate", "createDimensions", "createPeriods", "journal", "post"],
        ),
        ("/api/v1/batch", vec![]),
    ];
    for (path, names) in expected {
        let parameters = document["paths"][path]["post"]["parameters"].as_array().unwrap();
        let found = |wanted: &str| {
            parameters.iter().any(|parameter| {
                parameter["name"] == wanted
                    || parameter["$ref"]
                        .as_str()
                        .is_some_and(|reference| reference.ends_with(&format!("/{wanted}")))
            })
        };
        assert!(found("IdempotencyKey"), "{path}");
        assert_eq!(found("DryRun"), path != "/api/v1/batch", "{path}");
        for name in names {
            assert!(found(name), "{path}: {name}");
        }
    }
}

/// A file does to the same books what the operation does: opening balances are posted, entries stay drafts.
#[tokio::test]
async fn a_file_is_posted_when_the_operation_of_its_kind_posts() {
    let (_world, tenant) = World::books().await;
    let opening = "account,debit,credit\n1113,100,\n";
    let entries = "entry,date,account,debit,credit\n1,2026-02-01,6210,5,\n1,2026-02-01,1113,,5\n";
    let draft =
        upload(&tenant, "/imports?type=opening-balances&post=false", &[], opening).await.expect(200).json();
    assert_eq!(draft["posted"], false);
    assert_eq!(tenant.client.get("/opening-balances").await.ok()["entries"], json!([]));
    let tried =
        upload(&tenant, "/imports?type=opening-balances&dryRun=true&allowDuplicate=true", &[], opening)
            .await
            .expect(200)
            .json();
    assert_eq!(tried["posted"], true);
    let path = "/imports?type=opening-balances&allowDuplicate=true";
    let posted = upload(&tenant, path, &[], opening).await.expect(200).json();
    assert_eq!((&posted["posted"], &posted["entries"]), (&json!(true), &json!(1)));
    assert_eq!(tenant.client.get("/opening-balances").await.ok()["entries"][0]["status"], "posted");
    for path in ["/imports?type=journal-entries", "/journal-entries/import?allowDuplicate=true"] {
        let drafts = upload(&tenant, path, &[], entries).await.expect(200).json();
        assert_eq!(drafts["posted"], false, "{path}");
    }
}

/// A user who may make opening balances makes them by either way, without the right to post other entries.
#[tokio::test]
async fn a_file_of_opening_balances_takes_the_rights_of_the_operation() {
    let (world, tenant) = World::books().await;
    let mut permissions = vec!["accounting.import.create"];
    let opening = "account,debit,credit\n1113,100,\n";
    for (code, status) in [("A", 403), ("B", 200)] {
        let role = json!({ "code": code, "name": { "en": code }, "permissions": permissions });
        let role = tenant.client.post("/roles", role).await.expect(201).json();
        let email = format!("{}@alpha.example", code.to_lowercase());
        world.user(&tenant.client, &email, &[role["id"].as_str().unwrap()]).await;
        let client = world.sign_in(&email, testkit::world::PASSWORD, None).await;
        let clerk = TenantKit { client, ..tenant.clone() };
        upload(&clerk, "/imports?type=opening-balances", &[], opening).await.expect(status);
        permissions.push("accounting.opening_balance.create");
    }
    assert_eq!(tenant.client.get("/opening-balances").await.ok()["entries"][0]["status"], "posted");
}
