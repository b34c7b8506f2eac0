//! Looking up entries and lines by what people remember of them.

use serde_json::{Value, json};
use testkit::{TenantKit, World};

/// Three posted entries and a draft.
async fn books() -> (World, TenantKit) {
    let (world, tenant) = World::books().await;
    let client = &tenant.client;
    let centre = client
        .post("/dimensions", json!({ "code": "cc", "name": { "en": "Centre" } }))
        .await
        .expect(201)
        .json();
    let values = format!("/dimensions/{}/values", centre["id"].as_str().unwrap());
    client.post(&values, json!({ "code": "ADMIN", "name": { "en": "Administration" } })).await.expect(201);
    let entry = |date: &str, text: &str, reference: &str, amount: &str, more: Value| {
        let mut cost = json!({ "accountCode": "6210", "debit": amount, "reference": reference });
        cost.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "postingDate": date, "description": text, "post": true, "lines": [cost, { "accountCode": "1113", "credit": amount }] })
    };
    for body in [
        entry("2026-02-01", "إيجار المكتب", "INV-77", "1250.00", json!({ "dimensions": { "cc": "ADMIN" } })),
        entry(
            "2026-02-02",
            "Electricity of January",
            "E-1",
            "310.40",
            json!({ "description": "فاتورة الكهرباء رقم ٤٥" }),
        ),
        entry("2026-02-03", "Cleaning_100%", "E-2", "12.00", json!({})),
    ] {
        client.post("/journal-entries", body).await.expect(201);
    }
    let mut draft = entry("2026-02-04", "Rent of March", "INV-78", "1250.00", json!({}));
    draft["post"] = json!(false);
    client.post("/journal-entries", draft).await.expect(201);
    (world, tenant)
}

async fn found(tenant: &TenantKit, path: &str, member: &str) -> Vec<String> {
    let list = tenant.client.get(path).await.ok();
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| item[member].as_str().unwrap_or("-").to_owned()).collect()
}

#[tokio::test]
async fn lines_are_found_by_what_is_known_of_them() {
    let (_world, tenant) = books().await;
    for (filter, dates) in [
        ("accountCode=6210", vec!["2026-02-01", "2026-02-02", "2026-02-03"]),
        ("accountCode=6210&amount=310.4", vec!["2026-02-02"]),
        ("amount=1250", vec!["2026-02-01", "2026-02-01"]),
        ("amount[gte]=300&amount[lt]=1250&accountCode[in]=1113", vec!["2026-02-02"]),
        ("reference=INV-77", vec!["2026-02-01"]),
        ("reference[like]=inv&accountCode=1113", vec![]),
        ("dimension=cc:ADMIN", vec!["2026-02-01"]),
        ("dimension=cc:NONE", vec![]),
        ("text=ايجار المكتب&accountCode=1113", vec!["2026-02-01"]),
        ("text=فاتوره الكهربا&accountCode=6210", vec!["2026-02-02"]),
        ("text=رقم 45", vec!["2026-02-02"]),
        ("text=ELECTRICITY&accountCode=6210", vec!["2026-02-02"]),
        ("text=inv-77", vec!["2026-02-01"]),
        ("text=_100%25&accountCode=6210", vec!["2026-02-03"]),
        ("text=nothing", vec![]),
        ("accountCode=9999", vec![]),
    ] {
        let path = format!("/ledger-lines?sort=postingDate&{}", filter.replace(' ', "%20"));
        assert_eq!(found(&tenant, &path, "postingDate").await, dates, "{filter}");
    }
    let number = found(&tenant, "/ledger-lines?text=electricity&limit=1", "number").await.remove(0);
    assert_eq!(found(&tenant, &format!("/ledger-lines?number={number}"), "number").await.len(), 2);
}

#[tokio::test]
async fn entries_are_found_by_their_texts_and_lines() {
    let (_world, tenant) = books().await;
    let me = tenant.client.get("/ledger-lines?limit=1").await.ok()["items"][0]["postedBy"]
        .as_str()
        .unwrap()
        .to_owned();
    for (filter, dates) in [
        ("text=ايجار", vec!["2026-02-01"]),
        ("text=rent", vec!["2026-02-04"]),
        ("accountCode=6210&status=posted", vec!["2026-02-01", "2026-02-02", "2026-02-03"]),
        ("lineAmount=12", vec!["2026-02-03"]),
        ("lineAmount[gt]=300&lineAmount[lt]=400", vec!["2026-02-02"]),
        ("dimension=cc:ADMIN", vec!["2026-02-01"]),
        ("party=C-1", vec![]),
        (&format!("postedBy={me}&text=january"), vec!["2026-02-02"]),
        (&format!("createdBy={me}&status=draft"), vec!["2026-02-04"]),
        ("postedBy[isNull]=true", vec!["2026-02-04"]),
        ("or=(text=january,text=march)", vec!["2026-02-02", "2026-02-04"]),
    ] {
        let path = format!("/journal-entries?sort=postingDate&{}", filter.replace(' ', "%20"));
        assert_eq!(found(&tenant, &path, "postingDate").await, dates, "{filter}");
    }
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_is_refused() {
    let (_world, tenant) = books().await;
    for (filter, pointer) in [
        ("dimension=ADMIN", "dimension"),
        ("amount=1,250", "amount"),
        ("amount[like]=1", "amount[like]"),
        ("text=", "text"),
        ("createdBy=me", "createdBy"),
    ] {
        let refused = tenant.client.get(&format!("/ledger-lines?{filter}")).await.expect(400).json();
        assert_eq!(refused["errors"][0]["parameter"], pointer, "{filter}: {refused}");
    }
    let arabic = ["Accept-Language: ar"];
    let refused = tenant.client.call("GET", "/ledger-lines?dimension=ADMIN", &arabic, "").await.expect(400);
    assert!(refused.text().contains("المتوقع"), "{}", refused.text());
}
