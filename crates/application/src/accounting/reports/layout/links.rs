//! The addresses of the lines behind figures.

use domain::accounting::report_layout::LayoutKind;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::columns::{Share, Slot};
use super::{EquityMeasure, StatementRequest};

/// What stands for itself in the value of a parameter.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b':').remove(b',');

/// The common beginning of the addresses of one statement.
pub struct Links {
    beginning: String,
    kind: LayoutKind,
    dimension: Option<String>,
}

impl Links {
    pub fn new(request: &StatementRequest, kind: LayoutKind) -> Self {
        let report = &request.report;
        let mut beginning = format!("{}?layout={}", request.lines_at, encoded(&request.layout));
        for filter in &report.dimensions {
            let values = filter.values.join(",");
            push(&mut beginning, "dimension", &format!("{}:{values}", filter.dimension));
        }
        if let Some(known_at) = report.known_at {
            push(&mut beginning, "knownAt", &known_at.to_string());
        }
        if let Some(currency) = report.currency {
            push(&mut beginning, "currency", currency.as_str());
        }
        if let Some(included) = report.include_closing {
            push(&mut beginning, "includeClosing", if included { "true" } else { "false" });
        }
        Self { beginning, kind, dimension: report.group_by.clone() }
    }

    /// The lines of `row=CODE` or `account=CODE` in a slot.
    pub fn lines(&self, (name, code): (&str, &str), slot: &Slot, measure: Option<EquityMeasure>) -> String {
        let mut link = self.beginning.clone();
        push(&mut link, name, code);
        if self.kind == LayoutKind::BalanceSheet {
            push(&mut link, "asOf", &slot.span.to.to_string());
        } else {
            push(&mut link, "from", &slot.span.from.to_string());
            push(&mut link, "to", &slot.span.to.to_string());
        }
        let dimension = self.dimension.as_deref().unwrap_or_default();
        match &slot.share {
            Share::Whole | Share::Budget => {}
            Share::Value(_, value) => push(&mut link, "dimensionValue", &format!("{dimension}:{value}")),
            Share::Without => push(&mut link, "withoutDimension", dimension),
        }
        if let Some(measure) = measure {
            push(&mut link, "measure", measure.as_str());
        }
        link
    }
}

fn push(link: &mut String, name: &str, value: &str) {
    link.push('&');
    link.push_str(name);
    link.push('=');
    link.push_str(&encoded(value));
}

fn encoded(value: &str) -> String {
    utf8_percent_encode(value, ENCODED).to_string()
}
