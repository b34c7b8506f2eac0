//! Four eyes: entries by hand that other people approve before they are posted.

use serde_json::{Value, json};
use testkit::world::PASSWORD;
use testkit::{Answer, Client, TenantKit, World};

/// Books with a bookkeeper, an accountant and two controllers, beside the administrator.
pub struct House {
    pub world: World,
    pub tenant: TenantKit,
    pub clerk: Person,
    pub accountant: Person,
    pub controller: Person,
    pub second: Person,
}

pub struct Person {
    pub id: String,
    pub client: Client,
}

impl House {
    pub async fn new() -> Self {
        let (world, tenant) = World::books().await;
        let roles = tenant.client.get("/roles").await.ok();
        let role = |code: &str| {
            let all = roles["items"].as_array().unwrap();
            text(&all.iter().find(|role| role["code"] == code).unwrap()["id"])
        };
        let person = async |name: &str, code: &str| {
            let email = format!("{name}@alpha.example");
            let id = world.user(&tenant.client, &email, &[&role(code)]).await;
            Person { id, client: world.sign_in(&email, PASSWORD, None).await }
        };
        let clerk = person("clerk", "bookkeeper").await;
        let accountant = person("accountant", "accountant").await;
        let controller = person("controller", "financial_controller").await;
        let second = person("second", "financial_controller").await;
        Self { world, tenant, clerk, accountant, controller, second }
    }

