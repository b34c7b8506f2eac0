//! Parties: identity, what two of them may not share, and what stays once entries name one.

use serde_json::{Value, json};
use testkit::world::{PASSWORD, encode};
use testkit::{Answer, Client, TenantKit, World};

async fn books() -> (World, TenantKit) {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    (world, tenant)
}

fn party(code: &str) -> Value {
    json!({ "code": code, "name": { "en": format!("Company {code}") } })
}

fn with(code: &str, scheme: &str, number: &str) -> Value {
    let mut body = party(code);
    body["registrations"] = json!([{ "scheme": scheme, "number": number }]);
    body
}

fn id(view: &Value) -> &str {
    view["id"].as_str().unwrap()
}

/// The audit row of an action on a thing, with what was before and after.
pub async fn audited(client: &Client, entity: &str, action: &str) -> Value {
    let rows = client.get(&format!("/audit-log?entityId={entity}&action={action}")).await.ok();
    client.get(&format!("/audit-log/{}", id(&rows["items"][0]))).await.ok()
}

async fn change(client: &Client, party: &Value, body: Value) -> Answer {
    client.with_etag("PATCH", &format!("/parties/{}", id(party)), "*", body).await
}

async fn act(client: &Client, party: &Value, action: &str) -> Answer {
    client.with_etag("POST", &format!("/parties/{}/{action}", id(party)), "*", Value::Null).await
}

/// A user of the tenant with exactly these permissions.
pub async fn member(world: &World, tenant: &TenantKit, name: &str, permissions: &[&str]) -> Client {
    let role = json!({ "code": name, "name": { "en": name }, "permissions": permissions });
    let role = tenant.client.post("/roles", role).await.expect(201).json();
    let email = format!("{name}@alpha.example");
    world.user(&tenant.client, &email, &[role["id"].as_str().unwrap()]).await;
    world.sign_in(&email, PASSWORD, Some(&tenant.code)).await
}

#[tokio::test]
async fn a_party_says_who_it_is_and_what_it_is_to_the_company() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let group = json!({ "code": "CONTRACTORS", "name": { "ar": "مقاولون" } });
    let group = client.post("/party-groups", group).await.expect(201).json();
    let term = json!({ "code": "NET30", "name": { "en": "30 days" }, "lines": [{ "percent": "100", "dueDays": 30 }] });
    let term = client.post("/payment-terms", term).await.expect(201).json();
    let wht = json!({
        "code": "WHT5", "name": { "en": "5 %" }, "kind": "wht", "rates": [{ "from": "2004-07-30", "rate": "5" }],
    });
    let wht = client.post("/tax-codes", wht).await.expect(201).json();
    let body = json!({
        "code": "C001", "name": { "ar": "شركة الأفق", "en": "Horizon" }, "kind": "government", "language": "en",
        "customer": {
            "groupCode": "CONTRACTORS", "paymentTermId": term["id"], "currency": "SAR", "creditLimit": "1500.5",
            "creditCheck": "order",
        },
        "supplier": { "residency": "non_resident", "withholdingCode": "WHT5" },
        "registrations": [
            { "scheme": "VAT", "number": "٣٩٩٩٩٩٩٩٩٩ ٠٠٠٠٣" },
            { "scheme": "PAS", "number": "X12-345", "country": "GB" },
        ],
        "addresses": [{
            "roles": ["delivery", "legal"], "street": { "ar": "طريق الملك فهد" }, "buildingNumber": "٢٩٢٩",
            "city": { "en": "Riyadh" }, "postalCode": "12214", "shortAddress": "rrrd2929",
        }],
        "contacts": [{ "name": "Sara", "email": "Sara@Example.com" }],
    });
    let made = client.post("/parties", body).await.expect(201).json();
    assert_eq!(made["customer"]["groupId"], group["id"]);
    assert_eq!(made["customer"]["paymentTermId"], term["id"]);
    assert_eq!(made["customer"]["creditLimit"], "1500.50");
    assert_eq!(made["supplier"]["withholdingId"], wht["id"]);
    assert_eq!((&made["status"], &made["vatNumber"]), (&json!("active"), &json!("399999999900003")));
    assert_eq!(made["registrations"][1], json!({ "scheme": "PAS", "number": "X12345", "country": "GB" }));
    let address = &made["addresses"][0];
    assert_eq!(address["roles"], json!(["legal", "delivery"]));
    assert_eq!((&address["buildingNumber"], &address["shortAddress"]), (&json!("2929"), &json!("RRRD2929")));
    assert_eq!(made["contacts"][0]["email"], "sara@example.com");
    assert_eq!(client.get(&format!("/parties/{}", id(&made))).await.ok(), made, "as it was stored");

    for (query, found) in [
        ("vatNumber=399999999900003", 1),
        ("isCustomer=true&isSupplier=true", 1),
        (&format!("customerGroupId={}", group["id"].as_str().unwrap()), 1),
        (&format!("name[like]={}", encode("الافق")), 1),
        ("kind=company", 0),
        ("status=archived", 0),
        ("country=SA&supplierGroupId[isNull]=true", 1),
    ] {
        let page = client.get(&format!("/parties?{query}")).await.ok();
        assert_eq!(page["items"].as_array().unwrap().len(), found, "{query}");
    }

    // Records that parties refer to cannot be deleted.
    for path in ["party-groups", "payment-terms", "tax-codes"] {
        let one = match path {
            "party-groups" => &group,
            "payment-terms" => &term,
            _ => &wht,
        };
        let refused = client.with_etag("DELETE", &format!("/{path}/{}", id(one)), "*", Value::Null).await;
        let refused = refused.expect(409);
        assert!(
            refused.code() == "in_use" && refused.text().contains("parties"),
            "{path}: {}",
            refused.text()
        );
    }
}

