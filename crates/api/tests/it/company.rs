//! The company profile and branches.

use serde_json::{Value, json};
use testkit::{Answer, Client, World};

use crate::parties::audited;

async fn save(client: &Client, etag: &str, body: Value) -> Answer {
    client.with_etag("PATCH", "/company-profile", etag, body).await
}

fn at(pointer: &str, code: &str) -> (String, String) {
    (pointer.to_owned(), code.to_owned())
}

#[tokio::test]
async fn a_profile_that_nobody_saved_has_the_name_of_the_tenant() {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    let name = tenant.client.get("/tenants/current").await.ok()["name"].clone();
    let profile = tenant.client.get("/company-profile").await;
    let expected = json!({
        "legalName": name, "vatNumber": null, "registrations": [], "address": null, "vatPeriod": "quarterly",
        "pricesIncludeVat": false, "priceTolerancePercent": "0", "priceToleranceAmount": "0.00", "overReceiptPercent": "0",
        "matchPolicy": "three_way",
        "discountWithoutVat": false, "paymentTolerances": [], "badDebtMonths": 12, "badDebtProofAbove": "100000.00", "defaultBranchId": null, "version": 0,
    });
    assert_eq!(profile.json(), expected);
    let renamed = json!({ "name": { "en": "Renamed" } });
    tenant.client.with_etag("PATCH", "/tenants/current", "*", renamed).await.expect(200);
    let now = tenant.client.get("/company-profile").await.ok();
    assert_eq!(now["legalName"], json!({ "ar": null, "en": "Renamed" }));
}

#[tokio::test]
async fn a_profile_is_saved_as_a_whole_and_changed_in_parts() {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    let client = &tenant.client;
    let unsaved = client.get("/company-profile").await.etag();
    let whole = json!({
        "legalName": { "ar": "شركة نجد التجارية", "en": "Najd Trading Co." }, "vatNumber": "٣٩٩٩٩٩٩٩٩٩ ٠٠٠٠٣",
        "registrations": [{ "scheme": "CRN", "number": "1010 010 000" }],
        "address": {
            "street": { "en": "King Fahd Road" }, "buildingNumber": "٢٩٢٩", "city": { "en": "Riyadh" },
            "postalCode": "12214", "shortAddress": "rrrd2929",
        },
        "vatPeriod": "monthly", "pricesIncludeVat": true,
    });
    let saved = save(client, &unsaved, whole.clone()).await.expect(200);
    let view = saved.json();
    assert_eq!((&view["vatNumber"], &view["version"]), (&json!("399999999900003"), &json!(1)));
    assert_eq!((&view["vatPeriod"], &view["pricesIncludeVat"]), (&json!("monthly"), &json!(true)));
    assert_eq!(view["registrations"], json!([{ "scheme": "CRN", "number": "1010010000", "country": "SA" }]));
    assert_eq!(view["address"]["buildingNumber"], "2929");
    assert_eq!(view["address"]["shortAddress"], "RRRD2929");
    for _ in 0..2 {
        let read = client.get("/company-profile").await;
        assert_eq!((read.json(), read.etag()), (view.clone(), saved.etag()), "as it was stored");
    }
    assert_eq!(save(client, &unsaved, whole).await.expect(412).code(), "stale_version");
    let without = client.call("PATCH", "/company-profile", &["Content-Type: application/json"], "{}").await;
    assert_eq!(without.expect(428).code(), "missing_if_match");

    let part = json!({ "vatNumber": null, "address": { "city": { "en": "Jeddah" }, "postalCode": null } });
    let changed = save(client, &saved.etag(), part).await.ok();
    assert_eq!((&changed["vatNumber"], &changed["vatPeriod"]), (&Value::Null, &json!("monthly")));
    assert_eq!(changed["address"]["city"]["en"], "Jeddah");
    assert_eq!(changed["address"]["street"]["en"], "King Fahd Road", "the rest of the address stays");
    assert_eq!(changed["address"]["postalCode"], Value::Null);
    let gone = save(client, "*", json!({ "address": null })).await.ok();
    assert_eq!((&gone["address"], &gone["version"]), (&Value::Null, &json!(3)));
    let id = client.get("/tenants/current").await.ok()["id"].as_str().unwrap().to_owned();
    let rows = client.get(&format!("/audit-log?entityId={id}&entity=company_profile")).await.ok();
    assert_eq!(rows["items"].as_array().unwrap().len(), 3, "{rows}");
}

