//! Membership needs the person's own acceptance, and no tenant sees another's members.

use serde_json::{Value, json};
use testkit::world::{PASSWORD, encode};
use testkit::{Answer, Client, World};

const OWN: &str = "seven violet umbrellas dancing";

async fn token(world: &World, email: &str, password: &str, tenant: Option<&str>) -> Answer {
    let tenant = tenant.map_or(String::new(), |tenant| format!("&tenant={tenant}"));
    let form =
        format!("grant_type=password&username={}&password={}{tenant}", encode(email), encode(password));
    let headers = ["Content-Type: application/x-www-form-urlencoded"];
    world.anonymous().call("POST", "/auth/token", &headers, form).await
}

async fn refresh(world: &World, refresh_token: &Value, tenant: &str) -> Answer {
    let token = refresh_token.as_str().unwrap();
    let form = format!("grant_type=refresh_token&refresh_token={token}&tenant={tenant}");
    let headers = ["Content-Type: application/x-www-form-urlencoded"];
    world.anonymous().call("POST", "/auth/token", &headers, form).await
}

async fn invite(inviter: &Client, email: &str, roles: &[&str]) -> Value {
    let body = json!({ "email": email, "name": "Invited", "roleIds": roles });
    inviter.post("/invitations", body).await.expect(201).json()
}

async fn administrator_role(client: &Client) -> String {
    let list = client.get("/roles").await.ok();
    let role = list["items"].as_array().unwrap().iter().find(|role| role["code"] == "administrator").unwrap();
    role["id"].as_str().unwrap().to_owned()
}

async fn accept_signed_in(client: &Client, token: &Value) -> Answer {
    client.post("/auth/invitations/accept", json!({ "token": token })).await
}

/// The attack: another tenant makes an account with the address of somebody who is about to be invited.
#[tokio::test]
async fn a_password_that_one_tenant_knows_opens_no_other() {
    let world = World::new().await;
    let victim = world.tenant("alpha", "SAR", "empty").await;
    let attacker = world.tenant("beta", "SAR", "empty").await;
    let refused = attacker.client.post(
        "/users",
        json!({ "email": "newhire@alpha.example", "name": "x", "password": "attacker knows this phrase" }),
    );
    assert_eq!(refused.await.expect(422).errors(), [("/password".to_owned(), "unknown_member".to_owned())]);
    let theirs = invite(&attacker.client, "newhire@alpha.example", &[]).await;
    world.accept(&theirs["token"], "attacker knows this phrase").await.expect(200);

    let role = administrator_role(&victim.client).await;
    let ours = invite(&victim.client, "newhire@alpha.example", &[&role]).await;
    assert_eq!(ours["name"], "Invited");
    let nobody = token(&world, "newhire@alpha.example", "attacker knows this phrase", Some("alpha")).await;
    nobody.expect(400);
    world.accept(&ours["token"], OWN).await.expect(200);
    token(&world, "newhire@alpha.example", "attacker knows this phrase", Some("alpha")).await.expect(400);
    let real = token(&world, "newhire@alpha.example", OWN, Some("alpha")).await.expect(200).json();
    let me = world.bearer(real["access_token"].as_str().unwrap()).get("/me").await.ok();
    assert_eq!((&me["tenant"]["code"], &me["permissions"]), (&json!("alpha"), &json!(["*"])));
    assert_eq!(me["memberships"].as_array().unwrap().len(), 1);
    // Without a tenant each password finds its own account.
    for (password, code) in [(OWN, "alpha"), ("attacker knows this phrase", "beta")] {
        let tokens = token(&world, "newhire@alpha.example", password, None).await.expect(200).json();
        let me = world.bearer(tokens["access_token"].as_str().unwrap()).get("/me").await.ok();
        assert_eq!(me["tenant"]["code"], code);
    }
}