    /// A policy of entries of 10,000 SAR and more, with these steps.
    pub async fn policy(&self, steps: Value) -> Value {
        let body = json!({
            "code": "LARGE", "name": { "en": "Large entries" }, "amountFrom": "10000.00", "steps": steps,
        });
        self.controller.client.post("/approval-policies", body).await.expect(201).json()
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

pub fn controllers(needed: u8) -> Value {
    json!({ "approverRoleCode": "financial_controller", "approvalsNeeded": needed })
}

pub fn entry(amount: &str) -> Value {
    json!({
        "postingDate": "2026-03-05", "description": "Rent",
        "lines": [
            { "accountCode": "6210", "debit": amount }, { "accountCode": "1113", "credit": amount },
        ],
    })
}

fn posting(amount: &str) -> Value {
    let mut body = entry(amount);
    body["post"] = json!(true);
    body
}

pub async fn act(client: &Client, path: &str, etag: &str, body: Value) -> Answer {
    client.with_etag("POST", path, etag, body).await
}

/// The approval of a new draft.
pub async fn submitted(client: &Client, body: Value) -> Value {
    let made = client.post("/journal-entries", body).await.expect(201).json();
    let path = format!("/journal-entries/{}/submit", text(&made["id"]));
    act(client, &path, "*", Value::Null).await.expect(201).json()
}

pub async fn approve(person: &Person, approval: &Value) -> Answer {
    act(&person.client, &of(approval, "/approve"), "*", json!({})).await
}

pub fn of(approval: &Value, action: &str) -> String {
    format!("/approvals/{}{action}", text(&approval["id"]))
}

pub async fn entry_of(client: &Client, approval: &Value) -> Value {
    client.get(&format!("/journal-entries/{}", text(&approval["journalEntryId"]))).await.ok()
}

async fn mine(person: &Person) -> usize {
    person.client.get("/approvals/mine").await.ok()["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn another_person_approves_and_the_entry_is_posted_with_both_names() {
    let house = House::new().await;
    house.policy(json!([controllers(1)])).await;
    let (clerk, controller) = (&house.clerk, &house.controller);
    // Below the amount nothing is asked.
    house.accountant.client.post("/journal-entries", posting("9999.99")).await.expect(201);
    let made = clerk.client.post("/journal-entries", entry("10000.00")).await.expect(201);
    let path = format!("/journal-entries/{}", text(&made.json()["id"]));
    let direct = act(&house.accountant.client, &format!("{path}/post"), "*", Value::Null).await.expect(422);
    assert_eq!(direct.code(), "approval_required");
    assert!(direct.text().contains("LARGE"), "{}", direct.text());

    act(&clerk.client, &format!("{path}/submit"), "", Value::Null).await.expect(400);
    let submitted =
        act(&clerk.client, &format!("{path}/submit"), &made.etag(), Value::Null).await.expect(201);
    let approval = submitted.json();
    assert_eq!(submitted.header("location"), format!("/api/v1{}", of(&approval, "")));
    let told = ["status", "policyCode", "total", "submittedBy", "createdBy"].map(|m| text(&approval[m]));
    assert_eq!(told, ["pending", "LARGE", "10000.00", &clerk.id, &clerk.id]);
    let waiting = clerk.client.get(&path).await.ok();
    assert_eq!(
        (&waiting["status"], &waiting["approvalStatus"]),
        (&json!("draft"), &json!("pending_approval"))
    );
    let listed = clerk.client.get("/journal-entries?approvalStatus=pending_approval").await.ok();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);

    // A waiting entry does not change.
    let post = act(&house.accountant.client, &format!("{path}/post"), "*", Value::Null).await.expect(409);
    assert_eq!(post.code(), "entry_awaits_approval");
    let changed = clerk.client.with_etag("PATCH", &path, "*", json!({ "description": "x" })).await;
    assert_eq!(changed.expect(409).code(), "entry_awaits_approval");
    let gone = clerk.client.with_etag("DELETE", &path, "*", Value::Null).await.expect(409);
    assert_eq!(gone.code(), "entry_awaits_approval");
    let again = act(&clerk.client, &format!("{path}/submit"), "*", Value::Null).await.expect(409);
    assert_eq!(again.code(), "entry_awaits_approval");

    assert_eq!((mine(controller).await, mine(&house.second).await), (1, 1));
    approve(clerk, &approval).await.expect(403);
    let comment = json!({ "comment": "Contract seen" });
    let stale = act(&controller.client, &of(&approval, "/approve"), "\"9\"", comment.clone()).await;
    stale.expect(412);
    let done = act(&controller.client, &of(&approval, "/approve"), &submitted.etag(), comment).await.ok();
    assert_eq!((&done["status"], &done["postingProblems"]), (&json!("approved"), &json!([])));
    assert_eq!(done["decisions"][0]["comment"], "Contract seen");
    let posted = clerk.client.get(&path).await.ok();
    let names = ["status", "approvalStatus", "createdBy", "postedBy"].map(|m| text(&posted[m]));
    assert_eq!(names, ["posted", "approved", &clerk.id, &controller.id]);
    assert!(posted["number"].is_string());
    assert_eq!((mine(controller).await, mine(&house.second).await), (0, 0));
    let late = approve(&house.second, &approval).await.expect(409);
    assert_eq!(late.code(), "approval_not_pending");

    let events = house.tenant.client.get("/events?limit=1000").await.ok().to_string();
    for event in ["approval.submitted", "approval.approved", "journal_entry.posted"] {
        assert!(events.contains(event), "{event}");
    }
    let audit = house.tenant.client.get("/audit-log?entity=approval").await.ok();
    assert_eq!(audit["items"].as_array().unwrap().len(), 2);
    assert_eq!(house.tenant.client.post("/integrity/verify", json!({})).await.ok()["ok"], true);
}

#[tokio::test]
async fn the_last_approval_says_what_a_budget_warns_of() {
    let house = House::new().await;
    house.policy(json!([controllers(1)])).await;
    let budget = json!({ "code": "B", "name": { "en": "Budget" }, "fiscalYearCode": "2026", "status": "active",
        "controls": [{ "codeFrom": "6210", "mode": "warn" }] });
    house.tenant.client.post("/budgets", budget).await.expect(201);
    let approval = submitted(&house.clerk.client, entry("10000.00")).await;
    let approved = approve(&house.controller, &approval).await.ok();
    assert_eq!((&approved["status"], &approved["postingProblems"]), (&json!("approved"), &json!([])));
    assert_eq!(approved["warnings"][0]["code"], "budget_passed", "{approved}");
}

#[tokio::test]
async fn nobody_is_a_second_pair_of_eyes_for_themselves() {
    let house = House::new().await;
    house
        .policy(json!([{ "approverUserIds": [house.controller.id, house.second.id], "approvalsNeeded": 1 }]))
        .await;
    let admin = &house.tenant.client;
    // The administrator may do everything, but not this.
    let approval = submitted(admin, entry("20000")).await;
    let path = of(&approval, "/approve");
    let own = act(admin, &path, "*", json!({})).await.expect(403);
    assert_eq!(own.code(), "four_eyes_required");
    let arabic =
        admin.call("POST", &path, &["If-Match: *", "Accept-Language: ar"], "{}").await.expect(403).text();
    assert!(arabic.contains("يجب أن يقرر شخص آخر"), "{arabic}");
    let bystander = act(&house.clerk.client, &of(&approval, "/recall"), "*", Value::Null).await.expect(403);
    assert_eq!(bystander.code(), "approval_not_recalled");
    approve(&house.second, &approval).await.expect(200);
    assert_eq!(entry_of(admin, &approval).await["status"], "posted");
}

#[tokio::test]
async fn steps_are_frozen_and_follow_each_other_and_one_person_counts_once() {
    let house = House::new().await;
    let policy = house.policy(json!([controllers(1), controllers(1)])).await;
    let approval = submitted(&house.clerk.client, entry("15000.00")).await;
    let path = format!("/approval-policies/{}", text(&policy["id"]));
    let changed = json!({ "amountFrom": "99999999", "steps": [controllers(2)], "active": false });
    house.controller.client.with_etag("PATCH", &path, "*", changed).await.expect(200);
    house.controller.client.with_etag("DELETE", &path, "*", Value::Null).await.expect(204);
    let first = approve(&house.controller, &approval).await.ok();
    assert_eq!((&first["status"], &first["step"]), (&json!("pending"), &json!(2)));
    let twice = approve(&house.controller, &approval).await.expect(409);
    assert_eq!(twice.code(), "approval_already_given");
    assert_eq!((mine(&house.controller).await, mine(&house.second).await), (0, 1));
    let second = approve(&house.second, &approval).await.ok();
    assert_eq!(second["status"], "approved");
    assert_eq!(entry_of(&house.clerk.client, &approval).await["status"], "posted");
}

#[tokio::test]
async fn two_approvers_at_once_have_one_effect() {
    let house = House::new().await;
    house.policy(json!([controllers(1)])).await;
    for _ in 0..5 {
        let approval = submitted(&house.clerk.client, entry("15000.00")).await;
        let etag = format!("\"{}\"", approval["version"]);
        let path = of(&approval, "/approve");
        let (one, other) = tokio::join!(
            act(&house.controller.client, &path, &etag, json!({})),
            act(&house.second.client, &path, &etag, json!({})),
        );
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412], "{} {}", one.text(), other.text());
        let kept = house.clerk.client.get(&of(&approval, "")).await.ok();
        assert_eq!(kept["decisions"].as_array().unwrap().len(), 1);
    }
    let posted = house.clerk.client.get("/journal-entries?status=posted&count=exact").await.ok();
    assert_eq!(posted["total"], 5);
}

