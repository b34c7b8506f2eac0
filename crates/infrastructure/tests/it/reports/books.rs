//! Small books in a temporary folder, written with a few rows of SQL and then through the use cases.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use application::accounting::create_journal_entry::CreateJournalEntry;
use application::accounting::entry_input::LineInput;
use application::accounting::integrity::Integrity;
use application::accounting::ledger::{Ledger, Posting};
use application::accounting::ledger_export::{ExportFormat, LedgerExport};
use application::accounting::ports::journal_entries::EntryMeta;
use application::accounting::ports::ledger_export::ExportRange;
use application::accounting::reports::Reports;
use application::accounting::reports::request::ReportRequest;
use application::accounting::reverse_journal_entry::ReverseJournalEntry;
use application::authorize::Access;
use application::command::{Application, Command, Done, execute};
use application::context::RequestContext;
use application::error::AppResult;
use application::ports::clock::Clock;
use application::reference::Reference;
use application::unit_of_work::UnitOfWork;
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::fiscal_year::{PeriodPattern, generate_year};
use domain::accounting::journal_entry::{DraftEntry, EntryKind, LINES_MAX, LineDetails, NewEntry, NewLine};
use domain::error::Language;
use domain::ids::{AccountId, JournalEntryId, JournalId, TenantId};
use domain::money::{Amount, CurrencyCode, Rate};
use domain::time::{Timestamp, date_key, parse_date};
use domain::time_zone::TimeZone;
use futures::TryStreamExt;
use infrastructure::cache::followed::FollowedDatabase;
use infrastructure::cache::memory::{MemoryCache, Ttl};
use infrastructure::persistence::SqlUnitOfWork;
use infrastructure::sql::db::Db;
use infrastructure::sql::sqlite::options::SqliteOptions;
use infrastructure::system::SystemIds;
use serde_json::Value;
use tempfile::TempDir;
use uuid::Uuid;

/// A clock that moves on by a second each time it is read.
pub struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.fetch_add(1_000_000, Ordering::SeqCst))
    }
}

