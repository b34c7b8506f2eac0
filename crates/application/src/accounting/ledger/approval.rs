//! Whether an entry by hand needs approval (R150), by what the books say.

use domain::accounting::approval::policy::fitting;
use domain::accounting::approval::{ApprovalPolicy, EntryFacts, LineFacts};
use domain::accounting::journal_entry::{DraftEntry, EntryKind, NewLine, ValidatedEntry};
use domain::error::Violation;
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount};
use domain::time::Timestamp;

use super::{Checked, Posting};
use crate::accounting::ports::books::Books;

/// The policy that decides about an entry, and the total of its debits in the company currency.
pub type Needed<'b> = Option<(&'b ApprovalPolicy, Amount)>;
pub type WithApproval<'b> = (Checked, Needed<'b>);

impl Books {
    /// The policy that matches an entry which could be posted now. The books MUST have learnt what it names.
    pub fn approval_of(&self, now: Timestamp, entry: Posting) -> Result<Needed<'_>, Vec<Violation>> {
        Ok(self.checked(now, entry)?.1)
    }

    /// The policies that fit a draft, the amount apart. Entries of documents and of the year-end close are not asked, nor are
    /// those that take back what a deferral or a distribution run posted.
    pub(super) fn fitting_policies(&self, draft: &DraftEntry) -> Vec<&ApprovalPolicy> {
        let of_a_document = draft
            .source()
            .is_some_and(|source| !source.kind.is_by_hand() || draft.kind() == EntryKind::Reversal);
        if self.approval_policies.is_empty() || of_a_document || draft.kind() == EntryKind::Closing {
            return Vec::new();
        }
        let lines: Vec<_> = draft.lines().iter().filter_map(|line| self.line_facts(line)).collect();
        let facts = EntryFacts { journal: draft.journal_id(), lines: &lines };
        fitting(&self.approval_policies, facts, &self.dimension_tree)
    }

    fn line_facts<'a>(&'a self, line: &'a NewLine) -> Option<LineFacts<'a>> {
        let account = self.accounts.get(&line.account)?;
        // The lines of a reversal name the values of dimensions by their set alone.
        let by_set = self.sets.get(&line.dimension_set).filter(|_| line.dimensions.pairs().is_empty());
        let dimensions = by_set.unwrap_or(&line.dimensions);
        Some(LineFacts { account: line.account, code: &account.code, dimensions })
    }
}

/// The first of the policies that the entry, or the `whole` that it is a part of, is large enough for.
pub(super) fn deciding<'b>(
    policies: Vec<&'b ApprovalPolicy>,
    entry: &ValidatedEntry,
    whole: Option<Amount>,
) -> Result<Needed<'b>, Vec<Violation>> {
    if policies.is_empty() {
        return Ok(None);
    }
    let total = Amount::sum(entry.lines().iter().map(|line| line.debit));
    let total = total.ok_or_else(|| vec![Violation::new(&AMOUNT_OUT_OF_RANGE)])?;
    let measured = whole.map_or(total, |whole| whole.max(total));
    let decides = policies.into_iter().find(|policy| policy.fits_amount(measured));
    Ok(decides.map(|policy| (policy, total)))
}
