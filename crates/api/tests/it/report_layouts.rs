//! Layouts as people write them: what is refused, where and in which words, and what the template brings.

use serde_json::{Value, json};
use testkit::world::PASSWORD;
use testkit::{Answer, TenantKit, World};

async fn tenant() -> (World, TenantKit) {
    World::books().await
}

fn layout(kind: &str, rows: Value) -> Value {
    json!({ "code": "OWN", "name": { "en": "Own", "ar": "خاص" }, "kind": kind, "rows": rows })
}

fn sales() -> Value {
    json!({ "code": "SALES", "name": { "en": "Sales" }, "accounts": [{ "from": "4000", "to": "4999" }], "side": "credit" })
}

fn row(code: &str, more: Value) -> Value {
    let mut row = json!({ "code": code, "name": { "en": code } });
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    row
}

async fn refused(tenant: &TenantKit, rows: Value) -> Vec<(String, String)> {
    let answer = tenant.client.post("/report-layouts", layout("income_statement", rows)).await.expect(422);
    answer.errors()
}

fn expected(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(at, code)| ((*at).to_owned(), (*code).to_owned())).collect()
}

#[tokio::test]
async fn everything_wrong_with_a_layout_is_said_at_once() {
    let (_world, tenant) = tenant().await;
    let rows = json!([
        sales(),
        row("SALES", json!({ "accountTypes": ["expense"] })),
        row("A", json!({ "kind": "formula", "formula": "B + MISSING" })),
        row("B", json!({ "kind": "total", "formula": "A" })),
        row("C", json!({ "kind": "formula" })),
        row("D", json!({})),
        row("E", json!({ "accounts": [{ "from": "4500" }, { "from": "7", "to": "6" }], "side": "credit" })),
        row("F", json!({ "kind": "heading", "headings": ["1000"] })),
        row("G", json!({ "headings": ["1000", "NONE"] })),
    ]);
    assert_eq!(
        refused(&tenant, rows).await,
        expected(&[
            ("/rows/4/formula", "layout_formula_missing"),
            ("/rows/7/headings", "layout_member_of_kind"),
            ("/rows/1/code", "layout_row_twice"),
            ("/rows/5/accounts", "layout_row_without_accounts"),
            ("/rows/6/accounts/0", "layout_ranges_overlap"),
            ("/rows/6/accounts/1", "layout_range_order"),
            ("/rows/3/formula", "layout_formula_circular"),
            ("/rows/2/formula", "layout_row_unknown"),
            ("/rows/8/headings/1", "account_code_unknown"),
        ])
    );
    let nameless =
        json!([{ "code": "A", "kind": "heading" }, { "code": "B", "name": {}, "kind": "headings" }]);
    assert_eq!(
        refused(&tenant, nameless).await,
        expected(&[
            ("/rows/0/name", "required"),
            ("/rows/1/name", "name_missing"),
            ("/rows/1/kind", "unknown_word")
        ])
    );
    assert_eq!(
        refused(&tenant, json!([row("A", json!({ "kind": "formula", "formula": "B * C" }))])).await,
        expected(&[("/rows/0/formula", "layout_formula_invalid")])
    );
    assert_eq!(refused(&tenant, json!([])).await[0].0, "/rows");
}

#[tokio::test]
async fn a_circle_is_told_in_both_languages() {
    let (_world, tenant) = tenant().await;
    let rows = json!([
        row("A", json!({ "kind": "formula", "formula": "B" })),
        row("B", json!({ "kind": "formula", "formula": "A" })),
    ]);
    for (language, words) in
        [("en", "The formula is circular: A = B = A."), ("ar", "الصيغة دائرية: A = B = A.")]
    {
        let body = layout("custom", rows.clone()).to_string();
        let headers = ["Content-Type: application/json".to_owned(), format!("Accept-Language: {language}")];
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let answer = tenant.client.call("POST", "/report-layouts", &headers, body).await.expect(422);
        assert_eq!(answer.json()["errors"][0]["detail"], words);
    }
}

/// Accounts decide, whatever the conditions look like: a heading and a type may meet where no ranges do.
#[tokio::test]
async fn an_account_that_two_rows_would_count_is_refused_by_name() {
    let (_world, tenant) = tenant().await;
    let rows = json!([
        row("REVENUE", json!({ "headings": ["4000"], "side": "credit" })),
        row("RETURNS", json!({ "accounts": [{ "from": "4160" }] })),
    ]);
    let answer =
        tenant.client.post("/report-layouts", layout("income_statement", rows.clone())).await.expect(422);
    assert_eq!(answer.errors(), expected(&[("/rows/1/accounts", "layout_account_twice")]));
    assert!(
        answer.text().contains("The account 4160 is counted by the rows REVENUE and RETURNS."),
        "{}",
        answer.text()
    );
    let mut memo = rows;
    memo[1]["memo"] = json!(true);
    tenant.client.post("/report-layouts", layout("income_statement", memo)).await.expect(201);
}

