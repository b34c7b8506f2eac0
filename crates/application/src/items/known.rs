//! Records that a request names by id or by code, read at once however many there are.

use std::collections::HashMap;

use domain::error::{Violation, Violations};
use domain::ids::Id;
use domain::items::category::ItemCategory;
use domain::items::item::Item;
use domain::items::price_list::PriceList;
use domain::items::unit::Unit;
use domain::tax::tax_code::TaxCode;

use super::error::REFERENCE_INACTIVE;
use crate::changes::unknown_reference;
use crate::master_data::Described;
use crate::nouns::noun;
use crate::reference::Reference;

/// A record that nothing new names once it is not active.
pub trait Nameable: Described<Key = Id<Self>> {
    fn active(&self) -> bool;
}

macro_rules! nameable {
    ($($type:ty),*) => {$(
        impl Nameable for $type {
            fn active(&self) -> bool {
                self.active
            }
        }
    )*};
}
nameable!(Unit, ItemCategory, TaxCode, Item, PriceList);

/// Where a request names a record: below `at`, as the member for its id or the one for its code.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    pub at: &'a str,
    pub id: &'static str,
    pub code: &'static str,
}

impl Names<'_> {
    pub fn pointer<T>(&self, reference: &Reference<T>) -> String {
        let member = match reference {
            Reference::Id(_) => self.id,
            Reference::Code(_) => self.code,
        };
        format!("{}/{member}", self.at)
    }
}

/// The records of one resource that a request names.
pub struct Known<R> {
    records: Vec<R>,
    by_id: HashMap<uuid::Uuid, usize>,
    by_code: HashMap<String, usize>,
}

impl<R: Nameable> Known<R> {
    pub fn new(records: Vec<R>) -> Self {
        let numbered = || records.iter().zip(0..);
        let by_id = numbered().map(|(record, index)| (record.key().uuid(), index)).collect();
        let by_code =
            numbered().filter_map(|(record, index)| Some((record.code()?.to_string(), index))).collect();
        Self { records, by_id, by_code }
    }

    pub fn all(&self) -> &[R] {
        &self.records
    }

    pub fn get(&self, reference: &Reference<Id<R>>) -> Option<&R> {
        let index = match reference {
            Reference::Id(id) => self.by_id.get(&id.uuid()),
            Reference::Code(code) => self.by_code.get(code),
        };
        index.and_then(|index| self.records.get(*index))
    }

    /// The record that is meant. One that is not active is only named by what named it `before`.
    pub fn named(
        &self,
        reference: &Reference<Id<R>>,
        names: Names<'_>,
        before: Option<Id<R>>,
        violations: &mut Violations,
    ) -> Option<&R> {
        let at = names.pointer(reference);
        let Some(record) = self.get(reference) else {
            let value = match reference {
                Reference::Id(id) => id.to_string(),
                Reference::Code(code) => code.clone(),
            };
            violations.push(unknown_reference(&at, R::RESOURCE.entity, value));
            return None;
        };
        if !record.active() && before != Some(record.key()) {
            let code = record.code().map(ToString::to_string).unwrap_or_default();
            let inactive = Violation::new(&REFERENCE_INACTIVE).at(at).with("code", code);
            violations.push(inactive.with_phrase("resource", noun(R::RESOURCE.entity)));
            return None;
        }
        Some(record)
    }
}
