//! The document of a failure (RFC 9457).

use std::borrow::Cow;

use domain::error::{Language, Violation};
use http::StatusCode;
use serde::Serialize;

use super::{Problem, title};

/// Where each code is explained; the code follows. Relative to the address that was called, as RFC 9457 allows: whatever name
/// an installation has, the explanation is there.
pub const TYPE_BASE: &str = "/errors/";
/// Most problems listed in one answer.
pub const PROBLEM_ERRORS_MAX: usize = 1_000;
/// Longest text of one problem, in characters.
const DETAIL_LENGTH_MAX: usize = 600;

/// The facts about a request in the problem document that answers it.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The path, but its template where a part of the path is a secret: see [`instance`].
    pub instance: &'a str,
    /// The template of the route, `-` where there is none: what is logged instead of the path.
    pub route: &'a str,
    pub trace_id: &'a str,
    pub language: Language,
}

/// Longest part of a path that is repeated where no route says what it is, in bytes: ids and codes are shorter, link
/// tokens longer.
const SEGMENT_LENGTH_MAX: usize = 60;

/// The path of a request as an answer may repeat it. Whoever holds a link's token may use it, so it stands in no answer
/// that somebody else may be shown.
pub fn instance<'a>(path: &'a str, route: &'a str) -> Cow<'a, str> {
    if route.contains("{token}") {
        return Cow::Borrowed(route);
    }
    if path.split('/').all(|part| part.len() <= SEGMENT_LENGTH_MAX) {
        return Cow::Borrowed(path);
    }
    let parts = path.split('/').map(|part| if part.len() <= SEGMENT_LENGTH_MAX { part } else { "…" });
    Cow::Owned(parts.collect::<Vec<_>>().join("/"))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: String,
    instance: &'a str,
    trace_id: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<&'a str>,
    /// Line of an imported file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<&'a str>,
    code: &'static str,
    detail: String,
}

impl<'a> Item<'a> {
    fn of(violation: &'a Violation, language: Language) -> Self {
        let at = violation.pointer.as_str();
        let (parameter, header) = (at.strip_prefix('?'), at.strip_prefix(':'));
        let pointer = (parameter.is_none() && header.is_none()).then_some(at);
        Self {
            pointer,
            parameter,
            header,
            row: violation.param("row").and_then(|row| row.parse().ok()),
            column: violation.param("column"),
            code: violation.def.code,
            detail: detail(violation, language),
        }
    }
}

fn detail(violation: &Violation, language: Language) -> String {
    let mut text = violation.text(language);
    if let Some((end, _)) = text.char_indices().nth(DETAIL_LENGTH_MAX) {
        text.truncate(end);
        text.push('…');
    }
    text
}

pub fn document<'a>(problem: &'a Problem, status: StatusCode, facts: Facts<'a>) -> Document<'a> {
    let headline = problem.headline();
    let violations = &problem.error().violations;
    let listed = violations.len() > 1
        || problem.error().headline.is_some()
        || violations.iter().any(|v| !v.pointer.is_empty());
    let items = violations.iter().take(if listed { PROBLEM_ERRORS_MAX } else { 0 });
    Document {
        r#type: format!("{TYPE_BASE}{}", headline.def.code),
        title: title(status, facts.language),
        status: status.as_u16(),
        code: headline.def.code,
        detail: detail(&headline, facts.language),
        instance: facts.instance,
        trace_id: facts.trace_id,
        errors: items.map(|violation| Item::of(violation, facts.language)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_in_a_path_is_not_repeated() {
        let token = "a".repeat(90);
        let link = format!("/api/v1/attachment-links/{token}");
        assert_eq!(instance(&link, "/api/v1/attachment-links/{token}"), "/api/v1/attachment-links/{token}");
        assert_eq!(instance(&format!("{link}/more"), "-"), "/api/v1/attachment-links/…/more");
        let account = "/api/v1/accounts/0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11";
        assert_eq!(instance(account, "/api/v1/accounts/{id}"), account);
    }
}
