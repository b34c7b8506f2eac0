//! Recurring invoices: each occurrence is made once, with its own date, for whoever ordered it (R84).

use application::accounting::recurring::{RecurringRun, run_due_occurrences};
use application::documents::recurring::template::InvoiceTemplate;
use futures::future::join_all;
use testkit::world::PASSWORD;

use super::*;

/// A recurring invoice for each month from January 2026 on.
fn monthly(code: &str, auto_post: bool, template: Value) -> Value {
    json!({
        "code": code, "name": { "en": "Maintenance", "ar": "صيانة" }, "startDate": "2026-01-31", "autoPost": auto_post,
        "schedule": { "frequency": "monthly", "dayOfMonth": 31 }, "template": template,
    })
}

fn maintenance() -> Value {
    json!({
        "partyCode": "C001", "reference": "M-{year}-{month}",
        "lines": [{ "description": "Maintenance {month}/{year}", "quantity": "1", "unitPrice": "1000.00", "taxCode": "S15" }],
    })
}

async fn create(client: &Client, body: Value) -> String {
    let made = client.post("/recurring-invoices", body).await.expect(201).json();
    format!("/recurring-invoices/{}", id(&made))
}

async fn run(client: &Client, path: &str, through: &str) -> Value {
    with_etag(client, "POST", &format!("{path}/run"), json!({ "date": through })).await.ok()
}

/// The background's work on that day.
async fn background(world: &World, client: &Client, today: &str) -> RecurringRun {
    let tenant: uuid::Uuid = id(&client.get("/tenants/current").await.ok()).parse().unwrap();
    let app = &world.parts.application;
    run_due_occurrences::<InvoiceTemplate>(app, tenant.into(), today.parse().unwrap()).await.unwrap()
}

async fn invoices(client: &Client) -> Vec<Value> {
    let list = client.get("/sales-invoices?sort=documentDate&limit=100").await.ok();
    list["items"].as_array().unwrap().clone()
}

fn dates(list: &Value, member: &str) -> Vec<String> {
    list.as_array()
        .unwrap_or_else(|| panic!("{list}"))
        .iter()
        .map(|one| text(&one[member]).to_owned())
        .collect()
}

/// C9: elsewhere a monthly invoice came every hour.
#[tokio::test]
async fn the_job_that_runs_every_hour_makes_one_invoice_a_month() {
    let (world, tenant) = company().await;
    let client = &tenant.client;
    let path = create(client, monthly("MAINT", true, maintenance())).await;
    let mut posted = 0;
    for _ in 0..24 {
        posted += background(&world, client, "2026-02-01").await.posted;
    }
    assert_eq!(posted, 1, "January");
    assert_eq!(
        background(&world, client, "2026-03-31").await,
        RecurringRun { posted: 2, ..RecurringRun::default() }
    );
    let made = invoices(client).await;
    let expected = [
        ("2026-01-31", "M-2026-01", "INV-2026-000001"),
        ("2026-02-28", "M-2026-02", "INV-2026-000002"),
        ("2026-03-31", "M-2026-03", "INV-2026-000003"),
    ];
    let shown =
        |one: &Value| ["documentDate", "reference", "number"].map(|member| text(&one[member]).to_owned());
    let shown: Vec<_> = made.iter().map(shown).collect();
    assert_eq!(shown, expected.map(|(date, reference, number)| [date, reference, number].map(str::to_owned)));
    let first = client.get(&format!("/sales-invoices/{}", id(&made[0]))).await.ok();
    assert_eq!(
        (totals(&first).as_str(), &first["taxDate"]),
        ("1000.00 | 150.00 | 1150.00", &json!("2026-01-31"))
    );
    assert_eq!(first["lines"][0]["description"], "Maintenance 01/2026");
    assert_eq!(first["recurringInvoiceId"], path.rsplit('/').next().unwrap());
    let runs = client.get(&format!("{path}/occurrences")).await.ok();
    assert_eq!(dates(&runs["items"], "date"), ["2026-01-31", "2026-02-28", "2026-03-31"]);
    assert_eq!(
        (&runs["items"][0]["status"], &runs["items"][0]["documentId"]),
        (&json!("made"), &first["id"])
    );
    let used = with_etag(client, "DELETE", &path, Value::Null).await.expect(409);
    assert_eq!(used.code(), "in_use");
    agree(client, "2026-12-31").await;
}

