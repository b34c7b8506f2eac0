//! Dates that are left out, currencies that are not there, decimals, languages and files of reports.

use serde_json::{Value, json};
use testkit::{TenantKit, World};

use crate::reports::REPORTS;

async fn books() -> (World, TenantKit) {
    let (world, tenant) = World::books().await;
    tenant.post("2026-03-01", &[("1113", "100", ""), ("4120", "", "100")]).await;
    tenant.post("2026-03-16", &[("1113", "7", ""), ("4120", "", "7")]).await;
    (world, tenant)
}

async fn path_of(tenant: &TenantKit, code: &str) -> String {
    let found = tenant.client.get(&format!("/accounts?code={code}")).await.ok();
    format!("/accounts/{}", found["items"][0]["id"].as_str().unwrap())
}

#[tokio::test]
async fn without_a_date_every_report_goes_through_today() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    for report in REPORTS {
        let scope = client.get(&format!("/reports/{report}")).await.ok()["scope"].clone();
        assert_eq!(scope["to"], "2026-03-15", "{report}");
    }
    let cash = path_of(&tenant, "1113").await;
    let balance = client.get(&format!("{cash}/balance")).await.ok();
    assert_eq!((&balance["balance"], &balance["asOf"]), (&json!("100.00"), &json!("2026-03-15")));
    assert_eq!(client.get(&format!("{cash}/ledger")).await.ok()["closingBalance"], "100.00");
    assert_eq!(client.get(&format!("{cash}/balance?asOf=2026-12-31")).await.ok()["balance"], "107.00");
    let ahead = client.get("/reports/trial-balance?from=2026-03-16").await.ok();
    assert_eq!(ahead["scope"]["to"], "2026-12-31", "to the end of the year in which it begins");
    for (path, pointer) in [
        ("/reports/income-statement?from=2031-01-01", "from"),
        ("/reports/income-statement?to=2031-01-01", "to"),
        ("/reports/cash-flow?asOf=2019-06-30", "to"),
    ] {
        let refused = client.get(path).await.expect(422);
        assert_eq!(refused.code(), "report_outside_fiscal_years", "{path}");
        assert_eq!(refused.errors()[0].0, pointer, "{path}");
    }
    let both = client.get("/reports/income-statement?from=2031-01-01&to=2031-12-31").await.ok();
    assert_eq!(both["sections"][0]["totals"][0], "0.00");
}

#[tokio::test]
async fn a_currency_that_is_not_set_up_is_refused_like_any_unknown_name() {
    let (_world, tenant) = books().await;
    for report in REPORTS {
        let refused = tenant.client.get(&format!("/reports/{report}?currency=XXX")).await.expect(422);
        assert_eq!(refused.code(), "unknown_reference", "{report}");
        assert_eq!(refused.errors(), [("currency".to_owned(), "unknown_reference".to_owned())], "{report}");
        tenant.client.get(&format!("/reports/{report}?currency=SAR")).await.expect(200);
    }
}

#[tokio::test]
async fn a_currency_has_the_decimals_the_tenant_gave_it_everywhere() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let fund = json!({ "code": "XAU", "name": { "en": "Gold" }, "scale": 4 });
    client.post("/currencies", fund).await.expect(201);
    let account = json!({ "code": "1198", "name": { "en": "Gold" }, "type": "asset" });
    client.post("/accounts", account).await.expect(201);
    let body = json!({ "postingDate": "2026-03-02", "currency": "XAU", "post": true, "lines": [
        { "accountCode": "1198", "debit": "1.25", "rate": "9000" },
        { "accountCode": "4120", "credit": "1.25", "rate": "9000" },
    ]});
    let posted = client.post("/journal-entries", body.clone()).await.expect(201).json();
    assert_eq!(posted["lines"][0]["debit"], "1.2500");
    let read = client.get(&format!("/journal-entries/{}", posted["id"].as_str().unwrap())).await.ok();
    assert_eq!(read["lines"][0]["debit"], "1.2500");
    let mut draft = body;
    draft["post"] = json!(false);
    let drafted = client.post("/journal-entries", draft).await.expect(201).json();
    let read = client.get(&format!("/journal-entries/{}", drafted["id"].as_str().unwrap())).await.ok();
    assert_eq!(
        (&drafted["lines"][0]["debit"], &read["lines"][0]["debit"]),
        (&json!("1.2500"), &json!("1.2500"))
    );
    let ledger = client.get("/reports/general-ledger?account=1198").await.ok();
    assert_eq!(ledger["accounts"][0]["lines"][0]["currencyDebit"], "1.2500");
    let balance = client.get("/reports/trial-balance?currency=XAU").await.ok();
    assert_eq!(balance["lines"][0]["debit"], "1.2500", "{balance}");
    let path = path_of(&tenant, "1198").await;
    let balance = client.get(&format!("{path}/balance")).await.ok();
    assert_eq!(balance["byCurrency"][0]["balance"], "1.2500");
    let export = client.get("/exports/ledger?format=hledger").await.expect(200).text();
    assert!(export.contains("commodity 1000.0000 XAU\n") && export.contains("1.2500 XAU @@"), "{export}");
    let export = client.get("/exports/ledger?format=ndjson").await.expect(200).text();
    assert!(export.contains("\"1.2500\""), "{export}");
}

