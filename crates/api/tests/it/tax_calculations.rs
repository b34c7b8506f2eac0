//! `POST /tax-calculations`: what it answers, what it refuses, and who may ask.

use serde_json::{Value, json};
use testkit::world::PASSWORD;
use testkit::{Client, World};

const PATH: &str = "/tax-calculations";

fn line(quantity: &str, price: &str) -> Value {
    json!({ "quantity": quantity, "unitPrice": price, "taxCode": "S15" })
}

fn document(lines: Value, more: Value) -> Value {
    let mut body = json!({ "currency": "SAR", "taxDate": "2026-03-15", "lines": lines });
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    body
}

async fn calculated(client: &Client, body: Value) -> Value {
    client.post(PATH, body).await.expect(200).json()
}

/// `net | vat | total`.
fn totals(answer: &Value) -> String {
    let text = |name: &str| answer["totals"][name].as_str().unwrap().to_owned();
    format!("{} | {} | {}", text("net"), text("vat"), text("total"))
}

fn column<'a>(answer: &'a Value, list: &str, member: &str) -> Vec<&'a str> {
    answer[list].as_array().unwrap().iter().map(|item| item[member].as_str().unwrap()).collect()
}

async fn saudi() -> (World, Client) {
    let (world, tenant) = World::books().await;
    (world, tenant.client)
}

#[tokio::test]
async fn worked_examples_come_out() {
    let (_world, client) = saudi().await;
    let medicines = json!({ "quantity": "1", "unitPrice": "50", "taxCode": "Z-MED" });
    let with = |mut line: Value, name: &str, value: &str| {
        line[name] = json!(value);
        line
    };
    let shelf = json!([line("3", "9.99"), line("1", "14.95"), line("2", "0.50")]);
    for (lines, more, expected) in [
        (json!([line("2", "50.00")]), json!({}), "100.00 | 15.00 | 115.00"),
        (json!([line("1.5", "4.55")]), json!({}), "6.83 | 1.02 | 7.85"),
        (json!([line("1", "0.10"), line("1", "0.10"), line("1", "0.10")]), json!({}), "0.30 | 0.05 | 0.35"),
        (json!([with(line("3", "33.33"), "discountPercent", "7.5")]), json!({}), "92.49 | 13.87 | 106.36"),
        (json!([with(line("3", "33.33"), "discountAmount", "7.50")]), json!({}), "92.49 | 13.87 | 106.36"),
        (
            json!([line("1", "100"), medicines]),
            json!({ "documentDiscountAmount": "10.00" }),
            "140.00 | 14.00 | 154.00",
        ),
        (
            json!([line("4", "112.45")]),
            json!({ "charges": [{ "amount": "25.00", "taxCode": "S15" }] }),
            "474.80 | 71.22 | 546.02",
        ),
        (shelf.clone(), json!({ "pricesIncludeVat": true }), "39.93 | 5.99 | 45.92"),
        (shelf, json!({ "pricesIncludeVat": true, "documentDiscountAmount": "5" }), "35.58 | 5.34 | 40.92"),
        (
            json!([with(line("2500", "18.75"), "priceBaseQuantity", "1000"), line("0.333", "12.345678")]),
            json!({}),
            "50.99 | 7.65 | 58.64",
        ),
        (json!([line("1", "1000.00")]), json!({ "pricesIncludeVat": true }), "869.57 | 130.43 | 1000.00"),
        // The rate is that of the tax date.
        (json!([line("1", "2000")]), json!({ "taxDate": "2019-05-01" }), "2000.00 | 100.00 | 2100.00"),
    ] {
        let answer = calculated(&client, document(lines.clone(), more)).await;
        assert_eq!(totals(&answer), expected, "{lines}");
    }
}