/// Two replicas, and people who press the button at the same moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_occurrence_is_made_once_by_several_at_once() {
    let (world, tenant) = company().await;
    let client = &tenant.client;
    let path = create(client, monthly("MAINT", true, maintenance())).await;
    let press = format!("{path}/run");
    let pressing = (0..3).map(|_| with_etag(client, "POST", &press, json!({ "date": "2026-02-15" })));
    let jobs = (0..3).map(|_| background(&world, client, "2026-02-15"));
    let (pressed, ran) = tokio::join!(join_all(pressing), join_all(jobs));
    let by_hand: usize = pressed
        .iter()
        .filter(|answer| answer.status.is_success())
        .map(|answer| answer.json()["documents"].as_array().unwrap().len())
        .sum();
    let by_jobs: usize = ran.iter().map(|run| run.posted).sum();
    assert_eq!((by_hand + by_jobs, invoices(client).await.len()), (1, 1));
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn an_occurrence_that_fails_stays_open_and_holds_up_none() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let path = create(client, monthly("MAINT", true, maintenance())).await;
    let period = client.get("/fiscal-periods?kind=regular&start=2026-02-01").await.ok();
    let period = format!("/fiscal-periods/{}", id(&period["items"][0]));
    with_etag(client, "POST", &format!("{period}/close"), Value::Null).await.expect(200);
    let ran = run(client, &path, "2026-03-31").await;
    assert_eq!(dates(&ran["documents"], "documentDate"), ["2026-01-31", "2026-03-31"]);
    assert_eq!(dates(&ran["failed"], "date"), ["2026-02-28"]);
    let shown = client.get(&path).await.ok();
    assert_eq!((&shown["failedCount"], &shown["nextDate"]), (&json!(1), &json!("2026-04-30")));
    let problem = &shown["lastError"]["errors"][0];
    assert_eq!(
        (&problem["code"], &problem["pointer"]),
        (&json!("fiscal_period_closed"), &json!("/postingDate"))
    );
    assert!(text(&problem["ar"]).contains("مقفلة"), "{problem}");
    let runs = client.get(&format!("{path}/occurrences?status=failed")).await.ok();
    assert_eq!(dates(&runs["items"], "date"), ["2026-02-28"]);
    let february = period.rsplit('/').next().unwrap();
    let checklist = client.get(&format!("/close-checklist?fiscalPeriodId={february}")).await.ok();
    let asked =
        checklist["items"].as_array().unwrap().iter().find(|item| item["code"] == "recurring_invoices");
    assert_eq!(asked.map(|item| (&item["status"], &item["count"])), Some((&json!("warning"), &json!(1))));
    // No number is missing for what was refused.
    assert_eq!(invoices(client).await[1]["number"], "INV-2026-000002");

    // Once its month is open again it is made with its own date; the next one is skipped.
    with_etag(client, "POST", &format!("{period}/open"), json!({ "reason": "late" })).await.expect(200);
    let again = run(client, &path, "2026-03-31").await;
    assert_eq!(dates(&again["documents"], "documentDate"), ["2026-02-28"]);
    assert_eq!(again["recurringInvoice"]["failedCount"], 0);
    let skip = format!("{path}/skip");
    let skipped = with_etag(client, "POST", &skip, json!({ "reason": "Free month" })).await.ok();
    assert_eq!(skipped["recurringInvoice"]["nextDate"], "2026-05-31");
    let made =
        with_etag(client, "POST", &skip, json!({ "date": "2026-02-28", "reason": "x" })).await.expect(409);
    assert_eq!(made.code(), "recurring_occurrence_not_open");
    let runs = client.get(&format!("{path}/occurrences?sort=-date")).await.ok();
    assert_eq!(dates(&runs["items"], "status"), ["skipped", "made", "made", "made"]);
    let feed = client.get("/events?limit=1000").await.ok().to_string();
    for event in ["recurring_invoice.created", "recurring_invoice.ran", "recurring_invoice.skipped"] {
        assert!(feed.contains(event), "{event}");
    }
}

/// A late invoice has its own date; its VAT is declared on the first day that no filed return covers (R67).
#[tokio::test]
async fn the_tax_date_of_a_late_invoice_is_one_that_is_open() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let path = create(client, monthly("MAINT", true, maintenance())).await;
    let lock = json!({ "lockedThrough": "2026-01-31" });
    client.with_etag("PUT", "/locks/tax", "*", lock).await.expect(200);
    let ran = run(client, &path, "2026-02-28").await;
    assert_eq!(dates(&ran["documents"], "documentDate"), ["2026-01-31", "2026-02-28"], "{ran}");
    assert_eq!(dates(&ran["documents"], "taxDate"), ["2026-02-01", "2026-02-28"]);
}

