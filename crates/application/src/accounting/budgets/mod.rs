//! Budgets (R160): amounts for accounts, dimensions and periods, with which postings are compared.

pub mod copy;
pub mod exceptions;
pub mod lines;
pub mod ports;
pub mod report;
pub mod save_lines;
pub mod views;

use async_trait::async_trait;
use domain::accounting::budget::{
    BUDGET_CONTROLS_MAX, BUDGET_RANGE_ORDER, BUDGET_YEAR_FIXED, BUDGETS_TOO_MANY, Budget, BudgetControl,
    BudgetId, BudgetMode, BudgetSpan, BudgetStatus, CONTROLLED_BUDGETS_MAX,
};
use domain::error::Violation;
use domain::ids::{DimensionId, FiscalYearId};
use domain::text::{Code, LocalizedName};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::dimension_rules::input::resolve_dimension;
use crate::changes::unknown_reference;
use crate::error::{AppResult, UNKNOWN_REFERENCE};
use crate::master_data::{Check, MasterData};
use crate::paging::FieldKind;
use crate::reference::{Reference, by_id_or_code, optional};
use crate::unit_of_work::UnitOfWork;
use crate::views::NameView;
use crate::wire::{List, Optional, REQUIRED};
use crate::{request, resource, view};

pub const READ: &str = "accounting.budget.read";
pub const UPDATE: &str = "accounting.budget.update";

type Controls = List<BudgetControlBody, BUDGET_CONTROLS_MAX>;

request! {
    /// A new budget, without lines.
    pub struct NewBudget as CreateBudgetBody {
        /// Short code, unique in the tenant.
        code: Code = "2026",
        /// Name in Arabic, English or both.
        name: LocalizedName = { "ar": "موازنة 2026", "en": "Budget 2026" },
        /// The fiscal year, by its id; give either the id or the code.
        fiscal_year_id: Option<FiscalYearId>,
        /// The fiscal year, by its code.
        fiscal_year_code: Option<Code> = "2026",
        /// The status: postings are compared with an active or locked budget, and the lines of a locked one do not change.
        status: BudgetStatus => "draft",
        /// The accounts whose postings are compared; the first control that has an account decides.
        controls: Option<Controls>,
    }

    /// Accounts whose postings are compared with the budget.
    pub struct BudgetControlBody {
        /// The first account code, as texts are compared.
        code_from: Code = "6200",
        /// The last account code; by default the first one.
        code_to: Option<Code> = "6299",
        /// Compares each value of this dimension by itself, by its id.
        dimension_id: Option<DimensionId>,
        /// The dimension, by its code.
        dimension_code: Option<Code>,
        /// What happens when a posting takes more than is left: nothing, a warning, or a refusal.
        mode: BudgetMode = "refuse",
        /// The budget of the posting's period alone, or that of the year through the period.
        span: BudgetSpan => "year_to_date",
    }

    /// Changes to a budget (JSON Merge Patch). Members that are left out stay as they are.
    pub struct BudgetChange as UpdateBudgetBody {
        /// Short code, unique in the tenant.
        code: Optional<Code>,
        /// Name in Arabic, English or both.
        name: Optional<LocalizedName>,
        /// The fiscal year, by its id; it is fixed once there are lines.
        fiscal_year_id: Optional<FiscalYearId>,
        /// The fiscal year, by its code.
        fiscal_year_code: Optional<Code>,
        /// The status.
        status: Optional<BudgetStatus>,
        /// All controls. They replace the existing ones.
        controls: Optional<Controls>,
    }
}

view! {
    /// A budget of a fiscal year. Its lines are a list of their own.
    pub struct BudgetView of Budget {
        id: Uuid,
        code: String,
        name: NameView,
        fiscal_year_id: Uuid,
        /// The status: `draft`, `active` or `locked`.
        status: &'static str = |budget| budget.status.as_str(),
        controls: Vec<BudgetControlView> = |budget| budget.controls.iter().map(BudgetControlView::from).collect(),
    }
}

/// Accounts whose postings are compared with the budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BudgetControlView {
    pub code_from: String,
    pub code_to: String,
    /// The dimension whose values are compared by themselves; null compares the account as a whole.
    pub dimension_id: Option<Uuid>,
    /// What happens when a posting takes more than is left: `none`, `warn` or `refuse`.
    pub mode: &'static str,
    /// The periods that count: `period` or `year_to_date`.
    pub span: &'static str,
}

impl From<&BudgetControl> for BudgetControlView {
    fn from(control: &BudgetControl) -> Self {
        Self {
            code_from: control.code_from.to_string(),
            code_to: control.code_to.to_string(),
            dimension_id: control.dimension.map(|id| id.uuid()),
            mode: control.mode.as_str(),
            span: control.span.as_str(),
        }
    }
}

