//! Lines of entries and templates as they are shown, for commands and queries alike.

use std::collections::HashMap;

use domain::accounting::journal_entry::{LineAmount, NewLine, PostedLine};
use domain::ids::{AccountId, DimensionSetId};
use domain::money::{Amount, Currency, CurrencyCode};

use super::NameView;
use super::journal_entry::{EntryLineView, LINES_INLINE_MAX};
use crate::accounting::ports::books::Books;
use crate::accounting::ports::ledger::{AccountName, SetCodes};

/// The names and decimals with which lines are shown.
#[derive(Debug, Clone, Copy)]
pub struct Legend<'a> {
    pub company: Currency,
    /// The currencies of the lines; the company currency need not be among them.
    pub currencies: &'a HashMap<CurrencyCode, Currency>,
    pub accounts: &'a HashMap<AccountId, AccountName>,
    pub sets: &'a HashMap<DimensionSetId, SetCodes>,
}

impl<'a> From<&'a Books> for Legend<'a> {
    fn from(books: &'a Books) -> Self {
        Self {
            company: books.company,
            currencies: &books.currencies,
            accounts: &books.account_names,
            sets: &books.set_codes,
        }
    }
}

impl Legend<'_> {
    fn amount(&self, amount: Amount, currency: CurrencyCode) -> String {
        // A draft may name a currency that is not set up; posting will refuse it.
        let unknown = || Currency::iso(currency);
        let own = Some(self.company).filter(|company| company.code == currency);
        let currency = own.or_else(|| self.currencies.get(&currency).copied()).unwrap_or_else(unknown);
        amount.display(currency.scale)
    }

    fn sides(&self, amount: LineAmount, currency: CurrencyCode) -> (Option<String>, Option<String>) {
        match amount {
            LineAmount::Debit(amount) => (Some(self.amount(amount, currency)), None),
            LineAmount::Credit(amount) => (None, Some(self.amount(amount, currency))),
        }
    }

    /// A line that is not posted. `currency` is that of lines that name none.
    pub fn draft_line(&self, line_no: u32, line: NewLine, currency: CurrencyCode) -> EntryLineView {
        let code = line.currency.unwrap_or(currency);
        let (debit, credit) = self.sides(line.amount, code);
        let company = line.company_amount.map(|amount| line.amount.with(amount));
        let company = company.map(|amount| self.sides(amount, self.company.code));
        let (company_debit, company_credit) = company.unwrap_or_default();
        let account = self.accounts.get(&line.account);
        EntryLineView {
            line_no,
            account_id: line.account.uuid(),
            account_code: account.map(|account| account.code.clone()).unwrap_or_default(),
            account_name: account.map(|account| NameView::from(&account.name)),
            debit,
            credit,
            currency: code.to_string(),
            rate: line.rate.map(|rate| rate.to_string()),
            company_debit,
            company_credit,
            dimensions: self.sets.get(&line.dimension_set).cloned().unwrap_or_default(),
            description: line.details.description,
            party: line.details.party,
            due_date: line.details.due_date,
            reference: line.details.reference,
            tax_code: line.details.tax_code,
            tax_base: line.details.tax_base.map(|base| self.amount(base, code)),
            rounding: false,
        }
    }

    pub fn posted_line(&self, line: PostedLine) -> EntryLineView {
        let (line_no, rounding) = (line.line_no, line.rounding);
        let shown = self.draft_line(line_no, line.into_draft(), self.company.code);
        EntryLineView { rounding, ..shown }
    }

    /// The first lines of a draft.
    pub fn draft_lines(&self, lines: Vec<NewLine>, currency: CurrencyCode) -> Vec<EntryLineView> {
        let numbered = (1..).zip(lines.into_iter().take(LINES_INLINE_MAX));
        numbered.map(|(number, line)| self.draft_line(number, line, currency)).collect()
    }
}