#[tokio::test]
async fn drafts_are_left_and_a_pause_loses_no_month() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let path = create(client, monthly("MAINT", false, maintenance())).await;
    let preview = client.get(&format!("{path}/preview?count=2")).await.ok();
    assert_eq!(dates(&preview["items"], "documentDate"), ["2026-01-31", "2026-02-28"]);
    assert_eq!(preview["items"][1]["reference"], "M-2026-02");
    let ran = run(client, &path, "2026-01-31").await;
    assert_eq!(
        (&ran["documents"][0]["status"], &ran["documents"][0]["number"]),
        (&json!("draft"), &Value::Null)
    );
    with_etag(client, "PATCH", &path, json!({ "active": false })).await.expect(200);
    let paused = with_etag(client, "POST", &format!("{path}/run"), json!({})).await.expect(409);
    assert_eq!(paused.code(), "recurring_invoice_inactive");
    let resumed = with_etag(client, "PATCH", &path, json!({ "active": true })).await.ok();
    assert_eq!(resumed["nextDate"], "2026-02-28");
    // A draft that is changed and posted later still says where it comes from; one that is deleted does not come again.
    let draft = format!("/sales-invoices/{}", id(&ran["documents"][0]));
    with_etag(client, "PATCH", &draft, json!({ "notes": "checked" })).await.expect(200);
    let posted = with_etag(client, "POST", &format!("{draft}/post"), Value::Null).await.ok();
    assert_eq!(posted["recurringInvoiceId"], path.rsplit('/').next().unwrap());
    let second = run(client, &path, "2026-02-28").await;
    let second = format!("/sales-invoices/{}", id(&second["documents"][0]));
    with_etag(client, "DELETE", &second, Value::Null).await.expect(204);
    assert_eq!(run(client, &path, "2026-02-28").await["documents"], json!([]));
    // Its end is a date; nothing falls due after it.
    let ended = with_etag(client, "PATCH", &path, json!({ "endDate": "2026-03-31" })).await.ok();
    assert_eq!(ended["nextDate"], "2026-03-31");
    assert_eq!(run(client, &path, "2026-12-31").await["documents"].as_array().unwrap().len(), 1);
    let over = with_etag(client, "POST", &format!("{path}/skip"), json!({ "reason": "x" })).await.expect(409);
    assert_eq!(over.code(), "recurring_invoice_ended");
}

#[tokio::test]
async fn prices_are_fixed_when_the_template_is_saved_or_looked_up_each_time() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let item = json!({
        "code": "HOST", "name": { "en": "Hosting" }, "kind": "service", "categoryCode": "GOODS", "baseUnitCode": "PCE",
        "salesPrice": "30", "salesTaxCode": "S15",
    });
    let item = client.post("/items", item).await.expect(201).json();
    let template = json!({ "partyCode": "C001", "lines": [{ "itemCode": "HOST", "quantity": "2" }] });
    let fixed = create(client, monthly("FIXED", false, template.clone())).await;
    let mut current = monthly("CURRENT", false, template);
    current["prices"] = json!("current");
    let current = create(client, current).await;
    assert_eq!(client.get(&fixed).await.ok()["template"]["lines"][0]["unitPrice"], "30");
    assert_eq!(client.get(&current).await.ok()["template"]["lines"][0].get("unitPrice"), None);
    let item = format!("/items/{}", id(&item));
    with_etag(client, "PATCH", &item, json!({ "salesPrice": "40" })).await.expect(200);
    for (path, net) in [(&fixed, "60.00"), (&current, "80.00")] {
        assert_eq!(run(client, path, "2026-01-31").await["documents"][0]["totals"]["net"], net);
    }
}

