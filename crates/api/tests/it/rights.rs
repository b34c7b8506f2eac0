//! Users take no rights from someone who holds more than they do, and a key takes over no account.

use serde_json::{Value, json};
use testkit::world::{PASSWORD, encode};
use testkit::{Client, TenantKit, World};

const OWN: &str = "seven violet umbrellas dancing";
/// Everything about people, and nothing of weight.
const HELPER: [&str; 12] = [
    "platform.user.read",
    "platform.user.create",
    "platform.user.update",
    "platform.user.delete",
    "platform.role.read",
    "platform.role.update",
    "platform.role.delete",
    "platform.role_assignment.read",
    "platform.role_assignment.create",
    "platform.role_assignment.delete",
    "platform.api_key.update",
    "platform.api_key.delete",
];

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

async fn role(client: &Client, code: &str, permissions: &[&str]) -> String {
    let body = json!({ "code": code, "name": { "en": code }, "permissions": permissions });
    id(&client.post("/roles", body).await.expect(201).json())
}

async fn key(client: &Client, body: Value) -> Value {
    client.post("/api-keys", body).await.expect(201).json()
}

/// Someone who holds `granted`, with everything that could be taken from them.
struct Target {
    user: String,
    role: String,
    unheld: String,
    assignment: String,
    key: String,
    invitation: String,
}

async fn target(world: &World, tenant: &TenantKit, name: &str, granted: &[&str]) -> Target {
    let admin = &tenant.client;
    let role_id = role(admin, name, granted).await;
    let unheld = role(admin, &format!("{name}-unheld"), granted).await;
    let email = format!("{name}@alpha.example");
    let keys = role(admin, &format!("{name}-keys"), &["platform.api_key.create"]).await;
    let user = world.user(admin, &email, &[&role_id, &keys]).await;
    let client = world.sign_in(&email, PASSWORD, None).await;
    let made = key(&client, json!({ "name": name, "scopes": granted })).await;
    let assignments = admin.get("/role-assignments?limit=200").await.ok();
    let mine = |a: &&Value| a["userId"] == user.as_str() && a["roleId"] == role_id.as_str();
    let assignment = id(assignments["items"].as_array().unwrap().iter().find(mine).unwrap());
    let keyed = assignments["items"].as_array().unwrap().iter();
    for other in keyed.filter(|a| a["userId"] == user.as_str() && a["roleId"] == keys.as_str()) {
        let path = format!("/role-assignments/{}", id(other));
        admin.with_etag("DELETE", &path, "*", Value::Null).await.expect(204);
    }
    let body = json!({ "email": format!("invited-{name}@alpha.example"), "name": "I", "roleIds": [role_id] });
    let invitation = id(&admin.post("/invitations", body).await.expect(201).json());
    Target { user, role: role_id, unheld, assignment, key: id(&made), invitation }
}

/// Every operation that takes something, the mildest first: none may destroy what the next needs.
fn taking(of: &Target) -> Vec<(&'static str, String, Value)> {
    let none = Value::Null;
    vec![
        ("PATCH", format!("/users/{}", of.user), json!({ "name": "Other" })),
        ("POST", format!("/users/{}/revoke-sessions", of.user), none.clone()),
        ("POST", format!("/users/{}/set-password", of.user), json!({ "password": OWN })),
        ("PATCH", format!("/users/{}", of.user), json!({ "email": "changed@alpha.example" })),
        ("DELETE", format!("/invitations/{}", of.invitation), none.clone()),
        ("DELETE", format!("/roles/{}", of.unheld), none.clone()),
        ("PATCH", format!("/roles/{}", of.role), json!({ "permissions": [] })),
        ("DELETE", format!("/api-keys/{}", of.key), none.clone()),
        ("POST", format!("/users/{}/deactivate", of.user), none.clone()),
        ("DELETE", format!("/role-assignments/{}", of.assignment), none),
    ]
}

