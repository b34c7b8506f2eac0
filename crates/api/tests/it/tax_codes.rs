//! Tax codes: what they may say, what stays once they are used, and the texts of lines.

use serde_json::{Value, json};
use testkit::{Answer, TenantKit, World};

fn medicines(code: &str) -> Value {
    json!({
        "code": code, "name": { "ar": "أدوية", "en": "Medicines" }, "kind": "vat_sale", "category": "Z",
        "reason": "VATEX-SA-35", "outputBox": "3",
    })
}

async fn books() -> (World, TenantKit) {
    World::books_of(&[("1000", "asset"), ("4000", "income")]).await
}

/// Posts an entry whose lines have the tax code; together they have no base, so that there is no VAT to post.
async fn post(tenant: &TenantKit, tax_code: &str) -> Value {
    let lines = json!([
        { "accountCode": "1000", "debit": "100.00", "taxCode": tax_code },
        { "accountCode": "4000", "credit": "100.00", "taxCode": tax_code },
    ]);
    let body = json!({ "postingDate": "2026-03-02", "lines": lines, "post": true });
    tenant.client.post("/journal-entries", body).await.expect(201).json()
}

async fn change(tenant: &TenantKit, code: &Value, body: Value) -> Answer {
    let path = format!("/tax-codes/{}", code["id"].as_str().unwrap());
    tenant.client.with_etag("PATCH", &path, "*", body).await
}