#[tokio::test]
async fn whether_an_address_is_known_elsewhere_shows_nowhere() {
    let world = World::new().await;
    let alpha = world.tenant("alpha", "SAR", "empty").await;
    let beta = world.tenant("beta", "SAR", "empty").await;
    let without = |mut value: Value| {
        for key in ["id", "token", "createdAt", "updatedAt", "expiresAt", "email", "userId", "user"] {
            value.as_object_mut().unwrap().remove(key);
        }
        value
    };
    let known = invite(&beta.client, &alpha.email, &[]).await;
    let unknown = invite(&beta.client, "nobody@alpha.example", &[]).await;
    assert_eq!(without(known.clone()), without(unknown.clone()));
    let mut accepted = Vec::new();
    for invitation in [&known, &unknown] {
        accepted.push(world.accept(&invitation["token"], OWN).await.expect(200).json());
    }
    assert_eq!(without(accepted[0].clone()), without(accepted[1].clone()));
    // The person who had the address before notices nothing.
    token(&world, &alpha.email, PASSWORD, None).await.expect(200);
    token(&world, &alpha.email, OWN, Some("alpha")).await.expect(400);

    let clerk = world.user(&beta.client, "clerk@beta.example", &[]).await;
    let path = format!("/users/{clerk}");
    let taken = json!({ "email": "nobody@alpha.example" });
    let inside = beta.client.with_etag("PATCH", &path, "*", taken).await.expect(409);
    assert_eq!(inside.errors(), [("/email".to_owned(), "already_exists".to_owned())]);
    let elsewhere = json!({ "email": "admin@home.example" });
    beta.client.with_etag("PATCH", &path, "*", elsewhere).await.expect(200);
}

#[tokio::test]
async fn a_person_takes_their_account_along_by_signing_in() {
    let world = World::new().await;
    let alpha = world.tenant("alpha", "SAR", "empty").await;
    let beta = world.tenant("beta", "SAR", "empty").await;
    let sara = world.user(&alpha.client, "sara@alpha.example", &[]).await;
    let client = world.sign_in("sara@alpha.example", PASSWORD, None).await;
    let path = format!("/users/{sara}");
    let before = alpha.client.get(&path).await.expect(200);

    let role = administrator_role(&beta.client).await;
    let invitation = invite(&beta.client, "sara@alpha.example", &[&role]).await;
    let other = invite(&beta.client, "omar@alpha.example", &[]).await;
    let refused = accept_signed_in(&client, &other["token"]).await.expect(409);
    assert_eq!(refused.code(), "invitation_for_other");
    let both = json!({ "token": invitation["token"], "password": OWN });
    let refused = client.post("/auth/invitations/accept", both).await.expect(422);
    assert_eq!(refused.errors(), [("/password".to_owned(), "password_not_needed".to_owned())]);
    let accepted = accept_signed_in(&client, &invitation["token"]).await.expect(200).json();
    assert_eq!((&accepted["tenantCode"], &accepted["user"]["id"]), (&json!("beta"), &json!(sara)));
    let used = accept_signed_in(&client, &invitation["token"]).await.expect(422);
    assert_eq!(used.errors(), [("/token".to_owned(), "invitation_unusable".to_owned())]);

    // Neither tenant notices what the other does.
    let there = beta.client.get(&path).await.expect(200);
    assert_eq!((&there.json()["name"], there.etag()), (&json!("Invited"), "\"1\"".to_owned()));
    beta.client.with_etag("PATCH", &path, "*", json!({ "name": "S. A.", "locale": "ar" })).await.expect(200);
    beta.client.with_etag("POST", &format!("{path}/deactivate"), "*", Value::Null).await.expect(200);
    let after = alpha.client.get(&path).await.expect(200);
    assert_eq!((after.etag(), after.json()), (before.etag(), before.json()));
    for hidden in ["lockedUntil", "platformAdmin", "memberships"] {
        assert!(there.json().get(hidden).is_none(), "{hidden}");
    }
    client.get("/me").await.expect(200);

    // Name, language, sessions and activity stay the tenant's; password and address are the person's own now.
    alpha.client.with_etag("PATCH", &path, "*", json!({ "name": "Sara A." })).await.expect(200);
    let password = json!({ "password": OWN });
    let own =
        alpha.client.with_etag("POST", &format!("{path}/set-password"), "*", password).await.expect(409);
    assert_eq!(own.code(), "own_account");
    let address = json!({ "email": "x@alpha.example" });
    assert_eq!(alpha.client.with_etag("PATCH", &path, "*", address).await.expect(409).code(), "own_account");
    alpha.client.post(&format!("{path}/revoke-sessions"), Value::Null).await.expect(204);
    client.get("/me").await.expect(401);
    alpha.client.with_etag("POST", &format!("{path}/deactivate"), "*", Value::Null).await.expect(200);
}

