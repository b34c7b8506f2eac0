//! Signing in, people, roles, keys, tenants and settings over HTTP.

use serde_json::{Value, json};
use testkit::world::{PASSWORD, encode};
use testkit::{Answer, Client, World};

async fn form(client: &Client, path: &str, headers: &[&str], body: &str) -> Answer {
    let mut all = vec!["Content-Type: application/x-www-form-urlencoded"];
    all.extend(headers);
    client.call("POST", path, &all, body.to_owned()).await
}

fn password_form(password: &str) -> String {
    format!("grant_type=password&username=admin%40home.example&password={}", encode(password))
}

#[tokio::test]
async fn tokens_are_what_oauth_clients_expect() {
    let world = World::new().await;
    let anyone = world.anonymous();
    let answer = form(&anyone, "/auth/token", &[], &password_form(PASSWORD)).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let tokens = answer.json();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(900)));
    let refresh =
        format!("grant_type=refresh_token&refresh_token={}", tokens["refresh_token"].as_str().unwrap());
    let next = form(&anyone, "/auth/token", &[], &refresh).await.expect(200).json();
    assert_ne!(next["refresh_token"], tokens["refresh_token"]);
    world.bearer(next["access_token"].as_str().unwrap()).get("/me").await.expect(200);
    let again = form(&anyone, "/auth/token", &[], &refresh).await.expect(400).json();
    assert_eq!(again["error"], "invalid_grant");

    let token = form(&anyone, "/auth/token", &[], &password_form(PASSWORD)).await.json();
    let sign_out = format!("token={}", token["refresh_token"].as_str().unwrap());
    form(&anyone, "/auth/revoke", &[], &sign_out).await.expect(200);
    form(&anyone, "/auth/revoke", &[], "token=unknown").await.expect(200);
    world.bearer(token["access_token"].as_str().unwrap()).get("/me").await.expect(401);
}

#[tokio::test]
async fn refused_grants_have_the_errors_of_oauth() {
    let world = World::new().await;
    let anyone = world.anonymous();
    for (body, error) in [
        (password_form("wrong").as_str(), "invalid_grant"),
        ("grant_type=password&username=admin%40home.example", "invalid_request"),
        ("", "invalid_request"),
        ("grant_type=password&grant_type=password", "invalid_request"),
        ("grant_type=implicit", "unsupported_grant_type"),
        ("grant_type=refresh_token&refresh_token=ert_unknown", "invalid_grant"),
        ("grant_type=refresh_token&refresh_token=x&scope=all", "invalid_scope"),
        ("grant_type=%FF", "invalid_request"),
    ] {
        let answer = form(&anyone, "/auth/token", &[], body).await.expect(400);
        assert!(answer.header("content-type").starts_with("application/json"), "{body}");
        assert_eq!(answer.json()["error"], error, "{body}");
        assert!(!answer.json()["error_description"].as_str().unwrap().is_empty());
    }
    let client = "grant_type=client_credentials&client_id=a&client_secret=b";
    let answer = form(&anyone, "/auth/token", &[], client).await.expect(401);
    assert_eq!(
        (answer.json()["error"].as_str(), answer.header("www-authenticate")),
        (Some("invalid_client"), "Basic realm=\"erp\"")
    );
    let arabic = form(&anyone, "/auth/token", &["Accept-Language: ar"], &password_form("wrong")).await;
    assert!(arabic.json()["error_description"].as_str().unwrap().contains("كلمة المرور"));
    let as_json = anyone.post("/auth/token", json!({ "grant_type": "password" })).await.expect(400);
    assert_eq!(as_json.json()["error"], "invalid_request");
}