#[tokio::test]
async fn what_was_rejected_or_recalled_is_a_draft_again() {
    let house = House::new().await;
    house.policy(json!([controllers(1)])).await;
    let clerk = &house.clerk.client;
    let approval = submitted(clerk, entry("15000.00")).await;
    act(&house.controller.client, &of(&approval, "/reject"), "*", json!({})).await.expect(422);
    let reason = json!({ "reason": "Wrong month" });
    let rejected = act(&house.controller.client, &of(&approval, "/reject"), "*", reason).await.ok();
    assert_eq!(
        (&rejected["status"], &rejected["decisions"][0]["comment"]),
        (&json!("rejected"), &json!("Wrong month"))
    );
    let path = format!("/journal-entries/{}", text(&approval["journalEntryId"]));
    assert_eq!(clerk.get(&path).await.ok()["approvalStatus"], Value::Null);
    clerk.with_etag("PATCH", &path, "*", json!({ "postingDate": "2026-02-27" })).await.expect(200);
    let again = act(clerk, &format!("{path}/submit"), "*", Value::Null).await.expect(201).json();
    let recalled = act(clerk, &of(&again, "/recall"), "*", Value::Null).await.ok();
    assert_eq!(recalled["status"], "recalled");
    let both =
        clerk.get(&format!("/approvals?journalEntryId={}", text(&approval["journalEntryId"]))).await.ok();
    assert_eq!(both["items"].as_array().unwrap().len(), 2);
    clerk.with_etag("DELETE", &path, "*", Value::Null).await.expect(204);
    let small = clerk.post("/journal-entries", entry("10.00")).await.expect(201).json();
    let path = format!("/journal-entries/{}/submit", text(&small["id"]));
    let refused = act(clerk, &path, "*", Value::Null).await.expect(409);
    assert_eq!(refused.code(), "approval_not_required");
    let unbalanced =
        json!({ "postingDate": "2026-03-05", "lines": [{ "accountCode": "6210", "debit": "20000" }] });
    let made = clerk.post("/journal-entries", unbalanced).await.expect(201).json();
    let path = format!("/journal-entries/{}/submit", text(&made["id"]));
    act(clerk, &path, "*", Value::Null).await.expect(422);
}

