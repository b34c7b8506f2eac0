//! Lines, accounts and dimensions (R6, R8, R9).

use super::*;

#[test]
fn a_good_entry_is_posted_as_it_was_drafted() {
    let posted = Books::new().post(vec![debit(CASH, "115.00"), credit(SALES, "115.00")]);
    let lines: Vec<_> = posted.lines().iter().map(|l| (l.line_no, l.account, l.debit, l.credit)).collect();
    assert_eq!(
        lines,
        [(1, account(CASH), amount("115"), Amount::ZERO), (2, account(SALES), Amount::ZERO, amount("115"))]
    );
    assert!(posted.lines().iter().all(|l| l.rate == Rate::ONE && l.currency == code("SAR") && !l.rounding));
    assert_eq!(posted.header().fiscal_period_id.uuid().as_u128(), 70);
    assert_eq!(posted.number(), "GJ-2026-000001");
    assert!(posted.hash_is_intact(&DimensionSets::new()));
}

#[test]
fn an_entry_has_two_lines_that_balance() {
    let books = Books::new();
    assert_eq!(said(books.validate(vec![])), only(&ENTRY_TOO_FEW_LINES, "/lines"),);
    assert_eq!(
        said(books.validate(vec![debit(CASH, "1")])),
        [only(&ENTRY_TOO_FEW_LINES, "/lines"), only(&UNBALANCED_ENTRY, "/lines")].concat()
    );
    let refused = books.validate(vec![debit(CASH, "100.01"), credit(SALES, "100")]).unwrap_err();
    assert_eq!(refused[0].def, &UNBALANCED_ENTRY);
    let text = refused[0].text(crate::error::Language::English);
    assert_eq!(text, "Debits 100.01 and credits 100.00 differ by 0.01 SAR.");
}

#[test]
fn a_line_has_one_side_greater_than_zero() {
    let one = Some(amount("1"));
    let zero = Some(Amount::ZERO);
    assert_eq!(LineAmount::from_columns(one, zero).unwrap(), LineAmount::Debit(amount("1")));
    assert_eq!(LineAmount::from_columns(None, one).unwrap(), LineAmount::Credit(amount("1")));
    for (debit, credit) in [(one, one), (zero, None), (None, None)] {
        assert_eq!(LineAmount::from_columns(debit, credit).unwrap_err().def, &LINE_NEEDS_ONE_SIDE);
    }
    let refused = Books::new().validate(vec![debit(CASH, "-5"), credit(SALES, "0"), debit(CASH, "5")]);
    assert_eq!(
        said(refused),
        [
            only(&LINE_AMOUNT_NOT_POSITIVE, "/lines/0/debit"),
            only(&LINE_AMOUNT_NOT_POSITIVE, "/lines/1/credit")
        ]
        .concat()
    );
}

#[test]
fn accounts_take_lines_only_if_they_are_active_posting_accounts() {
    let lines = vec![debit(HEADING, "1"), debit(INACTIVE, "1"), debit(77, "1"), credit(SALES, "3")];
    assert_eq!(
        said(Books::new().validate(lines)),
        [
            only(&ACCOUNT_IS_HEADING, "/lines/0/accountId"),
            only(&ACCOUNT_INACTIVE, "/lines/1/accountId"),
            only(&ACCOUNT_UNKNOWN, "/lines/2/accountId"),
        ]
        .concat()
    );
}

#[test]
fn an_account_in_one_currency_takes_only_that() {
    let books = Books::new();
    assert_eq!(
        said(books.validate(vec![debit(USD_BANK, "1"), credit(SALES, "1")])),
        only(&ACCOUNT_CURRENCY_DIFFERS, "/lines/0/currency")
    );
    assert!(
        books
            .validate(vec![foreign("USD", debit(USD_BANK, "1")), foreign("USD", credit(SALES, "1"))])
            .is_ok()
    );
    // A revaluation changes what the dollars are worth, not how many there are.
    let lines = vec![debit(USD_BANK, "1"), credit(SALES, "1")];
    let revaluation = NewEntry { kind: EntryKind::Revaluation, ..content(lines) };
    assert!(DraftEntry::new(revaluation, LINES_MAX).unwrap().validate(&books.rules()).is_ok());
}

