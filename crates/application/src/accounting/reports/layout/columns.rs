//! The columns of a statement, and the sums that fill them.

use domain::accounting::report_layout::{LayoutKind, ReportLayout};
use domain::error::{Language, Violation};
use domain::ids::DimensionValueId;

use super::periods::{Period, Span, caption};
use super::{EquityMeasure, StatementRequest};
use crate::accounting::ports::reports::{DimensionNode, DimensionTree, Movement};
use crate::accounting::reports::captions::Caption;
use crate::accounting::reports::error::{REPORT_TOO_MANY_COLUMNS, STATEMENT_TOO_MANY_COLUMNS};
use crate::accounting::reports::income_statement::GROUP_COLUMNS_MAX;
use crate::accounting::views::layout_statement::LayoutColumnView;

/// Most columns of values in several periods.
pub const STATEMENT_COLUMNS_MAX: usize = 240;

/// The lines whose sums are in a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Share {
    /// All of them.
    Whole,
    /// Those with a value of the dimension.
    Value(DimensionValueId, String),
    /// Those without a value of it.
    Without,
    /// No lines: the amounts of a budget.
    Budget,
}

/// Sums of every account.
#[derive(Debug, Clone)]
pub struct Slot {
    /// The period among all of them, with those that they are compared with.
    pub period: usize,
    pub span: Span,
    pub share: Share,
}

/// The origin of a column's figures.
#[derive(Debug, Clone, Copy)]
pub enum Source {
    /// Sums of the ledger: one part of them in changes in equity, otherwise what each row shows.
    Ledger { slot: usize, measure: Option<EquityMeasure> },
    /// The difference between two columns.
    Variance { of: usize, from: usize },
    /// The same in hundredths of the column that it is compared with.
    VariancePercent { of: usize, from: usize },
}

pub struct Column {
    pub source: Source,
    pub view: LayoutColumnView,
}

pub struct Columns {
    pub slots: Vec<Slot>,
    pub columns: Vec<Column>,
}

/// Code, kind and caption of a column of one slot.
struct Named {
    code: String,
    kind: &'static str,
    caption: String,
    dimension_value: Option<String>,
}

impl Columns {
    /// One column for each period, with those of the comparison after each.
    pub fn of_periods(layout: &ReportLayout, request: &StatementRequest, periods: &[Period]) -> Self {
        let language = request.report.language;
        let mut made = Self { slots: Vec::new(), columns: Vec::new() };
        let mut number = 0;
        for period in periods {
            let code = match periods {
                [_] => String::new(),
                _ if period.is_sum => "total".to_owned(),
                _ => period.span.to.to_string(),
            };
            let own = caption(layout.kind, period.span);
            let actual = Named {
                code: joined(&code, "actual"),
                kind: "actual",
                caption: if period.is_sum { Caption::Total.text(language).to_owned() } else { own.clone() },
                dimension_value: None,
            };
            let own_period = number;
            number += 1;
            let first = made.slot(layout.kind, language, (own_period, period.span), Share::Whole, &actual);
            if let Some(compared) = period.compared {
                made.compared(layout.kind, language, &code, (&first, number, compared));
                number += 1;
            }
            if request.budget.is_some() {
                made.budgeted(layout.kind, language, &code, (&first, own_period, period.span));
            }
        }
        made
    }

    /// The columns of the period beside another one.
    fn compared(
        &mut self,
        kind: LayoutKind,
        language: Language,
        code: &str,
        (first, period, span): (&std::ops::Range<usize>, usize, Span),
    ) {
        let comparison = Named {
            code: joined(code, "comparison"),
            kind: "comparison",
            caption: caption(kind, span),
            dimension_value: None,
        };
        let second = self.slot(kind, language, (period, span), Share::Whole, &comparison);
        for (of, from) in first.clone().zip(second) {
            self.variances(code, ["variance", "variance_percent"], (of, from), language);
        }
    }

    /// The columns of the budget of a period.
    fn budgeted(
        &mut self,
        kind: LayoutKind,
        language: Language,
        code: &str,
        (first, period, span): (&std::ops::Range<usize>, usize, Span),
    ) {
        let budget = Named {
            code: joined(code, "budget"),
            kind: "budget",
            caption: Caption::Budget.text(language).to_owned(),
            dimension_value: None,
        };
        let second = self.slot(kind, language, (period, span), Share::Budget, &budget);
        for (of, from) in first.clone().zip(second) {
            self.variances(code, ["budget_variance", "budget_variance_percent"], (of, from), language);
        }
    }

