//! How the lines of a draft are stored: one JSON document, written and replaced as a whole.

use application::ports::storage_error::{StorageError, StorageResult};
use chrono::NaiveDate;
use domain::accounting::dimension::DimensionCombination;
use domain::accounting::journal_entry::{LineAmount, LineDetails, NewLine};
use domain::ids::{AccountId, DimensionId, DimensionSetId, DimensionValueId, UserId};
use domain::money::{Amount, CurrencyCode, Rate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One line; short names, because a draft may have ten thousand of them. Amounts are scaled integers.
#[derive(Serialize, Deserialize)]
struct Line {
    a: Uuid,
    /// Positive on the debit side, negative on the credit side.
    m: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    c: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    k: Option<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    d: Vec<(Uuid, Uuid)>,
    #[serde(default, skip_serializing_if = "Uuid::is_nil")]
    s: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    t: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    p: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    u: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    f: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    b: Option<i64>,
}

/// The document of a draft: its lines, or with them everybody beside its creator who wrote some of it.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Document {
    Lines(Vec<Line>),
    Changed { l: Vec<Line>, e: Vec<Uuid> },
}

pub fn write_draft(lines: &[NewLine], changed_by: &[UserId]) -> StorageResult<String> {
    if changed_by.is_empty() {
        return write(lines);
    }
    let e = changed_by.iter().map(|user| user.uuid()).collect();
    to_text(&Document::Changed { l: lines.iter().map(to_document).collect(), e })
}

pub fn write(lines: &[NewLine]) -> StorageResult<String> {
    to_text(&Document::Lines(lines.iter().map(to_document).collect()))
}

fn to_text(document: &Document) -> StorageResult<String> {
    serde_json::to_string(document)
        .map_err(|error| StorageError::Internal(format!("draft document: {error}")))
}

pub fn read(text: &str) -> StorageResult<Vec<NewLine>> {
    Ok(read_draft(text)?.0)
}

/// The lines, and everybody beside the creator who wrote some of the draft.
pub fn read_draft(text: &str) -> StorageResult<(Vec<NewLine>, Vec<UserId>)> {
    let corrupt = |detail| StorageError::Corrupt { table: "journal_entry_draft", column: "document", detail };
    let document = serde_json::from_str(text).map_err(|error| corrupt(error.to_string()))?;
    let (lines, changed_by) = match document {
        Document::Lines(lines) => (lines, Vec::new()),
        Document::Changed { l, e } => (l, e),
    };
    let lines: StorageResult<_> =
        lines.into_iter().map(|line| from_document(line).map_err(corrupt)).collect();
    Ok((lines?, changed_by.into_iter().map(Into::into).collect()))
}

fn to_document(line: &NewLine) -> Line {
    let amount = line.amount.amount().scaled();
    Line {
        a: line.account.uuid(),
        m: if matches!(line.amount, LineAmount::Debit(_)) { amount } else { -amount },
        c: line.currency.map(|code| code.to_string()),
        r: line.rate.map(Rate::scaled),
        k: line.company_amount.map(Amount::scaled),
        d: line.dimensions.pairs().iter().map(|(d, v)| (d.uuid(), v.uuid())).collect(),
        s: line.dimension_set.uuid(),
        t: line.details.description.clone(),
        p: line.details.party.clone(),
        u: line.details.due_date,
        f: line.details.reference.clone(),
        x: line.details.tax_code.clone(),
        b: line.details.tax_base.map(Amount::scaled),
    }
}

fn from_document(line: Line) -> Result<NewLine, String> {
    let currency = line.c.map(|code| CurrencyCode::parse(&code).map_err(|_| code)).transpose()?;
    let pairs = line.d.into_iter().map(|(d, v)| (DimensionId::new(d), DimensionValueId::new(v))).collect();
    let amount = LineAmount::from_balance(Amount::from_scaled(line.m)).ok_or("an amount of zero")?;
    Ok(NewLine {
        account: AccountId::new(line.a),
        amount,
        currency,
        rate: line.r.map(Rate::from_scaled),
        company_amount: line.k.map(Amount::from_scaled),
        dimensions: DimensionCombination::new(pairs).map_err(|violation| violation.def.code.to_owned())?,
        dimension_set: DimensionSetId::new(line.s),
        details: LineDetails {
            description: line.t,
            party: line.p,
            due_date: line.u,
            reference: line.f,
            tax_code: line.x,
            tax_base: line.b.map(Amount::from_scaled),
        },
    })
}
