//! `GET /dunning-notices/{id}/pdf`: reminders on paper.

use std::sync::Arc;

use application::authorize::Access;
use application::company::ports::CompanyQueries;
use application::error::AppError;
use application::master_data::registry::MasterReads;
use application::master_data::{Described, Reads};
use application::ports::clock::Clock;
use application::printing::dunning_notice::PrintNotice;
use application::printing::error::PRINT_TOO_LARGE;
use application::printing::ports::Printer;
use application::printing::wording::PrintLanguage;
use application::settlement::dunning::READ_NOTICE;
use application::settlement::dunning::ports::DunningQueries;
use axum::extract::{FromRef, State};
use domain::parties::party::{Party, PartyId};
use domain::settlement::dunning::DunningNoticeId;

use super::pdf::PrintParams;
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Media, Query};
use crate::operation::Operations;
use crate::state::AppState;

/// The queries that printing a notice reads, and the printer.
struct PrintingNotices {
    dunning: Arc<dyn DunningQueries>,
    company: Arc<dyn CompanyQueries>,
    parties: Arc<dyn MasterReads>,
    printer: Arc<dyn Printer>,
    clock: Arc<dyn Clock>,
}

impl FromRef<AppState> for PrintingNotices {
    fn from_ref(state: &AppState) -> Self {
        Self {
            dunning: FromRef::from_ref(state),
            company: FromRef::from_ref(state),
            parties: FromRef::from_ref(state),
            printer: FromRef::from_ref(state),
            clock: FromRef::from_ref(state),
        }
    }
}

pub(super) fn operations(ops: &mut Operations) {
    ops.get("/dunning-notices/{id}/pdf", pdf)
        .id("get_dunning_notice_pdf")
        .tag("dunning")
        .summary("Print a dunning notice")
        .description(
            "The notice on paper, by default in the language in which the customer is written to. A draft says that it is one \
             across every page, and so does a notice that was undone.",
        )
        .access(Access::Permission(READ_NOTICE))
        .query::<PrintParams>()
        .file(&[Media::Pdf, Media::OctetStream])
        .errors(&[&PRINT_TOO_LARGE])
        .long();
}

async fn pdf(
    State(PrintingNotices { dunning, company, parties, printer, clock }): State<PrintingNotices>,
    ctx: Ctx,
    Id(id): Id<DunningNoticeId>,
    Query(params): Query<PrintParams>,
) -> ApiResult {
    let notice = dunning.dunning_notice(ctx.tenant, id).await?;
    let notice = notice.ok_or_else(|| AppError::not_found("dunning_notice"))?;
    let party = Reads::<Party>::one(&*parties, ctx.tenant, PartyId::new(notice.party_id)).await?;
    let party = party.ok_or_else(|| Party::RESOURCE.missing())?.value;
    let today = ctx.today(clock.now());
    let print = PrintNotice {
        notice: &notice,
        company: &company.company_profile(ctx.tenant).await?,
        party: &party,
        language: params.language.unwrap_or(PrintLanguage::of(party.language)),
        today,
    };
    let file = printer.pdf(print.compose(), today).await?;
    Ok(answer::pdf(file, &format!("{}-{}", notice.date, notice.id)))
}
