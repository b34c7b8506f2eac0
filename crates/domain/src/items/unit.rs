//! Units that items are counted in (R51).

use crate::error::Violation;
use crate::ids::Id;
use crate::text::{Code, LocalizedName};

pub type UnitId = Id<Unit>;

/// Most decimals of a quantity in a unit: those that a quantity has.
pub const UNIT_DECIMALS_MAX: u8 = 6;
/// Longest code of UN/ECE Recommendation 20.
pub const UNECE_CODE_LENGTH_MAX: usize = 3;
/// Shortest one.
pub const UNECE_CODE_LENGTH_MIN: usize = 2;

crate::errors! {
    INVALID_UNECE_CODE = "invalid_unece_code", Rule, User,
        "'{value}' is not a code of UN/ECE Recommendation 20: 2 or 3 capital Latin letters or digits, such as KGM.",
        "'{value}' ليس رمزًا من توصية الأمم المتحدة رقم 20: حرفان لاتينيان كبيران أو رقمان أو ثلاثة، مثل KGM.";
}

/// A unit's code in UN/ECE Recommendation 20, as e-invoices name it. The recommendation grows, so only the shape is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UneceCode(String);

impl UneceCode {
    pub fn parse(text: &str) -> Result<Self, Violation> {
        Self::stored(text).ok_or_else(|| {
            let value: String = text.chars().take(UNECE_CODE_LENGTH_MAX + 1).collect();
            Violation::new(&INVALID_UNECE_CODE).with("value", value)
        })
    }
    pub fn stored(text: &str) -> Option<Self> {
        let good = (UNECE_CODE_LENGTH_MIN..=UNECE_CODE_LENGTH_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        good.then(|| Self(text.to_owned()))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for UneceCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A unit that items are counted in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub id: UnitId,
    pub code: Code,
    pub name: LocalizedName,
    pub unece_code: UneceCode,
    /// Decimals that a quantity in this unit has: none of pieces, three of kilograms.
    pub decimals: u8,
    pub active: bool,
    pub version: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_the_recommendation_is_known_by_its_shape() {
        for good in ["C62", "H87", "KGM", "BX", "4G", "XBX", "10"] {
            assert_eq!(UneceCode::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "K", "kgm", "KGMS", "K M", "كجم"] {
            assert_eq!(UneceCode::parse(bad).unwrap_err().def, &INVALID_UNECE_CODE, "{bad}");
        }
    }
}
