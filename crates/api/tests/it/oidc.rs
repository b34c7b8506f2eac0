//! Tokens of another issuer, in the form of Entra ID, beside the API's own.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use erp_stubs::{Fault, Service, Stubs, entra};
use serde_json::{Value, json};
use testkit::World;

/// Where the clock of a world stands.
const NOW: i64 = 1_773_565_200;
const SARA: &str = "sara@home.example";
/// More than the minute in which keys are fetched once.
const A_MINUTE: Duration = Duration::from_secs(61);

async fn world(stubs: &Stubs, further: &[(&str, &str)]) -> World {
    let issuer = stubs.issuer_of(entra::TENANT);
    let tenants = format!("Auth:Oidc:0:Tenants:{}", entra::TENANT);
    let mut settings = vec![
        ("Bootstrap:Template", "empty"),
        ("Auth:Oidc:0:Issuer", &issuer),
        ("Auth:Oidc:0:Audience", "api://erp"),
        (&tenants, "home"),
    ];
    settings.extend(further);
    World::with(&settings).await
}

/// Claims of Sara's, and others in their place.
fn claims(change: Value) -> Value {
    let mut claims = json!({ "preferred_username": SARA, "iat": NOW, "nbf": NOW, "exp": NOW + 600 });
    for (name, value) in change.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

async fn asked(world: &World, token: &str) -> (u16, String) {
    let answer = world.bearer(token).get("/me").await;
    (answer.status.as_u16(), answer.code())
}

/// The minute passes for this test alone.
async fn a_minute_later() {
    tokio::time::pause();
    tokio::time::advance(A_MINUTE).await;
    tokio::time::resume();
}

/// A role of the tenant's own with these permissions; answers its id.
async fn role(world: &World, code: &str, permissions: &[&str]) -> String {
    let body = json!({ "code": code, "name": { "en": code }, "permissions": permissions });
    world.home().await.post("/roles", body).await.expect(201).json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn whoever_the_issuer_vouches_for_is_a_user_of_the_tenant_it_may_open() {
    let stubs = Stubs::start().await.unwrap();
    let world = world(&stubs, &[]).await;
    let reader = role(&world, "reader", &["accounting.account.read"]).await;
    let home = world.home().await;
    let sara = world.user(&home, SARA, &[&reader]).await;
    let token = stubs.token(&claims(json!({})));
    let me = world.bearer(&token).get("/me").await.ok();
    assert_eq!(
        (me["user"]["id"].as_str(), me["tenant"]["code"].as_str()),
        (Some(sara.as_str()), Some("home")),
        "{me}"
    );
    world.bearer(&token).get("/accounts").await.expect(200);
    world.bearer(&token).get("/users").await.expect(403);
    home.get("/me").await.expect(200);

    let by_id = stubs.token(&claims(json!({ "preferred_username": sara })));
    assert_eq!(asked(&world, &by_id).await.0, 200);
    // The issuer alone lets no one in, and no one runs the platform through it.
    let admin = stubs.token(&claims(json!({ "preferred_username": "admin@home.example" })));
    world.bearer(&admin).get("/users").await.expect(200);
    world.bearer(&admin).get("/admin/tenants").await.expect(403);
    for (what, change) in [
        ("another API's token", json!({ "aud": "api://other" })),
        ("an issuer that nobody knows", json!({ "iss": "https://login.example/v2.0" })),
        ("a directory that is not let in", json!({ "tid": "99999999-2222-3333-4444-555555555555" })),
        ("a stranger", json!({ "preferred_username": "stranger@home.example" })),
        ("nobody", json!({ "preferred_username": null })),
        ("a token that has ended", json!({ "exp": NOW })),
        ("a token of tomorrow", json!({ "nbf": NOW + 3_600 })),
        ("a token without an end", json!({ "exp": null })),
    ] {
        assert_eq!(
            asked(&world, &stubs.token(&claims(change))).await,
            (401, "unauthenticated".into()),
            "{what}"
        );
    }
    // A right that is taken away is gone within a second, whoever signed the token.
    let etag = home.get(&format!("/users/{sara}")).await.etag();
    home.with_etag("POST", &format!("/users/{sara}/deactivate"), &etag, json!({})).await.expect(200);
    assert_eq!(asked(&world, &token).await.0, 401);
}

#[tokio::test]
async fn a_forged_signature_opens_nothing() {
    let stubs = Stubs::start().await.unwrap();
    let world = world(&stubs, &[]).await;
    world.user(&world.home().await, SARA, &[]).await;
    let token = stubs.token(&claims(json!({})));
    assert_eq!(asked(&world, &token).await.0, 200);
    let parts: Vec<_> = token.split('.').collect();
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = |alg: &str, kid: &str| part(json!({ "typ": "JWT", "alg": alg, "kid": kid }));
    let forged = part(claims(
        json!({ "iss": stubs.issuer_of(entra::TENANT), "aud": "api://erp", "tid": entra::TENANT }),
    ));
    for (what, forged) in [
        ("other claims", format!("{}.{forged}.{}", parts[0], parts[2])),
        ("no algorithm", format!("{}.{forged}.", header("none", "key-1"))),
        ("a public key as a secret", format!("{}.{forged}.{}", header("HS256", "key-1"), parts[2])),
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("a critical extension", {
            let header = part(json!({ "typ": "JWT", "alg": "RS256", "kid": "key-1", "crit": ["b64"] }));
            format!("{header}.{}.{}", parts[1], parts[2])
        }),
    ] {
        assert_eq!(asked(&world, &forged).await.0, 401, "{what}");
    }
}

#[tokio::test]
async fn roles_of_the_issuer_count_where_they_are_mapped() {
    let stubs = Stubs::start().await.unwrap();
    let world = world(&stubs, &[("Auth:Oidc:0:Roles:Erp.Reader", "reader")]).await;
    let administrator =
        world.home().await.get("/roles?code=administrator").await.ok()["items"][0]["id"].clone();
    role(&world, "reader", &["accounting.account.read"]).await;
    let home = world.home().await;
    world.user(&home, SARA, &[administrator.as_str().unwrap()]).await;
    let with = async |roles: Value| world.bearer(&stubs.token(&claims(json!({ "roles": roles }))));
    let reader = with(json!(["Erp.Reader", "Erp.Unknown"])).await;
    reader.get("/accounts").await.expect(200);
    reader.get("/users").await.expect(403);
    with(json!([])).await.get("/accounts").await.expect(403);
    // The tenant decides what the role grants, and changes count at once.
    let found = home.get("/roles?code=reader").await.ok()["items"][0]["id"].clone();
    let path = format!("/roles/{}", found.as_str().unwrap());
    let etag = home.get(&path).await.etag();
    let more = json!({ "permissions": ["accounting.account.read", "platform.user.read"] });
    home.with_etag("PATCH", &path, &etag, more).await.expect(200);
    reader.get("/users").await.expect(200);
}

#[tokio::test]
async fn keys_rotate_and_made_up_ones_are_asked_for_once_a_minute() {
    let stubs = Stubs::start().await.unwrap();
    let world = world(&stubs, &[]).await;
    world.user(&world.home().await, SARA, &[]).await;
    let lists =
        || stubs.requests(Service::Issuer).iter().filter(|asked| asked.target.contains("/keys")).count();
    let old = stubs.token(&claims(json!({})));
    assert_eq!((asked(&world, &old).await.0, lists()), (200, 1));
    stubs.issuer().rotate();
    let new = stubs.token(&claims(json!({})));
    assert_eq!((asked(&world, &new).await.0, lists()), (401, 1), "within the minute");
    a_minute_later().await;
    assert_eq!((asked(&world, &new).await.0, lists()), (200, 2));
    assert_eq!(asked(&world, &stubs.token(&claims(json!({ "n": 1 })))).await.0, 200, "the same key");
    // Ten made-up keys are one question.
    a_minute_later().await;
    let parts: Vec<_> = old.split('.').collect();
    for n in 0..10 {
        let header = json!({ "typ": "JWT", "alg": "RS256", "kid": format!("made-up-{n}") });
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        assert_eq!(asked(&world, &format!("{header}.{}.{}", parts[1], parts[2])).await.0, 401);
    }
    assert_eq!(lists(), 3);
}

#[tokio::test]
async fn an_issuer_that_is_away_is_no_fault_of_the_caller() {
    let stubs = Stubs::start().await.unwrap();
    let world = world(&stubs, &[]).await;
    world.user(&world.home().await, SARA, &[]).await;
    stubs.fail(Service::Issuer, Fault::Status(500, None));
    let token = stubs.token(&claims(json!({})));
    assert_eq!(asked(&world, &token).await, (503, "temporarily_unavailable".into()));
    world.home().await.get("/me").await.expect(200);
    stubs.heal(Service::Issuer);
    a_minute_later().await;
    assert_eq!(asked(&world, &token).await.0, 200);
    // The keys it gave last count on.
    stubs.fail(Service::Issuer, Fault::Status(500, None));
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(2 * 3_600)).await;
    tokio::time::resume();
    assert_eq!(asked(&world, &stubs.token(&claims(json!({ "n": 2 })))).await.0, 200);
}

#[tokio::test]
async fn metadata_are_fetched_where_the_setting_says() {
    let stubs = Stubs::start().await.unwrap();
    let there = format!("{}/.well-known/openid-configuration", stubs.issuer_of(entra::TENANT));
    for (metadata, status) in [("http://127.0.0.1:1/none", 503), (there.as_str(), 200)] {
        let world = world(&stubs, &[("Auth:Oidc:0:Metadata", metadata)]).await;
        world.user(&world.home().await, SARA, &[]).await;
        assert_eq!(asked(&world, &stubs.token(&claims(json!({})))).await.0, status, "{metadata}");
    }
    // Metadata of another issuer give no keys.
    let other = there.replace(entra::TENANT, "99999999-2222-3333-4444-555555555555");
    let world = world(&stubs, &[("Auth:Oidc:0:Metadata", &other)]).await;
    world.user(&world.home().await, SARA, &[]).await;
    assert_eq!(asked(&world, &stubs.token(&claims(json!({})))).await.0, 503);
}

#[tokio::test]
async fn one_issuer_of_several_directories_opens_those_that_are_named() {
    let stubs = Stubs::start().await.unwrap();
    let issuer = stubs.issuer_of("{tenantid}");
    let tenants = format!("Auth:Oidc:0:Tenants:{}", entra::TENANT);
    let settings = [
        ("Bootstrap:Template", "empty"),
        ("Auth:Oidc:0:Issuer", issuer.as_str()),
        ("Auth:Oidc:0:Audience", "api://erp"),
        (tenants.as_str(), "home"),
    ];
    let world = World::with(&settings).await;
    world.user(&world.home().await, SARA, &[]).await;
    assert_eq!(asked(&world, &stubs.token(&claims(json!({})))).await.0, 200);
    let other = "99999999-2222-3333-4444-555555555555";
    for change in [
        json!({ "tid": other, "iss": stubs.issuer_of(other) }),
        json!({ "iss": stubs.issuer_of(other) }),
        json!({ "tid": "../x", "iss": stubs.issuer_of("../x") }),
    ] {
        assert_eq!(asked(&world, &stubs.token(&claims(change.clone()))).await.0, 401, "{change}");
    }
}
