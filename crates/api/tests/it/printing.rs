//! Invoices, vouchers and reports on paper, as a reader gets them.

use serde_json::{Value, json};
use testkit::{Answer, Client, paper};

use crate::documents::{company, id, invoice, line, posted};

/// The text of an answer that is a PDF file, with single spaces; pictures of its pages go to `target/artefacts`.
fn read(answer: &Answer, name: &str) -> Option<String> {
    assert_eq!(answer.header("content-type"), "application/pdf");
    assert!(answer.body.starts_with(b"%PDF-1.7"));
    paper::pictures(&answer.body, name);
    let text = paper::text(&answer.body)?;
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn contains(text: Option<&String>, pieces: &[&str]) {
    let Some(text) = text else { return };
    for piece in pieces {
        assert!(text.contains(piece), "{piece} is not in {text}");
    }
}

async fn in_language(client: &Client, path: &str, language: &str) -> Answer {
    client.get(&format!("{path}?language={language}")).await.expect(200)
}

#[tokio::test]
async fn a_branch_stands_on_paper_with_its_own_address_and_registration() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let profile = json!({ "registrations": [{ "scheme": "CRN", "number": "1010010000" }], "address": { "city": { "en": "Riyadh" } } });
    client.with_etag("PATCH", "/company-profile", "*", profile).await.expect(200);
    let branch = json!({
        "code": "JED", "name": { "ar": "فرع جدة", "en": "Corniche branch" },
        "registrations": [{ "scheme": "CRN", "number": "4030010000" }], "address": { "city": { "en": "Jeddah" } },
    });
    posted(client, "/branches", branch).await;
    let view = posted(client, "/sales-invoices", invoice("2026-03-01", &[line("1", "10.00", "S15")])).await;
    let path = format!("/sales-invoices/{}/pdf", id(&view));
    let text = read(&in_language(client, &path, "en").await, "invoice-branch");
    contains(text.as_ref(), &["Corniche branch", "4030010000", "Jeddah"]);
    assert!(text.is_none_or(|text| !text.contains("1010010000")));
}

#[tokio::test]
async fn both_sides_of_an_invoice_are_printed_as_they_were_when_it_was_posted() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let profile = |name: &str, vat: &str, crn: &str, city: &str| {
        json!({
            "legalName": { "en": name }, "vatNumber": vat, "registrations": [{ "scheme": "CRN", "number": crn }],
            "address": { "city": { "en": city } },
        })
    };
    let save = async |body: Value| {
        client.with_etag("PATCH", "/company-profile", "*", body).await.expect(200);
    };
    save(profile("Old Seller", "399999999900003", "1010010000", "Riyadh")).await;
    let view = posted(client, "/sales-invoices", invoice("2026-03-01", &[line("1", "10.00", "S15")])).await;
    let mut draft = invoice("2026-03-01", &[line("1", "10.00", "S15")]);
    draft["post"] = json!(false);
    let draft = posted(client, "/sales-invoices", draft).await;
    let receipt =
        json!({ "partyCode": "C001", "documentDate": "2026-03-20", "amount": "5.00", "post": true });
    let receipt = posted(client, "/receipts", receipt).await;
    save(profile("New Seller", "311111111100003", "4030010000", "Jeddah")).await;
    let buyer = client.get("/parties?code=C001").await.ok();
    let buyer = format!("/parties/{}", id(&buyer["items"][0]));
    let changed = json!({
        "name": { "en": "Other Name" }, "registrations": [{ "scheme": "VAT", "number": "310000000000003" }],
        "addresses": [{ "roles": ["legal"], "street": { "en": "New Street" }, "city": { "en": "Dammam" }, "country": "AE" }],
    });
    client.with_etag("PATCH", &buyer, "*", changed).await.expect(200);

    let kept = client.get(&format!("/sales-invoices/{}", id(&view))).await.ok();
    assert_eq!(
        (&kept["company"]["name"]["en"], &kept["company"]["vatNumber"], &kept["party"]["vatNumber"]),
        (&json!("Old Seller"), &json!("399999999900003"), &Value::Null)
    );
    let listed = client.get("/sales-invoices").await.ok();
    assert_eq!(listed["items"][0]["company"], Value::Null);
    let path = format!("/sales-invoices/{}/pdf", id(&view));
    let text = read(&in_language(client, &path, "en").await, "invoice-as-posted");
    contains(text.as_ref(), &["Old Seller", "399999999900003", "1010010000", "1234", "Horizon"]);
    for today in ["New Seller", "311111111100003", "4030010000", "Jeddah", "Other Name", "New Street"] {
        assert!(text.as_ref().is_none_or(|text| !text.contains(today)), "{today} is in {text:?}");
    }
    let text = read(
        &in_language(client, &format!("/receipts/{}/pdf", id(&receipt)), "en").await,
        "receipt-as-posted",
    );
    contains(text.as_ref(), &["Old Seller"]);
    let path = format!("/sales-invoices/{}/pdf", id(&draft));
    let text = read(&in_language(client, &path, "en").await, "draft-of-today");
    contains(text.as_ref(), &["New Seller", "311111111100003", "Jeddah", "New Street", "310000000000003"]);
}

