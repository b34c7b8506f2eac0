//! Roles, their permissions and who has them.

use application::error::AppResult;
use application::platform::ports::RoleRepository;
use application::platform::records::{Role, RoleAssignment};
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::ids::{RoleAssignmentId, RoleId, UserId};
use domain::text::Code;

use super::tenants::read_name;
use crate::persistence::SqlUnitOfWork;
use crate::persistence::accounting::columns::quoted;
use crate::sql::value::{Columns, Row};
use crate::statements;

statements! {
    FIND = "platform.role.find":
        "SELECT id, code, name_ar, name_en, system, created_at, updated_at, version FROM role {lock} \
         WHERE tenant_id = ?1 AND id = ?2";
    FIND_BY_CODE = "platform.role.find_by_code":
        "SELECT id, code, name_ar, name_en, system, created_at, updated_at, version FROM role {lock_range} \
         WHERE tenant_id = ?1 AND code = ?2";
    PERMISSIONS = "platform.role.permissions":
        "SELECT permission FROM role_permission WHERE tenant_id = ?1 AND role_id = ?2 ORDER BY permission";
    INSERT = "platform.role.insert":
        "INSERT INTO role (tenant_id, id, code, name_ar, name_en, updated_at, version, system, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    UPDATE = "platform.role.update":
        "UPDATE role SET code = ?3, name_ar = ?4, name_en = ?5, updated_at = ?6, version = ?7 \
         WHERE tenant_id = ?1 AND id = ?2 AND version = ?7 - 1";
    DELETE = "platform.role.delete": "DELETE FROM role WHERE tenant_id = ?1 AND id = ?2";
    PERMISSION_INSERT = "platform.role.insert_permission":
        "INSERT INTO role_permission (tenant_id, role_id, permission) VALUES (?1, ?2, ?3)";
    PERMISSIONS_DELETE = "platform.role.delete_permissions":
        "DELETE FROM role_permission WHERE tenant_id = ?1 AND role_id = ?2";
    ASSIGNMENTS_COUNT = "platform.role.count_assignments":
        "SELECT COUNT(*) AS count FROM role_assignment WHERE tenant_id = ?1 AND role_id = ?2";
    // The steps of a policy are a document in its row, and a tenant has few policies.
    POLICY_NAMES = "platform.role.named_by_approval_policy":
        "SELECT {first} 1 FROM approval_policy WHERE tenant_id = ?1 AND steps LIKE ?2 {escape} {only}";
    ASSIGNMENT = "platform.role_assignment.find":
        "SELECT id, role_id, user_id, expires_at, created_at, version FROM role_assignment {lock} \
         WHERE tenant_id = ?1 AND id = ?2";
    ASSIGNMENT_OF = "platform.role_assignment.find_by_user":
        "SELECT id, role_id, user_id, expires_at, created_at, version FROM role_assignment {lock_range} \
         WHERE tenant_id = ?1 AND user_id = ?2 AND role_id = ?3";
    ASSIGNMENT_INSERT = "platform.role_assignment.insert":
        "INSERT INTO role_assignment (tenant_id, id, role_id, user_id, expires_at, created_at, version) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    ASSIGNMENT_DELETE = "platform.role_assignment.delete":
        "DELETE FROM role_assignment WHERE tenant_id = ?1 AND id = ?2";
}

/// Reads the columns of [`FIND`]; the permissions are read apart.
pub(super) fn read_role(columns: &mut Columns) -> StorageResult<Role> {
    Ok(Role {
        id: columns.get("id")?,
        code: columns.parse("code", Code::stored)?,
        name: read_name(columns)?,
        system: columns.get("system")?,
        permissions: Vec::new(),
        created_at: columns.get("created_at")?,
        updated_at: columns.get("updated_at")?,
        version: columns.get("version")?,
    })
}

/// Reads the columns of [`ASSIGNMENT`].
pub(super) fn read_assignment(columns: &mut Columns) -> StorageResult<RoleAssignment> {
    Ok(RoleAssignment {
        id: columns.get("id")?,
        role: columns.get("role_id")?,
        user: columns.get("user_id")?,
        expires_at: columns.get("expires_at")?,
        created_at: columns.get("created_at")?,
        version: columns.get("version")?,
    })
}

fn one_assignment(row: Option<Row>) -> AppResult<Option<RoleAssignment>> {
    Ok(row.map(|row| read_assignment(&mut row.columns("role_assignment"))).transpose()?)
}

