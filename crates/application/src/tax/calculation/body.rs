//! The document to calculate.

use chrono::NaiveDate;
use domain::money::{AMOUNT_SCALE, Amount, CurrencyCode, Percentage, Price, Quantity};
use domain::tax::category::TaxCategory;
use domain::tax::document::{CHARGES_MAX, LINES_MAX};
use domain::tax::exemption::ExemptionReason;
use domain::text::Code;

use crate::request;
use crate::wire::{Int, List};

request! {
    /// A document whose taxes are to be calculated. Nothing of it is kept.
    pub struct TaxCalculationBody {
        /// The currency of all amounts.
        currency: CurrencyCode = "SAR",
        /// Decimals of the amounts; by default those of the currency. Documents that become Saudi e-invoices have at most 2.
        decimals: Option<Int<0, { AMOUNT_SCALE as i64 }>>,
        /// The tax date, on which the rates of tax codes are looked up; today by default.
        tax_date: Option<NaiveDate> = "2026-03-15",
        /// Whether prices, discounts and charges include VAT.
        prices_include_vat: bool => false,
        /// The lines.
        lines: List<TaxLineBody, LINES_MAX, 1> = [{
            "quantity": "3", "unitPrice": "33.33", "discountPercent": "7.5", "taxCategory": "S", "taxRate": "15"
        }],
        /// A discount on the whole document, in per cent of its lines. Give either a percentage or an amount.
        document_discount_percent: Option<Percentage>,
        /// A discount on the whole document, as an amount.
        document_discount_amount: Option<Amount>,
        /// Charges on the whole document, such as freight.
        charges: List<TaxChargeBody, CHARGES_MAX> => [],
        /// The amount, VAT included, that was paid before.
        prepaid_amount: Option<Amount>,
        /// The step to which the payable amount is rounded, such as 0.05 for cash.
        payable_rounding_step: Option<Amount>,
    }

    /// One line. Its tax is named by a tax code, or by category and rate.
    pub struct TaxLineBody {
        /// The number of units.
        quantity: Quantity = "3",
        /// The price of one unit, or of as many as `priceBaseQuantity` says.
        unit_price: Price = "33.33",
        /// The number of units that the price is for.
        price_base_quantity: Quantity => "1",
        /// The discount of the line in per cent. Give either a percentage or an amount.
        discount_percent: Option<Percentage> = "7.5",
        /// The discount of the line as an amount.
        discount_amount: Option<Amount>,
        /// An amount that is added to the line after its discount.
        charge_amount: Option<Amount>,
        /// The tax code.
        tax_code: Option<Code>,
        /// The category of VAT, in place of a tax code.
        tax_category: Option<TaxCategory> = "S",
        /// The rate in per cent that goes with the category; 0 by default, except for category `S`.
        tax_rate: Option<Percentage> = "15",
        /// The reason that goes with the category `Z`, `E` or `O`.
        tax_reason: Option<ExemptionReason>,
    }

    /// A charge on the whole document. Its tax is named as that of a line.
    pub struct TaxChargeBody {
        /// The amount.
        amount: Amount = "25.00",
        /// The tax code.
        tax_code: Option<Code> = "S15",
        /// The category of VAT, in place of a tax code.
        tax_category: Option<TaxCategory>,
        /// The rate in per cent that goes with the category; 0 by default, except for category `S`.
        tax_rate: Option<Percentage>,
        /// The reason that goes with the category `Z`, `E` or `O`.
        tax_reason: Option<ExemptionReason>,
    }
}
