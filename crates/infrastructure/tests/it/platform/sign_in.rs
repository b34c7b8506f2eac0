//! Passwords, refresh tokens, locks.

use application::platform::api_keys::hash_token;
use application::platform::error::{INVALID_REFRESH_TOKEN, WRONG_CREDENTIALS, WRONG_PASSWORD};
use application::platform::me::change_password;

use super::{House, PASSWORD, caller};

#[tokio::test]
async fn a_refresh_token_works_once_and_its_reuse_ends_the_session() {
    let house = House::new().await;
    let first = house.tokens("admin@home.example").await.unwrap();
    let stolen = first.refresh_token.unwrap();
    assert!(stolen.starts_with("ert_"));
    house.clock.advance(60);
    let second = house.sign_in.refresh(&stolen, None, &caller()).await.unwrap();
    assert!(house.who(&second.access_token).await.is_ok());

    let reuse = house.sign_in.refresh(&stolen, None, &caller()).await.err().unwrap();
    assert!(reuse.is(&INVALID_REFRESH_TOKEN));
    let descendant = house.sign_in.refresh(second.refresh_token.as_deref().unwrap(), None, &caller()).await;
    assert!(descendant.err().unwrap().is(&INVALID_REFRESH_TOKEN));
    assert!(house.who(&first.access_token).await.is_err());
    assert!(house.who(&second.access_token).await.is_err());
    let told = "SELECT COUNT(*) AS count FROM audit_log WHERE entity = 'session' AND action = 'revoked'";
    assert_eq!(house.count(told).await, 1);
    assert!(house.tokens("admin@home.example").await.is_ok(), "another sign-in is another session");
}

#[tokio::test]
async fn refresh_tokens_expire_and_are_stored_as_hashes() {
    let house = House::new().await;
    let tokens = house.tokens("admin@home.example").await.unwrap();
    let token = tokens.refresh_token.unwrap();
    let stored = "SELECT COUNT(*) AS count FROM refresh_token WHERE token_hash = ?1";
    let rows = house.db.query_text(stored, &[hash_token(&token).into()]).await.unwrap();
    assert_eq!(rows.into_iter().next().unwrap().single::<i64>("test", "count").unwrap(), 1);
    house.clock.advance(i64::from(house.sign_in.policy.refresh_token_seconds));
    assert!(house.sign_in.refresh(&token, None, &caller()).await.is_err());
    assert!(house.who(&tokens.access_token).await.is_err());
}

#[tokio::test]
async fn signing_out_ends_the_session_alone() {
    let house = House::new().await;
    let here = house.tokens("admin@home.example").await.unwrap();
    let there = house.tokens("admin@home.example").await.unwrap();
    house.sign_in.revoke(here.refresh_token.as_deref().unwrap(), &caller()).await.unwrap();
    house.sign_in.revoke("ert_unknown", &caller()).await.unwrap();
    assert!(house.who(&here.access_token).await.is_err());
    assert!(house.sign_in.refresh(here.refresh_token.as_deref().unwrap(), None, &caller()).await.is_err());
    assert!(house.who(&there.access_token).await.is_ok());
}

#[tokio::test]
async fn wrong_passwords_lock_and_the_lock_ends() {
    let house = House::new().await;
    let attempt = async |password: &str| {
        house.sign_in.password("admin@home.example", password, None, &caller()).await.map(|_| ())
    };
    for _ in 0..house.sign_in.policy.failures_max {
        assert!(attempt("wrong").await.unwrap_err().is(&WRONG_CREDENTIALS));
    }
    let locked = attempt(PASSWORD).await.unwrap_err();
    assert!(locked.is(&WRONG_CREDENTIALS), "nobody is told that the password was right");
    assert_eq!(house.count("SELECT COUNT(*) AS count FROM audit_log WHERE action = 'locked'").await, 1);

    house.clock.advance(i64::from(house.sign_in.policy.lock_seconds) - 60);
    assert!(attempt(PASSWORD).await.is_err());
    assert!(attempt("wrong").await.is_err(), "attempts during the lock do not prolong it");
    house.clock.advance(61);
    assert!(attempt(PASSWORD).await.is_ok());
    assert_eq!(
        house
            .count("SELECT COUNT(*) AS count FROM app_user WHERE failed_attempts > 0 OR locked_until > 0")
            .await,
        0
    );
}

