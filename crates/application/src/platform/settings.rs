//! Small values that shape a tenant: each known by its key, checked, and with a default.

use async_trait::async_trait;
use domain::error::Violation;
use domain::ids::TenantId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::{INVALID_SETTING, UNKNOWN_SETTING};
use super::guard::record;
use super::ports::PlatformQueries;
use super::views::SettingView;
use crate::accounting::fiscal_years::{AUTOMATIC, START_MONTH, realign_unused_year};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::unit_of_work::UnitOfWork;
use crate::views::NameView;

/// The resource, as in permissions, events and messages.
pub const SETTING: &str = "setting";

/// One known setting.
pub struct SettingSpec {
    pub key: &'static str,
    en: &'static str,
    ar: &'static str,
    /// The value it expects, for the message.
    expected: &'static str,
    accepts: fn(&Value) -> bool,
    /// For a tenant of this country.
    default: fn(&str) -> Value,
}

pub static SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        key: "vat-rate",
        en: "The standard VAT rate in percent.",
        ar: "النسبة الأساسية لضريبة القيمة المضافة بالمئة.",
        expected: "a percentage from \"0\" to \"100\" as text, with at most 4 decimals, such as \"15\"",
        accepts: is_percentage,
        default: standard_vat_rate,
    },
    SettingSpec {
        key: "default-language",
        en: "The language of documents and messages unless a request asks for another.",
        ar: "لغة المستندات والرسائل عند عدم طلب لغة أخرى.",
        expected: "\"ar\" or \"en\"",
        accepts: |value| matches!(value.as_str(), Some("ar" | "en")),
        default: |_| json!("en"),
    },
    SettingSpec {
        key: START_MONTH,
        en: "The month, 1 to 12, in which fiscal years made from now on begin; the year before them is short if need be. \
             If the ledger has no entries and only one fiscal year, that year is replaced by one that begins in the month.",
        ar: "الشهر الذي تبدأ فيه السنوات المالية التي تُنشأ من الآن، من 1 إلى 12؛ وقد تقصر سنة واحدة قبلها عند الحاجة. \
             والسنة المالية الوحيدة في دفتر بلا قيود تحل محلها سنة تبدأ في هذا الشهر.",
        expected: "a whole number from 1 to 12",
        accepts: |value| value.as_u64().is_some_and(|month| (1..=12).contains(&month)),
        default: |_| json!(1),
    },
    SettingSpec {
        key: AUTOMATIC,
        en: "Whether the fiscal year after the last one is made automatically, 30 days before the last one ends or when an entry \
             dated in it is posted.",
        ar: "هل تُنشأ السنة المالية التالية للأخيرة تلقائيًا، قبل نهاية الأخيرة بثلاثين يومًا أو عند ترحيل قيد بتاريخ يقع في التالية.",
        expected: "true or false",
        accepts: Value::is_boolean,
        default: |_| json!(true),
    },
];

/// Decimals of a percentage.
const PERCENTAGE_DECIMALS_MAX: usize = 4;

fn is_percentage(value: &Value) -> bool {
    let Some(text) = value.as_str() else { return false };
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits =
        |part: &str, max: usize| (1..=max).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole, 3) || !digits(decimals, PERCENTAGE_DECIMALS_MAX) {
        return false;
    }
    match whole.parse::<u32>() {
        Ok(100) => decimals.bytes().all(|b| b == b'0'),
        Ok(whole) => whole < 100,
        Err(_) => false,
    }
}

/// The standard rates of the Gulf states; elsewhere none is assumed.
fn standard_vat_rate(country: &str) -> Value {
    json!(match country {
        "SA" => "15",
        "BH" => "10",
        "AE" | "OM" => "5",
        _ => "0",
    })
}

