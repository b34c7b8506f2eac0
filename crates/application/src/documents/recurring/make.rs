//! The invoice of one occurrence, and the sample by which a template is checked.

use chrono::NaiveDate;
use domain::accounting::journal_entry::EXCHANGE_RATE_MISSING;
use domain::accounting::lock::LockKind;

use super::body::in_template;
use super::template::{InvoiceTemplate, InvoiceType, RecurringInvoice, TemplatePrices};
use crate::accounting::ports::books::Books;
use crate::context::RequestContext;
use crate::documents::ports::{DocumentId, StoredDocument};
use crate::documents::steps::{keep, note};
use crate::documents::trade::{NewPurchaseInvoice, NewSalesInvoice, Prepared};
use crate::documents::views::DocumentView;
use crate::documents::{DocumentBody, PreparedDocument};
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;
use crate::wire::{Kept, MergePatch, Patchable};

/// Makes the invoice of a date: a draft, and then its posting where that is ordered.
pub(super) async fn make(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    recurring: &RecurringInvoice,
    date: NaiveDate,
) -> AppResult<DocumentView> {
    match recurring.template.invoice_type {
        InvoiceType::SalesInvoice => make_of::<NewSalesInvoice>(ctx, uow, recurring, date).await,
        InvoiceType::PurchaseInvoice => make_of::<NewPurchaseInvoice>(ctx, uow, recurring, date).await,
    }
}

async fn make_of<B: DocumentBody>(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    recurring: &RecurringInvoice,
    date: NaiveDate,
) -> AppResult<DocumentView> {
    let id = DocumentId::new(uow.new_id());
    let mut books = Books::open(ctx, uow).await?;
    let kept = Kept::<B>::read(recurring.template.body_on(date, open_tax_date(&books, date)))?;
    let prepared = B::prepare(ctx, uow, &mut books, (id, None), &kept).await?;
    let scale = prepared.scale();
    let document = prepared.into_document();
    let view = DocumentView { recurring_invoice_id: Some(recurring.id.uuid()), ..document.view };
    let draft = keep(uow, StoredDocument { view, ..document }, None).await?;
    let view = note(uow, &draft, (None, scale), None, "created");
    if !recurring.auto_post {
        return Ok(DocumentView { lines: None, ..view });
    }
    let prepared = B::prepare(ctx, uow, &mut books, (id, Some(&draft)), &kept).await?;
    let view = kept.body.enter(ctx, uow, books, prepared, Some(&draft)).await?;
    Ok(DocumentView { lines: None, ..view })
}

/// The first day that the tax lock leaves open, where it covers the date of an occurrence that is late (R67).
fn open_tax_date(books: &Books, date: NaiveDate) -> Option<NaiveDate> {
    books
        .locks
        .through(LockKind::Tax)
        .filter(|through| date <= *through)
        .and_then(|through| through.succ_opt())
}

/// Checks a template on its next date and completes it with what only the books know: the party, and prices that are fixed.
pub(super) async fn check(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    recurring: &mut RecurringInvoice,
) -> AppResult<()> {
    let date = recurring.next_date.unwrap_or(recurring.recurrence.start());
    let template = &recurring.template;
    let prepared = match template.invoice_type {
        InvoiceType::SalesInvoice => sample::<NewSalesInvoice>(ctx, uow, template, date).await,
        InvoiceType::PurchaseInvoice => sample::<NewPurchaseInvoice>(ctx, uow, template, date).await,
    };
    let prepared =
        prepared.map_err(|refused| AppError { violations: in_template(refused.violations), ..refused })?;
    if recurring.auto_post && !prepared.refusals.is_empty() {
        return Err(in_template(prepared.refusals).into());
    }
    recurring.template.party = prepared.document.party;
    if recurring.template.prices == TemplatePrices::Fixed {
        recurring.template.body = recurring.template.with_prices_of(&prepared.document.lines);
    }
    Ok(())
}

/// An invoice of the date that nobody keeps. A rate may come before the date does, so a missing one is none.
async fn sample<B: DocumentBody<Prepared = Prepared> + Patchable>(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    template: &InvoiceTemplate,
    date: NaiveDate,
) -> AppResult<Prepared> {
    let id = DocumentId::new(uow.new_id());
    let mut books = Books::open(ctx, uow).await?;
    let body = template.body_on(date, None);
    let kept = Kept::<B>::read(body.clone())?;
    let only_rate = |refused: &AppError| {
        !refused.violations.is_empty()
            && refused.violations.iter().all(|one| one.def == &EXCHANGE_RATE_MISSING)
    };
    match B::prepare(ctx, uow, &mut books, (id, None), &kept).await {
        Err(refused) if only_rate(&refused) => {
            let rated = MergePatch::<B>::of_known(r#"{"rate":"1"}"#.to_owned()).apply(&body)?;
            B::prepare(ctx, uow, &mut books, (id, None), &rated).await
        }
        prepared => prepared,
    }
}
