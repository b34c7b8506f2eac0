//! Jobs in SQL.

use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::platform::jobs::{JobErrorView, JobQueries, JobRepository, JobView, NewJob};
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use domain::ids::{JobId, TenantId};
use domain::time::Timestamp;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::persistence::SqlUnitOfWork;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::{Columns, Value};
use crate::statements;

macro_rules! job_columns {
    () => {
        "j.id, j.type, j.status, j.progress, j.total, j.cancel_requested, j.input, j.result, j.error, j.created_by, \
         j.created_at, j.started_at, j.finished_at, j.version"
    };
}

statements! {
    START = "platform.job.start":
        "INSERT INTO job (tenant_id, id, type, status, progress, total, input, result, error, cancel_requested, created_by, \
         created_at, started_at, finished_at, version, runner) \
         VALUES (?1, ?2, ?3, 'running', 0, ?4, ?5, NULL, NULL, 0, ?6, ?7, ?7, NULL, 1, ?8)";
    SUCCEED = "platform.job.succeed":
        "UPDATE job SET status = 'succeeded', total = COALESCE(?4, total), progress = COALESCE(?4, total, 0), result = ?3, \
         finished_at = ?5, version = version + 1 WHERE tenant_id = ?1 AND id = ?2 AND status = 'running'";
    FAIL = "platform.job.fail":
        "UPDATE job SET status = ?3, cancel_requested = ?4, error = ?5, finished_at = ?6, version = version + 1 \
         WHERE tenant_id = ?1 AND id = ?2 AND status = 'running'";
    // The jobs of every tenant. A process that has just begun its first job may not have noted itself yet, so young
    // jobs are left alone.
    FAIL_ABANDONED = "platform.job.fail_abandoned":
        "UPDATE job SET status = 'failed', error = ?1, finished_at = ?2, version = version + 1 \
         WHERE status = 'running' AND started_at <= ?3 AND (runner <> ?5 OR (runner IS NULL AND started_at <= ?4)) \
         AND NOT EXISTS (SELECT 1 FROM job_runner r WHERE r.id = job.runner AND r.expires_at > ?2)";
    KEEP_RUNNER = "platform.job.keep_runner": "UPDATE job_runner SET expires_at = ?2 WHERE id = ?1";
    INSERT_RUNNER = "platform.job.insert_runner": "INSERT INTO job_runner (id, expires_at) VALUES (?1, ?2)";
    FORGET_RUNNERS = "platform.job.forget_runners": "DELETE FROM job_runner WHERE expires_at <= ?1";
    GET = "platform.job.get":
        concat!("SELECT ", job_columns!(), " FROM job j WHERE j.tenant_id = ?1 AND j.id = ?2");
}

#[async_trait]
impl JobRepository for SqlUnitOfWork {
    async fn insert_running(&mut self, job: &NewJob) -> StorageResult<()> {
        let params: [Value; 8] = [
            self.tenant.into(),
            job.id.into(),
            job.kind.into(),
            job.total.into(),
            job.input.as_str().into(),
            job.created_by.into(),
            self.now.into(),
            job.runner.into(),
        ];
        self.tx.execute_one(&START, &params).await
    }

    async fn succeed(&mut self, id: JobId, result: &str, total: Option<i64>) -> StorageResult<bool> {
        let params = [self.tenant.into(), id.into(), result.into(), total.into(), self.now.into()];
        Ok(self.tx.execute(&SUCCEED, &params).await? == 1)
    }

    async fn fail(&mut self, id: JobId, cancelled: bool, error: &str) -> StorageResult<()> {
        let status = if cancelled { "cancelled" } else { "failed" };
        let params: [Value; 6] =
            [self.tenant.into(), id.into(), status.into(), cancelled.into(), error.into(), self.now.into()];
        self.tx.apply(&FAIL, &params).await
    }

    async fn keep_runner(&mut self, runner: Uuid, expires_at: Timestamp) -> StorageResult<()> {
        let params = [runner.into(), expires_at.into()];
        if self.tx.execute(&KEEP_RUNNER, &params).await? == 0 {
            self.tx.execute_one(&INSERT_RUNNER, &params).await?;
        }
        Ok(())
    }

    async fn fail_abandoned(
        &mut self,
        error: &str,
        asking: Uuid,
        named_before: Timestamp,
        unnamed_before: Timestamp,
    ) -> StorageResult<u64> {
        let params =
            [error.into(), self.now.into(), named_before.into(), unnamed_before.into(), asking.into()];
        let failed = self.tx.execute(&FAIL_ABANDONED, &params).await?;
        self.tx.apply(&FORGET_RUNNERS, &[self.now.into()]).await?;
        Ok(failed)
    }
}

pub static LIST: ListSql = ListSql {
    spec: &application::platform::jobs::JOB_LIST,
    select: concat!("SELECT ", job_columns!(), " FROM job j"),
    tenant: "j.tenant_id",
    key: &["j.id"],
    columns: &[
        ("id", "j.id"),
        ("status", "j.status"),
        ("type", "j.type"),
        ("createdBy", "j.created_by"),
        ("createdAt", "j.created_at"),
    ],
    sorted_as: &[],
};

#[async_trait]
impl JobQueries for Db {
    async fn job(&self, tenant: TenantId, id: JobId) -> AppResult<Option<JobView>> {
        let row = self.find(&GET, &[tenant.into(), id.into()]).await?;
        Ok(row.map(|row| view(&mut row.columns("job"))).transpose()?)
    }

    async fn jobs(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<JobView>> {
        LIST.page(self, tenant, query, None, view).await
    }
}

fn view(columns: &mut Columns) -> StorageResult<JobView> {
    let id = columns.get("id")?;
    let kind = columns.get("type")?;
    let status: String = columns.get("status")?;
    let done: u64 = columns.get("progress")?;
    let total: Option<u64> = columns.get("total")?;
    let cancel_requested = columns.get("cancel_requested")?;
    let input = document(columns.get("input")?, "input")?.unwrap_or_default();
    let result = document(columns.get("result")?, "result")?;
    let error: Option<JobErrorView> = document(columns.get("error")?, "error")?;
    let created_by = columns.get("created_by")?;
    let created_at: Timestamp = columns.get("created_at")?;
    let started_at: Option<Timestamp> = columns.get("started_at")?;
    let finished_at: Option<Timestamp> = columns.get("finished_at")?;
    Ok(JobView {
        id,
        r#type: kind,
        progress: if status == "succeeded" { 100 } else { 0 },
        status,
        done,
        total,
        cancel_requested,
        input,
        result,
        error,
        created_by,
        created_at: created_at.to_string(),
        started_at: started_at.map(|moment| moment.to_string()),
        finished_at: finished_at.map(|moment| moment.to_string()),
        version: columns.get("version")?,
    })
}

fn document<T: DeserializeOwned>(text: Option<String>, column: &'static str) -> StorageResult<Option<T>> {
    let parse = |text: String| {
        serde_json::from_str(&text).map_err(|error| StorageError::Corrupt {
            table: "job",
            column,
            detail: error.to_string(),
        })
    };
    text.map(parse).transpose()
}
