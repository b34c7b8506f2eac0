//! How the lines of a draft are stored: one JSON document, written and replaced as a whole.

use application::ports::storage_error::{StorageError, StorageResult};
use chrono::NaiveDate;
use domain::accounting::dimension::DimensionCombination;
use domain::accounting::journal_entry::{LineAmount, LineDetails, NewLine};
use domain::ids::{AccountId, DimensionId, DimensionSetId, DimensionValueId};
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

pub fn write(lines: &[NewLine]) -> StorageResult<String> {
    let lines: Vec<Line> = lines.iter().map(to_document).collect();
    serde_json::to_string(&lines).map_err(|error| StorageError::Internal(format!("draft document: {error}")))
}

pub fn read(text: &str) -> StorageResult<Vec<NewLine>> {
    let corrupt = |detail| StorageError::Corrupt { table: "journal_entry_draft", column: "document", detail };
    let lines: Vec<Line> = serde_json::from_str(text).map_err(|error| corrupt(error.to_string()))?;
    lines.into_iter().map(|line| from_document(line).map_err(corrupt)).collect()
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
