//! A tenant with tax entries. Documents that make such entries are stood for by rows of the repository.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use application::accounting::ledger::{Ledger, Posting};
use application::accounting::ports::books::Books;
use application::accounting::ports::journal_entries::EntryMeta;
use application::authorize::Access;
use application::command::{Command, Done, execute};
use application::context::RequestContext;
use application::error::AppResult;
use application::unit_of_work::UnitOfWork;
use async_trait::async_trait;
use domain::accounting::journal_entry::{
    DraftEntry, EntryKind, EntrySource, EntrySourceKind, LineAmount, NewEntry, NewLine,
};
use domain::ids::{AccountId, JournalEntryId};
use domain::money::{Amount, CurrencyCode, Percentage};
use domain::tax::category::TaxCategory;
use domain::tax::tax_entry::{TaxEntry, TaxEntryId, TaxSide};
use domain::text::Code;
use domain::time::parse_date;
use serde_json::{Value, json};
use testkit::{Client, TenantKit, World};
use uuid::Uuid;

struct Insert(Vec<TaxEntry>);

#[async_trait]
impl Command for Insert {
    const NAME: &'static str = "insert_tax_entries_for_test";
    const ACCESS: Access = Access::SignedIn;
    /// Whether each entry's document is filed.
    type Output = Vec<bool>;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<Vec<bool>>> {
        uow.tax_entries().insert_tax_entries(&self.0).await?;
        let mut filed = Vec::new();
        for entry in &self.0 {
            filed.push(uow.tax_entries().is_filed(entry.source_id).await?);
        }
        Ok(Done::new(filed))
    }
}

/// Posts an entry of two lines as documents do: these make tax entries of their own.
struct Post {
    day: chrono::NaiveDate,
    amount: Amount,
    /// The one that is debited, then the other.
    accounts: [AccountId; 2],
}

#[async_trait]
impl Command for Post {
    const NAME: &'static str = "post_entry_for_test";
    const ACCESS: Access = Access::SignedIn;
    /// The id of the entry.
    type Output = String;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<String>> {
        let mut books = Books::open(ctx, uow).await?;
        let journal_id = books.journal_by_code(uow, "GENERAL").await?.unwrap();
        let [debit, credit] = self.accounts;
        let lines = [(debit, LineAmount::Debit(self.amount)), (credit, LineAmount::Credit(self.amount))];
        let entry = NewEntry {
            id: JournalEntryId::new(uow.new_id()),
            journal_id,
            kind: EntryKind::Standard,
            posting_date: self.day,
            document_date: None,
            currency: books.company.code,
            description: None,
            reference: None,
            control_reason: None,
            reverses: None,
            lines: lines.map(|(account, amount)| NewLine::new(account, amount)).to_vec(),
        };
        let id = entry.id.to_string();
        let source = EntrySource::new(EntrySourceKind::RevaluationRun, uow.new_id());
        let draft = DraftEntry::new(entry, 10)?.of(source);
        let posting = Posting::new(draft, EntryMeta::new(None, uow.now()));
        Ledger::with(ctx, books).post_noted(uow, vec![posting]).await?;
        Ok(Done::new(id))
    }
}

/// A tenant on a day on which the second quarter of 2026 is over.
pub struct Taxed {
    pub world: World,
    pub tenant: TenantKit,
    accounts: BTreeMap<String, AccountId>,
}

/// Ids of entries, in their order.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// One tax entry: number, box, side, base, tax, tax date, what it corrects.
pub struct Row<'a> {
    pub document: &'a str,
    pub code: &'a str,
    pub output: bool,
    pub base: &'a str,
    pub tax: &'a str,
    pub day: &'a str,
    pub corrects: &'a str,
}

pub fn row<'a>(document: &'a str, code: &'a str, base: &'a str, tax: &'a str, day: &'a str) -> Row<'a> {
    let output = matches!(code, "1" | "2" | "3" | "4" | "5");
    Row { document, code, output, base, tax, day, corrects: "" }
}

fn source(number: &str) -> Uuid {
    let mut bytes = [7; 16];
    for (place, byte) in bytes.iter_mut().zip(number.bytes()) {
        *place = byte;
    }
    Uuid::from_bytes(bytes)
}

impl Taxed {
    pub async fn open() -> Self {
        let world = World::new().await;
        world.clock.set("2026-07-10T09:00:00Z");
        let tenant = world.tenant("alpha", "SAR", "sa-standard").await;
        let list = tenant.client.get("/accounts?limit=1000").await.ok();
        let id = |view: &Value| (text(&view["code"]), AccountId::new(text(&view["id"]).parse().unwrap()));
        let accounts = list["items"].as_array().unwrap().iter().map(id).collect();
        Self { world, tenant, accounts }
    }

    pub fn client(&self) -> &Client {
        &self.tenant.client
    }

