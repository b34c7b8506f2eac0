use super::*;
use crate::accounting::journal_entry::EntryKind;
use crate::ids::*;
use crate::money::Rate;
use crate::time::{Timestamp, parse_date};

fn id<T: From<Uuid>>(n: u128) -> T {
    Uuid::from_u128(n).into()
}

fn header() -> EntryHeader {
    EntryHeader {
        tenant_id: id(1),
        id: id(2),
        journal_id: id(3),
        kind: EntryKind::Standard,
        number: "GJ-2026-000001".to_owned(),
        posting_date: parse_date("2026-01-15").unwrap(),
        document_date: None,
        currency: CurrencyCode::parse("SAR").unwrap(),
        description: Some("Rent".to_owned()),
        reference: None,
        control_reason: None,
        reverses: None,
        fiscal_period_id: id(4),
        recorded_at: Timestamp::from_micros(1_700_000_000_000_000),
        chain_sequence: 1,
    }
}

fn line(line_no: u32, debit: i64, credit: i64) -> PostedLine {
    PostedLine {
        line_no,
        account: id(10 + u128::from(line_no)),
        debit: Amount::from_scaled(debit),
        credit: Amount::from_scaled(credit),
        currency: CurrencyCode::parse("USD").unwrap(),
        currency_debit: Amount::from_scaled(debit),
        currency_credit: Amount::from_scaled(credit),
        rate: Rate::ONE,
        dimension_set: DimensionSetId::EMPTY,
        description: None,
        party: None,
        due_date: None,
        reference: None,
        tax_code: None,
        rounding: false,
    }
}

fn lines() -> Vec<PostedLine> {
    vec![line(1, 10_000, 0), line(2, 0, 10_000)]
}

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

/// The format is a promise to books that exist: it may get a new version, never another meaning. The expected value was
/// computed outside this program from the format's description.
#[test]
fn the_format_is_fixed() {
    let hash = entry_hash(&GENESIS, &header(), &lines());
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "545e5cee23baa557541d2d376a108925c501b7606dd33ad8c9684d2c79e376c6");
}

#[test]
fn a_change_of_any_header_field_changes_the_hash() {
    let changes: Vec<fn(&mut EntryHeader)> = vec![
        |h| h.tenant_id = id(9),
        |h| h.id = id(9),
        |h| h.journal_id = id(9),
        |h| h.kind = EntryKind::Opening,
        |h| h.number.push('0'),
        |h| h.posting_date = parse_date("2026-01-16").unwrap(),
        |h| h.document_date = parse_date("2026-01-15").ok(),
        |h| h.currency = CurrencyCode::parse("USD").unwrap(),
        |h| h.description = None,
        |h| h.control_reason = text("Rent"),
        |h| h.reverses = Some(id(9)),
        |h| h.fiscal_period_id = id(9),
        |h| h.recorded_at = Timestamp::from_micros(1),
        |h| h.chain_sequence = 2,
    ];
    let mut seen = std::collections::HashSet::from([entry_hash(&GENESIS, &header(), &lines())]);
    for (n, change) in changes.into_iter().enumerate() {
        let mut changed = header();
        change(&mut changed);
        assert!(seen.insert(entry_hash(&GENESIS, &changed, &lines())), "header change {n}");
    }
    assert!(seen.insert(entry_hash(&[1; 32], &header(), &lines())), "the entry before");
}

#[test]
fn a_change_of_any_line_field_changes_the_hash() {
    let changes: Vec<fn(&mut PostedLine)> = vec![
        |l| l.line_no = 9,
        |l| l.account = id(9),
        |l| l.debit = Amount::from_scaled(1),
        |l| l.credit = Amount::from_scaled(10_001),
        |l| l.currency = CurrencyCode::parse("EUR").unwrap(),
        |l| l.currency_debit = Amount::from_scaled(1),
        |l| l.currency_credit = Amount::from_scaled(10_001),
        |l| l.rate = Rate::from_scaled(1),
        |l| l.dimension_set = id(9),
        |l| l.description = text("a"),
        |l| l.party = text("a"),
        |l| l.due_date = parse_date("2026-01-15").ok(),
        |l| l.reference = text("a"),
        |l| l.tax_code = text("a"),
        |l| l.rounding = true,
    ];
    let mut seen = std::collections::HashSet::from([entry_hash(&GENESIS, &header(), &lines())]);
    for (n, change) in changes.into_iter().enumerate() {
        let mut changed = lines();
        change(&mut changed[1]);
        assert!(seen.insert(entry_hash(&GENESIS, &header(), &changed)), "line change {n}");
    }
    let swapped: Vec<_> = lines().into_iter().rev().collect();
    assert!(seen.insert(entry_hash(&GENESIS, &header(), &swapped)), "order");
    assert!(seen.insert(entry_hash(&GENESIS, &header(), &lines()[..1])), "a line less");
}

#[test]
fn only_the_reference_may_change_after_posting() {
    let changed = EntryHeader { reference: text("PO 7"), ..header() };
    assert_eq!(entry_hash(&GENESIS, &changed, &lines()), entry_hash(&GENESIS, &header(), &lines()));
}

#[test]
fn lines_may_be_given_one_by_one() {
    let mut hasher = EntryHasher::new(&GENESIS, &header(), 2);
    for line in lines() {
        hasher.line(&line);
    }
    assert_eq!(hasher.finish(), entry_hash(&GENESIS, &header(), &lines()));
}
