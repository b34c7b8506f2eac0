//! Copies of a running database, and back.

use application::ports::clock::Clock;
use application::ports::clock::Ids;
use application::ports::database::Database;
use domain::ids::TenantId;
use infrastructure::sql::backup::{backup, restore, verify};
use infrastructure::system::{SystemClock, SystemIds};

use crate::database::{End, Probe, keys, open};

/// Proves: X71.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_taken_under_load_is_restored() {
    let folder = tempfile::tempdir().unwrap();
    let (file, copy) = (folder.path().join("erp.db"), folder.path().join("copy.db"));
    let tenant = TenantId::new(SystemIds.new_id());
    let db = open(folder.path()).await.unwrap();
    db.write(Probe::new(tenant, "before", End::Commit)).await.unwrap();
    let writer = db.clone();
    let writing = tokio::spawn(async move {
        for n in 0..300 {
            writer.write(Probe::new(tenant, &format!("during {n:03}"), End::Commit)).await.unwrap();
        }
    });
    let (from, to) = (file.clone(), copy.clone());
    let summary = tokio::task::spawn_blocking(move || backup(&from, &to)).await.unwrap().unwrap();
    assert_eq!((summary.tenants, summary.schema > 0), (0, true));
    writing.await.unwrap();
    db.write(Probe::new(tenant, "later", End::Commit)).await.unwrap();

    let refused = restore(&copy, &file, SystemClock.now()).unwrap_err().to_string();
    assert!(refused.contains("in use"), "a running server's database must not be replaced: {refused}");
    drop(db);
    std::thread::sleep(std::time::Duration::from_millis(300));

    let (_, kept) = restore(&copy, &file, SystemClock.now()).unwrap();
    assert!(kept.unwrap().exists(), "what was there is kept");
    let db = open(folder.path()).await.unwrap();
    let found = keys(&db, tenant).await;
    assert!(found.contains(&"before".to_owned()) && !found.contains(&"later".to_owned()), "{found:?}");
}

/// Proves: X73.
#[test]
fn a_damaged_copy_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "this is no database, however long it is. ".repeat(100)).unwrap();
    assert!(verify(&text).is_err());
    assert!(restore(&text, &folder.path().join("erp.db"), SystemClock.now()).is_err());
    assert!(!folder.path().join("erp.db").exists());
    assert!(verify(&folder.path().join("absent.db")).unwrap_err().to_string().contains("does not exist"));
}
