//! Invoices and notes on paper, with what the VAT regulation wants on them: the title, both parties with their numbers and addresses,
//! the dates, the lines, the taxable amount and VAT of each rate, and VAT in the company currency. There is no QR code: it belongs to
//! e-invoices, whose stamp makes it.

use domain::documents::document_type::{DocumentType, InvoiceKind};
use domain::error::Phrase;
use domain::money::Amount;
use domain::tax::category::TaxCategory;
use domain::tax::exemption::ExemptionReason;

use super::captions as words;
use super::document::{
    Block, Content, Field, FieldGroup, Lines, PrintedColumn, PrintedRow, PrintedTable, PrintedTotal,
};
use super::print_document::Print;
use super::wording::grouped;
use crate::documents::views::{DocumentGroupView, DocumentLineView, DocumentSideView};

pub(super) fn compose(print: &Print<'_>) -> (Phrase, Vec<Block>) {
    let mut blocks = vec![Block::Fields(vec![seller(print), buyer(print)]), details(print), lines(print)];
    blocks.push(Block::Totals(totals(print)));
    if print.company_side().vat_number.is_some() {
        blocks.push(tax_groups(print));
    }
    blocks.extend(prepayments(print));
    blocks.extend(instalments(print));
    blocks.extend(print.in_words(&print.document.totals.payable));
    blocks.extend(print.text(&words::REASON, print.document.reason.as_ref()));
    blocks.extend(print.text(&words::NOTES, print.document.notes.as_ref()));
    (title(print), blocks)
}

fn title(print: &Print<'_>) -> Phrase {
    let kind = print.document.kind.as_deref().and_then(|kind| InvoiceKind::parse(kind).ok());
    match (print.document_type, kind) {
        (DocumentType::SalesCreditNote | DocumentType::PurchaseCreditNote, _) => words::CREDIT_NOTE,
        (DocumentType::SalesDebitNote, _) => words::DEBIT_NOTE,
        // Only those who are registered issue tax invoices.
        _ if print.company_side().vat_number.is_none() => words::INVOICE,
        (_, Some(InvoiceKind::Simplified)) => words::SIMPLIFIED_INVOICE,
        (_, Some(InvoiceKind::Prepayment)) => words::PREPAYMENT_INVOICE,
        _ => words::TAX_INVOICE,
    }
}

fn seller(print: &Print<'_>) -> FieldGroup {
    side(print, &words::SELLER, print.company_side())
}

fn buyer(print: &Print<'_>) -> FieldGroup {
    side(print, &words::BUYER, print.party_side())
}

fn side(print: &Print<'_>, heading: &Phrase, side: DocumentSideView) -> FieldGroup {
    let field = |label: &Phrase, value: Lines| Field { label: print.language.phrase(label), value };
    let fields = [
        Some(field(&words::NAME, print.named(&side.name))),
        print.some(&words::VAT_NUMBER, side.vat_number),
        side.branch_name.map(|name| field(&words::BRANCH, print.named(&name))),
        print.some(&words::CR_NUMBER, side.cr_number),
        side.address.map(|address| field(&words::ADDRESS, print.named(&address))),
    ];
    FieldGroup { heading: print.language.phrase(heading), fields: fields.into_iter().flatten().collect() }
}

fn details(print: &Print<'_>) -> Block {
    let document = print.document;
    // A note that reduces is no demand for money.
    let asks = !print.document_type.reduces();
    let single = document.instalments.first().filter(|_| asks && document.instalments.len() == 1);
    let foreign = document.currency != print.company_currency.as_str();
    let left = [
        print.some(&words::NUMBER, document.number.clone()),
        Some(print.field(&words::ISSUE_DATE, document.document_date.to_string())),
        print.some(&words::SUPPLY_DATE, document.supply_date.map(|date| date.to_string())),
        print.some(&words::DUE_DATE, single.map(|due| due.due_date.to_string())),
    ];
    let right = [
        print.some(&words::CORRECTS, document.corrects_number.clone()),
        print.some(&words::CORRECTS_DATE, document.corrects_date.map(|date| date.to_string())),
        print.some(&words::REFERENCE, document.reference.clone()),
        Some(print.field(&words::CURRENCY, document.currency.clone())),
        foreign.then(|| print.field(&words::RATE, document.rate.clone())),
    ];
    let group = |fields: &[Option<Field>]| FieldGroup {
        fields: fields.iter().flatten().cloned().collect(),
        ..FieldGroup::default()
    };
    Block::Fields(vec![group(&left), group(&right)])
}

