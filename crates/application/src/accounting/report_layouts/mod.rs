//! Report layouts: statements as data, which `/reports/statement` fills with figures.

mod rows;
mod words;

use async_trait::async_trait;
use domain::accounting::report_layout::{
    LAYOUT_ACCOUNT_TWICE, LAYOUT_FORMULA_CIRCULAR, LAYOUT_FORMULA_INVALID, LAYOUT_FORMULA_MISSING,
    LAYOUT_FORMULA_WEIGHT, LAYOUT_MEASURE_OF_EQUITY, LAYOUT_MEMBER_OF_KIND, LAYOUT_RANGE_ORDER,
    LAYOUT_RANGES_OVERLAP, LAYOUT_ROW_NO_FIGURE, LAYOUT_ROW_TWICE, LAYOUT_ROW_UNKNOWN,
    LAYOUT_ROW_WITHOUT_ACCOUNTS, LAYOUT_ROWS_MAX, LayoutKind, ReportLayout, ReportLayoutId,
};
use domain::text::{Code, LocalizedName};
use uuid::Uuid;

pub use self::rows::{CodeRangeBody, CodeRangeView, LayoutRowBody, LayoutRowView};
use super::error::ACCOUNT_CODE_UNKNOWN;
use super::reports::chart::Chart;
use super::reports::layout::taken::Taken;
use crate::error::AppResult;
use crate::master_data::{Check, MasterData};
use crate::views::NameView;
use crate::wire::{List, Optional};
use crate::{request, resource, view};

pub type Rows = List<LayoutRowBody, LAYOUT_ROWS_MAX, 1>;

request! {
    /// A new layout.
    pub struct NewReportLayout as CreateReportLayoutBody {
        /// Short code, unique in the tenant; `GET /reports/statement?layout=` names it.
        code: Code = "BRANCH-RESULT",
        /// Name in Arabic, English or both: the title of the statement.
        name: LocalizedName = { "ar": "نتيجة الفروع", "en": "Result of branches" },
        /// The statement. It decides which figure a row shows unless the row says so, which accounts should stand in some row, and
        /// whether the entries that close a year count.
        kind: LayoutKind = "income_statement",
        /// The rows in their order.
        rows: Rows = [
            { "code": "REVENUE", "name": { "ar": "الإيرادات", "en": "Revenue" }, "accountTypes": ["income"], "side": "credit" },
            { "code": "COSTS", "name": { "ar": "التكاليف", "en": "Costs" }, "accountTypes": ["expense"] },
            { "code": "RESULT", "name": { "ar": "النتيجة", "en": "Result" }, "kind": "total", "formula": "REVENUE - COSTS" }
        ],
    }

    /// Changes to a layout (JSON Merge Patch). Members that are left out stay as they are.
    pub struct ReportLayoutChange as UpdateReportLayoutBody {
        /// Short code, unique in the tenant.
        code: Optional<Code>,
        /// Name in Arabic, English or both.
        name: Optional<LocalizedName>,
        /// The statement.
        kind: Optional<LayoutKind>,
        /// All rows. They replace the existing ones.
        rows: Optional<Rows>,
    }
}

view! {
    /// A statement as data.
    pub struct ReportLayoutView of ReportLayout {
        id: Uuid,
        code: String,
        /// The title of the statement.
        name: NameView,
        /// `balance_sheet`, `income_statement`, `cash_flow`, `equity_changes` or `custom`
        kind: &'static str,
        /// The rows in their order, as they are written in requests.
        rows: Vec<LayoutRowView> = |layout| layout.rows.iter().map(LayoutRowView::from).collect(),
    }
}

resource! {
    ReportLayout by id: ReportLayoutId
        = "accounting", "report_layout", "report_layouts" at "/report-layouts", "/report-layouts/{id}";
    en: "a", "report layout", "report layouts"; ar: "قوالب القوائم المالية";
    about: "Statements as data: rows that take accounts by ranges of codes, headings, types or cash flow activities, rows that add \
         other rows up, and headings. `GET /reports/statement` fills them with figures. An account that two rows would count is \
         refused, except in rows with `memo`.";
    bodies: NewReportLayout, ReportLayoutChange => ReportLayoutView; unique code;
    list: id sortable, code sortable, name, kind;
    order: code;
    refuses:
        create [
            &ACCOUNT_CODE_UNKNOWN, &LAYOUT_ROW_TWICE, &LAYOUT_ROW_UNKNOWN, &LAYOUT_ROW_NO_FIGURE, &LAYOUT_FORMULA_INVALID,
            &LAYOUT_FORMULA_CIRCULAR, &LAYOUT_FORMULA_WEIGHT, &LAYOUT_FORMULA_MISSING, &LAYOUT_ROW_WITHOUT_ACCOUNTS,
            &LAYOUT_MEMBER_OF_KIND, &LAYOUT_RANGE_ORDER, &LAYOUT_RANGES_OVERLAP, &LAYOUT_ACCOUNT_TWICE,
            &LAYOUT_MEASURE_OF_EQUITY
        ],
        change [
            &ACCOUNT_CODE_UNKNOWN, &LAYOUT_ROW_TWICE, &LAYOUT_ROW_UNKNOWN, &LAYOUT_ROW_NO_FIGURE, &LAYOUT_FORMULA_INVALID,
            &LAYOUT_FORMULA_CIRCULAR, &LAYOUT_FORMULA_WEIGHT, &LAYOUT_FORMULA_MISSING, &LAYOUT_ROW_WITHOUT_ACCOUNTS,
            &LAYOUT_MEMBER_OF_KIND, &LAYOUT_RANGE_ORDER, &LAYOUT_RANGES_OVERLAP, &LAYOUT_ACCOUNT_TWICE,
            &LAYOUT_MEASURE_OF_EQUITY
        ],
        delete [];
}

#[async_trait]
impl MasterData for ReportLayout {
    async fn create(
        new: &NewReportLayout,
        id: ReportLayoutId,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        let rows = rows::read(&new.rows.0, &mut check.violations);
        let layout =
            Self { id, code: new.code.clone(), name: new.name.clone(), kind: new.kind, rows, version: 1 };
        checked(layout, check).await
    }

    async fn change(&self, change: &ReportLayoutChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let rows = match &change.rows.0 {
            Some(bodies) => rows::read(&bodies.0, &mut check.violations),
            None => self.rows.clone(),
        };
        let layout = Self {
            code: change.code.or(&self.code),
            name: change.name.or(&self.name),
            kind: change.kind.or(&self.kind),
            rows,
            ..self.clone()
        };
        if change.kind.0.is_none() && change.rows.0.is_none() {
            return Ok(Some(layout));
        }
        checked(layout, check).await
    }
}

/// A layout that does not contradict itself, and counts no account of the chart twice.
async fn checked(layout: ReportLayout, check: &mut Check<'_>) -> AppResult<Option<ReportLayout>> {
    layout.check(&mut check.violations);
    let chart = Chart::new(check.uow.accounts().chart().await?);
    let taken = Taken::of(&layout, &chart);
    check.violations.extend(taken.unknown_headings(&chart));
    if check.violations.is_empty() {
        check.violations.extend(taken.counted_twice(&chart));
    }
    Ok(Some(layout))
}
