//! The company and the party of a document as they were when it was made (R78).

use domain::company::branch::BranchFacts;
use domain::company::profile::CompanyProfile;
use domain::error::Language;
use domain::parties::address::{Address, legal};
use domain::parties::party::Party;
use domain::text::LocalizedName;

use super::branch::DocumentBranch;
use super::views::{DocumentNameView, DocumentSideView};
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

impl DocumentSideView {
    /// The company; address and registration of the branch stand in for its own.
    pub fn of_company(profile: &CompanyProfile, branch: Option<&BranchFacts>) -> Self {
        let of_branch = branch.and_then(|branch| branch.registrations.cr_number());
        let address = branch.and_then(|branch| branch.address.as_ref()).or(profile.address.as_ref());
        Self {
            name: DocumentNameView::of(&profile.legal_name),
            vat_number: profile.vat_number.clone(),
            cr_number: of_branch.or(profile.registrations.cr_number()).map(str::to_owned),
            address: address.map(lines),
            branch_name: branch.map(|branch| DocumentNameView::of(&branch.name)),
        }
    }

    /// The party with its legal address.
    pub fn of_party(party: &Party) -> Self {
        Self {
            name: DocumentNameView::of(&party.name),
            vat_number: party.registrations.vat_number().map(str::to_owned),
            cr_number: party.registrations.cr_number().map(str::to_owned),
            address: legal(&party.addresses).map(lines),
            branch_name: None,
        }
    }
}

impl DocumentNameView {
    pub fn of(name: &LocalizedName) -> Self {
        Self { ar: name.ar().map(str::to_owned), en: name.en().map(str::to_owned) }
    }
}

fn lines(address: &Address) -> DocumentNameView {
    DocumentNameView { ar: Some(address.line(Language::Arabic)), en: Some(address.line(Language::English)) }
}

/// The company as a document of the branch names it today.
pub(in crate::documents) async fn company_side(
    uow: &mut dyn UnitOfWork,
    branch: Option<&DocumentBranch>,
) -> AppResult<DocumentSideView> {
    let profile = uow.company().profile().await?;
    let Some(branch) = branch else { return Ok(DocumentSideView::of_company(&profile, None)) };
    let all = uow.company().branches().await?;
    Ok(DocumentSideView::of_company(&profile, all.iter().find(|one| one.id == branch.id)))
}