fn column(print: &Print<'_>, heading: &Phrase, content: Content) -> PrintedColumn {
    PrintedColumn { heading: print.language.phrase(heading), content }
}

fn row(cells: Vec<Lines>) -> PrintedRow {
    PrintedRow { cells, ..PrintedRow::default() }
}

fn is_something(amount: &str) -> bool {
    Amount::parse(amount).is_ok_and(|amount| !amount.is_zero())
}

fn lines(print: &Print<'_>) -> Block {
    let document = print.document;
    let all = document.lines.as_deref().unwrap_or_default();
    let discounted = all.iter().any(|line| is_something(&line.discount));
    let mut columns = vec![
        column(print, &words::LINE, Content::Code),
        column(print, &words::DESCRIPTION, Content::Words(1)),
        column(print, &words::QUANTITY, Content::Figures),
        column(print, &words::UNIT_PRICE, Content::Figures),
    ];
    if discounted {
        columns.push(column(print, &words::DISCOUNT, Content::Figures));
    }
    columns.extend(
        [&words::NET, &words::VAT_RATE, &words::VAT_AMOUNT, &words::GROSS]
            .map(|heading| column(print, heading, Content::Figures)),
    );
    let mut rows: Vec<_> = all.iter().map(|line| line_row(line, discounted)).collect();
    rows.extend(document.charges.iter().zip(all.len() + 1..).map(|(charge, number)| {
        let mut cells = vec![vec![number.to_string()], vec![charge.description.clone()], vec![], vec![]];
        if discounted {
            cells.push(Vec::new());
        }
        cells.extend([
            vec![grouped(&charge.net)],
            vec![],
            vec![grouped(&charge.vat)],
            vec![grouped(&charge.gross)],
        ]);
        row(cells)
    }));
    Block::Table(PrintedTable { columns, rows })
}

fn line_row(line: &DocumentLineView, discounted: bool) -> PrintedRow {
    let described = match &line.item_code {
        Some(code) if *code != line.description => format!("{code} {}", line.description),
        _ => line.description.clone(),
    };
    let quantity = match &line.unit_code {
        Some(unit) => format!("{} {unit}", grouped(&line.quantity)),
        None => grouped(&line.quantity),
    };
    let price = match line.price_base_quantity.as_str() {
        "1" => grouped(&line.unit_price),
        per => format!("{} / {per}", grouped(&line.unit_price)),
    };
    let mut cells = vec![vec![line.line_no.to_string()], vec![described], vec![quantity], vec![price]];
    if discounted {
        cells.push(vec![grouped(&line.discount)]);
    }
    cells.extend([
        vec![grouped(&line.net)],
        vec![format!("{}%", line.tax_rate)],
        vec![grouped(&line.vat)],
        vec![grouped(&line.gross)],
    ]);
    row(cells)
}

fn totals(print: &Print<'_>) -> Vec<PrintedTotal> {
    let totals = &print.document.totals;
    let reduced = is_something(&totals.discount) || is_something(&totals.charges);
    let total = |label: &Phrase, amount: &str, strong: bool| PrintedTotal {
        label: print.language.phrase(label),
        amount: grouped(amount),
        strong,
    };
    let mut rows = Vec::new();
    if reduced {
        rows.push(total(&words::LINES_TOTAL, &totals.lines_net, false));
    }
    for (label, amount) in [(&words::DISCOUNT, &totals.discount), (&words::CHARGES, &totals.charges)] {
        if is_something(amount) {
            rows.push(total(label, amount, false));
        }
    }
    rows.push(total(&words::NET_TOTAL, &totals.net, false));
    rows.push(total(&words::VAT_TOTAL, &totals.vat, false));
    rows.push(total(&words::GROSS, &totals.total, true));
    if is_something(&totals.prepaid) {
        rows.push(total(&words::PREPAID, &totals.prepaid, false));
    }
    let simplified = print.document.kind.as_deref() == Some(InvoiceKind::Simplified.as_str());
    let paid = print.document.payment_state.as_deref() == Some("paid");
    let label = match print.document_type.reduces() {
        true => words::CREDITED,
        // The receipt of a sale at the counter.
        false if simplified && paid => words::PAID,
        false => words::PAYABLE,
    };
    let due = in_currency(&label, &print.document.currency);
    rows.push(total(&due, &totals.payable, true));
    if print.document.currency != print.company_currency.as_str() {
        let label = in_currency(&words::VAT_TOTAL, print.company_currency.as_str());
        rows.push(total(&label, &totals.company_vat, false));
    }
    rows
}

