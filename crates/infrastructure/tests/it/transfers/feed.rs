//! The change feed and the audit log.

use std::sync::Arc;

use application::command::execute;
use application::paging::{FilterOp, FilterValue, ListQuery};
use application::platform::audit_log::{AUDIT_LOG_LIST, AuditLogQueries};
use application::platform::change_feed::{ChangeFeedQueries, EventQuery};
use domain::ids::{AuditId, TenantId};
use uuid::Uuid;

use super::batch::{books, entry};

fn query(after: i64, limit: u32) -> EventQuery {
    EventQuery { after, limit, types: Vec::new() }
}

#[tokio::test]
async fn events_have_no_gap_whoever_writes() {
    let books = Arc::new(books().await);
    let tenant = books.ctx.tenant;
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let books = books.clone();
            tokio::spawn(async move {
                for round in 0..20 {
                    // Every fourth fails and must leave no hole.
                    let account = if round % 4 == 3 { "nowhere" } else { "4000" };
                    let _ = execute(&books.app, &books.ctx, entry("1.00", account)).await;
                }
            })
        })
        .collect();
    let reader = {
        let books = books.clone();
        tokio::spawn(async move {
            let mut seen: Vec<i64> = Vec::new();
            while seen.len() < 120 {
                let after = seen.last().copied().unwrap_or(0);
                let page = books.db.events(tenant, &query(after, 7)).await.unwrap();
                assert!(page.items.is_empty() || page.last_sequence >= page.items.last().unwrap().sequence);
                seen.extend(page.items.iter().map(|event| event.sequence));
                tokio::task::yield_now().await;
            }
            seen
        })
    };
    for writer in writers {
        writer.await.unwrap();
    }
    let seen = reader.await.unwrap();
    assert!(seen.iter().copied().eq(1..=seen.len() as i64), "{seen:?}");
    let last = books.db.last_event(tenant).await.unwrap();
    assert_eq!(last, books.count("SELECT count(*) FROM outbox_event").await);
    let end = books.db.events(tenant, &query(last, 10)).await.unwrap();
    assert_eq!((end.items.len(), end.last_sequence), (0, last));
}

#[tokio::test]
async fn events_are_chosen_by_type_and_never_another_tenants() {
    let books = books().await;
    let tenant = books.ctx.tenant;
    let of = |types: &[&str]| EventQuery {
        types: types.iter().map(|text| (*text).to_owned()).collect(),
        ..query(0, 100)
    };
    let posted = books.db.events(tenant, &of(&["journal_entry.posted"])).await.unwrap();
    assert_eq!(posted.items.len(), 1);
    assert_eq!(posted.items[0].data.as_ref().unwrap()["number"], "GJ-2026-000001");
    assert_eq!(posted.last_sequence, books.db.last_event(tenant).await.unwrap());
    let accounts = books.db.events(tenant, &of(&["account.*", "journal_entry.posted"])).await.unwrap();
    assert_eq!(accounts.items.len(), 3);
    let other = TenantId::new(Uuid::from_u128(99));
    assert!(books.db.events(other, &query(0, 10)).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn the_audit_log_says_who_did_what() {
    let books = books().await;
    let tenant = books.ctx.tenant;
    let accounts = ListQuery::first(&AUDIT_LOG_LIST, 10).filter(
        "entity",
        FilterOp::Eq,
        FilterValue::Text("account".to_owned()),
    );
    let page = books.db.audit_log(tenant, &accounts, false).await.unwrap();
    assert_eq!(page.items.len(), 2);
    let first = &page.items[0];
    assert_eq!(
        (first.actor_kind.as_str(), first.action.as_str(), &first.after),
        ("system", "created", &None)
    );
    let whole = books.db.audit_entry(tenant, AuditId::new(first.id)).await.unwrap().unwrap();
    assert!(["1000", "4000"].contains(&whole.after.unwrap()["code"].as_str().unwrap()));
    assert_eq!(whole.before, None);
    let other = TenantId::new(Uuid::from_u128(99));
    assert!(books.db.audit_entry(other, AuditId::new(first.id)).await.unwrap().is_none());
}
