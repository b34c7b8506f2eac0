//! `GET /reports/open-lines`: what is open on reconcilable accounts on a day, by age.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::accounting::account::AccountFacts;
use domain::accounting::line_match::{
    ACCOUNT_NOT_RECONCILABLE, LINE_MATCH_CONTROL_ACCOUNT, OPEN_LINES_TOO_MANY,
};
use domain::error::{Language, Violation};
use domain::ids::{AccountId, TenantId};
use domain::money::CurrencyCode;
use domain::settlement::ageing::Buckets;
use domain::text::LocalizedName;
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ports::{LineMatchQueries, LineThen, OpenLinesQuery};
use crate::accounting::error::ACCOUNT_CODE_UNKNOWN;
use crate::accounting::ports::reports::{Bucket, MovementQuery};
use crate::accounting::reports::captions::Caption;
use crate::accounting::reports::figures::{Figures, Shown};
use crate::accounting::reports::request::{Range, ReportRequest};
use crate::accounting::reports::{Frame, Reports};
use crate::accounting::views::NameView;
use crate::accounting::views::reports::{Money, ReportScopeView};
use crate::error::AppResult;
use crate::settlement::ageing::AgeingBucketView;

/// Most lines of one report.
pub const OPEN_LINES_SHOWN_MAX: usize = 20_000;

/// A report of open lines as asked for.
#[derive(Debug, Clone)]
pub struct OpenLinesRequest {
    /// The code of an account; `None` is every account whose lines are matched.
    pub account: Option<String>,
    pub as_of: Option<NaiveDate>,
    pub known_at: Option<Timestamp>,
    pub buckets: Buckets,
    pub currency: Option<CurrencyCode>,
    pub language: Language,
}

/// What is open on reconcilable accounts on a day. Amounts are debits if they are positive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpenLinesView {
    pub scope: ReportScopeView,
    /// The buckets, in the order in which ages are shown.
    pub buckets: Vec<AgeingBucketView>,
    /// The accounts with a balance or open lines, in the order of their codes.
    pub accounts: Vec<OpenLinesAccountView>,
    pub total: OpenLinesFiguresView,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpenLinesAccountView {
    pub account_id: Uuid,
    /// The code of the account.
    pub account: String,
    pub name: NameView,
    #[serde(flatten)]
    pub figures: OpenLinesFiguresView,
    /// The balance of the account on the day.
    #[schema(value_type = String)]
    pub balance: Money,
    /// What is open less the balance, which is zero.
    #[schema(value_type = String)]
    pub difference: Money,
    /// The open lines, the earliest first.
    pub lines: Vec<OpenLineThenView>,
}

/// What is open, by the days since it was posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpenLinesFiguresView {
    /// Lines that are in no bucket yet.
    #[schema(value_type = String)]
    pub current: Money,
    /// Lines in each bucket.
    #[schema(value_type = Vec<String>)]
    pub amounts: Vec<Money>,
    #[schema(value_type = String)]
    pub total: Money,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpenLineThenView {
    pub entry_id: Uuid,
    pub line_no: u32,
    /// The legal number of the entry.
    pub number: String,
    pub posting_date: NaiveDate,
    /// The days since it was posted.
    pub days: i64,
    pub description: Option<String>,
    pub reference: Option<String>,
    pub party: Option<String>,
    pub currency: String,
    /// What is open, in the company currency, or in the currency that the report asks for.
    #[schema(value_type = String)]
    pub open: Money,
}

/// Sums by age, in ten-thousandths.
struct Aged {
    current: i128,
    amounts: Vec<i128>,
}

impl Aged {
    fn new(buckets: &Buckets) -> Self {
        Self { current: 0, amounts: vec![0; buckets.len()] }
    }

    fn add(&mut self, bucket: Option<usize>, amount: i128) {
        match bucket {
            Some(bucket) => self.amounts[bucket] += amount,
            None => self.current += amount,
        }
    }

    fn total(&self) -> i128 {
        self.current + self.amounts.iter().sum::<i128>()
    }

    fn view(&self, shown: Shown) -> AppResult<OpenLinesFiguresView> {
        Ok(OpenLinesFiguresView {
            current: shown.money(self.current)?,
            amounts: shown.all(&self.amounts)?,
            total: shown.money(self.total())?,
        })
    }
}

impl OpenLinesRequest {
    fn report(&self) -> ReportRequest {
        ReportRequest {
            to: self.as_of,
            known_at: self.known_at,
            currency: self.currency,
            language: self.language,
            ..ReportRequest::new()
        }
    }

    fn open(&self, line: &LineThen) -> i128 {
        let amount = if self.currency.is_some() { line.open } else { line.company_open };
        amount.scaled().into()
    }

