//! VAT of journal entries by hand, as a client sees it: it is in the return like that of documents.

use serde_json::{Value, json};
use testkit::{Client, TenantKit, World};

use crate::taxed::{boxes, lines, path, text};

async fn company() -> (World, TenantKit) {
    let world = World::new().await;
    world.clock.set("2026-07-10T09:00:00Z");
    let tenant = world.tenant("alpha", "SAR", "sa-standard").await;
    (world, tenant)
}

fn line(account: &str, side: &str, amount: &str, tax_code: &str) -> Value {
    let mut line = json!({ "accountCode": account, side: amount });
    if !tax_code.is_empty() {
        line["taxCode"] = json!(tax_code);
    }
    line
}

fn entry(day: &str, lines: &[Value]) -> Value {
    json!({ "postingDate": day, "controlReason": "By hand", "post": true, "lines": lines })
}

fn with_base(account: &str, side: &str, amount: &str, tax_code: &str, base: &str) -> Value {
    let mut line = line(account, side, amount, tax_code);
    line["taxBase"] = json!(base);
    line
}

/// Cash sales of 1,000.00 and 150.00 of VAT.
fn sale(day: &str) -> Value {
    let lines = [
        line("1111", "debit", "1150.00", ""),
        line("4110", "credit", "1000.00", "S15"),
        line("2131", "credit", "150.00", "S15"),
    ];
    entry(day, &lines)
}

async fn taxes(client: &Client, entry: &Value) -> Vec<[String; 5]> {
    let list = client.get(&format!("/tax-entries?entryId={}&sort=id", text(&entry["id"]))).await.ok();
    let of = |item: &Value| {
        ["side", "box", "taxCode", "base", "tax"]
            .map(|member| item[member].as_str().unwrap_or("-").to_owned())
    };
    list["items"].as_array().unwrap().iter().map(of).collect()
}

async fn sound(client: &Client) {
    let checks = client.get("/integrity/checks").await.ok();
    assert_eq!(checks["ok"], true, "{checks}");
}

async fn prepared(client: &Client, period: &str) -> Value {
    client.post("/vat-returns", json!({ "period": period })).await.expect(201).json()
}

async fn file(client: &Client, prepared: &Value) -> Value {
    let (path, etag) = (path(prepared), format!("\"{}\"", prepared["version"]));
    client.with_etag("POST", &format!("{path}/file"), &etag, json!({ "reference": "R-1" })).await.ok()
}

fn one(side: &str, code: &str, tax_code: &str, base: &str, tax: &str) -> Vec<[String; 5]> {
    vec![[side, code, tax_code, base, tax].map(str::to_owned)]
}

/// C14
#[tokio::test]
async fn the_return_holds_what_was_posted_by_hand() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let sold = client.post("/journal-entries", sale("2026-02-10")).await.expect(201).json();
    assert_eq!(sold["lines"][2]["taxBase"], "1000.00", "the other line with the code tells the base: {sold}");
    assert_eq!(taxes(client, &sold).await, one("output", "1", "S15", "1000.00", "150.00"));
    let mut bought =
        entry("2026-02-11", &[line("1151", "debit", "30.00", "P15"), line("1111", "credit", "30.00", "")]);
    bought["lines"][0]["taxBase"] = json!("200.00");
    let bought = client.post("/journal-entries", bought).await.expect(201).json();
    assert_eq!(taxes(client, &bought).await, one("input", "7", "P15", "200.00", "30.00"));
    let exported =
        entry("2026-02-12", &[line("1111", "debit", "60.00", ""), line("4130", "credit", "60.00", "Z-EXP")]);
    let exported = client.post("/journal-entries", exported).await.expect(201).json();
    assert_eq!(taxes(client, &exported).await, one("output", "4", "Z-EXP", "60.00", "0.00"));
    let charged = entry(
        "2026-02-13",
        &[
            line("6210", "debit", "400.00", "RC15"),
            line("1111", "credit", "400.00", ""),
            line("1153", "debit", "60.00", "RC15"),
            line("2132", "credit", "60.00", "RC15"),
        ],
    );
    client.post("/journal-entries", charged).await.expect(201);
    let quarter = prepared(client, "2026-Q1").await;
    let figures = boxes(&quarter);
    let figure = |code: &str| {
        let (amount, adjustment, vat) = &figures[code];
        (text(amount), text(adjustment), text(vat))
    };
    let of = |amount: &str, vat: &str| (amount.to_owned(), "0.00".to_owned(), vat.to_owned());
    assert_eq!(figure("1"), of("1000.00", "150.00"));
    assert_eq!(figure("4"), of("60.00", "0.00"));
    assert_eq!(figure("7"), of("200.00", "30.00"));
    assert_eq!(figure("9"), of("400.00", "0.00"));
    assert_eq!((&quarter["net"], &quarter["entryCount"]), (&json!("120.00"), &json!(5)));
    sound(client).await;
    let filed = file(client, &quarter).await;
    let settled = client.get(&format!("/journal-entries/{}", text(&filed["entryId"]))).await.ok();
    let mut settlement = lines(client, &settled["id"]).await;
    settlement.sort();
    let row = |account: &str, debit: &str, credit: &str| [account, debit, credit].map(str::to_owned);
    let expected = [
        row("1151", "", "30.00"),
        row("1153", "", "60.00"),
        row("2131", "150.00", ""),
        row("2132", "60.00", ""),
        row("2133", "", "120.00"),
    ];
    assert_eq!(settlement, expected);
    // The payment of the VAT owed has no tax code and is in no return.
    let paid =
        entry("2026-04-20", &[line("2133", "debit", "120.00", ""), line("1111", "credit", "120.00", "")]);
    let paid = client.post("/journal-entries", paid).await.expect(201).json();
    assert!(taxes(client, &paid).await.is_empty());
    sound(client).await;
}