    fn account(row: &Row<'_>) -> Option<&'static str> {
        match (row.code, row.output) {
            _ if Amount::parse(row.tax).unwrap().is_zero() => None,
            ("9", true) => Some("2132"),
            ("9", false) => Some("1153"),
            ("8", _) => Some("1152"),
            ("", _) => None,
            (_, true) => Some("2131"),
            (_, false) => Some("1151"),
        }
    }

    /// Posts the VAT of a row, or else its base, and answers the entry.
    async fn post(&self, row: &Row<'_>) -> JournalEntryId {
        let (account, amount) = match Self::account(row) {
            Some(account) => (account, row.tax),
            None => ("4110", row.base),
        };
        let negative = amount.starts_with('-');
        let amount = amount.trim_start_matches('-');
        let (debit, credit) = if row.output == negative { (account, "1111") } else { ("1111", account) };
        let day =
            if row.day < "2026-04-01" && row.document.starts_with("late") { "2026-06-30" } else { row.day };
        let post = Post {
            day: parse_date(day).unwrap(),
            amount: Amount::parse(amount).unwrap(),
            accounts: [debit, credit].map(|code| self.accounts[code]),
        };
        let id: String = self.run(post).await;
        JournalEntryId::new(id.parse().unwrap())
    }

    async fn run<C: Command, T: serde::de::DeserializeOwned>(&self, command: C) -> T {
        let tenant = text(&self.client().get("/tenants/current").await.ok()["id"]).parse::<Uuid>().unwrap();
        let ctx = RequestContext::system(tenant.into(), "test");
        let done = execute(&self.world.parts.application, &ctx, command).await.unwrap();
        serde_json::from_slice(&done.body).unwrap()
    }

    pub fn entry(&self, row: &Row<'_>, entry: JournalEntryId) -> TaxEntry {
        let amount = |text: &str| Amount::parse(text).unwrap();
        let day = parse_date(row.day).unwrap();
        TaxEntry {
            id: TaxEntryId::new(Uuid::from_u128(NEXT.fetch_add(1, Ordering::Relaxed).into())),
            source_kind: EntrySourceKind::RevaluationRun,
            source_id: source(row.document),
            document_number: row.document.to_owned(),
            entry,
            party: Some("C1".to_owned()),
            tax_code: "S15".to_owned(),
            category: TaxCategory::Standard,
            rate: Percentage::parse("15").unwrap(),
            account: Self::account(row).map(|code| self.accounts[code]),
            side: if row.output { TaxSide::Output } else { TaxSide::Input },
            return_box: Code::parse(row.code).ok(),
            currency: CurrencyCode::parse("SAR").unwrap(),
            currency_base: amount(row.base),
            currency_tax: amount(row.tax),
            base: amount(row.base),
            tax: amount(row.tax),
            tax_date: day,
            due_date: None,
            posting_date: day,
            corrects: (!row.corrects.is_empty()).then(|| source(row.corrects)),
        }
    }

    pub async fn insert(&self, entries: Vec<TaxEntry>) -> Vec<bool> {
        self.run(Insert(entries)).await
    }

    /// Adds rows with their postings.
    pub async fn add(&self, rows: &[Row<'_>]) -> Vec<bool> {
        let mut entries = Vec::new();
        for row in rows {
            let posted = self.post(row).await;
            entries.push(self.entry(row, posted));
        }
        self.insert(entries).await
    }

    /// Adds rows without postings, for tests that do not look at the ledger.
    pub async fn add_only(&self, rows: &[Row<'_>]) {
        let nowhere = JournalEntryId::new(Uuid::nil());
        self.insert(rows.iter().map(|row| self.entry(row, nowhere)).collect()).await;
    }

    pub async fn prepare(&self, period: &str) -> Value {
        self.client().post("/vat-returns", json!({ "period": period })).await.expect(201).json()
    }

    pub async fn file(&self, prepared: &Value) -> Value {
        let (path, etag) = (path(prepared), format!("\"{}\"", prepared["version"]));
        let body = json!({ "reference": "R-1" });
        self.client().with_etag("POST", &format!("{path}/file"), &etag, body).await.ok()
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

pub fn path(view: &Value) -> String {
    format!("/vat-returns/{}", text(&view["id"]))
}

pub fn boxes(view: &Value) -> BTreeMap<String, (Value, Value, Value)> {
    let one = |found: &Value| {
        let of = |member: &str| found[member].clone();
        (text(&found["box"]), (of("amount"), of("adjustment"), of("vat")))
    };
    view["boxes"].as_array().unwrap().iter().map(one).collect()
}

/// Account, debit and credit of each line.
pub async fn lines(client: &Client, entry: &Value) -> Vec<[String; 3]> {
    let entry = client.get(&format!("/journal-entries/{}", text(entry))).await.ok();
    let of = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = |line: &Value| [of(&line["accountCode"]), of(&line["debit"]), of(&line["credit"])];
    entry["lines"].as_array().unwrap().iter().map(line).collect()
}

pub async fn sound(client: &Client) {
    let checks = client.get("/integrity/checks").await.ok();
    assert_eq!(checks["ok"], true, "{checks}");
}
