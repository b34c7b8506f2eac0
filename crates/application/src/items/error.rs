//! Errors of items that only a request can have.

domain::errors! {
    REFERENCE_INACTIVE = "reference_inactive", Rule, User,
        "{code} of {resource} is not active, so nothing new names it.", "{code} من {resource} غير نشط، فلا يُستخدم في سجل جديد.";
    PRICE_REPEATED = "price_repeated", Rule, User,
        "The same item, unit, quantity and first day are there twice.", "الصنف والوحدة والكمية واليوم الأول نفسها مذكورة مرتين.";
}
