//! [`LockRepository`] and [`LockQueries`] in SQL.

use application::accounting::ports::locks::{LockQueries, LockRepository, StoredLockException};
use application::accounting::views::lock::{LockExceptionView, LockView};
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::accounting::lock::{LockException, LockKind, Locks};
use domain::ids::{LockExceptionId, TenantId, UserId};

use crate::persistence::SqlUnitOfWork;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::Columns;
use crate::statements;

macro_rules! exception_columns {
    () => {
        "x.id, x.kind, x.user_id, x.reason, x.starts_at, x.expires_at, x.revoked_at, x.created_by, x.version"
    };
}

statements! {
    VERSION = "accounting.ledger_lock.version":
        "SELECT version FROM ledger_lock {lock} WHERE tenant_id = ?1 AND kind = ?2";
    UPDATE = "accounting.ledger_lock.update":
        "UPDATE ledger_lock SET locked_through = ?3, updated_at = ?4, version = ?5 + 1 \
         WHERE tenant_id = ?1 AND kind = ?2 AND version = ?5";
    INSERT = "accounting.ledger_lock.insert":
        "INSERT INTO ledger_lock (tenant_id, kind, locked_through, updated_at, version) VALUES (?1, ?2, ?3, ?4, ?5 + 1)";
    ALL_LOCKS = "accounting.ledger_lock.all":
        "SELECT kind, locked_through, version FROM ledger_lock WHERE tenant_id = ?1";
    MEMBER = "accounting.lock_exception.member":
        "SELECT 1 FROM membership WHERE tenant_id = ?1 AND user_id = ?2";
    EXCEPTION = "accounting.lock_exception.find":
        concat!("SELECT ", exception_columns!(), " FROM lock_exception x WHERE x.tenant_id = ?1 AND x.id = ?2");
    INSERT_EXCEPTION = "accounting.lock_exception.insert":
        "INSERT INTO lock_exception (tenant_id, id, kind, user_id, reason, starts_at, expires_at, created_by, created_at, \
         version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    REVOKE = "accounting.lock_exception.revoke":
        "UPDATE lock_exception SET revoked_at = ?4, version = version + 1 \
         WHERE tenant_id = ?1 AND id = ?2 AND version = ?3 AND revoked_at IS NULL";
}

pub static LIST: ListSql = ListSql {
    spec: &application::accounting::ports::locks::LOCK_EXCEPTION_LIST,
    select: concat!("SELECT ", exception_columns!(), " FROM lock_exception x"),
    tenant: "x.tenant_id",
    key: &["x.id"],
    columns: &[
        ("id", "x.id"),
        ("kind", "x.kind"),
        ("userId", "x.user_id"),
        ("expiresAt", "x.expires_at"),
        ("revokedAt", "x.revoked_at"),
        ("createdAt", "x.created_at"),
    ],
    sorted_as: &[],
};

#[async_trait]
impl LockRepository for SqlUnitOfWork {
    async fn locks(&mut self) -> StorageResult<Locks> {
        self.read_locks().await
    }

    async fn lock_version(&mut self, kind: LockKind) -> StorageResult<i64> {
        let row = self.tx.find(&VERSION, &[self.tenant.into(), kind.as_str().into()]).await?;
        row.map_or(Ok(0), |row| row.single("ledger_lock", "version"))
    }

    async fn set_lock(&mut self, kind: LockKind, locks: &Locks, version: i64) -> StorageResult<bool> {
        let params = [
            self.tenant.into(),
            kind.as_str().into(),
            locks.through(kind).into(),
            self.now.into(),
            version.into(),
        ];
        let statement = if version == 0 { &INSERT } else { &UPDATE };
        Ok(self.tx.execute(statement, &params).await? == 1)
    }

    async fn is_member(&mut self, user: UserId) -> StorageResult<bool> {
        Ok(self.tx.find(&MEMBER, &[self.tenant.into(), user.into()]).await?.is_some())
    }

    async fn find_lock_exception(
        &mut self,
        id: LockExceptionId,
    ) -> StorageResult<Option<StoredLockException>> {
        let row = self.tx.find(&EXCEPTION, &[self.tenant.into(), id.into()]).await?;
        row.map(|row| read_exception(&mut row.columns("lock_exception"))).transpose()
    }

    async fn insert_lock_exception(&mut self, stored: &StoredLockException) -> StorageResult<()> {
        let exception = &stored.exception;
        let params = [
            self.tenant.into(),
            exception.id.into(),
            exception.kind.as_str().into(),
            exception.user_id.into(),
            exception.reason.as_str().into(),
            exception.starts.into(),
            exception.expires_at.into(),
            stored.created_by.into(),
            self.now.into(),
            stored.version.into(),
        ];
        self.tx.execute_one(&INSERT_EXCEPTION, &params).await
    }

    async fn revoke_lock_exception(&mut self, id: LockExceptionId, version: i64) -> StorageResult<bool> {
        let params = [self.tenant.into(), id.into(), version.into(), self.now.into()];
        Ok(self.tx.execute(&REVOKE, &params).await? == 1)
    }
}

/// `exception_columns!`
fn read_exception(columns: &mut Columns) -> StorageResult<StoredLockException> {
    let id = columns.get("id")?;
    let kind = columns.parse("kind", |text| LockKind::parse(text).ok())?;
    let (user_id, reason) = (columns.get("user_id")?, columns.get("reason")?);
    let (starts, expires_at) = (columns.get("starts_at")?, columns.get("expires_at")?);
    Ok(StoredLockException {
        exception: LockException { id, kind, user_id, starts, expires_at, reason },
        revoked_at: columns.get("revoked_at")?,
        created_by: columns.get("created_by")?,
        version: columns.get("version")?,
    })
}

#[async_trait]
impl LockQueries for Db {
    async fn locks(&self, tenant: TenantId) -> AppResult<Vec<LockView>> {
        let unset = |kind: &LockKind| LockView { kind: kind.as_str(), locked_through: None, version: 0 };
        let mut views: Vec<LockView> = LockKind::ALL.iter().map(unset).collect();
        for row in self.query(&ALL_LOCKS, &[tenant.into()]).await? {
            let mut columns = row.columns("ledger_lock");
            let kind = columns.parse("kind", |text| LockKind::parse(text).ok())?.as_str();
            let (locked_through, version) = (columns.get("locked_through")?, columns.get("version")?);
            if let Some(view) = views.iter_mut().find(|view| view.kind == kind) {
                *view = LockView { kind, locked_through, version };
            }
        }
        Ok(views)
    }

    async fn lock_exception(
        &self,
        tenant: TenantId,
        id: LockExceptionId,
    ) -> AppResult<Option<LockExceptionView>> {
        let Some(row) = self.find(&EXCEPTION, &[tenant.into(), id.into()]).await? else { return Ok(None) };
        Ok(Some(LockExceptionView::from(&read_exception(&mut row.columns("lock_exception"))?)))
    }

    async fn lock_exceptions(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<LockExceptionView>> {
        let read = |columns: &mut Columns| Ok(LockExceptionView::from(&read_exception(columns)?));
        LIST.page(self, tenant, query, None, read).await
    }
}