#[tokio::test]
async fn a_layout_is_read_as_it_was_written_and_changes_as_a_whole() {
    let (_world, tenant) = tenant().await;
    let client = &tenant.client;
    let rows = json!([
        sales(),
        row("COSTS", json!({ "accountTypes": ["expense"], "level": 2, "hidden": true })),
        row("RESULT", json!({ "kind": "total", "formula": "SALES - COSTS" }))
    ]);
    let created = client.post("/report-layouts", layout("income_statement", rows)).await.expect(201).json();
    assert_eq!(created["rows"][2]["formula"], "SALES - COSTS");
    assert_eq!(
        created["rows"][1],
        json!({
            "code": "COSTS", "name": { "ar": null, "en": "COSTS" }, "kind": "accounts", "accounts": [], "headings": [],
            "accountTypes": ["expense"], "cashFlow": [], "measure": null, "side": "debit", "formula": null, "level": 2,
            "hidden": true, "memo": false,
        })
    );
    let path = format!("/report-layouts/{}", created["id"].as_str().unwrap());
    assert_eq!(client.get(&path).await.ok(), created);
    // Rows of an answer are rows of a request.
    let copied =
        json!({ "code": "COPY", "name": created["name"], "kind": created["kind"], "rows": created["rows"] });
    let copy = client.post("/report-layouts", copied).await.expect(201).json();
    assert_eq!(copy["rows"], created["rows"]);
    let taken = client.post("/report-layouts", layout("custom", json!([sales()]))).await.expect(409);
    assert_eq!(taken.errors()[0].0, "/code");
    let sheet = json!({ "rows": [row("ALL", json!({ "formula": "NONE", "kind": "total" }))] });
    let refused = client.with_etag("PATCH", &path, "*", sheet).await.expect(422);
    assert_eq!(refused.errors(), expected(&[("/rows/0/formula", "layout_row_unknown")]));
    let measured =
        json!({ "rows": [row("ALL", json!({ "accountTypes": ["income"], "measure": "closing" }))] });
    let changed = client.with_etag("PATCH", &path, "*", measured).await.expect(200).json();
    assert_eq!((&changed["version"], &changed["rows"][0]["measure"]), (&json!(2), &json!("closing")));
    // What the new kind does not allow is found in rows that stay.
    let equity = json!({ "kind": "equity_changes" });
    let refused = client.with_etag("PATCH", &path, "*", equity).await.expect(422);
    assert_eq!(refused.errors(), expected(&[("/rows/0/measure", "layout_measure_of_equity")]));
}

#[tokio::test]
async fn the_template_brings_statements_and_tenants_that_are_there_get_them_too() {
    let (_world, tenant) = tenant().await;
    let client = &tenant.client;
    let codes = async || {
        let list = client.get("/report-layouts?sort=code").await.ok();
        list["items"].as_array().unwrap().iter().map(|layout| layout["code"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(codes().await, ["IFRS-SME-BS", "IFRS-SME-CF", "IFRS-SME-EQ", "IFRS-SME-IS"]);
    let list = client.get("/report-layouts?kind=cash_flow").await.ok();
    let path = format!("/report-layouts/{}", list["items"][0]["id"].as_str().unwrap());
    client.with_etag("DELETE", &path, "*", Value::Null).await.expect(204);
    let again = client.post("/tenants/current/setup", json!({ "template": "sa-standard" })).await.ok();
    assert_eq!(again["reportLayouts"], 1);
    assert_eq!(codes().await.len(), 4);
}

#[tokio::test]
async fn who_only_reads_makes_no_layout() {
    let (world, tenant) = tenant().await;
    let role = tenant.client.get("/roles?code=auditor").await.ok()["items"][0]["id"].clone();
    world.user(&tenant.client, "auditor@alpha.example", &[role.as_str().unwrap()]).await;
    let auditor = world.sign_in("auditor@alpha.example", PASSWORD, None).await;
    let answer: Answer = auditor.post("/report-layouts", layout("custom", json!([sales()]))).await;
    answer.expect(403);
    assert_eq!(auditor.get("/report-layouts").await.ok()["items"].as_array().unwrap().len(), 4);
    auditor.get("/reports/statement?layout=IFRS-SME-BS").await.expect(200);
}
