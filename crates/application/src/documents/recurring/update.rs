//! `PATCH /recurring-invoices/{id}`

use async_trait::async_trait;
use domain::error::Violations;

use super::body::TemplateBody;
use super::template::{InvoiceTemplate, RecurringInvoiceId, TemplatePrices};
use super::views::RecurringInvoiceView;
use crate::accounting::recurring::{PatchOf, Recurs, Saved, change, find, patch, record};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// `None` leaves a member as it is.
#[derive(Debug, Clone)]
pub struct UpdateRecurringInvoice {
    pub id: RecurringInvoiceId,
    pub of: PatchOf,
    pub prices: Option<TemplatePrices>,
    /// The whole template; it replaces the one before.
    pub template: Option<TemplateBody>,
}

#[async_trait]
impl Command for UpdateRecurringInvoice {
    const NAME: &'static str = "update_recurring_invoice";
    const ACCESS: Access = Access::Permission(<InvoiceTemplate as Recurs>::NAMES.can_update);
    type Output = RecurringInvoiceView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<RecurringInvoiceView>> {
        let stored = find::<InvoiceTemplate>(uow, self.id).await?;
        check_version(ctx, stored.entry.version)?;
        let before = RecurringInvoiceView::new(&stored, true);
        let mut violations = Violations::new();
        let old = &stored.entry.template;
        let body = self.template.as_ref().map(|body| body.of(old.invoice_type, &mut violations));
        let template = InvoiceTemplate {
            prices: self.prices.unwrap_or(old.prices),
            body: body.unwrap_or_else(|| old.body.clone()),
            ..old.clone()
        };
        let patch = patch(uow, &stored.entry, &self.of, Some(template), violations).await?;
        let Saved { stored, dropped } = change(ctx, uow, &mut (), stored, patch).await?;
        let mut after = RecurringInvoiceView::new(&stored, true);
        after.dropped = self.of.drop_overdue.then_some(dropped);
        record::<InvoiceTemplate>(uow, self.id, "updated", Some(&before), Some(&after));
        Ok(Done::of(after.id, after.version, after))
    }
}
