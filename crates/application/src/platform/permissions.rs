//! The catalogue of permissions: everything a role or an API key can hold.

use std::sync::LazyLock;

use super::views::PermissionView;
use crate::master_data::{Resource, registry};
use crate::permission_set::PermissionSpec;
use crate::views::NameView;

const fn permission(name: &'static str, en: &'static str, ar: &'static str) -> PermissionSpec {
    PermissionSpec { name, en, ar }
}

/// Every permission: those of master data, then the others by module and resource.
pub static PERMISSIONS: LazyLock<Vec<PermissionSpec>> = LazyLock::new(|| {
    let master_data = registry::RESOURCES.iter().flat_map(Resource::permissions);
    let documents = DOCUMENTS.iter().copied().flatten().copied();
    master_data.chain(documents).chain(OTHERS.iter().copied()).collect()
});

/// The permissions for a type of document.
macro_rules! document_permissions {
    ($prefix:literal, $en:literal, $ar:literal $(, $undo:literal, $undo_en:literal, $undo_ar:literal)?) => {
        &[
            permission(concat!($prefix, ".read"), concat!("See ", $en), concat!("عرض ", $ar)),
            permission(concat!($prefix, ".create"), concat!("Create ", $en), concat!("إنشاء ", $ar)),
            permission(concat!($prefix, ".update"), concat!("Change drafts of ", $en), concat!("تعديل مسودات ", $ar)),
            permission(concat!($prefix, ".delete"), concat!("Delete drafts of ", $en), concat!("حذف مسودات ", $ar)),
            permission(concat!($prefix, ".post"), concat!("Post ", $en), concat!("ترحيل ", $ar)),
            $(permission(concat!($prefix, ".", $undo), concat!($undo_en, " ", $en), concat!($undo_ar, " ", $ar)),)?
        ]
    };
}

/// The permissions for quotations and orders: those of drafts, and one for each step.
macro_rules! order_permissions {
    ($prefix:literal, $en:literal, $ar:literal $(, $step:literal $step_en:literal $step_ar:literal)*) => {
        &[
            permission(concat!($prefix, ".read"), concat!("See ", $en), concat!("عرض ", $ar)),
            permission(concat!($prefix, ".create"), concat!("Create ", $en), concat!("إنشاء ", $ar)),
            permission(concat!($prefix, ".update"), concat!("Change ", $en), concat!("تعديل ", $ar)),
            permission(concat!($prefix, ".delete"), concat!("Delete drafts of ", $en), concat!("حذف مسودات ", $ar)),
            $(permission(concat!($prefix, ".", $step), concat!($step_en, " ", $en), concat!($step_ar, " ", $ar)),)*
        ]
    };
}

/// The permissions for documents, a type a line.
static DOCUMENTS: &[&[PermissionSpec]] = &[
    order_permissions!(
        "sales.quotation", "quotations", "عروض الأسعار",
        "send" "Send" "إرسال", "accept" "Accept" "قبول", "decline" "Decline" "رفض", "convert" "Convert" "تحويل"
    ),
    order_permissions!(
        "sales.sales_order", "sales orders", "أوامر البيع",
        "confirm" "Confirm" "تأكيد", "close" "Close and reopen" "إغلاق وإعادة فتح", "cancel" "Cancel" "إلغاء"
    ),
    order_permissions!(
        "purchase.purchase_order", "purchase orders", "أوامر الشراء",
        "confirm" "Confirm" "تأكيد", "receive" "Receive" "استلام", "close" "Close and reopen" "إغلاق وإعادة فتح",
        "cancel" "Cancel" "إلغاء"
    ),
    document_permissions!(
        "sales.sales_invoice",
        "sales invoices",
        "فواتير المبيعات",
        "cancel",
        "Cancel",
        "إلغاء"
    ),
    document_permissions!("sales.sales_credit_note", "sales credit notes", "إشعارات المبيعات الدائنة"),
    document_permissions!("sales.sales_debit_note", "sales debit notes", "إشعارات المبيعات المدينة"),
    document_permissions!(
        "purchase.purchase_invoice",
        "purchase invoices",
        "فواتير المشتريات",
        "reverse",
        "Reverse",
        "عكس"
    ),
    document_permissions!(
        "purchase.purchase_credit_note",
        "purchase credit notes",
        "إشعارات المشتريات الدائنة",
        "reverse",
        "Reverse",
        "عكس"
    ),
    document_permissions!("settlement.receipt", "receipts", "سندات القبض", "reverse", "Reverse", "عكس"),
    document_permissions!("settlement.payment", "payments", "سندات الصرف", "reverse", "Reverse", "عكس"),
];

