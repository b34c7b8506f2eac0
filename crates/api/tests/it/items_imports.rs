//! Files of items, of their units and of prices: kept as a whole or not at all, every problem with its row and column.

use serde_json::{Value, json};
use testkit::{Answer, Client};

use crate::items::company;

async fn import(client: &Client, query: &str, text: &str) -> Answer {
    let headers = ["Content-Type: text/csv", "Prefer: wait=60"];
    client.call("POST", &format!("/imports?type={query}"), &headers, text.as_bytes().to_vec()).await
}

fn counts(result: &Value) -> [u64; 5] {
    ["items", "itemsUpdated", "prices", "pricesUpdated", "skipped"].map(|name| result[name].as_u64().unwrap())
}

const ITEMS: &str = "code,name_en,name_ar,category,base_unit,kind,barcode,sales_price,tax_sale,weight,blocked,blocked_reason\n\
    P-1,Lamp,مصباح,GOODS,PCE,,6281000000007,24.50,S15,0.25,,\n\
    P-2,Cement,إسمنت,GOODS,KGM,stock,SHELF-7,0.42,,1,sales,Wet\n\
    S-1,Installation,تركيب,SERVICES,HUR,service,,150,,,,\n";

#[tokio::test]
async fn items_units_and_prices_are_imported_as_a_whole() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let dry = import(client, "items&dryRun=true", ITEMS).await.ok();
    assert_eq!((counts(&dry), &dry["dryRun"]), ([3, 0, 0, 0, 0], &json!(true)));
    assert_eq!(client.get("/items").await.ok()["items"], json!([]));
    assert_eq!(counts(&import(client, "items", ITEMS).await.ok()), [3, 0, 0, 0, 0]);
    assert_eq!(counts(&import(client, "items", ITEMS).await.ok()), [0, 0, 0, 0, 3], "the same file again");
    let lamp = client.get("/items?barcode=6281000000007").await.ok()["items"][0].clone();
    assert_eq!(
        (&lamp["code"], &lamp["salesPrice"], &lamp["weight"]),
        (&json!("P-1"), &json!("24.5"), &json!("0.25"))
    );

    let changed = ITEMS.replace("Lamp", "LED lamp").replace("P-1", "p-1");
    let refused = import(client, "items", &changed).await.expect(422);
    assert_eq!(refused.errors(), [("/rows/2/code".to_owned(), "import_item_differs".to_owned())]);
    assert_eq!(counts(&import(client, "items&update=true", &changed).await.ok()), [0, 1, 0, 0, 2]);
    assert_eq!(client.get("/items?code=P-1").await.ok()["items"][0]["name"]["en"], "LED lamp");

    let units = "item,unit,numerator,denominator\nP-1,BX,12,1\nP-2,TNE,1000,1\nP-2,BX,45359237,100000000\n";
    assert_eq!(counts(&import(client, "item-units", units).await.ok()), [0, 2, 0, 0, 0]);
    assert_eq!(counts(&import(client, "item-units", units).await.ok()), [0, 0, 0, 0, 3]);
    let other = "item,unit,numerator,denominator\nP-1,BX,10,1\n";
    import(client, "item-units", other).await.expect(422);
    assert_eq!(counts(&import(client, "item-units&update=true", other).await.ok()), [0, 1, 0, 0, 0]);

    let prices = "list,item,unit,price,quantity_from,valid_from,valid_to,discount_percent\n\
        STANDARD,P-1,PCE,24,,2026-01-01,2026-06-30,\nSTANDARD,P-1,PCE,25,,2026-07-01,,\n\
        STANDARD,P-1,PCE,22,100,2026-01-01,,5\nSTANDARD,P-1,BX,230,,,,\n";
    assert_eq!(counts(&import(client, "prices", prices).await.ok()), [0, 0, 4, 0, 0]);
    assert_eq!(counts(&import(client, "prices", prices).await.ok()), [0, 0, 0, 0, 4]);
    let dearer = prices.replace(",22,", ",23,");
    let refused = import(client, "prices", &dearer).await.expect(422);
    assert_eq!(refused.errors(), [("/rows/4/price".to_owned(), "import_price_differs".to_owned())]);
    assert_eq!(counts(&import(client, "prices&update=true", &dearer).await.ok()), [0, 0, 0, 1, 3]);
}

