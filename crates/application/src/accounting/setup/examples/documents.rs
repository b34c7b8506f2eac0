//! Invoices, bills and money of the example company, and its first VAT return: documents like any other.

use std::collections::{HashMap, VecDeque};

use chrono::{Datelike, NaiveDate};
use domain::money::{Amount, CurrencyCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::parties::{SUPPLIER_OF_SERVICES, WALK_IN};
use super::plan::{Kind, Line, Planned};
use crate::command::Command;
use crate::context::RequestContext;
use crate::documents::DocumentBody;
use crate::documents::commands::CreateDocument;
use crate::documents::money::{NewPayment, NewReceipt};
use crate::documents::trade::{NewPurchaseInvoice, NewSalesInvoice};
use crate::documents::views::DocumentView;
use crate::error::{AppError, AppResult};
use crate::tax::vat_returns::create::CreateVatReturn;
use crate::tax::vat_returns::file::FileVatReturn;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{Kept, RequiredText, parse_body};

/// Posts the plan's documents and remembers what each party owes or is owed.
#[derive(Default)]
pub struct Documents {
    of_parties: HashMap<&'static str, VecDeque<(Uuid, Amount)>>,
    bills: u32,
}

impl Documents {
    /// Posts a document, and answers how many entries it made; `None` where the plan has an entry by hand.
    pub async fn post(
        &mut self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        (planned, date): (&Planned, NaiveDate),
        foreign: CurrencyCode,
    ) -> AppResult<Option<u32>> {
        let body = Body { planned, date, foreign };
        let made = match planned.kind {
            Kind::Entry => return Ok(None),
            Kind::Invoice => {
                let view = create::<NewSalesInvoice>(ctx, uow, body.sale(body.party()?)?).await?;
                self.owes(body.party()?, &view)?;
                1
            }
            Kind::CashSale => {
                let mut sale = body.sale(WALK_IN)?;
                sale["payment"] = json!({ "method": "cash" });
                create::<NewSalesInvoice>(ctx, uow, sale).await?;
                2
            }
            Kind::Bill(tax_code) => {
                let bill = self.bill(&body, body.party()?, tax_code)?;
                let view = create::<NewPurchaseInvoice>(ctx, uow, bill).await?;
                self.owes(body.party()?, &view)?;
                1
            }
            Kind::PaidBill => {
                let bill = self.bill(&body, SUPPLIER_OF_SERVICES, "P15")?;
                let view = create::<NewPurchaseInvoice>(ctx, uow, bill).await?;
                let paid =
                    body.money(SUPPLIER_OF_SERVICES, &view.totals.total, &json!([{ "documentId": view.id }]));
                create::<NewPayment>(ctx, uow, paid).await?;
                2
            }
            Kind::Receipt | Kind::Payment => {
                let party = body.party()?;
                let amount = body.first()?.amount.to_string();
                let moved = body.money(party, &amount, &json!(self.settled(party, &amount)?));
                match planned.kind {
                    Kind::Receipt => create::<NewReceipt>(ctx, uow, moved).await?,
                    _ => create::<NewPayment>(ctx, uow, moved).await?,
                };
                1
            }
        };
        Ok(Some(made))
    }

    fn owes(&mut self, party: &'static str, document: &DocumentView) -> AppResult<()> {
        let open = Amount::parse(&document.totals.payable)?;
        self.of_parties.entry(party).or_default().push_back((document.id, open));
        Ok(())
    }

    /// The documents that the money settles, the oldest first.
    fn settled(&mut self, party: &str, amount: &str) -> AppResult<Vec<Value>> {
        let mut left = Amount::parse(amount)?;
        let mut settled = Vec::new();
        let Some(documents) = self.of_parties.get_mut(party) else { return Ok(settled) };
        while let Some((document, open)) = documents.front_mut().filter(|_| !left.is_zero()) {
            settled.push(json!({ "documentId": document }));
            let used = left.min(*open);
            let taken = |from: Amount| from.checked_sub(used).unwrap_or_default();
            (left, *open) = (taken(left), taken(*open));
            if open.is_zero() {
                documents.pop_front();
            }
        }
        Ok(settled)
    }

    fn bill(&mut self, body: &Body<'_>, party: &str, tax_code: &str) -> AppResult<Value> {
        self.bills += 1;
        let mut bill = body.trade(party, body.first()?, tax_code);
        bill["supplierNumber"] = json!(format!("{}-{:04}", body.date.year(), self.bills));
        Ok(bill)
    }
}

/// From the plan to the body of a document.
struct Body<'a> {
    planned: &'a Planned,
    date: NaiveDate,
    foreign: CurrencyCode,
}

impl Body<'_> {
    /// The line that says what was bought, sold or paid.
    fn first(&self) -> AppResult<&Line> {
        self.planned.lines.first().ok_or_else(|| AppError::internal("an example has no line"))
    }

    fn party(&self) -> AppResult<&'static str> {
        let party = self.planned.lines.iter().find_map(|line| line.party);
        party.ok_or_else(|| AppError::internal("an example names no party"))
    }

    /// An invoice of the line that is neither the customer's nor VAT.
    fn sale(&self, party: &str) -> AppResult<Value> {
        let income = self.planned.lines.iter().find(|line| line.account.starts_with('4'));
        let income = income.ok_or_else(|| AppError::internal("an example sells nothing"))?;
        Ok(self.trade(party, income, "S15"))
    }

    fn trade(&self, party: &str, line: &Line, tax_code: &str) -> Value {
        let dimensions: HashMap<&str, &str> = line.dimensions.iter().copied().collect();
        json!({
            "partyCode": party, "documentDate": self.date, "postingDate": self.date, "post": true,
            "currency": self.planned.foreign.then(|| self.foreign.to_string()),
            "lines": [{
                "description": format!("{} / {}", self.planned.ar, self.planned.en), "unitPrice": line.amount.to_string(),
                "taxCode": tax_code, "accountCode": line.account, "dimensions": dimensions,
            }],
        })
    }

    fn money(&self, party: &str, amount: &str, allocations: &Value) -> Value {
        json!({
            "partyCode": party, "documentDate": self.date, "amount": amount, "method": "bank_transfer", "post": true,
            "notes": format!("{} / {}", self.planned.ar, self.planned.en), "allocations": allocations,
        })
    }
}

async fn create<B: DocumentBody>(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    body: Value,
) -> AppResult<DocumentView> {
    let kept: Kept<B> = parse_body(body.to_string().as_bytes())?;
    Ok(CreateDocument(kept).run(ctx, uow).await?.output)
}

/// Files the return of the quarter in which the books begin, which ended long ago.
pub async fn file_first_return(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    start: NaiveDate,
) -> AppResult<()> {
    let quarter = format!("{}-Q{}", start.year(), start.month0() / 3 + 1);
    let create = CreateVatReturn {
        period: Some(RequiredText::of(&quarter)?),
        from: None,
        to: None,
        opening_credit: None,
        earlier_declared: false,
    };
    let prepared = create.run(ctx, uow).await?.output;
    let file =
        FileVatReturn { id: prepared.id.into(), reference: format!("EXAMPLE-{quarter}"), posting_date: None };
    file.run(ctx, uow).await.map(|_| ())
}
