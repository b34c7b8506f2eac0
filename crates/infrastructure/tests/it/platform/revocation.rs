//! A right that is taken away is gone with the next request.

use application::platform::role_assignments::{CreateRoleAssignment, DeleteRoleAssignment};
use application::platform::roles::{CreateRole, UpdateRole};
use application::platform::tenants::{ActivateTenant, SuspendTenant};
use application::platform::users::{ActivateUser, DeactivateUser, SetPassword};
use application::ports::clock::Clock;
use domain::ids::{RoleAssignmentId, RoleId, TenantId};
use domain::text::{Code, LocalizedName};

use super::{House, caller};

const POST: &str = "accounting.journal_entry.post";

#[tokio::test]
async fn a_deactivated_user_is_out_at_once_and_in_again_only_by_signing_in() {
    let house = House::new().await;
    let admin = house.administrator("home").await;
    let id = house.user(&admin, "sara@home.example", &["accountant"]).await;
    let tokens = house.tokens("sara@home.example").await.unwrap();
    assert!(house.who(&tokens.access_token).await.unwrap().permissions.allows(POST));

    house.run(&admin, DeactivateUser { id }).await.unwrap();
    assert!(house.who(&tokens.access_token).await.is_err());
    assert!(house.sign_in.refresh(tokens.refresh_token.as_deref().unwrap(), None, &caller()).await.is_err());
    assert!(house.tokens("sara@home.example").await.is_err());

    house.run(&admin, ActivateUser { id }).await.unwrap();
    assert!(house.who(&tokens.access_token).await.is_err(), "the old session stays ended");
    assert!(house.tokens("sara@home.example").await.is_ok());
}

#[tokio::test]
async fn a_role_that_changes_changes_its_holders() {
    let house = House::new().await;
    let admin = house.administrator("home").await;
    let create = CreateRole {
        code: Code::parse("clerk").unwrap(),
        name: LocalizedName::parse(None, Some("Clerk")).unwrap(),
        permissions: vec![POST.to_owned(), "accounting.account.read".to_owned()],
    };
    let role = RoleId::new(house.run(&admin, create).await.unwrap().id.unwrap());
    house.user(&admin, "sara@home.example", &["clerk"]).await;
    let token = house.tokens("sara@home.example").await.unwrap().access_token;
    assert!(house.who(&token).await.unwrap().permissions.allows(POST));
    let update = UpdateRole {
        id: role,
        code: None,
        name: None,
        permissions: Some(vec!["accounting.account.read".to_owned()]),
    };
    house.run(&admin, update).await.unwrap();
    let now = house.who(&token).await.unwrap().permissions;
    assert!(!now.allows(POST) && now.allows("accounting.account.read"));
}

#[tokio::test]
async fn role_assignments_end_by_deletion_and_by_themselves() {
    let house = House::new().await;
    let admin = house.administrator("home").await;
    let user = house.user(&admin, "sara@home.example", &[]).await;
    let role = house.roles(house.home).await["accountant"];
    let token = house.tokens("sara@home.example").await.unwrap().access_token;
    let allowed = async || house.who(&token).await.unwrap().permissions.allows(POST);
    assert!(!allowed().await);

    let expires_at = Some(house.clock.now().plus_seconds(120));
    let give = |expires_at| CreateRoleAssignment { user, role, expires_at };
    house.run(&admin, give(expires_at)).await.unwrap();
    assert!(allowed().await);
    house.clock.advance(121);
    assert!(!allowed().await);

    let again = house.run(&admin, give(None)).await.unwrap();
    assert!(allowed().await);
    let id = RoleAssignmentId::new(again.id.unwrap());
    house.run(&admin, DeleteRoleAssignment { id }).await.unwrap();
    assert!(!allowed().await);
    assert!(house.run(&admin, give(Some(house.clock.now().plus_seconds(-1)))).await.is_err());
}

#[tokio::test]
async fn a_password_set_by_an_administrator_ends_the_sessions() {
    let house = House::new().await;
    let admin = house.administrator("home").await;
    let id = house.user(&admin, "sara@home.example", &["accountant"]).await;
    let tokens = house.tokens("sara@home.example").await.unwrap();
    let password_hash = house.hash("a completely new one").await;
    house.run(&admin, SetPassword { id, password_hash, verified: None }).await.unwrap();
    assert!(house.who(&tokens.access_token).await.is_err());
    assert!(house.sign_in.refresh(tokens.refresh_token.as_deref().unwrap(), None, &caller()).await.is_err());
}

#[tokio::test]
async fn a_suspended_tenant_lets_nobody_in() {
    let house = House::new().await;
    let other: TenantId = house.tenant("other").await;
    let tokens = house.tokens("admin@other.example").await.unwrap();
    assert!(house.who(&tokens.access_token).await.is_ok());
    let admin = house.administrator("home").await;
    house.run(&admin, SuspendTenant { id: other }).await.unwrap();
    assert!(house.who(&tokens.access_token).await.is_err());
    assert!(house.tokens("admin@other.example").await.is_err());
    assert!(house.sign_in.refresh(tokens.refresh_token.as_deref().unwrap(), None, &caller()).await.is_err());
    assert!(house.run(&admin, SuspendTenant { id: house.home }).await.is_err(), "not one's own");
    house.run(&admin, ActivateTenant { id: other }).await.unwrap();
    assert!(house.tokens("admin@other.example").await.is_ok());
}

#[tokio::test]
async fn an_access_token_ends_after_its_quarter_of_an_hour() {
    let house = House::new().await;
    let token = house.tokens("admin@home.example").await.unwrap().access_token;
    house.clock.advance(890);
    assert!(house.who(&token).await.is_ok());
    house.clock.advance(11);
    assert!(house.who(&token).await.is_err());
}