fn in_currency(label: &Phrase, currency: &str) -> Phrase {
    use domain::error::Language::{Arabic, English};
    Phrase::made(
        format!("{} ({currency})", label.text(English)),
        format!("{} ({currency})", label.text(Arabic)),
    )
}

fn tax_groups(print: &Print<'_>) -> Block {
    let columns = vec![
        column(print, &words::TAX_CATEGORY, Content::Words(1)),
        column(print, &words::VAT_RATE, Content::Figures),
        column(print, &words::TAXABLE, Content::Figures),
        column(print, &words::VAT_AMOUNT, Content::Figures),
    ];
    let group_row = |group: &DocumentGroupView| {
        row(vec![
            treatment(print, group),
            vec![format!("{}%", group.rate)],
            vec![grouped(&group.taxable)],
            vec![grouped(&group.vat)],
        ])
    };
    Block::Table(PrintedTable { columns, rows: print.document.tax_groups.iter().map(group_row).collect() })
}

/// How a group is taxed; without tax also why.
fn treatment(print: &Print<'_>, group: &DocumentGroupView) -> Lines {
    let category = match TaxCategory::parse(&group.category) {
        Ok(TaxCategory::Standard) => words::STANDARD_RATED,
        Ok(TaxCategory::Zero) => words::ZERO_RATED,
        Ok(TaxCategory::Exempt) => words::EXEMPT,
        Ok(TaxCategory::OutOfScope) => words::OUT_OF_SCOPE,
        Err(_) => return vec![group.category.clone()],
    };
    let reason = group.reason.as_deref().and_then(|reason| ExemptionReason::parse(reason).ok());
    // The text of this one says how a code list is filled in, and the category says the rest.
    let reason = reason.filter(|reason| *reason != ExemptionReason::OutOfScope);
    let said = |language: &domain::error::Language| match &reason {
        Some(reason) => format!("{}: {}", category.text(*language), reason.text().text(*language)),
        None => category.text(*language).to_owned(),
    };
    print.language.languages().iter().map(said).collect()
}

fn prepayments(print: &Print<'_>) -> Option<Block> {
    let all = &print.document.prepayments;
    let columns = vec![
        column(print, &words::PREPAYMENT, Content::Words(1)),
        column(print, &words::NET, Content::Figures),
        column(print, &words::VAT_AMOUNT, Content::Figures),
    ];
    let rows = all
        .iter()
        .map(|one| row(vec![vec![one.number.clone()], vec![grouped(&one.net)], vec![grouped(&one.vat)]]));
    (!all.is_empty()).then(|| Block::Table(PrintedTable { columns, rows: rows.collect() }))
}

fn instalments(print: &Print<'_>) -> Option<Block> {
    let all = &print.document.instalments;
    let columns = vec![
        column(print, &words::INSTALMENTS, Content::Code),
        column(print, &words::DUE_DATE, Content::Words(1)),
        column(print, &words::AMOUNT, Content::Figures),
    ];
    let rows = all.iter().zip(1..).map(|(one, number): (_, u32)| {
        row(vec![vec![number.to_string()], vec![one.due_date.to_string()], vec![grouped(&one.amount)]])
    });
    (all.len() > 1).then(|| Block::Table(PrintedTable { columns, rows: rows.collect() }))
}