#[tokio::test]
async fn a_password_that_somebody_else_set_enters_no_further_tenant() {
    let world = World::new().await;
    let alpha = world.tenant("alpha", "SAR", "empty").await;
    let beta = world.tenant("beta", "SAR", "empty").await;
    let sara = world.user(&alpha.client, "sara@alpha.example", &[]).await;
    let path = format!("/users/{sara}/set-password");
    let known = json!({ "password": "the administrator knows this" });
    alpha.client.with_etag("POST", &path, "*", known).await.expect(200);
    let client = world.sign_in("sara@alpha.example", "the administrator knows this", None).await;
    let invitation = invite(&beta.client, "sara@alpha.example", &[]).await;
    let refused = accept_signed_in(&client, &invitation["token"]).await.expect(409);
    assert_eq!(refused.code(), "own_password_needed");
    let own = json!({ "currentPassword": "the administrator knows this", "newPassword": OWN });
    client.post("/me/password", own).await.expect(204);
    let client = world.sign_in("sara@alpha.example", OWN, None).await;
    accept_signed_in(&client, &invitation["token"]).await.expect(200);
}

#[tokio::test]
async fn a_sign_in_without_a_tenant_enters_the_persons_own_choice() {
    let world = World::new().await;
    let zeta = world.tenant("zeta", "SAR", "empty").await;
    let beta = world.tenant("beta", "SAR", "empty").await;
    let aaa = world.tenant("aaa", "SAR", "empty").await;
    world.user(&zeta.client, "sara@zeta.example", &[]).await;
    let client = world.sign_in("sara@zeta.example", PASSWORD, None).await;
    for tenant in [&beta, &aaa] {
        let invitation = invite(&tenant.client, "sara@zeta.example", &[]).await;
        accept_signed_in(&client, &invitation["token"]).await.expect(200);
    }
    let signed_in = token(&world, "sara@zeta.example", PASSWORD, None).await.expect(200).json();
    let codes: Vec<_> = signed_in["tenants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| (t["code"].clone(), t["default"].clone()))
        .collect();
    let expected = [("zeta", true), ("beta", false), ("aaa", false)].map(|(c, d)| (json!(c), json!(d)));
    assert_eq!(codes, expected);
    assert_eq!(signed_in["tenant_id"], signed_in["tenants"][0]["tenantId"]);

    let me = client.get("/me").await.ok();
    let etag = format!("\"{}\"", me["user"]["version"]);
    let strange = json!({ "defaultTenantId": "0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11" });
    let refused = client.with_etag("PATCH", "/me", &etag, strange).await.expect(422);
    assert_eq!(refused.errors(), [("/defaultTenantId".to_owned(), "unknown_reference".to_owned())]);
    let chosen = json!({ "defaultTenantId": signed_in["tenants"][1]["tenantId"] });
    client.with_etag("PATCH", "/me", &etag, chosen).await.expect(200);
    let again = token(&world, "sara@zeta.example", PASSWORD, None).await.expect(200).json();
    assert_eq!(again["tenant_id"], signed_in["tenants"][1]["tenantId"]);

    // The session goes on in another tenant, and not where the person does not belong.
    refresh(&world, &again["refresh_token"], "home").await.expect(400);
    let there = refresh(&world, &again["refresh_token"], "aaa").await.expect(200).json();
    assert_eq!(there["tenant_id"], signed_in["tenants"][2]["tenantId"]);
    let me = world.bearer(there["access_token"].as_str().unwrap()).get("/me").await.ok();
    assert_eq!(me["tenant"]["code"], "aaa");
}

#[tokio::test]
async fn invitations_end_by_time_by_renewal_and_by_revocation() {
    let world = World::new().await;
    let alpha = world.tenant("alpha", "SAR", "empty").await;
    let unusable = |answer: Answer| {
        assert_eq!(answer.expect(422).errors(), [("/token".to_owned(), "invitation_unusable".to_owned())]);
    };
    unusable(world.accept(&json!("eri_unknown"), OWN).await);
    let first = invite(&alpha.client, "sara@alpha.example", &[]).await;
    let path = format!("/invitations/{}", first["id"].as_str().unwrap());
    let read = alpha.client.get(&path).await.expect(200);
    assert!(read.json().get("token").is_none());
    let renewed =
        alpha.client.with_etag("POST", &format!("{path}/renew"), &read.etag(), Value::Null).await.expect(200);
    unusable(world.accept(&first["token"], OWN).await);
    world.clock.advance_seconds(7 * 24 * 3600);
    unusable(world.accept(&renewed.json()["token"], OWN).await);
    let admin = world.sign_in(&alpha.email, PASSWORD, None).await;
    let again =
        admin.with_etag("POST", &format!("{path}/renew"), &renewed.etag(), Value::Null).await.expect(200);
    let weak = world.accept(&again.json()["token"], "password1234").await.expect(422);
    assert_eq!(weak.errors(), [("/password".to_owned(), "password_guessable".to_owned())]);
    let none = json!({ "token": again.json()["token"] });
    let missing = world.anonymous().post("/auth/invitations/accept", none).await.expect(422);
    assert_eq!(missing.errors(), [("/password".to_owned(), "required".to_owned())]);
    admin.with_etag("DELETE", &path, &again.etag(), Value::Null).await.expect(204);
    unusable(world.accept(&again.json()["token"], OWN).await);
    admin.with_etag("POST", &format!("{path}/renew"), "*", Value::Null).await.expect(409);

    let second = invite(&admin, "sara@alpha.example", &[]).await;
    world.accept(&second["token"], OWN).await.expect(200);
    unusable(world.accept(&second["token"], OWN).await);
    let log = admin.get("/audit-log?limit=200").await.ok();
    let actions: Vec<_> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["entity"] == "invitation")
        .map(|row| row["action"].as_str().unwrap().to_owned())
        .collect();
    for action in ["created", "renewed", "revoked", "accepted"] {
        assert!(actions.iter().any(|a| a == action), "{action} in {actions:?}");
    }
}

