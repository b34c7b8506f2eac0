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
pub mod layout;
pub mod request;
pub mod statement;
pub mod translation;
pub mod trial_balance;

use std::sync::Arc;

use chrono::NaiveDate;
use domain::error::{Violation, Violations};
use domain::ids::TenantId;
use domain::money::Currency;
use domain::time::Timestamp;
use domain::time_zone::TimeZone;

use self::captions::Caption;
use self::chart::Chart;
use self::error::{
    KNOWN_AT_IN_FUTURE, PRESENTATION_AND_CURRENCY, REPORT_OUTSIDE_FISCAL_YEARS, REPORTING_CURRENCY_NONE,
    REPORTING_CURRENCY_OTHER,
};
use self::figures::Shown;
use self::request::{DimensionFilter, Range, ReportRequest, select};
use self::translation::{Lane, Translation};
use super::ports::reports::{
    Calendar, DateSpan, LedgerFilter, MovementQuery, Movements, ReportQueries, ReportingCurrency,
};
use super::views::NameView;
use super::views::reports::{PresentationView, ReportRangeView, ReportScopeView, StatementColumnView};
use crate::command::Application;
use crate::error::{AppResult, UNKNOWN_REFERENCE};
use crate::nouns::noun;
use crate::ports::clock::Clock;
use crate::ports::database::Database;

/// Makes reports of one tenant's books.
#[derive(Clone)]
pub struct Reports {
    pub queries: Arc<dyn ReportQueries>,
    database: Arc<dyn Database>,
    clock: Arc<dyn Clock>,
    time_zone: TimeZone,
}

/// The common beginning of every report.
pub(crate) struct Frame {
    pub calendar: Calendar,
    pub filter: LedgerFilter,
    pub shown: Shown,
    pub currency: Currency,
    /// The currency into which sums are translated.
    pub reporting: Option<ReportingCurrency>,
}

impl Reports {
    pub fn new(application: &Application, queries: Arc<dyn ReportQueries>, time_zone: TimeZone) -> Self {
        Self { queries, database: application.database.clone(), clock: application.clock.clone(), time_zone }
    }

    /// The tenant's today.
    pub fn today(&self) -> NaiveDate {
        self.time_zone.day_of(self.clock.now())
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
        let filter = self.filter(tenant, request, &calendar).await?;
        let reporting = self.reporting(tenant, request, &calendar).await?;
        let named = reporting.as_ref().map(|reporting| reporting.currency).or(request.currency);
        let currency =
            named.map(|code| calendar.currencies.get(&code).copied().unwrap_or(Currency::iso(code)));
        let currency = currency.unwrap_or(calendar.company);
        Ok(Frame { calendar, filter, shown: Shown { scale: currency.scale }, currency, reporting })
    }

    /// The currency into which the report is translated; none where it is that of the books.
    async fn reporting(
        &self,
        tenant: TenantId,
        request: &ReportRequest,
        calendar: &Calendar,
    ) -> AppResult<Option<ReportingCurrency>> {
        let Some(wanted) = request.presentation.filter(|code| *code != calendar.company.code) else {
            return Ok(None);
        };
        let refused = |violation: Violation| violation.at("?presentationCurrency");
        if request.currency.is_some() {
            return Err(refused(Violation::new(&PRESENTATION_AND_CURRENCY)).into());
        }
        let Some(reporting) = self.queries.reporting_currency(tenant).await? else {
            return Err(refused(Violation::new(&REPORTING_CURRENCY_NONE)).into());
        };
        if reporting.currency != wanted {
            let other = Violation::new(&REPORTING_CURRENCY_OTHER).with("reporting", reporting.currency);
            return Err(refused(other.with("currency", wanted)).into());
        }
        Ok(Some(reporting))
    }

    /// The sums of a report, translated if it is shown in another currency than that of the books.
    pub(crate) async fn sums(
        &self,
        tenant: TenantId,
        frame: &Frame,
        chart: &Chart,
        query: MovementQuery,
        lanes: &[Lane],
    ) -> AppResult<Movements> {
        let Some(reporting) = &frame.reporting else { return self.queries.movements(tenant, &query).await };
        let translated_through = lanes.iter().map(|lane| lane.as_of).max();
        let movements =
            self.queries.movements(tenant, &MovementQuery { translated_through, ..query }).await?;
        Translation::new(reporting, &frame.calendar, chart, frame.currency).translate(movements, lanes)
    }

    /// The last day of a report: the one asked for, else today, or the end of the fiscal year in which it begins.
    ///
    /// # Errors
    /// `report_outside_fiscal_years` where nothing says how far it goes.
    pub(crate) fn last_day(&self, request: &ReportRequest, frame: &Frame) -> AppResult<NaiveDate> {
        let today = self.today();
        match (request.to, request.from) {
            (Some(to), _) => Ok(to),
            (None, Some(from)) if from > today => Ok(frame.fiscal_year(from, "?from")?.end),
            (None, _) => Ok(today),
        }
    }

    async fn filter(
        &self,
        tenant: TenantId,
        request: &ReportRequest,
        calendar: &Calendar,
    ) -> AppResult<LedgerFilter> {
        let mut violations = Violations::new();
        if let Some(code) = request.currency.filter(|code| !calendar.currencies.contains_key(code)) {
            let unknown = Violation::new(&UNKNOWN_REFERENCE).at("?currency");
            violations.push(unknown.with_phrase("resource", noun("currency")).with("value", code));
        }
        let mut dimensions = Vec::with_capacity(request.dimensions.len());
        for wanted in &request.dimensions {
            let tree = self.queries.dimension(tenant, &wanted.dimension).await?;
            dimensions.extend(select(wanted, tree.as_ref(), &mut violations));
        }
        Ok(violations.into_result(LedgerFilter { currency: request.currency, dimensions })?)
    }
}

impl Frame {
    /// The fiscal year of a day on which a range depends.
    pub fn fiscal_year(&self, day: NaiveDate, pointer: &str) -> Result<DateSpan, Violation> {
        let year = self.calendar.years.iter().find(|year| year.start <= day && day <= year.end);
        let outside = || Violation::new(&REPORT_OUTSIDE_FISCAL_YEARS).at(pointer).with("date", day);
        year.copied().ok_or_else(outside)
    }

    pub fn scope(
        &self,
        title: Caption,
        request: &ReportRequest,
        range: Range,
        compared: Option<Range>,
    ) -> ReportScopeView {
        let shown = |filter: &DimensionFilter| format!("{}:{}", filter.dimension, filter.values.join(","));
        ReportScopeView {
            company: NameView::from(&self.calendar.company_name),
            title: title.text(request.language).to_owned(),
            currency: self.currency.code.to_string(),
            from: range.from,
            to: range.to,
            known_at: request.known_at.map(|at| at.to_string()),
            dimensions: request.dimensions.iter().map(shown).collect(),
            comparison: compared.map(|range| ReportRangeView { from: range.from, to: range.to }),
            presentation: self.reporting.as_ref().map(|reporting| PresentationView {
                books_currency: self.calendar.company.code.to_string(),
                income_rate: reporting.income_rate.as_str(),
                closing_rate: range.to.and_then(|day| reporting.rate_on(day)).map(|rate| rate.to_string()),
            }),
        }
    }
}

/// The columns of a statement: the requested ranges and those that they are compared with.
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