#[tokio::test]
async fn a_reversal_takes_back_what_the_return_declared() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let sold = client.post("/journal-entries", sale("2026-02-10")).await.expect(201).json();
    file(client, &prepared(client, "2026-Q1").await).await;
    let reverse = format!("/journal-entries/{}/reverse", text(&sold["id"]));
    let body = json!({ "reason": "Entered twice", "postingDate": "2026-04-02" });
    let reversal = client.with_etag("POST", &reverse, "*", body).await.expect(201).json();
    assert_eq!(taxes(client, &reversal).await, one("output", "1", "S15", "-1000.00", "-150.00"));
    let next = prepared(client, "2026-Q2").await;
    assert_eq!(boxes(&next)["1"], (json!("0.00"), json!("-1000.00"), json!("-150.00")));
    sound(client).await;
}

#[tokio::test]
async fn a_line_on_a_vat_account_says_what_a_return_needs() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let cash = || line("1111", "debit", "15.00", "");
    let negative = {
        let mut line = line("2131", "credit", "15.00", "S15");
        line["taxBase"] = json!("-1");
        line
    };
    let elsewhere = {
        let mut line = line("4110", "credit", "15.00", "");
        line["taxBase"] = json!("100.00");
        line
    };
    for (refused, pointer, code) in [
        (line("2131", "credit", "15.00", ""), "/lines/1/taxCode", "tax_code_required"),
        (line("2131", "credit", "15.00", "S15"), "/lines/1/taxBase", "tax_base_required"),
        (line("2131", "credit", "15.00", "NONE"), "/lines/1/taxCode", "tax_code_unknown"),
        (line("2131", "credit", "15.00", "Z-EXP"), "/lines/1/taxCode", "tax_code_bears_no_vat"),
        (line("2131", "credit", "15.00", "WHT5"), "/lines/1/taxCode", "tax_code_kind_not_taken"),
        (line("4110", "credit", "15.00", "S15"), "/lines/1/taxCode", "vat_line_missing"),
        (with_base("2131", "credit", "15.00", "P15", "100.00"), "/lines/1/taxCode", "tax_code_side_differs"),
        (
            with_base("2132", "credit", "15.00", "IMP15", "100.00"),
            "/lines/1/taxCode",
            "tax_code_side_differs",
        ),
        (with_base("1151", "credit", "15.00", "S15", "100.00"), "/lines/1/taxCode", "tax_code_side_differs"),
        (with_base("2131", "credit", "15.00", "S15", "10000.00"), "/lines/1/taxBase", "tax_base_differs"),
        (with_base("2131", "credit", "15.00", "S15", "99.60"), "/lines/1/taxBase", "tax_base_differs"),
        (negative, "/lines/1/taxBase", "tax_base_negative"),
        (elsewhere, "/lines/1/taxBase", "tax_base_not_taken"),
    ] {
        let answer =
            client.post("/journal-entries", entry("2026-02-10", &[cash(), refused])).await.expect(422);
        assert_eq!(answer.errors(), [(pointer.to_owned(), code.to_owned())], "{}", answer.text());
    }
    let body = entry("2026-02-10", &[cash(), line("2131", "credit", "15.00", "")]);
    let arabic =
        client.call("POST", "/journal-entries", &["Accept-Language: ar"], body.to_string()).await.expect(422);
    assert!(arabic.text().contains("اذكر رمز الضريبة"), "{}", arabic.text());
    // A text of old books says nothing to a return.
    let text_only = entry("2026-02-10", &[cash(), line("4110", "credit", "15.00", "OLD")]);
    client.post("/journal-entries", text_only).await.expect(201);
    assert_eq!(client.get("/tax-entries").await.ok()["items"], json!([]));
    // A draft keeps its base until it is posted.
    let mut draft = entry("2026-02-10", &[cash(), line("2131", "credit", "15.00", "S15")]);
    draft["lines"][1]["taxBase"] = json!("100.00");
    draft["post"] = json!(false);
    let draft = client.post("/journal-entries", draft).await.expect(201).json();
    assert_eq!(draft["lines"][1]["taxBase"], "100.00");
    let post = format!("/journal-entries/{}/post", text(&draft["id"]));
    let posted = client.with_etag("POST", &post, "*", Value::Null).await.ok();
    assert_eq!(taxes(client, &posted).await, one("output", "1", "S15", "100.00", "15.00"));
    let copy = format!("/journal-entries/{}/copy", text(&draft["id"]));
    let copied = client.post(&copy, json!({ "postingDate": "2026-03-10" })).await.expect(201).json();
    assert_eq!(copied["lines"][1]["taxBase"], "100.00");
    sound(client).await;
}