/// `code, parent, type, posting, control, cash flow`
pub type AccountRow = (&'static str, &'static str, &'static str, bool, &'static str, &'static str);

/// A chart with a heading for the whole balance sheet, so that sections have to be found by type.
pub const CHART: &[AccountRow] = &[
    ("1", "", "asset", false, "none", "none"),
    ("10", "1", "asset", false, "none", "none"),
    ("1010", "10", "asset", true, "none", "cash"),
    ("1020", "10", "asset", true, "receivable", "operating"),
    ("1030", "10", "asset", true, "none", "investing"),
    ("20", "1", "liability", false, "none", "none"),
    ("2010", "20", "liability", true, "payable", "none"),
    ("2020", "20", "liability", true, "none", "financing"),
    ("30", "20", "equity", false, "none", "none"),
    ("3010", "30", "equity", true, "none", "none"),
    ("3020", "30", "equity", true, "none", "none"),
    ("40", "", "income", false, "none", "none"),
    ("4010", "40", "income", true, "none", "none"),
    ("4020", "40", "income", true, "none", "investing"),
    ("50", "", "expense", false, "none", "none"),
    ("5010", "50", "expense", true, "none", "none"),
    ("9990", "50", "expense", true, "none", "none"),
];

pub struct Books {
    pub db: Arc<Db>,
    pub application: Application,
    pub tenant: TenantId,
    pub reports: Reports,
    pub path: PathBuf,
    pub journal: JournalId,
    _folder: TempDir,
}

/// A line: account, signed amount (debit positive).
pub type Line<'a> = (&'a str, &'a str);

pub fn date(text: &str) -> NaiveDate {
    parse_date(text).unwrap()
}

pub fn request() -> ReportRequest {
    ReportRequest::new()
}

pub fn within(from: &str, to: &str) -> ReportRequest {
    ReportRequest { from: Some(date(from)), to: Some(date(to)), ..request() }
}

impl Books {
    /// Books in SAR over 2025 and 2026 with the chart above.
    pub async fn open() -> Self {
        Self::with("SAR", 2025..=2026, CHART).await
    }

    pub async fn with(currency: &str, years: std::ops::RangeInclusive<i32>, chart: &[AccountRow]) -> Self {
        let books = Self::empty(currency).await;
        let connection = books.connection();
        for (code, parent, kind, posting, control, cash_flow) in chart {
            books.account(&connection, code, code, parent, kind, *posting, (control, cash_flow));
        }
        for year in years {
            books.year(&connection, year);
        }
        books
    }

    /// No account and no year.
    pub async fn empty(currency: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("erp.db");
        let start = Timestamp::parse("2026-06-15T09:00:00Z").unwrap();
        let clock = Arc::new(Ticking(AtomicI64::new(start.micros())));
        let ids = Arc::new(SystemIds);
        let db = Arc::new(
            Db::open_sqlite(&path, SqliteOptions::default(), clock.clone(), ids.clone(), SqlUnitOfWork::open)
                .await
                .unwrap(),
        );
        let cache = Arc::new(MemoryCache::new(1 << 20, Ttl::default()));
        let database = Arc::new(FollowedDatabase::new(db.clone(), cache.clone()));
        let application = Application { database, cache, clock, ids };
        let reports = Reports::new(&application, db.clone(), TimeZone::UTC);
        let tenant = TenantId::new(Uuid::from_u128(1));
        let journal = JournalId::new(Uuid::from_u128(11));
        let books = Self { db, application, tenant, reports, path, journal, _folder: folder };
        books.seed(currency);
        books
    }

    /// A second connection beside the product's, for what has no use case here.
    pub fn connection(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(&self.path).unwrap()
    }

    fn tenant_bytes(&self) -> [u8; 16] {
        *self.tenant.uuid().as_bytes()
    }

    fn seed(&self, currency: &str) {
        let connection = self.connection();
        let tenant = self.tenant_bytes();
        let series = *Uuid::from_u128(10).as_bytes();
        connection
            .execute(
                "INSERT INTO tenant (id, code, name_en, currency, country, template, status, created_at, updated_at, \
                 version) VALUES (?1, 'T', 'Test: books', ?2, 'SA', 'empty', 'active', 0, 0, 1)",
                (tenant, currency),
            )
            .unwrap();
        for code in [currency, "USD", "EUR"] {
            connection
                .execute(
                    "INSERT OR IGNORE INTO currency (tenant_id, code, name_en, scale, active, created_at, updated_at, \
                     version) VALUES (?1, ?2, ?2, 2, 1, 0, 0, 1)",
                    (tenant, code),
                )
                .unwrap();
        }
        connection
            .execute(
                "INSERT INTO number_series (tenant_id, id, code, name_en, document_type, pattern, reset, gapless, active, \
                 created_at, updated_at, version) VALUES (?1, ?2, 'GJ', 'General', 'journal_entry', \
                 'GJ-{YYYY}-{000000}', 'year', 1, 1, 0, 0, 1)",
                (tenant, series),
            )
            .unwrap();
        connection
            .execute(
                "INSERT INTO journal (tenant_id, id, code, name_en, search, kind, number_series_id, active, created_at, \
                 updated_at, version) VALUES (?1, ?2, 'GENERAL', 'General', 'general', 'general', ?3, 1, 0, 0, 1)",
                (tenant, *self.journal.uuid().as_bytes(), series),
            )
            .unwrap();
        for (number, code, values) in
            [(1_u128, "branch", ["east", "west"]), (2, "project", ["alpha", "beta"])]
        {
            self.dimension(&connection, number, code, &values);
        }
    }

    pub fn dimension<V: AsRef<str>>(
        &self,
        connection: &rusqlite::Connection,
        number: u128,
        code: &str,
        values: &[V],
    ) {
        let tenant = self.tenant_bytes();
        let dimension = *Uuid::from_u128(100 + number).as_bytes();
        connection
            .execute(
                "INSERT INTO dimension (tenant_id, id, code, name_en, active, created_at, updated_at, version) \
                 VALUES (?1, ?2, ?3, ?3, 1, 0, 0, 1)",
                (tenant, dimension, code),
            )
            .unwrap();
        for (index, value) in (0..).zip(values) {
            let id = *Uuid::from_u128(1_000 * number + index + 1_000_000).as_bytes();
            connection
                .execute(
                    "INSERT INTO dimension_value (tenant_id, id, dimension_id, code, name_en, search, active, \
                     created_at, updated_at, version) VALUES (?1, ?2, ?3, ?4, ?4, ?4, 1, 0, 0, 1)",
                    (tenant, id, dimension, value.as_ref()),
                )
                .unwrap();
        }
    }

    #[allow(clippy::too_many_arguments)]
    pub fn account(
        &self,
        connection: &rusqlite::Connection,
        code: &str,
        name: &str,
        parent: &str,
        kind: &str,
        posting: bool,
        (control, cash_flow): (&str, &str),
    ) {
        let id = *Uuid::new_v5_like(code).as_bytes();
        let parent = (!parent.is_empty()).then(|| *Uuid::new_v5_like(parent).as_bytes());
        connection
            .execute(
                "INSERT INTO account (tenant_id, id, code, name_en, name_ar, search, type, parent_id, is_posting, control, \
                 cash_flow, reconcilable, active, created_at, updated_at, version) \
                 VALUES (?1, ?2, ?3, ?4, 'حساب', ?3, ?5, ?6, ?7, ?8, ?9, 0, 1, 0, 0, 1)",
                (self.tenant_bytes(), id, code, name, kind, parent, posting, control, cash_flow),
            )
            .unwrap();
    }

    pub fn year(&self, connection: &rusqlite::Connection, year: i32) {
        let tenant = self.tenant_bytes();
        let start = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        let draft = generate_year(start, PeriodPattern::Monthly).unwrap();
        let year_id = Uuid::from_u128(u128::from(year.unsigned_abs()) << 8);
        connection
            .execute(
                "INSERT INTO fiscal_year (tenant_id, id, code, start_date, end_date, status, created_at, updated_at, version) \
                 VALUES (?1, ?2, ?3, ?4, ?5, 'open', 0, 0, 1)",
                (tenant, *year_id.as_bytes(), draft.code.as_str(), date_key(draft.start), date_key(draft.end)),
            )
            .unwrap();
        for period in draft.periods {
            let id = Uuid::from_u128((u128::from(year.unsigned_abs()) << 8) + u128::from(period.number));
            connection
                .execute(
                    "INSERT INTO fiscal_period (tenant_id, id, fiscal_year_id, number, name, start_date, end_date, kind, \
                     status, created_at, updated_at, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'open', 0, 0, 1)",
                    (
                        tenant,
                        *id.as_bytes(),
                        *year_id.as_bytes(),
                        period.number,
                        period.name,
                        date_key(period.start),
                        date_key(period.end),
                        period.kind.as_str(),
                    ),
                )
                .unwrap();
        }
    }

    pub fn ctx(&self) -> RequestContext {
        RequestContext::system(self.tenant, "test")
    }

    pub async fn run<C: Command>(&self, command: C) -> AppResult<Value> {
        let done = execute(&self.application, &self.ctx(), command).await?;
        Ok(serde_json::from_slice(&done.body).unwrap())
    }

    /// Posts a standard entry; lines are in the company currency.
    pub async fn post(&self, day: &str, lines: &[Line<'_>]) -> Value {
        let lines = lines.iter().map(|(account, amount)| line(account, amount)).collect();
        self.post_lines(day, lines).await.unwrap()
    }

    pub async fn post_lines(&self, day: &str, lines: Vec<LineInput>) -> AppResult<Value> {
        self.run(CreateJournalEntry {
            journal: None,
            posting_date: date(day),
            document_date: None,
            reverse_on: None,
            currency: None,
            description: Some(format!("Entry of {day}; a | b")),
            reference: None,
            notes: None,
            control_reason: Some("test".to_owned()),
            lines,
            post: true,
        })
        .await
    }

    pub async fn reverse(&self, entry: &Value, day: &str) -> AppResult<Value> {
        let id = entry["id"].as_str().unwrap().parse().unwrap();
        self.run(ReverseJournalEntry { id, posting_date: Some(date(day)), reason: "test".to_owned() }).await
    }

    /// Closes a year as the year-close use case does: an entry of kind closing in the closing period.
    pub async fn close(&self, day: &str, lines: &[Line<'_>]) -> Value {
        let lines =
            lines.iter().map(|(account, amount)| ((*account).to_owned(), (*amount).to_owned())).collect();
        self.run(Close { journal: self.journal, day: date(day), lines }).await.unwrap()
    }

    pub async fn export(&self, format: ExportFormat) -> String {
        let export = LedgerExport::new(self.db.clone());
        let range = ExportRange::default();
        let chunks = export.export(self.tenant, range, format, Language::English).await.unwrap();
        let bytes: Vec<_> = chunks.try_collect().await.unwrap();
        String::from_utf8(bytes.concat()).unwrap()
    }

    pub fn integrity(&self) -> Integrity {
        Integrity::new(self.db.clone())
    }

    /// Code and signed closing balance of every line.
    pub async fn balances(&self, request: &ReportRequest) -> Vec<(String, String)> {
        let view = self.reports.trial_balance(self.tenant, request).await.unwrap();
        if !request.is_filtered() {
            assert_eq!(view.balanced, Some(true));
        }
        view.lines.into_iter().map(|line| (line.account, line.figures.closing.to_string())).collect()
    }
}

/// A stable id for a code.
trait ByCode {
    fn new_v5_like(code: &str) -> Uuid;
}
impl ByCode for Uuid {
    fn new_v5_like(code: &str) -> Uuid {
        let mut bytes = [0; 16];
        bytes[0] = 0xAC;
        for (place, byte) in bytes[1..].iter_mut().zip(code.bytes()) {
            *place = byte;
        }
        Uuid::from_bytes(bytes)
    }
}

pub fn account_id(code: &str) -> AccountId {
    AccountId::new(Uuid::new_v5_like(code))
}

/// A line in the company currency.
pub fn line(account: &str, amount: &str) -> LineInput {
    let (debit, credit) = match amount.strip_prefix('-') {
        Some(amount) => (None, Some(Amount::parse(amount).unwrap())),
        None => (Some(Amount::parse(amount).unwrap()), None),
    };
    let party = matches!(account, "1020" | "2010").then(|| format!("Party of {account}"));
    LineInput {
        account: Some(Reference::Code(account.to_owned())),
        debit,
        credit,
        currency: None,
        rate: None,
        company_amount: None,
        dimensions: BTreeMap::new(),
        details: LineDetails { party, ..LineDetails::NONE },
    }
}

pub fn foreign(account: &str, amount: &str, currency: &str, rate: &str) -> LineInput {
    LineInput {
        currency: Some(CurrencyCode::parse(currency).unwrap()),
        rate: Some(Rate::parse(rate).unwrap()),
        ..line(account, amount)
    }
}

pub fn with_dimensions(line: LineInput, pairs: &[(&str, &str)]) -> LineInput {
    let dimensions = pairs.iter().map(|(d, v)| ((*d).to_owned(), (*v).to_owned())).collect();
    LineInput { dimensions, ..line }
}

struct Close {
    journal: JournalId,
    day: NaiveDate,
    lines: Vec<(String, String)>,
}

#[async_trait]
impl Command for Close {
    const NAME: &'static str = "close_for_test";
    const ACCESS: Access = Access::SignedIn;
    type Output = application::accounting::views::journal_entry::JournalEntryView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<Self::Output>> {
        let lines = self.lines.iter().map(|(account, amount)| {
            let amount = Amount::parse(amount).unwrap();
            let amount = domain::accounting::journal_entry::LineAmount::from_balance(amount).unwrap();
            NewLine::new(account_id(account), amount)
        });
        let entry = NewEntry {
            id: JournalEntryId::new(uow.new_id()),
            journal_id: self.journal,
            kind: EntryKind::Closing,
            posting_date: self.day,
            document_date: None,
            currency: uow.ledger().company_currency().await?.code,
            description: None,
            reference: None,
            control_reason: None,
            reverses: None,
            lines: lines.collect(),
        };
        let draft = DraftEntry::new(entry, LINES_MAX)?;
        let meta = EntryMeta::new(None, uow.now());
        let view = Ledger::open(ctx, uow).await?.post_one(uow, Posting::new(draft, meta)).await?;
        Ok(Done::of(view.id, view.version, view))
    }
}
