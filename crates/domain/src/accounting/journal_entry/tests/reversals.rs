//! Reversals and copies (R4), and entries read back.

use super::*;

fn posted(books: &Books) -> PostedEntry {
    let mut lines = vec![foreign("USD", debit(CASH, "0.01")); 3];
    lines.push(foreign("USD", credit(SALES, "0.03")));
    books.post(lines)
}

#[test]
fn a_reversal_swaps_sides_at_the_original_rates() {
    let mut books = Books::new();
    let original = posted(&books);
    books.rates.insert(code("USD"), rate("99"));
    let draft = original.reversal_draft(entry_id(90), day("2026-01-20"), " Wrong customer ").unwrap();
    assert_eq!((draft.kind(), draft.content().reverses), (EntryKind::Reversal, Some(original.id())));
    assert_eq!(draft.content().description.as_deref(), Some("Wrong customer"));

    let reversal = post(draft.validate(&books.rules()).unwrap());
    assert_eq!(reversal.lines().len(), original.lines().len());
    for (line, back) in original.lines().iter().zip(reversal.lines()) {
        assert_eq!((line.debit, line.credit), (back.credit, back.debit));
        assert_eq!((line.currency_debit, line.currency_credit), (back.currency_credit, back.currency_debit));
        assert_eq!((line.account, line.currency, line.rate), (back.account, back.currency, back.rate));
    }
    let again = reversal.reversal_draft(entry_id(91), day("2026-01-21"), "x").unwrap_err();
    assert_eq!(again.def, &ENTRY_IS_REVERSAL);
}

#[test]
fn an_entry_is_reversed_once_later_and_for_a_reason() {
    let books = Books::new();
    let original = posted(&books);
    let reverse = |date: &str, reason: &str| original.reversal_draft(entry_id(90), day(date), reason);
    assert_eq!(reverse("2026-01-14", "x").unwrap_err().def, &REVERSAL_BEFORE_ENTRY);
    let without = reverse("2026-01-15", "  ").unwrap_err();
    assert_eq!((without.def.code, without.pointer.as_str()), ("text_empty", "/reason"));

    let stored = PostedEntry::from_stored(
        original.header().clone(),
        (*original.previous_hash(), *original.hash()),
        Some(entry_id(90)),
        original.lines().to_vec(),
    )
    .unwrap();
    assert!(stored.hash_is_intact(&DimensionSets::new()));
    assert_eq!((original.status(), stored.status()), (EntryStatus::Posted, EntryStatus::Reversed));
    let twice = stored.reversal_draft(entry_id(91), day("2026-01-15"), "x").unwrap_err();
    assert_eq!(twice.def, &ENTRY_ALREADY_REVERSED);
}

#[test]
fn a_reversal_still_posts_after_the_rules_changed() {
    let mut books = Books::new();
    let draft = posted(&books).reversal_draft(entry_id(90), day("2026-01-20"), "x").unwrap();
    books.accounts.get_mut(&account(SALES)).unwrap().active = false;
    books.dimension_rules = vec![DimensionRule {
        id: DimensionRuleId::new(Uuid::from_u128(1)),
        account: AccountSelector::All,
        kind: DimensionRuleKind::Mandatory { dimension: DimensionId::new(Uuid::from_u128(1)) },
        label: "PROJECT".to_owned(),
    }];
    assert!(draft.validate(&books.rules()).is_ok());
}

#[test]
fn reversals_come_only_from_posted_entries_and_keep_their_lines() {
    let made_up = NewEntry { kind: EntryKind::Reversal, ..content(vec![]) };
    assert_eq!(said(DraftEntry::new(made_up, LINES_MAX)), only(&REVERSAL_ONLY_BY_REVERSING, "/kind"));
    let draft = posted(&Books::new()).reversal_draft(entry_id(90), day("2026-01-20"), "x").unwrap();
    let other_lines = EntryPatch { lines: Some(vec![]), ..EntryPatch::default() };
    assert_eq!(said(draft.clone().update(other_lines, LINES_MAX)), only(&REVERSAL_IS_FIXED, "/lines"));
    let other_date = EntryPatch { posting_date: Some(day("2026-01-21")), ..EntryPatch::default() };
    assert_eq!(draft.update(other_date, 1).unwrap().posting_date(), day("2026-01-21"));
}

#[test]
fn reversing_a_year_close_stays_in_the_closing_period() {
    let mut books = Books::new();
    books.period.as_mut().unwrap().kind = FiscalPeriodKind::Closing;
    let entry = NewEntry { kind: EntryKind::Closing, ..content(vec![debit(SALES, "5"), credit(CASH, "5")]) };
    let closing = post(DraftEntry::new(entry, LINES_MAX).unwrap().validate(&books.rules()).unwrap());
    let draft = closing.reversal_draft(entry_id(90), day("2026-01-31"), "late invoice").unwrap();
    let reversal = post(draft.validate(&books.rules()).unwrap());
    assert_eq!(reversal.header().origin.reason.as_deref(), Some("late invoice"));
    assert_eq!(closing.header().origin.reason, None);
    assert_eq!(
        reversal.reversal_draft(entry_id(91), day("2026-01-31"), "x").unwrap_err().def,
        &ENTRY_IS_REVERSAL
    );
}

#[test]
fn a_copy_is_converted_anew_and_leaves_the_rounding_line_out() {
    let mut books = Books::new();
    let original = posted(&books);
    books.rates.insert(code("USD"), rate("4"));
    let draft =
        original.copy_draft(entry_id(90), day("2026-01-20"), &|_| DimensionCombination::EMPTY).unwrap();
    let copy = post(draft.validate(&books.rules()).unwrap());
    assert_eq!(copy.lines().len(), 4);
    assert_eq!(copy.lines()[3].credit, amount("0.12"));
    assert_eq!(copy.header().reverses, None);
}

#[test]
fn a_stored_entry_that_does_not_balance_is_not_read() {
    let original = posted(&Books::new());
    let read = |lines: Vec<PostedLine>| {
        PostedEntry::from_stored(
            original.header().clone(),
            (*original.previous_hash(), *original.hash()),
            None,
            lines,
        )
    };
    let mut lines = original.lines().to_vec();
    lines[0].debit = amount("0.05");
    assert_eq!(read(lines.clone()).unwrap_err().def, &POSTED_ENTRY_CORRUPT);
    // Two changes that keep the balance are found by the hash.
    lines[1].debit = amount("0.03");
    assert!(!read(lines).unwrap().hash_is_intact(&DimensionSets::new()));
}