/// What the other lines tell is compared with the tax, too; cents of many supplies in one line are rounding.
#[tokio::test]
async fn tax_is_that_of_its_base_but_for_rounding() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let day = |net: &str, vat: &str, total: &str| {
        let lines = [
            line("1111", "debit", total, ""),
            line("4110", "credit", net, "S15"),
            line("2131", "credit", vat, "S15"),
        ];
        entry("2026-02-10", &lines)
    };
    for (net, vat, total) in [("1000.00", "150.05", "1150.05"), ("100000.00", "14986.00", "114986.00")] {
        client.post("/journal-entries", day(net, vat, total)).await.expect(201);
    }
    let refused = client.post("/journal-entries", day("1000.00", "140.00", "1140.00")).await.expect(422);
    assert_eq!(refused.errors(), [("/lines/2/credit".to_owned(), "tax_base_differs".to_owned())]);
    assert!(refused.text().contains("150.00") && refused.text().contains("140.00"), "{}", refused.text());
    let file = "entry,date,account,debit,credit,tax_code,tax_base,control_reason\n\
        1,2026-02-12,1111,15,,,,x\n1,2026-02-12,2131,,15,P15,100,x\n";
    let headers = ["Content-Type: text/csv", "Prefer: wait=60"];
    let refused = client
        .call("POST", "/imports?type=journal-entries&post=true", &headers, file.to_owned())
        .await
        .expect(422);
    assert!(refused.text().contains("tax_code_side_differs"), "{}", refused.text());
    sound(client).await;
}

#[tokio::test]
async fn imported_entries_and_opening_balances_say_so_in_columns() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let import = |kind: &str, rows: &str| {
        let (path, rows) = (format!("/imports?type={kind}&post=true"), rows.to_owned());
        async move { client.call("POST", &path, &["Content-Type: text/csv", "Prefer: wait=60"], rows).await }
    };
    let header = "entry,date,account,debit,credit,tax_code,tax_base,control_reason\n";
    let rows = format!(
        "{header}1,2026-02-10,1111,115,,,,x\n1,2026-02-10,4110,,100,S15,,x\n1,2026-02-10,2131,,15,S15,,x\n2,2026-02-11,1111,15,,,,x\n2,2026-02-11,2131,,15,S15,100,x\n"
    );
    import("journal-entries", &rows).await.expect(200);
    let wrong = format!("{header}1,2026-02-12,1111,15,,,,x\n1,2026-02-12,2131,,15,S15,,x\n");
    let refused = import("journal-entries", &wrong).await.expect(422);
    assert!(
        refused.text().contains("tax_base_required") && refused.text().contains("tax_base"),
        "{}",
        refused.text()
    );
    let opening = "account,debit,credit,tax_code,tax_base,control_reason\n1111,45,,,,x\n2131,,15,,,x\n2131,,30,S15,200,x\n";
    import("opening-balances", opening).await.expect(200);
    let list = client.get("/tax-entries?sort=id").await.ok();
    let bases: Vec<&str> =
        list["items"].as_array().unwrap().iter().map(|item| item["base"].as_str().unwrap()).collect();
    assert_eq!(bases, ["100.00", "100.00", "200.00"]);
    sound(client).await;
}

/// Books that begin with years of entries do not declare them again.
#[tokio::test]
async fn the_first_return_may_leave_out_what_was_declared_elsewhere() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    for day in ["2026-01-10", "2026-04-10", "2026-07-01"] {
        client.post("/journal-entries", sale(day)).await.expect(201);
    }
    let late = client.post("/vat-returns?dryRun=true", json!({ "period": "2026-Q2" })).await.ok();
    assert_eq!((&late["due"], &late["lateVat"]), (&json!("300.00"), &json!("150.00")));
    let body = json!({ "period": "2026-Q2", "earlierDeclared": true });
    let first = client.post("/vat-returns", body.clone()).await.expect(201).json();
    assert_eq!(
        (&first["due"], &first["lateVat"], &first["earlierDeclared"]),
        (&json!("150.00"), &json!("0.00"), &json!(true))
    );
    let entries = client.get(&format!("{}/boxes/1/entries", path(&first))).await.ok();
    assert_eq!(entries["items"].as_array().unwrap().len(), 1);
    file(client, &first).await;
    let refused = client
        .post("/vat-returns", json!({ "period": "2026-Q3", "earlierDeclared": true }))
        .await
        .expect(422);
    assert_eq!(refused.errors(), [("/earlierDeclared".to_owned(), "vat_earlier_declared".to_owned())]);
    let next = prepared(client, "2026-Q3").await;
    assert_eq!((&next["due"], &next["lateVat"]), (&json!("150.00"), &json!("0.00")), "{next}");
    sound(client).await;
}
