//! Distribution (R159): what accounts have gathered in a period goes to values of a dimension, or to other accounts, by a key.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::error::{Violation, Violations};
use crate::ids::{AccountId, DimensionId, DimensionSetId, DimensionValueId, Id, JournalId};
use crate::money::{Amount, Quantity};
use crate::text::{Code, LocalizedName};

pub type DistributionKeyId = Id<DistributionKey>;
pub type StatisticalFigureId = Id<StatisticalFigure>;

/// Most targets of a key.
pub const DISTRIBUTION_TARGETS_MAX: usize = 200;

crate::errors! {
    DISTRIBUTION_SHARES_ZERO = "distribution_shares_zero", Rule, User,
        "All shares of the key are zero, so nothing could be distributed.", "جميع حصص مفتاح التوزيع صفر، فلا يمكن توزيع شيء.";
    DISTRIBUTION_SHARE_NEGATIVE = "distribution_share_negative", Rule, User,
        "A share is not negative.", "لا تكون الحصة سالبة.";
    DISTRIBUTION_SHARE_UNUSED = "distribution_share_unused", Rule, User,
        "Only a key with fixed shares has shares.", "لا حصص إلا لمفتاح توزيع بحصص ثابتة.";
    DISTRIBUTION_TARGET_KIND = "distribution_target_kind", Rule, User,
        "A target is a value where the key has a target dimension, else an account; it is exactly one of them.",
        "الهدف قيمة إذا كان للمفتاح بُعد مستهدف، وإلا فهو حساب؛ وهو واحد منهما بالضبط.";
    DISTRIBUTION_TARGET_REPEATED = "distribution_target_repeated", Rule, User,
        "The target is in the key already.", "الهدف موجود في المفتاح من قبل.";
    DISTRIBUTION_MEMBER_MISSING = "distribution_member_missing", Rule, User,
        "A key with the basis {basis} needs this.", "مفتاح التوزيع الذي أساسه {basis} يتطلب هذا الحقل.";
    DISTRIBUTION_MEMBER_UNUSED = "distribution_member_unused", Rule, User,
        "A key with the basis {basis} has no use for this.", "لا معنى لهذا الحقل في مفتاح توزيع أساسه {basis}.";
    DISTRIBUTION_RANGE_ORDER = "distribution_range_order", Rule, User,
        "The first account code {from} comes after the last one {to}.",
        "رمز الحساب الأول {from} يأتي بعد الأخير {to}.";
    DISTRIBUTION_BASIS_ZERO = "distribution_basis_zero", Rule, User,
        "The basis of key {key} is zero for all its targets in this period.",
        "أساس مفتاح التوزيع {key} صفر لجميع أهدافه في هذه الفترة.";
    DISTRIBUTION_BASIS_MIXED = "distribution_basis_mixed", Rule, User,
        "The basis of key {key} is a debit for some of its targets and a credit for others.",
        "أساس مفتاح التوزيع {key} مدين لبعض أهدافه ودائن لغيرها.";
    STATISTICAL_QUANTITY_NEGATIVE = "statistical_quantity_negative", Rule, User,
        "A quantity is not negative.", "لا تكون الكمية سالبة.";
}

crate::choices! {
    /// What the parts of the targets are measured by.
    pub enum DistributionBasis {
        /// The shares of the key.
        Fixed = "fixed",
        /// What accounts gathered for each target in the period.
        Balance = "balance",
        /// The latest statistical figures of a measure.
        Figures = "figures",
    }
}

/// A value of the target dimension or an account, with its share if shares are fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DistributionTarget {
    pub id: Uuid,
    pub share: Amount,
}

/// By what, from where and where to something is distributed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistributionKey {
    pub id: DistributionKeyId,
    pub code: Code,
    pub name: LocalizedName,
    pub basis: DistributionBasis,
    /// The accounts of which something is distributed; codes are compared as texts, and both ends belong to the range.
    pub source_code_from: Code,
    pub source_code_to: Code,
    /// Lines with a value of the dimension: that one or one below it, or none at all if no value is named.
    pub source_dimension_id: Option<DimensionId>,
    pub source_value_id: Option<DimensionValueId>,
    /// The dimension whose values are the targets; `None` where accounts are.
    pub target_dimension_id: Option<DimensionId>,
    pub targets: Vec<DistributionTarget>,
    /// The accounts that measure the values, if the basis is a balance.
    pub basis_code_from: Option<Code>,
    pub basis_code_to: Option<Code>,
    /// The measure of the figures, if they are the basis.
    pub measure: Option<Code>,
    pub journal_id: Option<JournalId>,
    /// Every month ought to have a run.
    pub monthly: bool,
    pub active: bool,
    pub version: i64,
}