#[tokio::test]
async fn the_answer_has_lines_groups_and_what_is_payable() {
    let (_world, client) = saudi().await;
    let lines = json!([
        { "quantity": "7", "unitPrice": "19.99", "taxCategory": "S", "taxRate": "15" },
        { "quantity": "3", "unitPrice": "45.10", "taxCategory": "Z", "taxReason": "VATEX-SA-35" },
        { "quantity": "1", "unitPrice": "33.33", "taxCode": "E-RE" },
    ]);
    let more = json!({
        "documentDiscountPercent": "5", "prepaidAmount": "100.00", "payableRoundingStep": "0.25",
    });
    let answer = calculated(&client, document(lines, more)).await;
    assert_eq!(totals(&answer), "293.13 | 19.94 | 313.07");
    assert_eq!(column(&answer, "groups", "category"), ["S", "Z", "E"]);
    assert_eq!(column(&answer, "groups", "rate"), ["15", "0", "0"]);
    assert_eq!(column(&answer, "groups", "discount"), ["7.00", "6.76", "1.67"]);
    assert_eq!(column(&answer, "groups", "taxable"), ["132.93", "128.54", "31.66"]);
    assert_eq!(answer["groups"][0]["reason"], Value::Null);
    assert_eq!(
        (&answer["groups"][1]["reason"], &answer["groups"][2]["reason"]),
        (&json!("VATEX-SA-35"), &json!("VATEX-SA-30"))
    );
    assert_eq!(column(&answer, "lines", "gross"), ["160.92", "135.30", "33.33"]);
    let expected = json!({
        "linesNet": "308.56", "discount": "15.43", "charges": "0.00", "net": "293.13", "vat": "19.94",
        "total": "313.07", "prepaid": "100.00", "rounding": "-0.07", "payable": "213.00",
    });
    assert_eq!(answer["totals"], expected);
    assert_eq!((&answer["currency"], &answer["taxDate"]), (&json!("SAR"), &json!("2026-03-15")));
    // Without a tax date it is today's.
    let today = calculated(&client, json!({ "currency": "SAR", "lines": [line("1", "1")] })).await;
    assert_eq!(today["taxDate"], "2026-03-15");
}