#[tokio::test]
async fn numbers_and_addresses_have_their_forms() {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    let client = &tenant.client;
    for number in ["300000000000002", "39999999990000", "3999999999A0003", "299999999900003"] {
        let refused = save(client, "*", json!({ "vatNumber": number })).await.expect(422);
        assert_eq!(refused.errors(), [at("/vatNumber", "invalid_registration")], "{number}");
    }
    let wrong = json!({
        "vatNumber": "1", "vatPeriod": "monthly", "address": { "buildingNumber": "29", "postalCode": "1" },
        "registrations": [{ "scheme": "CRN", "number": "1010010000" }, { "scheme": "VAT", "number": "399999999900003" }],
    });
    let refused = save(client, "*", wrong).await.expect(422).errors();
    let expected = [
        at("/vatNumber", "invalid_registration"),
        at("/registrations/1/scheme", "vat_number_apart"),
        at("/address/buildingNumber", "address_part_invalid"),
        at("/address/postalCode", "address_part_invalid"),
    ];
    assert_eq!(refused, expected, "everything at once");
    let word = save(client, "*", json!({ "vatPeriod": "yearly" })).await.expect(422).errors();
    assert_eq!(word, [at("/vatPeriod", "unknown_word")]);
    assert_eq!(client.get("/company-profile").await.ok()["version"], 0, "nothing of it was kept");
    let headers = ["Content-Type: application/json", "Accept-Language: ar", "If-Match: *"];
    let body = json!({ "registrations": [{ "scheme": "VAT", "number": "399999999900003" }] }).to_string();
    let arabic = client.call("PATCH", "/company-profile", &headers, body).await.expect(422);
    assert!(arabic.text().contains("لا يدرج الرقم الضريبي"), "{}", arabic.text());
}

#[tokio::test]
async fn each_tenant_has_a_profile_of_its_own_and_the_example_company_a_vat_number() {
    let world = World::with(&[("Bootstrap:Template", "sa-standard")]).await;
    let home = world.home().await;
    let example = home.get("/company-profile").await.ok();
    assert_eq!((&example["vatNumber"], &example["version"]), (&json!("399999999900003"), &json!(1)));
    assert_eq!(example["address"]["postalCode"], "12214");
    let alpha = world.tenant("alpha", "SAR", "empty").await;
    save(&alpha.client, "*", json!({ "vatNumber": "311111111100003" })).await.expect(200);
    let beta = world.tenant("beta", "SAR", "empty").await;
    assert_eq!(beta.client.get("/company-profile").await.ok()["vatNumber"], Value::Null);
    assert_eq!(home.get("/company-profile").await.ok(), example);
}

#[tokio::test]
async fn a_branch_has_an_address_and_numbers_of_its_own() {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    let client = &tenant.client;
    let body = json!({
        "code": "JED", "name": { "ar": "فرع جدة", "en": "Jeddah branch" },
        "registrations": [{ "scheme": "CRN", "number": "4030-000-000" }],
        "address": { "street": { "ar": "شارع التحلية" }, "city": { "en": "Jeddah" }, "postalCode": "23433" },
    });
    let made = client.post("/branches", body.clone()).await.expect(201).json();
    assert_eq!(made["registrations"], json!([{ "scheme": "CRN", "number": "4030000000", "country": "SA" }]));
    assert_eq!(
        (&made["address"]["postalCode"], &made["address"]["country"]),
        (&json!("23433"), &json!("SA"))
    );
    let path = format!("/branches/{}", made["id"].as_str().unwrap());
    assert_eq!(client.get(&path).await.ok(), made, "as it was stored");
    assert_eq!(client.post("/branches", body).await.expect(409).errors(), [at("/code", "already_exists")]);
    let wrong = json!({
        "code": "RUH", "name": { "en": "x" }, "address": { "postalCode": "1" },
        "registrations": [{ "scheme": "VAT", "number": "399999999900003" }],
    });
    let refused = client.post("/branches", wrong).await.expect(422).errors();
    let expected = [
        at("/registrations/0/scheme", "vat_number_apart"),
        at("/address/postalCode", "address_part_invalid"),
    ];
    assert_eq!(refused, expected);
    let part = json!({ "address": { "buildingNumber": "7000" }, "active": false });
    let changed = client.with_etag("PATCH", &path, "*", part).await.ok();
    assert_eq!((&changed["address"]["postalCode"], &changed["active"]), (&json!("23433"), &json!(false)));
    assert_eq!(changed["address"]["buildingNumber"], "7000");
    let list = client.get("/branches?active=false&fields=code").await.ok();
    assert_eq!(list["items"], json!([{ "code": "JED" }]));
    client.with_etag("DELETE", &path, "*", Value::Null).await.expect(204);
    let audit = audited(client, made["id"].as_str().unwrap(), "deleted").await;
    assert_eq!(audit["before"]["code"], "JED", "{audit}");
}