#[tokio::test]
async fn a_patch_merges_into_the_customer_and_a_block_has_a_reason() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let mut body = party("C001");
    body["customer"] = json!({ "creditLimit": "100.00" });
    let made = client.post("/parties", body).await.expect(201).json();
    let refused = change(client, &made, json!({ "customer": { "blocked": "orders" } })).await.expect(422);
    assert_eq!(refused.errors(), [("/customer/blockedReason".to_owned(), "block_reason_missing".to_owned())]);
    let block = json!({ "customer": { "blocked": "orders", "blockedReason": "Cheque returned" } });
    let blocked = change(client, &made, block).await.expect(200).json();
    assert_eq!(blocked["customer"]["creditLimit"], "100.00", "the rest stays");
    let free = change(client, &made, json!({ "customer": { "blocked": "none" }, "supplier": {} })).await;
    let free = free.expect(200).json();
    assert_eq!(free["customer"]["blockedReason"], Value::Null);
    assert_eq!(free["supplier"]["residency"], "resident");
    let none = change(client, &made, json!({ "customer": null })).await.expect(200).json();
    assert_eq!(none["customer"], Value::Null);
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once() {
    let (_world, tenant) = books().await;
    let wrong = json!({
        "code": "C001", "name": { "en": "x" },
        "customer": { "groupCode": "NONE", "currency": "XAU", "creditLimit": "-1" },
        "supplier": { "withholdingCode": "NONE" },
        "registrations": [
            { "scheme": "VAT", "number": "300000000000002" },
            { "scheme": "NAT", "number": "1045678918" },
        ],
        "addresses": [
            { "roles": ["legal"], "postalCode": "1221" },
            { "roles": ["legal"], "country": "GB", "postalCode": "SW1A" },
        ],
    });
    let refused = tenant.client.post("/parties", wrong).await.expect(422);
    let found = refused.errors();
    for (pointer, code) in [
        ("/customer/groupCode", "unknown_reference"),
        ("/customer/currency", "currency_unknown"),
        ("/customer/creditLimit", "credit_limit_negative"),
        ("/supplier/withholdingCode", "unknown_reference"),
        ("/registrations/0/number", "invalid_registration"),
        ("/registrations/1/number", "invalid_registration"),
        ("/addresses/0/postalCode", "address_part_invalid"),
        ("/addresses/1/roles", "address_legal_twice"),
    ] {
        assert!(found.contains(&(pointer.to_owned(), code.to_owned())), "{pointer} {code} in {found:?}");
    }
    assert!(refused.text().contains("VAT") && refused.text().contains("15 digits"), "{}", refused.text());
    let arabic = ["Content-Type: application/json", "Accept-Language: ar"];
    let body = with("C002", "CRN", "1").to_string();
    let refused = tenant.client.call("POST", "/parties", &arabic, body).await.expect(422);
    assert!(refused.text().contains("10 أرقام"), "{}", refused.text());
}

