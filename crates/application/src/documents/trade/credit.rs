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
    /// Whether what is ordered counts, too.
    counts_orders: bool,
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
        let counts_orders =
            matches!(customer.credit_check, roles::CreditCheck::Order | roles::CreditCheck::All);
        let checked = match document_type.posts() {
            true => matches!(customer.credit_check, roles::CreditCheck::Invoice | roles::CreditCheck::All),
            false => counts_orders,
        };
        let sells = document_type.side() == TradeSide::Sale && !input.paid_at_once;
        let adds = sells && (document_type.debits_party() || document_type == DocumentType::SalesOrder);
        let limit = customer.credit_limit.filter(|_| checked && adds)?;
        Some(Self {
            party: party.id,
            code: party.code.to_string(),
            limit,
            needed: payable.convert(money.rate.unwrap_or(Rate::ONE), money.company.scale)?,
            company: money.company,
            counts_orders,
            overridden: input.credit_override.is_some(),
        })
    }

    /// Whether the limit reaches. The party is locked until the commit, so two documents never use the same riyal. `released` is
    /// what the document takes off what is ordered: it is owed instead.
    pub(in crate::documents) async fn check(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        released: Amount,
    ) -> AppResult<Result<(), Violation>> {
        if self.overridden && ctx.permissions.allows(OVERRIDE) {
            return Ok(Ok(()));
        }
        let mut used = uow.documents().receivable_of(self.party, &self.code).await?;
        if self.counts_orders {
            let ordered = uow.documents().open_orders_of(self.party).await?;
            let ordered = ordered.checked_sub(released).unwrap_or(ordered);
            used = used.checked_add(ordered).unwrap_or(used);
        }
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
