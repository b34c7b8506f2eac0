//! Errors as RFC 9457 problem documents: the one place where a category becomes a status, a violation becomes text in
//! the caller's language, and a failure is logged.

mod document;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use application::error::{AppError, INTERNAL_ERROR, VALIDATION_FAILED};
use application::nouns::problems;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use domain::error::{Category, ErrorDef, Language, Violation};
use http::header::{CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};

use document::document;
pub use document::{Facts, PROBLEM_ERRORS_MAX, TYPE_BASE, instance};

use crate::base::API_BASE;
use crate::telemetry::Sparse;

pub const MEDIA_TYPE: &str = "application/problem+json";

domain::errors! {
    ERROR_CODE_UNKNOWN = "error_code_unknown", NotFound, Developer,
        "There is no error code {code}. All of them are listed at /errors.",
        "لا يوجد رمز خطأ باسم {code}. جميع الرموز مذكورة في /errors.";
    ROUTE_NOT_FOUND = "route_not_found", NotFound, Developer,
        "There is no such path. The operations are listed in /openapi.json.", "لا يوجد مسار بهذا العنوان. العمليات المتاحة مذكورة في /openapi.json.";
    METHOD_NOT_ALLOWED = "method_not_allowed", Malformed, Developer,
        "This path does not support this method; Allow lists those it does.", "هذا المسار لا يقبل هذه الطريقة؛ الترويسة Allow تذكر الطرق المقبولة.";
    NOT_ACCEPTABLE = "not_acceptable", NotAcceptable, Developer,
        "None of the media types in Accept can be produced. Offered: {offered}.", "لا يمكن تقديم أي من الأنواع المطلوبة في Accept. المتاح: {offered}.";
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type", UnsupportedMedia, Developer,
        "The body is not in a form that is accepted here: expected {expected}.",
        "محتوى الطلب ليس بصيغة مقبولة هنا: المتوقع {expected}.";
    BODY_TOO_LARGE = "body_too_large", TooLarge, Developer,
        "The body is larger than {limit} bytes ({name}).", "محتوى الطلب أكبر من {limit} بايت ({name}).";
    INVALID_HEADER = "invalid_header", Malformed, Developer,
        "The header {name} is not valid: expected {expected}.", "الترويسة {name} غير صحيحة: المتوقع {expected}.";
    RATE_LIMITED = "rate_limited", Throttled, Developer,
        "Too many requests. Try again in {seconds} seconds.", "عدد الطلبات كبير جدًا. أعد المحاولة بعد {seconds} ثانية.";
    OVERLOADED = "overloaded", Unavailable, Operator,
        "More requests are in progress than this server can handle. Try again shortly.", "عدد الطلبات الجارية أكبر من سعة الخادم. أعد المحاولة بعد قليل.";
    STARTING = "starting", Unavailable, Operator,
        "The server is starting and not ready yet. Try again shortly.", "الخادم قيد التشغيل وليس جاهزًا بعد. أعد المحاولة بعد قليل.";
    STOPPING = "stopping", Unavailable, Operator,
        "The server is about to stop. Connect again to reach another one.", "الخادم على وشك التوقف. أعد الاتصال للوصول إلى خادم آخر.";
    REQUEST_TIMEOUT = "request_timeout", Unavailable, Operator,
        "The request took longer than {seconds} seconds and was given up. With the same Idempotency-Key it may safely be repeated.",
        "تجاوز الطلب {seconds} ثانية فأوقف. يمكن تكراره بأمان بنفس قيمة Idempotency-Key.";
    BODY_TOO_SLOW = "body_too_slow", Malformed, Developer,
        "The body arrived too slowly and was not read to its end. Send it without pauses.",
        "وصل محتوى الطلب ببطء شديد فأوقف استلامه. أرسله دون توقف.";
    REQUEST_REFUSED = "request_refused", Malformed, Developer,
        "The request was refused with the status {status}.", "رُفض الطلب بالحالة {status}.";
    RANGE_NOT_SATISFIABLE = "range_not_satisfiable", Rule, Developer,
        "The file has only {size} bytes.", "حجم الملف {size} بايت فقط.";
    BATCH_ROLLED_BACK = "batch_rolled_back", Conflict, Developer,
        "Operation {index} failed, so nothing of the batch was kept.", "فشلت العملية {index} فلم يُحفظ شيء من الدفعة.";
}

