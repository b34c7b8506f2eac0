//! Rows of entries and lines, written in one place: by one posting, or by an import of thousands.

use application::accounting::ports::journal_entries::EntryMeta;
use domain::accounting::journal_entry::{EntryHeader, PostedEntry, PostedLine};

use crate::sql::bulk::Bulk;
use crate::sql::value::{Kind, Value};

pub static HEADER_INSERT: Bulk = Bulk::new(
    "accounting.journal_entry.insert_posted",
    "journal_entry",
    &[
        ("tenant_id", Kind::Id),
        ("id", Kind::Id),
        ("journal_id", Kind::Id),
        ("kind", Kind::Text(20)),
        ("status", Kind::Text(20)),
        ("number", Kind::Text(60)),
        ("posting_date", Kind::Date),
        ("document_date", Kind::Date),
        ("reverse_on", Kind::Date),
        ("fiscal_period_id", Kind::Id),
        ("currency", Kind::Text(3)),
        ("description", Kind::Text(500)),
        ("reference", Kind::Text(100)),
        ("notes", Kind::Text(2000)),
        ("control_reason", Kind::Text(500)),
        ("reason", Kind::Text(500)),
        ("total", Kind::Amount),
        ("line_count", Kind::Int),
        ("reverses_id", Kind::Id),
        ("recurring_entry_id", Kind::Id),
        ("copied_from_id", Kind::Id),
        ("source_kind", Kind::Text(30)),
        ("source_id", Kind::Id),
        ("source_part", Kind::Int),
        ("created_by", Kind::Id),
        ("posted_by", Kind::Id),
        ("created_at", Kind::Time),
        ("updated_at", Kind::Time),
        ("recorded_at", Kind::Time),
        ("chain_sequence", Kind::Int),
        ("hash", Kind::Hash),
        ("previous_hash", Kind::Hash),
        ("hash_version", Kind::Int),
        ("version", Kind::Int),
    ],
);
pub static LINE_INSERT: Bulk = Bulk::new(
    "accounting.ledger_line.insert",
    "ledger_line",
    &[
        ("tenant_id", Kind::Id),
        ("entry_id", Kind::Id),
        ("line_no", Kind::Int),
        ("account_id", Kind::Id),
        ("posting_date", Kind::Date),
        ("fiscal_period_id", Kind::Id),
        ("debit", Kind::Amount),
        ("credit", Kind::Amount),
        ("currency", Kind::Text(3)),
        ("currency_debit", Kind::Amount),
        ("currency_credit", Kind::Amount),
        ("rate", Kind::Rate),
        ("dimension_set_id", Kind::Id),
        ("description", Kind::Text(500)),
        ("party", Kind::Text(100)),
        ("due_date", Kind::Date),
        ("reference", Kind::Text(100)),
        ("tax_code", Kind::Text(50)),
        ("tax_base", Kind::Amount),
        ("rounding", Kind::Bool),
        ("recorded_at", Kind::Time),
    ],
);

/// The columns of [`LINE_INSERT`] for one line.
pub fn line_row(header: &EntryHeader, line: &PostedLine) -> Vec<Value> {
    vec![
        header.tenant_id.into(),
        header.id.into(),
        line.line_no.into(),
        line.account.into(),
        header.posting_date.into(),
        header.fiscal_period_id.into(),
        line.debit.into(),
        line.credit.into(),
        line.currency.into(),
        line.currency_debit.into(),
        line.currency_credit.into(),
        line.rate.into(),
        line.dimension_set.into(),
        line.details.description.as_deref().into(),
        line.details.party.as_deref().into(),
        line.details.due_date.into(),
        line.details.reference.as_deref().into(),
        line.details.tax_code.as_deref().into(),
        line.details.tax_base.into(),
        line.rounding.into(),
        header.recorded_at.into(),
    ]
}

pub static BULKS: &[&Bulk] = &[&HEADER_INSERT, &LINE_INSERT];

/// The columns of [`HEADER_INSERT`] for one posted entry.
pub fn header_row(entry: &PostedEntry, meta: &EntryMeta) -> Vec<Value> {
    let header = entry.header();
    let origin = &header.origin;
    vec![
        header.tenant_id.into(),
        header.id.into(),
        header.journal_id.into(),
        header.kind.as_str().into(),
        entry.status().as_str().into(),
        header.number.as_str().into(),
        header.posting_date.into(),
        header.document_date.into(),
        meta.reverse_on.into(),
        header.fiscal_period_id.into(),
        header.currency.into(),
        header.description.as_deref().into(),
        header.reference.as_deref().into(),
        meta.notes.as_deref().into(),
        header.control_reason.as_deref().into(),
        origin.reason.as_deref().into(),
        entry.total().into(),
        line_count(entry.lines().len()),
        header.reverses.into(),
        origin.recurring_entry_id.into(),
        origin.copied_from.into(),
        header.source.map(|source| source.kind.as_str()).into(),
        header.source.map(|source| source.id).into(),
        header.source.map(|source| source.part).into(),
        origin.created_by.into(),
        origin.posted_by.into(),
        origin.created_at.into(),
        header.recorded_at.into(),
        header.recorded_at.into(),
        header.chain_sequence.into(),
        (*entry.hash()).into(),
        (*entry.previous_hash()).into(),
        header.hash_version.number().into(),
        Value::Int(1),
    ]
}

pub fn line_count(count: usize) -> Value {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}
