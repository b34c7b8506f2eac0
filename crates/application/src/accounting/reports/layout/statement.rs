//! The statement itself.

use domain::accounting::report_layout::{LayoutKind, LayoutRow, ReportLayout, RowContent, Weights};
use domain::error::Violations;
use domain::ids::TenantId;

use super::budget::Budgeted;
use super::columns::{Column, Columns, Share, Source};
use super::figures::{Pieces, Place, SlotSums};
use super::links::Links;
use super::periods::{Period, Span};
use super::taken::Taken;
use super::{StatementRequest, fitting};
use crate::accounting::budgets::ports::BudgetQueries;
use crate::accounting::ports::reports::{Bucket, MovementQuery};
use crate::accounting::reports::captions::Caption;
use crate::accounting::reports::chart::Chart;
use crate::accounting::reports::figures::Shown;
use crate::accounting::reports::request::Range;
use crate::accounting::reports::translation::Lane;
use crate::accounting::reports::{Frame, Reports};
use crate::accounting::views::NameView;
use crate::accounting::views::layout_statement::{
    FigureView, LayoutStatementView, StatementLayoutView, StatementRowView,
};
use crate::accounting::views::reports::{Money, ReportScopeView};
use crate::error::AppResult;

/// Decimals of percentages.
const PERCENT_DECIMALS: u8 = 2;
/// A hundred percent in the unit of amounts, which is a ten-thousandth.
const HUNDRED_PERCENT: i128 = 1_000_000;
/// A hundredth of a percent in the unit of amounts.
const PERCENT_STEP: i128 = 100;

impl Reports {
    /// Reads maintained balances once, whatever the number of rows and columns.
    pub async fn layout_statement(
        &self,
        tenant: TenantId,
        budgets: &dyn BudgetQueries,
        request: &StatementRequest,
    ) -> AppResult<LayoutStatementView> {
        let report = &request.report;
        let frame = self.frame(tenant, report).await?;
        let (layout, tree) = self.designed(tenant, request).await?;
        let chart = Chart::new(self.queries.chart(tenant, report.known_at).await?);
        let taken = fitting(&layout, &chart, report)?;
        let periods = self.periods(layout.kind, request, &frame)?;
        let budgeted = Budgeted::find(tenant, budgets, request, (&frame.calendar, &periods)).await?;
        let (buckets, places) = buckets(&layout, request, &periods);
        let query = MovementQuery {
            buckets,
            filter: frame.filter.clone(),
            known_at: report.known_at,
            group: tree.as_ref().map(|tree| tree.id),
            ..MovementQuery::default()
        };
        let lanes = lanes(&layout, &places, &periods);
        let movements = self.sums(tenant, &frame, &chart, query, &lanes).await?;
        let Columns { slots, columns } = match &tree {
            Some(tree) => Columns::of_values(&layout, request, &periods, tree, &movements.sums)?,
            None => Columns::of_periods(&layout, request, &periods),
        };
        let mut sums = SlotSums::collect(&movements.sums, &slots, &places);
        if let Some(budgeted) = &budgeted {
            sums.add_budget(budgeted, &slots);
        }
        let weights = layout.weights(&mut Violations::new());
        let links = Links::new(request, layout.kind);
        let statement = Statement {
            layout: &layout,
            chart: &chart,
            taken: &taken,
            sums: &sums,
            slots: &slots,
            columns: &columns,
            links: &links,
            shown: frame.shown,
        };
        statement.view(&weights, scope(&frame, &layout, request, &periods))
    }
}

