//! `GET /reports/party-statement`: what a party owed at first, what happened, and what it owes now (R109).

use chrono::NaiveDate;
use domain::accounting::account::ControlKind;
use domain::error::{Language, Violation};
use domain::ids::TenantId;
use domain::money::{Amount, CurrencyCode};
use domain::settlement::ageing::Buckets;
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ageing::{AgeingBasis, AgeingBucketView, AgeingFiguresView, AgeingRequest, check_branch};
use super::auto_allocate::SettledControl;
use super::ports::{SettlementQueries, StatementLine, StatementQuery};
use crate::accounting::reports::captions::Caption;
use crate::accounting::reports::figures::Shown;
use crate::accounting::reports::request::{Range, ReportRequest};
use crate::accounting::reports::{Frame, Reports};
use crate::accounting::views::NameView;
use crate::accounting::views::reports::{Money, ReportScopeView};
use crate::changes::unknown_reference;
use crate::error::AppResult;

/// Most lines of one statement.
pub const STATEMENT_LINES_MAX: usize = 10_000;

domain::errors! {
    STATEMENT_TOO_LARGE = "party_statement_too_large", TooLarge, User,
        "The statement has more than {max} lines. Ask for fewer days.",
        "يزيد عدد سطور كشف الحساب على {max}. اطلب مدة أقصر.";
}

/// A statement as asked for.
#[derive(Debug, Clone)]
pub struct StatementRequest {
    pub party: String,
    /// Only receivables, or only payables.
    pub control: Option<SettledControl>,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub known_at: Option<Timestamp>,
    pub buckets: Buckets,
    pub currency: Option<CurrencyCode>,
    /// Only lines of the branch with this code.
    pub branch: Option<String>,
    pub language: Language,
}

/// The account of a party. Balances are positive where the party owes, negative where it is owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PartyStatementView {
    pub scope: ReportScopeView,
    /// The code of the party.
    pub party: String,
    pub name: NameView,
    /// The branch that was asked for; null for all.
    pub branch: Option<String>,
    /// The balance at the beginning of the first day.
    #[schema(value_type = String)]
    pub opening: Money,
    /// The lines of receivable and payable accounts, in the order of their dates.
    pub lines: Vec<PartyStatementLineView>,
    #[schema(value_type = String)]
    pub movement_debit: Money,
    #[schema(value_type = String)]
    pub movement_credit: Money,
    /// The balance at the end of the last day.
    #[schema(value_type = String)]
    pub closing: Money,
    pub ageing: StatementAgeingView,
}

/// How long what is open on the last day has been due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatementAgeingView {
    pub buckets: Vec<AgeingBucketView>,
    /// The amounts that the party owes; null where only payables are asked for.
    pub receivables: Option<AgeingFiguresView>,
    /// The amounts owed to the party; null where only receivables are asked for.
    pub payables: Option<AgeingFiguresView>,
}

/// A line of a journal entry on a receivable or payable account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PartyStatementLineView {
    pub posting_date: NaiveDate,
    pub due_date: Option<NaiveDate>,
    pub entry_id: Uuid,
    pub line_no: u32,
    /// The legal number of the entry.
    pub number: String,
    /// The kind of record for which the entry was made, such as `sales_invoice`; null for a manual journal entry.
    pub source_type: Option<String>,
    pub source_id: Option<Uuid>,
    pub reference: Option<String>,
    pub description: Option<String>,
    #[schema(value_type = String)]
    pub debit: Money,
    #[schema(value_type = String)]
    pub credit: Money,
    /// The balance after the line.
    #[schema(value_type = String)]
    pub balance: Money,
}

impl StatementRequest {
    fn report(&self) -> ReportRequest {
        ReportRequest {
            from: self.from,
            to: self.to,
            known_at: self.known_at,
            currency: self.currency,
            language: self.language,
            ..ReportRequest::new()
        }
    }

    fn ageing(&self, control: ControlKind, day: NaiveDate) -> AgeingRequest {
        AgeingRequest {
            control,
            as_of: Some(day),
            known_at: self.known_at,
            buckets: self.buckets.clone(),
            by: AgeingBasis::Due,
            party: Some(self.party.clone()),
            currency: self.currency,
            branch: self.branch.clone(),
            language: self.language,
        }
    }
}