#[tokio::test]
async fn a_code_says_everything_about_its_tax() {
    let (_world, tenant) = books().await;
    let made = tenant.client.post("/tax-codes", medicines("Z-MED")).await.expect(201).json();
    let expected = json!({
        "code": "Z-MED", "name": { "ar": "أدوية", "en": "Medicines" }, "kind": "vat_sale", "category": "Z",
        "reason": "VATEX-SA-35", "recoverablePercent": "100", "irrecoverableTo": "cost", "outputBox": "3",
        "inputBox": null, "rates": [], "active": true, "version": 1,
    });
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(&made[member], value, "{member}");
    }
    let purchase = json!({
        "code": "P15-PART", "name": { "en": "In part" }, "kind": "vat_purchase", "category": "S",
        "recoverablePercent": "60.5", "irrecoverableTo": "account", "inputBox": "7",
        "rates": [{ "from": "2018-01-01", "rate": "5" }, { "from": "2020-07-01", "rate": "15.0" }],
    });
    let made = tenant.client.post("/tax-codes", purchase).await.expect(201).json();
    assert_eq!((&made["recoverablePercent"], &made["irrecoverableTo"]), (&json!("60.5"), &json!("account")));
    let rates = json!([{ "from": "2018-01-01", "rate": "5" }, { "from": "2020-07-01", "rate": "15" }]);
    assert_eq!(made["rates"], rates);
    let one = tenant.client.get(&format!("/tax-codes/{}", made["id"].as_str().unwrap())).await.ok();
    assert_eq!(one, made, "as it was stored");
    let list = tenant.client.get("/tax-codes?kind=vat_sale&category=Z&fields=code").await.ok();
    assert_eq!(list["items"], json!([{ "code": "Z-MED" }]));
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once() {
    let (_world, tenant) = books().await;
    tenant.client.post("/tax-codes", medicines("Z-MED")).await.expect(201);
    let wrong = json!({
        "code": "z-med", "name": { "en": "x" }, "kind": "vat_sale", "category": "S", "reason": "VATEX-SA-35",
        "recoverablePercent": "60", "inputBox": "7", "rates": [{ "from": "2020-07-01", "rate": "0" }],
    });
    let refused = tenant.client.post("/tax-codes", wrong).await.expect(409);
    let found = refused.errors();
    let at = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    for expected in [
        at("/code", "already_exists"),
        at("/rates/0/rate", "tax_rate_zero"),
        at("/reason", "tax_reason_not_allowed"),
        at("/recoverablePercent", "tax_code_member_not_taken"),
        at("/inputBox", "tax_code_member_not_taken"),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    let order = json!({
        "code": "S", "name": { "en": "x" }, "kind": "vat_sale", "category": "S",
        "rates": [{ "from": "2020-07-01", "rate": "15" }, { "from": "2018-01-01", "rate": "5" }],
    });
    let refused = tenant.client.post("/tax-codes", order).await.expect(422);
    assert!(refused.text().contains("tax_rate_order") && refused.text().contains("/rates/1/from"));
    let arabic = ["Content-Type: application/json", "Accept-Language: ar"];
    let body = json!({ "code": "E", "name": { "en": "x" }, "kind": "vat_sale", "category": "E" }).to_string();
    let refused = tenant.client.call("POST", "/tax-codes", &arabic, body).await.expect(422);
    assert!(refused.text().contains("سبب عدم خضوعها"), "{}", refused.text());
}

#[tokio::test]
async fn what_returns_are_made_of_stays_once_a_line_names_the_code() {
    let (_world, tenant) = books().await;
    let rates = json!([{ "from": "2020-07-01", "rate": "15" }]);
    let body = json!({
        "code": "S15", "name": { "en": "Standard" }, "kind": "vat_sale", "category": "S", "outputBox": "1", "rates": rates,
    });
    let code = tenant.client.post("/tax-codes", body).await.expect(201).json();
    // Before that everything may change.
    change(&tenant, &code, json!({ "category": "Z", "reason": "VATEX-SA-35", "rates": [] }))
        .await
        .expect(200);
    change(&tenant, &code, json!({ "category": "S", "reason": null, "rates": rates })).await.expect(200);
    post(&tenant, "S15").await;
    let refused = change(
        &tenant,
        &code,
        json!({
            "code": "S16", "kind": "vat_purchase", "category": "O",
            "rates": [{ "from": "2020-07-01", "rate": "0" }],
        }),
    )
    .await
    .expect(422);
    for pointer in ["/code", "/kind", "/category", "/rates"] {
        assert!(refused.text().contains(&format!("\"{pointer}\"")), "{pointer}: {}", refused.text());
    }
    assert!(refused.text().contains("tax_code_used") && refused.text().contains("tax_code_rates_kept"));
    let later = json!([{ "from": "2020-07-01", "rate": "15" }, { "from": "2027-01-01", "rate": "10" }]);
    let changed =
        change(&tenant, &code, json!({ "rates": later, "name": { "en": "Standard rate" }, "active": false }))
            .await
            .expect(200)
            .json();
    assert_eq!(changed["rates"], later);
    let path = format!("/tax-codes/{}", code["id"].as_str().unwrap());
    let refused = tenant.client.with_etag("DELETE", &path, "*", Value::Null).await.expect(409);
    assert_eq!(refused.code(), "in_use");
    assert!(refused.text().contains("journal entries"));
}

/// A text that no tax code has is taken as before there were any, and names a code that is made later.
#[tokio::test]
async fn lines_keep_texts_that_no_code_has() {
    let (_world, tenant) = books().await;
    let entry = post(&tenant, "OLD 15 %").await;
    assert_eq!(entry["lines"][1]["taxCode"], "OLD 15 %");
    post(&tenant, "Z-MED").await;
    let csv =
        "entry,date,account,debit,credit,tax_code\n1,2026-03-03,1000,5.00,,\n1,2026-03-03,4000,,5.00,VAT5\n";
    let path = "/imports?type=journal-entries&post=true";
    tenant.client.call("POST", path, &["Content-Type: text/csv"], csv).await.expect(200);
    let found = tenant.client.get("/ledger-lines?taxCode=VAT5").await.ok();
    assert_eq!(found["items"].as_array().unwrap().len(), 1);

    let code = tenant.client.post("/tax-codes", medicines("Z-MED")).await.expect(201).json();
    let refused =
        change(&tenant, &code, json!({ "category": "E", "reason": "VATEX-SA-30" })).await.expect(409);
    assert!(refused.text().contains("tax_code_used"), "{}", refused.text());
    // Another letter case is another text.
    let other = tenant.client.post("/tax-codes", medicines("vat5")).await.expect(201).json();
    change(&tenant, &other, json!({ "category": "E", "reason": "VATEX-SA-30" })).await.expect(200);
}

#[tokio::test]
async fn the_saudi_template_brings_its_codes() {
    let (_world, tenant) = World::books().await;
    let page = tenant.client.get("/tax-codes?limit=100").await.ok();
    let codes: Vec<&str> =
        page["items"].as_array().unwrap().iter().map(|code| code["code"].as_str().unwrap()).collect();
    assert_eq!(
        codes,
        [
            "E-FIN",
            "E-RE",
            "IMP15",
            "O-OOS",
            "P-OOS",
            "P15",
            "P15-BLOCKED",
            "P15-PART",
            "PE",
            "PZ",
            "RC15",
            "S15",
            "WHT15",
            "WHT20",
            "WHT5",
            "Z-EDU",
            "Z-EXP",
            "Z-HEA",
            "Z-MED",
            "Z-SRV",
        ]
    );
    let s15 = page["items"].as_array().unwrap().iter().find(|code| code["code"] == "S15").unwrap();
    assert_eq!(
        s15["rates"],
        json!([{ "from": "2018-01-01", "rate": "5" }, { "from": "2020-07-01", "rate": "15" }])
    );
    assert!(page["items"].as_array().unwrap().iter().all(|code| {
        code["name"]["ar"].is_string() && code["name"]["en"].is_string() && code["active"] == true
    }));
}

/// A box of the other side, a total and no box at all: the VAT would be in no return, or in the wrong place of it.
#[tokio::test]
async fn a_code_has_a_box_that_takes_its_vat() {
    let (_world, tenant) = books().await;
    let body = |kind: &str, member: &str, value: &str| {
        json!({
            "code": "X", "name": { "en": "x" }, "kind": kind, "category": "S", member: value,
            "rates": [{ "from": "2020-07-01", "rate": "15" }],
        })
    };
    for (kind, member, value) in
        [("vat_sale", "outputBox", "7"), ("vat_sale", "outputBox", "6"), ("vat_purchase", "inputBox", "1")]
    {
        let refused = tenant.client.post("/tax-codes", body(kind, member, value)).await.expect(422);
        let expected = (format!("/{member}"), "tax_code_box_unfit".to_owned());
        assert_eq!(refused.errors(), [expected], "{}", refused.text());
    }
    let mut unboxed = body("vat_sale", "outputBox", "1");
    unboxed["outputBox"] = Value::Null;
    let refused = tenant.client.post("/tax-codes", unboxed).await.expect(422);
    assert_eq!(refused.errors(), [("/outputBox".to_owned(), "tax_code_member_missing".to_owned())]);
    let code = tenant.client.post("/tax-codes", body("vat_sale", "outputBox", "1")).await.expect(201).json();
    change(&tenant, &code, json!({ "outputBox": "2" })).await.expect(200);
    post(&tenant, "X").await;
    let refused = change(&tenant, &code, json!({ "outputBox": "1" })).await.expect(409);
    assert_eq!(refused.code(), "tax_code_used", "{}", refused.text());
}
