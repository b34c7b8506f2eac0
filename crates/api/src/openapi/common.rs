//! Components that every operation refers to.

use serde_json::{Value, json};

use crate::base::API_BASE;
use crate::change_options::DRY_RUN;
use crate::problem::{MEDIA_TYPE, TYPE_BASE};
use crate::wire::Schemas;

pub const INTRODUCTION: &str = "A multi-tenant ERP back end. Every answer is JSON in camelCase; money is a decimal string, never a float; \
ids are UUIDs; dates are `2026-11-22`, timestamps RFC 3339 in UTC.\n\n\
**Errors** are problem documents (RFC 9457) with a stable `code`; everything wrong with a request is listed at once, \
in English or Arabic by `Accept-Language`.\n\n\
**Safety**: send an `Idempotency-Key` with every change, so that it may be repeated; `If-Match` with the `ETag` you read, so that nothing \
is overwritten unseen; `dryRun=true` to have everything checked and nothing kept.\n\n\
**Lists** take `limit`, `cursor`, `sort`, `fields`, `expand` and filters such as `postingDate[gte]=2026-01-01`; with `Accept: text/csv` or \
`application/x-ndjson` the whole list is streamed. CSV values are written as stored: import them into a spreadsheet as text.";

/// Status and description of the common problems; each is a component with the status as its name.
pub const PROBLEMS: [(u16, &str); 15] = [
    (400, "The request cannot be read: malformed JSON, an unknown or invalid parameter, an invalid header."),
    (401, "No valid bearer token or API key."),
    (403, "The permission is missing."),
    (404, "There is no such record in this tenant."),
    (406, "None of the media types asked for can be produced."),
    (408, "The body arrived too slowly, so the server stopped reading it."),
    (409, "The state of the record forbids it."),
    (412, "`If-Match` names another version than the present one."),
    (413, "The body is larger than its limit."),
    (415, "The body has another media type than expected."),
    (422, "Fields or business rules are violated; all of them are listed."),
    (428, "`If-Match` is missing."),
    (429, "Too many requests; `Retry-After` says when to try again."),
    (500, "The server failed. Nothing was changed."),
    (503, "Busy, or a part that is needed is away; `Retry-After` says when to try again."),
];

/// The general meaning of a status, if it is one of the common ones.
pub fn problem_text(status: u16) -> Option<&'static str> {
    PROBLEMS.iter().find(|(known, _)| *known == status).map(|(_, text)| *text)
}

