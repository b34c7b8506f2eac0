//! The names of records in the texts of errors, in both languages. Code names them by one word in every layer
//! (`journal_entry`, `journal-entries`); people read words.

use domain::error::Phrase;

/// One of them, several of them, and several of them in Arabic.
static NOUNS: &[(&str, &str, &str)] = &[
    ("account", "accounts", "الحسابات"),
    ("allocation", "allocations", "التخصيصات"),
    ("api key", "api keys", "مفاتيح API"),
    ("approval delegation", "approval delegations", "تفويضات الاعتماد"),
    ("approval policy", "approval policies", "سياسات الاعتماد"),
    ("approval", "approvals", "طلبات الاعتماد"),
    ("attachment", "attachments", "المرفقات"),
    ("audit log", "audit log", "سجل التدقيق"),
    ("branch", "branches", "الفروع"),
    ("budget exception", "budget exceptions", "استثناءات الموازنات"),
    ("budget line", "budget lines", "سطور الموازنات"),
    ("budget", "budgets", "الموازنات"),
    ("company profile", "company profile", "ملف المنشأة"),
    ("currency", "currencies", "العملات"),
    ("dimension default", "dimension defaults", "القيم الافتراضية للأبعاد"),
    ("deferral", "deferrals", "التأجيلات"),
    ("dimension rule", "dimension rules", "قواعد الأبعاد"),
    ("dimension value", "dimension values", "قيم الأبعاد"),
    ("dimension", "dimensions", "الأبعاد"),
    ("distribution key", "distribution keys", "مفاتيح التوزيع"),
    ("distribution run", "distribution runs", "عمليات التوزيع"),
    ("document", "documents", "المستندات"),
    ("dunning notice", "dunning notices", "إشعارات المطالبة"),
    ("dunning profile", "dunning profiles", "خطط المطالبة"),
    ("dunning run", "dunning runs", "عمليات المطالبة"),
    ("exchange rate", "exchange rates", "أسعار الصرف"),
    ("export", "exports", "ملفات التصدير"),
    ("fiscal period", "fiscal periods", "الفترات المالية"),
    ("fiscal year", "fiscal years", "السنوات المالية"),
    ("invitation", "invitations", "الدعوات"),
    ("item category", "item categories", "فئات الأصناف"),
    ("item", "items", "الأصناف"),
    ("job", "jobs", "المهام"),
    ("journal entry", "journal entries", "القيود اليومية"),
    ("journal", "journals", "دفاتر اليومية"),
    ("ledger settings", "ledger settings", "إعدادات الدفتر"),
    ("ledger line", "ledger lines", "أسطر الدفتر"),
    ("line match", "line matches", "مطابقات الأسطر"),
    ("lock exception", "lock exceptions", "استثناءات الإقفال"),
    ("number series", "number series", "سلاسل الترقيم"),
    ("open item", "open items", "البنود المفتوحة"),
    ("party bank account", "bank accounts", "الحسابات البنكية للأطراف"),
    ("party group", "party groups", "مجموعات الأطراف"),
    ("party", "parties", "الأطراف"),
    ("payment term", "payment terms", "شروط الدفع"),
    ("payment", "payments", "سندات الصرف"),
    ("permission", "permissions", "الصلاحيات"),
    ("posting rule", "posting rules", "قواعد الترحيل"),
    ("price list", "price lists", "قوائم الأسعار"),
    ("price", "prices", "الأسعار"),
    ("purchase credit note", "purchase credit notes", "إشعارات المشتريات الدائنة"),
    ("purchase order", "purchase orders", "أوامر الشراء"),
    ("purchase invoice", "purchase invoices", "فواتير المشتريات"),
    ("quotation", "quotations", "عروض الأسعار"),
    ("receipt", "receipts", "سندات القبض"),
    ("recurring entry", "recurring entries", "القيود المتكررة"),
    ("recurring invoice", "recurring invoices", "الفواتير المتكررة"),
    ("recurring occurrence", "recurring occurrences", "مواعيد القيود المتكررة"),
    ("report layout row", "report layout rows", "أسطر قوالب القوائم المالية"),
    ("report layout", "report layouts", "قوالب القوائم المالية"),
    ("revaluation run", "revaluation runs", "عمليات إعادة التقييم"),
    ("role assignment", "role assignments", "إسنادات الأدوار"),
    ("role", "roles", "الأدوار"),
    ("sales credit note", "sales credit notes", "إشعارات المبيعات الدائنة"),
    ("sales debit note", "sales debit notes", "إشعارات المبيعات المدينة"),
    ("sales order", "sales orders", "أوامر البيع"),
    ("sales invoice", "sales invoices", "فواتير المبيعات"),
    ("session", "sessions", "الجلسات"),
    ("setting", "settings", "الإعدادات"),
    ("statistical figure", "statistical figures", "الأرقام الإحصائية"),
    ("tax code", "tax codes", "رموز الضريبة"),
    ("tax entry", "tax entries", "القيود الضريبية"),
    ("tenant", "tenants", "المنشآت"),
    ("unit", "units", "وحدات القياس"),
    ("user", "users", "المستخدمون"),
    ("value", "values", "القيم"),
    ("VAT box", "VAT boxes", "خانات إقرار ضريبة القيمة المضافة"),
    ("VAT return", "VAT returns", "إقرارات ضريبة القيمة المضافة"),
    ("write off", "write offs", "عمليات الشطب"),
];

