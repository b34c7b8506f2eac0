//! Each rule of posting, refused and accepted.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::*;
use crate::accounting::account::{AccountFacts, AccountType, ControlKind};
use crate::accounting::dimension::{
    AccountSelector, DimensionCombination, DimensionRule, DimensionRuleKind, DimensionTree,
};
use crate::accounting::fiscal_period::{FiscalPeriodKind, FiscalPeriodStatus, PeriodFacts};
use crate::accounting::hash_chain::{DimensionSets, GENESIS};
use crate::accounting::journal::JournalKind;
use crate::accounting::lock::{LockKind, Locks};
use crate::error::{ErrorDef, Violation};
use crate::ids::*;
use crate::money::{Amount, Currency, CurrencyCode, Rate};
use crate::time::{Timestamp, parse_date};

mod control;
mod money;
mod periods;
mod reversals;

pub(super) const CASH: u128 = 1;
pub(super) const SALES: u128 = 2;
pub(super) const ROUNDING: u128 = 3;
pub(super) const RECEIVABLE: u128 = 4;
pub(super) const HEADING: u128 = 5;
pub(super) const INACTIVE: u128 = 6;
pub(super) const USD_BANK: u128 = 7;
pub(super) const VAT: u128 = 8;

pub(super) fn account(n: u128) -> AccountId {
    AccountId::new(Uuid::from_u128(n))
}
pub(super) fn code(text: &str) -> CurrencyCode {
    CurrencyCode::parse(text).unwrap()
}
pub(super) fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}
pub(super) fn rate(text: &str) -> Rate {
    Rate::parse(text).unwrap()
}
pub(super) fn day(text: &str) -> NaiveDate {
    parse_date(text).unwrap()
}
pub(super) fn entry_id(n: u128) -> JournalEntryId {
    JournalEntryId::new(Uuid::from_u128(n))
}
pub(super) fn debit(n: u128, text: &str) -> NewLine {
    NewLine::new(account(n), LineAmount::Debit(amount(text)))
}
pub(super) fn credit(n: u128, text: &str) -> NewLine {
    NewLine::new(account(n), LineAmount::Credit(amount(text)))
}
pub(super) fn foreign(currency: &str, line: NewLine) -> NewLine {
    NewLine { currency: Some(code(currency)), ..line }
}

fn facts(n: u128) -> AccountFacts {
    let control = match n {
        RECEIVABLE => ControlKind::Receivable,
        VAT => ControlKind::Vat,
        _ => ControlKind::None,
    };
    AccountFacts {
        id: account(n),
        code: format!("{n}000"),
        is_posting: n != HEADING,
        active: n != INACTIVE,
        currency: (n == USD_BANK).then(|| code("USD")),
        control,
        requires_party: control.requires_party(),
        opens_lines: false,
        account_type: if n == SALES { AccountType::Income } else { AccountType::Asset },
    }
}

/// A tenant in riyals with dollars, dinars and yen, whose January 2026 is open.
pub(super) struct Books {
    pub currencies: HashMap<CurrencyCode, Currency>,
    pub inactive_currencies: HashSet<CurrencyCode>,
    pub accounts: HashMap<AccountId, AccountFacts>,
    pub rates: HashMap<CurrencyCode, Rate>,
    pub rounding_account: Option<AccountId>,
    pub dimension_rules: Vec<DimensionRule>,
    pub dimension_tree: DimensionTree,
    pub period: Option<PeriodFacts>,
    pub locks: Locks,
    pub journal_kind: JournalKind,
}

impl Books {
    pub fn new() -> Self {
        Self {
            currencies: ["USD", "KWD", "JPY", "EUR"].map(|c| (code(c), Currency::iso(code(c)))).into(),
            inactive_currencies: HashSet::new(),
            accounts: (1..=12).map(|n| (account(n), facts(n))).collect(),
            rates: [("USD", "3.755"), ("KWD", "12.2513"), ("JPY", "0.02419")]
                .map(|(c, r)| (code(c), rate(r)))
                .into(),
            rounding_account: Some(account(ROUNDING)),
            dimension_rules: Vec::new(),
            dimension_tree: DimensionTree::default(),
            period: Some(PeriodFacts {
                id: FiscalPeriodId::new(Uuid::from_u128(70)),
                start: day("2026-01-01"),
                end: day("2026-01-31"),
                kind: FiscalPeriodKind::Regular,
                status: FiscalPeriodStatus::Open,
            }),
            locks: Locks::default(),
            journal_kind: JournalKind::General,
        }
    }

    pub fn rules(&self) -> PostingRules<'_> {
        PostingRules {
            company: Currency::iso(code("SAR")),
            currencies: &self.currencies,
            inactive_currencies: &self.inactive_currencies,
            accounts: &self.accounts,
            rates: &self.rates,
            rounding_account: self.rounding_account,
            dimension_rules: &self.dimension_rules,
            dimension_tree: &self.dimension_tree,
            period: self.period.as_ref(),
            locks: &self.locks,
            exceptions: &[],
            user: UserId::new(Uuid::from_u128(60)),
            now: Timestamp::from_micros(0),
            journal_kind: self.journal_kind,
        }
    }

    pub fn validate(&self, lines: Vec<NewLine>) -> Result<ValidatedEntry, Vec<Violation>> {
        DraftEntry::new(content(lines), LINES_MAX).unwrap().validate(&self.rules())
    }

    pub fn post(&self, lines: Vec<NewLine>) -> PostedEntry {
        post(self.validate(lines).unwrap())
    }
}

pub(super) fn content(lines: Vec<NewLine>) -> NewEntry {
    NewEntry {
        id: entry_id(50),
        journal_id: JournalId::new(Uuid::from_u128(51)),
        kind: EntryKind::Standard,
        posting_date: day("2026-01-15"),
        document_date: None,
        currency: code("SAR"),
        description: Some("Sale".to_owned()),
        reference: None,
        control_reason: None,
        reverses: None,
        lines,
    }
}

pub(super) fn post(entry: ValidatedEntry) -> PostedEntry {
    let tenant_id = TenantId::new(Uuid::from_u128(40));
    let chain = ChainLink { tenant_id, sequence: 1, previous_hash: GENESIS };
    let now = Timestamp::from_micros(1_700_000_000_000_000);
    let origin = EntryOrigin {
        created_at: now,
        created_by: None,
        posted_by: None,
        recurring_entry_id: None,
        copied_from: None,
        reason: entry.reversal_reason().map(str::to_owned),
    };
    entry.post("GJ-2026-000001".to_owned(), now, chain, origin, &DimensionSets::new())
}

pub(super) fn said<T: std::fmt::Debug>(result: Result<T, Vec<Violation>>) -> Vec<(&'static str, String)> {
    result.unwrap_err().into_iter().map(|v| (v.def.code, v.pointer)).collect()
}

pub(super) fn only(def: &'static ErrorDef, pointer: &str) -> Vec<(&'static str, String)> {
    vec![(def.code, pointer.to_owned())]
}
