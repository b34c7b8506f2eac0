//! Every error code that this crate defines. A new module with `errors!` is listed here.

use crate::accounting as ledger;
use crate::error::ErrorDef;

/// Every definition of this crate, for the generated catalogue.
pub fn catalogue() -> impl Iterator<Item = &'static ErrorDef> {
    LISTED.iter().copied().flatten().copied()
}

static LISTED: &[&[&ErrorDef]] = &[
    crate::company::branch::ALL,
    crate::company::profile::ALL,
    crate::country::ALL,
    crate::documents::money_document::ALL,
    crate::documents::note::ALL,
    crate::documents::price_match::ALL,
    crate::documents::progress::ALL,
    crate::documents::supplier_number::ALL,
    crate::items::barcode::ALL,
    crate::items::category::ALL,
    crate::items::conversion::ALL,
    crate::items::item::ALL,
    crate::items::price::ALL,
    crate::items::price_list::ALL,
    crate::items::unit::ALL,
    crate::money::ALL,
    crate::money::percentage::ALL,
    crate::money::quantity::ALL,
    crate::parties::address::ALL,
    crate::parties::bank_account::ALL,
    crate::parties::dunning_profile::ALL,
    crate::parties::iban::ALL,
    crate::parties::party::ALL,
    crate::parties::payment_term::ALL,
    crate::parties::registration::ALL,
    crate::parties::roles::ALL,
    crate::platform::ALL,
    crate::platform::attachment::ALL,
    crate::settlement::ageing::ALL,
    crate::settlement::allocation::ALL,
    crate::settlement::bad_debt::ALL,
    crate::settlement::dunning::ALL,
    crate::settlement::early_discount::ALL,
    crate::settlement::tolerance::ALL,
    crate::settlement::write_off::ALL,
    crate::tax::calculate::ALL,
    crate::tax::category::ALL,
    crate::tax::credit::ALL,
    crate::tax::payable::ALL,
    crate::tax::by_hand::ALL,
    crate::tax::tax_code::ALL,
    crate::tax::vat_period::ALL,
    crate::tax::vat_return::ALL,
    crate::tax::withholding::ALL,
    crate::text::ALL,
    crate::time::ALL,
    crate::time_zone::ALL,
    ledger::account::ALL,
    ledger::account::merge::ALL,
    ledger::approval::ALL,
    ledger::budget::ALL,
    ledger::deferral::ALL,
    ledger::dimension::ALL,
    ledger::distribution::ALL,
    ledger::fiscal_period::ALL,
    ledger::fiscal_year::ALL,
    ledger::import_profile::ALL,
    ledger::journal::ALL,
    ledger::journal_entry::ALL,
    ledger::ledger_settings::ALL,
    ledger::line_match::ALL,
    ledger::lock::ALL,
    ledger::number_series::ALL,
    ledger::opening::ALL,
    ledger::posting_rule::ALL,
    ledger::recurrence::ALL,
    ledger::recurring::ALL,
    ledger::recurring_entry::ALL,
    ledger::report_layout::ALL,
];

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect()
    }

    #[test]
    fn every_definition_is_unique_and_says_the_same_in_both_languages() {
        let mut codes = HashSet::new();
        for def in catalogue() {
            assert!(codes.insert(def.code), "{} is defined twice", def.code);
            assert!(!def.en.trim().is_empty() && !def.ar.trim().is_empty(), "{}", def.code);
            assert!(
                def.ar.chars().any(|c| ('\u{0600}'..='\u{06FF}').contains(&c)),
                "{} has no Arabic",
                def.code
            );
            assert_eq!(placeholders(def.en), placeholders(def.ar), "{}", def.code);
        }
        assert!(codes.len() > 60);
    }

    /// A module that defines errors but is forgotten in `catalogue` would be missing from the documentation.
    #[test]
    fn every_module_with_definitions_is_listed() {
        fn count(folder: &std::path::Path) -> usize {
            std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .map(|path| {
                    if path.is_dir() {
                        return count(&path);
                    }
                    let source = std::fs::read_to_string(&path).unwrap();
                    source.lines().filter(|line| line.starts_with("crate::errors! {")).count()
                })
                .sum()
        }
        let modules = count(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
        assert_eq!(modules, LISTED.len());
    }
}