#[tokio::test]
async fn two_active_parties_do_not_share_a_number() {
    let (world, tenant) = books().await;
    let client = &tenant.client;
    let first = client.post("/parties", with("C001", "VAT", "399999999900003")).await.expect(201).json();
    for (scheme, number) in [("CRN", "1010010000"), ("700", "7001234567")] {
        client.post("/parties", with(&format!("A-{scheme}"), scheme, number)).await.expect(201);
        let refused = client.post("/parties", with(&format!("B-{scheme}"), scheme, number)).await.expect(409);
        assert_eq!(refused.code(), "party_duplicate", "{scheme}");
    }
    let refused = client.post("/parties", with("C002", "VAT", "3999 9999 9900 003")).await.expect(409);
    assert_eq!(refused.errors(), [("/registrations/0/number".to_owned(), "party_duplicate".to_owned())]);
    assert!(refused.text().contains(id(&first)) && refused.text().contains("C001"), "{}", refused.text());
    // Others than these may be shared, and so may the number of a VAT group.
    for (code, scheme, number) in [
        ("G1", "VAT", "399999999910003"),
        ("G2", "VAT", "399999999910003"),
        ("P1", "PAS", "X1"),
        ("P2", "PAS", "X1"),
    ] {
        client.post("/parties", with(code, scheme, number)).await.expect(201);
    }
    // With a reason, and the right to give one.
    let mut body = with("C003", "VAT", "399999999900003");
    body["allowDuplicateReason"] = json!("Branch with books of its own");
    let clerk = member(&world, &tenant, "clerk", &["parties.party.create", "parties.party.read"]).await;
    let denied = clerk.post("/parties", body.clone()).await.expect(403);
    assert_eq!(denied.code(), "permission_denied");
    let third = client.post("/parties", body).await.expect(201).json();
    assert_eq!(third["allowDuplicateReason"], "Branch with books of its own");
    let noted = audited(client, id(&third), "created").await;
    assert_eq!(noted["after"]["allowDuplicateReason"], "Branch with books of its own");
    // Its other members still change, and a reason that is not needed is not kept.
    change(client, &third, json!({ "name": { "en": "Branch" } })).await.expect(200);
    let mut alone = party("C004");
    alone["allowDuplicateReason"] = json!("No reason");
    let alone = client.post("/parties", alone).await.expect(201).json();
    assert_eq!(alone["allowDuplicateReason"], Value::Null);
}

/// Two at once: exactly one succeeds, whatever both have read before.
#[tokio::test]
async fn two_at_once_do_not_both_get_a_number() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    for round in 0..5 {
        let number = format!("39999999990{round}003");
        let (a, b) = tokio::join!(
            client.post("/parties", with(&format!("A{round}"), "VAT", &number)),
            client.post("/parties", with(&format!("B{round}"), "VAT", &number)),
        );
        let mut statuses = [a.status.as_u16(), b.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "round {round}");
        let refused = if a.status.as_u16() == 409 { a } else { b };
        assert_eq!(refused.code(), "party_duplicate");
    }
}

