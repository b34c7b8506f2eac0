//! Enumerations of taxes as words of the API.

use domain::tax::category::TaxCategory;
use domain::tax::exemption::ExemptionReason;
use domain::tax::tax_code::{IrrecoverableTo, TaxKind};
use domain::tax::tax_entry::TaxSide;

use crate::{shown_word, word_type};

word_type!(TaxKind, "taxKind");
word_type!(TaxSide, "taxSide");
word_type!(TaxCategory, "taxCategory");
word_type!(ExemptionReason, "exemptionReason");
word_type!(IrrecoverableTo, "irrecoverableTo");
shown_word!(TaxKind);
shown_word!(TaxCategory);
shown_word!(ExemptionReason);
shown_word!(IrrecoverableTo);
