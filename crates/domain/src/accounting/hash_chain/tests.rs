use super::*;
use crate::accounting::journal_entry::{EntryKind, EntryOrigin, LineDetails};
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
        hash_version: HashVersion::One,
        source: None,
        origin: EntryOrigin {
            created_at: Timestamp::from_micros(1_699_999_999_000_000),
            created_by: Some(id(5)),
            posted_by: Some(id(6)),
            recurring_entry_id: None,
            copied_from: None,
            reason: None,
        },
    }
}

/// The header with the current hash version.
fn header_two() -> EntryHeader {
    EntryHeader { hash_version: HashVersion::Two, ..header() }
}

/// The values of set 8: two dimensions.
fn sets() -> DimensionSets {
    let pairs = vec![(id(22), id(32)), (id(21), id(31))];
    DimensionSets::from([(id(8), DimensionCombination::new(pairs).unwrap())])
}

fn lines_with_dimensions() -> Vec<PostedLine> {
    let [first, second] = <[PostedLine; 2]>::try_from(lines()).unwrap();
    vec![PostedLine { dimension_set: id(8), ..first }, second]
}

fn hash(header: &EntryHeader, lines: &[PostedLine]) -> [u8; 32] {
    entry_hash(&GENESIS, header, lines, &sets())
}

fn hex(hash: [u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
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
        details: LineDetails::NONE,
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
    let one = hash(&header(), &lines());
    assert_eq!(hex(one), "545e5cee23baa557541d2d376a108925c501b7606dd33ad8c9684d2c79e376c6");
    let two = hash(&header_two(), &lines_with_dimensions());
    assert_eq!(hex(two), "d5d1bf6c3dfc70bb539f8dbf726a853572c3a3c3b68af987c6403f3e6cb6956d");
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
    for first in [header(), header_two()] {
        let mut seen = std::collections::HashSet::from([hash(&first, &lines())]);
        for (n, change) in changes.iter().enumerate() {
            let mut changed = first.clone();
            change(&mut changed);
            assert!(seen.insert(hash(&changed, &lines())), "header change {n}");
        }
        assert!(seen.insert(entry_hash(&[1; 32], &first, &lines(), &sets())), "the entry before");
    }
    assert_ne!(hash(&header(), &lines()), hash(&header_two(), &lines()), "the version");
}

#[test]
fn who_made_and_posted_an_entry_and_why_is_part_of_version_two() {
    let changes: Vec<fn(&mut EntryOrigin)> = vec![
        |o| o.created_at = Timestamp::from_micros(1),
        |o| o.created_by = Some(id(9)),
        |o| o.created_by = None,
        |o| o.posted_by = Some(id(9)),
        |o| o.posted_by = None,
        |o| o.recurring_entry_id = Some(id(9)),
        |o| o.reason = text("a"),
    ];
    let mut seen = std::collections::HashSet::from([hash(&header_two(), &lines())]);
    for (n, change) in changes.into_iter().enumerate() {
        let mut changed = header_two();
        change(&mut changed.origin);
        assert!(seen.insert(hash(&changed, &lines())), "change {n}");
        let old = EntryHeader { hash_version: HashVersion::One, ..changed };
        assert_eq!(hash(&old, &lines()), hash(&header(), &lines()), "change {n} of an old entry");
    }
}

#[test]
fn the_values_of_a_dimension_set_are_part_of_version_two() {
    let lines = lines_with_dimensions();
    let whole = hash(&header_two(), &lines);
    let others: [Vec<(u128, u128)>; 5] = [
        vec![(21, 31)],
        vec![(21, 31), (22, 33)],
        vec![(21, 31), (23, 32)],
        vec![(21, 32), (22, 31)],
        vec![],
    ];
    let mut seen = std::collections::HashSet::from([whole]);
    for pairs in others {
        let combination = pairs.into_iter().map(|(dimension, value)| (id(dimension), id(value))).collect();
        let sets = DimensionSets::from([(id(8), DimensionCombination::new(combination).unwrap())]);
        assert!(seen.insert(entry_hash(&GENESIS, &header_two(), &lines, &sets)));
    }
    assert_eq!(hash(&header(), &lines), entry_hash(&GENESIS, &header(), &lines, &DimensionSets::new()));
}

/// A name and a value after the lines, and nothing at all where there is none: new kinds need no new version.
#[test]
fn an_extension_that_is_absent_leaves_the_hash_as_it_is() {
    let copied = |from: Option<u128>| {
        let mut header = header_two();
        header.origin.copied_from = from.map(id);
        header
    };
    assert_eq!(hash(&copied(None), &lines()), hash(&header_two(), &lines()));
    assert_ne!(hash(&copied(Some(7)), &lines()), hash(&header_two(), &lines()));
    assert_ne!(hash(&copied(Some(7)), &lines()), hash(&copied(Some(8)), &lines()));
    let old = EntryHeader { hash_version: HashVersion::One, ..copied(Some(7)) };
    assert_eq!(hash(&old, &lines()), hash(&header(), &lines()));
}

#[test]
fn the_base_of_tax_is_an_extension() {
    let with = |bases: [Option<i64>; 2]| {
        let mut lines = lines();
        for (line, base) in lines.iter_mut().zip(bases) {
            line.details.tax_base = base.map(Amount::from_scaled);
        }
        hash(&header_two(), &lines)
    };
    assert_eq!(with([None, None]), hash(&header_two(), &lines()));
    let bases = [[Some(1), None], [None, Some(1)], [Some(1), Some(1)], [Some(1), Some(2)]];
    let hashes: std::collections::HashSet<_> = bases.into_iter().map(with).collect();
    assert_eq!(hashes.len(), 4);
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
        |l| l.details.description = text("a"),
        |l| l.details.party = text("a"),
        |l| l.details.due_date = parse_date("2026-01-15").ok(),
        |l| l.details.reference = text("a"),
        |l| l.details.tax_code = text("a"),
        |l| l.rounding = true,
    ];
    for header in [header(), header_two()] {
        let mut seen = std::collections::HashSet::from([hash(&header, &lines())]);
        for (n, change) in changes.iter().enumerate() {
            let mut changed = lines();
            change(&mut changed[1]);
            assert!(seen.insert(hash(&header, &changed)), "line change {n}");
        }
        let swapped: Vec<_> = lines().into_iter().rev().collect();
        assert!(seen.insert(hash(&header, &swapped)), "order");
        assert!(seen.insert(hash(&header, &lines()[..1])), "a line less");
    }
}

#[test]
fn only_the_reference_may_change_after_posting() {
    for header in [header(), header_two()] {
        let changed = EntryHeader { reference: text("PO 7"), ..header.clone() };
        assert_eq!(hash(&changed, &lines()), hash(&header, &lines()));
    }
}

#[test]
fn lines_may_be_given_one_by_one() {
    let mut hasher = EntryHasher::new(&GENESIS, &header_two(), 2);
    for line in lines_with_dimensions() {
        hasher.line(&line, combination(&sets(), line.dimension_set));
    }
    assert_eq!(hasher.finish(), hash(&header_two(), &lines_with_dimensions()));
}
