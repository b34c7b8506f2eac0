//! Takes a file of lines of budgets: all of it, or nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use domain::accounting::budget::Budget;
use domain::error::Violation;
use domain::ids::JobId;

use super::budget_file::{BudgetFile, FileBudgetLine};
use super::cells::Place;
use super::import_entries::needs;
use super::row_errors::RowErrors;
use super::{IMPORT, ImportKind, ImportOptions, Meter, unless_cancelled};
use crate::accounting::budgets::UPDATE;
use crate::accounting::budgets::lines::{BudgetLineInput, changeable, resolve, save};
use crate::accounting::ports::books::Books;
use crate::accounting::views::import_result::ImportResultView;
use crate::authorize::Access;
use crate::changes::unknown_reference;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::master_data::id_named;
use crate::platform::jobs;
use crate::platform::on_behalf::with_rights_of_now;
use crate::ports::progress::Progress;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

pub struct ImportBudgetLines {
    pub file: Arc<BudgetFile>,
    pub options: ImportOptions,
    /// Finished in the same transaction.
    pub job: Option<JobId>,
    pub progress: Arc<dyn Progress>,
}

type Rows<'f> = Vec<&'f (Place, FileBudgetLine)>;

#[async_trait]
impl Command for ImportBudgetLines {
    const NAME: &'static str = "import_budget_lines";
    const ACCESS: Access = Access::Permission(IMPORT);
    type Output = ImportResultView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<ImportResultView>> {
        let ctx = &with_rights_of_now(ctx, uow, Self::ACCESS).await?;
        needs(ctx, UPDATE)?;
        let mut errors = self.file.errors.clone();
        let mut result = self.options.result(ImportKind::BudgetLines, ctx.dry_run);
        let mut by_budget: BTreeMap<&str, Rows<'_>> = BTreeMap::new();
        for row in &self.file.rows {
            by_budget.entry(row.1.budget.as_str()).or_default().push(row);
        }
        let mut books = Books::open(ctx, uow).await?;
        for (code, rows) in by_budget {
            one_budget(uow, &mut books, (code, &rows), (&mut result, &mut errors)).await?;
        }
        if !errors.is_empty() {
            return Err(errors.into_error());
        }
        let mut meter = Meter::new(&*self.progress, self.file.count() as u64);
        meter.step(self.file.count() as u64)?;
        jobs::finish_in(uow, self.job, &result, self.file.count()).await?;
        unless_cancelled(&*self.progress)?;
        Ok(Done::new(result))
    }
}

/// Saves the rows of one budget; what is wrong is noted at their cells.
async fn one_budget(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    (code, rows): (&str, &Rows<'_>),
    (result, errors): (&mut ImportResultView, &mut RowErrors),
) -> AppResult<()> {
    let Some(first) = rows.first().map(|(place, _)| *place) else { return Ok(()) };
    let Some(id) = id_named::<Budget>(uow, &Reference::Code(code.to_owned())).await? else {
        errors.push(first, "budget", unknown_reference("", "budget", code));
        return Ok(());
    };
    let budget = match changeable(uow, id).await {
        Ok(budget) => budget,
        Err(error) if error.is_refusal() => {
            for violation in error.violations {
                errors.push(first, "budget", violation);
            }
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let inputs: Vec<_> = rows.iter().map(|(_, line)| input(line)).collect();
    let keyed = match resolve(uow, books, &budget, &inputs).await? {
        Ok(keyed) => keyed,
        Err(refused) => {
            for violation in refused {
                note(rows, violation, errors);
            }
            return Ok(());
        }
    };
    let saved = save(uow, &budget, keyed.into_iter().collect()).await?;
    result.budget_lines += u64::from(saved.created);
    result.budget_lines_updated += u64::from(saved.updated + saved.removed);
    result.skipped += u64::from(saved.unchanged);
    Ok(())
}

fn input(line: &FileBudgetLine) -> BudgetLineInput {
    BudgetLineInput {
        account: Some(Reference::Code(line.account.to_string())),
        dimensions: line.dimensions.clone(),
        date: line.date,
        amount: line.amount,
    }
}

/// Notes what is wrong with a line at the column of its row; the pointer begins with the number of the line.
fn note(rows: &Rows<'_>, violation: Violation, errors: &mut RowErrors) {
    let mut parts = violation.pointer.split('/').skip(1);
    let index = parts.next().and_then(|index| index.parse::<usize>().ok());
    let column = match parts.next() {
        Some("date") => "date",
        Some("amount") => "amount",
        Some("dimensions") => "dimensions",
        _ => "account",
    };
    if let Some((place, _)) = index.and_then(|index| rows.get(index)) {
        errors.push(*place, column, violation);
    }
}
