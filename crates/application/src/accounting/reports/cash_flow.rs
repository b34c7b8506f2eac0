//! `GET /reports/cash-flow`: from the profit to the change in cash (indirect method).

use domain::accounting::account::{AccountType, CashFlowActivity};
use domain::ids::TenantId;

use super::captions::Caption;
use super::chart::Chart;
use super::figures::Figures;
use super::income_statement::{flow_bucket, flow_range};
use super::request::{Range, ReportRequest};
use super::statement::{account_line, add, computed_line};
use super::{Frame, Reports, columns};
use crate::accounting::ports::reports::{Bucket, ChartAccount, MovementQuery};
use crate::accounting::views::reports::{StatementLine, StatementSection, StatementView};
use crate::error::AppResult;

/// Slots of one column: the flow, and the balances at its beginning and its end.
const FLOW: usize = 0;
const BEFORE: usize = 1;
const AFTER: usize = 2;
const SLOTS: usize = 3;

impl Reports {
    /// Profit, changes of operating accounts, investing and financing: together the change of the cash accounts, which
    /// is read apart and set beside it.
    pub async fn cash_flow(&self, tenant: TenantId, request: &ReportRequest) -> AppResult<StatementView> {
        let frame = self.frame(tenant, request).await?;
        let range = flow_range(self, request, &frame)?;
        let compared = range.compared(request.compare)?;
        let ranges: Vec<Range> = [Some(range), compared].into_iter().flatten().collect();
        let buckets = |range: &Range| {
            let before = range.from.and_then(|from| from.pred_opt());
            [
                (FLOW, flow_bucket(*range, request)),
                (BEFORE, Bucket::new(None, before)),
                // The cash at hand when the books began.
                (BEFORE, Bucket::of_openings(range.from, range.to)),
                (AFTER, Bucket::new(None, range.to)),
            ]
        };
        let wanted = (0..)
            .zip(&ranges)
            .flat_map(|(column, range)| buckets(range).map(|(slot, bucket)| (column * SLOTS + slot, bucket)));
        let (places, buckets): (Vec<usize>, Vec<Bucket>) = wanted.unzip();
        let query = MovementQuery {
            buckets,
            filter: frame.filter.clone(),
            known_at: request.known_at,
            ..MovementQuery::default()
        };
        let movements = self.queries.movements(tenant, &query).await?;
        let figures =
            Figures::collect(&movements.sums, ranges.len() * SLOTS, |m| places.get(m.bucket).copied());
        let chart = Chart::new(self.queries.chart(tenant, request.known_at).await?);
        let flow = Flow { chart: &chart, figures: &figures, request, frame: &frame, columns: ranges.len() };
        flow.view(&ranges, compared)
    }
}

/// The activity whose cash an account's changes explain. Without a word of its own a balance sheet account is
/// operating, equity financing; income and expenses are part of the profit.
pub(super) fn activity(account: &ChartAccount) -> CashFlowActivity {
    match (account.cash_flow, account.account_type) {
        (CashFlowActivity::None, AccountType::Equity) => CashFlowActivity::Financing,
        (CashFlowActivity::None, _) => CashFlowActivity::Operating,
        (activity, _) => activity,
    }
}

struct Flow<'a> {
    chart: &'a Chart,
    figures: &'a Figures,
    request: &'a ReportRequest,
    frame: &'a Frame,
    columns: usize,
}

