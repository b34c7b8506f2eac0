//! The note of a discount for early payment (R106): it lowers VAT as the document charged it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::documents::discount::{Discounted, spread_early_discount};
use domain::documents::document_type::TradeSide;
use domain::documents::note::NoteKind;
use domain::error::Violation;
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount};
use serde_json::{Value, json};

use super::notes::post_discount_note;
use super::ports::StoredDocument;
use super::trade::{NewPurchaseCreditNote, NewSalesCreditNote};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// The reason stated on the note.
const REASON: &str = "خصم السداد المبكر / Discount for early payment";

/// A discount on a posted invoice or bill.
pub struct EarlyDiscountNote<'a> {
    pub document: &'a StoredDocument,
    /// The discount with VAT, in the currency of the document.
    pub amount: Amount,
    pub scale: u8,
    pub date: NaiveDate,
}

/// The sum of the lines with one tax code and the same dimensions.
struct Part<'a> {
    code: &'a str,
    /// `None` for charges, which have none.
    dimensions: Option<&'a BTreeMap<String, String>>,
    sum: Discounted,
}

impl EarlyDiscountNote<'_> {
    /// Posts the note and answers it as it is kept.
    pub async fn post(self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<StoredDocument> {
        let too_large = || AppError::new(Violation::new(&AMOUNT_OUT_OF_RANGE));
        let parts = self.parts().ok_or_else(too_large)?;
        let sums: Vec<_> = parts.iter().map(|part| part.sum).collect();
        let groups = self.groups().ok_or_else(too_large)?;
        let shares = spread_early_discount(self.amount, &groups, &sums, self.scale).ok_or_else(too_large)?;
        let line = |(part, share): (&Part<'_>, Amount)| {
            json!({
                "description": REASON,
                "quantity": "1",
                "unitPrice": share.display(self.scale),
                "taxCode": part.code,
                "dimensions": part.dimensions,
            })
        };
        let shares = parts.iter().zip(shares).filter(|(_, share)| share.is_positive());
        let body = json!({
            "correctsId": self.document.id.uuid(),
            "kind": NoteKind::EarlyDiscount.as_str(),
            "reason": REASON,
            "documentDate": self.date,
            "postingDate": self.date,
            "pricesIncludeVat": true,
            "lines": shares.map(line).collect::<Vec<Value>>(),
        });
        match self.document.document_type.side() {
            TradeSide::Sale => post_discount_note::<NewSalesCreditNote>(ctx, uow, body.to_string()).await,
            TradeSide::Purchase => {
                post_discount_note::<NewPurchaseCreditNote>(ctx, uow, body.to_string()).await
            }
        }
    }

    /// The total of each tax group with VAT.
    fn groups(&self) -> Option<Vec<Amount>> {
        let gross =
            |taxable: &str, vat: &str| Amount::parse(taxable).ok()?.checked_add(Amount::parse(vat).ok()?);
        self.document.view.tax_groups.iter().map(|group| gross(&group.taxable, &group.vat)).collect()
    }

    fn parts(&self) -> Option<Vec<Part<'_>>> {
        let view = &self.document.view;
        let group_of = |category: &str, rate: &str| {
            view.tax_groups.iter().position(|group| group.category == category && group.rate == rate)
        };
        let mut parts: Vec<Part<'_>> = Vec::new();
        let mut add = |group: usize, code, dimensions, gross: &str| {
            let gross = Amount::parse(gross).ok()?;
            match parts.iter_mut().find(|part| part.code == code && part.dimensions == dimensions) {
                Some(part) => part.sum.gross = part.sum.gross.checked_add(gross)?,
                None => parts.push(Part { code, dimensions, sum: Discounted { group, gross } }),
            }
            Some(())
        };
        for line in &self.document.lines {
            let group = group_of(&line.tax_category, &line.tax_rate)?;
            add(group, &line.tax_code, Some(&line.dimensions), &line.gross)?;
        }
        for charge in &view.charges {
            let group = group_of(&charge.tax_category, &charge.tax_rate).unwrap_or_default();
            add(group, &charge.tax_code, None, &charge.gross)?;
        }
        Some(parts)
    }
}