/// The sums of every period, and where they belong. Opening entries within a period were there before it.
fn buckets(
    layout: &ReportLayout,
    request: &StatementRequest,
    periods: &[Period],
) -> (Vec<Bucket>, Vec<Place>) {
    let rows = layout.rows.iter().filter_map(LayoutRow::accounts);
    let opening = matches!(layout.kind, LayoutKind::BalanceSheet | LayoutKind::EquityChanges)
        || rows.into_iter().any(|row| layout.parts_of(row).opening);
    let spans = periods.iter().flat_map(|period| [Some(period.span), period.compared]).flatten();
    let (mut buckets, mut places) = (Vec::new(), Vec::new());
    for (period, span) in spans.enumerate() {
        let Span { from, to } = span;
        let excluded = StatementRequest::closing_excluded_from(&request.report, layout.kind, span);
        let within = Bucket::new(Some(from), Some(to)).without_closing_from(excluded).without_openings();
        buckets.push(within);
        places.push(Place { period, is_opening: false });
        if opening {
            buckets.extend([Bucket::new(None, from.pred_opt()), Bucket::of_openings(Some(from), Some(to))]);
            places.extend([Place { period, is_opening: true }; 2]);
        }
    }
    (buckets, places)
}

/// Balances of a balance sheet are all translated on its day; elsewhere those before a period on the day before it.
fn lanes(layout: &ReportLayout, places: &[Place], periods: &[Period]) -> Vec<Lane> {
    let spans = periods.iter().flat_map(|period| [Some(period.span), period.compared]).flatten();
    let mut lanes = Vec::with_capacity(places.len());
    for (column, span) in spans.enumerate() {
        let before = span.from.pred_opt().filter(|_| layout.kind != LayoutKind::BalanceSheet);
        for is_opening in [true, false] {
            let as_of = before.filter(|_| is_opening).unwrap_or(span.to);
            let of_slot =
                |(_, place): &(usize, &Place)| place.period == column && place.is_opening == is_opening;
            let of_slot = places.iter().enumerate().filter(of_slot);
            lanes.extend(of_slot.map(|(bucket, _)| Lane { bucket, column, as_of }));
        }
    }
    lanes
}

fn scope(
    frame: &Frame,
    layout: &ReportLayout,
    request: &StatementRequest,
    periods: &[Period],
) -> ReportScopeView {
    let is_sheet = layout.kind == LayoutKind::BalanceSheet;
    let range = |first: Option<Span>, last: Option<Span>| Range {
        from: first.map(|span| span.from).filter(|_| !is_sheet),
        to: last.map(|span| span.to),
    };
    let last = periods.iter().rev().find(|period| !period.is_sum);
    let whole = range(periods.first().map(|period| period.span), last.map(|period| period.span));
    let first_compared = periods.first().and_then(|period| period.compared);
    let compared = first_compared.map(|_| range(first_compared, last.and_then(|period| period.compared)));
    let scope = frame.scope(Caption::Total, &request.report, whole, compared);
    let title = layout.name.text(request.report.language).to_owned();
    ReportScopeView { title, ..scope }
}

pub(super) struct Statement<'a> {
    pub layout: &'a ReportLayout,
    pub chart: &'a Chart,
    pub taken: &'a Taken<'a>,
    pub sums: &'a SlotSums,
    pub slots: &'a [super::columns::Slot],
    pub columns: &'a [Column],
    pub links: &'a Links,
    pub shown: Shown,
}