/// A quantity that belongs to a value of a dimension from a day on, such as floor space or heads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatisticalFigure {
    pub id: StatisticalFigureId,
    pub measure: Code,
    pub dimension_id: DimensionId,
    pub value_id: DimensionValueId,
    pub date: NaiveDate,
    pub quantity: Quantity,
    pub version: i64,
}

impl DistributionKey {
    /// Contradictions in the key.
    pub fn check(&self) -> Violations {
        let mut violations = Violations::new();
        self.check_members(&mut violations);
        self.check_shares(&mut violations);
        let ranges = [
            (Some(&self.source_code_from), Some(&self.source_code_to), "/sourceCodeTo"),
            (self.basis_code_from.as_ref(), self.basis_code_to.as_ref(), "/basisCodeTo"),
        ];
        for (from, to, at) in ranges {
            if let Some((from, to)) = from.zip(to).filter(|(from, to)| from.as_str() > to.as_str()) {
                let order = Violation::new(&DISTRIBUTION_RANGE_ORDER).at(at);
                violations.push(order.with("from", from).with("to", to));
            }
        }
        violations
    }

    fn check_members(&self, violations: &mut Violations) {
        let values = self.target_dimension_id.is_some();
        let (balance, figures) =
            (self.basis == DistributionBasis::Balance, self.basis == DistributionBasis::Figures);
        let mut need = |at: &str, given: bool, wanted: bool, needed: bool| {
            let def = match given {
                true if !wanted => &DISTRIBUTION_MEMBER_UNUSED,
                false if needed => &DISTRIBUTION_MEMBER_MISSING,
                _ => return,
            };
            violations.push(Violation::new(def).at(at).with("basis", self.basis));
        };
        need("/basisCodeFrom", self.basis_code_from.is_some(), balance && values, balance && values);
        need("/basisCodeTo", self.basis_code_to.is_some(), balance && values, false);
        need("/measure", self.measure.is_some(), figures, figures);
        need("/targetDimensionId", values, true, figures);
        need("/sourceDimensionId", self.source_dimension_id.is_some(), true, self.source_value_id.is_some());
    }

    fn check_shares(&self, violations: &mut Violations) {
        let fixed = self.basis == DistributionBasis::Fixed;
        let mut seen = std::collections::BTreeSet::new();
        for (index, target) in self.targets.iter().enumerate() {
            if !seen.insert(target.id) {
                let at = format!("/targets/{index}");
                violations.push(Violation::new(&DISTRIBUTION_TARGET_REPEATED).at(at));
            }
            let def = match target.share {
                share if share.is_negative() => &DISTRIBUTION_SHARE_NEGATIVE,
                share if !share.is_zero() && !fixed => &DISTRIBUTION_SHARE_UNUSED,
                _ => continue,
            };
            violations.push(Violation::new(def).at(format!("/targets/{index}/share")));
        }
        if fixed && self.targets.iter().all(|target| target.share.is_zero()) {
            violations.push(Violation::new(&DISTRIBUTION_SHARES_ZERO).at("/targets"));
        }
    }

    /// The weights of the targets by what they measure; shares need none.
    pub fn weights(&self, measured: &BTreeMap<Uuid, Amount>) -> Result<Vec<Amount>, Violation> {
        let of = |target: &DistributionTarget| match self.basis {
            DistributionBasis::Fixed => target.share,
            _ => measured.get(&target.id).copied().unwrap_or_default(),
        };
        let weights: Vec<Amount> = self.targets.iter().map(of).collect();
        let refuse = |def| Err(Violation::new(def).with("key", &self.code));
        match (weights.iter().any(|weight| weight.is_positive()), weights.iter().any(|w| w.is_negative())) {
            (true, false) => Ok(weights),
            // Income, which is a credit.
            (false, true) => Ok(weights.into_iter().map(Amount::abs).collect()),
            (true, true) => refuse(&DISTRIBUTION_BASIS_MIXED),
            (false, false) => refuse(&DISTRIBUTION_BASIS_ZERO),
        }
    }
}

/// What an account holds under a combination of dimension values. Debits are positive.
pub type Held = (AccountId, DimensionSetId, Amount);

