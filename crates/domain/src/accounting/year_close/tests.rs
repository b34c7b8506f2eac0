use uuid::Uuid;

use super::*;

const RETAINED: RetainedEarnings =
    RetainedEarnings { account: AccountId::new(Uuid::from_u128(99)), currency: None };

fn code(text: &str) -> CurrencyCode {
    CurrencyCode::parse(text).unwrap()
}

/// `amount` in the currency; the company amount where it is another.
fn row(account: u128, set: u128, currency: &str, amount: &str, company: &str) -> RemainingBalance {
    RemainingBalance {
        account: AccountId::new(Uuid::from_u128(account)),
        dimension_set: DimensionSetId::new(Uuid::from_u128(set)),
        dimensions: DimensionCombination::EMPTY,
        currency: code(currency),
        balance: Amount::parse(company).unwrap(),
        currency_balance: Amount::parse(amount).unwrap(),
    }
}

fn sar(account: u128, set: u128, amount: &str) -> RemainingBalance {
    row(account, set, "SAR", amount, amount)
}

fn close(balances: &[RemainingBalance]) -> Vec<NewLine> {
    closing_lines(balances, RETAINED, code("SAR")).unwrap()
}

/// Account, set and signed amount of each line; `@` before the company amount of a foreign one.
fn shown(lines: &[NewLine]) -> Vec<String> {
    let one = |line: &NewLine| {
        let sign = if matches!(line.amount, LineAmount::Debit(_)) { "" } else { "-" };
        let currency = line.currency.unwrap();
        let company = line.company_amount.map(|amount| format!(" @{}", amount.display(2)));
        let (account, set) = (line.account.uuid().as_u128(), line.dimension_set.uuid().as_u128());
        let amount = line.amount.amount().display(2);
        format!("{account}/{set} {sign}{amount} {currency}{}", company.unwrap_or_default())
    };
    lines.iter().map(one).collect()
}

/// The balance of every account after the lines, by currency: own and company amount.
fn after(balances: &[RemainingBalance], lines: &[NewLine]) -> BTreeMap<(u128, CurrencyCode), Net> {
    let mut held: BTreeMap<(u128, CurrencyCode), Net> = BTreeMap::new();
    for row in balances {
        let net =
            Net { company: row.balance.scaled().into(), currency: row.currency_balance.scaled().into() };
        held.entry((row.account.uuid().as_u128(), row.currency)).or_default().add(net);
    }
    for line in lines {
        let own = i128::from(line.amount.amount().scaled());
        let company = line.company_amount.map_or(own, |amount| amount.scaled().into());
        assert!(own > 0 && company > 0, "{line:?}");
        if let Some(company_amount) = line.company_amount {
            let rate = Rate::between(line.amount.amount(), company_amount);
            assert!(rate.is_some(), "{line:?}");
        }
        let net = Net { company, currency: own };
        let net = if matches!(line.amount, LineAmount::Debit(_)) { net } else { net.negated() };
        held.entry((line.account.uuid().as_u128(), line.currency.unwrap())).or_default().add(net);
    }
    held
}

#[test]
fn each_dimension_set_closes_into_its_own_retained_earnings_in_each_currency() {
    let balances = [
        sar(4, 1, "-1000"),
        sar(5, 1, "300"),
        row(5, 1, "USD", "20", "75.50"),
        sar(5, 2, "40"),
        sar(6, 2, "0"),
    ];
    assert_eq!(
        shown(&close(&balances)),
        [
            "4/1 1000.00 SAR",
            "5/1 -300.00 SAR",
            "5/1 -20.00 USD @75.50",
            "99/1 -700.00 SAR",
            "99/1 20.00 USD @75.50",
            "5/2 -40.00 SAR",
            "99/2 40.00 SAR",
        ]
    );
}

#[test]
fn no_account_holds_anything_in_any_currency_afterwards() {
    let kinds = [
        ("0", "5"), // only an exchange difference is left
        ("0", "-0.01"),
        ("100", "0"),
        ("-100", "3.75"), // on the other side
        ("0.01", "-375"),
        ("0.01", "90000000"), // no rate is so high
        ("90000000", "0.01"),
        ("-100", "-375"),
        ("0", "0"),
    ];
    for (foreign, company) in kinds {
        let balances = [row(4, 1, "USD", foreign, company), row(4, 1, "EUR", "7", "28"), sar(4, 1, "-12.50")];
        let lines = close(&balances);
        let held = after(&balances, &lines);
        let left = held.iter().filter(|((account, _), net)| *account == 4 && **net != Net::default());
        assert_eq!(left.count(), 0, "{foreign} {company}: {:?}", shown(&lines));
        for currency in ["USD", "EUR", "SAR"].map(code) {
            let of = |rows: &[RemainingBalance]| -> i128 {
                let rows = rows.iter().filter(|row| row.currency == currency);
                rows.map(|row| i128::from(row.currency_balance.scaled())).sum()
            };
            let arrived = held.get(&(99, currency)).copied().unwrap_or_default();
            assert_eq!(arrived.currency, of(&balances), "{foreign} {company} {currency}");
        }
    }
}

#[test]
fn an_account_that_takes_the_company_currency_only_gets_the_profit_in_it() {
    let retained = RetainedEarnings { currency: Some(code("SAR")), ..RETAINED };
    let balances = [row(4, 1, "USD", "-100", "-375"), sar(5, 1, "75")];
    let lines = closing_lines(&balances, retained, code("SAR")).unwrap();
    assert_eq!(shown(&lines), ["4/1 100.00 USD @375.00", "5/1 -75.00 SAR", "99/1 -300.00 SAR"]);
    let dollars = RetainedEarnings { currency: Some(code("USD")), ..RETAINED };
    let lines = closing_lines(&balances, dollars, code("SAR")).unwrap();
    assert_eq!(
        shown(&lines),
        ["4/1 100.00 USD @375.00", "5/1 -75.00 SAR", "99/1 75.00 SAR", "99/1 -100.00 USD @375.00"]
    );
}

#[test]
fn what_was_closed_in_the_company_currency_alone_is_put_right_by_the_next_close() {
    let closed = [sar(4, 1, "375"), row(4, 1, "USD", "-100", "-375")];
    let lines = close(&closed);
    assert_eq!(
        shown(&lines),
        ["4/1 -375.00 SAR", "4/1 100.00 USD @375.00", "99/1 375.00 SAR", "99/1 -100.00 USD @375.00"]
    );
}

#[test]
fn nothing_remains_after_closing_and_an_adjustment_closes_alone() {
    assert!(close(&[]).is_empty());
    assert!(close(&[sar(4, 1, "0"), row(4, 1, "USD", "0", "0")]).is_empty());
    assert_eq!(close(&[sar(5, 1, "12.34")]).len(), 2);
}

#[test]
fn no_profit_needs_no_retained_earnings_line() {
    let lines = close(&[sar(4, 1, "-10"), sar(5, 1, "10")]);
    assert!(lines.iter().all(|line| line.account != RETAINED.account));
    assert_eq!(lines.len(), 2);
}

#[test]
fn sums_that_do_not_fit_are_refused() {
    let huge = sar(4, 1, "922337203685477");
    let refused = closing_lines(&[huge.clone(), huge], RETAINED, code("SAR")).unwrap_err();
    assert_eq!(refused.def, &AMOUNT_OUT_OF_RANGE);
}