#[tokio::test]
async fn an_invoice_is_printed_in_arabic_english_and_both() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut body = invoice("2026-03-01", &[line("2", "600.00", "S15"), line("1", "10.00", "S15")]);
    body["notes"] = json!("شكرًا لتعاملكم معنا");
    let view = posted(client, "/sales-invoices", body).await;
    let path = format!("/sales-invoices/{}/pdf", id(&view));
    let number = view["number"].as_str().unwrap();

    let both = in_language(client, &path, "both").await;
    assert_eq!(both.header("content-disposition"), format!("inline; filename=\"{number}.pdf\""));
    let both = read(&both, "invoice-both");
    let arabic = [
        "فاتورة ضريبية",
        "شركة الأفق",
        "طريق الملك فهد",
        "فقط ألف وثلاثمائة وواحد وتسعون ريالاً وخمسون هللة لا غير",
    ];
    let english = [
        "Tax invoice",
        "Horizon",
        "VAT number",
        "One thousand three hundred and ninety-one riyals and fifty halalas only",
    ];
    let figures = [number, "2026-03-01", "399999999900003", "1,200.00", "1,210.00", "181.50", "1,391.50"];
    contains(both.as_ref(), &arabic);
    contains(both.as_ref(), &english);
    contains(both.as_ref(), &figures);

    let only = read(&in_language(client, &path, "ar").await, "invoice-ar");
    contains(only.as_ref(), &arabic);
    contains(only.as_ref(), &figures);
    assert!(only.is_none_or(|text| !text.contains("Tax invoice")));
    let only = read(&in_language(client, &path, "en").await, "invoice-en");
    contains(only.as_ref(), &english);
    contains(only.as_ref(), &figures);
    assert!(only.is_none_or(|text| !text.contains("فاتورة")));

    // Who asks for no language gets Arabic in any case.
    contains(
        read(&client.get(&path).await.expect(200), "invoice-default").as_ref(),
        &["فاتورة ضريبية", "Tax invoice"],
    );
    let refused = client.get(&format!("{path}?language=fr")).await.expect(422);
    assert_eq!(refused.code(), "unknown_word");
    client.get(&format!("/receipts/{}/pdf", id(&view))).await.expect(404);
}

#[tokio::test]
async fn a_draft_says_that_it_is_one_and_a_note_names_its_invoice() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut draft = invoice("2026-03-01", &[line("1", "100.00", "S15")]);
    draft["post"] = json!(false);
    let draft = posted(client, "/sales-invoices", draft).await;
    let printed = in_language(client, &format!("/sales-invoices/{}/pdf", id(&draft)), "both").await;
    contains(read(&printed, "invoice-draft").as_ref(), &["(مسودة)", "Draft"]);

    let sold = posted(client, "/sales-invoices", invoice("2026-03-02", &[line("1", "100.00", "S15")])).await;
    let cancel = format!("/sales-invoices/{}/cancel", id(&sold));
    let note = client
        .with_etag("POST", &cancel, "*", json!({ "reason": "Ordered by mistake" }))
        .await
        .expect(201)
        .json();
    let printed = in_language(client, &format!("/sales-credit-notes/{}/pdf", id(&note)), "both").await;
    let number = sold["number"].as_str().unwrap();
    contains(
        read(&printed, "credit-note").as_ref(),
        &["إشعار دائن", "Credit note", number, "Ordered by mistake", "Amount credited"],
    );
    if let Some(text) = read(&printed, "credit-note") {
        assert!(!text.contains("Amount due") && !text.contains("Due date"), "it asks for no money: {text}");
        assert!(text.contains("Page 1 of 1") && text.contains("صفحة"), "{text}");
        assert!(text.contains("Printed on"), "{text}");
    }

    let mut counter = invoice("2026-03-02", &[line("1", "10.00", "S15")]);
    counter["kind"] = json!("simplified");
    counter["payment"] = json!({ "method": "cash", "amount": "11.50" });
    let sold = posted(client, "/sales-invoices", counter).await;
    let printed = in_language(client, &format!("/sales-invoices/{}/pdf", id(&sold)), "en").await;
    if let Some(text) = read(&printed, "paid-invoice") {
        assert!(text.contains("Paid") && !text.contains("Amount due"), "{text}");
    }
}