static OTHERS: &[PermissionSpec] = &[
    permission("accounting.account.read", "See accounts", "عرض الحسابات"),
    permission("accounting.account.create", "Create accounts", "إنشاء الحسابات"),
    permission("accounting.account.update", "Change accounts", "تعديل الحسابات"),
    permission("accounting.account.merge", "Merge accounts", "دمج الحسابات"),
    permission("accounting.account.delete", "Delete accounts", "حذف الحسابات"),
    permission("accounting.journal_entry.read", "See journal entries", "عرض قيود اليومية"),
    permission("accounting.journal_entry.create", "Create journal entries", "إنشاء قيود اليومية"),
    permission("accounting.journal_entry.update", "Change journal entries", "تعديل قيود اليومية"),
    permission("accounting.journal_entry.delete", "Delete journal entries", "حذف قيود اليومية"),
    permission("accounting.journal_entry.post", "Post journal entries", "ترحيل قيود اليومية"),
    permission(
        "accounting.journal_entry.submit",
        "Submit journal entries for approval",
        "إرسال قيود اليومية للاعتماد",
    ),
    permission("accounting.approval.read", "See approvals of journal entries", "عرض طلبات اعتماد القيود"),
    permission(
        "accounting.approval.approve",
        "Approve and reject journal entries",
        "اعتماد قيود اليومية ورفضها",
    ),
    permission("accounting.journal_entry.reverse", "Reverse journal entries", "عكس قيود اليومية"),
    permission("accounting.recurring_entry.read", "See recurring entries", "عرض القيود المتكررة"),
    permission("accounting.recurring_entry.create", "Create recurring entries", "إنشاء القيود المتكررة"),
    permission("accounting.recurring_entry.update", "Change recurring entries", "تعديل القيود المتكررة"),
    permission("accounting.recurring_entry.delete", "Delete recurring entries", "حذف القيود المتكررة"),
    permission(
        "accounting.recurring_entry.run",
        "Make entries from recurring templates",
        "إنشاء قيود من القوالب المتكررة",
    ),
    permission("documents.recurring_invoice.read", "See recurring invoices", "عرض الفواتير المتكررة"),
    permission("documents.recurring_invoice.create", "Create recurring invoices", "إنشاء الفواتير المتكررة"),
    permission("documents.recurring_invoice.update", "Change recurring invoices", "تعديل الفواتير المتكررة"),
    permission("documents.recurring_invoice.delete", "Delete recurring invoices", "حذف الفواتير المتكررة"),
    permission(
        "documents.recurring_invoice.run",
        "Make invoices from recurring templates",
        "إنشاء فواتير من القوالب المتكررة",
    ),
    permission("accounting.fiscal_year.read", "See fiscal years", "عرض السنوات المالية"),
    permission("accounting.fiscal_year.create", "Create fiscal years", "إنشاء السنوات المالية"),
    permission("accounting.fiscal_year.update", "Change fiscal years", "تعديل السنوات المالية"),
    permission("accounting.fiscal_year.close", "Close fiscal years", "إغلاق السنوات المالية"),
    permission("accounting.fiscal_year.reopen", "Reopen fiscal years", "إعادة فتح السنوات المالية"),
    permission("accounting.fiscal_period.read", "See fiscal periods", "عرض الفترات المالية"),
    permission("accounting.fiscal_period.open", "Open fiscal periods", "فتح الفترات المالية"),
    permission("accounting.fiscal_period.close", "Close fiscal periods", "إغلاق الفترات المالية"),
    permission("accounting.lock.read", "See ledger locks", "عرض أقفال الدفتر"),
    permission("accounting.lock.update", "Move ledger locks", "تحريك أقفال الدفتر"),
    permission("accounting.lock_exception.read", "See exceptions from locks", "عرض استثناءات الأقفال"),
    permission("accounting.lock_exception.create", "Create exceptions from locks", "إنشاء استثناءات الأقفال"),
    permission("accounting.lock_exception.delete", "Revoke exceptions from locks", "إلغاء استثناءات الأقفال"),
    permission("accounting.opening_balance.read", "See opening balances", "عرض الأرصدة الافتتاحية"),
    permission("accounting.opening_balance.create", "Create opening balances", "إنشاء الأرصدة الافتتاحية"),
    permission(
        "accounting.line_match.read",
        "See open lines and their matches",
        "عرض الأسطر المفتوحة ومطابقاتها",
    ),
    permission("accounting.line_match.create", "Match open lines", "مطابقة الأسطر المفتوحة"),
    permission("accounting.line_match.undo", "Undo matches of lines", "إلغاء مطابقات الأسطر"),
    permission("accounting.revaluation_run.read", "See revaluation runs", "عرض عمليات إعادة التقييم"),
    permission(
        "accounting.revaluation_run.create",
        "Revalue foreign balances",
        "إعادة تقييم الأرصدة بالعملات الأجنبية",
    ),
    permission("accounting.revaluation_run.undo", "Undo revaluation runs", "إلغاء عمليات إعادة التقييم"),
    permission("accounting.deferral.read", "See deferrals", "عرض التأجيلات"),
    permission(
        "accounting.deferral.create",
        "Create deferrals, which post by themselves",
        "إنشاء التأجيلات التي تُرحَّل تلقائيًا",
    ),
    permission("accounting.deferral.update", "Change deferrals", "تعديل التأجيلات"),
    permission("accounting.deferral.run", "Post what is due of deferrals", "ترحيل المستحق من التأجيلات"),
    permission("accounting.deferral.cancel", "Cancel deferrals", "إلغاء التأجيلات"),
    permission("accounting.distribution_run.read", "See distribution runs", "عرض عمليات التوزيع"),
    permission("accounting.distribution_run.create", "Run distribution keys", "تنفيذ مفاتيح التوزيع"),
    permission("accounting.distribution_run.undo", "Undo distribution runs", "إلغاء عمليات التوزيع"),
    permission("accounting.report.read", "See financial reports", "عرض التقارير المالية"),
    permission("accounting.integrity.read", "Verify the integrity of the ledger", "التحقق من سلامة الدفتر"),
    permission("accounting.import.create", "Import files into the ledger", "استيراد الملفات إلى الدفتر"),
    permission("accounting.export.read", "Export the ledger", "تصدير الدفتر"),
    permission("accounting.ledger_settings.read", "See ledger settings", "عرض إعدادات الدفتر"),
    permission("accounting.ledger_settings.update", "Change ledger settings", "تعديل إعدادات الدفتر"),
    permission("company.company_profile.read", "See the company profile", "عرض ملف المنشأة"),
    permission("company.company_profile.update", "Change the company profile", "تعديل ملف المنشأة"),
    permission("items.price_quote.read", "Look up prices", "الاستعلام عن الأسعار"),
    permission(
        "parties.party.allow_duplicate",
        "Have a number that another party has",
        "السماح برقم مسجل لطرف آخر",
    ),
    permission("parties.party.merge", "Merge parties", "دمج الأطراف"),
    permission(
        "parties.bank_account.verify",
        "Verify bank accounts of parties",
        "التحقق من الحسابات البنكية للأطراف",
    ),
    permission(
        "purchase.invoice.accept_difference",
        "Accept prices on bills that are not those of the order",
        "قبول أسعار في الفواتير تختلف عن أسعار الأمر",
    ),
    permission(
        "purchase.receipt.over_receive",
        "Receive more than an order and its tolerance allow",
        "استلام ما يتجاوز الأمر والسماح المقرر له",
    ),
    permission("sales.credit.override", "Sell beyond credit limits", "البيع بما يتجاوز حدود الائتمان"),
    permission("settlement.open_item.read", "See open items", "عرض البنود المفتوحة"),
    permission("settlement.allocation.read", "See allocations", "عرض التخصيصات"),
    permission("settlement.allocation.create", "Allocate payments to invoices", "تخصيص المدفوعات للفواتير"),
    permission("settlement.allocation.undo", "Undo allocations", "إلغاء التخصيصات"),
    permission("settlement.netting.create", "Net receivables with payables", "مقاصة الذمم المدينة والدائنة"),
    permission("settlement.dunning_run.read", "See dunning runs", "عرض عمليات المطالبة"),
    permission("settlement.dunning_run.create", "Prepare dunning runs", "إعداد عمليات المطالبة"),
    permission("settlement.dunning_run.post", "Post dunning runs", "ترحيل عمليات المطالبة"),
    permission("settlement.dunning_run.undo", "Undo dunning notices", "إلغاء إشعارات المطالبة"),
    permission("settlement.dunning_notice.read", "See dunning notices", "عرض إشعارات المطالبة"),
    permission(
        "settlement.open_item.hold",
        "Hold open items back from dunning",
        "إيقاف المطالبة بالبنود المفتوحة",
    ),
    permission("settlement.write_off.read", "See write-offs", "عرض عمليات الشطب"),
    permission("settlement.write_off.create", "Write open items off", "شطب البنود المفتوحة"),
    permission(
        "settlement.write_off.relieve_vat",
        "Take back VAT of bad debts",
        "استرداد ضريبة الديون المعدومة",
    ),
    permission("settlement.write_off.reverse", "Reverse write-offs", "عكس عمليات الشطب"),
    permission("tax.tax_entry.read", "See tax entries", "عرض القيود الضريبية"),
    permission("tax.vat_return.read", "See VAT returns", "عرض إقرارات ضريبة القيمة المضافة"),
    permission("tax.vat_return.create", "Prepare VAT returns", "إعداد إقرارات ضريبة القيمة المضافة"),
    permission("tax.vat_return.file", "File VAT returns", "تقديم إقرارات ضريبة القيمة المضافة"),
    permission(
        "tax.vat_return.amend",
        "Amend filed VAT returns",
        "تعديل إقرارات ضريبة القيمة المضافة المقدَّمة",
    ),
    permission("tax.withholding_entry.read", "See withheld taxes", "عرض ضرائب الاستقطاع"),
    permission("tax.withholding_return.read", "See withholding tax returns", "عرض إقرارات ضريبة الاستقطاع"),
    permission(
        "tax.withholding_return.create",
        "Prepare withholding tax returns",
        "إعداد إقرارات ضريبة الاستقطاع",
    ),
    permission("tax.withholding_return.file", "File withholding tax returns", "تقديم إقرارات ضريبة الاستقطاع"),
    permission("tax.tax_calculation.read", "Calculate taxes of documents", "حساب ضرائب المستندات"),
    permission("platform.user.read", "See users of the tenant", "عرض مستخدمي المنشأة"),
    permission("platform.user.create", "Invite users to the tenant", "دعوة مستخدمين إلى المنشأة"),
    permission("platform.user.update", "Change users of the tenant", "تعديل مستخدمي المنشأة"),
    permission("platform.user.delete", "Deactivate users of the tenant", "تعطيل مستخدمي المنشأة"),
    permission("platform.role.read", "See roles", "عرض الأدوار"),
    permission("platform.role.create", "Create roles", "إنشاء الأدوار"),
    permission("platform.role.update", "Change roles", "تعديل الأدوار"),
    permission("platform.role.delete", "Delete roles", "حذف الأدوار"),
    permission("platform.role_assignment.read", "See role assignments", "عرض إسناد الأدوار"),
    permission("platform.role_assignment.create", "Give roles to users", "إسناد الأدوار إلى المستخدمين"),
    permission("platform.role_assignment.delete", "Take roles from users", "سحب الأدوار من المستخدمين"),
    permission("platform.api_key.read", "See API keys", "عرض مفاتيح API"),
    permission("platform.api_key.create", "Create API keys", "إنشاء مفاتيح API"),
    permission("platform.api_key.update", "Rotate API keys", "تدوير مفاتيح API"),
    permission("platform.api_key.delete", "Revoke API keys", "إلغاء مفاتيح API"),
    permission("platform.tenant.read", "See the tenant's own data", "عرض بيانات المنشأة"),
    permission("platform.tenant.update", "Change the tenant's own data", "تعديل بيانات المنشأة"),
    permission("platform.setting.read", "See settings", "عرض الإعدادات"),
    permission("platform.setting.update", "Change settings", "تعديل الإعدادات"),
    permission(
        "platform.cache.flush",
        "Flush cached values of the tenant",
        "تفريغ القيم المخزنة مؤقتًا للمنشأة",
    ),
    permission("platform.attachment.read", "See and download attachments", "عرض المرفقات وتنزيلها"),
    permission("platform.attachment.create", "Attach files to documents", "إرفاق الملفات بالمستندات"),
    permission(
        "platform.attachment.update",
        "Rename and describe attachments",
        "تعديل أسماء المرفقات وأوصافها",
    ),
    permission("platform.attachment.delete", "Delete attachments", "حذف المرفقات"),
    permission("platform.audit_log.read", "See the audit log", "عرض سجل التدقيق"),
    permission("platform.event.read", "See the change feed", "عرض سجل الأحداث"),
    permission("platform.job.read", "See background jobs", "عرض المهام الخلفية"),
    permission("platform.job.cancel", "Cancel background jobs", "إلغاء المهام الخلفية"),
];

