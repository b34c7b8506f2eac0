//! Access: every operation of the document is tried, and one that is added without a case fails here.

use std::collections::BTreeMap;

use application::authorize::Access;
use erp_api::bootstrap::api_operations;
use http::StatusCode;
use serde_json::{Value, json};
use testkit::world::PASSWORD;
use testkit::{Client, TenantKit, World};

use crate::master_data::make_each;

/// Operations whose answer to strangers is their own affair: they authenticate by their body.
const BY_BODY: [&str; 3] = ["create_token", "revoke_token", "accept_invitation"];

struct Operation {
    id: &'static str,
    method: String,
    path: String,
    access: Access,
}

fn operations() -> Vec<Operation> {
    let registry = api_operations();
    let of = |operation: &erp_api::operation::Operation| {
        let (method, path) = operation.method_and_path();
        let access = operation.who().unwrap();
        Operation { id: operation.operation_id(), method: method.to_string(), path, access }
    };
    registry.iter().map(of).collect()
}

/// The path with its parameters filled in.
fn filled(path: &str, values: &BTreeMap<&str, String>) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = path;
    let mut so_far = String::new();
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        so_far.push_str(&rest[..at]);
        let end = rest.find('}').unwrap();
        let key = format!("{so_far}{}", &rest[at..=end]);
        let short = key.trim_start_matches("/api/v1").to_owned();
        let value = values.get(short.as_str()).ok_or(short.clone())?;
        out.push_str(value);
        so_far.push_str(&rest[at..=end]);
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

async fn try_it(client: &Client, operation: &Operation, path: &str) -> testkit::Answer {
    let body = if matches!(operation.method.as_str(), "POST" | "PUT" | "PATCH") { "{}" } else { "" };
    client.call(&operation.method, path, &["If-Match: *"], body).await
}

