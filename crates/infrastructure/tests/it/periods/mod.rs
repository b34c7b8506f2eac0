//! Periods, locks, opening balances and recurring entries end to end below HTTP: real database, a clock the test moves.

mod close_checklist;
mod fiscal_years;
mod locks;
mod opening_balances;
mod recurring_entries;
mod unique_numbers;
mod year_close;

use std::collections::BTreeMap;

use application::accounting::create_journal_entry::CreateJournalEntry;
use application::accounting::entry_input::LineInput;
use application::accounting::fiscal_years::GenerateFiscalYears;
use application::command::Command;
use application::context::RequestContext;
use application::error::{AppError, AppResult};
use application::ports::clock::Clock;
use application::reference::Reference;
use chrono::NaiveDate;
use domain::accounting::fiscal_year::PeriodPattern;
use domain::accounting::journal_entry::LineDetails;
use domain::ids::TenantId;
use domain::money::{Amount, CurrencyCode, Rate};
use domain::time::{Timestamp, parse_date};
use infrastructure::sql::value::Value;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::platform::House;
use crate::store::{Place, literal};

/// Code, type, control.
const ACCOUNTS: [(&str, &str, &str); 9] = [
    ("1000", "asset", "none"),
    ("1100", "asset", "receivable"),
    ("1200", "asset", "none"),
    ("2200", "liability", "vat"),
    ("3100", "equity", "none"),
    ("3900", "equity", "none"),
    ("4000", "income", "none"),
    ("5000", "expense", "none"),
    ("5100", "expense", "none"),
];
const RETAINED: &str = "3100";
const OPENING: &str = "3900";
const JOURNALS: [(&str, &str); 5] = [
    ("GENERAL", "general"),
    ("SALES", "sales"),
    ("PURCHASES", "purchase"),
    ("OPENING", "opening"),
    ("CLOSING", "closing"),
];

/// A tenant with a small chart, journals, the dimension `branch` and dollars.
pub struct Books {
    pub house: House,
    pub tenant: TenantId,
    /// The tenant's administrator, with `If-Match: *`.
    pub ctx: RequestContext,
}

pub fn day(text: &str) -> NaiveDate {
    parse_date(text).unwrap()
}

/// `account debit credit`, with dimensions after it: `4000 0 100 branch=R`.
pub fn line(text: &str) -> LineInput {
    let mut words = text.split(' ');
    let account = words.next().unwrap().to_owned();
    let mut amount = || words.next().map(|word| Amount::parse(word).unwrap()).filter(|a| !a.is_zero());
    let (debit, credit) = (amount(), amount());
    let mut line = LineInput {
        account: Some(Reference::Code(account)),
        debit,
        credit,
        currency: None,
        rate: None,
        company_amount: None,
        dimensions: BTreeMap::new(),
        details: LineDetails::NONE,
    };
    for word in words {
        match word.split_once('=').unwrap() {
            ("party", party) => line.details.party = Some(party.to_owned()),
            ("ref", reference) => line.details.reference = Some(reference.to_owned()),
            ("due", date) => line.details.due_date = Some(day(date)),
            ("in", currency) => line.currency = Some(CurrencyCode::parse(currency).unwrap()),
            (dimension, value) => {
                line.dimensions.insert(dimension.to_owned(), value.to_owned());
            }
        }
    }
    line
}

pub fn codes(error: &AppError) -> Vec<&'static str> {
    error.violations.iter().map(|violation| violation.def.code).collect()
}

pub fn entry(journal: &str, date: &str, lines: &[&str]) -> CreateJournalEntry {
    CreateJournalEntry {
        journal: Some(Reference::Code(journal.to_owned())),
        posting_date: day(date),
        document_date: None,
        reverse_on: None,
        currency: None,
        description: None,
        reference: None,
        notes: None,
        control_reason: Some("test".to_owned()),
        lines: lines.iter().map(|text| line(text)).collect(),
        post: true,
    }
}

