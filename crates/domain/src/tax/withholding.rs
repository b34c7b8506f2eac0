//! Tax that is withheld from payments to suppliers abroad (R68).

use crate::money::{Amount, Percentage};

/// A payment and the tax that is withheld from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withheld {
    pub gross: Amount,
    pub tax: Amount,
    /// What the supplier gets.
    pub net: Amount,
}

impl Withheld {
    /// The tax on what a supplier is paid. `None` on overflow.
    pub fn from(gross: Amount, rate: Percentage, scale: u8) -> Option<Self> {
        let tax = rate.of(gross, scale)?;
        Some(Self { gross, tax, net: gross.checked_sub(tax)? })
    }

    /// The payment of which the supplier gets `net` after tax, which the payer bears. `None` on overflow and at 100 per cent.
    pub fn grossed_up(net: Amount, rate: Percentage, scale: u8) -> Option<Self> {
        let gross = rate.before(net, scale)?;
        Some(Self { gross, tax: gross.checked_sub(net)?, net })
    }
}
