//! A new tenant: its row, its company currency, its standard roles and its first administrator.

use domain::error::{Language, Violation};
use domain::ids::{RoleAssignmentId, RoleId, TenantId, UserId};
use domain::money::{Currency, CurrencyCode};
use domain::platform::{EmailAddress, PasswordHash};
use domain::text::{Code, LocalizedName};

use super::guard::record;
use super::records::{Country, Member, Role, RoleAssignment, Tenant, TenantStatus, User};
use super::roles::ROLE;
use super::standard_roles::{ADMINISTRATOR, STANDARD_ROLES};
use super::tenants::TENANT;
use super::users::USER;
use super::views::{RoleAssignmentView, RoleView, TenantView, UserView};
use crate::accounting::setup::currency_name;
use crate::context::RequestContext;
use crate::error::{ALREADY_EXISTS, AppError, AppResult};
use crate::ports::unit_of_work::UnitOfWork;

/// What a tenant is made of.
#[derive(Debug, Clone)]
pub struct NewTenant {
    pub code: Code,
    pub name: LocalizedName,
    pub currency: CurrencyCode,
    pub country: Country,
    /// The accounting template the caller applies afterwards: `sa-standard` or `empty`.
    pub template: String,
    pub administrator: NewAdministrator,
}

/// The first administrator. Someone who exists already keeps their name and password.
#[derive(Debug, Clone)]
pub struct NewAdministrator {
    pub email: EmailAddress,
    pub name: String,
    pub locale: Language,
    pub password_hash: PasswordHash,
    pub platform_admin: bool,
}

/// Creates the tenant and leaves the unit of work bound to it, so that the caller can apply the accounting template
/// in the same transaction. A code that is taken is `already_exists` at `/code`.
pub async fn provision(_: &RequestContext, uow: &mut dyn UnitOfWork, new: &NewTenant) -> AppResult<TenantId> {
    if uow.tenants().find_by_code(new.code.as_str()).await?.is_some() {
        let taken = Violation::new(&ALREADY_EXISTS).with("field", "code").with("value", &new.code);
        return Err(AppError::new(taken.at("/code")));
    }
    let now = uow.now();
    let tenant = Tenant {
        id: TenantId::new(uow.new_id()),
        code: new.code.clone(),
        name: new.name.clone(),
        currency: new.currency,
        country: new.country.clone(),
        template: new.template.clone(),
        status: TenantStatus::Active,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    uow.tenants().insert(&tenant).await?;
    uow.enter_tenant(tenant.id);
    record(uow, (TENANT, tenant.id.uuid()), "created", None, Some(&TenantView::from(&tenant)))?;
    let currency_name = currency_name(new.currency)?;
    uow.tenants().insert_currency(Currency::iso(new.currency), &currency_name).await?;
    let administrator_role = standard_roles(uow).await?;
    first_administrator(uow, &new.administrator, administrator_role).await?;
    Ok(tenant.id)
}

/// Answers the administrator's role.
async fn standard_roles(uow: &mut dyn UnitOfWork) -> AppResult<RoleId> {
    let now = uow.now();
    let mut administrator = None;
    for standard in STANDARD_ROLES {
        let role = Role {
            id: RoleId::new(uow.new_id()),
            code: standard.code()?,
            name: standard.name()?,
            system: true,
            permissions: standard.permissions(),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        uow.roles().insert(&role).await?;
        record(uow, (ROLE, role.id.uuid()), "created", None, Some(&RoleView::from(&role)))?;
        if role.code.as_str() == ADMINISTRATOR {
            administrator = Some(role.id);
        }
    }
    administrator.ok_or_else(|| AppError::internal("no standard role administers"))
}

async fn first_administrator(
    uow: &mut dyn UnitOfWork,
    new: &NewAdministrator,
    role: RoleId,
) -> AppResult<()> {
    let now = uow.now();
    let user = match uow.users().find_by_email(&new.email).await? {
        Some(user) => user,
        None => {
            let user = User {
                id: UserId::new(uow.new_id()),
                email: new.email.clone(),
                name: new.name.clone(),
                locale: new.locale,
                password_hash: Some(new.password_hash.clone()),
                platform_admin: new.platform_admin,
                active: true,
                failed_attempts: 0,
                locked_until: None,
                password_changed_at: Some(now),
                created_at: now,
                updated_at: now,
                version: 1,
            };
            uow.users().insert(&user).await?;
            user
        }
    };
    uow.users().insert_membership(user.id).await?;
    let assignment = RoleAssignment {
        id: RoleAssignmentId::new(uow.new_id()),
        role,
        user: user.id,
        expires_at: None,
        created_at: now,
        version: 1,
    };
    uow.roles().insert_assignment(&assignment).await?;
    let view = UserView::from(&Member { user, active: true });
    record(uow, (USER, view.id), "created", None, Some(&view))?;
    let view = RoleAssignmentView::from(&assignment);
    record(uow, ("role_assignment", view.id), "created", None, Some(&view))
}