impl Flow<'_> {
    fn view(&self, ranges: &[Range], compared: Option<Range>) -> AppResult<StatementView> {
        use CashFlowActivity::{Financing, Investing, Operating};
        let mut change = vec![0; self.columns];
        let mut sections = Vec::new();
        for (code, captions, activity) in [
            ("operating", (Caption::Operating, Caption::NetCashOperating), Operating),
            ("investing", (Caption::Investing, Caption::NetCashInvesting), Investing),
            ("financing", (Caption::Financing, Caption::NetCashFinancing), Financing),
        ] {
            let (section, total) = self.section(code, captions, activity)?;
            add(&mut change, &total);
            sections.push(section);
        }
        let (opening, closing) = (self.cash(BEFORE), self.cash(AFTER));
        let expected: Vec<i128> = opening.iter().zip(&change).map(|(cash, change)| cash + change).collect();
        let difference: Vec<i128> = closing.iter().zip(&expected).map(|(is, should)| is - should).collect();
        let reconciled = difference.iter().all(|amount| *amount == 0);
        let result = |code: &str, caption: Caption, amounts: &[i128]| {
            Ok::<_, crate::error::AppError>(computed_line(
                code,
                self.text(caption),
                self.frame.shown.all(amounts)?,
            ))
        };
        Ok(StatementView {
            scope: self.frame.scope(Caption::CashFlow, self.request, ranges[0], compared),
            columns: columns(ranges, self.request),
            sections,
            results: vec![
                result("net_change_in_cash", Caption::NetChangeInCash, &change)?,
                result("opening_cash", Caption::OpeningCash, &opening)?,
                result("closing_cash", Caption::ClosingCash, &closing)?,
                result("cash_check", Caption::CashCheck, &difference)?,
            ],
            balanced: (!self.request.is_filtered()).then_some(reconciled),
            difference: self.frame.shown.all(&difference)?,
        })
    }

    fn text(&self, caption: Caption) -> &'static str {
        caption.text(self.request.language)
    }

    /// The cash that an account's changes brought in, one value a column.
    fn inflow(&self, account: &ChartAccount) -> Vec<i128> {
        (0..self.columns).map(|column| -self.figures.net(account.id, column * SLOTS + FLOW)).collect()
    }

    fn cash(&self, slot: usize) -> Vec<i128> {
        let mut sum = vec![0; self.columns];
        for account in self.chart.iter().filter(|account| activity(account) == CashFlowActivity::Cash) {
            let balance = (0..self.columns).map(|column| self.figures.net(account.id, column * SLOTS + slot));
            add(&mut sum, &balance.collect::<Vec<_>>());
        }
        sum
    }

    fn section(
        &self,
        code: &'static str,
        (caption, total_caption): (Caption, Caption),
        of: CashFlowActivity,
    ) -> AppResult<(StatementSection, Vec<i128>)> {
        let mut total = vec![0; self.columns];
        let mut lines = Vec::new();
        if of == CashFlowActivity::Operating {
            self.profit(&mut lines, &mut total)?;
        }
        for account in self.chart.iter().filter(|account| activity(account) == of && account.is_posting) {
            let temporary = !account.account_type.is_balance_sheet();
            if temporary && of == CashFlowActivity::Operating {
                continue; // in the profit already
            }
            let inflow = self.inflow(account);
            add(&mut total, &inflow);
            self.push(&mut lines, account, &inflow)?;
        }
        let section = StatementSection {
            code,
            caption: self.text(caption).to_owned(),
            lines,
            total_caption: self.text(total_caption).to_owned(),
            totals: self.frame.shown.all(&total)?,
        };
        Ok((section, total))
    }

    /// The profit, less what income and expense accounts of other activities contributed to it.
    fn profit(&self, lines: &mut Vec<StatementLine>, total: &mut [i128]) -> AppResult<()> {
        let mut profit = vec![0; self.columns];
        let temporary = |account: &&ChartAccount| !account.account_type.is_balance_sheet();
        for account in self.chart.iter().filter(temporary) {
            add(&mut profit, &self.inflow(account));
        }
        add(total, &profit);
        let amounts = self.frame.shown.all(&profit)?;
        lines.push(computed_line("net_profit", self.text(Caption::NetProfit), amounts));
        for account in self.chart.iter().filter(temporary) {
            if activity(account) == CashFlowActivity::Operating {
                continue;
            }
            let back: Vec<i128> = self.inflow(account).iter().map(|inflow| -inflow).collect();
            add(total, &back);
            let place = lines.len();
            self.push(lines, account, &back)?;
            if let Some(line) = lines.get_mut(place) {
                line.caption = Some(self.text(Caption::ShownElsewhere).to_owned());
            }
        }
        Ok(())
    }

    fn push(
        &self,
        lines: &mut Vec<StatementLine>,
        account: &ChartAccount,
        amounts: &[i128],
    ) -> AppResult<()> {
        if self.request.include_zero || amounts.iter().any(|amount| *amount != 0) {
            lines.push(account_line(account, 1, self.frame.shown.all(amounts)?));
        }
        Ok(())
    }
}
