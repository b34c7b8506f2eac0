//! Takes a file of documents into the books: all of it, or nothing.
//!
//! Each document is made by the command that makes one of its type, so that a file and as many requests come to the same.

use std::sync::Arc;

use async_trait::async_trait;
use domain::error::{Category, Violation};
use domain::ids::JobId;

use super::document_bodies::{Body, body};
use super::document_file::{DocumentFile, FileDocument};
use super::document_names::Names;
use super::document_pointers::note;
use super::import_entries::needs;
use super::known_references::KnownReferences;
use super::row_errors::RowErrors;
use super::{IMPORT, ImportKind, ImportOptions, Meter, fingerprint, unless_cancelled};
use crate::accounting::fiscal_years::{Ensured, ensure_fiscal_years};
use crate::accounting::views::import_result::ImportResultView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::documents::commands::CreateDocument;
use crate::documents::money::{NewPayment, NewReceipt};
use crate::documents::trade::{NewPurchaseInvoice, NewSalesCreditNote, NewSalesInvoice};
use crate::documents::views::DocumentView;
use crate::documents::{DocumentBody, DocumentNames};
use crate::error::{AppError, AppResult};
use crate::platform::jobs;
use crate::platform::on_behalf::with_rights_of_now;
use crate::ports::progress::Progress;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{Kept, parse_body};

pub struct ImportDocuments {
    pub file: Arc<DocumentFile>,
    pub options: ImportOptions,
    /// Finished in the same transaction.
    pub job: Option<JobId>,
    pub progress: Arc<dyn Progress>,
}

#[async_trait]
impl Command for ImportDocuments {
    const NAME: &'static str = "import_documents";
    const ACCESS: Access = Access::Permission(IMPORT);
    type Output = ImportResultView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<ImportResultView>> {
        let ctx = &with_rights_of_now(ctx, uow, Self::ACCESS).await?;
        self.authorise(ctx)?;
        let kind = self.file.kind;
        let mut errors = self.file.errors.clone();
        let mut result = ImportResultView { posted: self.posts(), ..self.options.result(kind, ctx.dry_run) };
        if errors.is_empty() {
            let company = uow.ledger().company_currency().await?.code;
            let how = (self.job, self.options.allow_duplicate);
            let fingerprint = self.file.fingerprint(company);
            result.import_id = Some(fingerprint::note(uow, kind.as_str(), fingerprint, how).await?);
        }
        if self.options.create_periods {
            match ensure_fiscal_years(ctx, uow, &self.file.dates()).await? {
                Ensured::Made(years) => result.fiscal_years = years as u64,
                Ensured::TooFar(dates) => return Err(self.too_far(&dates, errors)),
            }
        }
        self.documents(ctx, uow, &mut result, &mut errors).await?;
        if !errors.is_empty() {
            return Err(errors.into_error());
        }
        if let Some(id) = result.import_id.filter(|_| !ctx.dry_run) {
            let numbers = result.first_number.as_deref().zip(result.last_number.as_deref());
            uow.imports().complete_import(id, result.documents, numbers).await?;
        } else {
            result.import_id = None;
        }
        jobs::finish_in(uow, self.job, &result, self.file.rows).await?;
        unless_cancelled(&*self.progress)?;
        Ok(Done::new(result))
    }
}

impl ImportDocuments {
    fn posts(&self) -> bool {
        self.options.posts(self.file.kind)
    }

    fn authorise(&self, ctx: &RequestContext) -> AppResult<()> {
        let names = names(self.file.kind);
        needs(ctx, names.can_create)?;
        if self.posts() { needs(ctx, names.can_post) } else { Ok(()) }
    }

    /// Names the rows whose dates are too far from the fiscal years there are, beside what else is wrong with the file.
    fn too_far(&self, dates: &[(chrono::NaiveDate, Violation)], mut errors: RowErrors) -> AppError {
        for document in &self.file.documents {
            let far = document.date.and_then(|date| dates.iter().find(|(far, _)| *far == date));
            if let Some((_, violation)) = far {
                errors.push(document.place, "date", violation.clone());
            }
        }
        errors.into_error()
    }

    /// Makes the documents. After one that is refused the others are still looked at, so that all problems are told at once.
    async fn documents(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        result: &mut ImportResultView,
        errors: &mut RowErrors,
    ) -> AppResult<()> {
        let known = match self.options.allow_duplicate {
            true => KnownReferences::default(),
            false => KnownReferences::of(uow, &self.file).await?,
        };
        let names = Names::of(uow, &self.file).await?;
        let mut meter = Meter::new(&*self.progress, self.file.rows as u64);
        for document in &self.file.documents {
            if !document.broken {
                let exists = known.refuse(document, errors);
                let body = body(self.file.kind, document, (&names, self.posts()), errors);
                if let Some(body) = body {
                    let made = self.document(ctx, uow, (document, body), result, errors).await?;
                    if let Some(made) = made.filter(|_| !exists) {
                        known.refuse_made(document, &made, errors);
                    }
                }
            }
            meter.step(document.lines.len() as u64)?;
        }
        Ok(())
    }

    async fn document(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        (document, body): (&FileDocument, Body),
        result: &mut ImportResultView,
        errors: &mut RowErrors,
    ) -> AppResult<Option<DocumentView>> {
        let view = match make(self.file.kind, ctx, uow, &body.text).await {
            Ok(view) => view,
            Err(error) if is_of_document(&error) => {
                note(document, &body, error.violations, errors);
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        result.documents += 1;
        result.lines += document.lines.len() as u64;
        // Another document may take the number before this file is imported.
        if let Some(number) = view.number.as_ref().filter(|_| !ctx.dry_run) {
            result.first_number.get_or_insert_with(|| number.clone());
            result.last_number = Some(number.clone());
        }
        Ok(Some(view))
    }
}

/// Whether an error says something about the document, and not about the caller or the state of the system.
fn is_of_document(error: &AppError) -> bool {
    let kind = error.category();
    error.internal.is_none()
        && !error.retryable
        && matches!(kind, Category::Rule | Category::Conflict | Category::NotFound | Category::TooLarge)
}

const fn names(kind: ImportKind) -> DocumentNames {
    match kind {
        ImportKind::PurchaseInvoices => NewPurchaseInvoice::NAMES,
        ImportKind::CreditNotes => NewSalesCreditNote::NAMES,
        ImportKind::Receipts => NewReceipt::NAMES,
        ImportKind::Payments => NewPayment::NAMES,
        _ => NewSalesInvoice::NAMES,
    }
}

async fn make(
    kind: ImportKind,
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    body: &str,
) -> AppResult<DocumentView> {
    match kind {
        ImportKind::PurchaseInvoices => create::<NewPurchaseInvoice>(ctx, uow, body).await,
        ImportKind::CreditNotes => create::<NewSalesCreditNote>(ctx, uow, body).await,
        ImportKind::Receipts => create::<NewReceipt>(ctx, uow, body).await,
        ImportKind::Payments => create::<NewPayment>(ctx, uow, body).await,
        _ => create::<NewSalesInvoice>(ctx, uow, body).await,
    }
}

async fn create<B: DocumentBody>(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    body: &str,
) -> AppResult<DocumentView> {
    let kept = parse_body::<Kept<B>>(body.as_bytes())?;
    Ok(CreateDocument(kept).run(ctx, uow).await?.output)
}