#[tokio::test]
async fn a_period_that_was_closed_meanwhile_keeps_the_approval_and_tells_the_reason() {
    let house = House::new().await;
    house.policy(json!([controllers(1)])).await;
    let (clerk, controller) = (&house.clerk.client, &house.controller.client);
    let approval = submitted(clerk, entry("15000.00")).await;
    let periods = controller.get("/fiscal-periods?start=2026-03-01").await.ok();
    let period = format!("/fiscal-periods/{}", text(&periods["items"][0]["id"]));
    let checklist = format!("/close-checklist?fiscalPeriodId={}", text(&periods["items"][0]["id"]));
    let items = controller.get(&checklist).await.ok()["items"].clone();
    let counts: Vec<_> =
        items.as_array().unwrap()[..2].iter().map(|item| (&item["code"], &item["count"])).collect();
    assert_eq!(counts, [(&json!("drafts"), &json!(0)), (&json!("approvals"), &json!(1))]);

    act(controller, &format!("{period}/close"), "*", Value::Null).await.expect(200);
    let approved = approve(&house.controller, &approval).await.ok();
    assert_eq!(
        (&approved["status"], &approved["postingProblems"][0]["code"]),
        (&json!("approved"), &json!("fiscal_period_closed"))
    );
    let path = format!("/journal-entries/{}", text(&approval["journalEntryId"]));
    let waiting = clerk.get(&path).await.ok();
    assert_eq!(
        (&waiting["status"], &waiting["approvalStatus"], &waiting["number"]),
        (&json!("draft"), &json!("approved"), &Value::Null)
    );
    clerk.with_etag("PATCH", &path, "*", json!({ "postingDate": "2026-04-01" })).await.expect(409);
    act(controller, &format!("{period}/open"), "*", json!({ "reason": "Approved late" })).await.expect(200);
    let posted = act(&house.accountant.client, &format!("{path}/post"), "*", Value::Null).await.ok();
    assert_eq!((&posted["status"], &posted["approvalStatus"]), (&json!("posted"), &json!("approved")));
    let late = act(clerk, &of(&approval, "/recall"), "*", Value::Null).await.expect(409);
    assert_eq!(late.code(), "entry_not_draft");
}

#[tokio::test]
async fn no_way_of_posting_by_hand_goes_round_a_policy() {
    let house = House::new().await;
    let books = &house.accountant.client;
    let small = books.post("/journal-entries", posting("500.00")).await.expect(201).json();
    let body = json!({
        "code": "ALL", "name": { "ar": "كل القيود" }, "accountCodePrefix": "62", "steps": [controllers(1)],
    });
    house.controller.client.post("/approval-policies", body).await.expect(201);

    let created = books.post("/journal-entries", posting("1.00")).await.expect(422);
    assert_eq!(created.code(), "approval_required");
    let batch = json!({ "atomic": true, "items": [
        { "method": "POST", "path": "/api/v1/journal-entries", "body": posting("1.00") },
    ] });
    let batch = books.post("/batch", batch).await.ok();
    assert_eq!(batch["results"][0]["body"]["code"], "approval_required");
    let csv = "entry,date,account,debit,credit\n1,2026-03-05,6210,12.50,\n1,2026-03-05,1113,,12.50\n";
    let types = ["Content-Type: text/csv"];
    let file = books.call("POST", "/imports?type=journal-entries&post=true", &types, csv).await.expect(422);
    assert!(file.text().contains("approval_required"), "{}", file.text());
    books.call("POST", "/imports?type=journal-entries", &types, csv).await.ok();
    let opening = json!({ "lines": [
        { "accountCode": "6210", "debit": "5" }, { "accountCode": "1113", "credit": "5" },
    ] });
    let opening = books.post("/opening-balances", opening).await.expect(422);
    assert_eq!(opening.code(), "approval_required");

    // Where something is ordered to be posted, it waits instead.
    let reverse = format!("/journal-entries/{}/reverse", text(&small["id"]));
    let reversal = act(books, &reverse, "*", json!({ "reason": "Twice" })).await.expect(201).json();
    assert_eq!(
        (&reversal["status"], &reversal["approvalStatus"]),
        (&json!("draft"), &json!("pending_approval"))
    );
    let recurring = json!({
        "code": "RENT", "name": { "en": "Rent" }, "startDate": "2026-03-01", "autoPost": true,
        "schedule": { "frequency": "monthly", "dayOfMonth": 1 },
        "lines": [{ "accountCode": "6210", "debit": "7" }, { "accountCode": "1113", "credit": "7" }],
    });
    let made = books.post("/recurring-entries", recurring).await.expect(201).json();
    let run = act(books, &format!("/recurring-entries/{}/run", text(&made["id"])), "*", json!({})).await.ok();
    assert_eq!(run["entries"][0]["approvalStatus"], "pending_approval", "{run}");

    let queue = house.controller.client.get("/approvals/mine?sort=id").await.ok()["items"].clone();
    let queue = queue.as_array().unwrap().clone();
    assert_eq!(queue.len(), 2);
    for approval in &queue {
        approve(&house.controller, approval).await.expect(200);
    }
    let original = books.get(&format!("/journal-entries/{}", text(&small["id"]))).await.ok();
    assert_eq!((&original["status"], &original["reversedById"]), (&json!("reversed"), &reversal["id"]));
    assert_eq!(house.tenant.client.get("/integrity/checks").await.ok()["ok"], true);
    // The year-end close is not an entry by hand.
    let posted = books.get("/journal-entries?status=posted&count=exact").await.ok();
    assert_eq!(posted["total"], 2);
}

