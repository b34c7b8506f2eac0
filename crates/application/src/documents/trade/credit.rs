//! Credit limits (R48): what a customer owes and what an invoice adds stay within the limit, whoever posts at the same time.

use domain::documents::document_type::{DocumentType, TradeSide};
use domain::error::Violation;
use domain::money::{Amount, Currency, Rate};
use domain::parties::party::{Party, PartyId};
use domain::parties::roles;

use super::input::Input;
use crate::context::RequestContext;
use crate::documents::error::CREDIT_LIMIT_EXCEEDED;
use crate::documents::exchange::DocumentMoney;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

const OVERRIDE: &str = "sales.credit.override";

/// What is checked when the document is posted.
pub struct CreditCheck {
    party: PartyId,
    code: String,
    limit: Amount,
    /// What the document adds, in the company currency.
    needed: Amount,
    company: Currency,
    overridden: bool,
}

impl CreditCheck {
    /// `None` where nothing is to be checked: no limit, no check at invoices, or money that comes with the document.
    pub(super) fn of(
        document_type: DocumentType,
        party: &Party,
        input: &Input<'_>,
        payable: Amount,
        money: DocumentMoney,
    ) -> Option<Self> {
        let customer = party.customer.as_ref()?;
        let checked = matches!(customer.credit_check, roles::CreditCheck::Invoice | roles::CreditCheck::All);
        let adds =
            document_type.side() == TradeSide::Sale && document_type.debits_party() && !input.paid_at_once;
        let limit = customer.credit_limit.filter(|_| checked && adds)?;
        Some(Self {
            party: party.id,
            code: party.code.to_string(),
            limit,
            needed: payable.convert(money.rate.unwrap_or(Rate::ONE), money.company.scale)?,
            company: money.company,
            overridden: input.credit_override.is_some(),
        })
    }

    /// Whether the limit reaches. The party is locked until the commit, so two documents never use the same riyal.
    pub(super) async fn check(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Result<(), Violation>> {
        if self.overridden && ctx.permissions.allows(OVERRIDE) {
            return Ok(Ok(()));
        }
        let used = uow.documents().receivable_of(self.party, &self.code).await?;
        let after = used.checked_add(self.needed);
        if after.is_some_and(|after| after <= self.limit) {
            return Ok(Ok(()));
        }
        let text = |amount: Amount| amount.display(self.company.scale);
        Ok(Err(Violation::new(&CREDIT_LIMIT_EXCEEDED)
            .at("/partyId")
            .with("party", &self.code)
            .with("limit", text(self.limit))
            .with("used", text(used))
            .with("needed", text(self.needed))))
    }
}