#[tokio::test]
async fn a_key_is_shown_once_and_works_as_bearer_header_and_client() {
    use base64::Engine as _;
    let world = World::new().await;
    let admin = world.home().await;
    let body = json!({ "name": "Shop", "scopes": ["platform.user.read"] }).to_string();
    let headers = ["Idempotency-Key: key-1"];
    let made = admin.call("POST", "/api-keys", &headers, body.clone()).await.expect(201).json();
    let key = made["key"].as_str().unwrap().to_owned();
    let again = admin.call("POST", "/api-keys", &headers, body).await.expect(201);
    assert_eq!((again.header("idempotency-replayed"), &again.json()["key"]), ("true", &Value::Null));
    assert_eq!(again.json()["id"], made["id"]);

    let path = format!("/api-keys/{}", made["id"].as_str().unwrap());
    let read = admin.get(&path).await.expect(200);
    assert!(read.json().get("key").is_none() && !read.text().contains(&key));
    world.bearer(&key).get("/users").await.expect(200);
    world.anonymous().call("GET", "/users", &[&format!("X-Api-Key: {key}")], "").await.expect(200);
    world.bearer(&key).get("/roles").await.expect(403);
    let basic = format!("{}:{key}", made["prefix"].as_str().unwrap());
    let basic = format!("Authorization: Basic {}", base64::engine::general_purpose::STANDARD.encode(basic));
    let tokens =
        form(&world.anonymous(), "/auth/token", &[&basic], "grant_type=client_credentials").await.expect(200);
    assert!(tokens.json().get("refresh_token").is_none());
    world.bearer(tokens.json()["access_token"].as_str().unwrap()).get("/users").await.expect(200);

    let rotated =
        admin.with_etag("POST", &format!("{path}/rotate"), &read.etag(), Value::Null).await.expect(200);
    world.bearer(&key).get("/users").await.expect(401);
    let new = rotated.json()["key"].as_str().unwrap().to_owned();
    world.bearer(&new).get("/users").await.expect(200);
    admin.with_etag("DELETE", &path, &rotated.etag(), Value::Null).await.expect(204);
    world.bearer(&new).get("/users").await.expect(401);
}

#[tokio::test]
async fn people_and_roles_live_their_lives() {
    let world = World::new().await;
    let admin = world.home().await;
    let role = json!({ "code": "clerk", "name": { "en": "Clerk" }, "permissions": ["platform.user.read", "nonsense"] });
    let refused = admin.post("/roles", role).await.expect(422);
    assert_eq!(refused.errors(), [("/permissions/1".to_owned(), "unknown_permission".to_owned())]);
    let role = json!({ "code": "clerk", "name": { "en": "Clerk" }, "permissions": ["platform.user.read"] });
    let role = admin.post("/roles", role).await.expect(201).json();

    let body = json!({ "email": "Sara@Home.example", "name": "Sara", "roleIds": [role["id"]] });
    let invited = admin.post("/users", body.clone()).await.expect(201);
    assert_eq!(invited.json()["email"], "sara@home.example");
    assert_eq!(
        invited.header("location"),
        format!("/api/v1/invitations/{}", invited.json()["id"].as_str().unwrap())
    );
    let again = admin.post("/users", body.clone()).await.expect(409);
    assert_eq!(again.errors(), [("/email".to_owned(), "already_invited".to_owned())]);
    let accepted = world.accept(&invited.json()["token"], PASSWORD).await.expect(200).json();
    let path = format!("/users/{}", accepted["user"]["id"].as_str().unwrap());
    let sara = admin.get(&path).await.expect(200);
    let taken = admin.post("/users", body).await.expect(409);
    assert_eq!(taken.errors(), [("/email".to_owned(), "already_exists".to_owned())]);

    let client = world.sign_in("sara@home.example", PASSWORD, None).await;
    let me = client.get("/me").await.expect(200).json();
    assert_eq!((&me["permissions"], &me["tenant"]["code"]), (&json!(["platform.user.read"]), &json!("home")));
    assert_eq!(me["memberships"].as_array().unwrap().len(), 1);
    client.get("/users").await.expect(200);
    client.get("/roles").await.expect(403);

    let patch = json!({ "name": "Sara Al-Otaibi", "locale": "ar" });
    assert_eq!(
        admin.call("PATCH", &path, &[], patch.to_string()).await.expect(428).code(),
        "missing_if_match"
    );
    let changed = admin.with_etag("PATCH", &path, &sara.etag(), patch.clone()).await.expect(200);
    assert_eq!(changed.json()["name"], "Sara Al-Otaibi");
    admin.with_etag("PATCH", &path, &sara.etag(), patch).await.expect(412);
    let out = admin
        .with_etag("POST", &format!("{path}/deactivate"), &changed.etag(), Value::Null)
        .await
        .expect(200);
    assert_eq!(out.json()["active"], false);
    client.get("/me").await.expect(401);
}

