//! A tenant with a journal and its series, and nothing else.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use application::accounting::imports::{
    ImportFormat, ImportKind, ImportOptions, NoProgress, Progress, commit, parse,
};
use application::accounting::views::import_result::ImportResultView;
use application::command::Application;
use application::context::RequestContext;
use application::error::{AppError, AppResult};
use domain::ids::TenantId;
use infrastructure::cache::followed::FollowedDatabase;
use infrastructure::cache::memory::{CACHE_BYTES_DEFAULT, MemoryCache, Ttl};
use infrastructure::sql::db::Db;
use infrastructure::system::{SystemClock, SystemIds};
use rusqlite::Connection;
use tempfile::TempDir;
use uuid::Uuid;

pub struct Books {
    pub app: Application,
    pub db: Arc<Db>,
    pub ctx: RequestContext,
    /// A second connection, to look at what is stored.
    pub sql: Mutex<Connection>,
    _folder: TempDir,
}

pub const SERIES: Uuid = Uuid::from_u128(10);

impl Books {
    pub async fn new(currency: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = crate::database::open(folder.path()).await.unwrap();
        let tenant = TenantId::new(Uuid::from_u128(1));
        let sql = Connection::open(folder.path().join("erp.db")).unwrap();
        sql.execute_batch("PRAGMA busy_timeout = 10000").unwrap();
        seed(&sql, tenant, currency);
        let db = Arc::new(db);
        let cache = Arc::new(MemoryCache::new(CACHE_BYTES_DEFAULT, Ttl::default()));
        let app = Application {
            database: Arc::new(FollowedDatabase::new(db.clone(), cache.clone())),
            cache,
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds),
        };
        Self { app, db, ctx: RequestContext::system(tenant, "test"), sql: Mutex::new(sql), _folder: folder }
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
        let file = parse(kind, format, bytes)?;
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

    pub fn count(&self, sql: &str) -> i64 {
        self.sql.lock().unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
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
    let value = |violation: &domain::error::Violation, wanted: &str| {
        violation.params.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.to_string())
    };
    error
        .violations
        .iter()
        .map(|violation| {
            let row = value(violation, "row").unwrap_or_default().parse().unwrap_or(0);
            (row, value(violation, "column").unwrap_or_default(), violation.def.code)
        })
        .collect()
}

fn seed(sql: &Connection, tenant: TenantId, currency: &str) {
    let (tenant, series) = (tenant.uuid().as_bytes().to_vec(), SERIES.as_bytes().to_vec());
    sql.execute(
        "INSERT INTO tenant (id, code, name_en, currency, country, template, status, created_at, updated_at, version) \
         VALUES (?1, 'books', 'Books', ?2, 'SA', 'empty', 'active', 0, 0, 1)",
        rusqlite::params![tenant, currency],
    )
    .unwrap();
    sql.execute(
        "INSERT INTO number_series (tenant_id, id, code, name_en, document_type, pattern, reset, gapless, active, created_at, \
         updated_at, version) VALUES (?1, ?2, 'GJ', 'General', 'journal_entry', 'GJ-{YYYY}-{000000}', 'year', 1, 1, 0, 0, 1)",
        rusqlite::params![tenant, series],
    )
    .unwrap();
    for (n, code, kind) in [(11_u128, "GENERAL", "general"), (12, "OPENING", "opening")] {
        sql.execute(
            "INSERT INTO journal (tenant_id, id, code, name_en, search, kind, number_series_id, active, created_at, updated_at, \
             version) VALUES (?1, ?2, ?3, ?3, '', ?4, ?5, 1, 0, 0, 1)",
            rusqlite::params![tenant, Uuid::from_u128(n).as_bytes().to_vec(), code, kind, series],
        )
        .unwrap();
    }
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
    eprintln!("skipped: the shared data set {folder} is not on this machine");
    None
}