#[tokio::test]
async fn decimals_are_those_of_the_currency_or_as_asked() {
    let (_world, client) = saudi().await;
    let lines = json!([line("1", "1.5")]);
    for (currency, decimals, expected) in [
        ("KWD", Value::Null, "1.500 | 0.225 | 1.725"),
        ("KWD", json!(2), "1.50 | 0.23 | 1.73"),
        ("SAR", json!(0), "2 | 0 | 2"),
    ] {
        let more = json!({ "currency": currency, "decimals": decimals });
        assert_eq!(totals(&calculated(&client, document(lines.clone(), more)).await), expected);
    }
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once() {
    let (_world, client) = saudi().await;
    let body = json!({
        "currency": "XYZ", "taxDate": "2017-01-01", "documentDiscountPercent": "5", "documentDiscountAmount": "1",
        "lines": [
            { "quantity": "1", "unitPrice": "1" },
            { "quantity": "1", "unitPrice": "1", "taxCode": "NOPE" },
            { "quantity": "1", "unitPrice": "1", "taxCode": "S15" },
            { "quantity": "1", "unitPrice": "1", "taxCode": "Z-MED", "taxCategory": "Z" },
            { "quantity": "1", "unitPrice": "1", "taxCategory": "S" },
            { "quantity": "1", "unitPrice": "1", "taxCategory": "E", "taxRate": "15", "taxReason": "VATEX-SA-35" },
            { "quantity": "-1", "unitPrice": "1", "taxCode": "RC15", "discountPercent": "1", "discountAmount": "1" },
            { "quantity": "1", "unitPrice": "1", "taxCode": "Z-MED" },
            { "quantity": "1", "unitPrice": "1", "taxCode": "Z-EXP" },
        ],
        "charges": [{ "amount": "-1", "taxCode": "WHT5" }],
        "prepaidAmount": "-5", "payableRoundingStep": "0",
    });
    let refused = client.post(PATH, body).await.expect(422);
    let mut found = refused.errors();
    found.sort();
    let mut expected = [
        ("/currency", "unknown_reference"),
        ("/documentDiscountAmount", "named_twice"),
        ("/lines/0/taxCode", "tax_missing"),
        ("/lines/1/taxCode", "unknown_reference"),
        ("/lines/2/taxCode", "tax_rate_unknown"),
        ("/lines/3/taxCode", "named_twice"),
        ("/lines/4/taxRate", "required"),
        ("/lines/5/taxRate", "tax_rate_not_zero"),
        ("/lines/5/taxReason", "tax_reason_category"),
        ("/lines/6/discountAmount", "named_twice"),
        ("/lines/6/quantity", "tax_amount_negative"),
        ("/lines/6/taxCode", "tax_code_kind_not_taken"),
        ("/lines/8", "tax_reasons_mixed"),
        ("/charges/0/amount", "tax_amount_negative"),
        ("/charges/0/taxCode", "tax_code_kind_not_taken"),
        ("/prepaidAmount", "tax_amount_negative"),
        ("/payableRoundingStep", "rounding_step_zero"),
    ]
    .map(|(pointer, code)| (pointer.to_owned(), code.to_owned()));
    expected.sort();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_refusal_says_why_in_both_languages() {
    let (_world, client) = saudi().await;
    let body = document(json!([line("1", "100")]), json!({ "documentDiscountAmount": "100.01" })).to_string();
    for (language, expected) in [
        ("en", "The discount of 100.01 is more than the 100.00 there is."),
        ("ar", "الخصم 100.01 أكبر من المبلغ المتاح 100.00."),
    ] {
        let headers = ["Content-Type: application/json", &format!("Accept-Language: {language}")];
        let refused = client.call("POST", PATH, &headers, body.clone()).await.expect(422);
        assert_eq!(refused.json()["detail"], expected);
        assert_eq!(
            (refused.code().as_str(), refused.header("content-language")),
            ("discount_exceeds_amount", language)
        );
    }
    for (lines, code) in [
        (json!([line("999999999999", "999999999999")]), "amount_out_of_range"),
        (json!([]), "too_few_items"),
        (json!([{ "quantity": 1, "unitPrice": "1e3", "taxCode": "S15" }]), "validation_failed"),
    ] {
        assert_eq!(client.post(PATH, document(lines, json!({}))).await.expect(422).code(), code);
    }
    let prepaid = document(json!([line("1", "100")]), json!({ "prepaidAmount": "115.01" }));
    assert_eq!(client.post(PATH, prepaid).await.expect(422).code(), "prepaid_exceeds_total");
}

#[tokio::test]
async fn a_document_has_ten_thousand_lines_at_most() {
    let (_world, client) = saudi().await;
    let lines = |count: usize| Value::Array(vec![line("1", "0.10"); count]);
    let most = calculated(&client, document(lines(10_000), json!({}))).await;
    assert_eq!(totals(&most), "1000.00 | 150.00 | 1150.00");
    assert_eq!(most["lines"].as_array().unwrap().len(), 10_000);
    let refused = client.post(PATH, document(lines(10_001), json!({}))).await.expect(422);
    assert_eq!(refused.code(), "too_many_items");
    assert!(refused.text().contains("10000"), "{}", refused.text());
}

/// Codes of a tenant are its own, inactive ones are not taken, and nothing of a calculation is kept.
#[tokio::test]
async fn a_calculation_sees_its_tenant_and_leaves_no_trace() {
    let (world, client) = saudi().await;
    let other = world.tenant("beta", "SAR", "empty").await.client;
    let refused = other.post(PATH, document(json!([line("1", "1")]), json!({}))).await.expect(422);
    assert_eq!(refused.code(), "unknown_reference");
    let own = json!([{ "quantity": "1", "unitPrice": "1", "taxCategory": "S", "taxRate": "15" }]);
    assert_eq!(totals(&calculated(&other, document(own, json!({}))).await), "1.00 | 0.15 | 1.15");

    let noted = async || {
        let audited = client.get("/audit-log?limit=1&count=exact").await.ok()["total"].clone();
        (audited, client.get("/events?limit=1000").await.ok()["items"].as_array().unwrap().len())
    };
    let before = noted().await;
    calculated(&client, document(json!([line("1", "1")]), json!({}))).await;
    assert_eq!(noted().await, before);

    let codes = client.get("/tax-codes?code=S15").await.ok();
    let path = format!("/tax-codes/{}", codes["items"][0]["id"].as_str().unwrap());
    client.with_etag("PATCH", &path, "*", json!({ "active": false })).await.expect(200);
    let refused = client.post(PATH, document(json!([line("1", "1")]), json!({}))).await.expect(422);
    assert_eq!(refused.code(), "tax_code_inactive");
}

#[tokio::test]
async fn to_calculate_is_a_permission_of_its_own() {
    let (world, client) = saudi().await;
    let body = || document(json!([line("1", "100")]), json!({}));
    for (name, permission, status) in
        [("reader", "tax.tax_code.read", 403), ("calculator", "tax.tax_calculation.read", 200)]
    {
        let role = json!({ "code": name, "name": { "en": name }, "permissions": [permission] });
        let role = client.post("/roles", role).await.expect(201).json();
        let email = format!("{name}@alpha.example");
        world.user(&client, &email, &[role["id"].as_str().unwrap()]).await;
        let user = world.sign_in(&email, PASSWORD, None).await;
        user.post(PATH, body()).await.expect(status);
        let list = user.get("/tax-codes").await;
        assert_eq!(list.status.as_u16(), if status == 403 { 200 } else { 403 }, "{name}");
    }
    let roles = client.get("/roles?limit=100").await.ok();
    for (code, may) in [("accountant", true), ("bookkeeper", true), ("auditor", true), ("integration", true)]
    {
        let role = roles["items"].as_array().unwrap().iter().find(|role| role["code"] == code).unwrap();
        let grants = role["permissions"].as_array().unwrap();
        let found = grants.iter().any(|grant| grant == "tax.*" || grant == "tax.tax_calculation.read");
        assert_eq!(found, may, "{code}");
    }
}
