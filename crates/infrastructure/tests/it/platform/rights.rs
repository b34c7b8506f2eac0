//! Rights of users over each other.

use application::context::IfMatch;
use application::error::{ALREADY_EXISTS, AppError, IN_USE, MISSING_IF_MATCH, STALE_VERSION};
use application::paging::{FilterOp, FilterValue, ListQuery};
use application::platform::error::{
    GRANT_EXCEEDS_OWN, LAST_ADMINISTRATOR, OWN_ACCOUNT, SYSTEM_ROLE, TARGET_EXCEEDS_OWN,
};
use application::platform::ports::PlatformQueries;
use application::platform::role_assignments::{
    CreateRoleAssignment, DeleteRoleAssignment, ROLE_ASSIGNMENT_LIST,
};
use application::platform::roles::{CreateRole, DeleteRole, UpdateRole};
use application::platform::users::{DeactivateUser, SetPassword, UpdateUser};
use application::ports::clock::Clock;
use domain::ids::{RoleAssignmentId, RoleId, UserId};
use domain::platform::PasswordHash;
use domain::text::{Code, LocalizedName};

use super::{House, email};

fn role(code: &str, permissions: &[&str]) -> CreateRole {
    CreateRole {
        code: Code::parse(code).unwrap(),
        name: LocalizedName::parse(None, Some(code)).unwrap(),
        permissions: permissions.iter().map(|p| (*p).to_owned()).collect(),
    }
}

async fn administrators_assignment(house: &House) -> (UserId, RoleAssignmentId) {
    let role = house.roles(house.home).await["administrator"];
    let query = ListQuery::first(&ROLE_ASSIGNMENT_LIST, 10).filter(
        "roleId",
        FilterOp::Eq,
        FilterValue::Id(role.uuid()),
    );
    let found = house.db.role_assignments(house.home, &query).await.unwrap().items.remove(0);
    (UserId::new(found.user_id), RoleAssignmentId::new(found.id))
}

#[tokio::test]
async fn a_tenant_keeps_an_administrator() {
    let house = House::new().await;
    let admin = house.administrator("home").await;
    let (user, assignment) = administrators_assignment(&house).await;
    let last = |error: AppError| assert!(error.is(&LAST_ADMINISTRATOR), "{error}");
    last(house.run(&admin, DeactivateUser { id: user }).await.unwrap_err());
    last(house.run(&admin, DeleteRoleAssignment { id: assignment }).await.unwrap_err());

    let second = house.user(&admin, "second@home.example", &[]).await;
    let role = house.roles(house.home).await["administrator"];
    let expires_at = Some(house.clock.now().plus_seconds(3600));
    let give = |expires_at| CreateRoleAssignment { user: second, role, expires_at };
    let brief = house.run(&admin, give(expires_at)).await.unwrap();
    last(house.run(&admin, DeactivateUser { id: user }).await.unwrap_err());
    house.run(&admin, DeleteRoleAssignment { id: RoleAssignmentId::new(brief.id.unwrap()) }).await.unwrap();
    house.run(&admin, give(None)).await.unwrap();
    house.run(&admin, DeactivateUser { id: user }).await.unwrap();
}