#[tokio::test]
async fn an_archived_party_leaves_its_numbers_to_others() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let first = client.post("/parties", with("C001", "CRN", "1010010000")).await.expect(201).json();
    let account = json!({ "holder": "x", "iban": "SA0380000000608010167519", "currency": "SAR" });
    client.post(&format!("/parties/{}/bank-accounts", id(&first)), account.clone()).await.expect(201);
    let archived = act(client, &first, "archive").await.expect(200).json();
    assert_eq!(archived["status"], "archived");
    assert_eq!(act(client, &first, "archive").await.expect(409).code(), "already_done");
    let second = client.post("/parties", with("C002", "CRN", "1010010000")).await.expect(201).json();
    client.post(&format!("/parties/{}/bank-accounts", id(&second)), account).await.expect(201);
    let refused = act(client, &first, "unarchive").await.expect(409);
    assert_eq!(refused.errors().len(), 2, "{}", refused.text());
    assert!(refused.errors().iter().all(|(_, code)| code == "party_duplicate"));
    assert!(refused.text().contains("CRN") && refused.text().contains("SA0380000000608010167519"));
    act(client, &second, "archive").await.expect(200);
    assert_eq!(act(client, &first, "unarchive").await.expect(200).json()["status"], "active");
    let events = client.get("/events?limit=1000").await.ok();
    let types: Vec<&str> =
        events["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert!(types.contains(&"party.archived") && types.contains(&"party.unarchived"), "{types:?}");
}

#[tokio::test]
async fn a_code_that_entries_name_stays() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    tenant.accounts(&[("1000", "asset"), ("4000", "income")]).await;
    let made = client.post("/parties", party("C001")).await.expect(201).json();
    let lines = json!([
        { "accountCode": "1000", "debit": "100.00", "party": "C009" },
        { "accountCode": "4000", "credit": "100.00", "party": "somebody else" },
    ]);
    let entry = json!({ "postingDate": "2026-03-02", "lines": lines, "post": true });
    client.post("/journal-entries", entry).await.expect(201);
    // No line names the old code yet, so it may change; the new code is one that a line names.
    let renamed = change(client, &made, json!({ "code": "C009" })).await.expect(200).json();
    let refused = change(client, &renamed, json!({ "code": "C010" })).await.expect(409);
    assert_eq!(refused.errors(), [("/code".to_owned(), "party_code_fixed".to_owned())]);
    change(client, &renamed, json!({ "code": "C009", "name": { "en": "Other" } })).await.expect(200);
    let path = format!("/parties/{}", id(&made));
    let refused = client.with_etag("DELETE", &path, "*", Value::Null).await.expect(409);
    assert!(refused.code() == "in_use" && refused.text().contains("journal entries"), "{}", refused.text());
}

#[tokio::test]
async fn a_name_that_is_there_already_is_found() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    for (code, name) in [
        ("C001", json!({ "ar": "شركة الأفق للمقاولات" })),
        ("C002", json!({ "ar": "شركه الافق  للمقاولات", "en": "Horizon" })),
        ("C003", json!({ "en": "Horizons" })),
    ] {
        client.post("/parties", json!({ "code": code, "name": name })).await.expect(201);
    }
    let codes = |found: Value| -> Vec<String> {
        found["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|party| party["code"].as_str().unwrap().to_owned())
            .collect()
    };
    let found = client.get(&format!("/parties/duplicates?name={}", encode("شركة الافق للمقاولات"))).await.ok();
    assert_eq!(found["more"], false);
    assert_eq!(codes(found), ["C001", "C002"]);
    assert_eq!(codes(client.get("/parties/duplicates?name=HORI%20ZON").await.ok()), ["C002"]);
    assert_eq!(client.get("/parties/duplicates").await.code(), "required");
}
