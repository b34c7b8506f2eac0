//! `POST /allocations` and `POST /nettings`: items that settle each other.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::money::Amount;
use domain::settlement::allocation::{AllocationKind, Pair};
use domain::settlement::open_item::OpenItemId;

use super::settle::{PAIRS_MAX, Settling};
use super::views::AllocationBatchView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::List;

request! {
    /// A debit item and a credit item that settle each other.
    pub struct PairBody {
        /// The debit item: an invoice to a customer, or a payment to a supplier.
        debit_item_id: OpenItemId,
        /// The credit item: a receipt from a customer, or a supplier's bill.
        credit_item_id: OpenItemId,
        /// The amount in the debit item's currency; by default as much as both have open. Required for items of different
        /// currencies.
        amount: Option<Amount>,
        /// The amount in the credit item's currency. Required for items of different currencies, and otherwise equal to
        /// `amount`.
        credit_amount: Option<Amount>,
    }

    /// A debit item and a credit item that settle each other, and what becomes of the rest.
    pub struct AllocationPairBody {
        /// The debit item: an invoice to a customer, or a payment to a supplier.
        debit_item_id: OpenItemId,
        /// The credit item: a receipt from a customer, or a supplier's bill.
        credit_item_id: OpenItemId,
        /// The amount in the debit item's currency; by default as much as both have open. Required for items of different
        /// currencies.
        amount: Option<Amount>,
        /// The amount in the credit item's currency. Required for items of different currencies, and otherwise equal to
        /// `amount`.
        credit_amount: Option<Amount>,
        /// Whether the rest of the debt is its discount for early payment: the payment and the discount settle it. A credit note
        /// lowers VAT with it, unless the company profile says otherwise.
        take_discount: bool => false,
        /// Whether the rest is written off. It must be within the tolerance that the company profile sets for its currency.
        write_off_difference: bool => false,
    }

    /// Items of one account and party that settle each other.
    pub struct AllocateItems as CreateAllocationsBody {
        /// The day on which they settle each other, which is also the posting date of exchange differences; today by default.
        date: Option<NaiveDate>,
        /// Up to 10,000 pairs, settled in their order: all of them or none.
        pairs: List<AllocationPairBody, PAIRS_MAX, 1>,
    }

    /// Receivables and payables of one party that settle each other.
    pub struct NetItems as CreateNettingBody {
        /// The day on which they settle each other, which is also the posting date of the entry; today by default.
        date: Option<NaiveDate>,
        /// Up to 10,000 pairs, settled in their order: all of them or none.
        pairs: List<PairBody, PAIRS_MAX, 1>,
    }
}

impl PairBody {
    fn pair(&self) -> Pair {
        Pair {
            amount: self.amount,
            credit_amount: self.credit_amount,
            ..Pair::new(self.debit_item_id, self.credit_item_id)
        }
    }
}

impl AllocationPairBody {
    fn pair(&self) -> Pair {
        Pair {
            debit: self.debit_item_id,
            credit: self.credit_item_id,
            amount: self.amount,
            credit_amount: self.credit_amount,
            take_discount: self.take_discount,
            write_off_difference: self.write_off_difference,
        }
    }
}

#[async_trait]
impl Command for AllocateItems {
    const NAME: &'static str = "create_allocations";
    const ACCESS: Access = Access::Permission("settlement.allocation.create");
    type Output = AllocationBatchView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<AllocationBatchView>> {
        let pairs = self.pairs.0.iter().map(AllocationPairBody::pair).collect();
        run(ctx, uow, AllocationKind::Payment, self.date, pairs).await
    }
}

#[async_trait]
impl Command for NetItems {
    const NAME: &'static str = "create_netting";
    const ACCESS: Access = Access::Permission("settlement.netting.create");
    type Output = AllocationBatchView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<AllocationBatchView>> {
        let pairs = self.pairs.0.iter().map(PairBody::pair).collect();
        run(ctx, uow, AllocationKind::Netting, self.date, pairs).await
    }
}

async fn run(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    kind: AllocationKind,
    date: Option<NaiveDate>,
    pairs: Vec<Pair>,
) -> AppResult<Done<AllocationBatchView>> {
    let date = date.unwrap_or_else(|| ctx.today(uow.now()));
    Ok(Done::new(Settling::new(kind, date, pairs).run(ctx, uow).await?))
}
