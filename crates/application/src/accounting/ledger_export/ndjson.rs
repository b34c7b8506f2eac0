//! One entry a line, with everything that its hash covers: the chain can be recomputed from the export alone
//! (`docs/INTEGRITY.md`).

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use domain::accounting::journal_entry::EntrySource;
use domain::ids::{AccountId, DimensionId, DimensionValueId, JournalId, TenantId};
use serde::Serialize;
use uuid::Uuid;

use super::{Context, Writer, missing};
use crate::accounting::ports::ledger_export::{ExportedHeader, ExportedLine};
use crate::accounting::views::journal_entry_build::hex;
use crate::error::{AppError, AppResult};

pub struct NdJson {
    tenant: TenantId,
    accounts: HashMap<AccountId, String>,
    journals: HashMap<JournalId, String>,
    /// The entry is open, and whether it has a line already.
    open: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    tenant_id: Uuid,
    id: Uuid,
    journal_id: Uuid,
    journal: &'a str,
    number: &'a str,
    kind: &'static str,
    posting_date: NaiveDate,
    document_date: Option<NaiveDate>,
    fiscal_period_id: Uuid,
    currency: String,
    description: Option<&'a str>,
    reference: Option<&'a str>,
    control_reason: Option<&'a str>,
    reason: Option<&'a str>,
    reverses_id: Option<Uuid>,
    reversed_by_id: Option<Uuid>,
    recurring_entry_id: Option<Uuid>,
    copied_from_id: Option<Uuid>,
    source: Option<Source>,
    created_at: String,
    created_by: Option<Uuid>,
    posted_by: Option<Uuid>,
    recorded_at: String,
    chain_sequence: i64,
    previous_hash: String,
    hash: String,
    hash_version: u8,
    company_currency: String,
}

/// The document that an entry was made for, with everything that the hash covers.
#[derive(Serialize)]
struct Source {
    #[serde(rename = "type")]
    kind: &'static str,
    id: Uuid,
    part: u32,
}

impl From<EntrySource> for Source {
    fn from(source: EntrySource) -> Self {
        Self { kind: source.kind.as_str(), id: source.id, part: source.part }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    line_no: u32,
    account: &'a str,
    account_id: Uuid,
    debit: String,
    credit: String,
    currency: String,
    currency_debit: String,
    currency_credit: String,
    rate: String,
    dimension_set_id: Uuid,
    dimensions: Option<&'a BTreeMap<String, String>>,
    dimension_values: Vec<DimensionValue>,
    description: Option<&'a str>,
    party: Option<&'a str>,
    due_date: Option<NaiveDate>,
    reference: Option<&'a str>,
    tax_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_base: Option<String>,
    rounding: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DimensionValue {
    dimension_id: Uuid,
    value_id: Uuid,
}

impl NdJson {
    pub fn new(tenant: TenantId, context: &Context) -> Self {
        let books = &context.books;
        let accounts = books.accounts.iter().map(|account| (account.id, account.code.clone())).collect();
        Self { tenant, accounts, journals: books.journals.iter().cloned().collect(), open: None }
    }

    fn header(&self, context: &Context, header: &ExportedHeader, out: &mut Vec<u8>) -> AppResult<()> {
        let entry = &header.entry;
        let journal = self.journals.get(&entry.journal_id).ok_or_else(|| missing("journal"))?;
        let shown = Entry {
            tenant_id: self.tenant.uuid(),
            id: entry.id.uuid(),
            journal_id: entry.journal_id.uuid(),
            journal,
            number: &entry.number,
            kind: entry.kind.as_str(),
            posting_date: entry.posting_date,
            document_date: entry.document_date,
            fiscal_period_id: entry.fiscal_period_id.uuid(),
            currency: entry.currency.to_string(),
            description: entry.description.as_deref(),
            reference: entry.reference.as_deref(),
            control_reason: entry.control_reason.as_deref(),
            reason: entry.origin.reason.as_deref(),
            reverses_id: entry.reverses.map(|id| id.uuid()),
            reversed_by_id: header.reversed_by.map(|id| id.uuid()),
            recurring_entry_id: entry.origin.recurring_entry_id.map(|id| id.uuid()),
            copied_from_id: entry.origin.copied_from.map(|id| id.uuid()),
            source: entry.source.map(Source::from),
            created_at: entry.origin.created_at.to_string(),
            created_by: entry.origin.created_by.map(|id| id.uuid()),
            posted_by: entry.origin.posted_by.map(|id| id.uuid()),
            recorded_at: entry.recorded_at.to_string(),
            chain_sequence: entry.chain_sequence,
            previous_hash: hex(&header.previous_hash),
            hash: hex(&header.hash),
            hash_version: entry.hash_version.number(),
            company_currency: context.books.company.code.to_string(),
        };
        write(out, &shown)?;
        // The lines follow inside the same object, without its being held in memory.
        out.pop();
        out.extend_from_slice(b",\"lines\":[");
        Ok(())
    }
}

impl Writer for NdJson {
    fn begin(&mut self, _: &Context, _: &mut Vec<u8>) -> AppResult<()> {
        Ok(())
    }

    fn line(&mut self, context: &Context, exported: &ExportedLine, out: &mut Vec<u8>) -> AppResult<()> {
        if let Some(header) = &exported.header {
            self.end(out);
            self.header(context, header, out)?;
            self.open = Some(false);
        }
        if self.open == Some(true) {
            out.push(b',');
        }
        self.open = Some(true);
        let line = &exported.line;
        let company = context.books.company.code;
        let shown = Line {
            line_no: line.line_no,
            account: self.accounts.get(&line.account).ok_or_else(|| missing("account"))?,
            account_id: line.account.uuid(),
            debit: context.amount(line.debit, company),
            credit: context.amount(line.credit, company),
            currency: line.currency.to_string(),
            currency_debit: context.amount(line.currency_debit, line.currency),
            currency_credit: context.amount(line.currency_credit, line.currency),
            rate: line.rate.to_string(),
            dimension_set_id: line.dimension_set.uuid(),
            dimensions: context.dimensions(line.dimension_set),
            dimension_values: context.dimension_values(line.dimension_set).iter().map(value).collect(),
            description: line.details.description.as_deref(),
            party: line.details.party.as_deref(),
            due_date: line.details.due_date,
            reference: line.details.reference.as_deref(),
            tax_code: line.details.tax_code.as_deref(),
            tax_base: line.details.tax_base.map(|base| context.amount(base, line.currency)),
            rounding: line.rounding,
        };
        write(out, &shown)
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        if self.open.take().is_some() {
            out.extend_from_slice(b"]}\n");
        }
    }
}

fn value((dimension, value): &(DimensionId, DimensionValueId)) -> DimensionValue {
    DimensionValue { dimension_id: dimension.uuid(), value_id: value.uuid() }
}

fn write<T: Serialize>(out: &mut Vec<u8>, value: &T) -> AppResult<()> {
    serde_json::to_writer(out, value).map_err(|error| AppError::internal(format!("export: {error}")))
}