#[tokio::test]
async fn a_substitute_decides_for_some_days_and_never_about_their_own() {
    let house = House::new().await;
    house.policy(json!([{ "approverUserIds": [house.controller.id] }])).await;
    let approval = submitted(&house.clerk.client, entry("15000.00")).await;
    let refused = approve(&house.second, &approval).await.expect(403);
    assert_eq!(refused.code(), "not_an_approver");
    let delegation =
        |from: &str, to: &str| json!({ "toUserId": house.second.id, "fromDate": from, "toDate": to });
    let client = &house.controller.client;
    let wrong = json!({ "toUserId": house.clerk.id, "fromDate": "2026-03-31", "toDate": "2026-03-01" });
    let wrong = client.post("/approval-delegations", wrong).await.expect(422);
    let codes: Vec<_> = wrong.errors().into_iter().map(|(_, code)| code).collect();
    assert_eq!(codes, ["delegation_dates_order", "approver_not_permitted"]);
    let made = client.post("/approval-delegations", delegation("2026-03-16", "2026-03-20")).await.expect(201);
    approve(&house.second, &approval).await.expect(403);
    assert_eq!(mine(&house.second).await, 0);
    // From tomorrow on; today is the 15th.
    let path = format!("/approval-delegations/{}", text(&made.json()["id"]));
    let today = json!({ "fromDate": "2026-03-15" });
    house.accountant.client.with_etag("PATCH", &path, "*", today.clone()).await.expect(403);
    client.with_etag("PATCH", &path, "*", today).await.expect(200);
    assert_eq!(mine(&house.second).await, 1);
    let done = approve(&house.second, &approval).await.ok();
    assert_eq!(done["decisions"][0]["onBehalfOf"], json!(house.controller.id));
    assert_eq!(entry_of(&house.clerk.client, &approval).await["status"], "posted");

    // The person who makes policies names the substitutes of others.
    let of_admin = submitted(&house.tenant.client, entry("16000.00")).await;
    approve(&house.second, &of_admin).await.expect(200);
    let admin = text(&of_admin["submittedBy"]);
    let body = json!({ "fromUserId": admin, "toUserId": house.second.id, "fromDate": "2026-03-01", "toDate": "2026-03-31" });
    house.controller.client.post("/approval-delegations", body.clone()).await.expect(201);
    let theirs = house.accountant.client.post("/approval-delegations", body).await.expect(403);
    assert_eq!(theirs.code(), "permission_denied");
}

