//! The changes that a shared cache is told of after it was cut off.

use application::platform::identity::ACCESS_ENTITY;
use application::ports::cache::{CachedEntity, RecentChanges};
use application::ports::clock::Clock;
use application::tenancy::put_setting::PutSetting;
use domain::ids::TenantId;

use super::House;

fn of<'a>(changes: &'a [(TenantId, Vec<&'static str>)], tenant: TenantId) -> Option<&'a [&'static str]> {
    changes.iter().find(|(id, _)| *id == tenant).map(|(_, entities)| entities.as_slice())
}

#[tokio::test]
async fn recent_changes_are_named_and_older_ones_are_not() {
    let house = House::new().await;
    let quiet = house.tenant("quiet").await;
    let admin = house.administrator("home").await;
    house.clock.advance(3_600);
    let since = house.clock.now();
    assert_eq!(house.db.changed_since(since).await.unwrap(), []);
    let set = |value: &str| PutSetting { key: "vat-rate".to_owned(), value: Some(value.into()) };
    house.run(&admin, set("5")).await.unwrap();
    let changes = house.db.changed_since(since).await.unwrap();
    assert_eq!(changes, [(house.home, vec!["setting"])]);
    house.user(&admin, "sara@home.example", &["accountant"]).await;
    let changes = house.db.changed_since(since).await.unwrap();
    let entities = of(&changes, house.home).unwrap();
    assert!(entities.contains(&ACCESS_ENTITY) && entities.contains(&"setting"), "{entities:?}");
    assert_eq!(of(&changes, quiet), None);
    for number in 0..60 {
        house.run(&admin, set(&(number % 100).to_string())).await.unwrap();
    }
    let changes = house.db.changed_since(since).await.unwrap();
    let all = of(&changes, house.home).unwrap();
    assert_eq!(all, CachedEntity::all_changes(), "more changes than are looked at: all may be stale");
    house.clock.advance(3_600);
    assert_eq!(house.db.changed_since(house.clock.now()).await.unwrap(), []);
}
