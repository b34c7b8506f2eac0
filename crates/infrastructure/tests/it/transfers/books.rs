//! A tenant with a journal and its series, and nothing else.

use std::path::PathBuf;
use std::sync::Arc;

use application::accounting::imports::{ImportFormat, ImportKind, ImportOptions, commit, parse};
use application::accounting::views::import_result::ImportResultView;
use application::command::Application;
use application::context::RequestContext;
use application::error::{AppError, AppResult};
use application::ports::progress::{NoProgress, Progress};
use domain::accounting::import_profile::FileReading;
use domain::ids::TenantId;
use domain::time::Timestamp;
use infrastructure::cache::followed::FollowedDatabase;
use infrastructure::cache::memory::{CACHE_BYTES_DEFAULT, MemoryCache, Ttl};
use infrastructure::sql::db::Db;
use infrastructure::sql::value::{FromValue, Value};
use infrastructure::system::{SystemClock, SystemIds};
use uuid::Uuid;

use crate::store::{Place, Store};

pub struct Books {
    pub app: Application,
    pub db: Arc<Db>,
    pub ctx: RequestContext,
    pub place: Place,
}

pub const SERIES: Uuid = Uuid::from_u128(10);

impl Books {
    pub async fn new(currency: &str) -> Self {
        let tenant = TenantId::new(Uuid::from_u128(1));
        let Store { db, place } = Store::open(Arc::new(SystemClock), Arc::new(SystemIds)).await;
        place.run(&seed(&place, tenant, currency)).await.unwrap();
        let cache = Arc::new(MemoryCache::new(CACHE_BYTES_DEFAULT, Ttl::default()));
        let app = Application {
            database: Arc::new(FollowedDatabase::new(db.clone(), cache.clone())),
            cache,
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds),
        };
        Self { app, db, ctx: RequestContext::system(tenant, "test"), place }
    }

    pub async fn import(
        &self,
        kind: ImportKind,
        text: &str,
        options: ImportOptions,
    ) -> AppResult<ImportResultView> {
        let format = if text.starts_with('{') { ImportFormat::NdJson } else { ImportFormat::Csv };
        self.import_with(kind, format, text.as_bytes(), options, Arc::new(NoProgress)).await
    }

    pub async fn import_with(
        &self,
        kind: ImportKind,
        format: ImportFormat,
        bytes: &[u8],
        options: ImportOptions,
        progress: Arc<dyn Progress>,
    ) -> AppResult<ImportResultView> {
        let file = parse(kind, format, &FileReading::default(), bytes)?;
        let executed = commit(&self.app, &self.ctx, file, options, None, progress).await?;
        Ok(serde_json::from_slice(&executed.body).unwrap())
    }

    /// Accounts `code,type` and nothing else.
    pub async fn accounts(&self, rows: &str) -> ImportResultView {
        let text = format!("code,type,name\n{rows}");
        self.import(ImportKind::Accounts, &text, ImportOptions::default()).await.unwrap()
    }

    pub async fn entries(&self, text: &str) -> AppResult<ImportResultView> {
        self.import(ImportKind::JournalEntries, text, posted()).await
    }

    /// The single value that a query answers; amounts in ten-thousandths.
    pub async fn count(&self, sql: &str) -> i64 {
        // The first parameter of a read is the tenant.
        let sql = format!("SELECT ({sql}) AS count WHERE ?1 IS NOT NULL");
        let rows = self.db.query_text(&sql, &[self.ctx.tenant.into()]).await.unwrap();
        let value = rows.into_iter().next().unwrap().into_values().remove(0);
        match value {
            Value::Amount(amount) => amount.scaled(),
            // The stand-in forgets the scale of a sum inside another query.
            Value::Rate(sum) => sum.scaled() / 1_000_000,
            value => i64::from_value(value).unwrap(),
        }
    }
}

/// Post, and make what is missing.
pub fn posted() -> ImportOptions {
    ImportOptions {
        post: Some(true),
        create_periods: true,
        create_dimensions: true,
        ..ImportOptions::default()
    }
}

/// `(row, column, code)` of each problem.
pub fn problems(error: &AppError) -> Vec<(u32, String, &'static str)> {
    let value =
        |violation: &domain::error::Violation, wanted: &str| violation.param(wanted).map(str::to_owned);
    error
        .violations
        .iter()
        .map(|violation| {
            let row = value(violation, "row").unwrap_or_default().parse().unwrap_or(0);
            (row, value(violation, "column").unwrap_or_default(), violation.def.code)
        })
        .collect()
}

/// The other columns of rows of master data.
pub fn kept() -> [(&'static str, Value); 3] {
    let moment = || Value::from(Timestamp::from_micros(0));
    [("created_at", moment()), ("updated_at", moment()), ("version", Value::Int(1))]
}

fn seed(place: &Place, tenant: TenantId, currency: &str) -> String {
    let mut sql = String::new();
    let mut add = |table: &str, columns: &[(&'static str, Value)]| {
        sql += &place.insert(table, &[columns, &kept()].concat());
    };
    let books = [
        ("id", tenant.into()),
        ("code", "books".into()),
        ("name_en", "Books".into()),
        ("currency", currency.into()),
        ("country", "SA".into()),
        ("template", "empty".into()),
        ("status", "active".into()),
    ];
    add("tenant", &books);
    let series = [
        ("tenant_id", tenant.into()),
        ("id", SERIES.into()),
        ("code", "GJ".into()),
        ("name_en", "General".into()),
        ("document_type", "journal_entry".into()),
        ("pattern", "GJ-{YYYY}-{000000}".into()),
        ("reset", "year".into()),
        ("gapless", true.into()),
        ("active", true.into()),
    ];
    add("number_series", &series);
    for (n, code, kind) in [(11, "GENERAL", "general"), (12, "OPENING", "opening")] {
        let journal = [
            ("tenant_id", tenant.into()),
            ("id", Uuid::from_u128(n).into()),
            ("code", code.into()),
            ("name_en", code.into()),
            ("search", "".into()),
            ("kind", kind.into()),
            ("number_series_id", SERIES.into()),
            ("active", true.into()),
        ];
        add("journal", &journal);
    }
    sql
}

/// A folder of the shared data sets; `None`, said aloud, when this machine does not have it.
pub fn shared(folder: &str) -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(folder);
    if root.is_dir() {
        return Some(root);
    }
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data").join(folder);
    if beside.is_dir() {
        return Some(beside);
    }
    testkit::not_run(&format!("the shared data set {folder} is not on this machine"));
    None
}
