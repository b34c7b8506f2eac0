//! `/recurring-invoices`: templates that become invoices or bills when they fall due.

use application::accounting::recurring::{DeleteRecurring, Recurs, RunRecurring, SkipOccurrence};
use application::accounting::views::recurring::RecurringOccurrenceView;
use application::authorize::Access;
use application::command::{Application, execute};
use application::documents::error::DOCUMENT_POST_PERMISSION;
use application::documents::recurring::ports::{RECURRING_INVOICE_LIST, RECURRING_RUN_LIST};
use application::documents::recurring::template::{
    InvoiceTemplate, InvoiceType, RECURRING_INVOICE_DROPS_OVERDUE, RECURRING_INVOICE_ENDED,
    RECURRING_INVOICE_INACTIVE, RECURRING_INVOICE_NEVER_DUE, RECURRING_TEMPLATE_MEMBER, RecurringInvoiceId,
    TemplatePrices,
};
use application::documents::recurring::views::{
    RecurringInvoiceRunView, RecurringInvoiceSkipView, RecurringInvoiceView, UpcomingInvoicesView,
};
use application::documents::recurring::{CreateRecurringInvoice, TemplateBody, UpdateRecurringInvoice};
use application::error::{ALREADY_EXISTS, IN_USE, PERMISSION_DENIED};
use application::paging::ListSpec;
use axum::extract::State;
use domain::accounting::recurrence::RECURRENCE_END_BEFORE_START;
use domain::accounting::recurring::RECURRING_OCCURRENCE_NOT_OPEN;
use domain::error::ErrorDef;

use super::errors::{CONTENT, LINES};
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Json};
use crate::operation::Operations;
use crate::routes::accounting::recurring::{
    self, PreviewQuery, RecurringRoutes, RunRecurringBody, SkipOccurrenceBody, recurring_bodies,
};
use crate::wire::Optional;

const PATH: &str = "/recurring-invoices";
const ONE: &str = "/recurring-invoices/{id}";
const TAG: &str = "recurring invoices";

/// The errors of saving one, beside those of its template.
const SAVING: &[&ErrorDef] = &[
    &ALREADY_EXISTS,
    &RECURRENCE_END_BEFORE_START,
    &RECURRING_INVOICE_NEVER_DUE,
    &RECURRING_TEMPLATE_MEMBER,
    &DOCUMENT_POST_PERMISSION,
    &PERMISSION_DENIED,
];

recurring_bodies! {
    /// A new recurring invoice.
    pub struct CreateRecurringInvoiceBody {
        name: { "ar": "عقد الصيانة", "en": "Maintenance contract" }, code: "MAINT-1001";
        /// The documents that are made each time: invoices to a customer, or bills of a supplier.
        r#type: InvoiceType => "sales_invoice",
        /// `fixed` keeps the prices that are found when the template is saved, `current` looks them up for each invoice. Prices
        /// that the template gives stay in any case.
        prices: TemplatePrices => "fixed",
        /// The body of each draft, without its dates: both are those of the occurrence, and the payment terms decide when it is due.
        /// `reference`, `notes`, `supplierNumber` and descriptions may contain `{date}`, `{month}` and `{year}`.
        template: TemplateBody = { "partyCode": "C-1001", "reference": "MAINT-{year}-{month}", "lines": [{ "description": "Maintenance {month}/{year}", "quantity": "1", "unitPrice": "1000.00", "taxCode": "S15" }] },
    }

    /// Changes to a recurring invoice (JSON Merge Patch). Members left out stay as they are.
    pub struct UpdateRecurringInvoiceBody {
        /// The source of prices that the template does not give.
        prices: Optional<TemplatePrices>,
        /// The whole new template. It replaces the one before.
        template: Optional<TemplateBody>,
    }
}

impl RecurringRoutes for InvoiceTemplate {
    const READ: Access = Access::Permission("documents.recurring_invoice.read");
    const LIST: &'static ListSpec = &RECURRING_INVOICE_LIST;
    const OCCURRENCES: &'static ListSpec = &RECURRING_RUN_LIST;

    fn version(view: &RecurringInvoiceView) -> i64 {
        view.version
    }
}

pub(super) fn operations(ops: &mut Operations) {
    ops.tag(
        TAG,
        "Recurring invoices: templates that become drafts or posted invoices and bills on their dates, each exactly once.",
    );
    ops.get(PATH, recurring::list::<InvoiceTemplate>)
        .id("list_recurring_invoices")
        .tag(TAG)
        .summary("List recurring invoices")
        .access(InvoiceTemplate::READ)
        .list::<RecurringInvoiceView>(&RECURRING_INVOICE_LIST);
    ops.post(PATH, create)
        .id("create_recurring_invoice")
        .tag(TAG)
        .summary("Create a recurring invoice")
        .description(
            "The template is the body of a draft and is checked as one. The background job makes each invoice in the name of the \
             user who created or last changed the recurring invoice, with the rights that user has at that time: the user needs \
             the permission to create such invoices, and with `autoPost` the one to post them. What posting would refuse is \
             refused with `autoPost` when the template is saved.",
        )
        .command::<CreateRecurringInvoice>()
        .body::<CreateRecurringInvoiceBody>()
        .created::<RecurringInvoiceView>()
        .errors(CONTENT)
        .errors(LINES)
        .errors(SAVING)
        .large();
    one(ops);
    occurrences(ops);
}

