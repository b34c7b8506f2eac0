//! The bodies of receipts and payments.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::journal_entry::REFERENCE_LENGTH_MAX;
use domain::company::branch::BranchId;
use domain::documents::document_type::DocumentType;
use domain::documents::money_document::PaymentMethod;
use domain::ids::AccountId;
use domain::money::{Amount, CurrencyCode, Rate};
use domain::parties::party::PartyId;
use domain::settlement::open_item::OpenItemId;
use domain::text::Code;

use super::post::post_money;
use super::prepare::{PreparedMoney, prepare_money};
use super::withholding::WithholdingInput;
use crate::accounting::ports::books::Books;
use crate::context::RequestContext;
use crate::documents::ports::{DocumentId, StoredDocument};
use crate::documents::views::DocumentView;
use crate::documents::{DocumentBody, DocumentNames, DraftOf, Preparing};
use crate::error::AppResult;
use crate::reference::{Reference, by_id_or_code};
use crate::settlement::auto_allocate::SettledControl;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{Kept, List, Paragraphs, Text};
use crate::{document_names, request};

/// Most documents that one receipt or payment is allocated to when it is made.
pub const ALLOCATIONS_MAX: usize = 1_000;
/// Longest notes, in characters.
pub const NOTES_LENGTH_MAX: usize = 2_000;

request! {
    /// A document or open item that the money pays.
    pub struct MoneyAllocationBody {
        /// The document that is paid, with all its instalments in the order of their due dates. Give either the document or the
        /// open item.
        document_id: Option<DocumentId>,
        /// The open item that is paid.
        open_item_id: Option<OpenItemId>,
        /// The amount; by default as much as is open and left.
        amount: Option<Amount>,
        /// Whether the rest is the discount for early payment: the money and the discount settle it. A credit note lowers VAT
        /// with it, unless the company profile says otherwise.
        take_discount: bool => false,
        /// Whether the rest is written off. It must be within the tolerance that the company profile sets for its currency.
        write_off_difference: bool => false,
    }
}

