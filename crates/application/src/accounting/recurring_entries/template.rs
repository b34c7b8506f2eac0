//! A template as a caller writes it, with accounts, journal and dimensions by id or by code.

use std::collections::BTreeSet;

use domain::accounting::journal_entry::{ACCOUNT_UNKNOWN, NewLine};
use domain::error::{Violation, Violations};
use domain::ids::JournalId;

use crate::accounting::entry_input::{LineInput, Reference, resolve_journal, resolve_lines};
use crate::accounting::error::JOURNAL_UNKNOWN;
use crate::error::AppResult;
use crate::ports::unit_of_work::UnitOfWork;

/// The journal meant, which must exist.
pub(super) async fn journal(
    uow: &mut dyn UnitOfWork,
    reference: Option<&Reference<JournalId>>,
    violations: &mut Violations,
) -> AppResult<Option<JournalId>> {
    let resolved = resolve_journal(uow, reference).await?;
    let Some(id) = violations.check("", resolved) else { return Ok(None) };
    if uow.recurring_entries().journal_exists(id).await? {
        return Ok(Some(id));
    }
    violations.push(Violation::new(&JOURNAL_UNKNOWN).at("/journalId"));
    Ok(None)
}

/// The lines; every line that names something unknown is reported.
pub(super) async fn lines(
    uow: &mut dyn UnitOfWork,
    lines: &[LineInput],
    violations: &mut Violations,
) -> AppResult<Vec<NewLine>> {
    let before = violations.len();
    let resolved = resolve_lines(uow, lines, violations).await?;
    if violations.len() != before {
        return Ok(resolved);
    }
    let ids: BTreeSet<_> = resolved.iter().map(|line| line.account).collect();
    let known = uow.ledger().account_names(&ids).await?;
    let unknown = resolved.iter().enumerate().filter(|(_, line)| !known.contains_key(&line.account));
    violations.extend(
        unknown.map(|(index, _)| Violation::new(&ACCOUNT_UNKNOWN).at(format!("/lines/{index}/accountId"))),
    );
    Ok(resolved)
}
