//! [`ApprovalRepository`] and [`ApprovalQueries`] in SQL.

use application::accounting::approvals::ports::{
    APPROVAL_LIST, ApprovalQueries, ApprovalRepository, StoredApproval,
};
use application::accounting::approvals::views::ApprovalView;
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::approval::{Approval, ApprovalId, ApprovalPolicy, ApprovalStatus, Voter};
use domain::accounting::journal_entry::EntryApproval;
use domain::ids::{JournalEntryId, RoleId, TenantId, UserId};
use domain::text::Code;
use domain::time::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::approval_decisions::{read_decisions, write_decisions};
use super::approval_policies::{read_steps, write_steps};
use super::company_money::CompanyMoney;
use crate::persistence::SqlUnitOfWork;
use crate::sql::bulk::Bulk;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::{Columns, Kind, Value};
use crate::statements;

macro_rules! approval_columns {
    () => {
        "a.id, a.journal_entry_id, a.status, a.policy_id, a.policy_code, a.journal_id, a.posting_date, a.total, \
         a.description, a.created_by, a.submitted_by, a.submitted_at, a.step, a.steps, a.decisions, a.problems, a.version"
    };
}

/// The roles that a person has now.
macro_rules! roles_of {
    ($person:literal, $now:literal) => {
        concat!(
            "(SELECT r.role_id FROM role_assignment r WHERE r.tenant_id = a.tenant_id AND r.user_id = ",
            $person,
            " AND (r.expires_at IS NULL OR r.expires_at > ",
            $now,
            "))"
        )
    };
}

/// Requests that wait for a person (`?2`) who may decide them now (`?3`), on the day (`?4`) also as a substitute.
const WAITING_FOR: &str = concat!(
    "a.status = 'pending' AND NOT EXISTS (SELECT 1 FROM approval_person p WHERE p.tenant_id = a.tenant_id \
     AND p.approval_id = a.id AND p.user_id = ?2) AND EXISTS (SELECT 1 FROM approval_approver s \
     WHERE s.tenant_id = a.tenant_id AND s.approval_id = a.id AND s.step = a.step AND (s.approver_id = ?2 \
     OR s.approver_id IN ",
    roles_of!("?2", "?3"),
    " OR EXISTS (SELECT 1 FROM approval_delegation d INNER JOIN membership m ON m.tenant_id = d.tenant_id \
     AND m.user_id = d.from_user_id AND m.active = 1 \
     WHERE d.tenant_id = a.tenant_id AND d.to_user_id = ?2 AND d.from_date <= ?4 AND d.to_date >= ?4 \
     AND NOT EXISTS (SELECT 1 FROM approval_person x WHERE x.tenant_id = a.tenant_id AND x.approval_id = a.id \
     AND x.user_id = d.from_user_id) AND (s.approver_id = d.from_user_id OR s.approver_id IN ",
    roles_of!("d.from_user_id", "?3"),
    "))))"
);

statements! {
    FIND = "accounting.approval.find":
        concat!("SELECT ", approval_columns!(), " FROM approval a WHERE a.tenant_id = ?1 AND a.id = ?2");
    // Whoever decides at the same moment waits, and then finds another version.
    TO_DECIDE = "accounting.approval.to_decide":
        concat!("SELECT ", approval_columns!(), " FROM approval a {lock} WHERE a.tenant_id = ?1 AND a.id = ?2");
    INSERT = "accounting.approval.insert":
        "INSERT INTO approval (tenant_id, id, journal_entry_id, status, policy_id, policy_code, journal_id, posting_date, \
         total, description, created_by, submitted_by, submitted_at, step, steps, decisions, problems, updated_at, version) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)";
    UPDATE = "accounting.approval.update":
        "UPDATE approval SET status = ?3, step = ?4, decisions = ?5, problems = ?6, updated_at = ?7, version = ?8 \
         WHERE tenant_id = ?1 AND id = ?2 AND version = ?8 - 1";
    CLEAR_PEOPLE = "accounting.approval_person.clear":
        "DELETE FROM approval_person WHERE tenant_id = ?1 AND approval_id = ?2";
    MARK_ENTRY = "accounting.journal_entry.mark_approval":
        "UPDATE journal_entry SET approval_status = ?4, updated_at = ?5, version = version + 1 \
         WHERE tenant_id = ?1 AND id = ?2 AND version = ?3 AND status = 'draft'";
    VOTERS = "accounting.approval.voters":
        "SELECT m.user_id, r.role_id FROM membership m LEFT JOIN role_assignment r ON r.tenant_id = m.tenant_id \
         AND r.user_id = m.user_id AND (r.expires_at IS NULL OR r.expires_at > ?4) \
         WHERE m.tenant_id = ?1 AND m.active = 1 AND (m.user_id = ?2 OR m.user_id IN (SELECT d.from_user_id \
         FROM approval_delegation d WHERE d.tenant_id = ?1 AND d.to_user_id = ?2 AND d.from_date <= ?3 AND d.to_date >= ?3)) \
         ORDER BY m.user_id, r.role_id";
}

