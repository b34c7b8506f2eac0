use uuid::Uuid;

use super::*;
use crate::accounting::account::{AccountType, ControlKind};
use crate::accounting::journal_entry::{LineAmount, NewLine};
use crate::ids::{JournalEntryId, JournalId};
use crate::tax::tax_code::{IrrecoverableTo, TaxCodeId, TaxRate, TaxRates};
use crate::text::LocalizedName;

const BANK: u128 = 1;
const REVENUE: u128 = 2;
const OUTPUT: u128 = 3;

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn sar() -> CurrencyCode {
    CurrencyCode::parse("SAR").unwrap()
}

fn account(id: u128, control: ControlKind) -> (AccountId, AccountFacts) {
    let facts = AccountFacts {
        id: AccountId::new(Uuid::from_u128(id)),
        code: id.to_string(),
        is_posting: true,
        active: true,
        currency: None,
        control,
        requires_party: false,
        opens_lines: false,
        account_type: AccountType::Asset,
    };
    (facts.id, facts)
}

fn code(text: &str, kind: TaxKind, bears: bool) -> (String, TaxCode) {
    let from = "2020-07-01".parse().unwrap();
    let rates = vec![TaxRate { from, rate: Percentage::parse("15").unwrap() }];
    let code = TaxCode {
        id: TaxCodeId::new(Uuid::from_u128(text.bytes().map(u128::from).sum())),
        code: Code::parse(text).unwrap(),
        name: LocalizedName::parse(None, Some(text)).unwrap(),
        kind,
        category: Some(if bears { TaxCategory::Standard } else { TaxCategory::Zero }),
        reason: None,
        recoverable_percent: Percentage::HUNDRED,
        irrecoverable_to: IrrecoverableTo::Cost,
        output_box: Code::parse("1").ok(),
        input_box: Code::parse("7").ok(),
        rates: if bears { TaxRates::new(rates).unwrap() } else { TaxRates::default() },
        active: true,
        version: 1,
    };
    (text.to_owned(), code)
}

/// Account, amount (negative in credit), tax code, base.
type Line<'a> = (u128, &'a str, &'a str, &'a str);

fn entry(kind: EntryKind, lines: &[Line<'_>]) -> NewEntry {
    let line = |(account, text, tax_code, base): &Line<'_>| {
        let balance = LineAmount::from_balance(amount(text)).unwrap();
        let mut line = NewLine::new(AccountId::new(Uuid::from_u128(*account)), balance);
        line.details.tax_code = (!tax_code.is_empty()).then(|| (*tax_code).to_owned());
        line.details.tax_base = (!base.is_empty()).then(|| amount(base));
        line
    };
    NewEntry {
        id: JournalEntryId::new(Uuid::nil()),
        journal_id: JournalId::new(Uuid::nil()),
        kind,
        posting_date: "2026-03-10".parse().unwrap(),
        document_date: None,
        currency: sar(),
        description: None,
        reference: None,
        control_reason: None,
        reverses: None,
        lines: lines.iter().map(line).collect(),
    }
}

