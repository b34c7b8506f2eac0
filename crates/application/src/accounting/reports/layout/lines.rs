//! `GET /reports/statement-lines`: the lines behind one figure of a statement, each with what it adds to the figure.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::accounting::report_layout::{LayoutKind, Parts, ReportLayout};
use domain::error::{Violation, Violations};
use domain::ids::{AccountId, DimensionId, JournalEntryId, TenantId};

use super::periods::Span;
use super::taken::Taken;
use super::{EquityMeasure, StatementRequest, fitting, unknown};
use crate::accounting::error::ACCOUNT_CODE_UNKNOWN;
use crate::accounting::ports::reports::{
    ChartAccount, DimensionSelection, DimensionTree, FigureRow, FigureSelection, LineKey,
};
use crate::accounting::reports::chart::Chart;
use crate::accounting::reports::error::{FIGURE_ONE_VALUE, FIGURE_ROW_OR_ACCOUNT, STATEMENT_ONE_DAY};
use crate::accounting::reports::income_statement::flow_range;
use crate::accounting::reports::request::{DimensionFilter, ReportRequest};
use crate::accounting::reports::{Frame, Reports};
use crate::accounting::views::layout_statement::{FigureLineView, FigureLinesView};
use crate::accounting::views::reports::Money;
use crate::error::{AppError, AppResult};
use crate::paging::invalid_cursor;

/// A figure of a statement as its address names it.
#[derive(Debug, Clone)]
pub struct FigureRequest {
    /// Code of the layout.
    pub layout: String,
    /// Code of a row of the layout.
    pub row: Option<String>,
    /// Code of an account that no row takes.
    pub account: Option<String>,
    pub report: ReportRequest,
    /// One column of changes in equity.
    pub measure: Option<EquityMeasure>,
    /// Lines with exactly this one value.
    pub value: Option<DimensionFilter>,
    /// Lines without a value of the dimension with this code.
    pub without: Option<String>,
    pub limit: u32,
    pub cursor: Option<String>,
}

/// How often the opening balance and the movement of an account count, debits positive.
type Counts = HashMap<AccountId, (i64, i64)>;

impl Reports {
    /// Reads one page of lines, account by account.
    pub async fn figure_lines(
        &self,
        tenant: TenantId,
        request: &FigureRequest,
    ) -> AppResult<FigureLinesView> {
        let report = &request.report;
        let frame = self.frame(tenant, report).await?;
        let layout = self.layout(tenant, &request.layout).await?;
        let chart = Chart::new(self.queries.chart(tenant, report.known_at).await?);
        let taken = fitting(&layout, &chart, report)?;
        let counts = counts(&layout, &chart, &taken, request)?;
        let span = self.span(&layout, report, &frame)?;
        let (value, without) = self.share(tenant, request).await?;
        let mut filter = frame.filter.clone();
        filter.dimensions.extend(value);
        let counted = |part: fn(&(i64, i64)) -> i64| {
            let counting = counts.iter().filter(|(_, counts)| part(counts) != 0);
            let mut accounts: Vec<AccountId> = counting.map(|(account, _)| *account).collect();
            accounts.sort_unstable();
            accounts
        };
        let selection = FigureSelection {
            opening: counted(|counts| counts.0),
            movement: counted(|counts| counts.1),
            from: span.from,
            to: span.to,
            filter,
            without,
            known_at: report.known_at,
            closing_excluded_from: StatementRequest::closing_excluded_from(report, layout.kind, span),
        };
        let after = request.cursor.as_deref().map(|text| place(text, &chart)).transpose()?;
        let after = after.as_ref().map(|(code, key)| (code.as_str(), *key));
        let mut rows = self.queries.figure_lines(tenant, &selection, after, request.limit + 1).await?;
        let more = rows.len() > request.limit as usize;
        rows.truncate(request.limit as usize);
        let next_cursor = rows.last().filter(|_| more).map(cursor);
        let line = |row: FigureRow| line(row, &counts, &chart, &frame);
        Ok(FigureLinesView { items: rows.into_iter().map(line).collect::<AppResult<_>>()?, next_cursor })
    }

    fn span(&self, layout: &ReportLayout, report: &ReportRequest, frame: &Frame) -> AppResult<Span> {
        if layout.kind == LayoutKind::BalanceSheet {
            if report.from.is_some() {
                return Err(Violation::new(&STATEMENT_ONE_DAY).at("?from").into());
            }
            let to = self.last_day(report, frame)?;
            return Ok(Span { from: frame.calendar.year_start(to), to });
        }
        let range = flow_range(self, report, frame)?;
        let to = range.to.unwrap_or_else(|| self.today());
        Ok(Span { from: range.from.unwrap_or(to), to })
    }

    /// The one value whose lines count, or the dimension of which they have none.
    async fn share(
        &self,
        tenant: TenantId,
        request: &FigureRequest,
    ) -> AppResult<(Option<DimensionSelection>, Option<DimensionId>)> {
        let mut violations = Violations::new();
        if request.value.is_some() && request.without.is_some() {
            violations.push(Violation::new(&FIGURE_ONE_VALUE).at("?withoutDimension"));
        }
        let mut value = None;
        if let Some(wanted) = &request.value {
            let tree = self.queries.dimension(tenant, &wanted.dimension).await?;
            value = exactly(wanted, tree.as_ref(), &mut violations);
        }
        let mut without = None;
        if let Some(code) = &request.without {
            without = self.queries.dimension(tenant, code).await?.map(|tree| tree.id);
            if without.is_none() {
                violations.push(unknown("?withoutDimension", "dimension", code));
            }
        }
        Ok(violations.into_result((value, without))?)
    }
}

