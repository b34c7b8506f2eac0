//! Turns rows into parties.

use domain::country::Country;
use domain::error::{ErrorDef, Violation};
use domain::money::{Amount, CurrencyCode};
use domain::parties::address::{ADDRESS_CODE_LENGTH_MAX, Address, AddressRole};
use domain::parties::contact::PHONE_LENGTH_MAX;
use domain::parties::iban::Iban;
use domain::parties::party::PartyKind;
use domain::parties::registration::{Registration, RegistrationScheme};
use domain::platform::EmailAddress;
use domain::text::{Code, LocalizedName, required_text};

use super::columns::Column;
use super::error::{IMPORT_CELL_EMPTY, IMPORT_PARTY_TWICE};
use super::file_rows::FileRow;
use super::item_file::RowFile;
use super::party_file::{FileParty, PartyFile};
use super::row_reader::{RowReader, is_arabic};
use super::{IMPORT_PARTIES_MAX, ImportKind};

impl FileRow for FileParty {
    const KIND: ImportKind = ImportKind::Parties;
    const REQUIRED: &'static [Column] = &[Column::Code, Column::Country];
    const ROWS_MAX: usize = IMPORT_PARTIES_MAX;

    fn read(row: &mut RowReader<'_>) -> Option<Self> {
        let code = row.required(Column::Code, Code::parse);
        let named = row.name();
        let country = row.required(Column::Country, |text| Country::parse(&text.to_uppercase()));
        let kind = row.optional(Column::Kind, |text| PartyKind::parse(&text.to_lowercase()));
        let (is_customer, is_supplier) = (row.flag(Column::IsCustomer), row.flag(Column::IsSupplier));
        let text = |text: &str| Code::parse(text).map(Code::into_string);
        let group = row.optional(Column::Group, text);
        let payment_terms = row.optional(Column::PaymentTerms, text);
        let price_list = row.optional(Column::PriceList, text);
        let registrations = country.as_ref().map_or_else(Vec::new, |country| registrations(row, country));
        let address = country.as_ref().and_then(|country| address(row, country));
        let email = row.optional(Column::Email, EmailAddress::parse);
        let phone = row.optional(Column::Phone, |text| required_text(text, PHONE_LENGTH_MAX));
        let currency = row.optional(Column::Currency, |text| CurrencyCode::parse(&text.to_uppercase()));
        let credit_limit = row.optional(Column::CreditLimit, Amount::parse);
        let iban = row.optional(Column::Iban, Iban::parse);
        let update = row.flag(Column::Update);
        if !row.good {
            return None;
        }
        Some(Self {
            place: row.place,
            code: code?,
            name: named?,
            country: country?,
            kind,
            is_customer,
            is_supplier,
            group,
            registrations,
            address,
            email,
            phone,
            currency,
            payment_terms,
            price_list,
            credit_limit,
            iban,
            update,
        })
    }

    fn code(&self) -> Option<(&Code, &'static ErrorDef)> {
        Some((&self.code, &IMPORT_PARTY_TWICE))
    }
}

impl From<RowFile<FileParty>> for PartyFile {
    fn from(file: RowFile<FileParty>) -> Self {
        Self { parties: file.rows.into_iter().map(|(_, row)| row).collect(), errors: file.errors }
    }
}

fn registrations(row: &mut RowReader<'_>, country: &Country) -> Vec<Registration> {
    let mut found = Vec::new();
    let number = |scheme| move |text: &str| Registration::new(scheme, text, country.clone());
    found.extend(row.optional(Column::VatNumber, number(RegistrationScheme::Vat)));
    found.extend(row.optional(Column::CrNumber, number(RegistrationScheme::Crn)));
    match (row.given(Column::IdScheme), row.given(Column::IdNumber)) {
        (None, None) => {}
        (None, Some(_)) => row.refuse(Column::IdScheme, Violation::new(&IMPORT_CELL_EMPTY)),
        (Some(_), None) => row.refuse(Column::IdNumber, Violation::new(&IMPORT_CELL_EMPTY)),
        (Some(_), Some(_)) => {
            let scheme =
                row.optional(Column::IdScheme, |text| RegistrationScheme::parse(&text.to_uppercase()));
            if let Some(scheme) = scheme {
                found.extend(row.optional(Column::IdNumber, number(scheme)));
            }
        }
    }
    found
}

/// The legal address, if one of its cells is not empty.
fn address(row: &mut RowReader<'_>, country: &Country) -> Option<Address> {
    let text = |row: &mut RowReader<'_>, column| {
        row.optional(column, |text| {
            let (ar, en) = if is_arabic(text) { (Some(text), None) } else { (None, Some(text)) };
            // A cell has one language, so the pointer would say nothing.
            LocalizedName::parse(ar, en).map_err(|violation| violation.at(""))
        })
    };
    let code = |row: &mut RowReader<'_>, column| {
        row.optional(column, |text| required_text(text, ADDRESS_CODE_LENGTH_MAX))
    };
    let address = Address {
        roles: vec![AddressRole::Legal],
        street: text(row, Column::Street),
        additional_street: None,
        building_number: code(row, Column::Building),
        additional_number: code(row, Column::AdditionalNumber),
        district: text(row, Column::District),
        city: text(row, Column::City),
        postal_code: code(row, Column::PostalCode),
        province: text(row, Column::Province),
        country: country.clone(),
        short_address: code(row, Column::ShortAddress),
    };
    let texts = [&address.street, &address.district, &address.city, &address.province];
    let codes =
        [&address.building_number, &address.additional_number, &address.postal_code, &address.short_address];
    let given = texts.iter().any(|text| text.is_some()) || codes.iter().any(|code| code.is_some());
    given.then(|| address.normal())
}
