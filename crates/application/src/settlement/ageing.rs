//! `GET /reports/receivables-ageing` and `/reports/payables-ageing`: how long items are overdue (R109).

use chrono::NaiveDate;
use domain::accounting::account::ControlKind;
use domain::error::{Language, Violation};
use domain::ids::TenantId;
use domain::money::CurrencyCode;
use domain::settlement::ageing::{AGEING_TOO_LARGE, Buckets};
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::ports::{AgedSum, AgeingQuery, SettlementQueries};
use crate::accounting::ports::reports::{Bucket, MovementQuery};
use crate::accounting::reports::captions::Caption;
use crate::accounting::reports::chart::Chart;
use crate::accounting::reports::figures::{Figures, Shown};
use crate::accounting::reports::request::{Range, ReportRequest};
use crate::accounting::reports::{Frame, Reports};
use crate::accounting::views::NameView;
use crate::accounting::views::reports::{Money, ReportScopeView};
use crate::changes::unknown_reference;
use crate::error::AppResult;
use crate::word_type;

/// Most sums of one report: of a party, a currency, a date and a side.
pub const AGED_SUMS_MAX: usize = 200_000;

domain::choices! {
    /// The date from which days are counted.
    pub enum AgeingBasis {
        /// An item is overdue from the day after its due date.
        Due = "due",
        Posting = "posting",
    }
}

word_type!(AgeingBasis, "ageingBasis");

/// An ageing report as asked for.
#[derive(Debug, Clone)]
pub struct AgeingRequest {
    pub control: ControlKind,
    pub as_of: Option<NaiveDate>,
    pub known_at: Option<Timestamp>,
    pub buckets: Buckets,
    pub by: AgeingBasis,
    pub party: Option<String>,
    pub currency: Option<CurrencyCode>,
    /// Only items of the branch with this code.
    pub branch: Option<String>,
    pub language: Language,
}

/// The amounts that each party owes or is owed on a day, by the time since they fell due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgeingView {
    pub scope: ReportScopeView,
    /// The branch that was asked for; null for all.
    pub branch: Option<String>,
    /// The buckets, in the order in which lines show them.
    pub buckets: Vec<AgeingBucketView>,
    /// One line for each party with open items, in the order of their codes.
    pub lines: Vec<AgeingLineView>,
    pub total: AgeingFiguresView,
    /// The balance of the control accounts on the day; null for a report on one party or one branch.
    #[schema(value_type = Option<String>)]
    pub control_balance: Option<Money>,
    /// The total less the balance of the control accounts, which is zero; null for a report on one party or one branch.
    #[schema(value_type = Option<String>)]
    pub difference: Option<Money>,
}

/// A range of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgeingBucketView {
    pub from_days: u32,
    /// The last day; null for the last bucket.
    pub to_days: Option<u32>,
}

/// One party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgeingLineView {
    /// The code of the party.
    pub party: String,
    /// Null in both languages where the code is only a text of lines.
    pub name: NameView,
    #[serde(flatten)]
    pub figures: AgeingFiguresView,
}

/// Amounts are positive where the party owes a receivable, or is owed a payable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgeingFiguresView {
    /// Debts that are not due yet.
    #[schema(value_type = String)]
    pub not_due: Money,
    /// Debts in each bucket.
    #[schema(value_type = Vec<String>)]
    pub amounts: Vec<Money>,
    /// Payments, notes and advances that are not allocated; negative.
    #[schema(value_type = String)]
    pub unallocated: Money,
    #[schema(value_type = String)]
    pub total: Money,
}

/// Sums of one line, in ten-thousandths.
#[derive(Debug, Clone)]
struct Aged {
    not_due: i128,
    amounts: Vec<i128>,
    unallocated: i128,
}

impl Aged {
    fn new(buckets: &Buckets) -> Self {
        Self { not_due: 0, amounts: vec![0; buckets.len()], unallocated: 0 }
    }

    fn total(&self) -> i128 {
        self.not_due + self.unallocated + self.amounts.iter().sum::<i128>()
    }

    fn add(&mut self, other: &Self) {
        self.not_due += other.not_due;
        self.unallocated += other.unallocated;
        for (sum, amount) in self.amounts.iter_mut().zip(&other.amounts) {
            *sum += amount;
        }
    }

    fn view(&self, shown: Shown) -> AppResult<AgeingFiguresView> {
        Ok(AgeingFiguresView {
            not_due: shown.money(self.not_due)?,
            amounts: shown.all(&self.amounts)?,
            unallocated: shown.money(self.unallocated)?,
            total: shown.money(self.total())?,
        })
    }
}

impl AgeingRequest {
    /// Receivables are debits, payables credits; both are shown as positive.
    fn sign(&self) -> i128 {
        if self.control == ControlKind::Payable { -1 } else { 1 }
    }

