//! The statements of the general ledger: each is one snapshot of sums, arranged along the chart of accounts.

pub mod balance_sheet;
pub mod captions;
pub mod cash_flow;
pub mod chart;
pub mod control_accounts;
pub mod error;
pub mod figures;
pub mod general_ledger;
pub mod income_statement;
pub mod request;
pub mod statement;
pub mod trial_balance;

use std::sync::Arc;

use chrono::NaiveDate;
use domain::error::{Violation, Violations};
use domain::ids::TenantId;
use domain::money::Currency;
use domain::time::Timestamp;

use self::captions::Caption;
use self::error::KNOWN_AT_IN_FUTURE;
use self::figures::Shown;
use self::request::{DimensionFilter, Range, ReportRequest, select};
use super::ports::reports::{Calendar, LedgerFilter, ReportQueries};
use super::views::reports::{ReportRangeView, ReportScopeView, StatementColumnView};
use crate::command::Application;
use crate::error::AppResult;
use crate::ports::clock::Clock;
use crate::ports::database::Database;

/// Makes reports of one tenant's books.
#[derive(Clone)]
pub struct Reports {
    pub queries: Arc<dyn ReportQueries>,
    database: Arc<dyn Database>,
    clock: Arc<dyn Clock>,
}

/// What every report begins with.
pub(crate) struct Frame {
    pub calendar: Calendar,
    pub filter: LedgerFilter,
    pub shown: Shown,
    pub currency: Currency,
}

impl Reports {
    pub fn new(application: &Application, queries: Arc<dyn ReportQueries>) -> Self {
        Self { queries, database: application.database.clone(), clock: application.clock.clone() }
    }

    /// Today, in UTC.
    pub fn today(&self) -> NaiveDate {
        self.clock.now().date()
    }

    /// After this, what was recorded up to `known_at` can no longer change (R10).
    ///
    /// # Errors
    /// `known_at_in_future`
    pub async fn settle(&self, tenant: TenantId, known_at: Option<Timestamp>) -> AppResult<()> {
        let Some(known_at) = known_at else { return Ok(()) };
        // The very present is future, too: a posting of this microsecond may still come.
        if known_at >= self.clock.now() {
            return Err(Violation::new(&KNOWN_AT_IN_FUTURE).at("?knownAt").into());
        }
        self.database.settle(tenant).await
    }

    pub(crate) async fn frame(&self, tenant: TenantId, request: &ReportRequest) -> AppResult<Frame> {
        self.settle(tenant, request.known_at).await?;
        let calendar = self.queries.calendar(tenant).await?;
        let filter = self.filter(tenant, request).await?;
        let currency = match request.currency {
            Some(code) if code != calendar.company.code => Currency::iso(code),
            _ => calendar.company,
        };
        Ok(Frame { calendar, filter, shown: Shown { scale: currency.scale }, currency })
    }

    async fn filter(&self, tenant: TenantId, request: &ReportRequest) -> AppResult<LedgerFilter> {
        let mut violations = Violations::new();
        let mut dimensions = Vec::with_capacity(request.dimensions.len());
        for wanted in &request.dimensions {
            let tree = self.queries.dimension(tenant, &wanted.dimension).await?;
            dimensions.extend(select(wanted, tree.as_ref(), &mut violations));
        }
        Ok(violations.into_result(LedgerFilter { currency: request.currency, dimensions })?)
    }
}

impl Frame {
    pub fn scope(
        &self,
        title: Caption,
        request: &ReportRequest,
        range: Range,
        compared: Option<Range>,
    ) -> ReportScopeView {
        let shown = |filter: &DimensionFilter| format!("{}:{}", filter.dimension, filter.values.join(","));
        ReportScopeView {
            title: title.text(request.language).to_owned(),
            currency: self.currency.code.to_string(),
            from: range.from,
            to: range.to,
            known_at: request.known_at.map(|at| at.to_string()),
            dimensions: request.dimensions.iter().map(shown).collect(),
            comparison: compared.map(|range| ReportRangeView { from: range.from, to: range.to }),
        }
    }
}

/// The columns of a statement: what is asked for and what it is set beside.
pub(crate) fn columns(ranges: &[Range], request: &ReportRequest) -> Vec<StatementColumnView> {
    let column = |(index, range): (usize, &Range)| {
        let (code, caption) =
            if index == 0 { ("current", Caption::Amount) } else { ("comparison", Caption::Comparison) };
        StatementColumnView {
            code: code.to_owned(),
            caption: caption.text(request.language).to_owned(),
            from: range.from,
            to: range.to,
        }
    };
    ranges.iter().enumerate().map(column).collect()
}
