//! `/ops`: the operator's page. The page itself knows nothing; it signs in like any other client, and asks
//! `/api/v1/admin/overview` as `text/html` for its content, which is made here.

mod charts;
mod content;
mod words;

use axum::Router;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::error::Language;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use maud::{DOCTYPE, Markup, html};

use self::words::Words;
use crate::extract::language::of_headers;
use crate::operating::OverviewView;
use crate::routes::platform::admin_process::{ConfigurationView, FlagDefinitionView};
use crate::state::AppState;

/// Everything that [`routes`] serves; for metrics.
pub const PATHS: [&str; 3] = ["/ops", "/ops/ops.css", "/ops/ops.js"];

const CSS: &str = include_str!("ops.css");
const SCRIPT: &str = include_str!("ops.js");
/// Nothing from elsewhere, nothing inline, in no frame.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; frame-ancestors 'none'; \
     base-uri 'none'; form-action 'none'",
);

/// The data that the page shows.
pub struct Shown {
    pub overview: OverviewView,
    pub configuration: ConfigurationView,
    pub flags: Vec<FlagDefinitionView>,
}

/// The page, its style and its script.
pub fn routes() -> Router<AppState> {
    let file = |kind: &'static str, text: &'static str| {
        get(move || async move { ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=300")], text) })
    };
    Router::new()
        .route("/ops", get(page))
        .route("/ops/ops.css", file("text/css; charset=utf-8", CSS))
        .route("/ops/ops.js", file("text/javascript; charset=utf-8", SCRIPT))
}

/// The content of the page.
pub fn content(shown: &Shown, language: Language) -> Response {
    answer(content::content(shown, Words::of(language)))
}

fn answer(markup: Markup) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, markup.into_string()).into_response()
}

/// In the language of `?lang=`, or the one the browser prefers.
async fn page(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let language = match query.as_deref() {
        Some("lang=ar") => Language::Arabic,
        Some("lang=en") => Language::English,
        _ => of_headers(&headers),
    };
    answer(frame(language))
}

fn frame(language: Language) -> Markup {
    let words = Words::of(language);
    html! {
        (DOCTYPE)
        html lang=(language.as_str()) dir=(words.direction) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (words.title) }
                link rel="stylesheet" href="/ops/ops.css";
                link rel="icon" href="data:,";
                script src="/ops/ops.js" defer {}
            }
            body data-silent=(words.silent) data-denied=(words.denied) data-ended=(words.ended) {
                header {
                    h1 { (words.title) }
                    nav {
                        a href={ "/ops?lang=" (words.other_code) } lang=(words.other_code) { (words.other_language) }
                        button #sign-out type="button" hidden { (words.sign_out) }
                    }
                }
                p #problem role="alert" hidden {}
                form #sign-in hidden {
                    h2 { (words.sign_in) }
                    label { (words.email) input name="username" type="email" autocomplete="username" required; }
                    label { (words.password) input name="password" type="password" autocomplete="current-password" required; }
                    label { (words.tenant) input name="tenant" autocomplete="organization"; }
                    button type="submit" { (words.sign_in) }
                }
                main #content hidden {}
                noscript { p { (words.script) } }
            }
        }
    }
}