async fn do_it(client: &Client, (method, path, body): &(&'static str, String, Value)) -> testkit::Answer {
    client.with_etag(method, path, "*", body.clone()).await
}

#[tokio::test]
async fn nobody_takes_from_one_who_holds_more() {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    let helper = role(&tenant.client, "helper", &HELPER).await;
    world.user(&tenant.client, "helper@alpha.example", &[&helper]).await;
    let helper = world.sign_in("helper@alpha.example", PASSWORD, None).await;
    for (name, granted) in [("everything", vec!["*"]), ("ledger", vec!["accounting.journal_entry.post"])] {
        let above = target(&world, &tenant, name, &granted).await;
        for operation in &taking(&above) {
            let refused = do_it(&helper, operation).await;
            assert_eq!(
                (refused.status.as_u16(), refused.code().as_str()),
                (403, "target_exceeds_own"),
                "{operation:?}"
            );
        }
        let renew = format!("/invitations/{}/renew", above.invitation);
        let renewed = helper.with_etag("POST", &renew, "*", Value::Null).await;
        assert_eq!((renewed.status.as_u16(), renewed.code().as_str()), (403, "grant_exceeds_own"));
    }
    let below = target(&world, &tenant, "below", &["platform.user.read"]).await;
    for operation in &taking(&below) {
        let done = do_it(&helper, operation).await;
        assert!(done.status.is_success(), "{operation:?}: {}", done.text());
    }
}

#[tokio::test]
async fn a_key_takes_over_no_account() {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    let admin = &tenant.client;
    let me = admin.get("/me").await.ok();
    let owner = format!("/users/{}", id(&me["user"]));
    let clerk = world.user(admin, "clerk@alpha.example", &[]).await;
    let made = key(admin, json!({ "name": "all", "scopes": ["*"] })).await;
    let text = made["key"].as_str().unwrap();
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={text}",
        made["prefix"].as_str().unwrap()
    );
    let headers = ["Content-Type: application/x-www-form-urlencoded"];
    let bought = world.anonymous().call("POST", "/auth/token", &headers, form).await.expect(200).json();
    let body = json!({ "email": tenant.email, "name": "x" });
    let other = world.tenant("beta", "SAR", "empty").await;
    let invitation = other.client.post("/invitations", body).await.expect(201).json();
    for client in [world.bearer(text), world.bearer(bought["access_token"].as_str().unwrap())] {
        for (method, path, body) in [
            ("POST", format!("{owner}/set-password"), json!({ "password": OWN })),
            (
                "POST",
                format!("{owner}/set-password"),
                json!({ "password": OWN, "currentPassword": PASSWORD }),
            ),
            ("PATCH", owner.clone(), json!({ "email": "mine@alpha.example" })),
            ("POST", format!("/users/{clerk}/set-password"), json!({ "password": OWN })),
            ("PATCH", format!("/users/{clerk}"), json!({ "email": "mine@alpha.example" })),
            ("POST", "/me/password".to_owned(), json!({ "currentPassword": PASSWORD, "newPassword": OWN })),
            ("PATCH", "/me".to_owned(), json!({ "name": "x" })),
            ("POST", "/auth/invitations/accept".to_owned(), json!({ "token": invitation["token"] })),
        ] {
            let refused = client.with_etag(method, &path, "*", body).await;
            assert_eq!(
                (refused.status.as_u16(), refused.code().as_str()),
                (403, "users_only"),
                "{method} {path}"
            );
        }
        let seen = client.get("/me").await.ok();
        assert_eq!(seen["memberships"].as_array().unwrap().len(), 1);
    }
    world.sign_in(&tenant.email, PASSWORD, None).await.get("/me").await.expect(200);
}

#[tokio::test]
async fn ones_own_password_takes_the_current_one_on_every_way() {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    let me = tenant.client.get("/me").await.ok();
    let own = format!("/users/{}", id(&me["user"]));
    let set = format!("{own}/set-password");
    for (method, path, body, code) in [
        ("POST", &set, json!({ "password": OWN }), "current_password_needed"),
        ("POST", &set, json!({ "password": OWN, "currentPassword": "wrong" }), "wrong_password"),
        ("PATCH", &own, json!({ "email": "new@alpha.example" }), "current_password_needed"),
        (
            "PATCH",
            &own,
            json!({ "email": "new@alpha.example", "currentPassword": "wrong" }),
            "wrong_password",
        ),
    ] {
        let refused = tenant.client.with_etag(method, path, "*", body).await.expect(422);
        assert_eq!(refused.errors(), [("/currentPassword".to_owned(), code.to_owned())]);
    }
    let body = json!({ "email": "new@alpha.example", "currentPassword": PASSWORD });
    tenant.client.with_etag("PATCH", &own, "*", body).await.expect(200);
    let body = json!({ "password": OWN, "currentPassword": PASSWORD });
    tenant.client.with_etag("POST", &set, "*", body).await.expect(200);
    world.sign_in("new@alpha.example", OWN, None).await.get("/me").await.expect(200);
}

