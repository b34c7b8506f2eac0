//! `/errors` and `/errors/{code}`: what every code means, for browsers as a page and for programs as JSON. The `type` of a
//! problem document leads here. Nothing of a tenant is said, so nobody is asked who they are.

use application::error::AppError;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::error::{Acts, ErrorDef, Language, Violation};
use http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY,
};
use http::{HeaderMap, HeaderValue};
use maud::{DOCTYPE, Markup, html};
use serde::Serialize;

use crate::catalogue::error_catalogue;
use crate::extract::{Media, language};
use crate::media::negotiate;
use crate::problem::{ERROR_CODE_UNKNOWN, Problem, TYPE_BASE, status_of, title};
use crate::state::AppState;
use crate::wire::quoted;

const LIST: &str = "/errors";
/// [`TYPE_BASE`] with the code behind it.
const ONE: &str = "/errors/{code}";
/// Everything that [`routes`] serves; for metrics.
pub const PATHS: [&str; 2] = [LIST, ONE];
/// Neither scripts nor styles, in no frame.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);

/// One error code, in the language of the caller.
#[derive(Serialize)]
struct Explained {
    r#type: String,
    code: &'static str,
    status: u16,
    title: &'static str,
    /// `{…}` stands for a value of the request.
    detail: &'static str,
    /// The person who can do something about the error.
    actor: &'static str,
}

#[derive(Serialize)]
struct All {
    items: Vec<Explained>,
}

impl Explained {
    fn of(def: &ErrorDef, language: Language) -> Self {
        let status = status_of(def);
        Self {
            r#type: format!("{TYPE_BASE}{}", def.code),
            code: def.code,
            status: status.as_u16(),
            title: title(status, language),
            detail: match language {
                Language::English => def.en,
                Language::Arabic => def.ar,
            },
            actor: match def.acts {
                Acts::Developer => "developer",
                Acts::User => "user",
                Acts::Administrator => "administrator",
                Acts::Operator => "operator",
            },
        }
    }
}

pub fn routes() -> Router<AppState> {
    Router::new().route(LIST, get(list)).route(ONE, get(one))
}

async fn list(headers: HeaderMap) -> Result<Response, Problem> {
    let language = language::of_headers(&headers);
    let mut defs = error_catalogue();
    defs.sort_by_key(|def| (status_of(def).as_u16(), def.code));
    let all = All { items: defs.into_iter().map(|def| Explained::of(def, language)).collect() };
    answer(&headers, language, &all, Words::of(language).title, &all.items)
}

async fn one(Path(code): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let language = language::of_headers(&headers);
    let known = error_catalogue().into_iter().find(|def| def.code == code);
    let def = known.ok_or_else(|| Violation::new(&ERROR_CODE_UNKNOWN).with("code", quoted(&code)))?;
    let explained = Explained::of(def, language);
    answer(&headers, language, &explained, def.code, std::slice::from_ref(&explained))
}

/// JSON, or the page where that is what the caller likes better.
fn answer(
    headers: &HeaderMap,
    language: Language,
    json: &impl Serialize,
    caption: &str,
    items: &[Explained],
) -> Result<Response, Problem> {
    let html = negotiate(headers.get_all(ACCEPT), &[Media::Json, Media::Html])? == Media::Html;
    let (kind, body) = if html {
        ("text/html; charset=utf-8", page(caption, items, language).into_string().into_bytes())
    } else {
        let body = serde_json::to_vec(json).map_err(|error| AppError::internal(error.to_string()))?;
        ("application/json", body)
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.as_str()));
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    for name in [ACCEPT, ACCEPT_LANGUAGE] {
        headers.append(VARY, HeaderValue::from_name(name));
    }
    Ok(response)
}

struct Words {
    direction: &'static str,
    title: &'static str,
    code: &'static str,
    status: &'static str,
    meaning: &'static str,
    who: &'static str,
}

impl Words {
    const fn of(language: Language) -> Self {
        match language {
            Language::English => Self {
                direction: "ltr",
                title: "Error codes",
                code: "Code",
                status: "Status",
                meaning: "Meaning",
                who: "Who can act",
            },
            Language::Arabic => Self {
                direction: "rtl",
                title: "رموز الأخطاء",
                code: "الرمز",
                status: "الحالة",
                meaning: "المعنى",
                who: "من يستطيع التصرف",
            },
        }
    }
}

fn actor(actor: &'static str, language: Language) -> &'static str {
    match (language, actor) {
        (Language::Arabic, "developer") => "المطوّر",
        (Language::Arabic, "user") => "المستخدم",
        (Language::Arabic, "administrator") => "مدير النظام",
        (Language::Arabic, "operator") => "مشغّل النظام",
        _ => actor,
    }
}

fn page(caption: &str, items: &[Explained], language: Language) -> Markup {
    let words = Words::of(language);
    html! {
        (DOCTYPE)
        html lang=(language.as_str()) dir=(words.direction) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (caption) }
            }
            body {
                h1 { (caption) }
                table {
                    thead {
                        tr { th { (words.status) } th { (words.code) } th { (words.meaning) } th { (words.who) } }
                    }
                    tbody {
                        @for item in items {
                            tr {
                                td { (item.status) " " (item.title) }
                                td { a href=(item.r#type) { code { (item.code) } } }
                                td { (item.detail) }
                                td { (actor(item.actor, language)) }
                            }
                        }
                    }
                }
                @if items.len() == 1 { p { a href=(LIST) { (words.title) } } }
            }
        }
    }
}