#[test]
fn control_accounts_ask_for_a_reason_and_a_party() {
    let books = Books::new();
    let lines = || vec![debit(RECEIVABLE, "115"), credit(SALES, "100"), credit(VAT, "15")];
    assert_eq!(
        said(books.validate(lines())),
        [
            only(&CONTROL_REASON_REQUIRED, "/lines/0/accountId"),
            only(&PARTY_REQUIRED, "/lines/0/party"),
            only(&CONTROL_REASON_REQUIRED, "/lines/2/accountId"),
        ]
        .concat()
    );
    let mut entry = NewEntry { control_reason: Some("migration".to_owned()), ..content(lines()) };
    entry.lines[0].details.party = Some("C-1".to_owned());
    assert!(DraftEntry::new(entry, LINES_MAX).unwrap().validate(&books.rules()).is_ok());
}

#[test]
fn dimension_rules_hold_on_every_line() {
    let project = DimensionId::new(Uuid::from_u128(1));
    let mut books = Books::new();
    books.dimension_rules = vec![DimensionRule {
        id: DimensionRuleId::new(Uuid::from_u128(1)),
        account: AccountSelector::CodePrefix("2".to_owned()),
        kind: DimensionRuleKind::Mandatory { dimension: project },
        label: "PROJECT".to_owned(),
    }];
    let mut lines = vec![debit(CASH, "1"), credit(SALES, "1")];
    let refused = books.validate(lines.clone()).unwrap_err();
    assert_eq!((refused.len(), refused[0].pointer.as_str()), (1, "/lines/1/dimensions"));
    assert!(refused[0].text(crate::error::Language::English).contains("PROJECT"));

    let value = DimensionValueId::new(Uuid::from_u128(2));
    lines[1].dimensions = DimensionCombination::new(vec![(project, value)]).unwrap();
    lines[1].dimension_set = DimensionSetId::new(Uuid::from_u128(3));
    let posted = books.post(lines);
    assert_eq!(posted.lines()[1].dimension_set, DimensionSetId::new(Uuid::from_u128(3)));
}

#[test]
fn drafts_are_limited_and_trimmed() {
    let lines = vec![debit(CASH, "1"); 3];
    let too_many = DraftEntry::new(content(lines), 2);
    assert_eq!(said(too_many), only(&ENTRY_TOO_MANY_LINES, "/lines"));

    let mut entry = content(vec![debit(CASH, "1"), debit(CASH, "1")]);
    entry.lines[1].details.party = Some("x".repeat(101));
    entry.description = Some("y".repeat(501));
    entry.reference = Some("  ".to_owned());
    assert_eq!(
        said(DraftEntry::new(entry.clone(), LINES_MAX)),
        [("text_too_long", "/description".to_owned()), ("text_too_long", "/lines/1/party".to_owned())]
    );
    entry.description = Some(" Rent ".to_owned());
    entry.lines.pop();
    let draft = DraftEntry::new(entry, LINES_MAX).unwrap();
    assert_eq!(draft.content().description.as_deref(), Some("Rent"));
    assert_eq!(draft.content().reference, None);

    let patch = EntryPatch { description: Some(None), ..EntryPatch::default() };
    let draft = draft.update(patch, LINES_MAX).unwrap();
    assert_eq!((draft.version(), draft.content().description.as_deref()), (2, None));
}

#[test]
fn violations_of_a_long_entry_are_bounded() {
    let refused = Books::new().validate(vec![debit(HEADING, "1"); 5_000]).unwrap_err();
    assert!((ENTRY_VIOLATIONS_MAX..ENTRY_VIOLATIONS_MAX + 10).contains(&refused.len()));
}
