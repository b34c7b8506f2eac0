//! Keys of machines.

use application::context::{Actor, IdempotencyKey, RequestContext};
use application::platform::api_keys::{ApiKeySecret, CreateApiKey, RevokeApiKey, RotateApiKey};
use application::platform::error::{GRANT_EXCEEDS_OWN, INVALID_CLIENT, UNKNOWN_PERMISSION, USERS_ONLY};
use application::platform::me::change_password;
use application::platform::ports::PlatformQueries;
use application::platform::role_assignments::DeleteRoleAssignment;
use application::ports::clock::Clock;
use domain::ids::{ApiKeyId, RoleAssignmentId};
use domain::time::Timestamp;

use super::{House, PASSWORD, caller};

async fn create(
    house: &House,
    ctx: &RequestContext,
    scopes: &[&str],
    expires_at: Option<Timestamp>,
) -> (ApiKeyId, String) {
    let secret = ApiKeySecret::generate(&*house.app.ids);
    let command = CreateApiKey {
        name: "Shop".to_owned(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        expires_at,
        prefix: secret.prefix.clone(),
        secret_hash: secret.hash,
    };
    let id = house.run(ctx, command).await.unwrap().id.unwrap();
    (ApiKeyId::new(id), secret.into_text())
}

#[tokio::test]
async fn a_key_may_what_its_scopes_and_its_owner_may() {
    let house = House::new().await;
    let admin = house.administrator("home").await;
    let sara = house.user(&admin, "sara@home.example", &["accountant", "auditor"]).await;
    let tokens = house.tokens("sara@home.example").await.unwrap();
    let mut ctx = house.ctx(&tokens.access_token).await;
    // Keys are made by whoever may; here the scopes are the point.
    ctx.permissions = admin.permissions.clone();
    let (id, key) = create(&house, &ctx, &["accounting.journal_entry.*", "platform.user.create"], None).await;

    let identity = house.who(&key).await.unwrap();
    assert_eq!(identity.actor, Actor::ApiKey(id, sara));
    assert!(identity.permissions.allows("accounting.journal_entry.post"));
    assert!(!identity.permissions.allows("accounting.account.read"), "not in its scopes");
    assert!(!identity.permissions.allows("platform.user.create"), "not its owner's");

    let accountant = house.roles(house.home).await["accountant"];
    let list = application::paging::ListQuery::first(
        &application::platform::role_assignments::ROLE_ASSIGNMENT_LIST,
        50,
    );
    let all = house.db.role_assignments(house.home, &list).await.unwrap().items;
    let given = all.iter().find(|a| a.user_id == sara.uuid() && a.role_id == accountant.uuid()).unwrap();
    house.run(&admin, DeleteRoleAssignment { id: RoleAssignmentId::new(given.id) }).await.unwrap();
    let less = house.who(&key).await.unwrap().permissions;
    assert!(!less.allows("accounting.journal_entry.post") && less.allows("accounting.journal_entry.read"));
}

#[tokio::test]
async fn revoked_rotated_and_expired_keys_are_refused() {
    let house = House::new().await;
    let admin = house.administrator("home").await;
    let (first, revoked) = create(&house, &admin, &["*"], None).await;
    assert!(house.who(&revoked).await.is_ok());
    house.run(&admin, RevokeApiKey { id: first }).await.unwrap();
    assert!(house.who(&revoked).await.is_err());

    let (second, old) = create(&house, &admin, &["*"], None).await;
    assert!(house.who(&old).await.is_ok());
    let secret = ApiKeySecret::generate(&*house.app.ids);
    let rotate = |id| RotateApiKey { id, prefix: secret.prefix.clone(), secret_hash: secret.hash };
    assert!(house.run(&admin, rotate(first)).await.is_err(), "a revoked key stays revoked");
    house.run(&admin, rotate(second)).await.unwrap();
    assert!(house.who(&old).await.is_err());
    assert!(house.who(&secret.into_text()).await.is_ok());

    let (_, short) = create(&house, &admin, &["*"], Some(house.clock.now().plus_seconds(60))).await;
    assert!(house.who(&short).await.is_ok());
    house.clock.advance(61);
    assert!(house.who(&short).await.is_err());
}

#[tokio::test]
async fn a_key_buys_tokens_that_die_with_it() {
    let house = House::new().await;
    let admin = house.administrator("home").await;
    let (id, key) = create(&house, &admin, &["accounting.*"], None).await;
    let prefix = house.db.api_key(house.home, id).await.unwrap().unwrap().prefix;
    assert!(key.starts_with(&format!("erp_{prefix}_")));
    for client in [prefix.clone(), id.to_string()] {
        let tokens = house.sign_in.client_credentials(&client, &key, &caller()).await.unwrap();
        assert!(tokens.refresh_token.is_none());
        let identity = house.who(&tokens.access_token).await.unwrap();
        assert!(matches!(identity.actor, Actor::ApiKey(actor, _) if actor == id));
        assert!(!identity.platform_admin && !identity.permissions.allows("platform.user.read"));
    }
    let tokens = house.sign_in.client_credentials(&prefix, &key, &caller()).await.unwrap();
    for (client, secret) in [("other", key.as_str()), (prefix.as_str(), "erp_no_key")] {
        let refused = house.sign_in.client_credentials(client, secret, &caller()).await.err().unwrap();
        assert!(refused.is(&INVALID_CLIENT));
    }
    house.run(&admin, RevokeApiKey { id }).await.unwrap();
    assert!(house.who(&tokens.access_token).await.is_err());
    assert!(house.sign_in.client_credentials(&prefix, &key, &caller()).await.is_err());
}

#[tokio::test]
async fn nobody_makes_a_key_with_more_than_they_hold() {
    let house = House::new().await;
    let admin = house.administrator("home").await;
    let (_, key) = create(&house, &admin, &["platform.api_key.*"], None).await;
    let ctx = house.ctx(&key).await;
    let command = |scope: &str| CreateApiKey {
        name: "More".to_owned(),
        scopes: vec![scope.to_owned()],
        expires_at: None,
        prefix: "aaaa".to_owned(),
        secret_hash: [1; 32],
    };
    assert!(house.run(&ctx, command("accounting.*")).await.unwrap_err().is(&GRANT_EXCEEDS_OWN));
    assert!(house.run(&ctx, command("*")).await.unwrap_err().is(&GRANT_EXCEEDS_OWN));
    assert!(house.run(&ctx, command("no.such.thing")).await.unwrap_err().is(&UNKNOWN_PERMISSION));
    let taken = change_password(&house.sign_in, &ctx, PASSWORD, "another long password", &caller())
        .await
        .unwrap_err();
    assert!(taken.is(&USERS_ONLY), "a key never takes over its owner");
}

#[tokio::test]
async fn the_secret_is_stored_nowhere() {
    let house = House::new().await;
    let mut admin = house.administrator("home").await;
    admin.idempotency = Some(IdempotencyKey { key: "once".to_owned(), request_hash: [9; 32] });
    let (_, key) = create(&house, &admin, &["*"], None).await;
    let secret = key.rsplit('_').next().unwrap();
    for (table, columns) in [
        ("idempotency", "body"),
        ("audit_log", "COALESCE(before_document, '') || COALESCE(after_document, '')"),
        ("outbox_event", "COALESCE(data, '')"),
        ("api_key", "name || prefix || scopes"),
    ] {
        let sql = format!("SELECT COUNT(*) AS count FROM {table} WHERE {columns} LIKE '%{secret}%'");
        assert_eq!(house.count(&sql).await, 0, "{table}");
    }
    assert_eq!(house.count("SELECT COUNT(*) AS count FROM idempotency WHERE body LIKE '%Shop%'").await, 1);
}