#[tokio::test]
async fn a_right_password_forgets_the_wrong_ones() {
    let house = House::new().await;
    for _ in 0..3 {
        for _ in 1..house.sign_in.policy.failures_max {
            assert!(house.sign_in.password("admin@home.example", "wrong", None, &caller()).await.is_err());
        }
        assert!(house.tokens("admin@home.example").await.is_ok());
    }
}

#[tokio::test]
async fn parallel_guesses_are_all_counted() {
    let house = House::new().await;
    let guesses =
        (0..20).map(|n| {
            let house = &house;
            async move {
                house.sign_in.password("admin@home.example", &format!("guess {n}"), None, &caller()).await
            }
        });
    let answers = futures::future::join_all(guesses).await;
    assert!(answers.iter().all(Result::is_err));
    assert!(house.tokens("admin@home.example").await.is_err());
}

#[tokio::test]
async fn of_many_that_use_a_refresh_token_at_once_one_gets_in() {
    let house = House::new().await;
    let token = house.tokens("admin@home.example").await.unwrap().refresh_token.unwrap();
    let caller = caller();
    let answers =
        futures::future::join_all((0..10).map(|_| house.sign_in.refresh(&token, None, &caller))).await;
    let (got_in, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((got_in.len(), refused.len()), (1, 9));
    let next = got_in.into_iter().next().unwrap().unwrap().refresh_token.unwrap();
    assert!(
        house.sign_in.refresh(&next, None, &caller).await.is_err(),
        "whose token was stolen signs in anew"
    );
}

#[tokio::test]
async fn unknown_people_and_tenants_are_refused_alike() {
    let house = House::new().await;
    house.tenant("other").await;
    for (email, password, tenant) in [
        ("nobody@home.example", PASSWORD, None),
        ("not an address", PASSWORD, None),
        ("admin@home.example", "wrong", None),
        ("admin@home.example", PASSWORD, Some("other")),
        ("admin@home.example", &"x".repeat(1_000), None),
    ] {
        let refused = house.sign_in.password(email, password, tenant, &caller()).await.err().unwrap();
        assert!(refused.is(&WRONG_CREDENTIALS), "{email} {tenant:?}");
    }
    let home = house.home.to_string();
    for tenant in ["home", &home] {
        let tokens = house.sign_in.password(" Admin@Home.example ", PASSWORD, Some(tenant), &caller()).await;
        assert_eq!(house.who(&tokens.unwrap().access_token).await.unwrap().tenant, house.home);
    }
}

#[tokio::test]
async fn changing_the_own_password_needs_the_current_one_and_ends_sessions() {
    let house = House::new().await;
    let tokens = house.tokens("admin@home.example").await.unwrap();
    let ctx = house.ctx(&tokens.access_token).await;
    let wrong =
        change_password(&house.sign_in, &ctx, "wrong", "another long password", &caller()).await.unwrap_err();
    assert!(wrong.is(&WRONG_PASSWORD));
    assert_eq!(wrong.violations[0].pointer, "/currentPassword");
    let easy =
        change_password(&house.sign_in, &ctx, PASSWORD, "admin@home.example", &caller()).await.unwrap_err();
    assert_eq!(easy.violations[0].pointer, "/newPassword");

    change_password(&house.sign_in, &ctx, PASSWORD, "another long password", &caller()).await.unwrap();
    assert!(house.who(&tokens.access_token).await.is_err());
    assert!(house.sign_in.refresh(tokens.refresh_token.as_deref().unwrap(), None, &caller()).await.is_err());
    assert!(house.tokens("admin@home.example").await.is_err());
    let new = house.sign_in.password("admin@home.example", "another long password", None, &caller()).await;
    assert!(new.is_ok());
    let secret = "SELECT COUNT(*) AS count FROM audit_log WHERE after_document LIKE '%argon2%' OR before_document LIKE '%argon2%' \
         OR after_document LIKE '%password_hash%' OR after_document LIKE '%passwordHash%'";
    assert_eq!(house.count(secret).await, 0);
}