impl SettingSpec {
    /// The setting of this key, or `unknown_setting`.
    pub fn find(key: &str) -> AppResult<&'static Self> {
        SETTINGS.iter().find(|spec| spec.key == key).ok_or_else(|| {
            let known: Vec<_> = SETTINGS.iter().map(|spec| spec.key).collect();
            let shown: String = key.chars().take(100).collect();
            AppError::new(Violation::new(&UNKNOWN_SETTING).with("key", shown).with("known", known.join(", ")))
        })
    }

    fn view(&self, stored: Option<(Value, i64)>, country: &str) -> SettingView {
        let is_default = stored.is_none();
        let (value, version) = stored.unwrap_or_else(|| ((self.default)(country), 0));
        let description = NameView { ar: Some(self.ar.to_owned()), en: Some(self.en.to_owned()) };
        SettingView { key: self.key.to_owned(), value, is_default, description, version }
    }
}

/// Every known setting with the value that holds.
pub async fn settings(queries: &dyn PlatformQueries, tenant: TenantId) -> AppResult<Vec<SettingView>> {
    let country = queries.tenant(tenant).await?.map(|t| t.country).unwrap_or_default();
    let mut stored = queries.settings(tenant).await?;
    let mut take = |key: &str| {
        let index = stored.iter().position(|(name, ..)| name == key)?;
        let (_, value, version) = stored.swap_remove(index);
        Some((value, version))
    };
    Ok(SETTINGS.iter().map(|spec| spec.view(take(spec.key), &country)).collect())
}

/// One setting.
pub async fn setting(queries: &dyn PlatformQueries, tenant: TenantId, key: &str) -> AppResult<SettingView> {
    let spec = SettingSpec::find(key)?;
    let all = settings(queries, tenant).await?;
    all.into_iter().find(|view| view.key == spec.key).ok_or_else(|| AppError::not_found(SETTING))
}

/// Sets a value, or goes back to the default.
pub struct PutSetting {
    pub key: String,
    /// `None`: the default.
    pub value: Option<Value>,
}

#[async_trait]
impl Command for PutSetting {
    const NAME: &'static str = "put_setting";
    const ACCESS: Access = Access::Permission("platform.setting.update");
    type Output = SettingView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<SettingView>> {
        let spec = SettingSpec::find(&self.key)?;
        let tenant = uow.tenant();
        let country =
            uow.tenants().find(tenant).await?.map(|t| t.country.as_str().to_owned()).unwrap_or_default();
        let stored = uow.tenants().setting(spec.key).await?;
        let before = spec.view(stored, &country);
        check_version(ctx, before.version)?;
        let after = match &self.value {
            Some(value) if !(spec.accepts)(value) => {
                let bad =
                    Violation::new(&INVALID_SETTING).with("key", spec.key).with("expected", spec.expected);
                return Err(AppError::new(bad.at("/value")));
            }
            Some(value) => {
                uow.tenants().save_setting(spec.key, value, before.version + 1).await?;
                spec.view(Some((value.clone(), before.version + 1)), &country)
            }
            None => {
                uow.tenants().delete_setting(spec.key).await?;
                spec.view(None, &country)
            }
        };
        if spec.key == START_MONTH {
            let today = ctx.today(uow.now());
            realign_unused_year(uow, today).await?;
        }
        let id = setting_id(spec.key);
        record(uow, (SETTING, id), "updated", Some(&before), Some(&after))?;
        Ok(Done { version: Some(after.version), id: None, output: after })
    }
}

/// Settings have names, not ids; in the audit log a hash of the name stands for the id (RFC 9562, version 8).
fn setting_id(key: &str) -> Uuid {
    let hash = super::api_keys::hash_token(key);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Uuid::new_v8(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_checked_and_defaults_accepted() {
        for spec in SETTINGS {
            assert!((spec.accepts)(&(spec.default)("SA")), "{}", spec.key);
        }
        let vat = SettingSpec::find("vat-rate").unwrap();
        for good in ["0", "15", "5.5", "100", "100.00", "7.1250"] {
            assert!((vat.accepts)(&json!(good)), "{good}");
        }
        for bad in
            [json!(15), json!("-1"), json!("100.1"), json!("1e1"), json!(""), json!("5."), json!("1.23456")]
        {
            assert!(!(vat.accepts)(&bad), "{bad}");
        }
        assert!(SettingSpec::find("vat").err().unwrap().is(&UNKNOWN_SETTING));
    }
}
