//! `/parties`: customers and suppliers.

use std::sync::Arc;

use application::authorize::Access;
use application::command::{Application, execute};
use application::documents::error::SUPPLIER_INVOICE_EXISTS;
use application::error::UNKNOWN_REFERENCE;
use application::master_data::Described;
use application::parties::party::PartyView;
use application::parties::party::archive_party::ArchiveParty;
use application::parties::party::merge_party::{MergeParty, MergePartyBody};
use application::parties::party::unarchive_party::UnarchiveParty;
use application::parties::ports::PartyQueries;
use application::parties::same_name::{PartyDuplicatesView, same_name};
use application::platform::error::ALREADY_DONE;
use axum::extract::State;
use domain::parties::party::{
    PARTY_DUPLICATE, PARTY_MERGE_ANONYMOUS, PARTY_MERGE_INTO_ARCHIVED, PARTY_MERGE_SELF,
    PARTY_MERGE_TOO_LARGE, PARTY_MERGED, Party, PartyId,
};
use domain::text::NAME_LENGTH_MAX;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Json, Query};
use crate::operation::Operations;
use crate::query;
use crate::routes::master_data;
use crate::wire::RequiredText;

const TAG: &str = Party::RESOURCE.tag;

query! {
    /// The name to look for.
    pub struct PartyDuplicatesQuery {
        /// A name in Arabic or English.
        name: RequiredText<NAME_LENGTH_MAX> = "Horizon Contracting Co.",
    }
}

pub fn operations(ops: &mut Operations) {
    master_data::operations::<Party>(ops);
    ops.get("/parties/duplicates", duplicates)
        .id("list_party_duplicates")
        .tag(TAG)
        .summary("List parties with a name")
        .description(
            "The active parties whose name, in either language, is the one given, whatever its letter case, \
             spaces, Arabic letter variants and marks. Nothing is refused because of a name: ask before a party \
             is made that may be there already.",
        )
        .access(Access::Permission(Party::RESOURCE.list.permission.name))
        .query::<PartyDuplicatesQuery>()
        .ok::<PartyDuplicatesView>();
    ops.post("/parties/{id}/archive", archive)
        .id("archive_party")
        .tag(TAG)
        .summary("Archive a party")
        .description("Others may have its numbers and IBANs from then on. Entries that name it stay.")
        .command::<ArchiveParty>()
        .if_match()
        .ok::<PartyView>()
        .errors(&[&ALREADY_DONE]);
    ops.post("/parties/{id}/merge", merge)
        .id("merge_party")
        .tag(TAG)
        .summary("Merge a party into another one")
        .description(
            "For a party that was made twice. Its drafts, quotations, orders and bank accounts go to the party that survives, which \
             also gets the roles, numbers, addresses and people that it lacks. What was posted stays as it was: the code of the \
             merged party stands for the survivor from then on, so that open items, statements, ageing, credit and lists by \
             party have both, and items of both settle each other. The merged party is archived with `mergedIntoId`, and new \
             documents that name it are the survivor's. A merge is not undone. The answer is the party that survives.",
        )
        .command::<MergeParty>()
        .if_match()
        .body::<MergePartyBody>()
        .ok::<PartyView>()
        .errors(&[
            &UNKNOWN_REFERENCE,
            &PARTY_MERGED,
            &PARTY_MERGE_SELF,
            &PARTY_MERGE_INTO_ARCHIVED,
            &PARTY_MERGE_ANONYMOUS,
            &PARTY_MERGE_TOO_LARGE,
            &SUPPLIER_INVOICE_EXISTS,
        ]);
    ops.post("/parties/{id}/unarchive", unarchive)
        .id("unarchive_party")
        .tag(TAG)
        .summary("Make an archived party active")
        .description("Refused while another active party has one of its numbers or IBANs.")
        .command::<UnarchiveParty>()
        .if_match()
        .ok::<PartyView>()
        .errors(&[&ALREADY_DONE, &PARTY_DUPLICATE, &PARTY_MERGED]);
}

async fn duplicates(
    State(queries): State<Arc<dyn PartyQueries>>,
    ctx: Ctx,
    Query(query): Query<PartyDuplicatesQuery>,
) -> ApiResult {
    answer::json(&same_name(&*queries, ctx.tenant, &query.name).await?)
}

async fn archive(State(app): State<Application>, ctx: Ctx, Id(id): Id<PartyId>) -> ApiResult {
    answer::ok(execute(&app, &ctx, ArchiveParty(id)).await?)
}

async fn merge(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<PartyId>,
    Json(body): Json<MergePartyBody>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, MergeParty { id, body }).await?)
}

async fn unarchive(State(app): State<Application>, ctx: Ctx, Id(id): Id<PartyId>) -> ApiResult {
    answer::ok(execute(&app, &ctx, UnarchiveParty(id)).await?)
}
