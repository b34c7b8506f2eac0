//! Categories of items, which may form a tree.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::items::category::{ITEM_CATEGORY_CYCLE, ITEM_CATEGORY_TOO_DEEP, ItemCategory, ItemCategoryId};
use domain::items::item::{PURCHASE_TAX_KINDS, SALES_TAX_KINDS, check_tax_kind};
use domain::tax::tax_code::{TAX_CODE_KIND_NOT_TAKEN, TaxCode, TaxCodeId, TaxKind};
use domain::text::{Code, LocalizedName};
use uuid::Uuid;

use super::error::REFERENCE_INACTIVE;
use super::known::{Known, Names};
use crate::error::{AppResult, UNKNOWN_REFERENCE};
use crate::master_data::{Check, MasterData};
use crate::reference::{Reference, by_id_or_code, patched};
use crate::views::NameView;
use crate::wire::{Optional, Patch};
use crate::{request, resource, view};

request! {
    /// A new category of items.
    pub struct NewItemCategory as CreateItemCategoryBody {
        /// Short code, unique in the tenant.
        code: Code = "CABLES",
        /// Name in Arabic, English or both.
        name: LocalizedName = { "ar": "الكابلات", "en": "Cables" },
        /// The category above it, by its id.
        parent_id: Option<ItemCategoryId>,
        /// The category above it, by its code.
        parent_code: Option<Code>,
        /// The tax code for sales of items that name none, by its id: of the kind `vat_sale` or `none`.
        sales_tax_code_id: Option<TaxCodeId>,
        /// The tax code for sales of items that name none, by its code.
        sales_tax_code: Option<Code>,
        /// The tax code for purchases of items that name none, by its id: of the kind `vat_purchase`, `vat_purchase_rc`,
        /// `vat_import` or `none`.
        purchase_tax_code_id: Option<TaxCodeId>,
        /// The tax code for purchases of items that name none, by its code.
        purchase_tax_code: Option<Code>,
        /// Whether new items may name the category.
        active: bool => true,
    }

    /// Changes to a category of items (JSON Merge Patch). Members left out stay as they are; null clears a member.
    pub struct ItemCategoryChange as UpdateItemCategoryBody {
        /// Short code, unique in the tenant.
        code: Optional<Code>,
        /// Name in Arabic, English or both.
        name: Optional<LocalizedName>,
        /// The category above it, by its id; null for none.
        parent_id: Patch<ItemCategoryId>,
        /// The category above it, by its code; null for none.
        parent_code: Patch<Code>,
        /// The tax code for sales of items that name none, by its id.
        sales_tax_code_id: Patch<TaxCodeId>,
        /// The tax code for sales of items that name none, by its code.
        sales_tax_code: Patch<Code>,
        /// The tax code for purchases of items that name none, by its id.
        purchase_tax_code_id: Patch<TaxCodeId>,
        /// The tax code for purchases of items that name none, by its code.
        purchase_tax_code: Patch<Code>,
        /// Whether new items may name the category.
        active: Optional<bool>,
    }
}

view! {
    /// A category of items.
    pub struct ItemCategoryView of ItemCategory {
        id: Uuid,
        code: String,
        name: NameView,
        parent_id: Option<Uuid>,
        /// The tax code for sales of items that name none.
        sales_tax_code_id: Option<Uuid>,
        /// The tax code for purchases of items that name none.
        purchase_tax_code_id: Option<Uuid>,
        active: bool,
    }
}

resource! {
    ItemCategory by id: ItemCategoryId
        = "items", "item_category", "item_categories" at "/item-categories", "/item-categories/{id}";
    en: "a", "item category", "item categories"; ar: "فئات الأصناف";
    about: "Categories of items, which may form a tree.";
    bodies: NewItemCategory, ItemCategoryChange => ItemCategoryView; unique code;
    list: id sortable, code sortable, name, parent_id, active; order: code;
    refuses:
        create [&UNKNOWN_REFERENCE, &REFERENCE_INACTIVE, &TAX_CODE_KIND_NOT_TAKEN, &ITEM_CATEGORY_TOO_DEEP],
        change [&UNKNOWN_REFERENCE, &REFERENCE_INACTIVE, &TAX_CODE_KIND_NOT_TAKEN, &ITEM_CATEGORY_TOO_DEEP,
            &ITEM_CATEGORY_CYCLE],
        delete unused [];
}