pub static APPROVER_INSERT: Bulk = Bulk::new(
    "accounting.approval_approver.insert_many",
    "approval_approver",
    &[("tenant_id", Kind::Id), ("approval_id", Kind::Id), ("step", Kind::Int), ("approver_id", Kind::Id)],
);
pub static PERSON_INSERT: Bulk = Bulk::new(
    "accounting.approval_person.insert_many",
    "approval_person",
    &[("tenant_id", Kind::Id), ("approval_id", Kind::Id), ("user_id", Kind::Id)],
);
pub static BULKS: &[&Bulk] = &[&APPROVER_INSERT, &PERSON_INSERT];

pub static LIST: ListSql = ListSql {
    spec: &APPROVAL_LIST,
    select: concat!("SELECT ", approval_columns!(), " FROM approval a"),
    tenant: "a.tenant_id",
    key: &["a.id"],
    columns: &[
        ("id", "a.id"),
        ("status", "a.status"),
        ("journalEntryId", "a.journal_entry_id"),
        ("policyId", "a.policy_id"),
        ("journalId", "a.journal_id"),
        ("postingDate", "a.posting_date"),
        ("total", "a.total"),
        ("createdBy", "a.created_by"),
        ("submittedBy", "a.submitted_by"),
        ("submittedAt", "a.submitted_at"),
    ],
    sorted_as: &[],
};

#[async_trait]
impl ApprovalRepository for SqlUnitOfWork {
    async fn approval_policies(&mut self) -> StorageResult<Vec<ApprovalPolicy>> {
        self.read_approval_policies().await
    }

    async fn find_approval(&mut self, id: ApprovalId) -> StorageResult<Option<StoredApproval>> {
        let row = self.tx.find(&TO_DECIDE, &[self.tenant.into(), id.into()]).await?;
        row.map(|row| read_approval(&mut row.columns("approval"))).transpose()
    }

    async fn insert_approval(&mut self, stored: &StoredApproval) -> StorageResult<()> {
        let approval = &stored.approval;
        let params: [Value; 19] = [
            self.tenant.into(),
            approval.id.into(),
            approval.entry.into(),
            approval.status.as_str().into(),
            approval.policy.into(),
            approval.policy_code.as_str().into(),
            stored.journal.into(),
            stored.posting_date.into(),
            stored.total.into(),
            stored.description.as_deref().into(),
            approval.created_by.into(),
            approval.submitted_by.into(),
            approval.submitted_at.into(),
            index(approval.step),
            write_steps(&approval.steps).into(),
            write_decisions(approval).into(),
            json("problems", &stored.problems)?.into(),
            self.now.into(),
            approval.version.into(),
        ];
        self.tx.execute_one(&INSERT, &params).await?;
        self.tx.insert_many(&APPROVER_INSERT, approver_rows(approval, self.tenant).into_iter()).await?;
        self.tx.insert_many(&PERSON_INSERT, person_rows(approval, self.tenant).into_iter()).await
    }

    async fn update_approval(&mut self, stored: &StoredApproval) -> StorageResult<bool> {
        let approval = &stored.approval;
        let params: [Value; 8] = [
            self.tenant.into(),
            approval.id.into(),
            approval.status.as_str().into(),
            index(approval.step),
            write_decisions(approval).into(),
            json("problems", &stored.problems)?.into(),
            self.now.into(),
            approval.version.into(),
        ];
        if self.tx.execute(&UPDATE, &params).await? == 0 {
            return Ok(false);
        }
        self.tx.apply(&CLEAR_PEOPLE, &params[..2]).await?;
        self.tx.insert_many(&PERSON_INSERT, person_rows(approval, self.tenant).into_iter()).await?;
        Ok(true)
    }

    async fn mark_entry(
        &mut self,
        entry: JournalEntryId,
        version: i64,
        approval: Option<EntryApproval>,
    ) -> StorageResult<bool> {
        let word = approval.map(|approval| approval.as_str());
        let params = [self.tenant.into(), entry.into(), version.into(), word.into(), self.now.into()];
        Ok(self.tx.execute(&MARK_ENTRY, &params).await? == 1)
    }