/// The HTTP status of an error. Codes with a status of their own are defined in this module.
pub fn status_of(def: &ErrorDef) -> StatusCode {
    if def == &METHOD_NOT_ALLOWED {
        StatusCode::METHOD_NOT_ALLOWED
    } else if def == &BODY_TOO_SLOW {
        StatusCode::REQUEST_TIMEOUT
    } else if def == &RANGE_NOT_SATISFIABLE {
        StatusCode::RANGE_NOT_SATISFIABLE
    } else if def == &BATCH_ROLLED_BACK {
        StatusCode::FAILED_DEPENDENCY
    } else {
        status(def.category)
    }
}

/// The one mapping from category to status.
pub const fn status(category: Category) -> StatusCode {
    match category {
        Category::Malformed => StatusCode::BAD_REQUEST,
        Category::Unauthenticated => StatusCode::UNAUTHORIZED,
        Category::Forbidden => StatusCode::FORBIDDEN,
        Category::NotFound => StatusCode::NOT_FOUND,
        Category::Conflict => StatusCode::CONFLICT,
        Category::StaleVersion => StatusCode::PRECONDITION_FAILED,
        Category::MissingVersion => StatusCode::PRECONDITION_REQUIRED,
        Category::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Category::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Category::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
        Category::Rule => StatusCode::UNPROCESSABLE_ENTITY,
        Category::Throttled => StatusCode::TOO_MANY_REQUESTS,
        Category::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Category::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A short name of a status, in both languages.
pub fn title(status: StatusCode, language: Language) -> &'static str {
    let (en, ar) = match status.as_u16() {
        400 => ("Malformed request", "طلب غير صحيح"),
        401 => ("Not signed in", "لم يتم تسجيل الدخول"),
        403 => ("Not allowed", "غير مسموح"),
        404 => ("Not found", "غير موجود"),
        405 => ("Method not allowed", "طريقة غير مسموحة"),
        406 => ("Not acceptable", "صيغة غير متاحة"),
        408 => ("Too slow", "بطيء جدًا"),
        409 => ("Conflict", "تعارض"),
        412 => ("Changed in the meantime", "تغيّر في الأثناء"),
        413 => ("Too large", "أكبر من الحد المسموح"),
        415 => ("Unsupported media type", "نوع محتوى غير مدعوم"),
        416 => ("No such part", "جزء غير موجود"),
        424 => ("Undone with the others", "أُلغي مع غيره"),
        422 => ("Rule violated", "مخالفة لقاعدة"),
        428 => ("Version required", "رقم الإصدار مطلوب"),
        429 => ("Too many requests", "طلبات كثيرة جدًا"),
        503 => ("Temporarily unavailable", "غير متاح مؤقتًا"),
        500..=599 => ("Internal error", "خطأ داخلي"),
        _ => ("Request refused", "رُفض الطلب"),
    };
    match language {
        Language::English => en,
        Language::Arabic => ar,
    }
}

/// The problem of a rendered answer, for the log line of its request.
#[derive(Debug, Clone)]
pub struct Cause(pub Problem);

/// A failure on its way out. Its document is written by [`render`], which knows language, path and trace id.
#[derive(Debug, Clone)]
pub struct Problem(Arc<AppError>);

impl<E: Into<AppError>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(Arc::new(error.into()))
    }
}

