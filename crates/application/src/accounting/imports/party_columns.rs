//! The columns of a file of parties.

use super::columns::{Column, Named, Of, named};

pub(super) static PARTY_NAMES: &[Named] = &[
    named((Column::Code, "code", Of::Party, true), &["party", "party code", "الرمز", "رمز الطرف"], "refused"),
    named(
        (Column::Name, "name", Of::Party, false),
        &["party name", "الاسم", "اسم الطرف"],
        "`name_ar` or `name_en` is needed; `name` is Arabic or English by its letters",
    ),
    named(
        (Column::NameAr, "name_ar", Of::Party, false),
        &["arabic name", "الاسم بالعربية"],
        "`name`, if that is Arabic",
    ),
    named(
        (Column::NameEn, "name_en", Of::Party, false),
        &["english name", "الاسم بالإنجليزية"],
        "`name`, if that is not Arabic",
    ),
    named((Column::Country, "country", Of::Party, true), &["country code", "الدولة"], "refused"),
    named(
        (Column::Kind, "kind", Of::Party, false),
        &["party kind", "نوع الطرف"],
        "`company`; kept by an existing party, as in every column below",
    ),
    named((Column::IsCustomer, "is_customer", Of::Party, false), &["customer", "عميل"], "`false`"),
    named((Column::IsSupplier, "is_supplier", Of::Party, false), &["supplier", "vendor", "مورد"], "`false`"),
    named(
        (Column::Group, "group", Of::Party, false),
        &["group code", "party group", "المجموعة"],
        "none; a group is that of the customer and of the supplier",
    ),
    named((Column::VatNumber, "vat_number", Of::Party, false), &["vat no", "الرقم الضريبي"], "none"),
    named((Column::CrNumber, "cr_number", Of::Party, false), &["cr no", "crn", "السجل التجاري"], "none"),
    named(
        (Column::IdScheme, "id_scheme", Of::Party, false),
        &["id type", "نوع الهوية"],
        "none; needed with `id_number`",
    ),
    named(
        (Column::IdNumber, "id_number", Of::Party, false),
        &["id no", "رقم الهوية"],
        "none; needed with `id_scheme`",
    ),
    named(
        (Column::Street, "street", Of::Party, false),
        &["الشارع"],
        "none; the columns up to `short_address` are the legal address, Arabic or English by their letters",
    ),
    named((Column::Building, "building", Of::Party, false), &["building number", "رقم المبنى"], "none"),
    named((Column::AdditionalNumber, "additional_number", Of::Party, false), &["الرقم الإضافي"], "none"),
    named((Column::District, "district", Of::Party, false), &["الحي"], "none"),
    named((Column::City, "city", Of::Party, false), &["المدينة"], "none"),
    named((Column::PostalCode, "postal_code", Of::Party, false), &["zip", "الرمز البريدي"], "none"),
    named((Column::Province, "province", Of::Party, false), &["region", "المنطقة"], "none"),
    named((Column::ShortAddress, "short_address", Of::Party, false), &["العنوان المختصر"], "none"),
    named(
        (Column::Email, "email", Of::Party, false),
        &["البريد الإلكتروني"],
        "none; `email` and `phone` are a contact with the party's name",
    ),
    named((Column::Phone, "phone", Of::Party, false), &["telephone", "mobile", "الهاتف"], "none"),
    named(
        (Column::Currency, "currency", Of::Party, false),
        &["currency code", "العملة"],
        "none; of the customer and of the supplier, and of the bank account, which otherwise has the company currency",
    ),
    named(
        (Column::PaymentTerms, "payment_terms", Of::Party, false),
        &["terms", "payment term", "شروط الدفع"],
        "none; those of the customer and of the supplier",
    ),
    named(
        (Column::PriceList, "price_list", Of::Party, false),
        &["قائمة الأسعار"],
        "none; the list in which prices for the customer are looked up first",
    ),
    named((Column::CreditLimit, "credit_limit", Of::Party, false), &["حد الائتمان"], "no limit"),
    named(
        (Column::Iban, "iban", Of::Party, false),
        &["الآيبان", "رقم الآيبان"],
        "none; otherwise a bank account, which is unverified",
    ),
    named(
        (Column::Update, "update", Of::Party, false),
        &["تحديث"],
        "the parameter `update`: whether the row changes an existing party",
    ),
];
