//! A journal for hledger. Balances in the company currency are those of `hledger balance --cost`: a line in another
//! currency carries its total in the company's (`@@`).

use std::collections::{HashMap, HashSet};
use std::io::Write as _;

use domain::accounting::account::AccountType;
use domain::accounting::journal_entry::PostedLine;
use domain::error::Language;
use domain::ids::{AccountId, JournalId};
use domain::money::Amount;
use domain::text::LocalizedName;

use super::{Context, Writer, missing};
use crate::accounting::ports::ledger_export::{ExportAccount, ExportedHeader, ExportedLine};
use crate::accounting::views::journal_entry_build::hex;
use crate::error::AppResult;

/// The amount that shows how a currency is written: one thousand.
const STYLE_SCALED: i64 = 10_000_000;

pub struct Hledger {
    /// Full names: every heading and the account, each as `code name`.
    accounts: HashMap<AccountId, String>,
    journals: HashMap<JournalId, String>,
    language: Language,
}

impl Hledger {
    pub fn new(context: &Context, language: Language) -> Self {
        let books = &context.books;
        let by_id: HashMap<AccountId, &ExportAccount> =
            books.accounts.iter().map(|account| (account.id, account)).collect();
        let accounts =
            books.accounts.iter().map(|account| (account.id, full_name(account, &by_id, language))).collect();
        Self { accounts, journals: books.journals.iter().cloned().collect(), language }
    }

    fn transaction(&self, header: &ExportedHeader, out: &mut Vec<u8>) -> AppResult<()> {
        let entry = &header.entry;
        let journal = self.journals.get(&entry.journal_id).ok_or_else(|| missing("journal"))?;
        let description = plain(entry.description.as_deref().unwrap_or_default());
        let _ = writeln!(out, "\n{} ({}) {description}", entry.posting_date, plain(&entry.number));
        let _ = writeln!(out, "    ; entry:{}, journal:{}, kind:{}", entry.id, comment(journal), entry.kind);
        let _ = writeln!(out, "    ; hash:{}", hex(&header.hash));
        if let Some(reference) = &entry.reference {
            let _ = writeln!(out, "    ; reference:{}", comment(reference));
        }
        Ok(())
    }

    fn posting(&self, context: &Context, line: &PostedLine, out: &mut Vec<u8>) -> AppResult<()> {
        let company = context.books.company.code;
        let account = self.accounts.get(&line.account).ok_or_else(|| missing("account"))?;
        let (sign, total) = if line.debit.is_positive() { ("", line.debit) } else { ("-", line.credit) };
        let foreign =
            if line.currency_debit.is_positive() { line.currency_debit } else { line.currency_credit };
        let total = context.amount(total, company);
        if line.currency == company || foreign.is_zero() {
            let _ = write!(out, "    {account}  {sign}{total} {company}");
        } else {
            let foreign = context.amount(foreign, line.currency);
            let _ = write!(out, "    {account}  {sign}{foreign} {} @@ {total} {company}", line.currency);
        }
        let mut notes = Vec::new();
        notes.extend(line.details.description.as_deref().map(comment));
        notes.extend(line.details.party.as_deref().map(|party| format!("party:{}", comment(party))));
        for (dimension, value) in context.dimensions(line.dimension_set).into_iter().flatten() {
            notes.push(format!("{}:{}", tag(dimension), comment(value)));
        }
        if !notes.is_empty() {
            let _ = write!(out, "  ; {}", notes.join(", "));
        }
        out.push(b'\n');
        Ok(())
    }
}

impl Writer for Hledger {
    fn begin(&mut self, context: &Context, out: &mut Vec<u8>) -> AppResult<()> {
        let books = &context.books;
        let company = name(&books.company_name, self.language).unwrap_or_default();
        let _ = writeln!(out, "; {}\n", comment(company));
        let _ = writeln!(out, "decimal-mark .");
        for currency in books.currencies.values() {
            let style = Amount::from_scaled(STYLE_SCALED).display(currency.scale);
            let style = if style.contains('.') { style } else { format!("{style}.") };
            let _ = writeln!(out, "commodity {style} {}", currency.code);
        }
        out.push(b'\n');
        for account in &books.accounts {
            let name = self.accounts.get(&account.id).ok_or_else(|| missing("account"))?;
            let _ = writeln!(out, "account {name}  ; type:{}", account_type(account.account_type));
        }
        Ok(())
    }

    fn line(&mut self, context: &Context, exported: &ExportedLine, out: &mut Vec<u8>) -> AppResult<()> {
        if let Some(header) = &exported.header {
            self.transaction(header, out)?;
        }
        self.posting(context, &exported.line, out)
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\n; end of the ledger\n");
    }
}

const fn account_type(account_type: AccountType) -> char {
    match account_type {
        AccountType::Asset => 'A',
        AccountType::Liability => 'L',
        AccountType::Equity => 'E',
        AccountType::Income => 'R',
        AccountType::Expense => 'X',
    }
}

fn name(name: &LocalizedName, language: Language) -> Option<&str> {
    let (ar, en) = (name.ar(), name.en());
    if language == Language::Arabic { ar.or(en) } else { en.or(ar) }
}

fn full_name(
    account: &ExportAccount,
    by_id: &HashMap<AccountId, &ExportAccount>,
    language: Language,
) -> String {
    let mut parts = Vec::new();
    let mut seen = HashSet::new();
    let mut next = Some(account);
    while let Some(account) = next.filter(|account| seen.insert(account.id)) {
        let name = name(&account.name, language).map(segment).unwrap_or_default();
        let shown = format!("{} {name}", account.code);
        parts.push(shown.trim_end().to_owned());
        next = account.parent_id.and_then(|id| by_id.get(&id)).copied();
    }
    parts.reverse();
    parts.join(":")
}

/// A part of an account's name: a colon would begin a new part, two spaces or a semicolon would end the name.
fn segment(text: &str) -> String {
    spaced(text).replace(':', "：").replace(';', "；")
}

/// A description: a semicolon would begin a comment, a bar separates payee and note.
fn plain(text: &str) -> String {
    spaced(text).replace(';', "；").replace('|', "｜")
}

/// Text inside a comment, where hledger would read `date:` as a date, a comma as the end of a tag and brackets as dates.
fn comment(text: &str) -> String {
    spaced(text).replace(':', "：").replace(',', "，").replace('[', "［").replace(']', "］")
}

/// The name of a tag has no spaces and no colon.
fn tag(text: &str) -> String {
    comment(text).replace(' ', "-")
}

/// Line breaks and runs of blanks as one space.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hledger_would_read_as_its_own_signs_is_replaced() {
        assert_eq!(segment("Cash:  box; ar"), "Cash： box； ar");
        assert_eq!(plain("a;b |\r\n c"), "a；b ｜ c");
        assert_eq!(comment("date:2020-01-01, [x]"), "date：2020-01-01， ［x］");
        assert_eq!(tag("cost centre"), "cost-centre");
    }
}