const PARENT: Names<'static> = Names { at: "", id: "parentId", code: "parentCode" };
pub(super) const SALES_TAX: Names<'static> = Names { at: "", id: "salesTaxCodeId", code: "salesTaxCode" };
pub(super) const PURCHASE_TAX: Names<'static> =
    Names { at: "", id: "purchaseTaxCodeId", code: "purchaseTaxCode" };

#[async_trait]
impl MasterData for ItemCategory {
    async fn create(
        new: &NewItemCategory,
        id: ItemCategoryId,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        let above = by_id_or_code(new.parent_id, new.parent_code.clone());
        let value = Self {
            id,
            code: new.code.clone(),
            name: new.name.clone(),
            parent_id: None,
            sales_tax_code_id: None,
            purchase_tax_code_id: None,
            active: new.active,
            version: 1,
        };
        let taxes = Taxes {
            sales: by_id_or_code(new.sales_tax_code_id, new.sales_tax_code.clone()),
            purchases: by_id_or_code(new.purchase_tax_code_id, new.purchase_tax_code.clone()),
        };
        placed(value, above, taxes, check).await.map(Some)
    }

    async fn change(&self, change: &ItemCategoryChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let kept = |id: Option<TaxCodeId>| id.map(Reference::Id);
        let above = patched(change.parent_id.clone(), change.parent_code.clone());
        let sales = patched(change.sales_tax_code_id.clone(), change.sales_tax_code.clone());
        let purchases = patched(change.purchase_tax_code_id.clone(), change.purchase_tax_code.clone());
        let taxes = Taxes {
            sales: sales.unwrap_or_else(|| kept(self.sales_tax_code_id)),
            purchases: purchases.unwrap_or_else(|| kept(self.purchase_tax_code_id)),
        };
        let value = Self {
            code: change.code.or(&self.code),
            name: change.name.or(&self.name),
            active: change.active.or(&self.active),
            ..self.clone()
        };
        let above = above.unwrap_or_else(|| self.parent_id.map(Reference::Id));
        placed(value, above, taxes, check).await.map(Some)
    }
}

/// The tax codes that a category or an item names.
struct Taxes {
    sales: Option<Reference<TaxCodeId>>,
    purchases: Option<Reference<TaxCodeId>>,
}

/// In its place in the tree and with its tax codes; `value` has what it had before.
async fn placed(
    value: ItemCategory,
    above: Option<Reference<ItemCategoryId>>,
    taxes: Taxes,
    check: &mut Check<'_>,
) -> AppResult<ItemCategory> {
    let named: BTreeSet<_> = above.iter().cloned().collect();
    let categories = Known::new(check.uow.items().categories(&named).await?);
    let parent = above.as_ref();
    let parent =
        parent.and_then(|parent| categories.named(parent, PARENT, value.parent_id, &mut check.violations));
    let parent_id = parent.map(|parent| parent.id);
    if let Some(parent) = parent_id.filter(|parent| Some(*parent) != value.parent_id) {
        let ancestors = check.uow.items().category_ancestors(parent).await?;
        let levels = check.uow.items().category_levels_below(value.id).await?;
        check.violations.check("", value.check_parent(parent, &ancestors, levels));
    }
    let named: BTreeSet<_> = taxes.sales.iter().chain(&taxes.purchases).cloned().collect();
    let codes = Known::new(check.uow.items().tax_codes(&named).await?);
    let mut tax = |reference: Option<&Reference<TaxCodeId>>, names, before, kinds| {
        tax_code(&codes, reference, (names, before), kinds, &mut check.violations)
    };
    let sales_tax_code_id = tax(taxes.sales.as_ref(), SALES_TAX, value.sales_tax_code_id, SALES_TAX_KINDS);
    let purchase_tax_code_id =
        tax(taxes.purchases.as_ref(), PURCHASE_TAX, value.purchase_tax_code_id, PURCHASE_TAX_KINDS);
    Ok(ItemCategory { parent_id, sales_tax_code_id, purchase_tax_code_id, ..value })
}

/// The tax code that is named, which is of one of the kinds.
pub(super) fn tax_code(
    known: &Known<TaxCode>,
    reference: Option<&Reference<TaxCodeId>>,
    (names, before): (Names<'_>, Option<TaxCodeId>),
    kinds: &[TaxKind],
    violations: &mut domain::error::Violations,
) -> Option<TaxCodeId> {
    let reference = reference?;
    let code = known.named(reference, names, before, violations)?;
    violations.check(&names.pointer(reference), check_tax_kind(code, kinds))?;
    Some(code.id)
}