impl Problem {
    pub fn of(def: &'static ErrorDef) -> Self {
        AppError::of(def).into()
    }
    pub fn error(&self) -> &AppError {
        &self.0
    }
    /// The code of the document.
    pub fn code(&self) -> &'static str {
        match (&self.0.headline, self.0.violations.as_slice()) {
            (Some(headline), _) => headline.def.code,
            (None, []) => INTERNAL_ERROR.code,
            (None, [only]) => only.def.code,
            (None, _) => VALIDATION_FAILED.code,
        }
    }
    /// The subject of the document: the only violation, or `validation_failed` for several.
    fn headline(&self) -> Violation {
        if let Some(headline) = &self.0.headline {
            return (**headline).clone();
        }
        match self.0.violations.as_slice() {
            [] => Violation::new(&INTERNAL_ERROR),
            [only] => only.clone(),
            many => Violation::new(&VALIDATION_FAILED).with_phrase("problems", problems(many.len())),
        }
    }
    pub fn status(&self) -> StatusCode {
        if let Some(headline) = &self.0.headline {
            return status_of(headline.def);
        }
        match self.0.violations.as_slice() {
            [only] => status_of(only.def),
            _ => status(self.0.category()),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives a failed answer its document: that of the [`Problem`] it carries, or a general one for a refusal that came from
/// below (a rejection of the router, for instance). What it was stays with the answer as its [`Cause`].
pub fn render(response: Response, facts: Facts<'_>) -> Response {
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Some(problem) = parts.extensions.remove::<Problem>().or_else(|| foreign(&parts, facts)) else {
        return Response::from_parts(parts, body);
    };
    log(&problem, parts.status, facts);
    parts.extensions.insert(Cause(problem.clone()));
    let document = serde_json::to_vec(&document(&problem, parts.status, facts)).unwrap_or_default();
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    let language = match facts.language {
        Language::English => "en",
        Language::Arabic => "ar",
    };
    parts.headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language));
    if parts.status == StatusCode::UNAUTHORIZED {
        parts.headers.entry(WWW_AUTHENTICATE).or_insert(HeaderValue::from_static("Bearer realm=\"erp\""));
    }
    let transient = matches!(problem.error().category(), Category::Throttled | Category::Unavailable);
    if problem.error().retry_after.is_some() || transient {
        let seconds = problem.error().retry_after.map_or(1, |pause| pause.as_secs().max(1));
        parts.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    Response::from_parts(parts, Body::from(document))
}

/// A refusal of an operation without a document of its own; what comes with a JSON body is left as it is.
fn foreign(parts: &http::response::Parts, facts: Facts<'_>) -> Option<Problem> {
    let plain = match parts.headers.get(CONTENT_TYPE) {
        None => true,
        Some(kind) => kind.as_bytes().starts_with(b"text/plain"),
    };
    if !plain || !facts.instance.starts_with(API_BASE) {
        return None;
    }
    let def = match parts.status {
        StatusCode::NOT_FOUND => &ROUTE_NOT_FOUND,
        StatusCode::METHOD_NOT_ALLOWED => &METHOD_NOT_ALLOWED,
        status if status.is_server_error() => &INTERNAL_ERROR,
        status => {
            return Some(Violation::new(&REQUEST_REFUSED).with("status", status.as_u16()).into());
        }
    };
    Some(Problem::of(def))
}

/// Under load every second request may be refused; the log need not know of each.
static REFUSALS: LazyLock<Sparse> = LazyLock::new(|| Sparse::every(Duration::from_secs(10)));

/// Failures of the server are told by the line of the request, with their causes.
fn log(problem: &Problem, status: StatusCode, facts: Facts<'_>) {
    let error = problem.error();
    let (route, status) = (facts.route, status.as_u16());
    match error.category() {
        Category::Unavailable if error.is(&OVERLOADED) => {
            if let Some(left_out) = REFUSALS.now() {
                tracing::warn!(
                    target: "erp::serving", status, left_out,
                    "More requests come than are served: some are refused with 503, {{left_out}} more since the last such line"
                );
            }
        }
        Category::Internal | Category::Unavailable => {}
        _ => tracing::debug!(status, route, error = %error, "request refused"),
    }
}