fn one(ops: &mut Operations) {
    ops.get(ONE, recurring::get::<InvoiceTemplate>)
        .id("get_recurring_invoice")
        .tag(TAG)
        .summary("Get a recurring invoice with its template")
        .access(InvoiceTemplate::READ)
        .view::<RecurringInvoiceView>();
    ops.patch(ONE, update)
        .id("update_recurring_invoice")
        .tag(TAG)
        .summary("Change a recurring invoice")
        .description(
            "`active` false pauses it, an `endDate` ends it. Overdue occurrences stay due, through a pause as well; a change after \
             which one of them would never be made is refused, unless `dropOverdue` gives up everything due by today. Invoices that \
             were made do not change. A user who activates it or changes what it makes becomes its orderer.",
        )
        .command::<UpdateRecurringInvoice>()
        .if_match()
        .body::<UpdateRecurringInvoiceBody>()
        .ok::<RecurringInvoiceView>()
        .errors(CONTENT)
        .errors(LINES)
        .errors(SAVING)
        .errors(&[&RECURRING_INVOICE_DROPS_OVERDUE])
        .large();
    ops.delete(ONE, recurring::delete::<InvoiceTemplate>)
        .id(InvoiceTemplate::NAMES.delete)
        .tag(TAG)
        .summary("Delete a recurring invoice")
        .description("Possible while no invoice was made from it; afterwards set `active` to false.")
        .command::<DeleteRecurring<InvoiceTemplate>>()
        .if_match()
        .no_content()
        .errors(&[&IN_USE]);
}

fn occurrences(ops: &mut Operations) {
    ops.get("/recurring-invoices/{id}/preview", recurring::preview::<InvoiceTemplate>)
        .id("preview_recurring_invoice")
        .tag(TAG)
        .summary("Preview the next invoices")
        .access(InvoiceTemplate::READ)
        .query::<PreviewQuery>()
        .ok::<UpcomingInvoicesView>();
    ops.post("/recurring-invoices/{id}/run", recurring::run::<InvoiceTemplate>)
        .id(InvoiceTemplate::NAMES.run)
        .tag(TAG)
        .summary("Make the invoices that are due")
        .description(
            "Makes everything that is due by `date` and retries everything that failed before, at most 100 invoices at once, each \
             with its own date and, where the VAT of that date is declared already, the first tax date that is open. An occurrence that cannot be made is reported in `failed` with its reasons and does not hold up \
             later ones; run again, or skip it. An occurrence is made once, however often this or the background job runs: the \
             background job makes new occurrences within a minute of their due time and tries failed ones once a day.",
        )
        .command::<RunRecurring<InvoiceTemplate>>()
        .if_match()
        .body::<RunRecurringBody>()
        .ok::<RecurringInvoiceRunView>()
        .errors(&[&RECURRING_INVOICE_INACTIVE, &DOCUMENT_POST_PERMISSION, &PERMISSION_DENIED]);
    ops.get("/recurring-invoices/{id}/occurrences", recurring::occurrences::<InvoiceTemplate>)
        .id("list_recurring_invoice_occurrences")
        .tag(TAG)
        .summary("List the occurrences and what became of them")
        .description(
            "Lists the occurrences that were made, with the document, those that failed, with the reasons, and those that were \
             skipped. An occurrence stays made when its draft is deleted.",
        )
        .access(InvoiceTemplate::READ)
        .list::<RecurringOccurrenceView>(&RECURRING_RUN_LIST);
    ops.post("/recurring-invoices/{id}/skip", recurring::skip::<InvoiceTemplate>)
        .id(InvoiceTemplate::NAMES.skip)
        .tag(TAG)
        .summary("Skip an occurrence of an invoice")
        .description(
            "The next occurrence, or one that failed, will not be made. The reason is kept in the audit log.",
        )
        .command::<SkipOccurrence<InvoiceTemplate>>()
        .if_match()
        .body::<SkipOccurrenceBody>()
        .ok::<RecurringInvoiceSkipView>()
        .errors(&[&RECURRING_OCCURRENCE_NOT_OPEN, &RECURRING_INVOICE_ENDED]);
}

async fn create(
    State(app): State<Application>,
    ctx: Ctx,
    Json(body): Json<CreateRecurringInvoiceBody>,
) -> ApiResult {
    let command = CreateRecurringInvoice {
        of: body.of(),
        invoice_type: body.r#type,
        prices: body.prices,
        template: body.template,
    };
    answer::created(PATH, execute(&app, &ctx, command).await?)
}

async fn update(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<RecurringInvoiceId>,
    Json(body): Json<UpdateRecurringInvoiceBody>,
) -> ApiResult {
    let (prices, template) = (body.prices.0, body.template.0.clone());
    let command = UpdateRecurringInvoice { id, of: body.of(), prices, template };
    answer::ok(execute(&app, &ctx, command).await?)
}
