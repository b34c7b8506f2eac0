//! Options that every change accepts: a key under which it happens once, and a dry run.

use application::paging::INVALID_PARAMETER;
use domain::error::Violation;
use http::HeaderName;

use crate::wire::{Pointer, QueryPairs, TRUE_OR_FALSE, quoted};

pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The parameter that every change takes.
pub const DRY_RUN: &str = "dryRun";

/// Whether the request asks for a dry run.
pub fn dry_run(query: Option<&str>) -> Result<bool, Violation> {
    let Some(query) = query.filter(|query| query.contains(DRY_RUN)) else { return Ok(false) };
    let pairs = QueryPairs::parse(query)?;
    let mut dry = false;
    for (_, value) in pairs.iter().filter(|(name, _)| *name == DRY_RUN) {
        dry = match value {
            "true" => true,
            "false" => false,
            other => {
                return Err(Violation::new(&INVALID_PARAMETER)
                    .with("name", DRY_RUN)
                    .with("value", quoted(other))
                    .with_phrase("expected", TRUE_OR_FALSE)
                    .at(Pointer::parameter(DRY_RUN).to_string()));
            }
        };
    }
    Ok(dry)
}