    async fn voters(
        &mut self,
        person: UserId,
        today: NaiveDate,
        now: Timestamp,
    ) -> StorageResult<Vec<Voter>> {
        let params = [self.tenant.into(), person.into(), today.into(), now.into()];
        let mut voters: Vec<Voter> = Vec::new();
        for row in self.tx.query(&VOTERS, &params).await? {
            let mut columns = row.columns("membership");
            let (user, role): (UserId, Option<RoleId>) = (columns.get("user_id")?, columns.get("role_id")?);
            if voters.last().is_none_or(|voter| voter.person != user) {
                voters.push(Voter { person: user, roles: Vec::new() });
            }
            if let Some(voter) = voters.last_mut() {
                voter.roles.extend(role);
            }
        }
        // The caller decides for themselves before for anybody else.
        voters.sort_by_key(|voter| voter.person != person);
        Ok(voters)
    }
}

#[async_trait]
impl ApprovalQueries for Db {
    async fn approval(&self, tenant: TenantId, id: ApprovalId) -> AppResult<Option<ApprovalView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let row = self.find(&FIND, &[tenant.into(), id.into()]).await?;
        let stored = row.map(|row| read_approval(&mut row.columns("approval"))).transpose()?;
        Ok(stored.map(|stored| stored.view(money.company.scale)))
    }

    async fn approvals(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<ApprovalView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let read = |columns: &mut Columns| Ok(read_approval(columns)?.view(money.company.scale));
        LIST.page(self, tenant, query, None, read).await
    }

    async fn approvals_for(
        &self,
        tenant: TenantId,
        (person, today, now): (UserId, NaiveDate, Timestamp),
        query: &ListQuery,
    ) -> AppResult<Page<ApprovalView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let read = |columns: &mut Columns| Ok(read_approval(columns)?.view(money.company.scale));
        let values = vec![person.into(), now.into(), today.into()];
        LIST.page(self, tenant, query, Some((WAITING_FOR.into(), values)), read).await
    }
}

fn approver_rows(approval: &Approval, tenant: TenantId) -> Vec<Vec<Value>> {
    let rows = approval.steps.iter().enumerate().flat_map(|(step, of_step)| {
        let role = of_step.approver.role().map(|role| role.uuid());
        let users = of_step.approver.users().iter().map(|user| user.uuid());
        let row =
            move |approver: Uuid| vec![tenant.into(), approval.id.into(), index(step), Value::Id(approver)];
        role.into_iter().chain(users).map(row).collect::<Vec<_>>()
    });
    rows.collect()
}

fn person_rows(approval: &Approval, tenant: TenantId) -> Vec<Vec<Value>> {
    let row = |person: UserId| vec![tenant.into(), approval.id.into(), person.into()];
    approval.barred().into_iter().map(row).collect()
}

/// `approval_columns!`
fn read_approval(columns: &mut Columns) -> StorageResult<StoredApproval> {
    let (id, entry) = (columns.get("id")?, columns.get("journal_entry_id")?);
    let status = columns.parse("status", |text| ApprovalStatus::parse(text).ok())?;
    let (policy, policy_code) = (columns.get("policy_id")?, columns.parse("policy_code", Code::stored)?);
    let (journal, posting_date) = (columns.get("journal_id")?, columns.get("posting_date")?);
    let (total, description) = (columns.get("total")?, columns.get("description")?);
    let (created_by, submitted_by) = (columns.get("created_by")?, columns.get("submitted_by")?);
    let (submitted_at, step): (_, u32) = (columns.get("submitted_at")?, columns.get("step")?);
    let steps = columns.parse("steps", read_steps)?;
    let (decisions, changed_by) = columns.parse("decisions", read_decisions)?;
    let approval = Approval {
        id,
        entry,
        status,
        policy,
        policy_code,
        steps,
        step: step as usize,
        decisions,
        created_by,
        changed_by,
        submitted_by,
        submitted_at,
        version: 0,
    };
    let problems = columns.parse("problems", |text| serde_json::from_str(text).ok())?;
    let approval = Approval { version: columns.get("version")?, ..approval };
    Ok(StoredApproval { approval, journal, posting_date, total, description, problems })
}

fn index(step: usize) -> Value {
    i64::try_from(step).unwrap_or(i64::MAX).into()
}

fn json<T: Serialize>(what: &str, value: &T) -> StorageResult<String> {
    serde_json::to_string(value).map_err(|error| StorageError::Internal(format!("{what}: {error}")))
}
