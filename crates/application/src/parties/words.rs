//! Enumerations of parties as words of the API.

use domain::parties::address::AddressRole;
use domain::parties::bank_account::Verification;
use domain::parties::party::{PartyKind, PartyStatus};
use domain::parties::payment_term::{DiscountBasis, DueFrom};
use domain::parties::registration::RegistrationScheme;
use domain::parties::roles::{CreditCheck, CustomerBlock, Residency, SupplierBlock};

use crate::{shown_word, word_type};

word_type!(AddressRole, "addressRole");
word_type!(PartyKind, "partyKind");
word_type!(DiscountBasis, "discountBasis");
word_type!(DueFrom, "dueFrom");
word_type!(RegistrationScheme, "registrationScheme");
word_type!(CreditCheck, "creditCheck");
word_type!(CustomerBlock, "customerBlock");
word_type!(Residency, "residency");
word_type!(SupplierBlock, "supplierBlock");
shown_word!(PartyKind);
shown_word!(PartyStatus);
shown_word!(DiscountBasis);
shown_word!(Verification);