#[tokio::test]
async fn a_policy_that_cannot_work_is_refused_with_every_reason() {
    let house = House::new().await;
    let client = &house.controller.client;
    let wrong = json!({
        "code": "X", "name": { "en": "X" }, "journalCode": "NONE", "accountCode": "6210", "accountCodePrefix": "62",
        "dimensionCode": "cost-centre",
        "steps": [
            { "approverRoleCode": "accountant" },
            { "approverUserIds": [house.clerk.id] },
            {},
        ],
    });
    let refused = client.post("/approval-policies", wrong).await.expect(422);
    let expected = [
        ("/journalCode", "journal_unknown"),
        ("/accountCodePrefix", "account_condition_one"),
        ("/valueId", "required"),
        ("/steps/0/approverRoleCode", "approver_not_permitted"),
        ("/steps/1/approverUserIds/0", "approver_not_permitted"),
        ("/steps/2", "approval_step_approvers"),
    ];
    assert_eq!(refused.errors(), expected.map(|(at, code)| (at.to_owned(), code.to_owned())));
    let empty = json!({ "code": "X", "name": { "en": "X" }, "steps": [] });
    client.post("/approval-policies", empty).await.expect(422);
    house.accountant.client.post("/approval-policies", json!({})).await.expect(403);
    let few = json!({ "code": "X", "name": { "en": "X" }, "steps": [{ "approverUserIds": [house.second.id], "approvalsNeeded": 2 }] });
    let few = client.post("/approval-policies", few).await.expect(422);
    assert_eq!(few.errors()[0].1, "approval_step_unreachable");
}

#[tokio::test]
async fn a_role_that_a_policy_names_stays() {
    let house = House::new().await;
    let admin = &house.tenant.client;
    let body =
        json!({ "code": "owner", "name": { "en": "Owner" }, "permissions": ["accounting.approval.approve"] });
    let role = admin.post("/roles", body).await.expect(201).json();
    let policy = house.policy(json!([{ "approverRoleCode": "owner" }])).await;
    let path = format!("/roles/{}", text(&role["id"]));
    let refused = act_on(admin, "DELETE", &path).await.expect(409);
    assert_eq!(refused.code(), "in_use");
    assert!(refused.json()["detail"].as_str().unwrap().contains("approval polic"), "{}", refused.json());
    let policy = format!("/approval-policies/{}", text(&policy["id"]));
    act_on(&house.controller.client, "DELETE", &policy).await.expect(204);
    act_on(admin, "DELETE", &path).await.expect(204);
}

/// The whole resource, whichever version it has.
async fn act_on(client: &Client, method: &str, path: &str) -> Answer {
    client.call(method, path, &["If-Match: *"], "").await
}

#[tokio::test]
async fn the_first_policy_that_matches_decides_and_dimensions_reach_below() {
    let house = House::new().await;
    let admin = &house.tenant.client;
    let dimension = admin.post("/dimensions", json!({ "code": "region", "name": { "en": "Region" } })).await;
    let path = format!("/dimensions/{}/values", text(&dimension.expect(201).json()["id"]));
    let gulf =
        admin.post(&path, json!({ "code": "GULF", "name": { "en": "Gulf" } })).await.expect(201).json();
    let below = json!({ "code": "RUH", "name": { "en": "Riyadh" }, "parentId": gulf["id"] });
    admin.post(&path, below).await.expect(201);
    house.policy(json!([controllers(2)])).await;
    let first = json!({
        "code": "GULF", "name": { "en": "Gulf" }, "priority": 1, "dimensionCode": "region", "valueCode": "GULF",
        "accountCodeFrom": "6000", "accountCodeTo": "6999", "steps": [controllers(1)],
    });
    house.controller.client.post("/approval-policies", first).await.expect(201);
    let mut body = entry("20000.00");
    body["lines"][0]["dimensions"] = json!({ "region": "RUH" });
    let approval = submitted(&house.clerk.client, body.clone()).await;
    assert_eq!(approval["policyCode"], "GULF");
    approve(&house.controller, &approval).await.expect(200);
    // The reversal names the dimension by its set alone, and is found all the same.
    let reverse = format!("/journal-entries/{}/reverse", text(&approval["journalEntryId"]));
    act(&house.accountant.client, &reverse, "*", json!({ "reason": "Twice" })).await.expect(201);
    let waiting = house.controller.client.get("/approvals?status=pending").await.ok();
    assert_eq!(waiting["items"][0]["policyCode"], "GULF");
    let other = submitted(&house.clerk.client, entry("20000.00")).await;
    assert_eq!(other["policyCode"], "LARGE");
}