/// The values named, without those below them.
fn exactly(
    wanted: &DimensionFilter,
    tree: Option<&DimensionTree>,
    violations: &mut Violations,
) -> Option<DimensionSelection> {
    let Some(tree) = tree else {
        violations.push(unknown("?dimensionValue", "dimension", &wanted.dimension));
        return None;
    };
    let mut values = Vec::new();
    for code in &wanted.values {
        match tree.values.iter().find(|node| node.code == *code) {
            Some(node) => values.push(node.id),
            None => {
                let value = format!("{}:{code}", tree.code);
                violations.push(unknown("?dimensionValue", "dimension_value", &value));
            }
        }
    }
    Some(DimensionSelection { dimension: tree.id, values })
}

fn counts(
    layout: &ReportLayout,
    chart: &Chart,
    taken: &Taken<'_>,
    request: &FigureRequest,
) -> Result<Counts, Violation> {
    let mut counts = Counts::new();
    let mut add = |account: &ChartAccount, parts: Parts, times: i64| {
        let parts = parts.and(measured(request.measure, account));
        let (opening, movement) = counts.entry(account.id).or_default();
        *opening += if parts.opening { times } else { 0 };
        *movement += if parts.movement { times } else { 0 };
    };
    match (&request.row, &request.account) {
        (Some(code), None) => {
            let index = layout.row(code).ok_or_else(|| unknown("?row", "report_layout_row", code))?;
            let weights = layout.weights(&mut Violations::new());
            for (counted, weight) in weights.get(index).into_iter().flatten() {
                let Some(row) = layout.rows[*counted].accounts() else { continue };
                for account in taken.accounts(*counted).iter().filter_map(|id| chart.get(*id)) {
                    add(account, layout.parts_of(row), weight * row.sign());
                }
            }
        }
        (None, Some(code)) => {
            let account = chart.iter().find(|account| account.code == *code);
            let missing = || Violation::new(&ACCOUNT_CODE_UNKNOWN).at("?account").with("code", code);
            let account = account.ok_or_else(missing)?;
            add(account, taken.uncovered(account, &taken.covered()), 1);
        }
        _ => return Err(Violation::new(&FIGURE_ROW_OR_ACCOUNT).at("?row")),
    }
    Ok(counts)
}

/// The parts of an account that stand in a column of changes in equity.
fn measured(measure: Option<EquityMeasure>, account: &ChartAccount) -> Parts {
    let is_balance = account.account_type.is_balance_sheet();
    match measure {
        None | Some(EquityMeasure::Closing) => Parts { opening: true, movement: true },
        Some(EquityMeasure::Opening) => Parts { opening: true, movement: false },
        Some(EquityMeasure::Profit) => Parts { opening: false, movement: !is_balance },
        Some(EquityMeasure::Movement) => Parts { opening: false, movement: is_balance },
    }
}

fn line(row: FigureRow, counts: &Counts, chart: &Chart, frame: &Frame) -> AppResult<FigureLineView> {
    let FigureRow { row, is_opening } = row;
    let shown = frame.shown;
    let (opening, movement) = counts.get(&row.account).copied().unwrap_or_default();
    let net = i128::from(row.debit.scaled()) - i128::from(row.credit.scaled());
    let amount = shown.money(net * i128::from(if is_opening { opening } else { movement }))?;
    let account = chart.get(row.account).ok_or_else(|| AppError::not_found("account"))?;
    let currency = frame.calendar.currencies.get(&row.currency).copied().unwrap_or(frame.calendar.company);
    let foreign = |amount| Money { amount, scale: currency.scale };
    Ok(FigureLineView {
        account: account.code.clone(),
        account_id: row.account.uuid(),
        posting_date: row.key.posting_date,
        entry_id: row.key.entry_id.uuid(),
        line_no: row.key.line_no,
        journal: row.journal,
        number: row.number,
        description: row.description,
        party: row.party,
        reference: row.reference,
        debit: Money { amount: row.debit, scale: shown.scale },
        credit: Money { amount: row.credit, scale: shown.scale },
        currency: row.currency.to_string(),
        currency_debit: foreign(row.currency_debit),
        currency_credit: foreign(row.currency_credit),
        dimensions: row.dimensions,
        amount,
    })
}

fn cursor(row: &FigureRow) -> String {
    let LineKey { posting_date, entry_id, line_no } = row.row.key;
    format!("{}~{posting_date}~{entry_id}~{line_no}", row.row.account)
}

/// The code of the account and the place of the line after which a page begins.
fn place(text: &str, chart: &Chart) -> AppResult<(String, LineKey)> {
    let read = || {
        let mut parts = text.split('~');
        let account: AccountId = parts.next()?.parse().ok()?;
        let posting_date: NaiveDate = parts.next()?.parse().ok()?;
        let entry_id: JournalEntryId = parts.next()?.parse().ok()?;
        let key = LineKey { posting_date, entry_id, line_no: parts.next()?.parse().ok()? };
        let account = chart.get(account).filter(|_| parts.next().is_none())?;
        Some((account.code.clone(), key))
    };
    read().ok_or_else(|| invalid_cursor().into())
}
