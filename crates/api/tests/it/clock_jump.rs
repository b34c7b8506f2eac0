//! A clock that was ahead for a while and is right again.

use serde_json::{Value, json};
use testkit::World;

async fn account(world: &World, code: &str) -> Value {
    let client = world.home().await;
    let body = json!({ "code": code, "name": { "en": code }, "type": "asset" });
    let made = client.post("/accounts", body).await.expect(201).json();
    let id = made["id"].as_str().unwrap();
    client.get(&format!("/audit-log?entityId={id}")).await.ok()["items"][0]["recordedAt"].clone()
}

#[tokio::test]
async fn what_is_recorded_after_the_clock_is_set_right_has_the_right_moment() {
    let world = World::new().await;
    let day = |moment: &Value| moment.as_str().unwrap()[..10].to_owned();
    assert_eq!(day(&account(&world, "1000").await), "2026-03-15");
    world.clock.set("2027-04-19T09:00:00Z");
    assert_eq!(day(&account(&world, "1001").await), "2027-04-19", "nobody can know that it is wrong");
    world.clock.set("2026-03-15T09:30:00Z");
    assert_eq!(day(&account(&world, "1002").await), "2026-03-15");
}

#[tokio::test]
async fn a_clock_that_is_set_back_a_little_keeps_the_order() {
    let world = World::new().await;
    world.clock.set("2026-03-15T09:01:00Z");
    let first = account(&world, "1000").await;
    world.clock.set("2026-03-15T09:00:00Z");
    let second = account(&world, "1001").await;
    assert!(second.as_str().unwrap() > first.as_str().unwrap(), "{second} after {first}");
}
