//! Recurring invoices: templates that become invoices or bills when they fall due, exactly once each (R84).

mod body;
mod create;
mod make;
pub mod ports;
pub mod template;
mod update;
pub mod views;

pub use body::TemplateBody;
pub use create::CreateRecurringInvoice;
pub use update::UpdateRecurringInvoice;

use async_trait::async_trait;
use chrono::NaiveDate;
use uuid::Uuid;

use self::template::{InvoiceTemplate, InvoiceType, RecurringInvoice};
use self::views::{RecurringInvoiceRunView, RecurringInvoiceSkipView, RecurringInvoiceView};
use super::ports::DocumentStatus;
use super::steps::may_post;
use super::trade::{NewPurchaseInvoice, NewSalesInvoice};
use super::views::DocumentView;
use super::{DocumentBody, DocumentNames};
use crate::accounting::ports::recurring::{RecurringRepository, StoredRecurring};
use crate::accounting::recurring::{Ran, RecurringNames, Recurs, recurring_names};
use crate::authorize::{self, Access, Permission};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

const SALE: DocumentNames = <NewSalesInvoice as DocumentBody>::NAMES;
const PURCHASE: DocumentNames = <NewPurchaseInvoice as DocumentBody>::NAMES;

impl InvoiceType {
    const fn names(self) -> DocumentNames {
        match self {
            Self::SalesInvoice => SALE,
            Self::PurchaseInvoice => PURCHASE,
        }
    }
}

#[async_trait]
impl Recurs for InvoiceTemplate {
    const NAMES: RecurringNames = recurring_names!(
        "documents",
        "recurring_invoice",
        "recurring_invoices",
        "recurring_invoice_occurrence",
        "recurring-invoices",
        RecurringInvoice,
        ["sales invoices", "purchase invoices"]
    );
    type Made = DocumentView;
    type Run = RecurringInvoiceRunView;
    type Skip = RecurringInvoiceSkipView;
    type Scope = ();

    fn records(uow: &mut dyn UnitOfWork) -> &mut dyn RecurringRepository<Self> {
        uow.recurring_invoices()
    }

    async fn open(_: &RequestContext, _: &mut dyn UnitOfWork) -> AppResult<()> {
        Ok(())
    }

    fn known((): &()) -> &() {
        &()
    }

    fn needed_to_make(recurring: &RecurringInvoice) -> &'static [Permission] {
        match (recurring.template.invoice_type, recurring.auto_post) {
            (InvoiceType::SalesInvoice, true) => &[SALE.can_post],
            (InvoiceType::SalesInvoice, false) => &[SALE.can_create],
            (InvoiceType::PurchaseInvoice, true) => &[PURCHASE.can_post],
            (InvoiceType::PurchaseInvoice, false) => &[PURCHASE.can_create],
        }
    }

    /// A user orders only what the same user may make.
    fn may_order(ctx: &RequestContext, template: &Self, auto_post: bool) -> AppResult<()> {
        let names = template.invoice_type.names();
        authorize::require(ctx, Access::Permission(names.can_create))?;
        if auto_post { may_post(ctx, names.can_post) } else { Ok(()) }
    }

    async fn check_postable(
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        (): &mut (),
        recurring: &mut RecurringInvoice,
    ) -> AppResult<()> {
        make::check(ctx, uow, recurring).await
    }

    async fn make(
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        recurring: &RecurringInvoice,
        date: NaiveDate,
    ) -> AppResult<(Uuid, DocumentView)> {
        let view = make::make(ctx, uow, recurring, date).await?;
        Ok((view.id, view))
    }

    fn is_posted(made: &DocumentView) -> bool {
        made.status == DocumentStatus::Posted.as_str()
    }

    async fn view(
        _: &mut dyn UnitOfWork,
        (): &mut (),
        stored: &StoredRecurring<Self>,
    ) -> AppResult<RecurringInvoiceView> {
        Ok(RecurringInvoiceView::new(stored, true))
    }

    fn ran(Ran { made, failed, view }: Ran<Self>) -> RecurringInvoiceRunView {
        RecurringInvoiceRunView { documents: made, failed, recurring_invoice: view }
    }

    fn skipped(date: NaiveDate, view: RecurringInvoiceView) -> RecurringInvoiceSkipView {
        RecurringInvoiceSkipView { date, recurring_invoice: view }
    }
}
