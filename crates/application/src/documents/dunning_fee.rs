//! The invoice of a dunning fee (R109): in the scope of VAT or out of it, as its tax code says.

use chrono::NaiveDate;
use domain::items::item::ItemId;
use domain::money::Amount;
use domain::parties::party::PartyId;
use serde_json::json;

use super::DocumentBody;
use super::error::PARTY_BLOCKED;
use super::ports::{DocumentId, StoredDocument};
use super::steps::note_posted;
use super::trade::{NewSalesInvoice, post};
use crate::accounting::ports::books::Books;
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;
use crate::wire::Kept;

/// The description on the invoice.
const DESCRIPTION: &str = "رسوم مطالبة / Dunning fee";

/// A fee that a customer owes for being reminded.
pub struct DunningFeeInvoice<'a> {
    pub party: PartyId,
    pub date: NaiveDate,
    /// The fee without VAT, in the company currency; `None` is the price of the item.
    pub amount: Option<Amount>,
    pub item: Option<ItemId>,
    pub tax_code: Option<&'a str>,
}

impl DunningFeeInvoice<'_> {
    /// Posts the invoice and answers it as it is kept. Neither a block nor the credit limit keeps a customer who does not pay from
    /// owing the fee.
    pub async fn post(self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<StoredDocument> {
        let mut books = Books::open(ctx, uow).await?;
        let company = books.company;
        let mut line = json!({ "description": DESCRIPTION });
        if let Some(item) = self.item {
            line["itemId"] = json!(item.uuid());
        }
        if let Some(code) = self.tax_code {
            line["taxCode"] = json!(code);
        }
        let mut body = json!({
            "partyId": self.party.uuid(),
            "documentDate": self.date,
            "currency": company.code.as_str(),
        });
        if let Some(amount) = self.amount {
            line["unitPrice"] = json!(amount.display(company.scale));
            body["pricesIncludeVat"] = json!(false);
        }
        body["lines"] = json!([line]);
        let kept = Kept::<NewSalesInvoice>::read(body.to_string())?;
        let id = DocumentId::new(uow.new_id());
        let mut prepared = NewSalesInvoice::prepare(ctx, uow, &mut books, (id, None), &kept).await?;
        prepared.refusals.retain(|refused| refused.def != &PARTY_BLOCKED);
        prepared.credit = None;
        let scale = prepared.money.currency.scale;
        let invoice = post(ctx, uow, books, prepared, None).await?;
        note_posted(uow, &invoice, scale);
        Ok(invoice)
    }
}
