//! `GET /reports/unpaid-input-vat`: input VAT of bills that are unpaid for so long that it may have to be given back (R110).

use chrono::{Months, NaiveDate};
use domain::error::{Language, Violation};
use domain::ids::TenantId;
use domain::money::AMOUNT_OUT_OF_RANGE;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::report_ports::UnpaidBillsQuery;
use super::tax_entries::TaxEntryQueries;
use crate::accounting::reports::Reports;
use crate::accounting::reports::captions::Caption;
use crate::accounting::reports::request::{Range, ReportRequest};
use crate::accounting::views::NameView;
use crate::accounting::views::reports::{Money, ReportScopeView};
use crate::error::{AppError, AppResult};

/// Most bills of one report.
pub const UNPAID_BILLS_MAX: usize = 10_000;

domain::errors! {
    UNPAID_BILLS_TOO_MANY = "unpaid_bills_too_many", TooLarge, User,
        "The report has more than {max} bills. Ask for more months.",
        "يزيد عدد الفواتير في التقرير على {max}. اطلب أشهرًا أكثر.";
}

/// The report as asked for.
#[derive(Debug, Clone)]
pub struct UnpaidInputVatRequest {
    pub as_of: Option<NaiveDate>,
    /// Months since the supply.
    pub months: u32,
    /// Only bills of the branch with this code.
    pub branch: Option<String>,
    pub language: Language,
}

/// Bills that are unpaid for some months, in the order of their tax dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnpaidInputVatView {
    pub scope: ReportScopeView,
    pub months: u32,
    /// The branch that was asked for; null for all.
    pub branch: Option<String>,
    pub lines: Vec<UnpaidInputVatLineView>,
    /// The recovered VAT of what is unpaid, in the company currency.
    #[schema(value_type = String)]
    pub unpaid_vat: Money,
}

/// A bill of which something is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnpaidInputVatLineView {
    pub document_id: Uuid,
    pub document_number: String,
    /// The code of the branch of the bill.
    pub branch: Option<String>,
    /// The code of the supplier.
    pub party: String,
    pub name: NameView,
    /// The day of the supply, as the return has it.
    pub tax_date: NaiveDate,
    pub currency: String,
    /// What is open, in the currency.
    pub open_amount: String,
    /// The VAT of the bill that was recovered, in the company currency.
    #[schema(value_type = String)]
    pub vat: Money,
    /// The share of it that belongs to what is open.
    #[schema(value_type = String)]
    pub unpaid_vat: Money,
}

impl Reports {
    pub async fn unpaid_input_vat(
        &self,
        tenant: TenantId,
        taxes: &dyn TaxEntryQueries,
        request: &UnpaidInputVatRequest,
    ) -> AppResult<UnpaidInputVatView> {
        let report = ReportRequest { to: request.as_of, language: request.language, ..ReportRequest::new() };
        let frame = self.frame(tenant, &report).await?;
        let day = self.last_day(&report, &frame)?;
        let before = day.checked_sub_months(Months::new(request.months));
        let query = UnpaidBillsQuery {
            as_of: day,
            supplied_through: before.unwrap_or_default(),
            branch: request.branch.clone(),
            max: i64::try_from(UNPAID_BILLS_MAX).unwrap_or(i64::MAX).saturating_add(1),
        };
        let bills = taxes.unpaid_bills(tenant, &query).await?;
        if bills.len() > UNPAID_BILLS_MAX {
            return Err(Violation::new(&UNPAID_BILLS_TOO_MANY).with("max", UNPAID_BILLS_MAX).into());
        }
        let mut sum = 0;
        let mut lines = Vec::with_capacity(bills.len());
        for (bill, decimals) in bills {
            let unpaid = bill.tax.share(bill.open, bill.payable, frame.shown.scale);
            let unpaid = i128::from(unpaid.ok_or_else(|| AppError::of(&AMOUNT_OUT_OF_RANGE))?.scaled());
            sum += unpaid;
            lines.push(UnpaidInputVatLineView {
                document_id: bill.id,
                document_number: bill.number,
                branch: bill.branch,
                party: bill.party,
                name: bill.name,
                tax_date: bill.tax_date,
                currency: bill.currency.to_string(),
                open_amount: bill.open.display(decimals),
                vat: frame.shown.money(i128::from(bill.tax.scaled()))?,
                unpaid_vat: frame.shown.money(unpaid)?,
            });
        }
        Ok(UnpaidInputVatView {
            scope: frame.scope(Caption::UnpaidInputVat, &report, Range { from: None, to: Some(day) }, None),
            months: request.months,
            branch: request.branch.clone(),
            lines,
            unpaid_vat: frame.shown.money(sum)?,
        })
    }
}
