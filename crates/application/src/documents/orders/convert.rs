//! Quotations become orders or invoices (R80).

use async_trait::async_trait;
use domain::documents::document_type::DocumentType;
use domain::documents::status::{DocumentStatus, Step};
use domain::error::Violation;
use serde_json::json;

use super::body::{NewQuotation, NewSalesOrder};
use super::step::check_valid;
use crate::authorize::Access;
use crate::changes::record;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::documents::DocumentBody;
use crate::documents::commands::CreateDocument;
use crate::documents::error::{QUOTATION_CONVERTED, STEP_NOT_POSSIBLE};
use crate::documents::ports::{DocumentId, StoredDocument};
use crate::documents::steps::{keep, may_post, of_type};
use crate::documents::trade::NewSalesInvoice;
use crate::documents::views::DocumentView;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{Kept, MergePatch, Patchable, parse_body};
use crate::{request, word_type};

domain::choices! {
    /// The document that a quotation becomes.
    pub enum ConvertedTo {
        SalesOrder = "sales_order",
        SalesInvoice = "sales_invoice",
    }
}
word_type!(ConvertedTo, "convertedTo");

request! {
    /// Makes an order or an invoice of a quotation.
    pub struct ConvertQuotationBody {
        /// The document that it becomes.
        to: ConvertedTo => "sales_order",
        /// Whether the order is confirmed or the invoice posted at once; otherwise a draft is kept. Needs the permission to do so.
        post: bool => false,
    }
}

/// `POST /quotations/{id}/convert`. The answer is the order or the invoice.
pub struct ConvertQuotation {
    pub id: DocumentId,
    pub body: ConvertQuotationBody,
}

#[async_trait]
impl Command for ConvertQuotation {
    const NAME: &'static str = "convert_quotation";
    const ACCESS: Access = Access::Permission("sales.quotation.convert");
    type Output = DocumentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DocumentView>> {
        let quotation = of_type(uow, self.id, DocumentType::Quotation).await?;
        check_version(ctx, quotation.version)?;
        let number = quotation.number.clone().unwrap_or_else(|| self.id.to_string());
        if let Some(made) = quotation.order {
            return Err(Violation::new(&QUOTATION_CONVERTED).with("number", number).with("id", made).into());
        }
        if quotation.status != DocumentStatus::Accepted {
            check_valid(&quotation, ctx.today(uow.now()))?;
            if quotation.status.after(Step::Accept).is_none() {
                let refused = Violation::new(&STEP_NOT_POSSIBLE).with("number", number);
                return Err(refused.with("status", quotation.status).with("step", "convert").into());
            }
        }
        let done = match self.body.to {
            ConvertedTo::SalesOrder => self.make::<NewSalesOrder>(ctx, uow, &quotation, "confirm").await?,
            ConvertedTo::SalesInvoice => self.make::<NewSalesInvoice>(ctx, uow, &quotation, "post").await?,
        };
        let before = quotation.shown(None, 2);
        let view = DocumentView {
            converted_to_id: Some(done.output.id),
            converted_to_type: Some(self.body.to.as_str().to_owned()),
            ..quotation.view.clone()
        };
        let order = Some(DocumentId::new(done.output.id));
        let converted = StoredDocument { status: DocumentStatus::Accepted, order, view, ..quotation.clone() };
        let converted = keep(uow, converted, Some(&quotation)).await?;
        let shown = converted.shown(None, 2);
        record(uow, NewQuotation::NAMES.entity, shown.id, "converted", Some(&before), Some(&shown));
        Ok(done)
    }
}

impl ConvertQuotation {
    /// Makes a document of today with the content of the quotation.
    async fn make<B: DocumentBody + Patchable>(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        quotation: &StoredDocument,
        entering: &'static str,
    ) -> AppResult<Done<DocumentView>> {
        crate::authorize::require(ctx, Access::Permission(B::NAMES.can_create))?;
        if self.body.post {
            may_post(ctx, B::NAMES.can_post)?;
        }
        let today = ctx.today(uow.now());
        let reference = quotation.reference.clone().or_else(|| quotation.number.clone());
        let mut patch =
            json!({ "documentDate": today, "validUntil": null, "rate": null, "reference": reference });
        if let Some(branch) = &quotation.branch {
            patch["branchId"] = json!(branch.id.uuid());
            patch["branchCode"] = json!(null);
        }
        let mut body: serde_json::Value =
            parse_json(&MergePatch::<B>::of_known(patch.to_string()).merged(&quotation.body));
        body[entering] = json!(self.body.post);
        let kept = parse_body::<Kept<B>>(body.to_string().as_bytes())?;
        CreateDocument(kept).run(ctx, uow).await
    }
}

fn parse_json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_default()
}
