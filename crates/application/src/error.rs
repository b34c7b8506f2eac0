//! The one error of the application layer: a category, every violation, and an internal text that never leaves.

use std::time::Duration;

use domain::accounting::number_series::NUMBER_ALREADY_USED;
use domain::error::{Category, ErrorDef, Phrase, Violation};

use crate::nouns::noun;
use crate::ports::storage_error::StorageError;

domain::errors! {
    MALFORMED_REQUEST = "malformed_request", Malformed, Developer,
        "The request cannot be read: {reason}.", "تعذرت قراءة الطلب: {reason}.";
    VALIDATION_FAILED = "validation_failed", Rule, User,
        "{problems} found; each is listed under errors.", "وُجدت {problems}، وكل منها مذكور ضمن errors.";
    UNAUTHENTICATED = "unauthenticated", Unauthenticated, Developer,
        "Send a valid bearer token or API key.", "أرسل رمز دخول أو مفتاح API صالحًا.";
    PERMISSION_DENIED = "permission_denied", Forbidden, Administrator,
        "You need the permission {permission}.", "تحتاج إلى الصلاحية {permission}.";
    NOT_FOUND = "not_found", NotFound, User,
        "There is no such {resource}.", "لا يوجد سجل من نوع {resource} بهذا المعرّف.";
    STALE_VERSION = "stale_version", StaleVersion, Developer,
        "Someone changed it in the meantime: it is at version {current}. Read it again and repeat.",
        "جرى تعديل السجل في الأثناء، وهو الآن في الإصدار {current}. أعد قراءته ثم كرر الطلب.";
    MISSING_IF_MATCH = "missing_if_match", MissingVersion, Developer,
        "Send If-Match with the ETag you read.", "أرسل الترويسة If-Match مع قيمة ETag التي قرأتها.";
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused", Rule, Developer,
        "This Idempotency-Key was used for another request.", "استُخدم مفتاح Idempotency-Key هذا لطلب آخر.";
    ALREADY_EXISTS = "already_exists", Conflict, User,
        "There is already one with the same {field}: {value}.", "يوجد سجل بنفس قيمة {field}: {value}.";
    IN_USE = "in_use", Conflict, User,
        "It is used by {users} and cannot be deleted.", "السجل مستخدم في {users} ولا يمكن حذفه.";
    UNKNOWN_REFERENCE = "unknown_reference", Rule, User,
        "There is no {resource} '{value}'.", "لا يوجد سجل من نوع {resource} بالقيمة '{value}'.";
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable", Unavailable, Operator,
        "The service is busy or a part it needs is away. Try again shortly.", "الخدمة مشغولة أو أن أحد مكوناتها غير متاح. أعد المحاولة بعد قليل.";
    OUTCOME_UNKNOWN = "outcome_unknown", Unavailable, Developer,
        "The database did not confirm the change, which may have been made or not. Send the request again with the same Idempotency-Key, or look before you send it again.",
        "لم تؤكد قاعدة البيانات التغيير، فربما حُفظ وربما لم يُحفظ. أعد إرسال الطلب بمفتاح Idempotency-Key نفسه، أو تحقق قبل إعادة إرساله.";
    STORAGE_FULL = "storage_full", Unavailable, Operator,
        "The database cannot be written: its disk is full or read-only. Nothing was changed.",
        "تعذرت الكتابة في قاعدة البيانات: القرص ممتلئ أو للقراءة فقط. لم يتغير شيء.";
    DATABASE_DAMAGED = "database_damaged", Unavailable, Operator,
        "The database file is damaged, so nothing more is written. Restore a backup.",
        "ملف قاعدة البيانات تالف، ولذلك توقفت الكتابة فيه. استعد نسخة احتياطية.";
    INTERNAL_ERROR = "internal_error", Internal, Operator,
        "Something went wrong on our side. Nothing was changed. Quote the trace id when you report it.",
        "حدث خطأ من جهتنا ولم يتغير شيء. اذكر رقم التتبع عند الإبلاغ.";
    DATA_CONFLICT = "data_conflict", Conflict, User,
        "The change conflicts with existing data ({constraint}).", "يتعارض التغيير مع بيانات موجودة ({constraint}).";
}

/// When a client may ask again: not before somebody has restored a backup.
const DAMAGED_RETRY_AFTER: Duration = Duration::from_secs(300);

/// Stands for a value that the database did not tell.
const UNKNOWN_VALUE: &str = "…";

/// The answer of a use case that cannot do what was asked.
#[derive(Debug, Clone)]
pub struct AppError {
    /// Never empty. One violation is the whole story; several are listed together.
    pub violations: Vec<Violation>,
    /// The headline of the whole when the violations are only the first of many.
    pub headline: Option<Box<Violation>>,
    /// For the log only: never part of an answer.
    pub internal: Option<String>,
    pub retry_after: Option<Duration>,
    /// Nothing was kept and the same command may succeed when it runs again: a lost race, a deadlock.
    pub retryable: bool,
}

pub type AppResult<T> = Result<T, AppError>;