#[tokio::test]
async fn nobody_gives_what_they_do_not_hold() {
    let house = House::new().await;
    let admin = house.administrator("home").await;
    let manager =
        ["platform.user.*", "platform.role.*", "platform.role_assignment.*", "accounting.account.read"];
    house.run(&admin, role("people-manager", &manager)).await.unwrap();
    house.user(&admin, "manager@home.example", &["people-manager"]).await;
    let token = house.tokens("manager@home.example").await.unwrap().access_token;
    let ctx = house.ctx(&token).await;
    let exceeds = |error: AppError| assert!(error.is(&GRANT_EXCEEDS_OWN), "{error}");

    exceeds(house.run(&ctx, role("everything", &["*"])).await.unwrap_err());
    exceeds(house.run(&ctx, role("ledger", &["accounting.account.*"])).await.unwrap_err());
    let fine = house.run(&ctx, role("reader", &["accounting.account.read"])).await.unwrap();
    let permissions = Some(vec!["accounting.account.read".to_owned(), "accounting.journal.read".to_owned()]);
    let update = UpdateRole { id: RoleId::new(fine.id.unwrap()), code: None, name: None, permissions };
    exceeds(house.run(&ctx, update).await.unwrap_err());
    let user = house.user(&ctx, "new@home.example", &["reader"]).await;
    let administrator = house.roles(house.home).await["administrator"];
    let give = CreateRoleAssignment { user, role: administrator, expires_at: None };
    exceeds(house.run(&ctx, give).await.unwrap_err());
    exceeds(house.invite(&ctx, "accomplice@home.example", &["administrator"]).await.unwrap_err());
    assert_eq!(
        house.count("SELECT COUNT(*) AS count FROM invitation WHERE email LIKE 'accomplice%'").await,
        0
    );
}

#[tokio::test]
async fn an_account_with_more_rights_is_not_taken_over() {
    let house = House::new().await;
    let admin = house.administrator("home").await;
    house.run(&admin, role("help-desk", &["platform.user.*"])).await.unwrap();
    house.user(&admin, "desk@home.example", &["help-desk"]).await;
    let accountant = house.user(&admin, "accountant@home.example", &["accountant"]).await;
    let plain = house.user(&admin, "plain@home.example", &[]).await;
    let ctx = house.ctx(&house.tokens("desk@home.example").await.unwrap().access_token).await;
    let set = |id| SetPassword {
        id,
        password_hash: PasswordHash::new("$argon2id$stand-in".to_owned()),
        verified: None,
    };
    assert!(house.run(&ctx, set(accountant)).await.unwrap_err().is(&TARGET_EXCEEDS_OWN));
    let steal = UpdateUser {
        id: accountant,
        email: Some(email("desk2@home.example")),
        name: None,
        locale: None,
        verified: None,
    };
    assert!(house.run(&ctx, steal).await.unwrap_err().is(&TARGET_EXCEEDS_OWN));
    house.run(&ctx, set(plain)).await.unwrap();
    let (platform_admin, _) = administrators_assignment(&house).await;
    assert!(house.run(&ctx, set(platform_admin)).await.unwrap_err().is(&OWN_ACCOUNT));
}

#[tokio::test]
async fn roles_keep_their_rules() {
    let house = House::new().await;
    let mut admin = house.administrator("home").await;
    let system = house.roles(house.home).await["auditor"];
    let rename = |id| UpdateRole { id, code: Some(Code::parse("x").unwrap()), name: None, permissions: None };
    assert!(house.run(&admin, rename(system)).await.unwrap_err().is(&SYSTEM_ROLE));
    assert!(house.run(&admin, DeleteRole { id: system }).await.unwrap_err().is(&SYSTEM_ROLE));
    let taken = house.run(&admin, role("auditor", &[])).await.unwrap_err();
    assert_eq!((taken.is(&ALREADY_EXISTS), taken.violations[0].pointer.as_str()), (true, "/code"));

    let id = RoleId::new(house.run(&admin, role("mine", &[])).await.unwrap().id.unwrap());
    admin.if_match = None;
    assert!(house.run(&admin, rename(id)).await.unwrap_err().is(&MISSING_IF_MATCH));
    admin.if_match = Some(IfMatch::Version(2));
    assert!(house.run(&admin, rename(id)).await.unwrap_err().is(&STALE_VERSION));
    admin.if_match = Some(IfMatch::Version(1));
    assert_eq!(house.run(&admin, rename(id)).await.unwrap().version, Some(2));
    admin.if_match = Some(IfMatch::Any);
    house.user(&admin, "sara@home.example", &["x"]).await;
    assert!(house.run(&admin, DeleteRole { id }).await.unwrap_err().is(&IN_USE));
}
