//! Analytical dimensions (R9): their values, the combinations on lines, and the rules that accounts set.

mod contradiction;
mod default;
mod rule;
mod tree;

pub use contradiction::contradiction;
pub use default::{DimensionDefault, DimensionDefaultId, DimensionDefaults};
pub use rule::{
    AccountSelector, COMBINATION_VALUES_MIN, DimensionRule, DimensionRuleKind, DimensionRuleRecord, check,
};
pub use tree::{DimensionTree, VALUE_DEPTH_MAX};

use sha2::{Digest, Sha256};

use crate::error::Violation;
use crate::ids::{DimensionId, DimensionValueId};
use crate::text::{Code, LocalizedName};

/// Most dimensions on one line.
pub const DIMENSIONS_PER_LINE_MAX: usize = 16;

crate::errors! {
    DUPLICATE_DIMENSION = "duplicate_dimension", Rule, User,
        "A dimension has at most one value on a line.", "لا يكون للبُعد أكثر من قيمة واحدة في السطر.";
    TOO_MANY_DIMENSIONS = "too_many_dimensions", Rule, User,
        "At most {max} dimensions on a line; this has {count}.", "بحد أقصى {max} بُعدًا في السطر؛ العدد الحالي {count}.";
    DIMENSION_REQUIRED = "dimension_required", Rule, User,
        "Account {account} requires the dimension {dimension}.", "الحساب {account} يتطلب البُعد {dimension}.";
    DIMENSION_FIXED = "dimension_fixed", Rule, User,
        "Account {account} takes only one value of a dimension, or one below it: {dimension}.",
        "الحساب {account} لا يقبل إلا قيمة واحدة للبُعد أو ما تحتها: {dimension}.";
    DIMENSION_FORBIDDEN = "dimension_forbidden", Rule, User,
        "Account {account} takes no dimension {dimension}.", "الحساب {account} لا يقبل البُعد {dimension}.";
    DIMENSION_COMBINATION_BLOCKED = "dimension_combination_blocked", Rule, User,
        "This combination of dimensions is blocked on account {account}: {dimension}.",
        "هذا الجمع بين الأبعاد محظور على الحساب {account}: {dimension}.";
    DIMENSION_VALUE_IS_HEADING = "dimension_value_is_heading", Rule, User,
        "{value} is a heading: it takes no postings itself, only the values below it do.",
        "{value} قيمة رئيسية: لا تقبل الترحيل بنفسها، بل القيم التي تحتها فقط.";
    DIMENSION_RULES_CONTRADICT = "dimension_rules_contradict", Rule, Administrator,
        "The rule contradicts the rule {rule} ({kind}, {dimension}) for the same accounts.",
        "تتعارض مع القاعدة {rule} ({kind}، {dimension}) للحسابات نفسها.";
    DIMENSION_VALUE_CYCLE = "dimension_value_cycle", Rule, User,
        "A dimension value cannot lie below itself.", "لا يمكن أن تقع قيمة البُعد تحت نفسها.";
}

/// A way to analyse lines: cost centre, project, branch or one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    pub id: DimensionId,
    pub code: Code,
    pub name: LocalizedName,
    pub active: bool,
    pub version: i64,
}

/// One value of a dimension; values may form a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DimensionValue {
    pub id: DimensionValueId,
    pub dimension_id: DimensionId,
    pub code: Code,
    pub name: LocalizedName,
    pub parent_id: Option<DimensionValueId>,
    /// A heading takes no postings itself, only the values below it do.
    pub postable: bool,
    pub active: bool,
    pub version: i64,
}

impl DimensionValue {
    /// Whether the value may lie below `parent`, whose own ancestors are `ancestors`.
    pub fn check_parent(
        &self,
        parent: DimensionValueId,
        ancestors: &[DimensionValueId],
    ) -> Result<(), Violation> {
        if parent == self.id || ancestors.contains(&self.id) {
            return Err(Violation::new(&DIMENSION_VALUE_CYCLE).at("/parentId"));
        }
        Ok(())
    }
}

/// The dimension values of one line: at most one value a dimension, always in the same order.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DimensionCombination(Vec<(DimensionId, DimensionValueId)>);

impl DimensionCombination {
    /// The combination without any dimension.
    pub const EMPTY: Self = Self(Vec::new());

    /// Sorts the pairs; `duplicate_dimension` or `too_many_dimensions` at the combination's own pointer.
    pub fn new(mut pairs: Vec<(DimensionId, DimensionValueId)>) -> Result<Self, Violation> {
        if pairs.len() > DIMENSIONS_PER_LINE_MAX {
            return Err(Violation::new(&TOO_MANY_DIMENSIONS)
                .with("max", DIMENSIONS_PER_LINE_MAX)
                .with("count", pairs.len()));
        }
        pairs.sort_unstable();
        if pairs.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(Violation::new(&DUPLICATE_DIMENSION));
        }
        Ok(Self(pairs))
    }

    pub fn pairs(&self) -> &[(DimensionId, DimensionValueId)] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn value(&self, dimension: DimensionId) -> Option<DimensionValueId> {
        self.0.iter().find(|(id, _)| *id == dimension).map(|(_, value)| *value)
    }

    /// The hash by which a stored combination is found: it does not depend on the order in which the values were given.
    pub fn key(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for (dimension, value) in &self.0 {
            hash.update(dimension.uuid().as_bytes());
            hash.update(value.uuid().as_bytes());
        }
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn pair(dimension: u128, value: u128) -> (DimensionId, DimensionValueId) {
        (DimensionId::new(Uuid::from_u128(dimension)), DimensionValueId::new(Uuid::from_u128(value)))
    }

    #[test]
    fn a_combination_is_the_same_in_any_order() {
        let one = DimensionCombination::new(vec![pair(2, 20), pair(1, 10)]).unwrap();
        let other = DimensionCombination::new(vec![pair(1, 10), pair(2, 20)]).unwrap();
        assert_eq!(one, other);
        assert_eq!(one.key(), other.key());
        assert_ne!(one.key(), DimensionCombination::new(vec![pair(1, 20), pair(2, 10)]).unwrap().key());
        assert_ne!(one.key(), DimensionCombination::EMPTY.key());
        assert_eq!(one.value(pair(2, 0).0), Some(pair(0, 20).1));
    }

    #[test]
    fn a_dimension_has_one_value_and_a_line_has_sixteen_dimensions() {
        let twice = DimensionCombination::new(vec![pair(1, 10), pair(1, 11)]).unwrap_err();
        assert_eq!(twice.def, &DUPLICATE_DIMENSION);
        let many = |count: u128| DimensionCombination::new((0..count).map(|n| pair(n, n)).collect());
        assert!(many(16).is_ok());
        assert_eq!(many(17).unwrap_err().def, &TOO_MANY_DIMENSIONS);
    }

    #[test]
    fn values_do_not_lie_below_themselves() {
        let value = DimensionValue {
            id: pair(0, 5).1,
            dimension_id: pair(1, 0).0,
            code: Code::parse("RIYADH").unwrap(),
            name: LocalizedName::parse(Some("الرياض"), None).unwrap(),
            parent_id: None,
            postable: true,
            active: true,
            version: 1,
        };
        assert!(value.check_parent(pair(0, 6).1, &[pair(0, 7).1]).is_ok());
        assert!(value.check_parent(pair(0, 6).1, &[pair(0, 5).1]).is_err());
        assert!(value.check_parent(pair(0, 5).1, &[]).is_err());
    }
}
