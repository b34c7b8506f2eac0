//! Small values that shape a tenant: each known by its key, checked, and with a default.

use domain::error::{Phrase, Violation};
use domain::ids::TenantId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::UNKNOWN_SETTING;
use super::ports::PlatformQueries;
use super::views::SettingView;
use crate::error::{AppError, AppResult};
use crate::views::NameView;

/// The resource, as in permissions, events and messages.
pub const SETTING: &str = "setting";

/// The setting that says in which month fiscal years begin.
pub const START_MONTH: &str = "fiscal-year-start-month";
/// The setting that says whether the next fiscal year is made by itself.
pub const AUTOMATIC: &str = "fiscal-year-automatic";

/// One known setting.
pub struct SettingSpec {
    pub key: &'static str,
    en: &'static str,
    ar: &'static str,
    /// The value it expects, for the message.
    pub(crate) expected: Phrase,
    pub(crate) accepts: fn(&Value) -> bool,
    /// For a tenant of this country.
    default: fn(&str) -> Value,
}

pub static SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        key: "vat-rate",
        en: "The standard VAT rate in percent.",
        ar: "النسبة الأساسية لضريبة القيمة المضافة بالمئة.",
        expected: Phrase::new(
            "a percentage from \"0\" to \"100\" as text, with at most 4 decimals, such as \"15\"",
            "نسبة مئوية من \"0\" إلى \"100\" كنص، بأربع منازل عشرية بحد أقصى، مثل \"15\"",
        ),
        accepts: is_percentage,
        default: standard_vat_rate,
    },
    SettingSpec {
        key: "default-language",
        en: "The language of documents and messages unless a request asks for another.",
        ar: "لغة المستندات والرسائل عند عدم طلب لغة أخرى.",
        expected: Phrase::new("\"ar\" or \"en\"", "\"ar\" أو \"en\""),
        accepts: |value| matches!(value.as_str(), Some("ar" | "en")),
        default: |_| json!("en"),
    },
    SettingSpec {
        key: START_MONTH,
        en: "The month, 1 to 12, in which fiscal years made from now on begin; the year before them is short if need be. \
             If the ledger has no entries and only one fiscal year, that year is replaced by one that begins in the month.",
        ar: "الشهر الذي تبدأ فيه السنوات المالية التي تُنشأ من الآن، من 1 إلى 12؛ وقد تقصر سنة واحدة قبلها عند الحاجة. \
             والسنة المالية الوحيدة في دفتر بلا قيود تحل محلها سنة تبدأ في هذا الشهر.",
        expected: Phrase::new("a whole number from 1 to 12", "عددًا صحيحًا من 1 إلى 12"),
        accepts: |value| value.as_u64().is_some_and(|month| (1..=12).contains(&month)),
        default: |_| json!(1),
    },
    SettingSpec {
        key: AUTOMATIC,
        en: "Whether the fiscal year after the last one is made automatically, 30 days before the last one ends or when an entry \
             dated in it is posted.",
        ar: "هل تُنشأ السنة المالية التالية للأخيرة تلقائيًا، قبل نهاية الأخيرة بثلاثين يومًا أو عند ترحيل قيد بتاريخ يقع في التالية.",
        expected: Phrase::new("true or false", "true أو false"),
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

    pub(crate) fn view(&self, stored: Option<(Value, i64)>, country: &str) -> SettingView {
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

/// Settings have names, not ids; in the audit log a hash of the name stands for the id (RFC 9562, version 8).
pub(crate) fn setting_id(key: &str) -> Uuid {
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