    fn line(&self, line: &LineThen, day: NaiveDate, shown: Shown) -> AppResult<OpenLineThenView> {
        Ok(OpenLineThenView {
            entry_id: line.entry.uuid(),
            line_no: line.line_no,
            number: line.number.clone(),
            posting_date: line.posting_date,
            days: (day - line.posting_date).num_days(),
            description: line.description.clone(),
            reference: line.reference.clone(),
            party: line.party.clone(),
            currency: line.currency.to_string(),
            open: shown.money(self.open(line))?,
        })
    }
}

impl Reports {
    pub async fn open_lines(
        &self,
        tenant: TenantId,
        matches: &dyn LineMatchQueries,
        request: &OpenLinesRequest,
    ) -> AppResult<OpenLinesView> {
        let report = request.report();
        let frame = self.frame(tenant, &report).await?;
        let day = self.last_day(&report, &frame)?;
        let accounts = matches.matched_accounts(tenant, request.account.as_deref()).await?;
        check_account(request, &accounts)?;
        let query = OpenLinesQuery {
            account: request.account.clone(),
            currency: request.currency,
            as_of: day,
            known_at: request.known_at,
            max: i64::try_from(OPEN_LINES_SHOWN_MAX).unwrap_or(i64::MAX).saturating_add(1),
        };
        let lines = matches.lines_open_on(tenant, &query).await?;
        if lines.len() > OPEN_LINES_SHOWN_MAX {
            return Err(Violation::new(&OPEN_LINES_TOO_MANY).with("max", OPEN_LINES_SHOWN_MAX).into());
        }
        let mut by_account: HashMap<AccountId, Vec<LineThen>> = HashMap::new();
        for line in lines {
            by_account.entry(line.account).or_default().push(line);
        }
        let balances = self.balances(tenant, &frame, request, day).await?;
        let (mut shown, mut total) = (Vec::new(), Aged::new(&request.buckets));
        for (account, name) in &accounts {
            let lines = by_account.remove(&account.id).unwrap_or_default();
            let balance = balances.net(account.id, 0);
            if lines.is_empty() && balance == 0 {
                continue;
            }
            let mut aged = Aged::new(&request.buckets);
            for line in &lines {
                let bucket = request.buckets.of(line.posting_date, day);
                aged.add(bucket, request.open(line));
                total.add(bucket, request.open(line));
            }
            let view = |line: &LineThen| request.line(line, day, frame.shown);
            shown.push(OpenLinesAccountView {
                account_id: account.id.uuid(),
                account: account.code.clone(),
                name: NameView::from(name),
                figures: aged.view(frame.shown)?,
                balance: frame.shown.money(balance)?,
                difference: frame.shown.money(aged.total() - balance)?,
                lines: lines.iter().map(view).collect::<AppResult<_>>()?,
            });
        }
        let bucket = |(from_days, to_days)| AgeingBucketView { from_days, to_days };
        Ok(OpenLinesView {
            scope: frame.scope(Caption::OpenLines, &report, Range { from: None, to: Some(day) }, None),
            buckets: request.buckets.ranges().map(bucket).collect(),
            accounts: shown,
            total: total.view(frame.shown)?,
        })
    }

    /// The balances of all accounts in the ledger, debits positive.
    async fn balances(
        &self,
        tenant: TenantId,
        frame: &Frame,
        request: &OpenLinesRequest,
        day: NaiveDate,
    ) -> AppResult<Figures> {
        let query = MovementQuery {
            buckets: vec![Bucket::new(None, Some(day))],
            filter: frame.filter.clone(),
            known_at: request.known_at,
            ..MovementQuery::default()
        };
        let movements = self.queries.movements(tenant, &query).await?;
        Ok(Figures::collect(&movements.sums, 1, |movement| Some(movement.bucket)))
    }
}

/// Whether the account that is asked for is one whose lines are matched.
fn check_account(
    request: &OpenLinesRequest,
    found: &[(AccountFacts, LocalizedName)],
) -> Result<(), Violation> {
    let Some(code) = &request.account else { return Ok(()) };
    let refused = match found.first().map(|(account, _)| account) {
        None => Violation::new(&ACCOUNT_CODE_UNKNOWN).with("code", code),
        Some(account) if account.requires_party => {
            Violation::new(&LINE_MATCH_CONTROL_ACCOUNT).with("account", code)
        }
        Some(account) if !account.opens_lines => {
            Violation::new(&ACCOUNT_NOT_RECONCILABLE).with("account", code)
        }
        Some(_) => return Ok(()),
    };
    Err(refused.at("?account"))
}
