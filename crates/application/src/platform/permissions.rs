//! The catalogue of permissions: everything a role or an API key can hold.

use super::views::PermissionView;
use crate::views::NameView;

/// Name, description in English, description in Arabic.
type Entry = (&'static str, &'static str, &'static str);

/// Every permission, by module and resource.
pub static PERMISSIONS: &[Entry] = &[
    ("accounting.account.read", "See accounts", "عرض الحسابات"),
    ("accounting.account.create", "Create accounts", "إنشاء الحسابات"),
    ("accounting.account.update", "Change accounts", "تعديل الحسابات"),
    ("accounting.account.delete", "Delete accounts", "حذف الحسابات"),
    ("accounting.journal.read", "See journals", "عرض دفاتر اليومية"),
    ("accounting.journal.create", "Create journals", "إنشاء دفاتر اليومية"),
    ("accounting.journal.update", "Change journals", "تعديل دفاتر اليومية"),
    ("accounting.journal.delete", "Delete journals", "حذف دفاتر اليومية"),
    ("accounting.journal_entry.read", "See journal entries", "عرض قيود اليومية"),
    ("accounting.journal_entry.create", "Create journal entries", "إنشاء قيود اليومية"),
    ("accounting.journal_entry.update", "Change journal entries", "تعديل قيود اليومية"),
    ("accounting.journal_entry.delete", "Delete journal entries", "حذف قيود اليومية"),
    ("accounting.journal_entry.post", "Post journal entries", "ترحيل قيود اليومية"),
    ("accounting.journal_entry.reverse", "Reverse journal entries", "عكس قيود اليومية"),
    ("accounting.recurring_entry.read", "See recurring entries", "عرض القيود المتكررة"),
    ("accounting.recurring_entry.create", "Create recurring entries", "إنشاء القيود المتكررة"),
    ("accounting.recurring_entry.update", "Change recurring entries", "تعديل القيود المتكررة"),
    ("accounting.recurring_entry.delete", "Delete recurring entries", "حذف القيود المتكررة"),
    (
        "accounting.recurring_entry.run",
        "Make entries from recurring templates",
        "إنشاء قيود من القوالب المتكررة",
    ),
    ("accounting.number_series.read", "See number series", "عرض سلاسل الترقيم"),
    ("accounting.number_series.create", "Create number series", "إنشاء سلاسل الترقيم"),
    ("accounting.number_series.update", "Change number series", "تعديل سلاسل الترقيم"),
    ("accounting.number_series.delete", "Delete number series", "حذف سلاسل الترقيم"),
    ("accounting.currency.read", "See currencies", "عرض العملات"),
    ("accounting.currency.create", "Create currencies", "إنشاء العملات"),
    ("accounting.currency.update", "Change currencies", "تعديل العملات"),
    ("accounting.currency.delete", "Delete currencies", "حذف العملات"),
    ("accounting.exchange_rate.read", "See exchange rates", "عرض أسعار الصرف"),
    ("accounting.exchange_rate.create", "Create exchange rates", "إنشاء أسعار الصرف"),
    ("accounting.exchange_rate.update", "Change exchange rates", "تعديل أسعار الصرف"),
    ("accounting.exchange_rate.delete", "Delete exchange rates", "حذف أسعار الصرف"),
    ("accounting.fiscal_year.read", "See fiscal years", "عرض السنوات المالية"),
    ("accounting.fiscal_year.create", "Create fiscal years", "إنشاء السنوات المالية"),
    ("accounting.fiscal_year.update", "Change fiscal years", "تعديل السنوات المالية"),
    ("accounting.fiscal_year.close", "Close fiscal years", "إغلاق السنوات المالية"),
    ("accounting.fiscal_year.reopen", "Reopen fiscal years", "إعادة فتح السنوات المالية"),
    ("accounting.fiscal_period.read", "See fiscal periods", "عرض الفترات المالية"),
    ("accounting.fiscal_period.open", "Open fiscal periods", "فتح الفترات المالية"),
    ("accounting.fiscal_period.close", "Close fiscal periods", "إغلاق الفترات المالية"),
    ("accounting.lock.read", "See ledger locks", "عرض أقفال الدفتر"),
    ("accounting.lock.update", "Move ledger locks", "تحريك أقفال الدفتر"),
    ("accounting.lock_exception.read", "See exceptions from locks", "عرض استثناءات الأقفال"),
    ("accounting.lock_exception.create", "Create exceptions from locks", "إنشاء استثناءات الأقفال"),
    ("accounting.lock_exception.delete", "Revoke exceptions from locks", "إلغاء استثناءات الأقفال"),
    ("accounting.dimension.read", "See dimensions and their values", "عرض الأبعاد وقيمها"),
    ("accounting.dimension.create", "Create dimensions and their values", "إنشاء الأبعاد وقيمها"),
    ("accounting.dimension.update", "Change dimensions and their values", "تعديل الأبعاد وقيمها"),
    ("accounting.dimension.delete", "Delete dimensions and their values", "حذف الأبعاد وقيمها"),
    ("accounting.dimension_rule.read", "See dimension rules", "عرض قواعد الأبعاد"),
    ("accounting.dimension_rule.create", "Create dimension rules", "إنشاء قواعد الأبعاد"),
    ("accounting.dimension_rule.update", "Change dimension rules", "تعديل قواعد الأبعاد"),
    ("accounting.dimension_rule.delete", "Delete dimension rules", "حذف قواعد الأبعاد"),
    ("accounting.opening_balance.read", "See opening balances", "عرض الأرصدة الافتتاحية"),
    ("accounting.opening_balance.create", "Create opening balances", "إنشاء الأرصدة الافتتاحية"),
    ("accounting.report.read", "See financial reports", "عرض التقارير المالية"),
    ("accounting.integrity.read", "Verify the integrity of the ledger", "التحقق من سلامة الدفتر"),
    ("accounting.import.create", "Import files into the ledger", "استيراد الملفات إلى الدفتر"),
    ("accounting.export.read", "Export the ledger", "تصدير الدفتر"),
    ("accounting.ledger_settings.read", "See ledger settings", "عرض إعدادات الدفتر"),
    ("accounting.ledger_settings.update", "Change ledger settings", "تعديل إعدادات الدفتر"),
    ("platform.user.read", "See users of the tenant", "عرض مستخدمي المنشأة"),
    ("platform.user.create", "Invite users to the tenant", "دعوة مستخدمين إلى المنشأة"),
    ("platform.user.update", "Change users of the tenant", "تعديل مستخدمي المنشأة"),
    ("platform.user.delete", "Deactivate users of the tenant", "تعطيل مستخدمي المنشأة"),
    ("platform.role.read", "See roles", "عرض الأدوار"),
    ("platform.role.create", "Create roles", "إنشاء الأدوار"),
    ("platform.role.update", "Change roles", "تعديل الأدوار"),
    ("platform.role.delete", "Delete roles", "حذف الأدوار"),
    ("platform.role_assignment.read", "See role assignments", "عرض إسناد الأدوار"),
    ("platform.role_assignment.create", "Give roles to users", "إسناد الأدوار إلى المستخدمين"),
    ("platform.role_assignment.delete", "Take roles from users", "سحب الأدوار من المستخدمين"),
    ("platform.api_key.read", "See API keys", "عرض مفاتيح API"),
    ("platform.api_key.create", "Create API keys", "إنشاء مفاتيح API"),
    ("platform.api_key.update", "Rotate API keys", "تدوير مفاتيح API"),
    ("platform.api_key.delete", "Revoke API keys", "إلغاء مفاتيح API"),
    ("platform.tenant.read", "See the tenant's own data", "عرض بيانات المنشأة"),
    ("platform.tenant.update", "Change the tenant's own data", "تعديل بيانات المنشأة"),
    ("platform.setting.read", "See settings", "عرض الإعدادات"),
    ("platform.setting.update", "Change settings", "تعديل الإعدادات"),
    ("platform.audit_log.read", "See the audit log", "عرض سجل التدقيق"),
    ("platform.event.read", "See the change feed", "عرض سجل الأحداث"),
    ("platform.job.read", "See background jobs", "عرض المهام الخلفية"),
    ("platform.job.cancel", "Cancel background jobs", "إلغاء المهام الخلفية"),
];

/// The catalogue with both descriptions.
pub fn catalogue() -> Vec<PermissionView> {
    let view = |(name, en, ar): &Entry| PermissionView {
        name: (*name).to_owned(),
        description: NameView { ar: Some((*ar).to_owned()), en: Some((*en).to_owned()) },
    };
    PERMISSIONS.iter().map(view).collect()
}

/// Whether it names a permission, or a prefix such as `accounting.*` that covers at least one.
pub fn is_known(grant: &str) -> bool {
    match grant.strip_suffix('*') {
        Some(prefix) => {
            (prefix.is_empty() || prefix.ends_with('.'))
                && PERMISSIONS.iter().any(|(name, ..)| name.starts_with(prefix))
        }
        None => PERMISSIONS.iter().any(|(name, ..)| *name == grant),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_have_three_parts() {
        let mut names: Vec<_> = PERMISSIONS.iter().map(|(name, ..)| *name).collect();
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
            ["", "acc*", "accounting", "accounting.account", "sales.*", "accounting.account.post", "**"]
        {
            assert!(!is_known(unknown), "{unknown}");
        }
    }
}