impl Books {
    pub async fn new() -> Self {
        let house = House::new().await;
        let tenant = house.tenant("books").await;
        seed(&house.place, tenant, house.clock.now()).await;
        let ctx = house.administrator("books").await;
        Self { house, tenant, ctx }
    }

    /// With fiscal years from 2025 on.
    pub async fn with_years(years: u8) -> Self {
        let books = Self::new().await;
        let start = day("2025-01-01");
        books.run(GenerateFiscalYears { start, years, pattern: PeriodPattern::Monthly }).await.unwrap();
        books
    }

    /// The answer of the command.
    pub async fn run<C: Command>(&self, command: C) -> AppResult<Json> {
        let executed = self.house.run(&self.ctx, command).await?;
        Ok(serde_json::from_slice(&executed.body).unwrap())
    }

    pub async fn post(&self, date: &str, lines: &[&str]) -> AppResult<Json> {
        self.run(entry("GENERAL", date, lines)).await
    }

    /// Net balances (debit positive) as `account[/set]`, of one period or all, without zeros; sets by their values.
    pub async fn balances(&self, period: Option<&str>) -> BTreeMap<String, String> {
        let condition = if period.is_some() { "AND p.name = ?2" } else { "" };
        let text = format!(
            "SELECT a.code, SUM(b.debit - b.credit) AS balance FROM account_balance b \
             INNER JOIN account a ON a.tenant_id = b.tenant_id AND a.id = b.account_id \
             INNER JOIN fiscal_period p ON p.tenant_id = b.tenant_id AND p.id = b.fiscal_period_id \
             WHERE b.tenant_id = ?1 {condition} GROUP BY a.code"
        );
        let params: Vec<Value> = std::iter::once(self.tenant.into()).chain(period.map(Value::from)).collect();
        self.amounts(&text, &params).await
    }

    /// The balances per account and branch.
    pub async fn branch_balances(&self) -> BTreeMap<String, String> {
        let text = "SELECT a.code, v.code AS value, SUM(b.debit - b.credit) AS balance FROM dimension_balance b \
             INNER JOIN account a ON a.tenant_id = b.tenant_id AND a.id = b.account_id \
             INNER JOIN dimension_set_value s ON s.tenant_id = b.tenant_id AND s.set_id = b.dimension_set_id \
             INNER JOIN dimension_value v ON v.tenant_id = b.tenant_id AND v.id = s.value_id \
             WHERE b.tenant_id = ?1 GROUP BY a.code, v.code";
        let mut balances = BTreeMap::new();
        for row in self.house.db.query_text(text, &[self.tenant.into()]).await.unwrap() {
            let mut columns = row.columns("dimension_balance");
            let (account, branch): (String, String) =
                (columns.get("code").unwrap(), columns.get("value").unwrap());
            let amount: Amount = columns.get("balance").unwrap();
            if !amount.is_zero() {
                balances.insert(format!("{account}/{branch}"), amount.display(0));
            }
        }
        balances
    }

    async fn amounts(&self, text: &str, params: &[Value]) -> BTreeMap<String, String> {
        let mut balances = BTreeMap::new();
        for row in self.house.db.query_text(text, params).await.unwrap() {
            let mut columns = row.columns("account_balance");
            let code: String = columns.get("code").unwrap();
            let amount: Amount = columns.get("balance").unwrap();
            if !amount.is_zero() {
                balances.insert(code, amount.display(0));
            }
        }
        balances
    }

    pub async fn count(&self, text: &str) -> u64 {
        let rows = self.house.db.query_text(text, &[self.tenant.into()]).await.unwrap();
        rows.into_iter().next().unwrap().single("count", "count").unwrap()
    }

    pub async fn ids(&self, text: &str) -> Vec<Uuid> {
        let rows = self.house.db.query_text(text, &[self.tenant.into()]).await.unwrap();
        rows.into_iter().map(|row| row.single("id", "id").unwrap()).collect()
    }

    pub async fn year(&self, code: &str) -> Uuid {
        let text = format!("SELECT id FROM fiscal_year WHERE tenant_id = ?1 AND code = '{code}'");
        self.ids(&text).await[0]
    }