impl Statement<'_> {
    fn view(&self, weights: &[Weights], scope: ReportScopeView) -> AppResult<LayoutStatementView> {
        let of_accounts: Vec<Vec<Pieces>> = (0..self.layout.rows.len()).map(|row| self.row(row)).collect();
        let mut rows = Vec::new();
        for (row, weights) in self.layout.rows.iter().zip(weights).filter(|(row, _)| !row.hidden) {
            let mut figures = vec![Pieces::default(); self.slots.len()];
            for (counted, weight) in weights {
                for (figure, pieces) in figures.iter_mut().zip(&of_accounts[*counted]) {
                    figure.add(*pieces, i128::from(*weight));
                }
            }
            let cells = match row.content {
                RowContent::Heading => Vec::new(),
                _ => self.cells(&figures, ("row", row.code.as_str()))?,
            };
            rows.push(StatementRowView {
                code: row.code.to_string(),
                kind: row.kind().as_str(),
                name: NameView::from(&row.name),
                level: row.level,
                cells,
            });
        }
        let (unassigned_accounts, unassigned) = self.unassigned()?;
        Ok(LayoutStatementView {
            scope,
            layout: StatementLayoutView {
                id: self.layout.id.uuid(),
                code: self.layout.code.to_string(),
                kind: self.layout.kind.as_str(),
            },
            columns: self.columns.iter().map(|column| column.view.clone()).collect(),
            rows,
            unassigned_accounts,
            reconciliation: self.reconciliation(&unassigned)?,
        })
    }

    /// The figures of a row of accounts in every slot, with its sign.
    fn row(&self, index: usize) -> Vec<Pieces> {
        let mut figures = vec![Pieces::default(); self.slots.len()];
        let Some(row) = self.layout.rows[index].accounts() else { return figures };
        let parts = self.layout.parts_of(row);
        for account in self.taken.accounts(index).iter().filter_map(|id| self.chart.get(*id)) {
            for (slot, figure) in figures.iter_mut().enumerate() {
                figure.add(self.sums.pieces(account, parts, slot), i128::from(row.sign()));
            }
        }
        figures
    }

    pub fn cells(&self, figures: &[Pieces], named: (&str, &str)) -> AppResult<Vec<FigureView>> {
        let values = self.values(figures);
        let cell = |(column, value): (&Column, &Option<i128>)| {
            let (amount, lines) = match column.source {
                Source::Ledger { slot, measure } => {
                    let slot = &self.slots[slot];
                    let has_lines = slot.share != Share::Budget;
                    let lines = has_lines.then(|| self.links.lines(named, slot, measure));
                    (self.money(*value)?, lines)
                }
                Source::Variance { .. } => (self.money(*value)?, None),
                Source::VariancePercent { .. } => {
                    let percent = Shown { scale: PERCENT_DECIMALS };
                    (value.and_then(|value| percent.money(value).ok()), None)
                }
            };
            Ok(FigureView { amount, lines })
        };
        self.columns.iter().zip(&values).map(cell).collect()
    }

    fn money(&self, value: Option<i128>) -> AppResult<Option<Money>> {
        value.map(|value| self.shown.money(value)).transpose()
    }

    /// A value for each column; those that compare come after the columns that they compare.
    fn values(&self, figures: &[Pieces]) -> Vec<Option<i128>> {
        let mut values: Vec<Option<i128>> = Vec::with_capacity(self.columns.len());
        for column in self.columns {
            let value = |index: usize| values.get(index).copied().flatten();
            values.push(match column.source {
                Source::Ledger { slot, measure } => figures.get(slot).map(|pieces| pieces.of(measure)),
                Source::Variance { of, from } => value(of).zip(value(from)).map(|(of, from)| of - from),
                Source::VariancePercent { of, from } => {
                    value(of).zip(value(from)).and_then(|(of, from)| percent(of - from, from))
                }
            });
        }
        values
    }
}

/// In the unit of amounts, half a hundredth away from zero; `None` where there is nothing to compare with.
fn percent(difference: i128, from: i128) -> Option<i128> {
    let whole = (from != 0).then(|| from.abs())?;
    let (numerator, denominator) = (difference * HUNDRED_PERCENT, whole * PERCENT_STEP);
    let rounded = (numerator.abs() * 2 + denominator) / (denominator * 2);
    Some(rounded * numerator.signum() * PERCENT_STEP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_have_two_decimals() {
        for (difference, from, expected) in [
            (50, 200, Some(250_000)),
            (1, 3, Some(333_300)),
            (2, 3, Some(666_700)),
            (-2, 3, Some(-666_700)),
            (1, -4, Some(250_000)),
            (1, 0, None),
            (0, 5, Some(0)),
        ] {
            assert_eq!(percent(difference, from), expected, "{difference} of {from}");
        }
    }
}
