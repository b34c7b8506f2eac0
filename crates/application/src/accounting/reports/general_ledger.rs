//! `GET /reports/general-ledger`: every account with its opening balance, its lines and its balance after
//! each. Lines of opening entries are in the opening balance.

mod page;
mod stream;

use domain::error::{Language, Violation};
use domain::ids::{AccountId, TenantId};

use super::captions::Caption;
use super::chart::Chart;
use super::figures::Figures;
use super::request::{Range, ReportRequest};
use super::{Frame, Reports};
use crate::accounting::error::ACCOUNT_CODE_UNKNOWN;
use crate::accounting::ports::reports::{
    Bucket, ChartAccount, GeneralLedgerRow, LineSelection, MovementQuery,
};
use crate::accounting::views::reports::{GeneralLedgerLineView, Money, ReportScopeView};
use crate::error::AppResult;

pub use stream::RowStream;

/// Which part of the general ledger is shown.
#[derive(Debug, Clone)]
pub struct GeneralLedgerRequest {
    pub report: ReportRequest,
    /// Code of the only account shown.
    pub account: Option<String>,
    /// Most lines on a page.
    pub limit: u32,
    pub cursor: Option<String>,
}

/// Slots of figures: before the range, and in it.
const OPENING: usize = 0;
const MOVEMENT: usize = 1;

/// The accounts of the report with their opening balances, and where their lines are.
struct Prepared {
    frame: Frame,
    chart: Chart,
    figures: Figures,
    selection: LineSelection,
    /// The accounts shown, in order of their codes.
    accounts: Vec<AccountId>,
    scope: ReportScopeView,
    language: Language,
}

impl Reports {
    async fn prepare(&self, tenant: TenantId, request: &GeneralLedgerRequest) -> AppResult<Prepared> {
        let report = &request.report;
        let frame = self.frame(tenant, report).await?;
        let range = Range::checked(report.from, Some(self.last_day(report, &frame)?))?;
        let excluded = match report.include_closing {
            Some(false) => range.from.or_else(|| frame.calendar.years.first().map(|year| year.start)),
            _ => None,
        };
        let within = Bucket::new(range.from, range.to).without_closing_from(excluded).without_openings();
        let before = range.from.and_then(|from| from.pred_opt()).map(|to| Bucket::new(None, Some(to)));
        let openings = Bucket::of_openings(range.from, range.to);
        let query = MovementQuery {
            buckets: [within, openings].into_iter().chain(before).collect(),
            filter: frame.filter.clone(),
            known_at: report.known_at,
            ..MovementQuery::default()
        };
        let movements = self.queries.movements(tenant, &query).await?;
        let slot = |bucket: usize| if bucket == 0 { MOVEMENT } else { OPENING };
        let figures = Figures::collect(&movements.sums, 2, |m| Some(slot(m.bucket)));
        let chart = Chart::new(self.queries.chart(tenant, report.known_at).await?);
        let only = request.account.as_deref().map(|code| by_code(&chart, code)).transpose()?;
        let shown = |account: &&ChartAccount| match only {
            Some(only) => account.id == only,
            None => {
                figures.has(account.id) && is_shown(&figures, account.id)
                    || report.include_zero && account.is_posting
            }
        };
        let accounts = chart.iter().filter(shown).map(|account| account.id).collect();
        // Lines that come in after the balances were read are left out, so that both always agree.
        let read_through = movements.recorded_through.unwrap_or(domain::time::Timestamp::from_micros(0));
        let selection = LineSelection {
            from: range.from,
            to: range.to,
            filter: frame.filter.clone(),
            known_at: Some(report.known_at.map_or(read_through, |at| at.min(read_through))),
            closing_excluded_from: excluded,
            without_openings: true,
            account: only,
        };
        let scope = frame.scope(Caption::GeneralLedger, report, range, None);
        Ok(Prepared { frame, chart, figures, selection, accounts, scope, language: report.language })
    }
}

/// Whether the account has lines in the range, or a balance carried into it.
fn is_shown(figures: &Figures, account: AccountId) -> bool {
    let movement = figures.get(account, MOVEMENT);
    figures.net(account, OPENING) != 0 || movement.debit != 0 || movement.credit != 0
}

fn by_code(chart: &Chart, code: &str) -> AppResult<AccountId> {
    let found = chart.iter().find(|account| account.code == code);
    let unknown = || Violation::new(&ACCOUNT_CODE_UNKNOWN).at("?account").with("code", code);
    Ok(found.ok_or_else(unknown)?.id)
}

impl Prepared {
    fn opening(&self, account: AccountId) -> i128 {
        self.figures.net(account, OPENING)
    }

    fn line(&self, row: GeneralLedgerRow, balance: i128) -> AppResult<GeneralLedgerLineView> {
        let shown = self.frame.shown;
        let calendar = &self.frame.calendar;
        let currency = calendar.currencies.get(&row.currency).copied().unwrap_or(calendar.company);
        let foreign = |amount| Money { amount, scale: currency.scale };
        Ok(GeneralLedgerLineView {
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
            balance: shown.money(balance)?,
            currency: row.currency.to_string(),
            currency_debit: foreign(row.currency_debit),
            currency_credit: foreign(row.currency_credit),
            rate: row.rate.to_string(),
            dimensions: row.dimensions,
        })
    }
}

fn net(row: &GeneralLedgerRow) -> i128 {
    i128::from(row.debit.scaled()) - i128::from(row.credit.scaled())
}
