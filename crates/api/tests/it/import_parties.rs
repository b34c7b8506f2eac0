//! Files of parties.

use serde_json::{Value, json};
use testkit::{Answer, TenantKit, World};

const HEADER: &str = "code,name_ar,name_en,country,is_customer,is_supplier,group,vat_number,cr_number,street,building,city,\
                      postal_code,email,currency,payment_terms,credit_limit,iban\n";

async fn upload(tenant: &TenantKit, parameters: &str, text: &str) -> Answer {
    let path = format!("/imports?type=parties{parameters}");
    tenant.client.call("POST", &path, &["Content-Type: text/csv"], text.to_owned()).await
}

#[tokio::test]
async fn a_file_of_parties_comes_in_whole() {
    let (_world, tenant) = World::books().await;
    let rows = "C001,شركة الأفق,Horizon,SA,yes,,DOMESTIC,399999999900003,1010010000,King Fahd Road,2929,Riyadh,12214,\
                a@example.com,SAR,NET30,5000.00,\n\
                S001,,Nimbus Inc.,US,no,yes,FOREIGN,,,,,,,,USD,NET30,,GB82WEST12345698765432\n";
    let text = format!("{HEADER}{rows}");
    let dry = upload(&tenant, "&dryRun=true", &text).await.expect(200).json();
    assert_eq!((&dry["parties"], &dry["dryRun"]), (&json!(2), &json!(true)));
    assert_eq!(tenant.client.get("/parties").await.ok()["items"], json!([]));
    let result = upload(&tenant, "", &text).await.expect(200).json();
    assert_eq!((&result["parties"], &result["bankAccounts"]), (&json!(2), &json!(1)));
    let page = tenant.client.get("/parties?sort=code").await.ok();
    let (first, second) = (&page["items"][0], &page["items"][1]);
    assert_eq!((&first["code"], &first["vatNumber"]), (&json!("C001"), &json!("399999999900003")));
    assert_eq!(first["customer"]["creditLimit"], "5000.00");
    assert_eq!(first["addresses"][0]["roles"], json!(["legal"]));
    assert_eq!(first["addresses"][0]["street"], json!({ "ar": null, "en": "King Fahd Road" }));
    assert_eq!((&first["contacts"][0]["email"], &first["supplier"]), (&json!("a@example.com"), &Value::Null));
    assert_eq!((&second["supplier"]["currency"], &second["customer"]), (&json!("USD"), &Value::Null));
    let accounts = format!("/parties/{}/bank-accounts", second["id"].as_str().unwrap());
    let account = tenant.client.get(&accounts).await.ok()["items"][0].clone();
    assert_eq!((&account["status"], &account["currency"]), (&json!("unverified"), &json!("USD")));

    // The same file changes nothing; another value needs to be asked for.
    assert_eq!(upload(&tenant, "", &text).await.expect(200).json()["skipped"], 2);
    let other = "code,name_en,name_ar,country,credit_limit\nc001,Horizon,شركة الأفق,SA,6000\n";
    let refused = upload(&tenant, "", other).await.expect(422);
    assert!(refused.text().contains("import_party_differs"), "{}", refused.text());
    let result = upload(&tenant, "&update=true", other).await.expect(200).json();
    assert_eq!(result["partiesUpdated"], 1);
    let page = tenant.client.get("/parties?code=C001").await.ok();
    assert_eq!(page["items"][0]["customer"]["creditLimit"], "6000.00");
    assert_eq!(page["items"][0]["vatNumber"], "399999999900003", "what the file does not say stays");
}

#[tokio::test]
async fn every_row_says_what_is_wrong_and_nothing_is_kept() {
    let (_world, tenant) = World::books().await;
    let rows = "C001,,One,SA,yes,,NONE,399999999900003,,,29,,,,,,,\n\
                C002,,Two,SA,yes,,,399999999900003,12,,,,,,XAU,,,\n\
                C003,,Three,SA,,,,,,,,,,,,,5000,SA0380000000608010167518\n\
                c001,,Again,SA,,,,,,,,,,,,,,\n";
    let refused = upload(&tenant, "", &format!("{HEADER}{rows}")).await.expect(422);
    let found = refused.errors();
    for (pointer, code) in [
        ("/rows/2/group", "unknown_reference"),
        ("/rows/2/building", "address_part_invalid"),
        ("/rows/3/cr_number", "invalid_registration"),
        ("/rows/4/iban", "iban_invalid"),
        ("/rows/5/code", "import_party_twice"),
    ] {
        assert!(found.contains(&(pointer.to_owned(), code.to_owned())), "{pointer} {code} in {found:?}");
    }
    let rows = "C001,,One,SA,yes,,,399999999900003,,,,,,,,,,\n\
                C002,,Two,SA,yes,,,399999999900003,,,,,,,XAU,,,\n\
                C003,,Three,SA,,,,,,,,,,,,,5000,SA0380000000608010167519\n\
                C004,,Four,SA,,,,,,,,,,,,,,SA0380000000608010167519\n";
    let refused = upload(&tenant, "", &format!("{HEADER}{rows}")).await.expect(422);
    let found = refused.errors();
    for (pointer, code) in [
        ("/rows/3/vat_number", "party_duplicate"),
        ("/rows/3/currency", "currency_unknown"),
        ("/rows/4/credit_limit", "import_party_role"),
        ("/rows/5/iban", "party_duplicate"),
    ] {
        assert!(found.contains(&(pointer.to_owned(), code.to_owned())), "{pointer} {code} in {found:?}");
    }
    assert_eq!(tenant.client.get("/parties").await.ok()["items"], json!([]));
    let unknown = upload(&tenant, "", "code,name_en,country,colour\nC1,One,SA,red\n").await.expect(422);
    assert!(unknown.text().contains("import_column_unknown"), "{}", unknown.text());
}

#[tokio::test]
async fn a_file_names_the_price_list_of_a_customer() {
    let (_world, tenant) = World::books().await;
    let header = "code,name_en,country,is_customer,is_supplier,price_list\n";
    let refused =
        upload(&tenant, "", &format!("{header}C001,One,SA,yes,,NONE\nS001,Two,SA,no,yes,STANDARD\n")).await;
    let refused = refused.expect(422);
    let text = refused.text();
    assert!(text.contains("unknown_reference") && text.contains("import_party_role"), "{text}");
    upload(&tenant, "", &format!("{header}C001,One,SA,yes,,STANDARD\n")).await.expect(200);
    let list = tenant.client.get("/price-lists?code=STANDARD").await.ok()["items"][0]["id"].clone();
    let party = tenant.client.get("/parties?code=C001").await.ok()["items"][0].clone();
    assert_eq!(party["customer"]["priceListId"], list);
}