#[tokio::test]
async fn bills_recur_as_well_each_with_a_number_of_its_own() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let template = json!({
        "partyCode": "V001", "supplierNumber": "RENT-{year}-{month}", "lines": [line("1", "5000.00", "P15")],
    });
    let mut body = monthly("RENT", true, template);
    body["type"] = json!("purchase_invoice");
    let path = create(client, body).await;
    let ran = run(client, &path, "2026-02-28").await;
    assert_eq!(dates(&ran["documents"], "supplierNumber"), ["RENT-2026-01", "RENT-2026-02"]);
    assert_eq!(dates(&ran["documents"], "postingDate"), ["2026-01-31", "2026-02-28"]);
    let list = client.get("/recurring-invoices?type=purchase_invoice").await.ok();
    assert_eq!((&list["items"][0]["code"], list["items"][0].get("template")), (&json!("RENT"), None));
    assert_eq!(client.get("/recurring-invoices?type=sales_invoice").await.ok()["items"], json!([]));
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn a_template_is_checked_as_the_draft_that_it_becomes() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let path = create(client, monthly("MAINT", true, maintenance())).await;
    let mut template = maintenance();
    template["documentDate"] = json!("2026-01-01");
    template["post"] = json!(true);
    template["lines"][0]["quantity"] = json!("many");
    let mut wrong = monthly("maint", true, template);
    wrong["schedule"]["dayOfMonth"] = json!(31);
    wrong["endDate"] = json!("2025-01-01");
    let refused = client.post("/recurring-invoices", wrong).await.expect(409);
    let mut errors = refused.errors();
    errors.sort();
    let expected = [
        ("/code", "already_exists"),
        ("/endDate", "recurrence_end_before_start"),
        ("/template/documentDate", "recurring_template_member"),
        ("/template/lines/0/quantity", "invalid_quantity"),
        ("/template/post", "recurring_template_member"),
    ];
    let expected = expected.map(|(at, code)| (at.to_owned(), code.to_owned()));
    assert_eq!(errors, expected, "{}", refused.text());
    // Refusals by the books point at their place in the template.
    let mut unknown = maintenance();
    unknown["partyCode"] = json!("NOBODY");
    unknown["lines"][0]["taxCode"] = json!("X99");
    let refused = with_etag(client, "PATCH", &path, json!({ "template": unknown })).await.expect(422);
    let pointers: Vec<String> = refused.errors().into_iter().map(|(at, _)| at).collect();
    assert!(
        pointers.iter().any(|at| at == "/template/partyCode")
            && pointers.iter().any(|at| at == "/template/lines/0/taxCode"),
        "{}",
        refused.text()
    );
    // Violations of posting alone are refused where posting is ordered.
    let buyer = json!({ "code": "C009", "name": { "en": "No address" }, "kind": "company", "customer": {} });
    client.post("/parties", buyer).await.expect(201);
    let mut template = maintenance();
    template["partyCode"] = json!("C009");
    let refused = client.post("/recurring-invoices", monthly("A", true, template.clone())).await.expect(422);
    assert_eq!(refused.code(), "buyer_address_incomplete", "{}", refused.text());
    create(client, monthly("A", false, template)).await;
    let arabic = ["Accept-Language: ar", "Content-Type: application/json"];
    let mut body = monthly("B", false, maintenance());
    body["template"]["dueDate"] = json!("2026-02-01");
    let told = client.call("POST", "/recurring-invoices", &arabic, body.to_string()).await.expect(422);
    assert!(told.text().contains("يتحدد dueDate لكل فاتورة"), "{}", told.text());
    // A party that a template names is not deleted.
    let party = client.get("/parties?code=C009").await.ok();
    let party = format!("/parties/{}", id(&party["items"][0]));
    assert_eq!(with_etag(client, "DELETE", &party, Value::Null).await.expect(409).code(), "in_use");
}

#[tokio::test]
async fn invoices_are_made_with_the_rights_of_whoever_ordered_them() {
    let (world, tenant) = company().await;
    let admin = &tenant.client;
    let person = async |name: &str, permissions: &[&str]| {
        let role = json!({ "code": name, "name": { "en": name }, "permissions": permissions });
        let role = admin.post("/roles", role).await.expect(201).json();
        let email = format!("{name}@alpha.example");
        let user = world.user(admin, &email, &[id(&role)]).await;
        (world.sign_in(&email, PASSWORD, Some("alpha")).await, user)
    };
    let rights = ["documents.recurring_invoice.*", "sales.sales_invoice.create", "sales.sales_invoice.post"];
    let (sara, sara_id) = person("sara", &rights).await;
    let (omar, _) = person("omar", &["documents.recurring_invoice.*", "sales.sales_invoice.create"]).await;
    let refused = omar.post("/recurring-invoices", monthly("OMAR", true, maintenance())).await.expect(403);
    assert_eq!(refused.code(), "document_post_permission");
    let mut bills = monthly("BILLS", false, maintenance());
    bills["type"] = json!("purchase_invoice");
    assert_eq!(omar.post("/recurring-invoices", bills).await.expect(403).code(), "permission_denied");
    let path = create(&sara, monthly("SARA", true, maintenance())).await;
    let pressed = with_etag(&omar, "POST", &format!("{path}/run"), json!({ "date": "2026-01-31" })).await;
    assert_eq!(pressed.expect(403).code(), "document_post_permission");
    assert_eq!(background(&world, admin, "2026-01-31").await.posted, 1);
    assert_eq!(invoices(admin).await[0]["createdBy"], json!(sara_id));

    let given = admin.get(&format!("/role-assignments?userId={sara_id}")).await.ok();
    let given = format!("/role-assignments/{}", id(&given["items"][0]));
    with_etag(admin, "DELETE", &given, Value::Null).await.expect(204);
    assert_eq!(
        background(&world, admin, "2026-02-28").await,
        RecurringRun { failed: 1, ..RecurringRun::default() }
    );
    let shown = admin.get(&path).await.ok();
    assert_eq!(shown["lastError"]["errors"][0]["code"], "orderer_not_permitted", "{shown}");
    // The user who saves the template again becomes its orderer, and the occurrence is tried again at once.
    let mut template = maintenance();
    template["notes"] = json!("Thank you");
    with_etag(admin, "PATCH", &path, json!({ "template": template })).await.expect(200);
    assert_eq!(background(&world, admin, "2026-02-28").await.posted, 1);
}
