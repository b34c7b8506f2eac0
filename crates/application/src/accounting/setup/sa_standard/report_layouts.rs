//! The report layouts of the template: statements of the IFRS for SMEs Accounting Standard along the template's chart. Sections 4
//! to 7 name the lines that each statement has; expenses are shown by function, as paragraph 5.11(b) allows.

use domain::accounting::report_layout::ReportLayout;
use domain::error::Violations;
use serde_json::Value;

use crate::accounting::report_layouts::NewReportLayout;
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::master_data::create_missing;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{Pointer, WireType};

/// Bodies of `POST /report-layouts`.
const LAYOUTS: &str = include_str!("report_layouts.json");

fn report_layouts() -> AppResult<Vec<NewReportLayout>> {
    let layouts: Vec<Value> = serde_json::from_str(LAYOUTS)
        .map_err(|error| AppError::internal(format!("report layouts: {error}")))?;
    let mut violations = Violations::new();
    let body = |layout: &Value| NewReportLayout::parse(layout, &Pointer::ROOT, &mut violations);
    let bodies = layouts.iter().map(body).collect::<Option<Vec<_>>>();
    let bodies = violations.into_result(bodies)?;
    bodies.ok_or_else(|| AppError::internal("report layouts: a body was not read"))
}

/// Creates the layouts that the tenant lacks and answers how many.
pub(in crate::accounting::setup) async fn ensure_report_layouts(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
) -> AppResult<u32> {
    create_missing::<ReportLayout>(ctx, uow, report_layouts()?).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layouts_are_named_in_both_languages() {
        let layouts = report_layouts().unwrap();
        assert_eq!(layouts.len(), 4);
        for layout in &layouts {
            let names = layout.rows.0.iter().map(|row| &row.name).chain([&layout.name]);
            assert!(
                names.into_iter().all(|name| name.ar().is_some() && name.en().is_some()),
                "{}",
                layout.code
            );
        }
    }
}
