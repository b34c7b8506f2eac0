//! The next fiscal year is made before the last one ends, whether or not anybody posts.

use application::accounting::fiscal_years::make_next_year_ahead;
use domain::time_zone::TimeZone;
use erp_api::bootstrap::start_background;
use serde_json::json;
use testkit::world::PASSWORD;
use testkit::{TenantKit, World};

/// The first and the last day of every year.
async fn years(kit: &TenantKit) -> Vec<(String, String)> {
    let list = kit.client.get("/fiscal-years").await.ok();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    list["items"].as_array().unwrap().iter().map(|year| (text(&year["start"]), text(&year["end"]))).collect()
}

fn next_year() -> (String, String) {
    ("2027-01-01".to_owned(), "2027-12-31".to_owned())
}

/// Moves the clock, and signs in again because the token has expired by then.
async fn later(world: &World, kit: &mut TenantKit, moment: &str) {
    world.clock.set(moment);
    kit.client = world.sign_in(&kit.email, PASSWORD, None).await;
}

/// Thirty days before the last year ends, by the tenant's own day: half past midnight in Riyadh is the day before in UTC.
#[tokio::test]
async fn the_next_year_is_there_before_the_last_one_ends() {
    let world = World::new().await;
    let mut riyadh = world.tenant("alpha", "SAR", "empty").await;
    let mut lisbon = world.tenant("lisbon", "SAR", "empty").await;
    let mut by_hand = world.tenant("hand", "SAR", "empty").await;
    let zone = json!({ "timeZone": "Europe/Lisbon" });
    lisbon.client.with_etag("PATCH", "/tenants/current", "*", zone).await.expect(200);
    let no = json!({ "value": false });
    by_hand.client.with_etag("PUT", "/config/fiscal-year-automatic", "*", no).await.expect(200);
    let counts = async |world: &World, kits: [&mut TenantKit; 3], moment: &str| {
        let mut counts = Vec::new();
        for kit in kits {
            later(world, kit, moment).await;
            let tenant = kit.client.get("/tenants/current").await.ok();
            let id: uuid::Uuid = tenant["id"].as_str().unwrap().parse().unwrap();
            let zone = TimeZone::parse(tenant["timeZone"].as_str().unwrap()).unwrap();
            let made = make_next_year_ahead(&world.parts.application, id.into(), zone).await.unwrap();
            counts.push((made, years(kit).await.len()));
        }
        counts
    };
    let all = [&mut riyadh, &mut lisbon, &mut by_hand];
    assert_eq!(counts(&world, all, "2026-11-30T20:59:59Z").await, [(false, 1); 3]);
    let all = [&mut riyadh, &mut lisbon, &mut by_hand];
    let on_the_first_of_december = counts(&world, all, "2026-11-30T21:30:00Z").await;
    assert_eq!(on_the_first_of_december, [(true, 2), (false, 1), (false, 1)]);
    let all = [&mut riyadh, &mut lisbon, &mut by_hand];
    assert_eq!(counts(&world, all, "2026-12-01T00:00:00Z").await, [(false, 2), (true, 2), (false, 1)]);
    assert_eq!(years(&riyadh).await[1], next_year());

    let audit = riyadh.client.get("/audit-log?entity=fiscal_year&action=created&sort=-recordedAt").await.ok();
    assert_eq!(audit["items"][0]["actorKind"], "system", "{audit}");
}

#[tokio::test]
async fn the_background_makes_the_next_year() {
    let world = World::new().await;
    let mut kit = world.tenant("alpha", "SAR", "empty").await;
    later(&world, &mut kit, "2026-12-15T12:00:00Z").await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let background = start_background(&world.parts, stopped);
    let mut tries = 0..500;
    while years(&kit).await.len() < 2 {
        assert!(tries.next().is_some(), "the background never made it");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    stop.send(true).unwrap();
    background.await;
    assert_eq!(years(&kit).await[1], next_year());
}