#[tokio::test]
async fn strangers_are_asked_to_sign_in() {
    let world = World::new().await;
    let mut bad = Vec::new();
    for operation in operations() {
        let path =
            operation.path.replace("{id}", "0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11").replace(['{', '}'], "");
        let answer = try_it(&world.anonymous(), &operation, &path).await;
        let open = operation.access == Access::Public || BY_BODY.contains(&operation.id);
        if (answer.status == StatusCode::UNAUTHORIZED) == open && !BY_BODY.contains(&operation.id) {
            bad.push(format!("{}: {}", operation.id, answer.status));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[tokio::test]
async fn whoever_has_no_role_is_refused_everywhere() {
    let world = World::new().await;
    let home = world.home().await;
    world.user(&home, "guest@home.example", &[]).await;
    let guest = world.sign_in("guest@home.example", PASSWORD, Some("home")).await;
    let mut bad = Vec::new();
    for operation in operations() {
        let path =
            operation.path.replace("{id}", "0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11").replace(['{', '}'], "");
        let answer = try_it(&guest, &operation, &path).await;
        let refused = answer.status == StatusCode::FORBIDDEN;
        let must = matches!(operation.access, Access::Permission(_) | Access::PlatformAdmin);
        if refused != must {
            bad.push(format!("{}: {} {}", operation.id, answer.status, answer.text()));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Ids of tenant A for every path that takes one. A new path without an entry here fails the test.
async fn things_of(tenant: &TenantKit) -> BTreeMap<&'static str, String> {
    let client = &tenant.client;
    let mut things = BTreeMap::new();
    let first = async |path: &str| {
        let list = client.get(path).await.ok();
        id(&list["items"][0])
    };
    client.post("/fiscal-years/generate", json!({ "start": "2026-01-01" })).await;
    tenant.accounts(&[("1", "asset"), ("2", "income")]).await;
    let posted = tenant.post("2026-03-01", &[("1", "5.00", ""), ("2", "", "5.00")]).await;
    things.insert("/journal-entries/{id}", id(&posted));
    for (path, list) in [
        ("/accounts/{id}", "/accounts"),
        ("/fiscal-years/{id}", "/fiscal-years"),
        ("/fiscal-periods/{id}", "/fiscal-periods"),
        ("/users/{id}", "/users"),
        ("/roles/{id}", "/roles"),
        ("/role-assignments/{id}", "/role-assignments"),
        ("/audit-log/{id}", "/audit-log"),
    ] {
        things.insert(path, first(list).await);
    }
    make_more(client, &mut things).await;
    settle(client, &mut things).await;
    documents(client, &mut things).await;
    dunning(client, &mut things).await;
    approval(client, &mut things).await;
    let file = format!(
        "/attachments?documentType=journal_entry&documentId={}&name=a.txt",
        things["/journal-entries/{id}"]
    );
    let attached = client.call("POST", &file, &["Content-Type: text/plain"], "x").await.expect(201);
    things.insert("/attachments/{id}", id(&attached.json()));
    things
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

/// Two open items that settle each other, and a day on which nothing foreign is there to be valued.
async fn settle(client: &Client, things: &mut BTreeMap<&'static str, String>) {
    let receivable = json!({ "code": "3", "name": { "en": "3" }, "type": "asset", "control": "receivable" });
    client.post("/accounts", receivable).await.expect(201);
    let lines = json!([
        { "accountCode": "3", "debit": "5.00", "party": "C" }, { "accountCode": "3", "credit": "5.00", "party": "C" },
    ]);
    let entry = json!({ "postingDate": "2026-03-01", "controlReason": "x", "post": true, "lines": lines });
    client.post("/journal-entries", entry).await.expect(201);
    let items = client.get("/open-items?sort=id").await.ok()["items"].clone();
    things.insert("/open-items/{id}", id(&items[0]));
    let item = |side: &str| id(items.as_array().unwrap().iter().find(|item| item["side"] == side).unwrap());
    let pair = json!({ "debitItemId": item("debit"), "creditItemId": item("credit") });
    let settled = client.post("/allocations", json!({ "date": "2026-03-01", "pairs": [pair] })).await.ok();
    things.insert("/allocations/{id}", id(&settled["allocations"][0]));
    client.post("/posting-rules", json!({ "slot": "write_off", "accountCode": "2" })).await.expect(201);
    let lines = json!([{ "accountCode": "2", "debit": "5.00" }, { "accountCode": "3", "credit": "5.00", "party": "C" }]);
    let entry = json!({ "postingDate": "2026-03-01", "controlReason": "x", "post": true, "lines": lines });
    client.post("/journal-entries", entry).await.expect(201);
    let unclaimed = client.get("/open-items?settledOn[isNull]=true").await.ok()["items"][0]["id"].clone();
    let body = json!({ "openItemIds": [unclaimed], "date": "2026-03-01", "reason": "x" });
    things.insert("/write-offs/{id}", id(&client.post("/write-offs", body).await.expect(201).json()));
    let run = client.post("/revaluation-runs", json!({ "date": "2026-03-31" })).await.expect(201);
    things.insert("/revaluation-runs/{id}", id(&run.json()));
    let till = json!({ "code": "5", "name": { "en": "5" }, "type": "asset", "reconcilable": true });
    client.post("/accounts", till).await.expect(201);
    let lines = json!([{ "accountCode": "5", "debit": "5.00" }, { "accountCode": "5", "credit": "5.00" }]);
    let entry = json!({ "postingDate": "2026-03-01", "post": true, "lines": lines });
    let entry = id(&client.post("/journal-entries", entry).await.expect(201).json());
    let lines = [1, 2].map(|line| json!({ "entryId": entry, "lineNo": line }));
    let matched = client.post("/line-matches", json!({ "lines": lines })).await.expect(201);
    things.insert("/line-matches/{id}", id(&matched.json()));
    let spread = json!({
        "code": "DEF", "name": { "en": "D" }, "sourceAccountCode": "1", "targetAccountCode": "2",
        "amount": "12.00", "start": "2026-01-01", "periods": 12,
    });
    let key = json!({
        "code": "KEY", "name": { "en": "K" }, "sourceCodeFrom": "2", "basis": "fixed",
        "targets": [{ "accountCode": "2", "share": "1" }],
    });
    client.post("/distribution-keys", key).await.expect(201);
    let run = json!({ "keyCode": "KEY", "date": "2026-03-31" });
    things.insert(
        "/distribution-runs/{id}",
        id(&client.post("/distribution-runs", run).await.expect(201).json()),
    );
    things.insert("/deferrals/{id}", id(&client.post("/deferrals", spread).await.expect(201).json()));
    let prepared = client.post("/vat-returns", json!({ "period": "2026-02" })).await.expect(201);
    things.insert("/vat-returns/{id}", id(&prepared.json()));
    things.insert("/vat-returns/{id}/boxes/{box}", "1".to_owned());
    let month = client.post("/withholding-returns", json!({ "month": "2026-02" })).await.expect(201);
    things.insert("/withholding-returns/{id}", id(&month.json()));
}

/// A dunning run with a notice.
async fn dunning(client: &Client, things: &mut BTreeMap<&'static str, String>) {
    let profile = json!({ "code": "DUN", "name": { "en": "D" }, "levels": [{ "daysOverdue": 1 }] });
    client.post("/dunning-profiles", profile).await.expect(201);
    let lines = json!([{ "accountCode": "3", "debit": "5.00", "party": "DOC" }, { "accountCode": "2", "credit": "5.00" }]);
    let entry = json!({ "postingDate": "2026-03-01", "controlReason": "x", "post": true, "lines": lines });
    client.post("/journal-entries", entry).await.expect(201);
    let run = json!({ "date": "2026-04-30", "profileCode": "DUN" });
    let run = client.post("/dunning-runs", run).await.expect(201).json();
    things.insert("/dunning-runs/{id}", id(&run));
    things.insert("/dunning-notices/{id}", id(&run["notices"][0]));
}

/// An entry that waits for approval; from here on the tenant's entries by hand need it.
async fn approval(client: &Client, things: &mut BTreeMap<&'static str, String>) {
    let steps = json!([{ "approverRoleCode": "financial_controller" }]);
    let policy = json!({ "code": "ALL", "name": { "en": "All" }, "priority": 1, "steps": steps });
    client.post("/approval-policies", policy).await.expect(201);
    let lines = json!([{ "accountCode": "1", "debit": "5.00" }, { "accountCode": "2", "credit": "5.00" }]);
    let draft = json!({ "postingDate": "2026-03-01", "lines": lines });
    let draft = id(&client.post("/journal-entries", draft).await.expect(201).json());
    let submit = format!("/journal-entries/{draft}/submit");
    let waiting = client.with_etag("POST", &submit, "*", Value::Null).await.expect(201);
    things.insert("/approvals/{id}", id(&waiting.json()));
}

/// A draft of each type of document.
async fn documents(client: &Client, things: &mut BTreeMap<&'static str, String>) {
    let party = json!({ "code": "DOC", "name": { "en": "D" }, "customer": {}, "supplier": {} });
    client.post("/parties", party).await.expect(201);
    let sale = json!({ "code": "DZ", "name": { "en": "Z" }, "kind": "vat_sale", "category": "Z", "reason": "VATEX-SA-35" });
    client.post("/tax-codes", sale).await.expect(201);
    let purchase = json!({ "code": "DP", "name": { "en": "P" }, "kind": "vat_purchase", "category": "Z" });
    client.post("/tax-codes", purchase).await.expect(201);
    let payable = json!({ "code": "4", "name": { "en": "4" }, "type": "liability", "control": "payable" });
    client.post("/accounts", payable).await.expect(201);
    for (slot, account) in [("receivable", "3"), ("payable", "4")] {
        let rule = json!({ "slot": slot, "accountCode": account });
        client.post("/posting-rules", rule).await.expect(201);
    }
    let line =
        |code: &str| json!([{ "description": "x", "unitPrice": "1", "taxCode": code, "accountCode": "2" }]);
    let (number, date) = ("1", "2026-01-01");
    for (collection, body) in [
        ("/quotations", json!({ "lines": line("DZ") })),
        ("/sales-orders", json!({ "lines": line("DZ") })),
        ("/purchase-orders", json!({ "lines": line("DP") })),
        ("/sales-invoices", json!({ "lines": line("DZ") })),
        (
            "/sales-credit-notes",
            json!({ "lines": line("DZ"), "correctsNumber": number, "correctsDate": date, "reason": "x" }),
        ),
        (
            "/sales-debit-notes",
            json!({ "lines": line("DZ"), "correctsNumber": number, "correctsDate": date, "reason": "x" }),
        ),
        ("/purchase-invoices", json!({ "lines": line("DP") })),
        (
            "/purchase-credit-notes",
            json!({ "lines": line("DP"), "correctsNumber": number, "correctsDate": date, "reason": "x" }),
        ),
        ("/receipts", json!({ "amount": "1", "accountCode": "1" })),
        ("/payments", json!({ "amount": "1", "accountCode": "1" })),
    ] {
        let mut body = body;
        body["partyCode"] = json!("DOC");
        let path: &'static str = format!("{collection}/{{id}}").leak();
        things.insert(path, id(&client.post(collection, body).await.expect(201).json()));
    }
    let recurring = json!({
        "code": "R", "name": { "en": "R" }, "startDate": "2026-01-01",
        "schedule": { "frequency": "monthly", "dayOfMonth": 1 }, "template": { "partyCode": "DOC", "lines": line("DZ") },
    });
    let recurring = client.post("/recurring-invoices", recurring).await.expect(201).json();
    things.insert("/recurring-invoices/{id}", id(&recurring));
}

/// Makes the things that a new tenant does not have yet.
async fn make_more(client: &Client, things: &mut BTreeMap<&'static str, String>) {
    // Made only in this tenant, so another one has no currency of that code.
    things.extend(make_each(client).await);
    let lines = json!([{ "accountCode": "1", "debit": "5.00" }, { "accountCode": "2", "credit": "5.00" }]);
    let schedule = json!({ "frequency": "monthly", "dayOfMonth": 1 });
    let invitation = json!({ "email": "invited@alpha.example", "name": "Invited" });
    let made = [
        ("/invitations", invitation),
        ("/api-keys", json!({ "name": "k", "scopes": ["accounting.*"] })),
        (
            "/lock-exceptions",
            json!({
                "kind": "fiscal", "userId": things["/users/{id}"], "expiresAt": "2026-12-31T00:00:00Z", "reason": "x",
            }),
        ),
        (
            "/recurring-entries",
            json!({
                "code": "R", "name": { "en": "R" }, "startDate": "2026-01-01", "lines": lines, "schedule": schedule,
            }),
        ),
    ];
    for (collection, body) in made {
        let path: &'static str = format!("{collection}/{{id}}").leak();
        things.insert(path, id(&client.post(collection, body).await.expect(201).json()));
    }
    let csv = ["Content-Type: text/csv", "Prefer: respond-async"];
    let job = client.call("POST", "/imports?type=accounts", &csv, "code,name,type\n7,Seven,asset\n").await;
    things.insert("/jobs/{id}", id(&job.expect(202).json()));
    let export = client.post("/exports/ledger", Value::Null).await.expect(202).json();
    things.insert("/exports/{id}", id(&export));
}

/// Paths whose last part is a key that every tenant has for itself: there is nothing of another tenant behind it.
const OWN_KEYS: [&str; 2] = ["/config/{key}", "/locks/{kind}"];

#[tokio::test]
async fn another_tenants_things_do_not_exist() {
    let world = World::new().await;
    let a = world.tenant("alpha", "SAR", "empty").await;
    let b = world.tenant("beta", "SAR", "empty").await;
    let things = things_of(&a).await;
    let mut bad = Vec::new();
    for operation in operations().iter().filter(|operation| operation.path.contains('{')) {
        let own_key = OWN_KEYS.iter().any(|path| operation.path.ends_with(path));
        if own_key || matches!(operation.access, Access::PlatformAdmin | Access::Public) {
            continue;
        }
        match filled(&operation.path, &things) {
            Err(parameter) => bad.push(format!("{}: no case for {parameter}", operation.id)),
            Ok(path) => {
                let answer = try_it(&b.client, operation, &path).await;
                // A body that is wrong by itself may be refused before anything is looked up; a right one may not.
                let by_body = matches!(operation.method.as_str(), "POST" | "PUT");
                let hidden =
                    answer.status == StatusCode::NOT_FOUND || (by_body && answer.status.as_u16() == 422);
                if !hidden {
                    bad.push(format!("{}: {} {}", operation.id, answer.status, answer.text()));
                }
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
