//! Payment terms in SQL. Their lines are a document in the row.

use application::ports::storage_error::StorageResult;
use domain::money::Percentage;
use domain::parties::payment_term::{
    DiscountBasis, DueFrom, PaymentTerm, TermDiscount, TermLine, TermLines, TermShare,
};
use serde::{Deserialize, Serialize};

use crate::persistence::table::Column;
use crate::sql::value::{Columns, Value};
use crate::{table, word_column};

word_column!(DiscountBasis);

table! {
    PaymentTerm in "parties", "payment_term" by id;
    columns { code, name: [name_ar, name_en], discount_basis, partial_discount, lines }
    search { code, name }
    unique code
    used by {
        "parties": "SELECT {first} 1 FROM party WHERE tenant_id = ?1 AND customer_payment_term_id = ?2 {only}",
        "parties" ("suppliers"):
            "SELECT {first} 1 FROM party WHERE tenant_id = ?1 AND supplier_payment_term_id = ?2 {only}",
    }
}

/// A line as it is stored. Without a percentage it takes the rest.
#[derive(Serialize, Deserialize)]
struct StoredLine {
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<String>,
    days: u32,
    from: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<(String, u32)>,
}

impl StoredLine {
    fn of(line: &TermLine) -> Self {
        Self {
            percent: match line.share {
                TermShare::Percent(percent) => Some(percent.to_string()),
                TermShare::Rest => None,
            },
            days: line.due_days,
            from: line.from.to_string(),
            day: line.day_of_month,
            discount: line.discount.map(|discount| (discount.percent.to_string(), discount.days)),
        }
    }

    fn line(self) -> Option<TermLine> {
        let percent = |text: &str| Percentage::parse(text).ok();
        let discount = match self.discount {
            Some((text, days)) => Some(TermDiscount { percent: percent(&text)?, days }),
            None => None,
        };
        let share = match self.percent {
            Some(text) => TermShare::Percent(percent(&text)?),
            None => TermShare::Rest,
        };
        let from = DueFrom::parse(&self.from).ok()?;
        Some(TermLine { share, due_days: self.days, from, day_of_month: self.day, discount })
    }
}

impl Column for TermLines {
    fn put(&self, values: &mut Vec<Value>) {
        let lines: Vec<StoredLine> = self.iter().map(StoredLine::of).collect();
        values.push(serde_json::json!(lines).to_string().into());
    }
    fn take(columns: &mut Columns, _: &[&'static str]) -> StorageResult<Self> {
        columns.parse("lines", |text| {
            let stored: Vec<StoredLine> = serde_json::from_str(text).ok()?;
            Self::new(stored.into_iter().map(StoredLine::line).collect::<Option<_>>()?).ok()
        })
    }
}