/// Splits every source over the targets by largest remainder, so that the parts of each are exactly what it held. The index
/// of the target stands beside the part. `None` when an amount does not fit.
pub fn distribute(
    sources: &[Held],
    weights: &[Amount],
    scale: u8,
) -> Option<Vec<(AccountId, DimensionSetId, usize, Amount)>> {
    let mut parts = Vec::with_capacity(sources.len() * weights.len());
    for (account, set, amount) in sources {
        let of_source = amount.split(weights, scale)?;
        let of_source = of_source.into_iter().enumerate().filter(|(_, part)| !part.is_zero());
        parts.extend(of_source.map(|(target, part)| (*account, *set, target, part)));
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    fn key(basis: DistributionBasis, shares: &[&str]) -> DistributionKey {
        let code = |text: &str| Code::parse(text).unwrap();
        let target =
            |(id, share): (u128, &&str)| DistributionTarget { id: Uuid::from_u128(id), share: amount(share) };
        DistributionKey {
            id: DistributionKeyId::new(Uuid::nil()),
            code: code("RENT"),
            name: LocalizedName::parse(None, Some("Rent")).unwrap(),
            basis,
            source_code_from: code("6210"),
            source_code_to: code("6219"),
            source_dimension_id: None,
            source_value_id: None,
            target_dimension_id: Some(DimensionId::new(Uuid::from_u128(9))),
            targets: (1..).zip(shares).map(target).collect(),
            basis_code_from: None,
            basis_code_to: None,
            measure: None,
            journal_id: None,
            monthly: true,
            active: true,
            version: 1,
        }
    }

    fn said(key: &DistributionKey) -> Vec<(String, &'static str)> {
        let violations = key.check().into_vec();
        violations.into_iter().map(|violation| (violation.pointer.clone(), violation.def.code)).collect()
    }

    #[test]
    fn a_key_says_everything_that_is_wrong_with_it() {
        assert_eq!(said(&key(DistributionBasis::Fixed, &["30", "70"])), []);
        let zero = key(DistributionBasis::Fixed, &["0", "0"]);
        assert_eq!(said(&zero), [("/targets".to_owned(), "distribution_shares_zero")]);
        let mut wrong = key(DistributionBasis::Figures, &["-1", "2"]);
        wrong.targets[1].id = wrong.targets[0].id;
        wrong.source_code_to = Code::parse("61").unwrap();
        wrong.target_dimension_id = None;
        let mut codes: Vec<_> = said(&wrong).into_iter().map(|(at, code)| format!("{at} {code}")).collect();
        codes.sort();
        let expected = [
            "/measure distribution_member_missing",
            "/sourceCodeTo distribution_range_order",
            "/targetDimensionId distribution_member_missing",
            "/targets/0/share distribution_share_negative",
            "/targets/1 distribution_target_repeated",
            "/targets/1/share distribution_share_unused",
        ];
        assert_eq!(codes, expected);
    }

    #[test]
    fn weights_are_all_on_one_side_and_not_all_zero() {
        let key = key(DistributionBasis::Balance, &["0", "0"]);
        let measured = |first: &str, second: &str| {
            let of = [(1, first), (2, second)].map(|(id, text)| (Uuid::from_u128(id), amount(text)));
            key.weights(&of.into_iter().collect())
        };
        assert_eq!(measured("5", "0").unwrap(), [amount("5"), amount("0")]);
        assert_eq!(measured("-5", "-1").unwrap(), [amount("5"), amount("1")]);
        assert_eq!(measured("5", "-1").unwrap_err().def, &DISTRIBUTION_BASIS_MIXED);
        assert_eq!(measured("0", "0").unwrap_err().def, &DISTRIBUTION_BASIS_ZERO);
    }

    proptest! {
        #[test]
        fn no_halala_is_created_or_lost(
            sources in prop::collection::vec(-1_000_000_000_i64..1_000_000_000, 1..12),
            weights in prop::collection::vec(0_i64..1_000_000, 1..12),
            scale in 0_u8..=3,
        ) {
            prop_assume!(weights.iter().any(|weight| *weight > 0));
            let step = 10_i64.pow(4 - u32::from(scale));
            let account = |index: usize| AccountId::new(Uuid::from_u128(index as u128));
            let held: Vec<Held> = sources
                .iter()
                .enumerate()
                .map(|(index, steps)| (account(index), DimensionSetId::EMPTY, Amount::from_scaled(steps * step)))
                .collect();
            let weights: Vec<_> = weights.into_iter().map(Amount::from_scaled).collect();
            let parts = distribute(&held, &weights, scale).unwrap();
            for (source, _, amount) in &held {
                let of_source = parts.iter().filter(|(account, ..)| account == source);
                prop_assert_eq!(Amount::sum(of_source.map(|(.., part)| *part)), Some(*amount));
            }
            prop_assert!(parts.iter().all(|(_, _, target, part)| part.fits(scale) && !weights[*target].is_zero()));
            prop_assert_eq!(distribute(&held, &weights, scale).unwrap(), parts, "the same every time");
        }
    }
}
