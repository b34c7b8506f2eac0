//! `GET /reports/vat-detail`: every tax entry of some days, with its document and its party.

use chrono::NaiveDate;
use domain::error::{Language, Violation};
use domain::ids::TenantId;
use domain::tax::tax_entry::{TaxEntry, TaxSide};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::report_ports::VatDetailQuery;
use super::tax_entries::TaxEntryQueries;
use crate::accounting::reports::Reports;
use crate::accounting::reports::captions::Caption;
use crate::accounting::reports::figures::Shown;
use crate::accounting::reports::request::{Range, ReportRequest};
use crate::accounting::views::NameView;
use crate::accounting::views::reports::{Money, ReportScopeView};
use crate::error::AppResult;

/// Most entries of one report.
pub const VAT_DETAIL_LINES_MAX: usize = 50_000;

domain::errors! {
    VAT_DETAIL_TOO_LARGE = "vat_detail_too_large", TooLarge, User,
        "The report has more than {max} tax entries. Ask for fewer days, or for one box.",
        "يزيد عدد القيود الضريبية في التقرير على {max}. اطلب أيامًا أقل أو خانة واحدة.";
}

/// The report as asked for.
#[derive(Debug, Clone)]
pub struct VatDetailRequest {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// Only entries of this box of the return.
    pub return_box: Option<String>,
    pub side: Option<TaxSide>,
    /// Only documents of the branch with this code.
    pub branch: Option<String>,
    pub language: Language,
}

/// The tax entries of some days, in the order of their tax dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VatDetailView {
    pub scope: ReportScopeView,
    /// The box of the return that was asked for; null for all.
    #[serde(rename = "box")]
    pub return_box: Option<String>,
    /// The branch that was asked for; null for all.
    pub branch: Option<String>,
    pub lines: Vec<VatDetailLineView>,
    pub output: VatDetailSumView,
    pub input: VatDetailSumView,
}

/// The sum of one side, in the company currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct VatDetailSumView {
    #[schema(value_type = String)]
    pub base: Money,
    #[schema(value_type = String)]
    pub tax: Money,
}

/// A tax entry, in the company currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VatDetailLineView {
    pub tax_date: NaiveDate,
    pub posting_date: NaiveDate,
    /// The kind of the document.
    pub source_type: &'static str,
    pub source_id: Uuid,
    pub document_number: String,
    /// The code of the branch of the document.
    pub branch: Option<String>,
    /// The code of the party.
    pub party: Option<String>,
    pub name: NameView,
    pub tax_code: String,
    /// `S`, `Z`, `E` or `O`.
    pub category: &'static str,
    /// In per cent.
    pub rate: String,
    /// `output` if the tax is owed, `input` if it is recovered.
    pub side: &'static str,
    /// The box of the VAT return; null where the entry is part of no box.
    #[serde(rename = "box")]
    pub return_box: Option<String>,
    #[schema(value_type = String)]
    pub base: Money,
    #[schema(value_type = String)]
    pub tax: Money,
}

/// Sums of one side, in ten-thousandths.
#[derive(Default)]
struct Sum {
    base: i128,
    tax: i128,
}

impl Sum {
    fn view(&self, shown: Shown) -> AppResult<VatDetailSumView> {
        Ok(VatDetailSumView { base: shown.money(self.base)?, tax: shown.money(self.tax)? })
    }
}

fn line(
    (entry, name, branch): (TaxEntry, NameView, Option<String>),
    shown: Shown,
) -> AppResult<VatDetailLineView> {
    Ok(VatDetailLineView {
        tax_date: entry.tax_date,
        posting_date: entry.posting_date,
        source_type: entry.source_kind.as_str(),
        source_id: entry.source_id,
        document_number: entry.document_number,
        branch,
        party: entry.party,
        name,
        tax_code: entry.tax_code,
        category: entry.category.as_str(),
        rate: entry.rate.to_string(),
        side: entry.side.as_str(),
        return_box: entry.return_box.map(|code| code.to_string()),
        base: shown.money(i128::from(entry.base.scaled()))?,
        tax: shown.money(i128::from(entry.tax.scaled()))?,
    })
}

impl Reports {
    pub async fn vat_detail(
        &self,
        tenant: TenantId,
        taxes: &dyn TaxEntryQueries,
        request: &VatDetailRequest,
    ) -> AppResult<VatDetailView> {
        let report = ReportRequest {
            from: request.from,
            to: request.to,
            language: request.language,
            ..ReportRequest::new()
        };
        let frame = self.frame(tenant, &report).await?;
        let day = self.last_day(&report, &frame)?;
        let range = Range::checked(request.from, Some(day))?;
        let query = VatDetailQuery {
            from: request.from.unwrap_or(NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default()),
            to: day,
            return_box: request.return_box.clone(),
            side: request.side,
            branch: request.branch.clone(),
            max: i64::try_from(VAT_DETAIL_LINES_MAX).unwrap_or(i64::MAX).saturating_add(1),
        };
        let entries = taxes.vat_detail(tenant, &query).await?;
        if entries.len() > VAT_DETAIL_LINES_MAX {
            return Err(Violation::new(&VAT_DETAIL_TOO_LARGE).with("max", VAT_DETAIL_LINES_MAX).into());
        }
        let (mut output, mut input) = (Sum::default(), Sum::default());
        let mut lines = Vec::with_capacity(entries.len());
        for (entry, name, branch) in entries {
            let sum = if entry.side == TaxSide::Output { &mut output } else { &mut input };
            sum.base += i128::from(entry.base.scaled());
            sum.tax += i128::from(entry.tax.scaled());
            lines.push(line((entry, name, branch), frame.shown)?);
        }
        Ok(VatDetailView {
            scope: frame.scope(Caption::VatDetail, &report, range, None),
            return_box: request.return_box.clone(),
            branch: request.branch.clone(),
            lines,
            output: output.view(frame.shown)?,
            input: input.view(frame.shown)?,
        })
    }
}