macro_rules! money_body {
    (
        $(#[doc = $doc:literal])* pub struct $name:ident as $schema:ident, patched as $patch:ident { $($own:tt)* }
        $type:ident, $names:expr
    ) => {
        request! {
            $(#[doc = $doc])*
            pub struct $name as $schema, patched as $patch {
                /// The party, by its id; give either the id or the code.
                party_id: Option<PartyId>,
                /// The party, by its code.
                party_code: Option<Code> = "C-1001",
                /// The branch, by its id; give either the id or the code. By default the one that the company profile
                /// names, then the only active one. It does not change once there is a number.
                branch_id: Option<BranchId>,
                /// The branch, by its code.
                branch_code: Option<Code>,
                /// The control accounts that it settles: receivables or payables; by default receivables for receipts and
                /// payables for payments, as far as the party has the role.
                control: Option<SettledControl>,
                /// The day on which the money moved; today by default.
                document_date: Option<NaiveDate> = "2026-03-20",
                /// The date on which it enters the ledger; by default the day on which it moved.
                posting_date: Option<NaiveDate>,
                /// The amount that the party paid or got.
                amount: Amount = "3450.00",
                /// The currency; by default that of the company.
                currency: Option<CurrencyCode>,
                /// Units of the company currency for one unit of the currency; by default the rate of the posting date.
                rate: Option<Rate>,
                /// How the money moved. The posting rules name the account of each way.
                method: PaymentMethod => "bank_transfer",
                /// The account that the money moved on, by its id; by default that of the method.
                account_id: Option<AccountId>,
                /// The account, by its code.
                account_code: Option<Code>,
                /// The bank's charges: of a receipt they are taken off what reaches the account, of a payment they come on top.
                charges: Amount => "0",
                /// The number of the transfer, the cheque or the card's slip.
                reference: Option<Text<REFERENCE_LENGTH_MAX>> = "TRF-20260320-01",
                /// Notes.
                notes: Option<Paragraphs<NOTES_LENGTH_MAX>>,
                /// The documents and open items that the money pays. The rest stays open as an advance of the party.
                allocations: List<MoneyAllocationBody, ALLOCATIONS_MAX> => [],
                $($own)*
                /// Whether it is posted at once; otherwise it is kept as a draft. Needs the permission to post.
                post: bool => false,
            }
        }

        #[async_trait]
        impl DocumentBody for $name {
            const TYPE: DocumentType = DocumentType::$type;
            const NAMES: DocumentNames = $names;
            type Prepared = PreparedMoney;

            fn post(&self) -> bool {
                self.post
            }

            async fn prepare(
                ctx: &RequestContext,
                uow: &mut dyn UnitOfWork,
                books: &mut Books,
                (id, draft): DraftOf<'_>,
                kept: &Kept<Self>,
            ) -> AppResult<PreparedMoney> {
                let (document_type, input) = (Self::TYPE, kept.body.input());
                let preparing = Preparing { ctx, document_type, id, body: &kept.text, input, draft };
                prepare_money(preparing, uow, books).await
            }

            async fn enter(
                &self,
                ctx: &RequestContext,
                uow: &mut dyn UnitOfWork,
                books: Books,
                prepared: PreparedMoney,
                draft: Option<&StoredDocument>,
            ) -> AppResult<DocumentView> {
                Ok(post_money(ctx, uow, books, prepared, &self.allocations.0, draft).await?.2)
            }
        }

        impl $name {
            fn input(&self) -> MoneyInput<'_> {
                MoneyInput {
                    party: by_id_or_code(self.party_id, self.party_code.clone()),
                    branch: by_id_or_code(self.branch_id, self.branch_code.clone()),
                    control: self.control,
                    document_date: self.document_date,
                    posting_date: self.posting_date,
                    amount: self.amount,
                    currency: self.currency,
                    rate: self.rate,
                    method: self.method,
                    account: by_id_or_code(self.account_id, self.account_code.clone()),
                    charges: self.charges,
                    reference: self.reference.as_deref().filter(|text| !text.is_empty()),
                    notes: self.notes.as_deref().filter(|text| !text.is_empty()),
                    allocations: &self.allocations.0,
                    withholding: self.withholding(),
                }
            }
        }
    };
}

money_body! {
    /// New money that came in.
    pub struct NewReceipt as CreateReceiptBody, patched as UpdateReceiptBody {}
    Receipt, document_names!(
        "settlement", "receipt", "receipts", "/receipts", "a receipt", "receipts", "Money that came in, and what it pays.", "reverse"
    )
}

money_body! {
    /// New money that went out.
    pub struct NewPayment as CreatePaymentBody, patched as UpdatePaymentBody {
        /// Whether tax is withheld; by default from suppliers abroad that have a tax code for it.
        withhold: Option<bool>,
        /// The tax code of the withheld tax; by default that of the supplier.
        withholding_tax_code: Option<Code>,
        /// Whether the supplier gets the whole amount, because the company bears the tax. It is then an expense.
        gross_up: bool => false,
    }
    Payment, document_names!(
        "settlement", "payment", "payments", "/payments", "a payment", "payments", "Money that went out, and what it pays.", "reverse"
    )
}

impl NewReceipt {
    fn withholding(&self) -> WithholdingInput {
        WithholdingInput::default()
    }
}

impl NewPayment {
    fn withholding(&self) -> WithholdingInput {
        WithholdingInput {
            withhold: self.withhold,
            tax_code: self.withholding_tax_code.as_ref().map(ToString::to_string),
            gross_up: self.gross_up,
        }
    }
}

/// A receipt or a payment as a caller writes it.
#[derive(Debug, Clone)]
pub struct MoneyInput<'b> {
    pub party: Option<Reference<PartyId>>,
    pub branch: Option<Reference<BranchId>>,
    pub control: Option<SettledControl>,
    pub document_date: Option<NaiveDate>,
    pub posting_date: Option<NaiveDate>,
    pub amount: Amount,
    pub currency: Option<CurrencyCode>,
    pub rate: Option<Rate>,
    pub method: PaymentMethod,
    pub account: Option<Reference<AccountId>>,
    pub charges: Amount,
    pub reference: Option<&'b str>,
    pub notes: Option<&'b str>,
    pub allocations: &'b [MoneyAllocationBody],
    pub withholding: WithholdingInput,
}
