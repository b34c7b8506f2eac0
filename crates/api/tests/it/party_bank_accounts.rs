//! Bank accounts of parties: IBANs, and the second pair of eyes.

use serde_json::{Value, json};
use testkit::{Answer, Client, TenantKit, World};

use crate::parties::{audited, member};

const IBAN: &str = "SA0380000000608010167519";

async fn party(tenant: &TenantKit, code: &str) -> String {
    let body = json!({ "code": code, "name": { "en": code } });
    let made = tenant.client.post("/parties", body).await.expect(201).json();
    format!("/parties/{}/bank-accounts", made["id"].as_str().unwrap())
}

fn account(iban: &str) -> Value {
    json!({ "holder": "Horizon", "iban": iban, "currency": "SAR" })
}

async fn verify(client: &Client, path: &str) -> Answer {
    client.with_etag("POST", &format!("{path}/verify"), "*", Value::Null).await
}

#[tokio::test]
async fn an_iban_is_checked_and_belongs_to_one_party() {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    let (first, second) = (party(&tenant, "C001").await, party(&tenant, "C002").await);
    let made = tenant.client.post(&first, account("sa03 8000 0000 6080 1016 7519")).await.expect(201).json();
    assert_eq!((&made["iban"], &made["country"]), (&json!(IBAN), &json!("SA")));
    assert_eq!(made["status"], "unverified");
    for (iban, told) in [
        ("SA0380000000608010167518", "check digits"),
        ("SA03800000006080101675", "24 characters"),
        ("ZZ0380000000608010167519", "country"),
    ] {
        let refused = tenant.client.post(&first, account(iban)).await.expect(422);
        assert_eq!(refused.errors()[0], ("/iban".to_owned(), "iban_invalid".to_owned()), "{iban}");
        assert!(refused.text().contains(told), "{iban}: {}", refused.text());
    }
    let refused = tenant.client.post(&second, account(IBAN)).await.expect(409);
    assert_eq!(refused.errors(), [("/iban".to_owned(), "party_duplicate".to_owned())]);
    assert!(refused.text().contains("C001"));
    let number = json!({ "holder": "x", "accountNumber": "0012345", "currency": "SAR" });
    let refused = tenant.client.post(&second, number).await.expect(422);
    assert_eq!(refused.errors().len(), 2, "{}", refused.text());
    let number = json!({ "holder": "x", "accountNumber": "0012345", "bankName": "B", "country": "US", "currency": "SAR" });
    tenant.client.post(&second, number).await.expect(201);

    let other = "SA4420000001234567891234";
    let (a, b) = tokio::join!(
        tenant.client.post(&first, account(other)),
        tenant.client.post(&second, account(other)),
    );
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "two at once");
}

#[tokio::test]
async fn another_user_verifies_and_any_change_undoes_it() {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    let path = party(&tenant, "C001").await;
    let made = tenant.client.post(&path, account(IBAN)).await.expect(201).json();
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    let refused = verify(&tenant.client, &one).await.expect(403);
    assert_eq!(refused.code(), "four_eyes_required");
    let clerk = member(&world, &tenant, "clerk", &["parties.party.read", "parties.party.update"]).await;
    assert_eq!(verify(&clerk, &one).await.expect(403).code(), "permission_denied");
    let controller = member(&world, &tenant, "controller", &["parties.*"]).await;
    let verified = verify(&controller, &one).await.expect(200).json();
    assert_eq!((&verified["status"], &verified["version"]), (&json!("verified"), &json!(2)));
    assert!(verified["verifiedBy"].is_string() && verified["verifiedAt"].is_string());
    assert_ne!(verified["verifiedBy"], verified["changedBy"]);
    assert_eq!(verify(&controller, &one).await.expect(409).code(), "already_done");

    let other = json!({ "iban": "SA4420000001234567891234" });
    let changed = clerk.with_etag("PATCH", &one, "*", other).await.expect(200).json();
    assert_eq!((&changed["status"], &changed["verifiedBy"]), (&json!("unverified"), &Value::Null));
    let noted = audited(&tenant.client, made["id"].as_str().unwrap(), "updated").await;
    assert_eq!(noted["before"]["iban"], IBAN);
    assert_eq!(noted["after"]["iban"], "SA4420000001234567891234");
    let events = tenant.client.get("/events?type=party_bank_account.verified").await.ok();
    assert_eq!(events["items"].as_array().unwrap().len(), 1);
    // The account of another party's path is none.
    let elsewhere = party(&tenant, "C002").await;
    verify(&controller, &format!("{elsewhere}/{}", made["id"].as_str().unwrap())).await.expect(404);
}
