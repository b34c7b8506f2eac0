//! Whether people may approve at all: a policy or a substitution that names somebody who may not would wait for ever.

use domain::accounting::approval::APPROVER_NOT_PERMITTED;
use domain::error::Violation;
use domain::ids::{RoleId, UserId};

use super::APPROVE;
use crate::changes::unknown_reference;
use crate::error::AppResult;
use crate::master_data::Check;
use crate::permission_set::PermissionSet;
use crate::reference::Reference;

/// The role that is meant, if those who have it may approve.
pub(super) async fn role(
    check: &mut Check<'_>,
    named: &Reference<RoleId>,
    (at_id, at_code): (&str, &str),
) -> AppResult<Option<RoleId>> {
    let (found, at) = match named {
        Reference::Id(id) => (check.uow.roles().find(*id).await?, at_id),
        Reference::Code(code) => (check.uow.roles().find_by_code(code).await?, at_code),
    };
    let Some(role) = found else {
        check.refuse(match named {
            Reference::Id(id) => unknown_reference(at, "role", id),
            Reference::Code(code) => unknown_reference(at, "role", code),
        });
        return Ok(None);
    };
    if !PermissionSet::from_grants(&role.permissions).allows(APPROVE) {
        check.refuse(not_permitted(at, &role.code));
    }
    Ok(Some(role.id))
}

/// Refuses a user without access, or without the permission to approve.
pub(super) async fn user(check: &mut Check<'_>, id: UserId, at: &str) -> AppResult<()> {
    let Some(member) = check.uow.users().member(id).await?.filter(|member| member.active) else {
        check.refuse(unknown_reference(at, "user", id));
        return Ok(());
    };
    let now = check.uow.now();
    let grants = check.uow.users().grants_of(id, now).await?;
    if !PermissionSet::from_grants(grants).allows(APPROVE) {
        check.refuse(not_permitted(at, &member.name));
    }
    Ok(())
}

fn not_permitted(at: &str, name: impl ToString) -> Violation {
    Violation::new(&APPROVER_NOT_PERMITTED).at(at).with("name", name).with("permission", APPROVE)
}