resource! {
    Budget by id: BudgetId = "accounting", "budget", "budgets" at "/budgets", "/budgets/{id}";
    en: "a", "budget", "budgets"; ar: "الموازنات";
    about: "Amounts for accounts, dimensions and periods of a fiscal year. Postings are compared with active and locked budgets by \
         their controls: a posting to an expense or asset account that takes more than is left is refused or warned of. Accounts \
         without a line have a budget of zero.";
    bodies: NewBudget, BudgetChange => BudgetView; unique code;
    remembered by posting;
    list:
        id sortable, code sortable, name, fiscal_year_id, status = FieldKind::Word(BudgetStatus::WORDS);
    order: code;
    refuses:
        create [&UNKNOWN_REFERENCE, &BUDGET_RANGE_ORDER, &BUDGETS_TOO_MANY],
        change [&UNKNOWN_REFERENCE, &BUDGET_RANGE_ORDER, &BUDGETS_TOO_MANY, &BUDGET_YEAR_FIXED],
        delete unused [];
}

#[async_trait]
impl MasterData for Budget {
    async fn create(new: &NewBudget, id: BudgetId, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let year = by_id_or_code(new.fiscal_year_id, new.fiscal_year_code.clone());
        let year = match &year {
            Some(year) => fiscal_year(check, year).await?,
            None => {
                check.refuse(Violation::new(&REQUIRED).at("/fiscalYearId"));
                None
            }
        };
        let controls = match &new.controls {
            Some(controls) => resolve_controls(controls, check).await?,
            None => Vec::new(),
        };
        let Some(fiscal_year_id) = year else { return Ok(None) };
        let (code, name, status) = (new.code.clone(), new.name.clone(), new.status);
        let budget = Self { id, code, name, fiscal_year_id, status, controls, version: 1 };
        check_budget(&budget, check).await?;
        Ok(Some(budget))
    }

    async fn change(&self, change: &BudgetChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let year = optional(change.fiscal_year_id.clone(), change.fiscal_year_code.clone());
        let year = match &year {
            Some(year) => fiscal_year(check, year).await?,
            None => Some(self.fiscal_year_id),
        };
        let controls = match &change.controls.0 {
            Some(controls) => resolve_controls(controls, check).await?,
            None => self.controls.clone(),
        };
        let Some(fiscal_year_id) = year else { return Ok(None) };
        if fiscal_year_id != self.fiscal_year_id && check.uow.budgets().has_lines(self.id).await? {
            check.refuse(Violation::new(&BUDGET_YEAR_FIXED).at("/fiscalYearId").with("code", &self.code));
        }
        let budget = Self {
            code: change.code.or(&self.code),
            name: change.name.or(&self.name),
            fiscal_year_id,
            status: change.status.or(&self.status),
            controls,
            ..self.clone()
        };
        check_budget(&budget, check).await?;
        Ok(Some(budget))
    }
}

async fn check_budget(budget: &Budget, check: &mut Check<'_>) -> AppResult<()> {
    check.violations.extend(budget.check().into_vec());
    if !budget.controls_postings() {
        return Ok(());
    }
    let others = check.uow.budgets().controlling_budgets().await?;
    if others.iter().filter(|other| other.id != budget.id).count() >= CONTROLLED_BUDGETS_MAX {
        check.refuse(Violation::new(&BUDGETS_TOO_MANY).at("/controls").with("max", CONTROLLED_BUDGETS_MAX));
    }
    Ok(())
}

async fn fiscal_year(
    check: &mut Check<'_>,
    reference: &Reference<FiscalYearId>,
) -> AppResult<Option<FiscalYearId>> {
    let found = year_named(check.uow, reference).await?;
    if found.is_none() {
        check.refuse(no_year(reference));
    }
    Ok(found)
}

/// The fiscal year that is meant, if there is one.
pub(super) async fn year_named(
    uow: &mut dyn UnitOfWork,
    reference: &Reference<FiscalYearId>,
) -> AppResult<Option<FiscalYearId>> {
    let years = uow.fiscal_years().fiscal_years().await?;
    let meant = years.into_iter().find(|year| match reference {
        Reference::Id(id) => year.id == *id,
        Reference::Code(code) => year.code.as_str() == code,
    });
    Ok(meant.map(|year| year.id))
}

pub(super) fn no_year(reference: &Reference<FiscalYearId>) -> Violation {
    match reference {
        Reference::Id(id) => unknown_reference("/fiscalYearId", "fiscal_year", id),
        Reference::Code(code) => unknown_reference("/fiscalYearCode", "fiscal_year", code),
    }
}

async fn resolve_controls(controls: &Controls, check: &mut Check<'_>) -> AppResult<Vec<BudgetControl>> {
    let mut resolved = Vec::with_capacity(controls.0.len());
    for (index, control) in controls.0.iter().enumerate() {
        let dimension = match by_id_or_code(control.dimension_id, control.dimension_code.clone()) {
            Some(reference) => {
                let at = format!("/controls/{index}/dimension");
                resolve_dimension(check.uow, &reference, &at, &mut check.violations).await?
            }
            None => None,
        };
        resolved.push(BudgetControl {
            code_from: control.code_from.clone(),
            code_to: control.code_to.clone().unwrap_or_else(|| control.code_from.clone()),
            dimension,
            mode: control.mode,
            span: control.span,
        });
    }
    Ok(resolved)
}