impl AppError {
    pub fn new(violation: Violation) -> Self {
        Self {
            violations: vec![violation],
            headline: None,
            internal: None,
            retry_after: None,
            retryable: false,
        }
    }
    pub fn of(def: &'static ErrorDef) -> Self {
        Self::new(Violation::new(def))
    }
    pub fn not_found(resource: &'static str) -> Self {
        Self::no_such(noun(resource))
    }
    /// There is no record of this name.
    pub fn no_such(noun: Phrase) -> Self {
        Self::new(Violation::new(&NOT_FOUND).with_phrase("resource", noun))
    }
    pub fn internal(text: impl Into<String>) -> Self {
        Self { internal: Some(text.into()), ..Self::of(&INTERNAL_ERROR) }
    }
    /// What the ledger refuses of an entry whose lines are not the caller's: the date is mended at the member `date` of the
    /// request, and the rest points at the request as a whole.
    #[must_use]
    pub fn of_the_whole(self, date: &str) -> Self {
        let moved = self.violations.into_iter().map(|violation| {
            let pointer = if violation.pointer == "/postingDate" { date } else { "" };
            violation.at(pointer)
        });
        Self { violations: moved.collect(), ..self }
    }
    /// The category that decides the status: the first violation's, unless one of them cannot be read at all.
    pub fn category(&self) -> Category {
        if let Some(headline) = &self.headline {
            return headline.def.category;
        }
        let categories = || self.violations.iter().map(|v| v.def.category);
        if categories().any(|c| c == Category::Malformed) {
            return Category::Malformed;
        }
        categories().next().unwrap_or(Category::Internal)
    }
    /// Whether the books or the rights refused one thing, so that work which tries several may note it and go on.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self.category(),
            Category::Rule
                | Category::Conflict
                | Category::Forbidden
                | Category::NotFound
                | Category::TooLarge
        )
    }
    pub fn is(&self, def: &'static ErrorDef) -> bool {
        self.violations.iter().chain(self.headline.as_deref()).any(|v| v.def == def)
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(headline) = &self.headline {
            write!(f, "{} of: ", headline.def.code)?;
        }
        let codes: Vec<_> = self.violations.iter().map(|v| v.def.code).collect();
        write!(f, "{}", codes.join(", "))?;
        self.internal.as_ref().map_or(Ok(()), |text| write!(f, ": {text}"))
    }
}
impl std::error::Error for AppError {}

impl From<Violation> for AppError {
    fn from(violation: Violation) -> Self {
        Self::new(violation)
    }
}

impl From<Vec<Violation>> for AppError {
    fn from(violations: Vec<Violation>) -> Self {
        if violations.is_empty() {
            return Self::internal("a use case failed without saying why");
        }
        Self { violations, headline: None, internal: None, retry_after: None, retryable: false }
    }
}

/// Whether the constraint is that a legal number stands on one entry: engines name its index or its columns. It is found
/// where a posting is written, or not before the commit.
fn is_number(constraint: &str) -> bool {
    ["uq_journal_entry_number", "uq_document_number"].contains(&constraint)
        || ["journal_entry.number", "document.number"].iter().any(|column| constraint.contains(column))
}

impl From<StorageError> for AppError {
    fn from(error: StorageError) -> Self {
        let internal = Some(error.to_string());
        let retry_after = Some(Duration::from_secs(1));
        let retryable = matches!(error, StorageError::Retryable(_));
        match error {
            StorageError::Retryable(_)
            | StorageError::Unavailable(_)
            | StorageError::Unusable(_)
            | StorageError::Timeout(_) => {
                Self { internal, retry_after, retryable, ..Self::of(&TEMPORARILY_UNAVAILABLE) }
            }
            StorageError::Full(_) => Self { internal, retry_after, ..Self::of(&STORAGE_FULL) },
            StorageError::Constraint { constraint, .. } if is_number(&constraint) => {
                Self { internal, ..Self::of(&NUMBER_ALREADY_USED) }
            }
            // Somebody else was faster. Run again where it can be, the command sees it and answers everything it finds.
            StorageError::Taken { field, value, .. } => {
                let taken = Violation::new(&ALREADY_EXISTS).with("field", field).at(format!("/{field}"));
                let value = value.unwrap_or_else(|| UNKNOWN_VALUE.to_owned());
                Self { internal, retryable: true, ..Self::new(taken.with("value", value)) }
            }
            StorageError::UnknownReference { field, resource, value, .. } => {
                let unknown = Violation::new(&UNKNOWN_REFERENCE)
                    .with_phrase("resource", noun(&resource))
                    .at(format!("/{field}"));
                let value = value.unwrap_or_else(|| UNKNOWN_VALUE.to_owned());
                Self { internal, ..Self::new(unknown.with("value", value)) }
            }
            StorageError::InUse { users, .. } => {
                Self { internal, ..Self::new(Violation::new(&IN_USE).with_phrase("users", noun(&users))) }
            }
            StorageError::Constraint { constraint, .. } => {
                Self { internal, ..Self::new(Violation::new(&DATA_CONFLICT).with("constraint", constraint)) }
            }
            // A row that cannot be read was written whole once, and is not any more.
            StorageError::Damaged(_) | StorageError::Corrupt { .. } => {
                Self { internal, retry_after: Some(DAMAGED_RETRY_AFTER), ..Self::of(&DATABASE_DAMAGED) }
            }
            StorageError::Internal(_) => Self { internal, ..Self::of(&INTERNAL_ERROR) },
        }
    }
}
