//! The change feed is compared with the audit log letter by letter, on either engine.

use application::accounting::ports::integrity_evidence::EvidenceQueries;

use super::House;

#[tokio::test]
async fn a_feed_that_differs_in_letter_case_alone_contradicts_the_audit_log() {
    let house = House::new().await;
    let tenant = house.tenant("alpha").await;
    let contradictions = async || house.db.audit_contradictions(tenant, 0, 100).await.unwrap();
    assert_eq!(contradictions().await.len(), 0);
    let documents = "SELECT COUNT(*) AS count FROM outbox_event WHERE tenant_id = ?1 AND data IS NOT NULL";
    let rows = house.db.query_text(documents, &[tenant.into()]).await.unwrap();
    let written: u64 = rows.into_iter().next().unwrap().single("outbox_event", "count").unwrap();
    assert!((1..100).contains(&written), "{written}");
    house.place.run("UPDATE outbox_event SET data = UPPER(data) WHERE data IS NOT NULL").await.unwrap();
    assert_eq!(contradictions().await.len() as u64, written);
}
