//! Feature flags as a client sees them.

use serde_json::{Value, json};
use testkit::World;
use testkit::world::PASSWORD;

fn targeting(id: &str, audience: Value) -> String {
    let filter = json!({ "name": "Microsoft.Targeting", "parameters": { "Audience": audience } });
    json!({ "id": id, "enabled": true, "conditions": { "client_filters": [filter] } }).to_string()
}

/// Proves: B16.
#[tokio::test]
async fn everyone_sees_the_flags_as_they_are_for_them() {
    let world = World::new().await;
    let home = world.home().await;
    assert_eq!(home.get("/feature-flags").await.expect(200).json(), json!({ "items": [] }));

    let group = |name: &str| json!({ "Groups": [{ "Name": name, "RolloutPercentage": 100 }] });
    let person = targeting("Person", json!({ "Users": ["guest@home.example"] }));
    let tenant = targeting("Tenant", group("home"));
    let role = targeting("Role", group("administrator"));
    let layout = json!({
        "id": "Layout", "enabled": true,
        "variants": [{ "name": "Wide", "configuration_value": { "columns": 3 } }],
        "allocation": { "default_when_enabled": "Wide" },
    });
    let layout = layout.to_string();
    let schema = [
        ("feature_flags:Person", person.as_str()),
        ("feature_flags:Tenant", tenant.as_str()),
        ("feature_flags:Role", role.as_str()),
        ("feature_flags:Layout", layout.as_str()),
    ];
    let problems = world.parts.state.flags.load([("Off", "false")], schema);
    assert_eq!(problems, []);

    world.user(&home, "guest@home.example", &[]).await;
    let guest = world.sign_in("guest@home.example", PASSWORD, Some("home")).await;
    let seen = |answer: Value| -> Vec<(String, bool)> {
        let items = answer["items"].as_array().unwrap().clone();
        items.iter().map(|item| (item["id"].as_str().unwrap().to_owned(), item["enabled"] == true)).collect()
    };
    let flags = |on: [bool; 5]| -> Vec<(String, bool)> {
        ["Layout", "Off", "Person", "Role", "Tenant"].map(str::to_owned).into_iter().zip(on).collect()
    };
    let administrator = home.get("/feature-flags").await.expect(200).json();
    assert_eq!(administrator["items"][0]["variant"], "Wide");
    assert_eq!(administrator["items"][0]["configuration"], json!({ "columns": 3 }));
    assert_eq!(seen(administrator), flags([true, false, false, true, true]));
    assert_eq!(
        seen(guest.get("/feature-flags").await.expect(200).json()),
        flags([true, false, true, false, true])
    );

    let other = world.tenant("other", "SAR", "empty").await;
    assert_eq!(
        seen(other.client.get("/feature-flags").await.expect(200).json()),
        flags([true, false, false, true, false])
    );
}