#[tokio::test]
async fn an_address_has_one_invitation_however_it_came_about() {
    let world = World::new().await;
    let alpha = world.tenant("alpha", "SAR", "empty").await;
    let first = invite(&alpha.client, "sara@alpha.example", &[]).await;
    let renew = format!("/invitations/{}/renew", first["id"].as_str().unwrap());
    alpha.client.with_etag("POST", &renew, "*", Value::Null).await.expect(200);
    world.clock.advance_seconds(7 * 24 * 3600);
    let admin = world.sign_in(&alpha.email, PASSWORD, None).await;
    let second = invite(&admin, "sara@alpha.example", &[]).await;
    let refused = admin.with_etag("POST", &renew, "*", Value::Null).await.expect(409);
    assert_eq!(refused.code(), "already_invited");
    let path = format!("/invitations/{}", second["id"].as_str().unwrap());
    admin.with_etag("DELETE", &path, "*", Value::Null).await.expect(204);
    admin.with_etag("POST", &renew, "*", Value::Null).await.expect(200);
}

#[tokio::test]
async fn whoever_invited_must_still_be_allowed_to() {
    let world = World::new().await;
    let alpha = world.tenant("alpha", "SAR", "empty").await;
    let role = administrator_role(&alpha.client).await;
    let second = world.user(&alpha.client, "second@alpha.example", &[&role]).await;
    let client = world.sign_in("second@alpha.example", PASSWORD, None).await;
    let invitation = invite(&client, "friend@alpha.example", &[&role]).await;
    alpha
        .client
        .with_etag("POST", &format!("/users/{second}/deactivate"), "*", Value::Null)
        .await
        .expect(200);
    let void = world.accept(&invitation["token"], OWN).await.expect(409);
    assert_eq!(void.code(), "invitation_void");
    let path = format!("/invitations/{}/renew", invitation["id"].as_str().unwrap());
    let renewed = alpha.client.with_etag("POST", &path, "*", Value::Null).await.expect(200).json();
    world.accept(&renewed["token"], OWN).await.expect(200);
}

