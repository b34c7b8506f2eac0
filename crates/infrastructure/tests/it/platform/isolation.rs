//! Another tenant's things do not exist.

use application::error::{AppError, NOT_FOUND, UNKNOWN_REFERENCE};
use application::paging::{ListQuery, ListSpec};
use application::platform::api_keys::{API_KEY_LIST, ApiKeySecret, CreateApiKey, RevokeApiKey, RotateApiKey};
use application::platform::ports::PlatformQueries;
use application::platform::role_assignments::{
    CreateRoleAssignment, DeleteRoleAssignment, ROLE_ASSIGNMENT_LIST,
};
use application::platform::roles::{CreateRole, DeleteRole, ROLE_LIST, UpdateRole};
use application::platform::settings::settings;
use application::platform::users::{ActivateUser, DeactivateUser, SetPassword, USER_LIST, UpdateUser};
use application::tenancy::put_setting::PutSetting;
use domain::ids::{ApiKeyId, RoleAssignmentId, RoleId};
use domain::platform::PasswordHash;
use domain::text::{Code, LocalizedName};
use serde_json::json;

use super::House;

fn first(spec: &ListSpec) -> ListQuery {
    ListQuery::first(spec, 1_000)
}

#[tokio::test]
async fn queries_and_commands_see_their_tenant_alone() {
    let house = House::new().await;
    let other = house.tenant("other").await;
    let (ours, theirs) = (house.administrator("home").await, house.administrator("other").await);

    let user = house.user(&theirs, "sara@other.example", &["auditor"]).await;
    let create = CreateRole {
        code: Code::parse("theirs").unwrap(),
        name: LocalizedName::parse(None, Some("Theirs")).unwrap(),
        permissions: Vec::new(),
    };
    let role = RoleId::new(house.run(&theirs, create).await.unwrap().id.unwrap());
    let given = house.run(&theirs, CreateRoleAssignment { user, role, expires_at: None }).await.unwrap();
    let assignment = RoleAssignmentId::new(given.id.unwrap());
    let secret = ApiKeySecret::generate(&*house.app.ids);
    let new_key = CreateApiKey {
        name: "Theirs".to_owned(),
        scopes: vec!["*".to_owned()],
        expires_at: None,
        prefix: secret.prefix.clone(),
        secret_hash: secret.hash,
    };
    let key = ApiKeyId::new(house.run(&theirs, new_key).await.unwrap().id.unwrap());

    assert!(house.db.user(house.home, user).await.unwrap().is_none());
    assert!(house.db.role(house.home, role).await.unwrap().is_none());
    assert!(house.db.role_assignment(house.home, assignment).await.unwrap().is_none());
    assert!(house.db.api_key(house.home, key).await.unwrap().is_none());
    let users = house.db.users(house.home, &first(&USER_LIST)).await.unwrap().items;
    assert_eq!(users.iter().map(|user| user.email.as_str()).collect::<Vec<_>>(), ["admin@home.example"]);
    let roles = house.db.roles(house.home, &first(&ROLE_LIST)).await.unwrap().items;
    assert!(roles.len() == 6 && roles.iter().all(|role| role.code != "theirs"));
    assert_eq!(
        house.db.role_assignments(house.home, &first(&ROLE_ASSIGNMENT_LIST)).await.unwrap().items.len(),
        1
    );
    assert!(house.db.api_keys(house.home, &first(&API_KEY_LIST)).await.unwrap().items.is_empty());

    let nothing = |error: AppError| assert!(error.is(&NOT_FOUND), "{error}");
    let password_hash = PasswordHash::new("$argon2id$stand-in".to_owned());
    let name = Some("Ours".to_owned());
    let change = UpdateUser { id: user, email: None, name, locale: None, verified: None };
    nothing(house.run(&ours, change).await.unwrap_err());
    nothing(house.run(&ours, SetPassword { id: user, password_hash, verified: None }).await.unwrap_err());
    nothing(house.run(&ours, DeactivateUser { id: user }).await.unwrap_err());
    nothing(house.run(&ours, ActivateUser { id: user }).await.unwrap_err());
    let change = UpdateRole { id: role, code: None, name: None, permissions: Some(Vec::new()) };
    nothing(house.run(&ours, change).await.unwrap_err());
    nothing(house.run(&ours, DeleteRole { id: role }).await.unwrap_err());
    nothing(house.run(&ours, DeleteRoleAssignment { id: assignment }).await.unwrap_err());
    nothing(house.run(&ours, RevokeApiKey { id: key }).await.unwrap_err());
    let rotate = RotateApiKey { id: key, prefix: "aaaa".to_owned(), secret_hash: [3; 32] };
    nothing(house.run(&ours, rotate).await.unwrap_err());
    let mixed = CreateRoleAssignment { user, role, expires_at: None };
    let refused = house.run(&ours, mixed).await.unwrap_err();
    let at: Vec<_> = refused.violations.iter().map(|v| v.pointer.as_str()).collect();
    assert!(refused.is(&UNKNOWN_REFERENCE));
    assert_eq!(at, ["/userId", "/roleId"]);

    house.run(&theirs, PutSetting { key: "vat-rate".to_owned(), value: Some(json!("5")) }).await.unwrap();
    let value = |tenant| {
        let db = house.db.clone();
        async move { settings(&*db, tenant).await.unwrap().remove(0).value }
    };
    assert_eq!((value(house.home).await, value(other).await), (json!("15"), json!("5")));
}

#[tokio::test]
async fn lists_page_and_filter() {
    use application::paging::{Count, FilterOp, FilterValue};
    let house = House::new().await;
    let admin = house.administrator("home").await;
    for n in 0..7 {
        house.user(&admin, &format!("user{n}@home.example"), &[]).await;
    }
    let mut query = first(&USER_LIST).filter("email", FilterOp::Like, FilterValue::Text("user".to_owned()));
    (query.limit, query.count) = (3, Count::Exact);
    let mut seen = Vec::new();
    loop {
        let page = house.db.users(house.home, &query).await.unwrap();
        assert_eq!(page.total, Some(7));
        seen.extend(page.items.into_iter().map(|user| user.email));
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => break,
        }
    }
    let expected: Vec<_> = (0..7).map(|n| format!("user{n}@home.example")).collect();
    assert_eq!(seen, expected);
    let inactive = first(&USER_LIST).filter("active", FilterOp::Eq, FilterValue::Boolean(false));
    assert!(house.db.users(house.home, &inactive).await.unwrap().items.is_empty());
}