/// The bases by line, or pointers and codes of what is wrong.
type Read = Result<Vec<(usize, Amount)>, Vec<(String, &'static str)>>;

/// The bases that lines tell, or what is refused.
fn read(kind: EntryKind, lines: &[Line<'_>]) -> Read {
    let accounts = HashMap::from([
        account(BANK, ControlKind::None),
        account(REVENUE, ControlKind::None),
        account(OUTPUT, ControlKind::Vat),
    ]);
    let codes = HashMap::from([
        code("S15", TaxKind::Sale, true),
        code("P15", TaxKind::Purchase, true),
        code("Z", TaxKind::Sale, false),
    ]);
    let (currencies, profile) = (HashMap::new(), PostingProfile::NONE);
    let company = Currency::iso(sar());
    let facts =
        HandFacts { company, currencies: &currencies, accounts: &accounts, codes: &codes, profile: &profile };
    let read = HandTaxes::of(&entry(kind, lines), facts);
    read.map(|taxes| taxes.bases().to_vec()).map_err(|refused| {
        refused.into_iter().map(|violation| (violation.pointer, violation.def.code)).collect()
    })
}

fn standard(lines: &[Line<'_>]) -> Read {
    read(EntryKind::Standard, lines)
}

fn refused(pointer: &str, code: &'static str) -> Read {
    Err(vec![(pointer.to_owned(), code)])
}

#[test]
fn the_other_lines_with_the_code_tell_the_base() {
    let sale = [(BANK, "115", "", ""), (REVENUE, "-100", "S15", ""), (OUTPUT, "-15", "S15", "")];
    assert_eq!(standard(&sale), Ok(vec![(2, amount("100"))]));
    let back = [(BANK, "-115", "", ""), (REVENUE, "100", "S15", ""), (OUTPUT, "15", "S15", "")];
    assert_eq!(standard(&back), Ok(vec![(2, amount("100"))]));
    let bought = [(BANK, "-115", "", ""), (REVENUE, "100", "P15", ""), (OUTPUT, "15", "P15", "")];
    assert_eq!(standard(&bought), Ok(vec![(2, amount("100"))]));
    // A given base is not derived.
    let given = [(BANK, "15", "", ""), (OUTPUT, "-15", "S15", "100")];
    assert_eq!(standard(&given), Ok(vec![]));
}

#[test]
fn a_base_that_nothing_tells_is_asked_for() {
    let alone = [(BANK, "15", "", ""), (OUTPUT, "-15", "S15", "")];
    assert_eq!(standard(&alone), refused("/lines/1/taxBase", "tax_base_required"));
    let other_side = [(BANK, "-85", "", ""), (REVENUE, "100", "S15", ""), (OUTPUT, "-15", "S15", "")];
    assert_eq!(standard(&other_side), refused("/lines/2/taxBase", "tax_base_required"));
    let two = [
        (BANK, "115", "", ""),
        (REVENUE, "-100", "S15", ""),
        (OUTPUT, "-9", "S15", ""),
        (OUTPUT, "-6", "S15", ""),
    ];
    let both = [("/lines/2/taxBase", "tax_base_required"), ("/lines/3/taxBase", "tax_base_required")];
    assert_eq!(standard(&two), Err(both.map(|(pointer, code)| (pointer.to_owned(), code)).to_vec()));
}

#[test]
fn a_line_on_a_vat_account_names_a_code_that_bears_vat() {
    let of = |code| standard(&[(BANK, "15", "", ""), (OUTPUT, "-15", code, "100")]);
    assert_eq!(of("X"), refused("/lines/1/taxCode", "tax_code_unknown"));
    assert_eq!(of("Z"), refused("/lines/1/taxCode", "tax_code_bears_no_vat"));
    let none = [(BANK, "15", "", ""), (OUTPUT, "-15", "", "")];
    assert_eq!(standard(&none), refused("/lines/1/taxCode", "tax_code_required"));
    let negative = [(BANK, "15", "", ""), (OUTPUT, "-15", "S15", "-1")];
    assert_eq!(standard(&negative), refused("/lines/1/taxBase", "tax_base_negative"));
    let elsewhere = [(BANK, "15", "", "100"), (REVENUE, "-15", "", "")];
    assert_eq!(standard(&elsewhere), refused("/lines/0/taxBase", "tax_base_not_taken"));
}

#[test]
fn a_base_without_its_tax_is_refused_and_one_that_bears_none_is_not() {
    let of = |code| standard(&[(BANK, "100", "", ""), (REVENUE, "-100", code, "")]);
    assert_eq!(of("S15"), refused("/lines/1/taxCode", "vat_line_missing"));
    assert_eq!(of("Z"), Ok(vec![]));
    assert_eq!(of("a text of old books"), Ok(vec![]));
    let moved = [(BANK, "100", "S15", ""), (REVENUE, "-100", "S15", "")];
    assert_eq!(standard(&moved), Ok(vec![]));
}

#[test]
fn opening_balances_were_declared_before_unless_they_name_a_base() {
    let opening = |code, base| read(EntryKind::Opening, &[(BANK, "15", "", ""), (OUTPUT, "-15", code, base)]);
    assert_eq!(opening("", ""), Ok(vec![]));
    assert_eq!(opening("S15", ""), Ok(vec![]));
    assert_eq!(opening("S15", "100"), Ok(vec![]));
    assert_eq!(opening("X", "100"), refused("/lines/1/taxCode", "tax_code_unknown"));
}

#[test]
fn tax_is_base_times_rate_but_for_rounding() {
    let of = |base| standard(&[(BANK, "15", "", ""), (OUTPUT, "-15", "S15", base)]);
    assert_eq!((of("100.33"), of("99.67")), (Ok(vec![]), Ok(vec![])));
    for base in ["10000", "100.40", "99.60", "0"] {
        assert_eq!(of(base), refused("/lines/1/taxBase", "tax_base_differs"), "{base}");
    }
    let told = [(BANK, "110", "", ""), (REVENUE, "-100", "S15", ""), (OUTPUT, "-10", "S15", "")];
    assert_eq!(standard(&told), refused("/lines/2/credit", "tax_base_differs"));
    let many = [(BANK, "114986", "", ""), (REVENUE, "-100000", "S15", ""), (OUTPUT, "-14986", "S15", "")];
    assert_eq!(standard(&many), Ok(vec![(2, amount("100000"))]));
}
