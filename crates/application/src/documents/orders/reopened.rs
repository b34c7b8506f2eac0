//! Orders of which something is open again count for the credit limit once more (R48).

use domain::documents::progress::LineProgress;
use domain::documents::status::DocumentStatus;
use domain::error::Violation;
use domain::money::Amount;
use domain::parties::party::Party;

use crate::context::RequestContext;
use crate::documents::ports::StoredDocument;
use crate::documents::trade::CreditCheck;
use crate::error::AppResult;
use crate::master_data::Records;
use crate::unit_of_work::UnitOfWork;

/// Refuses to reopen lines whose value the customer's credit limit does not reach. Each line is as it was and as it will be.
pub(super) async fn check_reopened(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    order: &StoredDocument,
    lines: impl Iterator<Item = (LineProgress, LineProgress)> + Send,
) -> AppResult<()> {
    let company = uow.ledger().company_currency().await?;
    let confirmed = StoredDocument { status: DocumentStatus::Confirmed, ..order.clone() };
    let added = lines.map(|(before, after)| {
        let was = order.exposure_of(&before, company.scale);
        confirmed.exposure_of(&after, company.scale).checked_sub(was).unwrap_or_default()
    });
    let needed = Amount::sum(added).unwrap_or_default();
    let party = Records::<Party>::find(uow, order.party).await?;
    let check = party.and_then(|party| CreditCheck::of_reopened(&party.value, needed, company));
    let Some(check) = check else { return Ok(()) };
    check.check(ctx, uow, Amount::ZERO).await?.map_err(|refused: Violation| refused.at("").into())
}
