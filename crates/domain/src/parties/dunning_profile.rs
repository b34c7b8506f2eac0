//! Dunning profiles: how customers are reminded of what is overdue, level by level (R109).

use chrono::NaiveDate;

use super::roles::CustomerBlock;
use crate::error::Violation;
use crate::ids::Id;
use crate::items::item::ItemId;
use crate::money::{Amount, Currency};
use crate::tax::tax_code::TaxCodeId;
use crate::text::{Code, LocalizedName};

pub type DunningProfileId = Id<DunningProfile>;

/// Most levels of a profile.
pub const DUNNING_LEVELS_MAX: usize = 9;
/// Most days after which a level is reached.
pub const DUNNING_DAYS_MAX: i64 = 3_650;
/// Longest text of a level in one language, in characters.
pub const DUNNING_TEXT_LENGTH_MAX: usize = 2_000;

crate::errors! {
    DUNNING_LEVELS_ORDER = "dunning_levels_order", Rule, User,
        "Each level is reached after more days than the one before it, that is after more than {days}.",
        "يُبلَغ كل مستوى بعد أيام أكثر من المستوى الذي قبله، أي بعد أكثر من {days}.";
    DUNNING_FEE_TAX_CODE = "dunning_fee_tax_code", Rule, User,
        "A fee without an item needs a tax code.", "الرسم الذي ليس له صنف يحتاج إلى رمز ضريبي.";
    DUNNING_FEE_NOT_POSITIVE = "dunning_fee_not_positive", Rule, User,
        "A fee is more than zero; leave it out to charge none.", "الرسم أكبر من صفر؛ اتركه إذا كنت لا تفرض رسمًا.";
}

/// The fee of a level. It is charged by an invoice in the company currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DunningFee {
    /// The item that is charged.
    pub item: Option<ItemId>,
    /// `None` is the price of the item.
    pub amount: Option<Amount>,
    /// `None` is the tax code of the item.
    pub tax_code: Option<TaxCodeId>,
}

impl DunningFee {
    /// Whether the invoice will know what to charge. Pointers begin at the level.
    pub fn check(&self, company: Currency) -> Result<(), Violation> {
        if self.item.is_none() && self.tax_code.is_none() {
            return Err(Violation::new(&DUNNING_FEE_TAX_CODE).at("/feeTaxCode"));
        }
        let Some(amount) = self.amount else { return Ok(()) };
        if !amount.is_positive() {
            return Err(Violation::new(&DUNNING_FEE_NOT_POSITIVE).at("/feeAmount"));
        }
        amount.check_in(company).map_err(|refused| refused.at("/feeAmount"))
    }
}

/// A text that a notice bears.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DunningText {
    pub ar: Option<String>,
    pub en: Option<String>,
}

/// A level of dunning, which an item reaches once it is overdue for some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DunningLevel {
    pub days_overdue: u32,
    pub fee: Option<DunningFee>,
    pub text: DunningText,
    /// The transactions for which the customer is blocked from this level on.
    pub block: CustomerBlock,
}

/// Levels in the order of their days; the first is level 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DunningLevels(Vec<DunningLevel>);

impl DunningLevels {
    /// All violations at once, at `/levels/…`.
    pub fn new(levels: Vec<DunningLevel>) -> Result<Self, Vec<Violation>> {
        let disordered = levels.windows(2).enumerate().filter_map(|(index, pair)| {
            let before = pair[0].days_overdue;
            let at = format!("/levels/{}/daysOverdue", index + 1);
            let refused = Violation::new(&DUNNING_LEVELS_ORDER).at(at).with("days", before);
            (pair[1].days_overdue <= before).then_some(refused)
        });
        let disordered: Vec<_> = disordered.collect();
        if disordered.is_empty() { Ok(Self(levels)) } else { Err(disordered) }
    }

    pub fn iter(&self) -> impl Iterator<Item = &DunningLevel> {
        self.0.iter()
    }

    /// The highest level that an item has reached, if any.
    pub fn reached(&self, due: NaiveDate, day: NaiveDate) -> Option<u32> {
        let overdue = day.signed_duration_since(due).num_days();
        let passed = self.0.iter().filter(|level| i64::from(level.days_overdue) <= overdue).count();
        u32::try_from(passed).ok().filter(|level| *level > 0 && overdue > 0)
    }

    pub fn get(&self, level: u32) -> Option<&DunningLevel> {
        self.0.get(usize::try_from(level.checked_sub(1)?).ok()?)
    }
}

/// How customers are reminded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DunningProfile {
    pub id: DunningProfileId,
    pub code: Code,
    pub name: LocalizedName,
    pub levels: DunningLevels,
    pub version: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::CurrencyCode;
    use crate::time::parse_date;

    fn level(days_overdue: u32) -> DunningLevel {
        DunningLevel { days_overdue, fee: None, text: DunningText::default(), block: CustomerBlock::None }
    }

    #[test]
    fn an_item_has_the_highest_level_whose_days_have_passed() {
        let levels = DunningLevels::new(vec![level(0), level(15), level(30)]).unwrap();
        let due = parse_date("2026-03-01").unwrap();
        for (day, reached) in [
            ("2026-03-01", None),
            ("2026-03-02", Some(1)),
            ("2026-03-15", Some(1)),
            ("2026-03-16", Some(2)),
            ("2026-03-31", Some(3)),
            ("2027-03-31", Some(3)),
        ] {
            assert_eq!(levels.reached(due, parse_date(day).unwrap()), reached, "{day}");
        }
        let late = DunningLevels::new(vec![level(10)]).unwrap();
        assert_eq!(late.reached(due, parse_date("2026-03-10").unwrap()), None);
    }

    #[test]
    fn levels_are_in_the_order_of_their_days() {
        let refused = DunningLevels::new(vec![level(15), level(15), level(10)]).unwrap_err();
        let pointers: Vec<_> = refused.iter().map(|one| one.pointer.as_str()).collect();
        assert_eq!(pointers, ["/levels/1/daysOverdue", "/levels/2/daysOverdue"]);
    }

    #[test]
    fn a_fee_says_what_is_charged() {
        let sar = Currency::iso(CurrencyCode::parse("SAR").unwrap());
        let fee = |amount: &str| DunningFee {
            item: None,
            amount: Some(Amount::parse(amount).unwrap()),
            tax_code: None,
        };
        assert_eq!(fee("50").check(sar).unwrap_err().def, &DUNNING_FEE_TAX_CODE);
        let tax_code = Some(TaxCodeId::new(uuid::Uuid::nil()));
        let taxed = |amount: &str| DunningFee { tax_code, ..fee(amount) };
        assert_eq!(taxed("0").check(sar).unwrap_err().def, &DUNNING_FEE_NOT_POSITIVE);
        assert!(taxed("0.001").check(sar).is_err());
        assert!(taxed("50").check(sar).is_ok());
    }
}
