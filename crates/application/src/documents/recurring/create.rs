//! `POST /recurring-invoices`

use async_trait::async_trait;
use domain::error::Violations;
use domain::parties::party::PartyId;
use uuid::Uuid;

use super::body::TemplateBody;
use super::template::{InvoiceTemplate, InvoiceType, TemplatePrices};
use super::views::RecurringInvoiceView;
use crate::accounting::recurring::{NewOf, Recurs, create, record};
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct CreateRecurringInvoice {
    pub of: NewOf,
    pub invoice_type: InvoiceType,
    pub prices: TemplatePrices,
    pub template: TemplateBody,
}

#[async_trait]
impl Command for CreateRecurringInvoice {
    const NAME: &'static str = "create_recurring_invoice";
    const ACCESS: Access = Access::Permission(<InvoiceTemplate as Recurs>::NAMES.can_create);
    type Output = RecurringInvoiceView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<RecurringInvoiceView>> {
        let mut violations = Violations::new();
        let recurrence = self.of.check::<InvoiceTemplate>(uow, &mut violations).await?;
        let template = InvoiceTemplate {
            invoice_type: self.invoice_type,
            prices: self.prices,
            // The check of the body finds it.
            party: PartyId::new(Uuid::nil()),
            body: self.template.of(self.invoice_type, &mut violations),
        };
        InvoiceTemplate::may_order(ctx, &template, self.of.auto_post)?;
        let (Some(recurrence), true) = (recurrence, violations.is_empty()) else {
            return Err(violations.into_vec().into());
        };
        let stored = create(ctx, uow, &mut (), &self.of, (recurrence, template)).await?;
        let view = RecurringInvoiceView::new(&stored, true);
        record::<InvoiceTemplate>(uow, stored.entry.id, "created", None, Some(&view));
        Ok(Done::of(view.id, view.version, view))
    }
}
