//! `POST /vat-returns`: prepares the return of a period and keeps it as a draft.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::error::Violation;
use domain::money::Amount;
use domain::tax::vat_period::VatPeriod;
use domain::tax::vat_return::{
    PERIOD_ALREADY_FILED, PERIOD_ALREADY_PREPARED, PERIOD_ORDER, VAT_EARLIER_DECLARED, VatReturnId,
    VatReturnStatus,
};
use domain::time::Timestamp;

use super::ports::{ReturnHead, StoredReturn};
use super::views::VatReturnView;
use super::{compute, note};
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::RequiredText;

/// Longest text of a period.
const PERIOD_LENGTH_MAX: usize = 10;

request! {
    /// Prepares the VAT return of a period.
    pub struct CreateVatReturn as CreateVatReturnBody {
        /// A month (`2026-03`) or a quarter (`2026-Q1`); or else give `from` and `to`.
        period: Option<RequiredText<PERIOD_LENGTH_MAX>> = "2026-Q1",
        /// The first day of the period.
        from: Option<NaiveDate>,
        /// The last day of the period.
        to: Option<NaiveDate>,
        /// The credit that returns filed elsewhere have left, in the company currency; for the first return only.
        opening_credit: Option<Amount>,
        /// Whether everything before the period was declared elsewhere, so that this return and all later ones leave out the
        /// tax entries of earlier days; for the first return only.
        earlier_declared: bool => false,
    }
}

#[async_trait]
impl Command for CreateVatReturn {
    const NAME: &'static str = "create_vat_return";
    const ACCESS: Access = Access::Permission("tax.vat_return.create");
    type Output = VatReturnView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<VatReturnView>> {
        let text = self.period.as_ref().map(|text| text.as_ref());
        let period = VatPeriod::given(text, self.from, self.to)?;
        if let Some(head) = uow.vat_returns().overlapping_return(period).await? {
            return Err(exists(head).into());
        }
        if let Some(last) = uow.vat_returns().last_filed_return().await?
            && period.to() < last.from()
        {
            let next = last.next_day().unwrap_or(NaiveDate::MAX);
            return Err(Violation::new(&PERIOD_ORDER).with("date", next).into());
        }
        let books = Books::open(ctx, uow).await?;
        let opening = self.opening_credit.unwrap_or_default();
        opening.check_in(books.company).map_err(|violation| violation.at("/openingCredit"))?;
        let earlier_declared = self.earlier_declared;
        if earlier_declared && uow.vat_returns().last_filed_return().await?.is_some() {
            return Err(Violation::new(&VAT_EARLIER_DECLARED).at("/earlierDeclared").into());
        }
        let declared_from = match earlier_declared {
            true => Some(period.from()),
            false => uow.vat_returns().declared_from().await?,
        };
        let id = VatReturnId::new(uow.new_id());
        let new = new_return(ctx, id, period, uow.now());
        let new = StoredReturn { opening_credit: opening, earlier_declared, declared_from, ..new };
        keep(uow, new, books.company.scale, "prepared").await
    }
}

/// Computes a new return and keeps it as a draft.
pub(super) async fn keep(
    uow: &mut dyn UnitOfWork,
    mut stored: StoredReturn,
    company_scale: u8,
    action: &'static str,
) -> AppResult<Done<VatReturnView>> {
    let (made, document) = compute(uow, &stored, company_scale).await?;
    stored.set_figures(&made);
    uow.vat_returns().insert_return(&stored, &document).await?;
    let view = stored.view(document, company_scale);
    note(uow, action, None, &view);
    Ok(Done::of(view.id, view.version, view))
}

/// A draft without figures.
pub(super) fn new_return(
    ctx: &RequestContext,
    id: VatReturnId,
    period: VatPeriod,
    now: Timestamp,
) -> StoredReturn {
    StoredReturn {
        id,
        period,
        amends: None,
        reason: None,
        status: VatReturnStatus::Draft,
        reference: None,
        opening_credit: Amount::ZERO,
        earlier_declared: false,
        declared_from: None,
        due: Amount::ZERO,
        credit: Amount::ZERO,
        net: Amount::ZERO,
        late_vat: Amount::ZERO,
        entry_count: 0,
        entry: None,
        prepared_at: now,
        filed_at: None,
        filed_by: None,
        created_by: ctx.actor.user_id(),
        created_at: now,
        version: 1,
    }
}

pub(super) fn exists(head: ReturnHead) -> Violation {
    match head.status {
        VatReturnStatus::Filed => Violation::new(&PERIOD_ALREADY_FILED).with("period", head.period),
        VatReturnStatus::Draft => {
            let prepared = Violation::new(&PERIOD_ALREADY_PREPARED).with("period", head.period);
            prepared.with("id", head.id)
        }
    }
}