    /// For each period the total, one column for each value that has lines, and what has none.
    pub fn of_values(
        layout: &ReportLayout,
        request: &StatementRequest,
        periods: &[Period],
        tree: &DimensionTree,
        movements: &[Movement],
    ) -> Result<Self, Violation> {
        let language = request.report.language;
        let used = |node: &&DimensionNode| movements.iter().any(|movement| movement.group == Some(node.id));
        let mut values: Vec<_> = tree.values.iter().filter(used).collect();
        values.sort_by(|a, b| a.code.cmp(&b.code));
        if values.len() > GROUP_COLUMNS_MAX {
            let many = Violation::new(&REPORT_TOO_MANY_COLUMNS).at("?columnsBy");
            return Err(many.with("count", values.len()).with("max", GROUP_COLUMNS_MAX));
        }
        let count = periods.len() * (values.len() + 2);
        if periods.len() > 1 && count > STATEMENT_COLUMNS_MAX {
            let many = Violation::new(&STATEMENT_TOO_MANY_COLUMNS).at("?columnsBy").with("count", count);
            let many = many.with("values", values.len()).with("periods", periods.len());
            return Err(many.with("max", STATEMENT_COLUMNS_MAX));
        }
        let mut made = Self { slots: Vec::new(), columns: Vec::new() };
        for (number, period) in periods.iter().enumerate() {
            let (prefix, shown) = match periods {
                [_] => (String::new(), String::new()),
                _ if period.is_sum => ("total".to_owned(), format!(" – {}", Caption::Total.text(language))),
                _ => (period.span.to.to_string(), format!(" – {}", caption(layout.kind, period.span))),
            };
            let named = |code: &str, caption: &str, value: Option<&str>| Named {
                code: joined(&prefix, code),
                kind: "actual",
                caption: format!("{caption}{shown}"),
                dimension_value: value.map(str::to_owned),
            };
            let at = (number, period.span);
            let total = named("total", Caption::Total.text(language), None);
            made.slot(layout.kind, language, at, Share::Whole, &total);
            for node in &values {
                let share = Share::Value(node.id, node.code.clone());
                let name = node.name.text(language);
                let column = named(&format!("value.{}", node.code), name, Some(&node.code));
                made.slot(layout.kind, language, at, share, &column);
            }
            let without = named("without_value", Caption::Unassigned.text(language), Some(""));
            made.slot(layout.kind, language, at, Share::Without, &without);
        }
        Ok(made)
    }

    /// Adds a slot with its columns: four in changes in equity, otherwise one. Answers where these stand.
    fn slot(
        &mut self,
        kind: LayoutKind,
        language: Language,
        (period, span): (usize, Span),
        share: Share,
        named: &Named,
    ) -> std::ops::Range<usize> {
        let slot = self.slots.len();
        self.slots.push(Slot { period, span, share });
        let first = self.columns.len();
        let measures: Vec<Option<EquityMeasure>> = match kind {
            LayoutKind::EquityChanges => EquityMeasure::ALL.iter().copied().map(Some).collect(),
            _ => vec![None],
        };
        for measure in measures {
            let (code, caption) = match measure {
                None => (named.code.clone(), named.caption.clone()),
                Some(measure) => (
                    format!("{}.{measure}", named.code),
                    format!("{} {}", measure_caption(measure).text(language), named.caption),
                ),
            };
            let view = LayoutColumnView {
                code,
                kind: named.kind,
                measure: measure.map(EquityMeasure::as_str),
                caption,
                from: span.from,
                to: span.to,
                dimension_value: named.dimension_value.clone(),
            };
            self.columns.push(Column { source: Source::Ledger { slot, measure }, view });
        }
        first..self.columns.len()
    }

    fn variances(
        &mut self,
        period: &str,
        kinds: [&'static str; 2],
        (of, from): (usize, usize),
        language: Language,
    ) {
        let Some(base) = self.columns.get(of).map(|column| column.view.clone()) else { return };
        let column = |kind: &'static str, caption: Caption| {
            let code = match base.measure {
                Some(measure) => format!("{}.{measure}", joined(period, kind)),
                None => joined(period, kind),
            };
            LayoutColumnView { code, kind, caption: caption.text(language).to_owned(), ..base.clone() }
        };
        let variance = column(kinds[0], Caption::Variance);
        let percent = column(kinds[1], Caption::VariancePercent);
        self.columns.push(Column { source: Source::Variance { of, from }, view: variance });
        self.columns.push(Column { source: Source::VariancePercent { of, from }, view: percent });
    }
}

fn joined(period: &str, kind: &str) -> String {
    if period.is_empty() { kind.to_owned() } else { format!("{period}.{kind}") }
}

const fn measure_caption(measure: EquityMeasure) -> Caption {
    match measure {
        EquityMeasure::Opening => Caption::Opening,
        EquityMeasure::Profit => Caption::Profit,
        EquityMeasure::Movement => Caption::OtherMovements,
        EquityMeasure::Closing => Caption::Closing,
    }
}