/// The catalogue with both descriptions.
pub fn catalogue() -> Vec<PermissionView> {
    let view = |spec: &PermissionSpec| PermissionView {
        name: spec.name.to_owned(),
        description: NameView { ar: Some(spec.ar.to_owned()), en: Some(spec.en.to_owned()) },
    };
    PERMISSIONS.iter().map(view).collect()
}

/// Whether it names a permission, or a prefix such as `accounting.*` that covers at least one.
pub fn is_known(grant: &str) -> bool {
    match grant.strip_suffix('*') {
        Some(prefix) => {
            (prefix.is_empty() || prefix.ends_with('.'))
                && PERMISSIONS.iter().any(|spec| spec.name.starts_with(prefix))
        }
        None => PERMISSIONS.iter().any(|spec| spec.name == grant),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_have_three_parts() {
        let mut names: Vec<_> = PERMISSIONS.iter().map(|spec| spec.name).collect();
        assert!(names.iter().all(|name| name.split('.').count() == 3));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), PERMISSIONS.len());
    }

    #[test]
    fn a_wildcard_ends_at_a_dot_and_covers_something() {
        for known in ["*", "accounting.*", "accounting.account.*", "accounting.journal_entry.post"] {
            assert!(is_known(known), "{known}");
        }
        for unknown in
            ["", "acc*", "accounting", "accounting.account", "stock.*", "accounting.account.post", "**"]
        {
            assert!(!is_known(unknown), "{unknown}");
        }
    }
}
