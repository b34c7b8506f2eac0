//! For any clients in any order: the books balance (R6), numbers have no gap (R14), balances are the sum of the
//! entries and the chain holds (R5, R16).

use proptest::prelude::*;
use serde_json::{Value, json};
use testkit::world::entry;
use testkit::{TenantKit, World};

const ACCOUNTS: [(&str, &str); 4] =
    [("1000", "asset"), ("2000", "liability"), ("4000", "income"), ("6000", "expense")];

#[derive(Debug, Clone)]
enum Step {
    /// Debit and credit account, cents, month; posted at once or left as a draft.
    Create {
        debit: usize,
        credit: usize,
        cents: u32,
        month: u32,
        post: bool,
    },
    /// More on one side than on the other: refused.
    Unbalanced {
        cents: u32,
    },
    PostDraft(usize),
    ChangeDraft(usize, u32),
    DeleteDraft(usize),
    Reverse(usize),
    Copy(usize),
    ClosePeriod(usize),
    OpenPeriod(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let account = 0..ACCOUNTS.len();
    prop_oneof![
        6 => (account.clone(), account, 1..100_000_u32, 1..=12_u32, any::<bool>())
            .prop_map(|(debit, credit, cents, month, post)| Step::Create { debit, credit, cents, month, post }),
        1 => (1..100_000_u32).prop_map(|cents| Step::Unbalanced { cents }),
        3 => (0..8_usize).prop_map(Step::PostDraft),
        1 => (0..8_usize, 1..100_000_u32).prop_map(|(n, cents)| Step::ChangeDraft(n, cents)),
        1 => (0..8_usize).prop_map(Step::DeleteDraft),
        2 => (0..8_usize).prop_map(Step::Reverse),
        1 => (0..8_usize).prop_map(Step::Copy),
        1 => (0..12_usize).prop_map(Step::ClosePeriod),
        1 => (0..12_usize).prop_map(Step::OpenPeriod),
    ]
}

fn amount(cents: u32) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// The nth entry in this state, counted around.
async fn nth(tenant: &TenantKit, status: &str, n: usize) -> Option<Value> {
    let list = tenant.client.get(&format!("/journal-entries?status={status}&sort=id")).await.ok();
    let items = list["items"].as_array().unwrap().clone();
    if items.is_empty() { None } else { Some(items[n % items.len()].clone()) }
}

/// Does one step; refusals are part of life, failures of the server are not.
async fn take(tenant: &TenantKit, step: &Step) {
    let client = &tenant.client;
    let of =
        |entry: &Value, action: &str| format!("/journal-entries/{}{action}", entry["id"].as_str().unwrap());
    let answer = match step {
        Step::Create { debit, credit, cents, month, post } => {
            let lines =
                [(ACCOUNTS[*debit].0, &*amount(*cents), ""), (ACCOUNTS[*credit].0, "", &*amount(*cents))];
            client.post("/journal-entries", entry(&format!("2026-{month:02}-15"), &lines, *post)).await
        }
        Step::Unbalanced { cents } => {
            let lines = [("1000", &*amount(*cents), ""), ("4000", "", &*amount(cents + 1))];
            client.post("/journal-entries", entry("2026-05-15", &lines, true)).await.expect(422)
        }
        Step::PostDraft(n) => {
            let Some(draft) = nth(tenant, "draft", *n).await else { return };
            client.with_etag("POST", &of(&draft, "/post"), "*", Value::Null).await
        }
        Step::ChangeDraft(n, cents) => {
            let Some(draft) = nth(tenant, "draft", *n).await else { return };
            let lines = [("6000", &*amount(*cents), ""), ("2000", "", &*amount(*cents))];
            let body = json!({ "lines": entry("2026-05-15", &lines, false)["lines"] });
            client.with_etag("PATCH", &of(&draft, ""), "*", body).await
        }
        Step::DeleteDraft(n) => {
            let Some(draft) = nth(tenant, "draft", *n).await else { return };
            client.with_etag("DELETE", &of(&draft, ""), "*", Value::Null).await
        }
        Step::Reverse(n) => {
            let Some(posted) = nth(tenant, "posted", *n).await else { return };
            let body = json!({ "reason": "as it comes", "postingDate": "2026-12-31" });
            client.with_etag("POST", &of(&posted, "/reverse"), "*", body).await
        }
        Step::Copy(n) => {
            let Some(posted) = nth(tenant, "posted", *n).await else { return };
            client.post(&of(&posted, "/copy"), json!({ "postingDate": "2026-07-01" })).await
        }
        Step::ClosePeriod(n) | Step::OpenPeriod(n) => {
            let list = client.get("/fiscal-periods?kind=regular&sort=start").await.ok();
            let id = list["items"][*n]["id"].as_str().unwrap().to_owned();
            let action = if matches!(step, Step::ClosePeriod(_)) { "close" } else { "open" };
            client.with_etag("POST", &format!("/fiscal-periods/{id}/{action}"), "*", Value::Null).await
        }
    };
    assert!(!answer.status.is_server_error(), "{step:?}: {}", answer.text());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_commands_keeps_the_books_true(steps in prop::collection::vec(step(), 10..40)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new().await;
            let tenant = world.tenant("any", "SAR", "empty").await;
            tenant.accounts(&ACCOUNTS).await;
            for step in &steps {
                take(&tenant, step).await;
            }
            let checks = tenant.client.get("/integrity/checks").await.ok();
            assert_eq!(checks["ok"], true, "{checks}");
            let verified = tenant.client.post("/integrity/verify", json!({})).await.ok();
            assert_eq!(verified["ok"], true, "{verified}");
        });
    }
}
