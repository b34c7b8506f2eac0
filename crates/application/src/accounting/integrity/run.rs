//! The proofs of every tenant's books, one after the other: a job of the platform's administrators.

use std::sync::Arc;

use domain::error::Language;
use domain::ids::TenantId;
use serde::Serialize;
use uuid::Uuid;

use super::Integrity;
use crate::accounting::views::integrity::ChainVerificationView;
use crate::command::Executed;
use crate::error::{AppError, AppResult};
use crate::paging::{ListQuery, PAGE_LIMIT_MAX};
use crate::platform::ports::PlatformQueries;
use crate::platform::tenants::TENANT_LIST;
use crate::platform::views::TenantView;
use crate::ports::progress::JOB_CANCELLED;
use crate::ports::progress::Progress;

/// The kind of the job.
pub const INTEGRITY_RUN: &str = "integrity_run";
/// Tenants whose books contradict themselves that are named; the others are counted.
pub const TENANTS_NAMED_MAX: usize = 100;

/// Books that do not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BrokenTenantView {
    pub tenant_id: Uuid,
    pub code: String,
    /// Codes of the checks that fail, as `GET /integrity/checks` has them.
    pub checks: Vec<&'static str>,
    /// Codes of the journals whose hash chain is broken; `audit` is the chain over the audit log.
    pub chains: Vec<String>,
}

/// The findings of an integrity run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct IntegrityRunView {
    /// The books of every tenant hold.
    pub ok: bool,
    /// Tenants that were looked at, suspended ones among them.
    pub tenants: u64,
    /// Posted entries whose hashes were computed again.
    pub entries: u64,
    /// Tenants whose books do not hold.
    pub broken: u64,
    /// The first of them.
    pub findings: Vec<BrokenTenantView>,
}

/// Looks at the books of one tenant, or of all.
pub struct IntegrityRun {
    pub integrity: Integrity,
    pub tenants: Arc<dyn PlatformQueries>,
    pub only: Option<TenantId>,
}

impl IntegrityRun {
    /// A page of tenants at a time. Ends early when it is cancelled.
    pub async fn run(&self, progress: &dyn Progress) -> AppResult<Executed> {
        let mut found = IntegrityRunView { ok: true, ..IntegrityRunView::default() };
        if let Some(only) = self.only {
            let tenant = self.tenants.tenant(only).await?.ok_or_else(|| AppError::not_found("tenant"))?;
            self.look(&tenant, &mut found).await?;
            progress.advance(1, 1);
        } else {
            self.all(&mut found, progress).await?;
        }
        let body = serde_json::to_vec(&found)
            .map_err(|error| AppError::internal(format!("an integrity run: {error}")))?;
        Ok(Executed { body: body.into(), id: None, version: None, replayed: false })
    }

    async fn all(&self, found: &mut IntegrityRunView, progress: &dyn Progress) -> AppResult<()> {
        let mut query = ListQuery::first(&TENANT_LIST, PAGE_LIMIT_MAX);
        loop {
            let page = self.tenants.tenants(&query).await?;
            let known = found.tenants + page.items.len() as u64;
            for tenant in &page.items {
                if progress.cancelled() {
                    return Err(AppError::of(&JOB_CANCELLED));
                }
                self.look(tenant, found).await?;
                progress.advance(found.tenants, known);
            }
            match page.next_cursor {
                Some(cursor) => query.cursor = Some(cursor),
                None => return Ok(()),
            }
        }
    }

    async fn look(&self, tenant: &TenantView, found: &mut IntegrityRunView) -> AppResult<()> {
        let id = TenantId::new(tenant.id);
        let checks = self.integrity.checks(id, Language::English).await?;
        let chains = self.integrity.verify(id, None).await?;
        found.tenants += 1;
        found.entries += chains.journals.iter().map(|journal| journal.entries).sum::<u64>();
        if checks.ok && chains.ok {
            return Ok(());
        }
        (found.ok, found.broken) = (false, found.broken + 1);
        if found.findings.len() < TENANTS_NAMED_MAX {
            let failing = checks.checks.iter().filter(|check| !check.ok);
            found.findings.push(BrokenTenantView {
                tenant_id: tenant.id,
                code: tenant.code.clone(),
                checks: failing.map(|check| check.code).collect(),
                chains: broken_chains(&chains),
            });
        }
        Ok(())
    }
}

fn broken_chains(chains: &ChainVerificationView) -> Vec<String> {
    let journals = chains.journals.iter().filter(|journal| !journal.ok);
    let mut broken: Vec<_> = journals.map(|journal| journal.journal.clone()).collect();
    if !chains.audit.ok {
        broken.push("audit".to_owned());
    }
    broken
}
