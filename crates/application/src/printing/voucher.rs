//! Receipts and payments on paper.

use domain::documents::document_type::DocumentType;
use domain::documents::money_document::PaymentMethod;
use domain::error::Phrase;
use domain::money::Amount;

use super::captions as words;
use super::document::{Block, Field, FieldGroup, PrintedTotal};
use super::print_document::Print;
use super::wording::grouped;

pub(super) fn compose(print: &Print<'_>) -> (Phrase, Vec<Block>) {
    let (title, whom) = match print.document_type {
        DocumentType::Payment => (words::PAYMENT, words::PAID_TO),
        _ => (words::RECEIPT, words::RECEIVED_FROM),
    };
    let document = print.document;
    let method = document.method.as_deref().and_then(|method| PaymentMethod::parse(method).ok());
    let left = [
        Some(Field { label: print.language.phrase(&whom), value: print.party_name() }),
        method.map(|method| Field {
            label: print.language.phrase(&words::METHOD),
            value: print.language.phrase(&name(method)),
        }),
        print.some(&words::REFERENCE, document.reference.clone()),
        print.some(&words::ACCOUNT, document.account_code.clone()),
    ];
    let right = [
        print.some(&words::NUMBER, document.number.clone()),
        Some(print.field(&words::DATE, document.document_date.to_string())),
        Some(print.field(&words::CURRENCY, document.currency.clone())),
        (document.currency != print.company_currency.as_str())
            .then(|| print.field(&words::RATE, document.rate.clone())),
    ];
    let group = |fields: [Option<Field>; 4]| FieldGroup {
        fields: fields.into_iter().flatten().collect(),
        ..FieldGroup::default()
    };
    let total = |label: &Phrase, amount: &str, strong| PrintedTotal {
        label: print.language.phrase(label),
        amount: grouped(amount),
        strong,
    };
    let charges = &document.totals.charges;
    let mut totals = vec![total(&words::AMOUNT, &document.totals.total, true)];
    if Amount::parse(charges).is_ok_and(|charges| !charges.is_zero()) {
        totals.push(total(&words::BANK_CHARGES, charges, false));
    }
    let mut blocks = vec![Block::Fields(vec![group(left), group(right)]), Block::Totals(totals)];
    blocks.extend(print.in_words(&document.totals.total));
    blocks.extend(print.text(&words::NOTES, document.notes.as_ref()));
    blocks.extend(print.text(&words::REASON, document.reason.as_ref()));
    (title, blocks)
}

const fn name(method: PaymentMethod) -> Phrase {
    match method {
        PaymentMethod::Cash => words::CASH,
        PaymentMethod::BankTransfer => words::BANK_TRANSFER,
        PaymentMethod::Card => words::CARD,
        PaymentMethod::Cheque => words::CHEQUE,
    }
}
