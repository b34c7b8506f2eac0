//! The columns of files of documents.

use super::columns::{Column, Named, Of, named};

const ONE_VALUE: &str = "none; rows of a document that give one give the same";

/// Declares the columns of a kind of invoice or note: those that all of them have, and its own.
macro_rules! trade_names {
    ($name:ident: $($own:expr),* $(,)?) => {
        pub(super) static $name: &[Named] = &[
            named(
                (Column::Document, "document", Of::Document, true),
                &["document no", "document number", "المستند", "رقم المستند"],
                "refused; rows with the same text are one document, and the text becomes its reference",
            ),
            named((Column::Party, "party", Of::Document, true), &["party code", "الطرف", "رمز الطرف"], "refused"),
            named((Column::Date, "date", Of::Document, true), &["document date", "التاريخ", "تاريخ المستند"], "refused"),
            named(
                (Column::Item, "item", Of::Line, false),
                &["item code", "الصنف", "رمز الصنف"],
                "none; a line has an `item` or a `description`",
            ),
            named((Column::Description, "description", Of::Line, false), &["البيان", "الوصف"], "the name of the item"),
            named((Column::Quantity, "quantity", Of::Line, true), &["qty", "الكمية"], "refused"),
            named(
                (Column::UnitPrice, "unit_price", Of::Line, true),
                &["price", "السعر", "سعر الوحدة"],
                "that of the price list, for an item",
            ),
            named((Column::Unit, "unit", Of::Line, false), &["unit code", "الوحدة"], "the one in which the item is sold or bought"),
            named(
                (Column::TaxCode, "tax_code", Of::Line, false),
                &["رمز الضريبة"],
                "that of the item, then that of the party",
            ),
            named(
                (Column::Account, "account", Of::Line, false),
                &["account code", "الحساب", "رمز الحساب"],
                "the posting rules decide",
            ),
            named((Column::DiscountPercent, "discount_percent", Of::Line, false), &["نسبة الخصم"], "none"),
            named((Column::DiscountAmount, "discount_amount", Of::Line, false), &["مبلغ الخصم"], "none"),
            named(
                (Column::Currency, "currency", Of::Document, false),
                &["currency code", "العملة"],
                "that of the party, then that of the company",
            ),
            named((Column::Rate, "rate", Of::Document, false), &["exchange rate", "سعر الصرف"], "the rate of the tax date"),
            named((Column::Branch, "branch", Of::Document, false), &["branch code", "الفرع", "رمز الفرع"], "that of the company profile, then the only active one"),
            named((Column::DueDate, "due_date", Of::Document, false), &["تاريخ الاستحقاق"], "the payment terms decide"),
            named(
                (Column::PricesIncludeVat, "prices_include_vat", Of::Document, false),
                &["الأسعار شاملة الضريبة"],
                "as for a document that is sent as JSON",
            ),
            named((Column::DocumentDiscount, "document_discount", Of::Document, false), &["خصم المستند"], ONE_VALUE),
            named((Column::Charge, "charge", Of::Document, false), &["freight", "الرسوم"], ONE_VALUE),
            named(
                (Column::ChargeTaxCode, "charge_tax_code", Of::Document, false),
                &["رمز ضريبة الرسوم"],
                "that of the party",
            ),
            named((Column::Reference, "reference", Of::Document, false), &["ref", "المرجع"], "the `document`"),
            $($own,)*
        ];
    };
}

trade_names! { INVOICE_NAMES:
    named((Column::Kind, "kind", Of::Document, false), &["invoice kind", "النوع"], "what the kind of the party asks for"),
}

trade_names! { BILL_NAMES:
    named(
        (Column::SupplierNumber, "supplier_number", Of::Document, false),
        &["رقم فاتورة المورد"],
        "none; posting needs it",
    ),
}

trade_names! { CREDIT_NOTE_NAMES:
    named(
        (Column::CorrectsNumber, "corrects_number", Of::Document, true),
        &["رقم الفاتورة المصححة"],
        "refused: with `corrects_date` the number of an invoice of another system, otherwise the number or the reference of a posted one here",
    ),
    named((Column::CorrectsDate, "corrects_date", Of::Document, false), &["تاريخ الفاتورة المصححة"], "the invoice is one of this system"),
    named((Column::Reason, "reason", Of::Document, true), &["السبب"], "refused"),
    named((Column::NoteKind, "note_kind", Of::Document, false), &["نوع الإشعار"], "`return`"),
}

pub(super) static MONEY_NAMES: &[Named] = &[
    named(
        (Column::Document, "document", Of::Document, true),
        &["document no", "document number", "المستند", "رقم المستند"],
        "refused; rows with the same text are one document, whose amount is their sum",
    ),
    named((Column::Party, "party", Of::Document, true), &["party code", "الطرف", "رمز الطرف"], "refused"),
    named(
        (Column::Date, "date", Of::Document, true),
        &["document date", "التاريخ", "تاريخ المستند"],
        "refused",
    ),
    named((Column::Amount, "amount", Of::Line, true), &["المبلغ"], "refused"),
    named((Column::Method, "method", Of::Document, true), &["payment method", "طريقة الدفع"], "refused"),
    named(
        (Column::Invoice, "invoice", Of::Line, false),
        &["الفاتورة", "رقم الفاتورة"],
        "none: it stays open as an advance. Otherwise the number or the reference of a posted document of the party",
    ),
    named(
        (Column::Currency, "currency", Of::Document, false),
        &["currency code", "العملة"],
        "that of the company",
    ),
    named(
        (Column::Rate, "rate", Of::Document, false),
        &["exchange rate", "سعر الصرف"],
        "the rate of the date",
    ),
    named((Column::Reference, "reference", Of::Document, false), &["ref", "المرجع"], "the `document`"),
    named(
        (Column::Account, "account", Of::Document, false),
        &["account code", "الحساب", "رمز الحساب"],
        "that of the method",
    ),
    named((Column::Charges, "charges", Of::Document, false), &["bank charges", "المصاريف"], "none"),
    named(
        (Column::Branch, "branch", Of::Document, false),
        &["branch code", "الفرع", "رمز الفرع"],
        "that of the company profile, then the only active one",
    ),
];
