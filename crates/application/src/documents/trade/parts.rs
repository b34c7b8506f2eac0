//! The parts of the bodies of invoices, bills and notes.

use domain::accounting::journal_entry::REFERENCE_LENGTH_MAX;
use domain::documents::document_type::LineKind;
use domain::documents::money_document::PaymentMethod;
use domain::ids::AccountId;
use domain::items::item::ItemId;
use domain::items::match_policy::MatchPolicy;
use domain::items::unit::UnitId;
use domain::money::{Amount, Percentage, Price, Quantity};
use domain::tax::document::{CHARGES_MAX, LINES_MAX};
use domain::text::{Code, DESCRIPTION_LENGTH_MAX};

use crate::documents::ports::DocumentId;
use crate::request;
use crate::wire::{DimensionCodes, Int, Text};

request! {
    /// A line of a document. It names an item, or says in words what it is for.
    pub struct DocumentLineBody {
        /// The item, by its id; give either the id or the code.
        item_id: Option<ItemId>,
        /// The item, by its code.
        item_code: Option<Code>,
        /// The description of the line; by default the name of the item.
        description: Option<Text<DESCRIPTION_LENGTH_MAX>> = "Consulting, March",
        /// The number of units.
        quantity: Quantity => "1",
        /// The unit, by its id; by default the one in which the item is sold or bought.
        unit_id: Option<UnitId>,
        /// The unit, by its code.
        unit_code: Option<Code>,
        /// The price of one unit, or of as many as `priceBaseQuantity` says. By default that of the price list.
        unit_price: Option<Price> = "1000.00",
        /// The number of units that the price is for.
        price_base_quantity: Quantity => "1",
        /// The discount of the line in per cent. Give either a percentage or an amount.
        discount_percent: Option<Percentage>,
        /// The discount of the line as an amount.
        discount_amount: Option<Amount>,
        /// The tax code; by default that of the item, then that of the party.
        tax_code: Option<Code> = "S15",
        /// The account, by its id; by default the posting rules decide.
        account_id: Option<AccountId>,
        /// The account, by its code.
        account_code: Option<Code>,
        /// The values of dimensions: dimension code to value code. They override those of the document.
        dimensions: Option<DimensionCodes>,
        /// The line of the corrected document that comes back. What is not given here is taken from there. A line of a credit note
        /// without a price and a discount of its own is worth its share of what the document came to, with the document's discount;
        /// what comes back brings its share of the document's charges, unless the note has a discount or charges. Notes only.
        corrects_line_no: Option<Int<1, { LINES_MAX as i64 }>>,
        /// `tax_only` for import VAT on a customs bill: then `taxBase` and `taxAmount` are those of the declaration, and the
        /// line has neither quantity nor price.
        kind: LineKind => "standard",
        /// The value of the goods with duty, on which the VAT was charged. It is not part of the amount owed.
        tax_base: Option<Amount>,
        /// The VAT.
        tax_amount: Option<Amount>,
        /// The order that the line bills, with `orderLineNo`. What is not given here is taken from there. Invoices only.
        order_id: Option<DocumentId>,
        /// The line of the order that is billed.
        order_line_no: Option<Int<1, { LINES_MAX as i64 }>>,
        /// The number of the line, by default its place. It stays the same however often the order changes. Orders only.
        line_no: Option<Int<1, { LINES_MAX as i64 }>>,
        /// How far receipts may go beyond the quantity of the line, in per cent; by default what its item says, then the supplier, then the
        /// company profile. Purchase orders only.
        over_receipt_percent: Option<Percentage>,
        /// Whether bills of the line wait for its receipt (`three_way`) or not (`two_way`), likewise. Purchase orders only.
        match_policy: Option<MatchPolicy>,
    }

    /// A charge on the whole document, such as freight.
    pub struct DocumentChargeBody {
        /// The item that stands for the charge, by its id.
        item_id: Option<ItemId>,
        /// The item, by its code.
        item_code: Option<Code>,
        /// The description of the charge; by default the name of the item.
        description: Option<Text<DESCRIPTION_LENGTH_MAX>> = "Freight",
        /// The amount.
        amount: Amount = "25.00",
        /// The tax code; by default that of the item, then that of the party.
        tax_code: Option<Code> = "S15",
        /// The account, by its id; by default the posting rules decide.
        account_id: Option<AccountId>,
        /// The account, by its code.
        account_code: Option<Code>,
        /// The order whose charge is billed, with `orderChargeNo`; lines of the document bill it, too. Invoices only.
        order_id: Option<DocumentId>,
        /// The place of the charge in the order. A charge is billed once.
        order_charge_no: Option<Int<1, { CHARGES_MAX as i64 }>>,
    }

    /// A prepayment invoice that is deducted.
    pub struct PrepaymentBody {
        /// The prepayment invoice.
        invoice_id: DocumentId,
        /// The amount without VAT that is deducted; by default as much as fits.
        net: Option<Amount>,
    }

    /// Money that is received with the invoice.
    pub struct PaymentAtOnceBody {
        /// The way in which it is paid.
        method: PaymentMethod = "cash",
        /// The amount; by default what the invoice comes to.
        amount: Option<Amount>,
        /// The account that takes the money, by its code; by default the posting rules decide by the method.
        account_code: Option<Code>,
        /// The number of the transfer, the cheque or the card's slip.
        reference: Option<Text<REFERENCE_LENGTH_MAX>>,
    }
}