    fn report(&self) -> ReportRequest {
        ReportRequest {
            to: self.as_of,
            known_at: self.known_at,
            currency: self.currency,
            language: self.language,
            ..ReportRequest::new()
        }
    }

    fn add(&self, aged: &mut Aged, sum: &AgedSum, day: NaiveDate) {
        let amount = if self.currency.is_some() { sum.amount } else { sum.company_amount };
        let amount = i128::from(amount.scaled()) * self.sign();
        let is_debt = sum.is_debit == (self.control == ControlKind::Receivable);
        match self.buckets.of(sum.date, day) {
            _ if !is_debt => aged.unallocated += amount,
            Some(bucket) => aged.amounts[bucket] += amount,
            None => aged.not_due += amount,
        }
    }
}

/// Refuses a branch that nothing has as its code.
pub(super) async fn check_branch(
    settlement: &dyn SettlementQueries,
    tenant: TenantId,
    branch: Option<&str>,
) -> AppResult<()> {
    match branch {
        Some(code) if !settlement.knows_branch(tenant, code).await? => {
            Err(unknown_reference("?branch", "branch", code).into())
        }
        _ => Ok(()),
    }
}

impl Reports {
    pub async fn ageing(
        &self,
        tenant: TenantId,
        settlement: &dyn SettlementQueries,
        request: &AgeingRequest,
    ) -> AppResult<AgeingView> {
        let report = request.report();
        let frame = self.frame(tenant, &report).await?;
        let day = self.last_day(&report, &frame)?;
        let party = match &request.party {
            Some(code) => Some(settlement.surviving_code(tenant, code).await?),
            None => None,
        };
        check_branch(settlement, tenant, request.branch.as_deref()).await?;
        let query = AgeingQuery {
            control: request.control,
            as_of: day,
            known_at: request.known_at,
            party,
            currency: request.currency,
            branch: request.branch.clone(),
            by_posting: request.by == AgeingBasis::Posting,
            max: i64::try_from(AGED_SUMS_MAX).unwrap_or(i64::MAX).saturating_add(1),
        };
        let sums = settlement.aged_sums(tenant, &query).await?;
        if sums.len() > AGED_SUMS_MAX {
            return Err(Violation::new(&AGEING_TOO_LARGE).with("max", AGED_SUMS_MAX).into());
        }
        let (mut lines, mut total) = (Vec::new(), Aged::new(&request.buckets));
        for sums in sums.chunk_by(|a, b| a.party == b.party) {
            let mut aged = Aged::new(&request.buckets);
            for sum in sums {
                request.add(&mut aged, sum, day);
            }
            total.add(&aged);
            lines.push(AgeingLineView {
                party: sums[0].party.clone(),
                name: sums[0].name.clone(),
                figures: aged.view(frame.shown)?,
            });
        }
        // A text of old books may have open items without being a party.
        if let Some(code) = query.party.as_deref().filter(|_| lines.is_empty())
            && settlement.party_name(tenant, code).await?.is_none()
        {
            return Err(unknown_reference("?party", "party", code).into());
        }
        let whole = request.party.is_none() && request.branch.is_none();
        let balance = match whole {
            false => None,
            true => Some(self.control_balance(tenant, &frame, request, day).await? * request.sign()),
        };
        let difference = balance.map(|balance| frame.shown.money(total.total() - balance)).transpose()?;
        let caption = match request.control {
            ControlKind::Payable => Caption::PayablesAgeing,
            _ => Caption::ReceivablesAgeing,
        };
        let bucket = |(from_days, to_days)| AgeingBucketView { from_days, to_days };
        Ok(AgeingView {
            scope: frame.scope(caption, &report, Range { from: None, to: Some(day) }, None),
            branch: request.branch.clone(),
            buckets: request.buckets.ranges().map(bucket).collect(),
            lines,
            total: total.view(frame.shown)?,
            control_balance: balance.map(|balance| frame.shown.money(balance)).transpose()?,
            difference,
        })
    }

    /// The balance of the control accounts in the ledger, debits positive.
    async fn control_balance(
        &self,
        tenant: TenantId,
        frame: &Frame,
        request: &AgeingRequest,
        day: NaiveDate,
    ) -> AppResult<i128> {
        let bucket = Bucket::new(None, Some(day));
        let query = MovementQuery {
            buckets: vec![bucket],
            filter: frame.filter.clone(),
            known_at: request.known_at,
            ..MovementQuery::default()
        };
        let movements = self.queries.movements(tenant, &query).await?;
        let figures = Figures::collect(&movements.sums, 1, |movement| Some(movement.bucket));
        let chart = Chart::new(self.queries.chart(tenant, request.known_at).await?);
        let accounts = chart.iter().filter(|account| account.control == request.control);
        Ok(accounts.map(|account| figures.net(account.id, 0)).sum())
    }
}
