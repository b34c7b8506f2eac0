//! The errors that documents have in common.

use application::accounting::error::{ACCOUNT_CODE_UNKNOWN, DIMENSION_VALUE_UNKNOWN, JOURNAL_UNKNOWN};
use application::documents::error as own;
use application::error::UNKNOWN_REFERENCE;
use application::settlement::entry::EXCHANGE_ACCOUNT_MISSING;
use application::tax::calculation::NAMED_TWICE;
use domain::accounting::journal_entry::{
    CURRENCY_UNKNOWN, ENTRY_HAS_ALLOCATIONS, EXCHANGE_RATE_MISSING, FISCAL_PERIOD_CLOSED,
    FISCAL_PERIOD_MISSING,
};
use domain::accounting::line_match::ENTRY_HAS_LINE_MATCHES;
use domain::accounting::lock::DATE_LOCKED;
use domain::accounting::posting_rule::POSTING_RULE_MISSING;
use domain::company::branch::BRANCH_ARCHIVED;
use domain::documents::money_document::{
    ALLOCATED_MORE_THAN_PAID, AMOUNT_NOT_POSITIVE, CHARGES_EXCEED_AMOUNT,
};
use domain::documents::note::{CORRECTED_LINE_UNKNOWN, NOTE_QUANTITY_EXCEEDS, NOTHING_LEFT};
use domain::documents::progress::{INVOICE_EXCEEDS_ORDER, INVOICE_EXCEEDS_RECEIPT, ORDER_BELOW_PROGRESS};
use domain::documents::supplier_number::SUPPLIER_NUMBER_BLANK;
use domain::error::ErrorDef;
use domain::items::conversion::QUANTITY_NOT_WHOLE;
use domain::items::item::UNIT_UNKNOWN_FOR_ITEM;
use domain::items::price::PRICE_NOT_FOUND;
use domain::money::{AMOUNT_OUT_OF_RANGE, AMOUNT_SCALE_EXCEEDED};
use domain::parties::roles::WITHHOLDING_RESIDENT;
use domain::settlement::allocation::ALLOCATION_EXCEEDS_OPEN;
use domain::settlement::early_discount::{DISCOUNT_EXPIRED, DISCOUNT_NOT_COVERED, DISCOUNT_NOT_GRANTED};
use domain::settlement::tolerance::DIFFERENCE_EXCEEDS_TOLERANCE;
use domain::tax::calculate::{DISCOUNT_EXCEEDS_AMOUNT, TAX_AMOUNT_NEGATIVE, TAX_REASONS_MIXED};
use domain::tax::credit::CREDIT_EXCEEDS_DOCUMENT;
use domain::tax::tax_code::{TAX_CODE_INACTIVE, TAX_CODE_KIND_NOT_TAKEN, TAX_RATE_UNKNOWN};
use domain::tax::withholding::{WITHHOLDING_CODE_MISSING, WITHHOLDING_CODE_UNUSED, WITHHOLDING_NOT_TAKEN};

/// The errors of what a document names, whether it is posted or not.
pub(in crate::routes) static CONTENT: &[&ErrorDef] = &[
    &UNKNOWN_REFERENCE,
    &own::PARTY_ROLE_MISSING,
    &own::PARTY_ARCHIVED,
    &BRANCH_ARCHIVED,
    &CURRENCY_UNKNOWN,
    &EXCHANGE_RATE_MISSING,
    &ACCOUNT_CODE_UNKNOWN,
    &POSTING_RULE_MISSING,
    &AMOUNT_OUT_OF_RANGE,
    &AMOUNT_SCALE_EXCEEDED,
];

/// Errors of lines and taxes.
pub(in crate::routes) static LINES: &[&ErrorDef] = &[
    &own::LINE_TEXT_MISSING,
    &own::LINE_PRICE_MISSING,
    &own::LINE_TAX_MISSING,
    &own::LINE_ACCOUNT_UNFIT,
    &own::QUANTITY_NOT_POSITIVE,
    &own::TAX_ONLY_NOT_TAKEN,
    &own::TAX_ONLY_MEMBER,
    &own::TAX_ONLY_NEGATIVE,
    &own::CUSTOMS_TAX_MISSING,
    &own::DUE_DATE_EARLY,
    &DIMENSION_VALUE_UNKNOWN,
    &NAMED_TWICE,
    &QUANTITY_NOT_WHOLE,
    &UNIT_UNKNOWN_FOR_ITEM,
    &PRICE_NOT_FOUND,
    &DISCOUNT_EXCEEDS_AMOUNT,
    &TAX_AMOUNT_NEGATIVE,
    &TAX_REASONS_MIXED,
    &TAX_CODE_INACTIVE,
    &TAX_CODE_KIND_NOT_TAKEN,
    &TAX_RATE_UNKNOWN,
];

/// The errors of how a note names the document that it corrects.
pub(in crate::routes) static NOTES: &[&ErrorDef] = &[
    &own::CORRECTED_MISSING,
    &own::CORRECTED_NOT_POSTED,
    &own::CUSTOMS_NOT_CORRECTED,
    &own::CORRECTED_IS_OWN,
    &own::CORRECTED_DATE_LATE,
    &own::DISCOUNT_NOTE_NOT_CORRECTED,
    &own::DEBIT_NOTE_TOOK_BACK,
    &own::PREPAYMENT_DEDUCTED,
    &own::RETURN_PRICE_EXCEEDS,
    &own::LINE_ITEM_DIFFERS,
    &own::LINE_TAX_DIFFERS,
    &own::NOTE_LINES_MISSING,
    &own::PARTY_DIFFERS,
    &own::CURRENCY_DIFFERS,
    &CORRECTED_LINE_UNKNOWN,
    &NOTE_QUANTITY_EXCEEDS,
    &NOTHING_LEFT,
    &CREDIT_EXCEEDS_DOCUMENT,
];

