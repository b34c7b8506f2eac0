//! Lists: parameters, selection, CSV and NDJSON.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use application::paging::{Direction, FilterOp, FilterValue};
use futures::StreamExt;
use http::StatusCode;
use serde_json::json;

use super::stub::{THING_LIST, api, call, read};
use crate::extract::Media;
use crate::extract::list_params::parse;
use crate::wire::QueryPairs;

#[tokio::test]
async fn a_stream_reads_no_further_than_its_reader() {
    let pages = Arc::new(AtomicUsize::new(0));
    let counted = pages.clone();
    let page = move |query| {
        counted.fetch_add(1, Ordering::SeqCst);
        super::stub::page(query)
    };
    let request = parse(&THING_LIST, &QueryPairs::default()).unwrap();
    let response = crate::answer::list(page, request, Media::NdJson).await.unwrap();
    let mut body = response.into_body().into_data_stream();
    assert!(body.next().await.unwrap().unwrap().starts_with(b"{"));
    assert!(body.next().await.is_some());
    drop(body);
    assert_eq!(pages.load(Ordering::SeqCst), 2);
}

#[test]
fn parameters_become_a_query() {
    let text = "limit=7&sort=-postingDate,code&status=posted&postingDate[gte]=2026-01-01&postingDate%5Blt%5D=2026-02-01\
                &status[in]=draft,posted&code[like]=INV+%D8%A3&parentId[isNull]=true&expand=lines&count=exact&fields=id,code";
    let request = parse(&THING_LIST, &QueryPairs::parse(text).unwrap()).unwrap();
    assert_eq!(request.query.limit, 7);
    assert_eq!(request.query.sort, [("postingDate", Direction::Descending), ("code", Direction::Ascending)]);
    assert_eq!(request.query.expand, ["lines"]);
    assert_eq!(request.fields.unwrap(), ["id", "code"]);
    let filters = &request.query.filters;
    assert_eq!(filters.len(), 6);
    assert_eq!((filters[1].field, filters[1].op), ("postingDate", FilterOp::Gte));
    assert_eq!(filters[4].value, FilterValue::Text("INV أ".into()));
    assert_eq!(filters[5].value, FilterValue::Boolean(true));
}

#[tokio::test]
async fn wrong_parameters_are_all_named() {
    let reply = read(
        "/api/v1/things?limit=0&sort=note&status=lost&status[like]=x&colour=red&code[in]=a&expand=all&count=many&limit=2",
    )
    .await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (400, "validation_failed"));
    let expected = [
        ("limit", "invalid_parameter"),
        ("sort", "invalid_parameter"),
        ("status", "invalid_parameter"),
        ("status[like]", "unknown_parameter"),
        ("colour", "unknown_parameter"),
        ("expand", "invalid_parameter"),
        ("count", "invalid_parameter"),
        ("limit", "invalid_parameter"),
    ];
    assert_eq!(reply.errors(), expected.map(|(name, code)| (name.to_owned(), code.to_owned())));
    let details = reply.json()["errors"].to_string();
    assert!(
        details
            .contains("limit, cursor, sort, fields, expand, count, or, code, postingDate, status, parentId")
    );
    assert!(details.contains("status, status[ne], status[in]."));
    let unknown_field = read("/api/v1/things?fields=id,colour").await;
    assert_eq!((unknown_field.status.as_u16(), unknown_field.code().as_str()), (400, "unknown_parameter"));
    assert!(unknown_field.json()["detail"].as_str().unwrap().contains("id, code, name, note"));
}

/// Generated clients repeat a parameter that has several values.
#[tokio::test]
async fn several_values_may_stand_in_several_parameters() {
    let together = read("/api/v1/things?fields=id,code&sort=code,-postingDate&status[in]=draft,posted").await;
    let repeated = read(
        "/api/v1/things?fields=id&sort=code&status[in]=draft&fields=code&sort=-postingDate&status[in]=posted",
    )
    .await;
    assert_eq!((together.status.as_u16(), together.json()), (200, repeated.json()));
    assert_eq!(repeated.json()["items"][0].as_object().unwrap().len(), 2);
    let wrong = read("/api/v1/things?sort=code&sort=code&status=draft&status=posted").await;
    let expected = ["sort", "status"].map(|name| (name.to_owned(), "invalid_parameter".to_owned()));
    assert_eq!(wrong.errors(), expected);
}

#[tokio::test]
async fn a_page_shows_what_was_asked_for() {
    let page = read("/api/v1/things?limit=2&fields=code,note").await.json();
    assert_eq!(
        page,
        json!({ "items": [{ "code": "T0", "note": null }, { "code": "T1", "note": null }], "nextCursor": "2" })
    );
    assert_eq!(read("/api/v1/things").await.json()["items"].as_array().unwrap().len(), 50);
}

#[tokio::test]
async fn a_whole_list_streams_as_csv_and_ndjson() {
    let csv = call(&api(), "GET", "/api/v1/things", &["Accept: text/csv"], "").await;
    assert_eq!(csv.status, StatusCode::OK);
    assert!(csv.header("content-type").starts_with("text/csv"));
    let lines: Vec<&str> = csv.body.split("\r\n").collect();
    assert_eq!(lines[0], "id,code,name.ar,name.en,note");
    assert_eq!(lines[1], "00000000-0000-0000-0000-000000000000,T0,نقد,\"a \"\"thing\"\", 0\",");
    assert_eq!(lines.len(), 1 + 2_003 + 1);
    let lines =
        call(&api(), "GET", "/api/v1/things?fields=code&limit=3", &["Accept: application/x-ndjson"], "")
            .await;
    assert_eq!(lines.body, "{\"code\":\"T0\"}\n{\"code\":\"T1\"}\n{\"code\":\"T2\"}\n");
}