/// Sums of lines with the balance after each.
struct Running {
    shown: Shown,
    balance: i128,
    debit: i128,
    credit: i128,
}

impl Running {
    fn line(&mut self, line: StatementLine) -> AppResult<PartyStatementLineView> {
        let (debit, credit) = (i128::from(line.debit.scaled()), i128::from(line.credit.scaled()));
        self.debit += debit;
        self.credit += credit;
        self.balance += debit - credit;
        Ok(PartyStatementLineView {
            posting_date: line.posting_date,
            due_date: line.due_date,
            entry_id: line.entry.uuid(),
            line_no: line.line_no,
            number: line.number,
            source_type: line.source_kind,
            source_id: line.source_id,
            reference: line.reference,
            description: line.description,
            debit: self.shown.money(debit)?,
            credit: self.shown.money(credit)?,
            balance: self.shown.money(self.balance)?,
        })
    }
}

impl Reports {
    pub async fn party_statement(
        &self,
        tenant: TenantId,
        settlement: &dyn SettlementQueries,
        request: &StatementRequest,
    ) -> AppResult<PartyStatementView> {
        let survivor = settlement.surviving_code(tenant, &request.party).await?;
        let request = &StatementRequest { party: survivor, ..request.clone() };
        let report = request.report();
        let frame = self.frame(tenant, &report).await?;
        let day = self.last_day(&report, &frame)?;
        let range = Range::checked(request.from, Some(day))?;
        let query = StatementQuery {
            party: request.party.clone(),
            control: request.control.map(SettledControl::control),
            from: request.from,
            to: day,
            known_at: request.known_at,
            currency: request.currency,
            branch: request.branch.clone(),
            max: i64::try_from(STATEMENT_LINES_MAX).unwrap_or(i64::MAX).saturating_add(1),
        };
        let name = settlement.party_name(tenant, &request.party).await?;
        let name = name.ok_or_else(|| unknown_reference("?party", "party", &request.party))?;
        check_branch(settlement, tenant, request.branch.as_deref()).await?;
        let opening = match request.from {
            Some(_) => settlement.statement_opening(tenant, &query).await?,
            None => Amount::ZERO,
        };
        let lines = settlement.statement_lines(tenant, &query).await?;
        if lines.len() > STATEMENT_LINES_MAX {
            return Err(Violation::new(&STATEMENT_TOO_LARGE).with("max", STATEMENT_LINES_MAX).into());
        }
        let (shown, opening) = (frame.shown, i128::from(opening.scaled()));
        let mut running = Running { shown, balance: opening, debit: 0, credit: 0 };
        let lines = lines.into_iter().map(|line| running.line(line)).collect::<AppResult<_>>()?;
        Ok(PartyStatementView {
            scope: scope(&frame, &report, range),
            party: request.party.clone(),
            name,
            branch: request.branch.clone(),
            opening: shown.money(opening)?,
            lines,
            movement_debit: shown.money(running.debit)?,
            movement_credit: shown.money(running.credit)?,
            closing: shown.money(running.balance)?,
            ageing: self.statement_ageing(tenant, settlement, request, day).await?,
        })
    }

    async fn statement_ageing(
        &self,
        tenant: TenantId,
        settlement: &dyn SettlementQueries,
        request: &StatementRequest,
        day: NaiveDate,
    ) -> AppResult<StatementAgeingView> {
        let (mut figures, mut buckets) = ([None, None], Vec::new());
        for (place, control) in [SettledControl::Receivable, SettledControl::Payable].into_iter().enumerate()
        {
            if request.control.is_none_or(|only| only == control) {
                let view = self.ageing(tenant, settlement, &request.ageing(control.control(), day)).await?;
                buckets = view.buckets;
                figures[place] = Some(view.total);
            }
        }
        let [receivables, payables] = figures;
        Ok(StatementAgeingView { buckets, receivables, payables })
    }
}

fn scope(frame: &Frame, report: &ReportRequest, range: Range) -> ReportScopeView {
    frame.scope(Caption::PartyStatement, report, range, None)
}