#[tokio::test]
async fn the_own_password_is_changed_with_the_old_one() {
    let world = World::new().await;
    let admin = world.home().await;
    let body = json!({ "currentPassword": "wrong", "newPassword": "another long password" });
    let wrong = admin.post("/me/password", body).await.expect(422);
    assert_eq!(wrong.errors(), [("/currentPassword".to_owned(), "wrong_password".to_owned())]);
    let short =
        admin.post("/me/password", json!({ "currentPassword": PASSWORD, "newPassword": "short" })).await;
    assert_eq!(short.errors(), [("/newPassword".to_owned(), "password_too_short".to_owned())]);
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "another long password" });
    admin.post("/me/password", body).await.expect(204);
    admin.get("/me").await.expect(401);
    world.sign_in("admin@home.example", "another long password", None).await.get("/me").await.expect(200);
}

#[tokio::test]
async fn settings_have_defaults_and_versions() {
    let world = World::new().await;
    let admin = world.home().await;
    let all = admin.get("/tenants/current/settings").await.expect(200).json();
    assert!(all["items"].as_array().unwrap().iter().all(|setting| setting["isDefault"] == true));
    let before = admin.get("/config/vat-rate").await.expect(200);
    assert_eq!((&before.json()["value"], before.etag()), (&json!("15"), "\"0\"".to_owned()));
    let bad = admin.with_etag("PUT", "/config/vat-rate", "\"0\"", json!({ "value": 15 })).await.expect(422);
    assert_eq!(bad.errors(), [("/value".to_owned(), "invalid_setting".to_owned())]);
    let set = admin.with_etag("PUT", "/config/vat-rate", "\"0\"", json!({ "value": "5" })).await.expect(200);
    assert_eq!((&set.json()["value"], set.etag()), (&json!("5"), "\"1\"".to_owned()));
    admin.with_etag("PUT", "/config/vat-rate", "\"0\"", json!({ "value": "7" })).await.expect(412);
    admin.with_etag("DELETE", "/config/vat-rate", "\"1\"", Value::Null).await.expect(204);
    assert_eq!(admin.get("/config/vat-rate").await.json()["isDefault"], true);
    assert_eq!(admin.get("/config/unknown").await.expect(404).code(), "unknown_setting");
}

#[tokio::test]
async fn platform_administrators_make_and_suspend_tenants() {
    let world = World::new().await;
    let other = world.tenant("other", "SAR", "empty").await;
    let admin = world.home().await;
    other.client.get("/admin/tenants").await.expect(403);
    let list = admin.get("/admin/tenants?sort=code").await.expect(200).json();
    let codes: Vec<_> = list["items"].as_array().unwrap().iter().map(|t| t["code"].clone()).collect();
    assert_eq!(codes, ["home", "other"]);

    let current = other.client.get("/tenants/current").await.expect(200);
    let renamed = json!({ "name": { "ar": "أخرى", "en": "Other" } });
    let renamed =
        other.client.with_etag("PATCH", "/tenants/current", &current.etag(), renamed).await.expect(200);
    assert_eq!(renamed.json()["name"]["ar"], "أخرى");
    let path = format!("/admin/tenants/{}/suspend", renamed.json()["id"].as_str().unwrap());
    admin.with_etag("POST", &path, &renamed.etag(), Value::Null).await.expect(200);
    other.client.get("/tenants/current").await.expect(401);

    let administrator = json!({ "email": "not an address", "name": "", "password": "short" });
    let body = json!({ "code": "a b", "name": {}, "currency": "riyal", "template": "none", "administrator": administrator });
    let places: Vec<_> =
        admin.post("/admin/tenants", body).await.expect(422).errors().into_iter().map(|e| e.0).collect();
    for place in
        ["/code", "/name", "/currency", "/template", "/administrator/email", "/administrator/password"]
    {
        assert!(places.iter().any(|p| p == place), "{place} not in {places:?}");
    }
}
