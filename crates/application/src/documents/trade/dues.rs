//! When a document falls due (R47).

use domain::documents::posting::Due;
use domain::error::Violations;
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount};
use domain::parties::payment_term::{PaymentTerm, TermDates};
use domain::settlement::early_discount::EarlyDiscount;

use super::header::Dates;
use super::input::Input;
use crate::changes::unknown_reference;
use crate::documents::views::DocumentDueView;
use crate::error::AppResult;
use crate::master_data::Records;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

/// The instalments as they are posted and as they are shown.
#[derive(Debug, Clone, Default)]
pub struct Dues {
    pub dues: Vec<Due>,
    pub views: Vec<DocumentDueView>,
}

/// The terms that a document names, or those of its party. A note has none: it is due at once.
pub(super) async fn terms(
    uow: &mut dyn UnitOfWork,
    input: &Input<'_>,
    of_party: Option<domain::parties::payment_term::PaymentTermId>,
    is_note: bool,
    violations: &mut Violations,
) -> AppResult<Option<PaymentTerm>> {
    let named = input.payment_term.clone();
    let Some(reference) = named.clone().or(of_party.map(Reference::Id).filter(|_| !is_note)) else {
        return Ok(None);
    };
    let (id, at) = match &reference {
        Reference::Id(id) => (Some(*id), "/paymentTermId"),
        Reference::Code(code) => (Records::<PaymentTerm>::by_code(uow, (), code).await?, "/paymentTermCode"),
    };
    let found = match id {
        Some(id) => Records::<PaymentTerm>::find(uow, id).await?,
        None => None,
    };
    if found.is_none() && named.is_some() {
        let value = match reference {
            Reference::Id(id) => id.to_string(),
            Reference::Code(code) => code,
        };
        violations.push(unknown_reference(at, "payment_term", value));
    }
    Ok(found.map(|stored| stored.value))
}

impl Dues {
    /// The instalments of what is payable, of which `net` is without VAT.
    pub(super) fn of(
        (payable, net): (Amount, Amount),
        input: &Input<'_>,
        terms: Option<&PaymentTerm>,
        dates: Dates,
        scale: u8,
        violations: &mut Violations,
    ) -> Self {
        if !payable.is_positive() {
            return Self::default();
        }
        let Some(terms) = terms.filter(|_| input.due_date.is_none()) else {
            return Self::once(payable, input.due_date.unwrap_or(dates.document), scale);
        };
        let dates = TermDates { document: dates.document, delivery: dates.supply };
        let Some(instalments) = terms.instalments(payable, net.min(payable), dates, scale) else {
            violations.push(domain::error::Violation::new(&AMOUNT_OUT_OF_RANGE));
            return Self::default();
        };
        let due = |part: &domain::parties::payment_term::Instalment| Due {
            amount: part.amount,
            date: part.due_date,
            discount: part.discount.as_ref().map(|discount| EarlyDiscount {
                until: discount.until,
                amount: discount.amount,
                partial: discount.partial,
            }),
        };
        let view = |part: &domain::parties::payment_term::Instalment| DocumentDueView {
            amount: part.amount.display(scale),
            due_date: part.due_date,
            discount_until: part.discount.as_ref().map(|discount| discount.until),
            discount_amount: part.discount.as_ref().map(|discount| discount.amount.display(scale)),
        };
        Self { dues: instalments.iter().map(due).collect(), views: instalments.iter().map(view).collect() }
    }

    fn once(amount: Amount, date: chrono::NaiveDate, scale: u8) -> Self {
        let view = DocumentDueView {
            amount: amount.display(scale),
            due_date: date,
            discount_until: None,
            discount_amount: None,
        };
        Self { dues: vec![Due { amount, date, discount: None }], views: vec![view] }
    }
}