#[tokio::test]
async fn a_tenants_first_administrator_has_a_new_account_or_an_invitation() {
    let world = World::new().await;
    let alpha = world.tenant("alpha", "SAR", "empty").await;
    let home = world.home().await;
    let body = |code: &str, password: Value| {
        json!({ "code": code, "name": { "en": code }, "template": "empty",
            "administrator": { "email": alpha.email, "name": "Another", "password": password } })
    };
    let made = home.post("/admin/tenants", body("beta", json!(OWN))).await.expect(201).json();
    assert_eq!(
        (&made["code"], &made["invitation"], &made["token"]),
        (&json!("beta"), &Value::Null, &Value::Null)
    );
    token(&world, &alpha.email, PASSWORD, Some("beta")).await.expect(400);
    token(&world, &alpha.email, OWN, Some("alpha")).await.expect(400);
    token(&world, &alpha.email, OWN, Some("beta")).await.expect(200);
    let me = alpha.client.get("/me").await.ok();
    assert_eq!(me["memberships"].as_array().unwrap().len(), 1);

    let made = home.post("/admin/tenants", body("gamma", Value::Null)).await.expect(201).json();
    assert_eq!(made["invitation"]["email"], alpha.email.as_str());
    token(&world, &alpha.email, PASSWORD, Some("gamma")).await.expect(400);
    let invite = format!("/admin/tenants/{}/invite-administrator", made["id"].as_str().unwrap());
    let person = json!({ "email": "late@gamma.example", "name": "Late" });
    home.post(&invite, person.clone()).await.expect(200);
    // The account of before was given its password by the platform, so its owner chooses one first.
    let refused = accept_signed_in(&alpha.client, &made["token"]).await.expect(409);
    assert_eq!(refused.code(), "own_password_needed");
    world.accept(&made["token"], OWN).await.expect(200);
    let tokens = token(&world, &alpha.email, OWN, Some("gamma")).await.expect(200).json();
    let me = world.bearer(tokens["access_token"].as_str().unwrap()).get("/me").await.ok();
    assert_eq!(me["permissions"], json!(["*"]));
    assert_eq!(home.post(&invite, person).await.expect(409).code(), "has_administrator");
}

/// The right password lets its owner in, however many others guess.
#[tokio::test(flavor = "multi_thread")]
async fn guesses_of_others_do_not_keep_people_out() {
    // All of them are let in, however slow the database is: what is looked at is whose turn it is to have a password hashed.
    let world = World::with(&[("Bootstrap:Template", "empty"), ("Limits:ConcurrentRequests", "400")]).await;
    let world = &world;
    let guesses =
        (0..100).map(|n| async move { token(world, &format!("guess{n}@home.example"), "wrong", None).await });
    let rights = (0..5).map(|_| token(world, "admin@home.example", PASSWORD, None));
    let (guesses, rights) = (futures::future::join_all(guesses), futures::future::join_all(rights));
    let (guesses, rights) = tokio::join!(guesses, rights);
    assert!(
        rights.iter().all(|answer| answer.status == 200),
        "{:?}",
        rights.iter().map(|a| a.status).collect::<Vec<_>>()
    );
    assert!(guesses.iter().all(|answer| answer.status == 400));
}

/// An address that nobody has locks like one that somebody has.
#[tokio::test]
async fn a_lock_does_not_tell_whether_an_account_is_behind_it() {
    let world = World::new().await;
    for email in ["admin@home.example", "nobody@home.example"] {
        for _ in 0..7 {
            let refused = token(&world, email, "wrong", None).await.expect(400).json();
            assert_eq!(refused["error"], "invalid_grant");
        }
    }
    token(&world, "admin@home.example", PASSWORD, None).await.expect(400);
    world.clock.advance_seconds(16 * 60);
    token(&world, "admin@home.example", PASSWORD, None).await.expect(200);
}
