//! Budgets and their exceptions in SQL. The controls of a budget are a document in its row.

use application::ports::storage_error::StorageResult;
use domain::accounting::budget::{
    Budget, BudgetControl, BudgetException, BudgetMode, BudgetSpan, BudgetStatus, ControllingBudget,
};
use domain::ids::UserId;
use domain::text::Code;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::persistence::SqlUnitOfWork;
use crate::persistence::table::Column;
use crate::sql::value::{Columns, Value};
use crate::{statements, table, word_column};

word_column!(BudgetStatus);

table! {
    Budget in "accounting", "budget" by id;
    columns { code, name: [name_ar, name_en], fiscal_year_id, status, controls }
    search { code, name }
    unique code
    used by {
        "budget-lines": "SELECT {first} 1 FROM budget_line WHERE tenant_id = ?1 AND budget_id = ?2 {only}",
        "budget-exceptions": "SELECT {first} 1 FROM budget_exception WHERE tenant_id = ?1 AND budget_id = ?2 {only}",
    }
}

const _: () = {
    table! {
        BudgetException in "accounting", "budget_exception" by id;
        columns { budget_id, user_id, expires_at, reason }
    }
};

statements! {
    // One row for each exception, and one for a budget without any.
    CONTROLLING = "accounting.facts.controlling_budgets" as reference:
        "SELECT b.id, b.code, b.fiscal_year_id, b.controls, y.start_date, y.end_date, e.user_id, e.expires_at FROM budget b \
         INNER JOIN fiscal_year y ON y.tenant_id = b.tenant_id AND y.id = b.fiscal_year_id \
         LEFT JOIN budget_exception e ON e.tenant_id = b.tenant_id AND e.budget_id = b.id \
         WHERE b.tenant_id = ?1 AND b.status IN ('active', 'locked') AND b.controls <> '[]' ORDER BY b.code, b.id, e.id";
}

impl SqlUnitOfWork {
    /// The budgets that postings are compared with, in the order of their codes.
    pub(crate) async fn read_controlling_budgets(&mut self) -> StorageResult<Vec<ControllingBudget>> {
        let mut budgets: Vec<ControllingBudget> = Vec::new();
        for row in self.tx.query(&CONTROLLING, &[self.tenant.into()]).await? {
            let mut columns = row.columns("budget");
            let (id, code) = (columns.get("id")?, columns.parse("code", Code::stored)?);
            let fiscal_year = columns.get("fiscal_year_id")?;
            let controls = columns.parse("controls", read_controls)?;
            let (start, end) = (columns.get("start_date")?, columns.get("end_date")?);
            let user: Option<UserId> = columns.get("user_id")?;
            let until: Option<Timestamp> = columns.get("expires_at")?;
            if budgets.last().is_none_or(|last| last.id != id) {
                let excepted = Vec::new();
                budgets.push(ControllingBudget { id, code, fiscal_year, start, end, controls, excepted });
            }
            if let Some(budget) = budgets.last_mut() {
                budget.excepted.extend(user.zip(until));
            }
        }
        Ok(budgets)
    }
}

/// A control as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredControl {
    from: String,
    to: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dimension: Option<Uuid>,
    mode: String,
    span: String,
}

fn read_controls(text: &str) -> Option<Vec<BudgetControl>> {
    let stored: Vec<StoredControl> = serde_json::from_str(text).ok()?;
    let control = |stored: StoredControl| {
        Some(BudgetControl {
            code_from: Code::stored(&stored.from)?,
            code_to: Code::stored(&stored.to)?,
            dimension: stored.dimension.map(Into::into),
            mode: BudgetMode::parse(&stored.mode).ok()?,
            span: BudgetSpan::parse(&stored.span).ok()?,
        })
    };
    stored.into_iter().map(control).collect()
}

impl Column for Vec<BudgetControl> {
    fn put(&self, values: &mut Vec<Value>) {
        let stored = |control: &BudgetControl| StoredControl {
            from: control.code_from.to_string(),
            to: control.code_to.to_string(),
            dimension: control.dimension.map(|id| id.uuid()),
            mode: control.mode.as_str().to_owned(),
            span: control.span.as_str().to_owned(),
        };
        values.push(serde_json::json!(self.iter().map(stored).collect::<Vec<_>>()).to_string().into());
    }
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        columns.parse(names.first().copied().unwrap_or_default(), read_controls)
    }
}