/// The errors of suppliers' documents.
pub(super) static SUPPLIERS: &[&ErrorDef] = &[
    &own::SUPPLIER_INVOICE_EXISTS,
    &own::SUPPLIER_TOTAL_DIFFERS,
    &own::SUPPLIER_NUMBER_MISSING,
    &SUPPLIER_NUMBER_BLANK,
    &own::BUYER_NOT_REGISTERED,
];

/// The errors of invoices to customers.
pub(in crate::routes) static SALES: &[&ErrorDef] = &[
    &own::BUYER_ADDRESS_INCOMPLETE,
    &own::SELLER_NOT_REGISTERED,
    &own::CREDIT_LIMIT_EXCEEDED,
    &own::PAYMENT_REQUIRED,
    &own::PAYMENT_NEEDS_POST,
    &own::PREPAYMENT_EXCEEDED,
    &own::PREPAYMENT_LATER,
    &own::NOT_A_PREPAYMENT,
];

/// The errors that keep a document from being posted.
pub(in crate::routes) static POSTING: &[&ErrorDef] = &[
    &own::DOCUMENT_POST_PERMISSION,
    &own::DOCUMENT_SERIES_MISSING,
    &own::DOCUMENT_TOTAL_ZERO,
    &own::PARTY_BLOCKED,
    &own::ITEM_BLOCKED,
    &own::STOCK_NOT_AVAILABLE,
    &own::TAX_DATE_LOCKED,
    &own::DOCUMENT_RATE_NOT_ONE,
    &JOURNAL_UNKNOWN,
    &FISCAL_PERIOD_MISSING,
    &FISCAL_PERIOD_CLOSED,
    &DATE_LOCKED,
];

/// The errors of receipts and payments.
pub(super) static MONEY: &[&ErrorDef] = &[
    &AMOUNT_NOT_POSITIVE,
    &CHARGES_EXCEED_AMOUNT,
    &ALLOCATED_MORE_THAN_PAID,
    &ALLOCATION_EXCEEDS_OPEN,
    &DISCOUNT_EXPIRED,
    &DISCOUNT_NOT_GRANTED,
    &DISCOUNT_NOT_COVERED,
    &DIFFERENCE_EXCEEDS_TOLERANCE,
    &CREDIT_EXCEEDS_DOCUMENT,
    &own::TAX_DATE_LOCKED,
    &own::DOCUMENT_RATE_NOT_ONE,
    &own::METHOD_ACCOUNT_UNFIT,
    &own::PARTY_BLOCKED,
    &WITHHOLDING_NOT_TAKEN,
    &WITHHOLDING_RESIDENT,
    &WITHHOLDING_CODE_MISSING,
    &WITHHOLDING_CODE_UNUSED,
    &TAX_CODE_INACTIVE,
    &TAX_CODE_KIND_NOT_TAKEN,
    &TAX_RATE_UNKNOWN,
    &EXCHANGE_ACCOUNT_MISSING,
    &own::DOCUMENT_POST_PERMISSION,
    &own::DOCUMENT_SERIES_MISSING,
    &JOURNAL_UNKNOWN,
    &FISCAL_PERIOD_MISSING,
    &FISCAL_PERIOD_CLOSED,
    &DATE_LOCKED,
];

/// The errors that keep a posted document from being cancelled or reversed.
pub(super) static UNDOING: &[&ErrorDef] = &[
    &own::DOCUMENT_NOT_POSTED,
    &own::DOCUMENT_IN_RETURN,
    &own::DOCUMENT_HAS_NOTES,
    &own::PREPAYMENT_DEDUCTED,
    &ENTRY_HAS_ALLOCATIONS,
    &ENTRY_HAS_LINE_MATCHES,
    &NOTHING_LEFT,
    &FISCAL_PERIOD_CLOSED,
    &DATE_LOCKED,
];

/// The errors of quotations and orders beside those of lines and taxes.
pub(super) static ORDERS: &[&ErrorDef] = &[
    &own::VALID_UNTIL_EARLY,
    &own::LINE_NAMED_TWICE,
    &own::LINE_MEMBER_UNFIT,
    &own::ORDER_FIXED,
    &own::ORDER_BRANCH_FIXED,
    &ORDER_BELOW_PROGRESS,
    &own::CREDIT_LIMIT_EXCEEDED,
];

/// The errors that keep a quotation from being sent and an order from being confirmed.
pub(super) static CONFIRMING: &[&ErrorDef] =
    &[&own::DOCUMENT_POST_PERMISSION, &own::DOCUMENT_SERIES_MISSING, &own::PARTY_BLOCKED, &own::ITEM_BLOCKED];

/// The errors of lines that bill orders.
pub(super) static BILLING: &[&ErrorDef] = &[
    &own::ORDER_NOT_CONFIRMED,
    &own::ORDER_LINE_UNKNOWN,
    &own::LINE_MEMBER_UNFIT,
    &own::PARTY_DIFFERS,
    &own::CURRENCY_DIFFERS,
    &own::LINE_ITEM_DIFFERS,
    &own::LINE_TAX_DIFFERS,
    &own::ORDER_CHARGE_UNKNOWN,
    &own::CHARGE_BILLED,
    &own::PRICE_MISMATCH,
    &INVOICE_EXCEEDS_ORDER,
    &INVOICE_EXCEEDS_RECEIPT,
];
