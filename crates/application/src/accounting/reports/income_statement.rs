//! `GET /reports/income-statement`

use domain::accounting::account::{AccountType, NormalBalance};
use domain::error::{Language, Violation};
use domain::ids::{DimensionValueId, TenantId};

use super::captions::Caption;
use super::chart::Chart;
use super::error::{REPORT_GROUP_AND_COMPARE, REPORT_TOO_MANY_COLUMNS};
use super::figures::Figures;
use super::request::{Compare, Range, ReportRequest};
use super::statement::{SectionBuilder, SectionOptions, computed_line};
use super::translation::Lane;
use super::{Frame, Reports, columns};
use crate::accounting::ports::reports::{Bucket, ChartAccount, DimensionTree, Movement, MovementQuery};
use crate::accounting::views::reports::{StatementColumnView, StatementSection, StatementView};
use crate::error::{AppResult, UNKNOWN_REFERENCE};
use crate::nouns::noun;

/// Most values of a dimension shown as columns.
pub const GROUP_COLUMNS_MAX: usize = 100;

impl Reports {
    /// Income and expenses of a range, by default the fiscal year up to today, without the entries that close it.
    pub async fn income_statement(
        &self,
        tenant: TenantId,
        request: &ReportRequest,
    ) -> AppResult<StatementView> {
        let frame = self.frame(tenant, request).await?;
        let range = flow_range(self, request, &frame)?;
        let compared = range.compared(request.compare)?;
        let group = self.group(tenant, request).await?;
        let ranges: Vec<Range> = [Some(range), compared].into_iter().flatten().collect();
        let query = MovementQuery {
            buckets: ranges.iter().map(|range| flow_bucket(*range, request)).collect(),
            filter: frame.filter.clone(),
            known_at: request.known_at,
            group: group.as_ref().map(|tree| tree.id),
            ..MovementQuery::default()
        };
        let chart = Chart::new(self.queries.chart(tenant, request.known_at).await?);
        let lane = |(bucket, range): (usize, &Range)| Some(Lane { bucket, column: bucket, as_of: range.to? });
        let lanes: Vec<Lane> = ranges.iter().enumerate().filter_map(lane).collect();
        let movements = self.sums(tenant, &frame, &chart, query, &lanes).await?;
        let statement = match &group {
            None => Statement {
                figures: Figures::collect(&movements.sums, ranges.len(), |m| {
                    m.group.is_none().then_some(m.bucket)
                }),
                columns: columns(&ranges, request),
                grouped: false,
            },
            Some(tree) => grouped(tree, &movements.sums, range, request)?,
        };
        let scope = frame.scope(Caption::IncomeStatement, request, range, compared);
        statement.view(&chart, request, &frame, scope)
    }

    async fn group(&self, tenant: TenantId, request: &ReportRequest) -> AppResult<Option<DimensionTree>> {
        let Some(code) = &request.group_by else { return Ok(None) };
        if request.compare != Compare::None {
            return Err(Violation::new(&REPORT_GROUP_AND_COMPARE).at("?groupBy").into());
        }
        let tree = self.queries.dimension(tenant, code).await?;
        let unknown = || {
            Violation::new(&UNKNOWN_REFERENCE)
                .at("?groupBy")
                .with_phrase("resource", noun("dimension"))
                .with("value", code)
        };
        Ok(Some(tree.ok_or_else(unknown)?))
    }
}

/// The range of a statement of flows: what was asked for, else the fiscal year up to its end or today.
pub(super) fn flow_range(reports: &Reports, request: &ReportRequest, frame: &Frame) -> AppResult<Range> {
    let to = reports.last_day(request, frame)?;
    let from = match request.from {
        Some(from) => from,
        None => frame.fiscal_year(to, if request.to.is_some() { "?to" } else { "?from" })?.start,
    };
    Ok(Range::checked(Some(from), Some(to))?)
}

