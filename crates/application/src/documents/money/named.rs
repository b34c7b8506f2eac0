//! The items and documents that the allocations of a receipt or payment name, read together however many there are.

use std::collections::{BTreeMap, BTreeSet};

use domain::error::{Violation, Violations};
use domain::ids::JournalEntryId;
use domain::settlement::allocation::{
    ALLOCATION_NAMED_TWICE, ALLOCATION_NOT_PAYABLE, ALLOCATION_NOT_POSTED, ALLOCATION_PARTIES_DIFFER,
};
use domain::settlement::open_item::{OpenItem, OpenItemId};

use super::body::MoneyAllocationBody;
use crate::changes::unknown_reference;
use crate::documents::ports::{DocumentId, PostedDocument, StoredDocument};
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;
use crate::wire::REQUIRED;

/// The items and documents that allocations name.
pub(super) struct NamedItems {
    items: BTreeMap<OpenItemId, OpenItem>,
    /// The items that are named themselves, with what people call them.
    named: BTreeMap<OpenItemId, Called>,
    /// The posted documents.
    entries: BTreeMap<DocumentId, PostedDocument>,
    of_entries: BTreeMap<JournalEntryId, Vec<OpenItemId>>,
    /// The documents that are not posted.
    others: BTreeMap<DocumentId, StoredDocument>,
    /// The items that allocations before have named.
    seen: BTreeSet<OpenItemId>,
}

/// What people call an item: the document that made it, or else its entry.
#[derive(Debug, Clone)]
pub(super) struct Called {
    pub(super) number: String,
    /// The document and its type.
    pub(super) document: Option<(DocumentId, String)>,
}

/// The items of one allocation.
pub(super) struct Named<'a> {
    pub(super) items: Vec<&'a OpenItem>,
    pub(super) called: Called,
}

impl NamedItems {
    pub(super) async fn learn(
        uow: &mut dyn UnitOfWork,
        allocations: &[MoneyAllocationBody],
    ) -> AppResult<Self> {
        let ids: BTreeSet<_> = allocations.iter().filter_map(|allocation| allocation.open_item_id).collect();
        let (mut items, mut called) = (BTreeMap::new(), BTreeMap::new());
        for found in uow.open_items().open_items(&ids).await? {
            let number = found.known_as().to_owned();
            let document = found.document.map(|document| (document.id, document.document_type));
            called.insert(found.item.id, Called { number, document });
            items.insert(found.item.id, found.item);
        }
        let named = allocations.iter().filter(|allocation| allocation.open_item_id.is_none());
        let mut documents: BTreeSet<_> = named.filter_map(|allocation| allocation.document_id).collect();
        let posted = uow.documents().entries_of(&documents).await?;
        let entries: BTreeMap<_, _> = posted.into_iter().map(|posted| (posted.id, posted)).collect();
        documents.retain(|id| !entries.contains_key(id));
        let others = match documents.is_empty() {
            true => Vec::new(),
            false => uow.documents().find_documents(&documents).await?,
        };
        let of = entries.values().map(|posted| posted.entry).collect();
        let mut found = uow.open_items().open_items_of_entries(&of).await?;
        found.sort_by_key(|item| (item.due_date, item.line_no));
        let mut of_entries: BTreeMap<_, Vec<OpenItemId>> = BTreeMap::new();
        for item in found {
            of_entries.entry(item.entry).or_default().push(item.id);
            items.insert(item.id, item);
        }
        let others = others.into_iter().map(|document| (document.id, document)).collect();
        Ok(Self { items, named: called, entries, of_entries, others, seen: BTreeSet::new() })
    }

    /// The items that an allocation names: the one, or those of the document on the other side than `own`, in the order of
    /// their due dates. `None` where they are no items that money of this party pays.
    pub(super) fn of(
        &mut self,
        allocation: &MoneyAllocationBody,
        (own, own_number): (&OpenItem, &str),
        at: &str,
        violations: &mut Violations,
    ) -> Option<Named<'_>> {
        let (ids, called) = match self.named(allocation, own, at) {
            Ok(found) => found,
            Err(refused) => {
                violations.push(refused);
                return None;
            }
        };
        let other = ids.iter().filter_map(|id| self.items.get(id)).find(|item| item.party != own.party);
        if let Some(other) = other {
            let (debit, credit) = match own.is_debit() {
                true => ((own_number, &own.party), (called.number.as_str(), &other.party)),
                false => ((called.number.as_str(), &other.party), (own_number, &own.party)),
            };
            let differ = Violation::new(&ALLOCATION_PARTIES_DIFFER).at(at);
            let differ = differ.with("debit", debit.0).with("credit", credit.0);
            violations.push(differ.with("debitParty", debit.1).with("creditParty", credit.1));
            return None;
        }
        if ids.iter().any(|id| self.seen.contains(id)) {
            violations.push(Violation::new(&ALLOCATION_NAMED_TWICE).at(at).with("number", &called.number));
            return None;
        }
        self.seen.extend(&ids);
        let items = ids.iter().filter_map(|id| self.items.get(id)).collect();
        Some(Named { items, called })
    }

    fn named(
        &self,
        allocation: &MoneyAllocationBody,
        own: &OpenItem,
        at: &str,
    ) -> Result<(Vec<OpenItemId>, Called), Violation> {
        if let Some(id) = allocation.open_item_id {
            let unknown = || unknown_reference(&format!("{at}/openItemId"), "open_item", id);
            let called = self.named.get(&id).ok_or_else(unknown)?;
            return Ok((vec![id], called.clone()));
        }
        let missing = || Violation::new(&REQUIRED).at(format!("{at}/documentId"));
        let id = allocation.document_id.ok_or_else(missing)?;
        let Some(posted) = self.entries.get(&id) else {
            return Err(self.not_payable(id, &format!("{at}/documentId")));
        };
        let items = self.of_entries.get(&posted.entry).map(Vec::as_slice).unwrap_or_default();
        let other =
            |id: &&OpenItemId| self.items.get(*id).is_some_and(|item| item.is_debit() != own.is_debit());
        let document = Some((id, posted.document_type.as_str().to_owned()));
        let called = Called { number: posted.number.clone(), document };
        Ok((items.iter().filter(other).copied().collect(), called))
    }

    /// Why a document that is not in the ledger is not paid.
    fn not_payable(&self, id: DocumentId, at: &str) -> Violation {
        let Some(document) = self.others.get(&id) else { return unknown_reference(at, "document", id) };
        let number = document.number.clone().unwrap_or_else(|| id.to_string());
        if document.document_type.posts() {
            let refused = Violation::new(&ALLOCATION_NOT_POSTED).at(at).with("number", number);
            return refused.with("status", document.status);
        }
        let refused = Violation::new(&ALLOCATION_NOT_PAYABLE).at(at).with("number", number);
        refused.with_phrase("type", document.document_type.name())
    }
}
