//! `GET /reports/balance-sheet`

use chrono::NaiveDate;
use domain::accounting::account::{AccountType, NormalBalance};
use domain::ids::TenantId;

use super::captions::Caption;
use super::chart::Chart;
use super::figures::Figures;
use super::request::{Compare, Range, ReportRequest, shift_months};
use super::statement::{SectionBuilder, SectionOptions, add, computed_line};
use super::translation::Lane;
use super::{Frame, Reports, columns};
use crate::accounting::ports::reports::{Bucket, ChartAccount, MovementQuery};
use crate::accounting::views::reports::{StatementSection, StatementView};
use crate::error::AppResult;

/// Slots of one column: before the fiscal year of its day, and in it.
const EARLIER: usize = 0;
const CURRENT: usize = 1;
const SLOTS: usize = 2;

impl Reports {
    /// Assets, liabilities and equity on one day, today unless asked otherwise. Balances that income and expense
    /// accounts hold because their year is not closed are equity, too: this year's profit, and that of earlier years.
    pub async fn balance_sheet(&self, tenant: TenantId, request: &ReportRequest) -> AppResult<StatementView> {
        let frame = self.frame(tenant, request).await?;
        let day = self.last_day(request, &frame)?;
        let beside = beside(day, request.compare, &frame);
        let days: Vec<NaiveDate> = [Some(day), beside].into_iter().flatten().collect();
        let wanted = (0..).zip(&days).flat_map(|(index, day)| buckets(index, *day, request, &frame));
        let (places, buckets): (Vec<usize>, Vec<Bucket>) = wanted.unzip();
        let query = MovementQuery {
            buckets,
            filter: frame.filter.clone(),
            known_at: request.known_at,
            ..MovementQuery::default()
        };
        let chart = Chart::new(self.queries.chart(tenant, request.known_at).await?);
        let lane = |(bucket, slot): (usize, &usize)| {
            let column = slot / SLOTS;
            days.get(column).map(|as_of| Lane { bucket, column, as_of: *as_of })
        };
        let lanes: Vec<Lane> = places.iter().enumerate().filter_map(lane).collect();
        let movements = self.sums(tenant, &frame, &chart, query, &lanes).await?;
        let figures =
            Figures::collect(&movements.sums, days.len() * SLOTS, |m| places.get(m.bucket).copied());
        let sheet = Sheet { chart: &chart, figures: &figures, request, frame: &frame, columns: days.len() };
        sheet.view(&days)
    }
}

/// The sums for one day, each with its slot. Opening balances of income and expense accounts are no result of this
/// year.
fn buckets(
    index: usize,
    day: NaiveDate,
    request: &ReportRequest,
    frame: &Frame,
) -> [(usize, Bucket); SLOTS + 1] {
    let start = frame.calendar.year_start(day);
    let excluded = (request.include_closing == Some(false)).then_some(start);
    let (earlier, current) = (index * SLOTS + EARLIER, index * SLOTS + CURRENT);
    let this_year = Bucket::new(Some(start), Some(day)).without_closing_from(excluded).without_openings();
    [
        (earlier, Bucket::new(None, start.pred_opt())),
        (earlier, Bucket::of_openings(Some(start), Some(day))),
        (current, this_year),
    ]
}

/// The day to compare with: the end of the period before, or the same day a year earlier.
fn beside(day: NaiveDate, compare: Compare, frame: &Frame) -> Option<NaiveDate> {
    match compare {
        Compare::None => None,
        Compare::PreviousYear => shift_months(day, -12),
        Compare::PreviousPeriod => frame.calendar.period_start(day).pred_opt(),
    }
}

struct Sheet<'a> {
    chart: &'a Chart,
    figures: &'a Figures,
    request: &'a ReportRequest,
    frame: &'a Frame,
    columns: usize,
}

impl Sheet<'_> {
    fn view(&self, days: &[NaiveDate]) -> AppResult<StatementView> {
        let (assets, total_assets) =
            self.section("assets", (Caption::Assets, Caption::TotalAssets), AccountType::Asset)?;
        let (liabilities, total_liabilities) = self.section(
            "liabilities",
            (Caption::Liabilities, Caption::TotalLiabilities),
            AccountType::Liability,
        )?;
        let (mut equity, mut total_equity) =
            self.section("equity", (Caption::Equity, Caption::TotalEquity), AccountType::Equity)?;
        for (code, caption, slot) in [
            ("undistributed_profit", Caption::UndistributedProfit, EARLIER),
            ("current_year_profit", Caption::CurrentYearProfit, CURRENT),
        ] {
            let profit: Vec<i128> = (0..self.columns).map(|column| self.profit(column, slot)).collect();
            if self.request.include_zero || profit.iter().any(|amount| *amount != 0) {
                let amounts = self.frame.shown.all(&profit)?;
                equity.lines.push(computed_line(code, self.text(caption), amounts));
            }
            add(&mut total_equity, &profit);
        }
        equity.totals = self.frame.shown.all(&total_equity)?;
        let mut both = total_liabilities;
        add(&mut both, &total_equity);
        let difference: Vec<i128> =
            total_assets.iter().zip(&both).map(|(assets, both)| assets - both).collect();
        let balanced = difference.iter().all(|amount| *amount == 0);
        let total = computed_line(
            "liabilities_and_equity",
            self.text(Caption::TotalLiabilitiesAndEquity),
            self.frame.shown.all(&both)?,
        );
        let ranges: Vec<Range> = days.iter().map(|day| Range { from: None, to: Some(*day) }).collect();
        let compared = ranges.get(1).copied();
        Ok(StatementView {
            scope: self.frame.scope(Caption::BalanceSheet, self.request, ranges[0], compared),
            columns: columns(&ranges, self.request),
            sections: vec![assets, liabilities, equity],
            results: vec![total],
            balanced: (!self.request.is_filtered()).then_some(balanced),
            difference: self.frame.shown.all(&difference)?,
        })
    }

    fn text(&self, caption: Caption) -> &'static str {
        caption.text(self.request.language)
    }

    fn section(
        &self,
        code: &'static str,
        (caption, total): (Caption, Caption),
        account_type: AccountType,
    ) -> AppResult<(StatementSection, Vec<i128>)> {
        let sign = if account_type.normal_side() == NormalBalance::Debit { 1 } else { -1 };
        let amounts = |account: &ChartAccount| {
            let slots = |column: usize| [column * SLOTS + EARLIER, column * SLOTS + CURRENT];
            let net =
                |column| slots(column).map(|slot| self.figures.net(account.id, slot)).iter().sum::<i128>();
            (0..self.columns).map(|column| sign * net(column)).collect()
        };
        let options = SectionOptions {
            level: self.request.level,
            include_zero: self.request.include_zero,
            shown: self.frame.shown,
        };
        let builder = SectionBuilder { chart: self.chart, options, columns: self.columns, amounts };
        builder.section(code, (self.text(caption), self.text(total)), account_type)
    }

    /// Income less expenses that no closing entry has taken to equity yet.
    fn profit(&self, column: usize, slot: usize) -> i128 {
        let temporary = self.chart.iter().filter(|account| !account.account_type.is_balance_sheet());
        -temporary.map(|account| self.figures.net(account.id, column * SLOTS + slot)).sum::<i128>()
    }
}