#[tokio::test]
async fn an_arabic_report_is_arabic_and_says_whose_it_is() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let name = json!({ "name": { "ar": "شركة النور", "en": "Al Noor" } });
    client.with_etag("PATCH", "/tenants/current", "*", name).await.expect(200);
    let english = ["asset", "heading", "operating", "opening", "closing", "computed", "total", "receivable"];
    for report in REPORTS {
        let arabic = ["Accept-Language: ar"];
        let json = client.call("GET", &format!("/reports/{report}"), &arabic, "").await.ok();
        assert_eq!(json["scope"]["company"], json!({ "ar": "شركة النور", "en": "Al Noor" }), "{report}");
        let path = format!("/reports/{report}?includeZero=true&format=csv-bom");
        let csv = client.call("GET", &path, &arabic, "").await.expect(200);
        assert!(csv.body.starts_with("\u{feff}account,".as_bytes()), "{report}");
        assert!(csv.header("content-type").starts_with("text/csv"), "{report}");
        let rows: Vec<_> = csv.text().lines().skip(1).map(str::to_owned).collect();
        for word in english {
            let said = rows.iter().any(|row| row.split(',').any(|cell| cell == word));
            assert!(!said, "{report} says {word} in Arabic");
        }
        let plain = client.get(&format!("/reports/{report}?format=csv")).await.expect(200);
        assert!(plain.body.starts_with(b"account,"), "{report}: without a mark unless asked for");
    }
}

/// A spreadsheet program in Berlin splits lines at semicolons and reads amounts with a comma; nothing of that without being asked.
#[tokio::test]
async fn a_csv_file_is_written_as_a_spreadsheet_program_expects_it() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let name = json!({ "name": { "ar": "شركة النور", "en": "Al Noor" } });
    client.with_etag("PATCH", "/tenants/current", "*", name).await.expect(200);
    let csv = |path: &str| {
        let path = format!("/reports/{path}");
        async move {
            client
                .call("GET", &path, &["Accept: text/csv", "Accept-Language: ar"], "")
                .await
                .expect(200)
                .text()
        }
    };
    let plain = csv("trial-balance?from=2026-01-01").await;
    assert!(plain.starts_with("account,debit,credit,") && plain.contains("1113,100.00,0.00,"), "{plain}");
    let berlin = csv("trial-balance?from=2026-01-01&csv=bom,semicolon,decimal-comma").await;
    assert!(berlin.starts_with("\u{feff}account;debit;credit;"), "{berlin}");
    assert!(berlin.contains("1113;100,00;0,00;"), "{berlin}");
    let tabs = csv("general-ledger?csv=tab").await;
    assert!(tabs.lines().next().unwrap().contains('\t'), "{tabs}");
    let comma = csv("trial-balance?csv=decimal-comma").await;
    assert!(comma.contains("\"100,00\""), "a comma in a cell is quoted: {comma}");
    for report in
        ["trial-balance?from=2026-01-01", "general-ledger?from=2026-01-01", "balance-sheet?asOf=2026-03-15"]
    {
        let about = csv(&format!("{report}&csv=about")).await;
        let lines: Vec<&str> = about.lines().collect();
        assert_eq!(lines[1], "شركة النور", "{report}");
        assert!(lines.contains(&"طُبع في: 2026-03-15"), "{report}: {about}");
        assert!(
            lines.iter().any(|line| line.starts_with("account,")),
            "{report}: the header follows: {about}"
        );
    }
    let refused = client.get("/reports/trial-balance?csv=tab,semicolon").await.expect(400).json();
    assert_eq!(refused["errors"][0]["parameter"], "csv");
    client.get("/reports/trial-balance?csv=pipe").await.expect(422);
    let json = client.get("/reports/trial-balance?csv=semicolon").await.ok();
    assert!(json["scope"].is_object(), "JSON stays as it is");
}

#[tokio::test]
async fn the_audit_log_as_csv_has_what_was_before_and_after() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let change = json!({ "name": { "en": "Petty cash" } });
    client.with_etag("PATCH", &path_of(&tenant, "1113").await, "*", change).await.expect(200);
    let path = "/audit-log?entity=account&action=updated";
    let csv = client.call("GET", path, &["Accept: text/csv"], "").await.expect(200).text();
    assert_eq!(csv.lines().count(), 2, "{csv}");
    assert!(csv.lines().next().unwrap().ends_with(",before,after"), "{csv}");
    assert!(csv.contains("Petty cash"), "{csv}");
    let lines = client.call("GET", path, &["Accept: application/x-ndjson"], "").await.expect(200).json();
    assert_eq!(lines["after"]["name"]["en"], "Petty cash", "{lines}");
    let page = client.get(path).await.ok()["items"][0].clone();
    assert_eq!((&page["before"], &page["after"]), (&Value::Null, &Value::Null), "pages stay small");
    let page = client.get(&format!("{path}&fields=before,after")).await.ok()["items"][0].clone();
    assert_eq!(page["after"]["name"]["en"], "Petty cash");
    assert_eq!(page.as_object().unwrap().len(), 2);
    let fields =
        client.call("GET", &format!("{path}&fields=id"), &["Accept: text/csv"], "").await.expect(200).text();
    assert!(fields.starts_with("id\r\n"), "{fields}");
}
