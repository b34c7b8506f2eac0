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
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;
use crate::warnings::{CREDIT_LIMIT_NEAR, CREDIT_LIMIT_PASSED};

const OVERRIDE: &str = "sales.credit.override";

/// A limit of which so many per cent are used is worth a warning.
const NEAR_PERCENT: i128 = 90;
const PERCENT: i128 = 100;

/// The check of the credit limit when the document is posted.
pub struct CreditCheck {
    party: PartyId,
    code: String,
    /// The member that names the customer.
    at: &'static str,
    limit: Amount,
    /// The amount that the document adds, in the company currency.
    needed: Amount,
    company: Currency,
    /// Whether what is ordered counts, too.
    counts_orders: bool,
    /// Whether a document beyond the limit is refused.
    checked: bool,
    overridden: bool,
}

impl CreditCheck {
    /// `None` where no limit is used: the customer has none, or money comes with the document.
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
        let limit = customer.credit_limit.filter(|_| adds)?;
        Some(Self {
            party: party.id,
            code: party.code.to_string(),
            at: Reference::member(input.party.as_ref(), "/partyId", "/partyCode"),
            limit,
            needed: payable.convert(money.rate.unwrap_or(Rate::ONE), money.company.scale)?,
            company: money.company,
            counts_orders,
            checked,
            overridden: input.credit_override.is_some(),
        })
    }

    /// The check of an order of which something is open again: `needed` in the company currency. `None` where it counts for no limit.
    pub(in crate::documents) fn of_reopened(
        party: &Party,
        needed: Amount,
        company: Currency,
    ) -> Option<Self> {
        let customer = party.customer.as_ref()?;
        let checks = matches!(customer.credit_check, roles::CreditCheck::Order | roles::CreditCheck::All);
        let limit = customer.credit_limit.filter(|_| checks && needed.is_positive())?;
        Some(Self {
            party: party.id,
            code: party.code.to_string(),
            at: "",
            limit,
            needed,
            company,
            counts_orders: true,
            checked: true,
            overridden: false,
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
        if !self.checked || (self.overridden && ctx.permissions.allows(OVERRIDE)) {
            return Ok(Ok(()));
        }
        let used = self.used(uow, released).await?;
        let after = used.checked_add(self.needed);
        if after.is_some_and(|after| after <= self.limit) {
            return Ok(Ok(()));
        }
        let text = |amount: Amount| amount.display(self.company.scale);
        Ok(Err(Violation::new(&CREDIT_LIMIT_EXCEEDED)
            .at(self.at)
            .with("party", &self.code)
            .with("limit", text(self.limit))
            .with("used", text(used))
            .with("needed", text(self.needed))))
    }

    async fn used(&self, uow: &mut dyn UnitOfWork, released: Amount) -> AppResult<Amount> {
        let used = uow.documents().receivable_of(self.party, &self.code).await?;
        if !self.counts_orders {
            return Ok(used);
        }
        let ordered = uow.documents().open_orders_of(self.party).await?;
        let ordered = ordered.checked_sub(released).unwrap_or(ordered);
        Ok(used.checked_add(ordered).unwrap_or(used))
    }

    /// The warning about the limit: it is nearly used up, or a document that is not refused goes beyond it. `is_counted` is a
    /// document whose order is among those that count.
    pub(super) async fn warning(
        &self,
        uow: &mut dyn UnitOfWork,
        is_counted: bool,
    ) -> AppResult<Option<Violation>> {
        if is_counted && self.counts_orders {
            return Ok(None);
        }
        let used = self.used(uow, Amount::ZERO).await?;
        let Some(owed) = used.checked_add(self.needed) else { return Ok(None) };
        let (part, whole) =
            (i128::from(owed.scaled()) * PERCENT, i128::from(self.limit.scaled()) * NEAR_PERCENT);
        let def = match () {
            () if owed > self.limit => &CREDIT_LIMIT_PASSED,
            () if part >= whole => &CREDIT_LIMIT_NEAR,
            () => return Ok(None),
        };
        let text = |amount: Amount| amount.display(self.company.scale);
        let warning = Violation::new(def).at(self.at).with("party", &self.code);
        Ok(Some(warning.with("owed", text(owed)).with("limit", text(self.limit))))
    }
}
