//! The document that an entry was made for (R30).

use uuid::Uuid;

use crate::error::Phrase;

crate::choices! {
    /// The kinds of records that journal entries are made for.
    pub enum EntrySourceKind {
        /// Items that were allocated to one another, or an allocation that was undone.
        Allocation = "allocation",
        /// Foreign balances at the rate of a day: the entry, and its mirror on the next day.
        RevaluationRun = "revaluation_run",
        /// A part of an amount that is spread over several periods.
        Deferral = "deferral",
        /// What accounts gathered in a period, distributed by a key.
        DistributionRun = "distribution_run",
        SalesInvoice = "sales_invoice",
        SalesCreditNote = "sales_credit_note",
        SalesDebitNote = "sales_debit_note",
        PurchaseInvoice = "purchase_invoice",
        PurchaseCreditNote = "purchase_credit_note",
        Receipt = "receipt",
        Payment = "payment",
        /// The VAT of a period, moved from the VAT accounts to the account of the VAT owed or of the credit carried forward.
        VatReturn = "vat_return",
        /// Open items that were written off, in whole or in part.
        WriteOff = "write_off",
        /// Lines of an account that were matched: their difference, and what exchange rates make of it.
        LineMatch = "line_match",
        /// The balance of an account that was merged into another one.
        AccountMerge = "account_merge",
        /// An entry by hand, which is its own document.
        JournalEntry = "journal_entry",
    }
}

impl EntrySourceKind {
    /// Whether a person writes accounts and amounts of such entries as freely as those of an entry by hand, so that approval
    /// policies are asked.
    pub const fn is_by_hand(self) -> bool {
        matches!(self, Self::Deferral | Self::DistributionRun | Self::JournalEntry)
    }

    /// The action to take instead of reversing the entry.
    pub fn remedy(self) -> Phrase {
        match self {
            Self::Allocation => Phrase::new("undo the allocation", "ألغِ التخصيص"),
            Self::RevaluationRun => Phrase::new("undo the revaluation run", "ألغِ عملية إعادة التقييم"),
            Self::Deferral => Phrase::new("cancel the deferral", "ألغِ التأجيل"),
            Self::DistributionRun => Phrase::new("undo the distribution run", "ألغِ عملية التوزيع"),
            Self::SalesInvoice => Phrase::new(
                "cancel or credit the sales invoice",
                "ألغِ فاتورة المبيعات أو أصدر لها إشعارًا دائنًا",
            ),
            Self::SalesCreditNote => Phrase::new("make a sales debit note", "أصدر إشعارًا مدينًا"),
            Self::SalesDebitNote => Phrase::new("make a sales credit note", "أصدر إشعارًا دائنًا"),
            Self::PurchaseInvoice => Phrase::new("reverse the purchase invoice", "اعكس فاتورة المشتريات"),
            Self::PurchaseCreditNote => {
                Phrase::new("reverse the purchase credit note", "اعكس إشعار المشتريات الدائن")
            }
            Self::Receipt => Phrase::new("reverse the receipt", "اعكس سند القبض"),
            Self::Payment => Phrase::new("reverse the payment", "اعكس سند الصرف"),
            Self::WriteOff => Phrase::new("reverse the write-off", "اعكس الشطب"),
            Self::AccountMerge => Phrase::new(
                "correct the account that survives by another entry",
                "صحّح الحساب الباقي بقيد آخر",
            ),
            Self::LineMatch => Phrase::new("undo the match of lines", "ألغِ مطابقة الأسطر"),
            Self::VatReturn => Phrase::new("amend the VAT return", "عدّل إقرار ضريبة القيمة المضافة"),
            Self::JournalEntry => Phrase::new("reverse the entry", "اعكس القيد"),
        }
    }
}

/// The document that an entry was made for; no two entries have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntrySource {
    pub kind: EntrySourceKind,
    pub id: Uuid,
    /// Which of the document's entries it is, from 0.
    pub part: u32,
}

impl EntrySource {
    /// The first entry of a document.
    pub const fn new(kind: EntrySourceKind, id: Uuid) -> Self {
        Self::part(kind, id, 0)
    }

    pub const fn part(kind: EntrySourceKind, id: Uuid, part: u32) -> Self {
        Self { kind, id, part }
    }
}