/// A record's name as a text shows it; `word` is its name in code, of one of them or of several. An unknown one is shown as
/// it is.
pub fn noun(word: &str) -> Phrase {
    let en = word.replace(['-', '_'], " ");
    let is = |name: &str| name.eq_ignore_ascii_case(&en);
    match NOUNS.iter().find(|(one, many, _)| is(one) || is(many)) {
        Some((one, many, ar)) => {
            Phrase::made((if is(one) { *one } else { *many }).to_owned(), (*ar).to_owned())
        }
        None => Phrase::made(en.clone(), en),
    }
}

/// Several of them, one after the other.
pub fn nouns(words: &[&str]) -> Phrase {
    let all: Vec<Phrase> = words.iter().map(|word| noun(word)).collect();
    Phrase::joined(&all)
}

/// How many problems there are, as both languages count: Arabic has a form for two, one for three to ten and one for more.
pub fn problems(count: usize) -> Phrase {
    let english = if count == 1 { "1 problem was".to_owned() } else { format!("{count} problems were") };
    let arabic = match (count, count % 100) {
        (1, _) => "مشكلة واحدة".to_owned(),
        (2, _) => "مشكلتان".to_owned(),
        (_, 3..=10) => format!("{count} مشكلات"),
        _ => format!("{count} مشكلة"),
    };
    Phrase::made(english, arabic)
}

#[cfg(test)]
mod tests {
    use domain::error::Language;

    use super::*;

    #[test]
    fn names_in_code_become_words_in_both_languages() {
        let users = nouns(&["journal-entries", "dimension_rule", "ledger-settings"]);
        assert_eq!(users.text(Language::English), "journal entries, dimension rule, ledger settings");
        assert_eq!(users.text(Language::Arabic), "القيود اليومية، قواعد الأبعاد، إعدادات الدفتر");
        assert_eq!(noun("some_table").text(Language::Arabic), "some table");
    }

    #[test]
    fn problems_are_counted_as_both_languages_do() {
        use domain::error::Language::{Arabic, English};
        for (count, arabic) in [
            (1, "مشكلة واحدة"),
            (2, "مشكلتان"),
            (3, "3 مشكلات"),
            (10, "10 مشكلات"),
            (11, "11 مشكلة"),
            (99, "99 مشكلة"),
            (102, "102 مشكلة"),
            (103, "103 مشكلات"),
        ] {
            assert_eq!(problems(count).text(Arabic), arabic);
        }
        assert_eq!(problems(1).text(English), "1 problem was");
        assert_eq!(problems(2).text(English), "2 problems were");
    }
}