/// A problem answer; `with_codes` lists the codes to expect.
pub fn problem_response(status: u16, description: &str) -> Value {
    let mut response = json!({
        "description": description,
        "headers": { "X-Request-Id": { "$ref": "#/components/headers/RequestId" } },
        "content": { MEDIA_TYPE: { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    if matches!(status, 429 | 503) {
        response["headers"]["Retry-After"] = json!({ "$ref": "#/components/headers/RetryAfter" });
    }
    if status == 401 {
        response["headers"]["WWW-Authenticate"] =
            json!({ "description": "The challenge of RFC 6750.", "schema": { "type": "string" } });
    }
    response
}

pub fn responses() -> Value {
    PROBLEMS
        .iter()
        .map(|(status, text)| (status.to_string(), problem_response(*status, text)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// The schema of problem documents.
pub const PROBLEM: &str = "Problem";

pub fn schemas(schemas: &mut Schemas) {
    struct Problem;
    schemas.named::<Problem>(PROBLEM, |_| {
        json!({
            "type": "object",
            "description": "A problem document of RFC 9457.",
            "required": ["type", "title", "status", "code", "detail", "instance", "traceId"],
            "properties": {
                "type": { "type": "string", "format": "uri-reference", "description": "Where the code is explained, relative to the address of this API." },
                "title": { "type": "string", "description": "The status in words, in the caller's language." },
                "status": { "type": "integer", "minimum": 400, "maximum": 599 },
                "code": { "type": "string", "description": "The stable code; `validation_failed` when there are several errors." },
                "detail": { "type": "string", "description": "The error, in the caller's language." },
                "instance": { "type": "string", "description": "The path of the request. For a signed link it is the template, because the token is a secret." },
                "traceId": { "type": "string", "description": "The trace of the request, as in `traceparent` of W3C Trace Context. Quote it when you report a fault." },
                "errors": {
                    "type": "array",
                    "description": "All errors of the request, each with its place.",
                    "items": {
                        "type": "object",
                        "required": ["code", "detail"],
                        "properties": {
                            "pointer": { "type": "string", "description": "A JSON pointer into the body." },
                            "parameter": { "type": "string", "description": "The query parameter." },
                            "header": { "type": "string", "description": "The header." },
                            "row": { "type": "integer", "minimum": 1, "description": "Line of an imported file, from 1." },
                            "column": { "type": "string", "description": "Column of an imported file." },
                            "code": { "type": "string" },
                            "detail": { "type": "string" },
                        },
                    },
                },
            },
            "examples": [{
                "type": format!("{TYPE_BASE}required"),
                "title": "Rule violated",
                "status": 422,
                "code": "required",
                "detail": "This is required.",
                "instance": format!("{API_BASE}/accounts"),
                "traceId": "0af7651916cd43dd8448eb211c80319c",
                "errors": [{ "pointer": "/code", "code": "required", "detail": "This is required." }],
            }],
        })
    });
}

pub fn parameters() -> Value {
    json!({
        "AcceptLanguage": {
            "name": "Accept-Language", "in": "header", "required": false,
            "description": "The languages the caller prefers, as in RFC 9110, such as `ar-SA,ar;q=0.9,en;q=0.8`. Messages and \
                captions come in Arabic or English, whichever weighs more; in English when neither is named. Never refused. \
                Numbers and dates never change with it.",
            "schema": { "type": "string" },
            "example": "ar",
        },
        "IdempotencyKey": {
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "A request that is repeated with the same key gets the first answer and is not executed again. Keys are kept for 7 days.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$" },
            "example": "order-4711",
        },
        "IfMatch": {
            "name": "If-Match", "in": "header", "required": true,
            "description": "The `ETag` that was read, or `*`. If it is missing the answer is 428; if it names another version, 412.",
            "schema": { "type": "string", "pattern": r#"^(\*|(W/)?"[0-9]{1,18}")$"# },
            "example": "\"3\"",
        },
        "IfNoneMatch": {
            "name": "If-None-Match", "in": "header", "required": false,
            "description": "The `ETag` the caller has. If the version is unchanged the answer is 304.",
            "schema": { "type": "string" },
            "example": "\"3\"",
        },
        "Range": {
            "name": "Range", "in": "header", "required": false,
            "description": "One range of bytes, such as `bytes=0-1023`; `If-Range` holds it to a version.",
            "schema": { "type": "string" },
            "example": "bytes=0-1023",
        },
        "DryRun": {
            "name": DRY_RUN, "in": "query", "required": false,
            "description": "Run every check and answer the result, but keep nothing.",
            "schema": { "type": "boolean", "default": false },
        },
    })
}

pub fn headers() -> Value {
    let header = |text: &str, schema: Value| json!({ "description": text, "schema": schema });
    json!({
        "ETag": header("The version; send it back as `If-Match`.", json!({ "type": "string", "examples": ["\"3\""] })),
        "Location": header("The path of the created resource.", json!({ "type": "string" })),
        "RequestId": header("The id of the request, as in the log.", json!({ "type": "string" })),
        "RetryAfter": header("Seconds to wait before trying again.", json!({ "type": "integer", "minimum": 1 })),
        "IdempotencyReplayed": header("`true` if this is the stored answer of an earlier request with the same key.", json!({ "type": "string" })),
        "RateLimit": header(
            "The limit that will be reached first: its name, the requests left at the moment (`r`) and the seconds until all of them are \
             back (`t`), such as `\"user\";r=5999;t=1`.",
            json!({ "type": "string" }),
        ),
        "RateLimitPolicy": header(
            "The same limit's quota (`q`) and the seconds in which it comes back (`w`), such as `\"user\";q=6000;w=60`.",
            json!({ "type": "string" }),
        ),
    })
}

pub fn security_schemes() -> Value {
    let token = format!("{API_BASE}/auth/token");
    json!({
        "bearer": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "A token of this service or of the configured OpenID issuer; or an API key.",
        },
        "apiKey": { "type": "apiKey", "in": "header", "name": "X-Api-Key", "description": "`erp_…`" },
        "oauth2": {
            "type": "oauth2",
            "description": "Permissions come from the user's roles, not from scopes.",
            "flows": {
                "password": { "tokenUrl": token, "refreshUrl": token, "scopes": {} },
                "clientCredentials": { "tokenUrl": token, "scopes": {} },
            },
        },
    })
}
