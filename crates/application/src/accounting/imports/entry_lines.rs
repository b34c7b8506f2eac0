//! The cells of a row that are about its line.

use domain::accounting::journal_entry::LineAmount;
use domain::error::Violation;
use domain::money::{Amount, CurrencyCode, Rate};

use super::cells::{Cells, Place};
use super::columns::Column;
use super::entry_file::{FileLine, MoreOfLine};
use super::entry_rows::Builder;
use super::error::IMPORT_CELL_EMPTY;

impl Builder {
    fn amounts(&mut self, place: Place, cells: &dyn Cells) -> Result<Option<LineAmount>, ()> {
        let mut read = |column| {
            if cells.get(column).is_empty() {
                return Ok(None);
            }
            self.checked(place, column, parsed(cells, column, Amount::parse)).map(Some).ok_or(())
        };
        let (debit, credit) = (read(Column::Debit), read(Column::Credit));
        let (debit, credit) = (debit?, credit?);
        let absent = |amount: Option<Amount>| amount.is_none_or(Amount::is_zero);
        if self.file.opening && absent(debit) && absent(credit) {
            return Ok(None);
        }
        match LineAmount::from_columns(debit, credit) {
            Ok(amount) => Ok(Some(amount)),
            Err(violation) => {
                self.refuse(place, Column::Debit, violation);
                Err(())
            }
        }
    }

    fn more(&mut self, index: u32, place: Place, cells: &dyn Cells) -> Option<Option<Box<MoreOfLine>>> {
        let given = |column| Some(cells.get(column)).filter(|text| !text.is_empty());
        let mut good = true;
        let mut more = MoreOfLine::default();
        more.details.party = given(Column::Party).map(str::to_owned);
        more.details.tax_code = given(Column::TaxCode).map(str::to_owned);
        match self.date(place, Column::DueDate, cells) {
            Ok(date) => more.details.due_date = date,
            Err(()) => good = false,
        }
        if given(Column::Rate).is_some() {
            more.rate = self.checked(place, Column::Rate, parsed(cells, Column::Rate, Rate::parse));
            good &= more.rate.is_some();
        }
        if given(Column::TaxBase).is_some() {
            more.details.tax_base =
                self.checked(place, Column::TaxBase, parsed(cells, Column::TaxBase, Amount::parse));
            good &= more.details.tax_base.is_some();
        }
        if given(Column::CompanyAmount).is_some() {
            more.company_amount = self.checked(
                place,
                Column::CompanyAmount,
                parsed(cells, Column::CompanyAmount, Amount::parse),
            );
            good &= more.company_amount.is_some();
            more.company_amount = more.company_amount.filter(|amount| !amount.is_zero());
        }
        let entry = &mut self.file.entries[index as usize];
        more.details.description = given(Column::LineDescription)
            .or_else(|| given(Column::Description).filter(|text| entry.description.as_deref() != Some(*text)))
            .map(str::to_owned);
        if let Some(reference) = given(Column::Reference) {
            let first = entry.line_reference.get_or_insert_with(|| reference.to_owned());
            more.details.reference = (first != reference).then(|| reference.to_owned());
        }
        good.then(|| (more != MoreOfLine::default()).then(|| Box::new(more)))
    }

    fn combination(&mut self, cells: &dyn Cells) -> u32 {
        self.combination.clear();
        let (dimensions, combination) = (&mut self.file.dimensions, &mut self.combination);
        cells.dimensions(&mut |dimension, value| {
            let value = dimensions[dimension].values.intern(value);
            combination.push((u32::try_from(dimension).unwrap_or_default(), value));
        });
        if let Some(known) = self.combinations.get(&self.combination) {
            return *known;
        }
        let index = u32::try_from(self.file.combinations.len()).unwrap_or_default();
        self.file.combinations.push(self.combination.clone());
        self.combinations.insert(self.combination.clone(), index);
        index
    }

    /// One line, or `None` when something of it cannot be read.
    pub(super) fn line(&mut self, index: u32, place: Place, cells: &dyn Cells) -> Option<()> {
        let code = cells.get(Column::Account);
        if code.is_empty() {
            self.refuse(place, Column::Account, Violation::new(&IMPORT_CELL_EMPTY));
        }
        let amount = self.amounts(place, cells);
        let currency = cells.get(Column::Currency);
        let currency = if currency.is_empty() {
            Some(None)
        } else {
            let parsed = CurrencyCode::parse(&currency.to_ascii_uppercase());
            self.checked(place, Column::Currency, parsed).map(Some)
        };
        let more = self.more(index, place, cells);
        let amount = amount.ok()?;
        let (currency, more) = (currency?, more?);
        if code.is_empty() {
            return None;
        }
        let Some(amount) = amount else {
            self.file.skipped += 1;
            return Some(());
        };
        let account = self.file.accounts.intern(code);
        let combination = self.combination(cells);
        let entry = &self.file.entries[index as usize];
        let says = |column, known: &Option<String>| {
            let said = cells.get(column);
            !said.is_empty() && known.as_deref() == Some(said)
        };
        let describes = self.own.is_none() && says(Column::Description, &entry.description);
        let refers = says(Column::Reference, &entry.line_reference);
        self.file.lines.push(FileLine {
            entry: index,
            place,
            account,
            amount,
            currency,
            combination,
            describes,
            refers,
            more,
        });
        Some(())
    }
}

/// A number as the file writes it.
fn parsed<T>(
    cells: &dyn Cells,
    column: Column,
    parse: impl FnOnce(&str) -> Result<T, Violation>,
) -> Result<T, Violation> {
    cells.value(column).and_then(|text| parse(&text))
}