#[tokio::test]
async fn every_problem_is_named_with_its_row_and_column() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    import(client, "items", ITEMS).await.ok();
    let wrong = "code,name,category,base_unit,kind,barcode,sales_price,tax_sale,sales_unit,blocked\n\
        P-5,Lamp,NONE,PCE,,,,,,\n\
        P-6,Lamp,GOODS,NONE,,,-1,P15,,\n\
        P-7,Lamp,GOODS,PCE,goods,6281000000008,,,,\n\
        P-8,Lamp,GOODS,PCE,,6281000000008,,,KGM,all\n\
        P-9,Lamp,GOODS,PCE,,6281000000007,,,,\n\
        P-9,Lamp,GOODS,PCE,,,,,,\n\
        ,,GOODS,PCE,,,1e3,,,\n\
        Q-1,Lamp,GOODS,PCE,,96385074,,,,\n\
        Q-2,Lamp,GOODS,PCE,,96385074,,,,\n";
    let refused = import(client, "items", wrong).await;
    let found = refused.errors();
    for (pointer, code) in [
        ("/rows/2/category", "unknown_reference"),
        ("/rows/3/base_unit", "unknown_reference"),
        ("/rows/3/tax_sale", "tax_code_kind_not_taken"),
        ("/rows/4/kind", "invalid_choice"),
        ("/rows/5/barcode", "barcode_invalid"),
        ("/rows/6/barcode", "barcode_taken"),
        ("/rows/7/code", "import_row_repeated"),
        ("/rows/8/code", "import_cell_empty"),
        ("/rows/8/name", "name_missing"),
        ("/rows/8/sales_price", "invalid_price"),
        ("/rows/10/barcode", "barcode_taken"),
    ] {
        let expected = (pointer.to_owned(), code.to_owned());
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    assert_eq!(client.get("/items?code=P-5").await.ok()["items"], json!([]), "nothing was kept");

    let units =
        "item,unit,numerator,denominator\nNONE,BX,1,1\nP-1,NONE,1,1\nP-1,BX,0,1\nP-1,BX,1.5,1\nP-1,PCE,2,1\n";
    let found = import(client, "item-units", units).await.errors();
    for (pointer, code) in [
        ("/rows/2/item", "unknown_reference"),
        ("/rows/3/unit", "unknown_reference"),
        ("/rows/4/numerator", "number_out_of_range"),
        ("/rows/5/numerator", "number_out_of_range"),
        ("/rows/6/numerator", "import_item_differs"),
    ] {
        assert!(found.contains(&(pointer.to_owned(), code.to_owned())), "{pointer} in {found:?}");
    }
    let prices = "list,item,unit,price,valid_from,valid_to\nNONE,P-1,PCE,1,,\nSTANDARD,NONE,PCE,1,,\nSTANDARD,P-1,KGM,1,,\n\
        STANDARD,P-1,PCE,-1,2026-02-01,2026-01-01\nSTANDARD,S-1,HUR,1,2026-01-01,\nSTANDARD,S-1,HUR,1,2026-02-01,\n\
        STANDARD,S-1,HUR,1,2026-02-01,\n";
    let found = import(client, "prices", prices).await.errors();
    for (pointer, code) in [
        ("/rows/2/list", "unknown_reference"),
        ("/rows/3/item", "unknown_reference"),
        ("/rows/4/unit", "unit_unknown_for_item"),
        ("/rows/5/price", "price_negative"),
        ("/rows/5/valid_to", "validity_reversed"),
        ("/rows/7/valid_from", "price_overlaps"),
        ("/rows/8/valid_from", "price_repeated"),
    ] {
        assert!(found.contains(&(pointer.to_owned(), code.to_owned())), "{pointer} in {found:?}");
    }
    let heading = import(client, "prices", "list,item,unit,prise\n").await.expect(422);
    assert!(heading.text().contains("import_column_unknown"), "{}", heading.text());
}