/// Flows without the closing entries, which only move the profit on, and without opening balances, which did not flow.
pub(super) fn flow_bucket(range: Range, request: &ReportRequest) -> Bucket {
    let excluded = if request.include_closing == Some(true) { None } else { range.from };
    Bucket::new(range.from, range.to).without_closing_from(excluded).without_openings()
}

/// One column for each value that has postings, one for lines without a value, and the total before them.
fn grouped(
    tree: &DimensionTree,
    movements: &[Movement],
    range: Range,
    request: &ReportRequest,
) -> AppResult<Statement> {
    let used = |id: DimensionValueId| movements.iter().any(|m| m.group == Some(id));
    let mut values: Vec<_> = tree.values.iter().filter(|node| used(node.id)).collect();
    values.sort_by(|a, b| a.code.cmp(&b.code));
    if values.len() > GROUP_COLUMNS_MAX {
        let violation = Violation::new(&REPORT_TOO_MANY_COLUMNS).at("?groupBy");
        return Err(violation.with("count", values.len()).with("max", GROUP_COLUMNS_MAX).into());
    }
    let place = |m: &Movement| match m.group {
        None => Some(0),
        Some(id) => values.iter().position(|node| node.id == id).map(|at| at + 1),
    };
    let figures = Figures::collect(movements, values.len() + 1, place);
    let column = |code: &str, caption: &str| StatementColumnView {
        code: code.to_owned(),
        caption: caption.to_owned(),
        from: range.from,
        to: range.to,
    };
    let mut columns = vec![column("total", Caption::Total.text(request.language))];
    columns.extend(values.iter().map(|node| {
        let (ar, en) = (node.name.ar(), node.name.en());
        let name = if request.language == Language::Arabic { ar.or(en) } else { en.or(ar) };
        column(&node.code, name.unwrap_or(&node.code))
    }));
    columns.push(column("", Caption::Unassigned.text(request.language)));
    Ok(Statement { figures, columns, grouped: true })
}

struct Statement {
    figures: Figures,
    columns: Vec<StatementColumnView>,
    /// The last column is what the values leave of the first.
    grouped: bool,
}

impl Statement {
    fn view(
        self,
        chart: &Chart,
        request: &ReportRequest,
        frame: &Frame,
        scope: crate::accounting::views::reports::ReportScopeView,
    ) -> AppResult<StatementView> {
        let section = |code, caption: Caption, total: Caption, account_type| {
            self.section(chart, request, frame, code, (caption, total), account_type)
        };
        let (income, earned) = section("income", Caption::Income, Caption::TotalIncome, AccountType::Income)?;
        let (expenses, spent) =
            section("expenses", Caption::Expenses, Caption::TotalExpenses, AccountType::Expense)?;
        let profit: Vec<i128> = earned.iter().zip(&spent).map(|(earned, spent)| earned - spent).collect();
        let caption = Caption::NetProfit.text(request.language);
        let result = computed_line("net_profit", caption, frame.shown.all(&profit)?);
        Ok(StatementView {
            scope,
            columns: self.columns,
            sections: vec![income, expenses],
            results: vec![result],
            balanced: None,
            difference: Vec::new(),
        })
    }

    fn section(
        &self,
        chart: &Chart,
        request: &ReportRequest,
        frame: &Frame,
        code: &'static str,
        (caption, total): (Caption, Caption),
        account_type: AccountType,
    ) -> AppResult<(StatementSection, Vec<i128>)> {
        let sign = if account_type.normal_side() == NormalBalance::Debit { 1 } else { -1 };
        let amounts = |account: &ChartAccount| {
            let mut nets: Vec<i128> =
                (0..self.figures.slots()).map(|slot| sign * self.figures.net(account.id, slot)).collect();
            if self.grouped {
                let rest = nets[0] - nets[1..].iter().sum::<i128>();
                nets.push(rest);
            }
            nets
        };
        let options =
            SectionOptions { level: request.level, include_zero: request.include_zero, shown: frame.shown };
        let builder = SectionBuilder { chart, options, columns: self.columns.len(), amounts };
        let captions = (caption.text(request.language), total.text(request.language));
        builder.section(code, captions, account_type)
    }
}
