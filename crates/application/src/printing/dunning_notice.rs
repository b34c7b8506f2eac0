//! `GET /dunning-notices/{id}/pdf`: a reminder on paper.

use chrono::NaiveDate;
use domain::company::profile::CompanyProfile;
use domain::error::{Language, Phrase};
use domain::money::Amount;
use domain::parties::address::legal;
use domain::parties::party::Party;

use super::address;
use super::captions::{self as words, DRAFT, UNDONE};
use super::document::{
    Block, Content, Field, FieldGroup, PrintedColumn, PrintedDocument, PrintedRow, PrintedTable, PrintedText,
    PrintedTotal,
};
use super::print_document::empty;
use super::wording::{PrintLanguage, grouped};
use crate::settlement::dunning::views::{DunningItemView, DunningNoticeView};

/// The data of a printed reminder.
#[derive(Debug, Clone, Copy)]
pub struct PrintNotice<'a> {
    pub notice: &'a DunningNoticeView,
    pub company: &'a CompanyProfile,
    pub party: &'a Party,
    pub language: PrintLanguage,
    pub today: NaiveDate,
}

impl PrintNotice<'_> {
    /// The reminder on paper. A draft and one that was undone say so across every page.
    pub fn compose(&self) -> PrintedDocument {
        let (notice, language) = (self.notice, self.language);
        let mark = match notice.status {
            "draft" => Some(DRAFT),
            "undone" => Some(UNDONE),
            _ => None,
        };
        let titled = |language: &Language| {
            let marked = mark.as_ref().map(|mark| format!(" ({})", mark.text(*language)));
            format!("{}{}", words::REMINDER.text(*language), marked.unwrap_or_default())
        };
        let mut blocks = vec![Block::Fields(vec![self.customer(), self.details()])];
        let text = language.name(notice.text.ar.as_deref(), notice.text.en.as_deref());
        if !text.is_empty() {
            blocks.push(Block::Text(PrintedText { heading: Vec::new(), text }));
        }
        blocks.push(self.items());
        blocks.push(Block::Totals(self.totals()));
        PrintedDocument {
            name: format!("{} {} {}", words::REMINDER.text(language.main()), notice.party, notice.date),
            title: language.languages().iter().map(titled).collect(),
            mark: mark.as_ref().map(|mark| language.phrase(mark)).unwrap_or_default(),
            issuer: language.name(self.company.legal_name.ar(), self.company.legal_name.en()),
            blocks,
            ..empty(language, self.today)
        }
    }

    fn field(&self, label: &Phrase, value: impl Into<String>) -> Field {
        Field { label: self.language.phrase(label), value: vec![value.into()] }
    }

    fn customer(&self) -> FieldGroup {
        let name = self.language.name(self.party.name.ar(), self.party.name.en());
        let address = legal(&self.party.addresses);
        let fields = [
            Some(Field { label: self.language.phrase(&words::NAME), value: name }),
            self.party.registrations.vat_number().map(|number| self.field(&words::VAT_NUMBER, number)),
            address.map(|address| Field {
                label: self.language.phrase(&words::ADDRESS),
                value: address::lines(address, self.language),
            }),
        ];
        FieldGroup {
            heading: self.language.phrase(&words::CUSTOMER),
            fields: fields.into_iter().flatten().collect(),
        }
    }

    fn details(&self) -> FieldGroup {
        let notice = self.notice;
        let fields = [
            Some(self.field(&words::DATE, notice.date.to_string())),
            Some(self.field(&words::LEVEL, notice.level.to_string())),
            Some(self.field(&words::CURRENCY, notice.currency.clone())),
            notice.fee_invoice_number.clone().map(|number| self.field(&words::FEE_INVOICE, number)),
        ];
        FieldGroup { fields: fields.into_iter().flatten().collect(), ..FieldGroup::default() }
    }

    fn items(&self) -> Block {
        let column =
            |heading: &Phrase, content| PrintedColumn { heading: self.language.phrase(heading), content };
        let columns = vec![
            column(&words::ITEM_NUMBER, Content::Words(1)),
            column(&words::DUE_DATE, Content::Code),
            column(&words::DAYS_OVERDUE, Content::Figures),
            column(&words::OPEN_AMOUNT, Content::Figures),
        ];
        let row = |item: &DunningItemView| PrintedRow {
            cells: vec![
                vec![item.reference.clone().unwrap_or_else(|| item.number.clone())],
                vec![item.due_date.to_string()],
                vec![item.days_overdue.to_string()],
                vec![grouped(&item.open_amount)],
            ],
            ..PrintedRow::default()
        };
        Block::Table(PrintedTable { columns, rows: self.notice.items.iter().map(row).collect() })
    }

    fn totals(&self) -> Vec<PrintedTotal> {
        let total = |label: &Phrase, amount: &str| PrintedTotal {
            label: self.language.phrase(label),
            amount: grouped(amount),
            strong: false,
        };
        let notice = self.notice;
        let mut totals = vec![PrintedTotal { strong: true, ..total(&words::OVERDUE_TOTAL, &notice.amount) }];
        if Amount::parse(&notice.unallocated).is_ok_and(|amount| !amount.is_zero()) {
            totals.push(total(&words::UNALLOCATED, &format!("-{}", notice.unallocated)));
        }
        totals
    }
}
