//! Categories of items, which form a tree (R54).

use crate::error::Violation;
use crate::ids::Id;
use crate::tax::tax_code::TaxCodeId;
use crate::text::{Code, LocalizedName};

pub type ItemCategoryId = Id<ItemCategory>;

/// Most levels of categories.
pub const CATEGORY_DEPTH_MAX: usize = 10;

crate::errors! {
    ITEM_CATEGORY_CYCLE = "item_category_cycle", Rule, User,
        "A category does not lie below itself.", "لا يمكن أن تقع الفئة تحت نفسها.";
    ITEM_CATEGORY_TOO_DEEP = "item_category_too_deep", Rule, User,
        "Categories have at most {max} levels.", "لا تزيد مستويات الفئات على {max}.";
}

/// A category of items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemCategory {
    pub id: ItemCategoryId,
    pub code: Code,
    pub name: LocalizedName,
    pub parent_id: Option<ItemCategoryId>,
    /// The tax code for sales of its items that name none.
    pub sales_tax_code_id: Option<TaxCodeId>,
    /// The tax code for purchases of its items that name none.
    pub purchase_tax_code_id: Option<TaxCodeId>,
    pub active: bool,
    pub version: i64,
}

impl ItemCategory {
    /// Whether the category may lie below `parent`, whose own ancestors are `ancestors`, with so many levels below itself.
    pub fn check_parent(
        &self,
        parent: ItemCategoryId,
        ancestors: &[ItemCategoryId],
        levels_below: usize,
    ) -> Result<(), Violation> {
        if parent == self.id || ancestors.contains(&self.id) {
            return Err(Violation::new(&ITEM_CATEGORY_CYCLE).at("/parentId"));
        }
        if ancestors.len() + 2 + levels_below > CATEGORY_DEPTH_MAX {
            let too_deep = Violation::new(&ITEM_CATEGORY_TOO_DEEP).at("/parentId");
            return Err(too_deep.with("max", CATEGORY_DEPTH_MAX));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_tree_has_no_circle_and_a_bounded_depth() {
        let id = |number| ItemCategoryId::new(Uuid::from_u128(number));
        let category = ItemCategory {
            id: id(1),
            code: Code::parse("GOODS").unwrap(),
            name: LocalizedName::parse(None, Some("Goods")).unwrap(),
            parent_id: None,
            sales_tax_code_id: None,
            purchase_tax_code_id: None,
            active: true,
            version: 1,
        };
        let above: Vec<_> = (3..=10).map(id).collect();
        assert!(category.check_parent(id(2), &above, 0).is_ok());
        for (parent, ancestors, below) in [(1, &above[..], 0), (2, &[id(1)][..], 0), (2, &above[..], 1)] {
            assert!(category.check_parent(id(parent), ancestors, below).is_err());
        }
    }
}
