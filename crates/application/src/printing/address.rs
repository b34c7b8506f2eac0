//! Addresses on one line, as letters bear them.

use domain::error::Language;
use domain::parties::address::{Address, AddressRole};
use domain::text::LocalizedName;

use super::document::Lines;
use super::wording::PrintLanguage;

/// An address in each language.
pub(super) fn lines(address: &Address, print: PrintLanguage) -> Lines {
    let mut lines: Lines = print.languages().iter().map(|language| line(address, *language)).collect();
    lines.dedup();
    lines
}

/// The legal address, or whatever is known.
pub(super) fn legal(addresses: &[Address]) -> Option<&Address> {
    addresses.iter().find(|address| address.roles.contains(&AddressRole::Legal)).or(addresses.first())
}

fn line(address: &Address, language: Language) -> String {
    let name = |name: &Option<LocalizedName>| name.as_ref().and_then(|name| text(name, language));
    let together = |parts: [Option<String>; 2]| {
        let joined = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        Some(joined).filter(|text| !text.is_empty())
    };
    let country = address.country.name(language).to_owned();
    let parts = [
        together([address.building_number.clone(), name(&address.street)]),
        name(&address.additional_street),
        name(&address.district),
        together([
            name(&address.city),
            together([address.postal_code.clone(), address.additional_number.clone()]),
        ]),
        name(&address.province),
        Some(country),
    ];
    let separator = match language {
        Language::Arabic => "، ",
        Language::English => ", ",
    };
    parts.into_iter().flatten().collect::<Vec<_>>().join(separator)
}

fn text(name: &LocalizedName, language: Language) -> Option<String> {
    let (first, second) = match language {
        Language::Arabic => (name.ar(), name.en()),
        Language::English => (name.en(), name.ar()),
    };
    first.or(second).map(str::to_owned)
}