    pub async fn period(&self, name: &str) -> Uuid {
        let text = format!("SELECT id FROM fiscal_period WHERE tenant_id = ?1 AND name = '{name}'");
        self.ids(&text).await[0]
    }
}

/// Amounts as [`Books::balances`] shows them.
pub fn figures(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, amount)| ((*key).to_owned(), (*amount).to_owned())).collect()
}

/// The other columns of rows of master data.
fn kept(tenant: TenantId, id: u128, code: &str, now: Timestamp) -> Vec<(&'static str, Value)> {
    vec![
        ("tenant_id", tenant.into()),
        ("id", seeded(id)),
        ("code", code.into()),
        ("name_en", code.into()),
        ("active", true.into()),
        ("created_at", now.into()),
        ("updated_at", now.into()),
        ("version", Value::Int(1)),
    ]
}

fn seeded(n: u128) -> Value {
    Value::Id(Uuid::from_u128((1 << 64) + n))
}

/// A small chart of the tests' own in place of what the template set up.
async fn seed(place: &Place, tenant: TenantId, now: Timestamp) {
    let of_tenant = literal(place.dialect(), &tenant.into());
    let mut sql = String::new();
    // The years that provisioning made are removed: the figures below depend on nothing but this file.
    for table in ["fiscal_period", "fiscal_year", "journal", "number_series", "ledger_settings"] {
        sql += &format!("DELETE FROM {table} WHERE tenant_id = {of_tenant};");
    }
    let mut add = |table: &str, n: u128, code: &str, more: &[(&'static str, Value)]| {
        let mut columns = kept(tenant, n, code, now);
        columns.extend_from_slice(more);
        sql += &place.insert(table, &columns);
    };
    let pattern = "{JOURNAL}-{FY}-{00000}";
    let series = [
        ("document_type", "journal_entry".into()),
        ("pattern", pattern.into()),
        ("reset", "fiscal_year".into()),
        ("gapless", true.into()),
    ];
    add("number_series", 1, "ALL", &series);
    for (n, (code, kind)) in (10..).zip(JOURNALS) {
        let more = [("search", "".into()), ("kind", kind.into()), ("number_series_id", seeded(1))];
        add("journal", n, code, &more);
    }
    for (n, (code, kind, control)) in (100..).zip(ACCOUNTS) {
        let more = [
            ("search", "".into()),
            ("type", kind.into()),
            ("is_posting", true.into()),
            ("control", control.into()),
            ("cash_flow", "none".into()),
            ("reconcilable", false.into()),
        ];
        add("account", n, code, &more);
    }
    add("dimension", 200, "branch", &[]);
    for (n, code) in (201..).zip(["R", "J"]) {
        add("dimension_value", n, code, &[("dimension_id", seeded(200)), ("search", "".into())]);
    }
    let account =
        |code: &str| (100..).zip(ACCOUNTS).find(|(_, (of, ..))| *of == code).map(|(n, _)| seeded(n));
    let settings = [
        ("tenant_id", tenant.into()),
        ("retained_earnings_account_id", account(RETAINED).unwrap()),
        ("opening_account_id", account(OPENING).unwrap()),
        ("version", Value::Int(1)),
    ];
    sql += &place.insert("ledger_settings", &settings);
    let mut currency = kept(tenant, 0, "USD", now);
    currency.retain(|(name, _)| *name != "id");
    currency.push(("scale", Value::Int(2)));
    sql += &place.insert("currency", &currency);
    let mut rate = kept(tenant, 300, "", now);
    rate.retain(|(name, _)| !["code", "name_en", "active"].contains(name));
    let of_day = [
        ("currency", "USD".into()),
        ("rate_date", day("2025-01-01").into()),
        ("rate", Rate::parse("3.75").unwrap().into()),
    ];
    rate.extend(of_day);
    sql += &place.insert("exchange_rate", &rate);
    place.run(&sql).await.unwrap();
}