#[tokio::test]
async fn vouchers_are_printed() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let receipt =
        json!({ "partyCode": "C001", "documentDate": "2026-03-20", "amount": "231.15", "post": true });
    let receipt = posted(client, "/receipts", receipt).await;
    let printed = in_language(client, &format!("/receipts/{}/pdf", id(&receipt)), "both").await;
    let expected =
        ["سند قبض", "Receipt voucher", "فقط مئتان وواحد وثلاثون ريالاً وخمس عشرة هللة لا غير", "231.15"];
    contains(read(&printed, "receipt").as_ref(), &expected);
}

#[tokio::test]
async fn reports_are_printed_in_the_language_of_the_request() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    posted(client, "/sales-invoices", invoice("2026-03-01", &[line("1", "1234.50", "S15")])).await;
    for (report, arabic, english, figure) in [
        ("trial-balance", "ميزان المراجعة", "Trial balance", "1,234.50"),
        ("balance-sheet", "قائمة المركز المالي", "Balance sheet", "1,419.68"),
        ("income-statement", "قائمة الدخل", "Income statement", "1,234.50"),
        ("general-ledger", "دفتر الأستاذ العام", "General ledger", "1,234.50"),
        ("receivables-ageing", "أعمار الذمم المدينة", "Receivables ageing", "1,419.68"),
    ] {
        let path = format!("/reports/{report}?to=2026-12-31&format=pdf");
        for (language, title) in [("ar", arabic), ("en", english)] {
            let asked = format!("Accept-Language: {language}");
            let printed = client.call("GET", &path, &[&asked], "").await.expect(200);
            let file = format!("attachment; filename=\"{report}.pdf\"");
            assert_eq!(printed.header("content-disposition"), file);
            let text = read(&printed, &format!("{report}-{language}"));
            contains(text.as_ref(), &[title, figure]);
        }
    }
    let printed =
        client.call("GET", "/reports/trial-balance", &["Accept: application/pdf"], "").await.expect(200);
    assert_eq!(printed.header("content-type"), "application/pdf");
}

/// A reminder in the customer's language, in the other one and in both; a draft says that it is one.
#[tokio::test]
async fn a_dunning_notice_is_printed_in_arabic_english_and_both() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let text = json!({ "ar": "نذكركم بسداد المبالغ المستحقة.", "en": "Please settle what is overdue." });
    let profile =
        json!({ "code": "R", "name": { "en": "R" }, "levels": [{ "daysOverdue": 15, "text": text }] });
    client.post("/dunning-profiles", profile).await.expect(201);
    let view = posted(client, "/sales-invoices", invoice("2026-03-01", &[line("1", "1000.00", "S15")])).await;
    let number = view["number"].as_str().unwrap();
    let run = client.post("/dunning-runs", json!({ "date": "2026-03-31", "profileCode": "R" })).await;
    let run = run.expect(201).json();
    let path = format!("/dunning-notices/{}/pdf", id(&run["notices"][0]));
    let draft = read(&client.get(&path).await.expect(200), "dunning-draft");
    contains(draft.as_ref(), &["إشعار مطالبة بالسداد", "مسودة", "نذكركم بسداد المبالغ المستحقة."]);
    client.with_etag("POST", &format!("/dunning-runs/{}/post", id(&run)), "*", json!({})).await.expect(200);
    let english = read(&in_language(client, &path, "en").await, "dunning-en");
    contains(
        english.as_ref(),
        &["Payment reminder", "Horizon", "Please settle what is overdue.", "2026-03-01", "30", "1,150.00"],
    );
    let both = read(&in_language(client, &path, "both").await, "dunning-both");
    contains(both.as_ref(), &["Payment reminder", "إشعار مطالبة بالسداد", "شركة الأفق", number]);
}
