//! Invitations; roles are kept as one text of ids, separated by spaces.

use application::error::AppResult;
use application::platform::ports::InvitationRepository;
use application::platform::records::Invitation;
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::error::Language;
use domain::ids::{InvitationId, RoleId};
use domain::platform::EmailAddress;
use domain::time::Timestamp;

use crate::persistence::SqlUnitOfWork;
use crate::sql::value::{Columns, Row, Value};
use crate::statements;

/// The query of an invitation.
macro_rules! invitation {
    ($rest:literal) => {
        concat!(
            "SELECT id, email, name, locale, role_ids, token_hash, invited_by, api_key_id, expires_at, accepted_at, \
             user_id, revoked_at, created_at, updated_at, version FROM invitation ",
            $rest
        )
    };
}

/// How many usable invitations an address has.
macro_rules! is_invited {
    () => {
        "SELECT COUNT(*) AS count FROM invitation WHERE tenant_id = ?1 AND email = ?2 AND accepted_at IS NULL \
         AND revoked_at IS NULL AND expires_at > ?3"
    };
}

statements! {
    FIND = "platform.invitation.find": invitation!("{lock} WHERE tenant_id = ?1 AND id = ?2");
    FIND_BY_TOKEN = "platform.invitation.find_by_token":
        invitation!("{lock} WHERE tenant_id = ?1 AND token_hash = ?2");
    IS_INVITED = "platform.invitation.is_invited":
        is_invited!(),
        // Locks by writing: no unique key tells that an address has one, so whoever invites waits for whoever just did.
        mssql: concat!(
            "UPDATE role SET version = version WHERE tenant_id = ?1 AND code = 'administrator';\n",
            is_invited!()
        );
    COUNT_USABLE = "platform.invitation.count_usable":
        "SELECT COUNT(*) AS count FROM invitation WHERE tenant_id = ?1 AND accepted_at IS NULL AND revoked_at IS NULL \
         AND expires_at > ?2";
    COUNT_USABLE_WITH = "platform.invitation.count_usable_with":
        "SELECT COUNT(*) AS count FROM invitation WHERE tenant_id = ?1 AND accepted_at IS NULL AND revoked_at IS NULL \
         AND expires_at > ?2 AND role_ids LIKE ?3";
    INSERT = "platform.invitation.insert":
        "INSERT INTO invitation (tenant_id, id, token_hash, invited_by, api_key_id, expires_at, accepted_at, user_id, \
         revoked_at, updated_at, version, email, name, locale, role_ids, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
    UPDATE = "platform.invitation.update":
        "UPDATE invitation SET token_hash = ?3, invited_by = ?4, api_key_id = ?5, expires_at = ?6, accepted_at = ?7, \
         user_id = ?8, revoked_at = ?9, updated_at = ?10, version = ?11 \
         WHERE tenant_id = ?1 AND id = ?2 AND version = ?11 - 1";
}

fn roles(text: &str) -> Option<Vec<RoleId>> {
    text.split_whitespace().map(|id| id.parse().ok()).collect()
}

/// Reads the columns of [`FIND`].
pub(super) fn read_invitation(columns: &mut Columns) -> StorageResult<Invitation> {
    Ok(Invitation {
        id: columns.get("id")?,
        email: columns.parse("email", |text| EmailAddress::parse(text).ok())?,
        name: columns.get("name")?,
        locale: columns.parse("locale", Language::parse)?,
        roles: columns.parse("role_ids", roles)?,
        token_hash: columns.get("token_hash")?,
        invited_by: columns.get("invited_by")?,
        api_key: columns.get("api_key_id")?,
        expires_at: columns.get("expires_at")?,
        accepted_at: columns.get("accepted_at")?,
        user: columns.get("user_id")?,
        revoked_at: columns.get("revoked_at")?,
        created_at: columns.get("created_at")?,
        updated_at: columns.get("updated_at")?,
        version: columns.get("version")?,
    })
}

fn one(row: Option<Row>) -> AppResult<Option<Invitation>> {
    Ok(row.map(|row| read_invitation(&mut row.columns("invitation"))).transpose()?)
}

fn counted(row: Option<Row>) -> AppResult<u64> {
    Ok(row.map_or(Ok(0), |row| row.single("invitation", "count"))?)
}

impl SqlUnitOfWork {
    /// The columns of an update; the others never change.
    fn invitation_params(&self, invitation: &Invitation) -> Vec<Value> {
        vec![
            self.tenant.into(),
            invitation.id.into(),
            invitation.token_hash.into(),
            invitation.invited_by.into(),
            invitation.api_key.into(),
            invitation.expires_at.into(),
            invitation.accepted_at.into(),
            invitation.user.into(),
            invitation.revoked_at.into(),
            invitation.updated_at.into(),
            invitation.version.into(),
        ]
    }
}

#[async_trait]
impl InvitationRepository for SqlUnitOfWork {
    async fn find(&mut self, id: InvitationId) -> AppResult<Option<Invitation>> {
        one(self.tx.find(&FIND, &[self.tenant.into(), id.into()]).await?)
    }

    async fn find_by_token(&mut self, token_hash: &[u8; 32]) -> AppResult<Option<Invitation>> {
        one(self.tx.find(&FIND_BY_TOKEN, &[self.tenant.into(), (*token_hash).into()]).await?)
    }

    async fn is_invited(&mut self, email: &EmailAddress, now: Timestamp) -> AppResult<bool> {
        let params = [self.tenant.into(), email.as_str().into(), now.into()];
        Ok(counted(self.tx.find(&IS_INVITED, &params).await?)? > 0)
    }

    async fn count_usable(&mut self, now: Timestamp) -> AppResult<u64> {
        counted(self.tx.find(&COUNT_USABLE, &[self.tenant.into(), now.into()]).await?)
    }

    async fn count_usable_with(&mut self, role: RoleId, now: Timestamp) -> AppResult<u64> {
        let pattern = format!("%{role}%");
        counted(self.tx.find(&COUNT_USABLE_WITH, &[self.tenant.into(), now.into(), pattern.into()]).await?)
    }

    async fn insert(&mut self, invitation: &Invitation) -> AppResult<()> {
        let roles: Vec<String> = invitation.roles.iter().map(ToString::to_string).collect();
        let mut params = self.invitation_params(invitation);
        params.extend([
            invitation.email.as_str().into(),
            (&invitation.name).into(),
            invitation.locale.as_str().into(),
            roles.join(" ").into(),
            invitation.created_at.into(),
        ]);
        Ok(self.tx.execute_one(&INSERT, &params).await?)
    }

    async fn update(&mut self, invitation: &Invitation) -> AppResult<()> {
        Ok(self.tx.execute_one(&UPDATE, &self.invitation_params(invitation)).await?)
    }
}
