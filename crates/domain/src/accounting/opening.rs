//! Opening balances: one entry, balanced through the opening account (R13).

use std::collections::HashMap;

use super::journal_entry::{
    ENTRY_VIOLATIONS_MAX, LINE_AMOUNT_NOT_POSITIVE, LineAmount, NewLine, company_amount,
};
use crate::error::{Violation, Violations};
use crate::ids::AccountId;
use crate::money::{AMOUNT_OUT_OF_RANGE, Amount, Currency, CurrencyCode, Rate};

crate::errors! {
    OPENING_ACCOUNT_IN_LINES = "opening_account_in_lines", Rule, User,
        "The opening account balances the entry and takes no line of its own.",
        "حساب الأرصدة الافتتاحية يوازن القيد ولا يُدرج له سطر مستقل.";
    OPENING_BALANCES_EMPTY = "opening_balances_empty", Rule, User,
        "Give at least one opening balance.", "أدخل رصيدًا افتتاحيًا واحدًا على الأقل.";
}

/// Completes opening balances to a balanced entry whose currency is the company's.
///
/// Every line gets its rate and company amount, so that nothing is left to round; what is missing on one side goes
/// to `opening_account` in a last line. No such line is added when the balances already agree.
pub fn balance_through(
    mut lines: Vec<NewLine>,
    opening_account: AccountId,
    company: Currency,
    rates: &HashMap<CurrencyCode, Rate>,
) -> Result<Vec<NewLine>, Vec<Violation>> {
    let mut violations = Violations::new();
    if lines.is_empty() {
        violations.push(Violation::new(&OPENING_BALANCES_EMPTY).at("/lines"));
    }
    let mut difference: i128 = 0;
    for (index, line) in lines.iter_mut().enumerate() {
        if violations.len() >= ENTRY_VIOLATIONS_MAX {
            break;
        }
        if line.account == opening_account {
            let pointer = format!("/lines/{index}/accountId");
            violations.push(Violation::new(&OPENING_ACCOUNT_IN_LINES).at(pointer));
        }
        if !line.amount.amount().is_positive() {
            let pointer = format!("/lines/{index}/{}", line.amount.field());
            violations.push(Violation::new(&LINE_AMOUNT_NOT_POSITIVE).at(pointer));
            continue;
        }
        let currency = line.currency.unwrap_or(company.code);
        match company_amount(line, currency, company, rates) {
            Ok((rate, amount)) => {
                line.currency = Some(currency);
                line.rate = Some(rate);
                line.company_amount = Some(amount);
                let (debit, credit) = line.amount.with(amount).columns();
                difference += i128::from(debit.scaled()) - i128::from(credit.scaled());
            }
            Err(violation) => {
                let pointer = format!("/lines/{index}{}", violation.pointer);
                violations.push(violation.at(pointer));
            }
        }
    }
    match i64::try_from(-difference) {
        Ok(balance) => {
            let missing = LineAmount::from_balance(Amount::from_scaled(balance));
            lines.extend(missing.map(|amount| NewLine {
                currency: Some(company.code),
                ..NewLine::new(opening_account, amount)
            }));
        }
        Err(_) => violations.push(Violation::new(&AMOUNT_OUT_OF_RANGE).at("/lines")),
    }
    violations.into_result(lines)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const OPENING: AccountId = AccountId::new(Uuid::from_u128(99));

    fn sar() -> Currency {
        Currency::iso(CurrencyCode::parse("SAR").unwrap())
    }
    fn line(account: u128, amount: LineAmount) -> NewLine {
        NewLine::new(AccountId::new(Uuid::from_u128(account)), amount)
    }
    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn the_opening_account_takes_what_is_missing() {
        let usd = CurrencyCode::parse("USD").unwrap();
        let rates = HashMap::from([(usd, Rate::parse("3.755").unwrap())]);
        let lines = vec![
            line(1, LineAmount::Debit(amount("500"))),
            NewLine { currency: Some(usd), ..line(2, LineAmount::Credit(amount("100.01"))) },
        ];
        let lines = balance_through(lines, OPENING, sar(), &rates).unwrap();
        assert_eq!(lines[1].company_amount, Some(amount("375.54")));
        assert_eq!((lines[2].account, lines[2].amount), (OPENING, LineAmount::Credit(amount("124.46"))));
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn balances_that_agree_need_no_opening_line() {
        let lines = vec![line(1, LineAmount::Debit(amount("5"))), line(2, LineAmount::Credit(amount("5")))];
        assert_eq!(balance_through(lines, OPENING, sar(), &HashMap::new()).unwrap().len(), 2);
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let eur = CurrencyCode::parse("EUR").unwrap();
        let lines = vec![
            line(99, LineAmount::Debit(amount("1"))),
            line(1, LineAmount::Credit(amount("0"))),
            NewLine { currency: Some(eur), ..line(2, LineAmount::Debit(amount("1"))) },
        ];
        let refused = balance_through(lines, OPENING, sar(), &HashMap::new()).unwrap_err();
        let codes: Vec<_> = refused.iter().map(|v| (v.def.code, v.pointer.as_str())).collect();
        assert_eq!(
            codes,
            [
                ("opening_account_in_lines", "/lines/0/accountId"),
                ("line_amount_not_positive", "/lines/1/credit"),
                ("exchange_rate_missing", "/lines/2/rate"),
            ]
        );
        let none = balance_through(Vec::new(), OPENING, sar(), &HashMap::new()).unwrap_err();
        assert_eq!(none[0].def, &OPENING_BALANCES_EMPTY);
    }
}