#[tokio::test]
async fn what_a_key_makes_ends_with_the_key() {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    let end = "2026-03-16T00:00:00Z";
    let long = key(&tenant.client, json!({ "name": "long", "scopes": ["platform.user.read"] })).await;
    let short = json!({ "name": "short", "scopes": ["*"], "expiresAt": end });
    let short = key(&tenant.client, short).await;
    let client = world.bearer(short["key"].as_str().unwrap());
    for expiry in [Value::Null, json!("2026-03-16T00:00:01Z")] {
        let body = json!({ "name": "n", "scopes": ["platform.user.read"], "expiresAt": expiry });
        let refused = client.post("/api-keys", body).await.expect(403);
        assert_eq!(refused.code(), "expiry_exceeds_own");
    }
    let path = format!("/api-keys/{}/rotate", id(&long));
    assert_eq!(
        client.with_etag("POST", &path, "*", Value::Null).await.expect(403).code(),
        "expiry_exceeds_own"
    );
    let within = json!({ "name": "n", "scopes": ["platform.user.read"], "expiresAt": end });
    client.post("/api-keys", within).await.expect(201);
    let body = json!({ "email": "friend@alpha.example", "name": "Friend" });
    let invited = client.post("/invitations", body).await.expect(201).json();
    assert!(invited["expiresAt"].as_str().unwrap().starts_with("2026-03-16T00:00:00"));
    // A narrow key does not end a wide one of the same owner, but itself.
    let narrow =
        key(&tenant.client, json!({ "name": "narrow", "scopes": ["platform.api_key.delete"] })).await;
    let narrow_client = world.bearer(narrow["key"].as_str().unwrap());
    let wide = format!("/api-keys/{}", id(&short));
    let refused = narrow_client.with_etag("DELETE", &wide, "*", Value::Null).await.expect(403);
    assert_eq!(refused.code(), "target_exceeds_own");
    narrow_client
        .with_etag("DELETE", &format!("/api-keys/{}", id(&narrow)), "*", Value::Null)
        .await
        .expect(204);
}

#[tokio::test]
async fn common_passwords_are_refused_wherever_one_is_set() {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    let clerk = world.user(&tenant.client, "clerk@alpha.example", &[]).await;
    let home = world.home().await;
    for weak in
        ["password1234", "123456789012", "qwertyuiop12", "abcdefghijkl", "P@ssw0rd1234", "كلمةالمرور١٢٣"]
    {
        let me = json!({ "currentPassword": PASSWORD, "newPassword": weak });
        let set = format!("/users/{clerk}/set-password");
        let administrator = json!({ "email": "a@b.example", "name": "Al", "password": weak });
        let new = json!({ "code": "weak", "name": { "en": "Weak" }, "template": "empty", "administrator": administrator });
        for (client, path, body, at) in [
            (&tenant.client, "/me/password", me, "/newPassword"),
            (&tenant.client, set.as_str(), json!({ "password": weak }), "/password"),
            (&home, "/admin/tenants", new, "/administrator/password"),
        ] {
            let refused = client.call("POST", path, &["If-Match: *"], body.to_string()).await.expect(422);
            assert_eq!(refused.errors(), [(at.to_owned(), "password_guessable".to_owned())], "{weak} {path}");
        }
    }
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "password1234" }).to_string();
    let arabic = tenant.client.call("POST", "/me/password", &["Accept-Language: ar"], body).await.expect(422);
    assert!(arabic.text().contains("كلمة المرور سهلة التخمين"));
}

#[tokio::test]
async fn a_session_ends_however_often_it_is_renewed() {
    let world = World::with(&[
        ("Bootstrap:Template", "empty"),
        ("Auth:SessionDays", "3"),
        ("Auth:RefreshTokenDays", "2"),
    ])
    .await;
    let headers = ["Content-Type: application/x-www-form-urlencoded"];
    let form = format!("grant_type=password&username=admin%40home.example&password={}", encode(PASSWORD));
    let mut tokens = world.anonymous().call("POST", "/auth/token", &headers, form).await.expect(200).json();
    for day in 1..=3 {
        world.clock.advance_seconds(24 * 3600);
        let form =
            format!("grant_type=refresh_token&refresh_token={}", tokens["refresh_token"].as_str().unwrap());
        let answer = world.anonymous().call("POST", "/auth/token", &headers, form).await;
        if day == 3 {
            answer.expect(400);
        } else {
            tokens = answer.expect(200).json();
        }
    }
}
