//! Confirmed orders change (R76): never below what has been delivered or invoiced.

use std::collections::BTreeMap;

use domain::documents::progress::{LineProgress, ORDER_BELOW_PROGRESS};
use domain::error::{Violation, Violations};
use domain::money::Amount;

use super::confirm::progress;
use crate::context::RequestContext;
use crate::documents::error::{ORDER_BRANCH_FIXED, ORDER_FIXED};
use crate::documents::ports::StoredDocument;
use crate::documents::steps::{keep, note};
use crate::documents::trade::{Prepared, keep_charges_of};
use crate::documents::views::DocumentView;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// The lines of a revision: those that change, those that are new and those that go.
struct Revised {
    changed: Vec<LineProgress>,
    added: Vec<LineProgress>,
    removed: Vec<LineProgress>,
}

/// Puts a prepared order in the place of the confirmed one. The audit log keeps both.
pub(super) async fn revise(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    prepared: Prepared,
    stored: &StoredDocument,
) -> AppResult<DocumentView> {
    let mut violations = Violations::new();
    violations.extend(prepared.refusals.iter().cloned());
    if prepared.document.branch != stored.branch {
        violations.push(Violation::new(&ORDER_BRANCH_FIXED).at("/branchId"));
    }
    let before = uow.documents().line_progress(stored.id).await?;
    if before.iter().any(|line| !line.is_untouched()) {
        check_fixed(&prepared.document, stored, &mut violations);
    }
    let scale = prepared.money.company.scale;
    let mut revised = Revised::of(&before, progress(&prepared), &mut violations);
    if prepared.document.party != stored.party {
        // Nothing has become of the lines yet, or the violation above refuses it.
        revised = Revised { changed: Vec::new(), added: progress(&prepared), removed: before.clone() };
    }
    let document = StoredDocument {
        status: stored.status,
        number: stored.number.clone(),
        series: stored.series,
        posted_at: stored.posted_at,
        ..prepared.document.clone()
    };
    if let Some(credit) = &prepared.credit {
        let open = Amount::sum(before.iter().map(|line| stored.exposure_of(line, scale)));
        violations.check("", credit.check(ctx, uow, open.unwrap_or_default()).await?);
    }
    violations.into_result(())?;
    let document = keep(uow, document, Some(stored)).await?;
    for line in &revised.removed {
        uow.documents().delete_line_progress(stored.id, line).await?;
    }
    revised.changed.sort_by_key(|line| line.line_no);
    let kept = |line: &LineProgress| (*line, document.exposure_of(line, scale));
    let changed: Vec<_> = revised.changed.iter().map(kept).collect();
    uow.documents().move_line_progress(stored.id, &changed).await?;
    let added: Vec<_> = revised.added.iter().map(kept).collect();
    uow.documents().insert_line_progress(stored.id, document.party, &added).await?;
    keep_charges_of(uow, &document).await?;
    let scale = prepared.money.currency.scale;
    let view = note(uow, &document, (None, scale), Some(&stored.shown(None, scale)), "updated");
    let lines: Vec<_> = revised.changed.into_iter().chain(revised.added).collect();
    Ok(view.with_progress(document.document_type, &lines))
}

/// Party and currency are fixed by earlier deliveries and invoices.
fn check_fixed(document: &StoredDocument, stored: &StoredDocument, violations: &mut Violations) {
    for (differs, at) in
        [(document.party != stored.party, "/partyId"), (document.currency != stored.currency, "/currency")]
    {
        if differs {
            violations.push(Violation::new(&ORDER_FIXED).at(at));
        }
    }
}

impl Revised {
    fn of(before: &[LineProgress], after: Vec<LineProgress>, violations: &mut Violations) -> Self {
        let mut known: BTreeMap<u32, &LineProgress> =
            before.iter().map(|line| (line.line_no, line)).collect();
        let mut revised = Self { changed: Vec::new(), added: Vec::new(), removed: Vec::new() };
        for (index, line) in after.into_iter().enumerate() {
            let Some(old) = known.remove(&line.line_no) else {
                revised.added.push(line);
                continue;
            };
            let changed = old.revise(&line);
            let at = format!("/lines/{index}/quantity");
            revised.changed.extend(violations.check("", changed.map_err(|violation| violation.at(at))));
        }
        for (line_no, line) in known {
            if !line.is_untouched() {
                let below = Violation::new(&ORDER_BELOW_PROGRESS).at("/lines").with("line", line_no);
                violations.push(below.with("done", line.done()));
            }
            revised.removed.push(*line);
        }
        revised
    }
}
