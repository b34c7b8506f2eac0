//! A new tenant: its row, its company currency, its standard roles and its first administrator.

use domain::country::Country;
use domain::error::{Language, Violation};
use domain::ids::{InvitationId, RoleAssignmentId, RoleId, TenantId, UserId};
use domain::money::{Currency, CurrencyCode};
use domain::platform::{EmailAddress, PasswordHash};
use domain::text::{Code, LocalizedName};
use domain::time_zone::TimeZone;

use crate::accounting::setup::currency_name;
use crate::context::RequestContext;
use crate::error::{ALREADY_EXISTS, AppError, AppResult};
use crate::platform::guard::record;
use crate::platform::invitations::{INVITATION, INVITATION_SECONDS};
use crate::platform::records::{Invitation, Member, NewUser, Role, RoleAssignment, Tenant, TenantStatus};
use crate::platform::roles::ROLE;
use crate::platform::standard_roles::{ADMINISTRATOR, STANDARD_ROLES};
use crate::platform::tenants::TENANT;
use crate::platform::users::USER;
use crate::platform::views::{InvitationView, RoleAssignmentView, RoleView, TenantView, UserView};
use crate::unit_of_work::UnitOfWork;

/// The data of a new tenant.
#[derive(Debug, Clone)]
pub struct NewTenant {
    pub code: Code,
    pub name: LocalizedName,
    pub currency: CurrencyCode,
    pub country: Country,
    /// `None` is the zone of the country's capital.
    pub time_zone: Option<TimeZone>,
    /// The accounting template the caller applies afterwards: `sa-standard` or `empty`.
    pub template: String,
    pub administrator: NewAdministrator,
}

impl NewTenant {
    pub fn time_zone(&self) -> TimeZone {
        self.time_zone.clone().unwrap_or_else(|| TimeZone::of_country(self.country.as_str()))
    }
}

/// The first administrator.
#[derive(Debug, Clone)]
pub struct NewAdministrator {
    pub email: EmailAddress,
    pub name: String,
    pub locale: Language,
    pub entry: Entry,
}

/// How the first administrator comes in.
#[derive(Debug, Clone)]
pub enum Entry {
    /// With a new account of this tenant alone, whoever else has the address: its password opens nothing else.
    Password(PasswordHash),
    /// The one who sets up an empty database and runs the platform.
    Platform(PasswordHash),
    /// The invitation whose token has this SHA-256 is accepted.
    Invitation([u8; 32]),
}

/// The tenant that was set up.
pub struct Provisioned {
    pub tenant: TenantId,
    pub invitation: Option<InvitationView>,
}

/// Creates the tenant and leaves the unit of work bound to it, so that the caller can apply the accounting template
/// in the same transaction. A code that is taken is `already_exists` at `/code`.
pub async fn provision(
    _: &RequestContext,
    uow: &mut dyn UnitOfWork,
    new: &NewTenant,
) -> AppResult<Provisioned> {
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
        time_zone: new.time_zone(),
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
    let invitation = first_administrator(uow, &new.administrator, administrator_role).await?;
    Ok(Provisioned { tenant: tenant.id, invitation })
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
) -> AppResult<Option<InvitationView>> {
    let (password_hash, platform_admin) = match &new.entry {
        Entry::Invitation(token_hash) => return invite(uow, new, role, *token_hash).await.map(Some),
        Entry::Password(hash) => (hash.clone(), false),
        Entry::Platform(hash) => (hash.clone(), true),
    };
    let now = uow.now();
    let user = NewUser {
        id: UserId::new(uow.new_id()),
        email: new.email.clone(),
        name: new.name.clone(),
        locale: new.locale,
        password_hash,
        password_by_other: !platform_admin,
        platform_admin,
        managed_by: (!platform_admin).then(|| uow.tenant()),
    };
    let user = user.at(now);
    uow.users().insert(&user).await?;
    let assignment = RoleAssignment {
        id: RoleAssignmentId::new(uow.new_id()),
        role,
        user: user.id,
        expires_at: None,
        created_at: now,
        version: 1,
    };
    let member = Member::new(user, new.name.clone(), new.locale, now);
    uow.users().insert_membership(&member).await?;
    uow.roles().insert_assignment(&assignment).await?;
    let view = UserView::from(&member);
    record(uow, (USER, view.id), "created", None, Some(&view))?;
    let view = RoleAssignmentView::from(&assignment);
    record(uow, ("role_assignment", view.id), "created", None, Some(&view))?;
    Ok(None)
}

pub(super) async fn invite(
    uow: &mut dyn UnitOfWork,
    new: &NewAdministrator,
    role: RoleId,
    token_hash: [u8; 32],
) -> AppResult<InvitationView> {
    let now = uow.now();
    let invitation = Invitation {
        id: InvitationId::new(uow.new_id()),
        email: new.email.clone(),
        name: new.name.clone(),
        locale: new.locale,
        roles: vec![role],
        token_hash,
        invited_by: None,
        api_key: None,
        expires_at: now.plus_seconds(INVITATION_SECONDS),
        accepted_at: None,
        user: None,
        revoked_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    uow.invitations().insert(&invitation).await?;
    let view = InvitationView::from(&invitation);
    record(uow, (INVITATION, view.id), "created", None, Some(&view))?;
    Ok(view)
}