impl SqlUnitOfWork {
    async fn with_permissions(&mut self, row: Option<Row>) -> AppResult<Option<Role>> {
        let Some(row) = row else { return Ok(None) };
        let mut role = read_role(&mut row.columns("role"))?;
        let rows = self.tx.query(&PERMISSIONS, &[self.tenant.into(), role.id.into()]).await?;
        let permissions = rows.into_iter().map(|row| row.single("role_permission", "permission"));
        role.permissions = permissions.collect::<StorageResult<_>>()?;
        Ok(Some(role))
    }

    async fn insert_permissions(&mut self, role: &Role) -> StorageResult<()> {
        for permission in &role.permissions {
            let params = [self.tenant.into(), role.id.into(), permission.into()];
            self.tx.execute_one(&PERMISSION_INSERT, &params).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl RoleRepository for SqlUnitOfWork {
    async fn find(&mut self, id: RoleId) -> AppResult<Option<Role>> {
        let row = self.tx.find(&FIND, &[self.tenant.into(), id.into()]).await?;
        self.with_permissions(row).await
    }

    async fn find_by_code(&mut self, code: &str) -> AppResult<Option<Role>> {
        let row = self.tx.find(&FIND_BY_CODE, &[self.tenant.into(), code.into()]).await?;
        self.with_permissions(row).await
    }

    async fn insert(&mut self, role: &Role) -> AppResult<()> {
        let params = [
            self.tenant.into(),
            role.id.into(),
            role.code.as_str().into(),
            role.name.ar().into(),
            role.name.en().into(),
            role.updated_at.into(),
            role.version.into(),
            role.system.into(),
            role.created_at.into(),
        ];
        self.tx.execute_one(&INSERT, &params).await?;
        Ok(self.insert_permissions(role).await?)
    }

    async fn update(&mut self, role: &Role) -> AppResult<()> {
        let params = [
            self.tenant.into(),
            role.id.into(),
            role.code.as_str().into(),
            role.name.ar().into(),
            role.name.en().into(),
            role.updated_at.into(),
            role.version.into(),
        ];
        self.tx.execute_one(&UPDATE, &params).await?;
        self.tx.apply(&PERMISSIONS_DELETE, &params[..2]).await?;
        Ok(self.insert_permissions(role).await?)
    }

    async fn delete(&mut self, id: RoleId) -> AppResult<()> {
        let params = [self.tenant.into(), id.into()];
        self.tx.apply(&PERMISSIONS_DELETE, &params).await?;
        Ok(self.tx.execute_one(&DELETE, &params).await?)
    }

    async fn count_assignments(&mut self, id: RoleId) -> AppResult<u64> {
        let row = self.tx.find(&ASSIGNMENTS_COUNT, &[self.tenant.into(), id.into()]).await?;
        Ok(row.map_or(Ok(0), |row| row.single("role_assignment", "count"))?)
    }

    async fn used_by(&mut self, id: RoleId) -> AppResult<Vec<&'static str>> {
        let params = [self.tenant.into(), quoted(&id.to_string())];
        let named = self.tx.find(&POLICY_NAMES, &params).await?.is_some();
        Ok(if named { vec!["approval_policy"] } else { Vec::new() })
    }

    async fn assignment(&mut self, id: RoleAssignmentId) -> AppResult<Option<RoleAssignment>> {
        one_assignment(self.tx.find(&ASSIGNMENT, &[self.tenant.into(), id.into()]).await?)
    }

    async fn assignment_of(&mut self, user: UserId, role: RoleId) -> AppResult<Option<RoleAssignment>> {
        let params = [self.tenant.into(), user.into(), role.into()];
        one_assignment(self.tx.find(&ASSIGNMENT_OF, &params).await?)
    }

    async fn insert_assignment(&mut self, assignment: &RoleAssignment) -> AppResult<()> {
        let params = [
            self.tenant.into(),
            assignment.id.into(),
            assignment.role.into(),
            assignment.user.into(),
            assignment.expires_at.into(),
            assignment.created_at.into(),
            assignment.version.into(),
        ];
        Ok(self.tx.execute_one(&ASSIGNMENT_INSERT, &params).await?)
    }

    async fn delete_assignment(&mut self, id: RoleAssignmentId) -> AppResult<()> {
        Ok(self.tx.execute_one(&ASSIGNMENT_DELETE, &[self.tenant.into(), id.into()]).await?)
    }
}
