//! The items and documents that the allocations of a receipt or payment name, read together however many there are.

use std::collections::{BTreeMap, BTreeSet};

use domain::error::{Violation, Violations};
use domain::ids::JournalEntryId;
use domain::settlement::open_item::{OpenItem, OpenItemId};

use super::body::MoneyAllocationBody;
use crate::changes::unknown_reference;
use crate::documents::ports::DocumentId;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;
use crate::wire::REQUIRED;

/// The items and documents that allocations name.
pub(super) struct NamedItems {
    by_id: BTreeMap<OpenItemId, OpenItem>,
    entries: BTreeMap<DocumentId, JournalEntryId>,
    of_entries: BTreeMap<JournalEntryId, Vec<OpenItem>>,
}

impl NamedItems {
    pub(super) async fn learn(
        uow: &mut dyn UnitOfWork,
        allocations: &[MoneyAllocationBody],
    ) -> AppResult<Self> {
        let ids: BTreeSet<_> = allocations.iter().filter_map(|allocation| allocation.open_item_id).collect();
        let found = uow.open_items().open_items(&ids).await?;
        let by_id = found.into_iter().map(|found| (found.item.id, found.item)).collect();
        let named = allocations.iter().filter(|allocation| allocation.open_item_id.is_none());
        let documents = named.filter_map(|allocation| allocation.document_id).collect();
        let entries: BTreeMap<_, _> = uow.documents().entries_of(&documents).await?.into_iter().collect();
        let items = uow.open_items().open_items_of_entries(&entries.values().copied().collect()).await?;
        let mut of_entries: BTreeMap<_, Vec<OpenItem>> = BTreeMap::new();
        for item in items {
            of_entries.entry(item.entry).or_default().push(item);
        }
        for items in of_entries.values_mut() {
            items.sort_by_key(|item| (item.due_date, item.line_no));
        }
        Ok(Self { by_id, entries, of_entries })
    }

    /// The items that an allocation names: the one, or those of the document on the other side than `own`, in the order of
    /// their due dates.
    pub(super) fn of(
        &self,
        allocation: &MoneyAllocationBody,
        own: &OpenItem,
        at: &str,
        violations: &mut Violations,
    ) -> Vec<&OpenItem> {
        if let Some(id) = allocation.open_item_id {
            let found = self.by_id.get(&id);
            if found.is_none() {
                violations.push(unknown_reference(&format!("{at}/openItemId"), "open_item", id));
            }
            return found.into_iter().collect();
        }
        let Some(id) = allocation.document_id else {
            violations.push(Violation::new(&REQUIRED).at(format!("{at}/documentId")));
            return Vec::new();
        };
        let Some(entry) = self.entries.get(&id) else {
            violations.push(unknown_reference(&format!("{at}/documentId"), "document", id));
            return Vec::new();
        };
        let items = self.of_entries.get(entry).map(Vec::as_slice).unwrap_or_default();
        items.iter().filter(|item| item.is_debit() != own.is_debit()).collect()
    }
}
