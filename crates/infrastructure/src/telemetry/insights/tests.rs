use std::time::Duration;

use signals::{Family, Kind, Metric, Sample};

use super::*;

fn envelopes() -> Envelopes {
    Envelopes {
        key: SecretText::new("00000000-0000-0000-0000-000000000001"),
        identity: Identity {
            application: "ERP-API".to_owned(),
            instance: "erp-api-1".to_owned(),
            version: "1.0.0+abc1234".to_owned(),
            environment: "Production".to_owned(),
        },
    }
}

fn origin() -> Origin {
    let bytes = |text: &str| -> Vec<u8> {
        let digits = (0..text.len()).step_by(2);
        digits.map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    };
    Origin {
        trace: bytes("0af7651916cd43dd8448eb211c80319c").try_into().unwrap(),
        span: bytes("00f067aa0ba902b7").try_into().unwrap(),
        parent: Some(bytes("b7ad6b7169203331").try_into().unwrap()),
        operation: "GET /api/v1/accounts/{id}".to_owned(),
        tenant: Some("tenant1".to_owned()),
        user: Some("456".to_owned()),
        per_cent: 100.0,
    }
}

const TIME: Micros = 1_705_329_005_000_000;

fn request() -> Request {
    Request {
        origin: origin(),
        began: TIME,
        took: Duration::from_micros(12_345),
        method: "GET".to_owned(),
        route: "/api/v1/accounts/{id}".to_owned(),
        url: "https://api.erp.com/api/v1/accounts/123".to_owned(),
        status: 200,
        problem: None,
        bytes: 10,
    }
}

fn log(exception: Option<&str>) -> Log {
    Log {
        origin: Some(origin()),
        time: TIME,
        severity: Severity::Warning,
        source: "erp::sql".to_owned(),
        template: "{Count} rows".to_owned(),
        message: "7 rows".to_owned(),
        fields: vec![
            ("Count".to_owned(), Field::Whole(7)),
            ("Version".to_owned(), Field::Text("forged".to_owned())),
        ],
        exception: exception.map(str::to_owned),
        of_request: false,
    }
}

fn one(event: Event) -> Value {
    let lines = envelopes().of(&event);
    assert_eq!(lines.len(), 1);
    serde_json::from_str(&lines[0]).unwrap()
}

/// GV9, byte for byte.
/// Proves: H5, H6, GV2, GV9.
#[test]
fn a_request_is_the_golden_envelope() {
    let golden = concat!(
        r#"{"name":"Microsoft.ApplicationInsights.Request","time":"2024-01-15T14:30:05.0000000Z","sampleRate":100.0,"#,
        r#""iKey":"00000000-0000-0000-0000-000000000001","tags":{"ai.application.ver":"1.0.0+abc1234","ai.cloud.role":"ERP-API","#,
        r#""ai.cloud.roleInstance":"erp-api-1","ai.operation.id":"0af7651916cd43dd8448eb211c80319c","#,
        r#""ai.operation.name":"GET /api/v1/accounts/{id}","ai.operation.parentId":"b7ad6b7169203331","ai.user.authUserId":"456"},"#,
        r#""data":{"baseType":"RequestData","baseData":{"ver":2,"id":"00f067aa0ba902b7","name":"GET /api/v1/accounts/{id}","#,
        r#""duration":"0.00:00:00.012345","responseCode":"200","success":true,"url":"https://api.erp.com/api/v1/accounts/123","#,
        r#""properties":{"Environment":"Production","Version":"1.0.0+abc1234","UserId":"456","TenantId":"tenant1"}}}}"#,
    );
    assert_eq!(envelopes().of(&Event::Request(request())), [golden]);
}

/// Proves: H5.
#[test]
fn a_failed_request_says_so_and_why() {
    let failed = Request { status: 404, problem: Some("account_not_found".to_owned()), ..request() };
    let data = &one(Event::Request(failed))["data"]["baseData"];
    assert_eq!((&data["success"], &data["responseCode"]), (&json!(false), &json!("404")));
    assert_eq!(data["properties"]["Problem"], "account_not_found");
    let broken = Request { problem: Some("broken_off".to_owned()), ..request() };
    assert_eq!(one(Event::Request(broken))["data"]["baseData"]["success"], false);
}

/// Proves: H2, H3, GV9.
#[test]
fn a_dependency_belongs_to_its_request() {
    let dependency = Dependency {
        origin: Some(Origin { per_cent: 12.5, ..origin() }),
        id: [1; 8],
        began: TIME,
        took: Duration::from_millis(5),
        service: Service::SqlServer,
        name: "accounting.account.find".to_owned(),
        target: "h | erp".to_owned(),
        data: "SELECT id FROM account WHERE id = @P1".to_owned(),
        result: String::new(),
        succeeded: true,
    };
    let envelope = one(Event::Dependency(dependency));
    assert_eq!(envelope["name"], "Microsoft.ApplicationInsights.RemoteDependency");
    assert_eq!(
        (&envelope["sampleRate"], &envelope["data"]["baseType"]),
        (&json!(12.5), &json!("RemoteDependencyData"))
    );
    assert_eq!(envelope["tags"]["ai.operation.parentId"], "00f067aa0ba902b7");
    let data = &envelope["data"]["baseData"];
    assert_eq!(
        (&data["type"], &data["target"], &data["id"]),
        (&json!("SQL"), &json!("h | erp"), &json!("0101010101010101"))
    );
}

/// J5: levels as Serilog's sink has them, and errors as exceptions.
/// Proves: H6, J5, GV9.
#[test]
fn messages_and_exceptions_are_told_apart() {
    let message = one(Event::Log(log(None)));
    assert_eq!(
        (&message["name"], &message["data"]["baseType"]),
        (&json!("Microsoft.ApplicationInsights.Message"), &json!("MessageData"))
    );
    let data = &message["data"]["baseData"];
    assert_eq!((&data["message"], &data["severityLevel"]), (&json!("7 rows"), &json!(2)));
    assert_eq!(
        (&data["properties"]["Count"], &data["properties"]["Version"]),
        (&json!("7"), &json!("1.0.0+abc1234"))
    );
    let exception = one(Event::Log(log(Some("disk full\n ---> no space"))));
    assert_eq!(exception["data"]["baseType"], "ExceptionData");
    let chain = &exception["data"]["baseData"]["exceptions"];
    assert_eq!(
        (&chain[0]["message"], &chain[1]["message"], &chain[1]["outerId"]),
        (&json!("disk full"), &json!("no space"), &json!(1))
    );
    for (level, number) in [
        (Severity::Verbose, 0),
        (Severity::Debug, 0),
        (Severity::Information, 1),
        (Severity::Warning, 2),
        (Severity::Error, 3),
        (Severity::Fatal, 4),
    ] {
        assert_eq!(severity(level), number);
    }
}

/// Proves: X80.
#[test]
fn the_line_of_a_request_is_no_message_unless_it_has_an_error() {
    let line = |exception| Log { of_request: true, ..log(exception) };
    assert!(envelopes().of(&Event::Log(line(None))).is_empty());
    assert_eq!(one(Event::Log(line(Some("x"))))["data"]["baseType"], "ExceptionData");
}

/// Proves: H4, GV9.
#[test]
fn numbers_with_a_name_outside_are_sent() {
    static THREADS: Metric =
        Metric::new("process_threads", Kind::Gauge, "x").exported("process.thread.count");
    static INNER: Metric = Metric::new("inner", Kind::Gauge, "x");
    let family = |metric| Family {
        metric,
        samples: vec![Sample { labels: Vec::new(), reading: Reading::Number(9.0) }],
    };
    let numbers = Event::Numbers { began: 0, time: TIME, families: vec![family(&THREADS), family(&INNER)] };
    let envelope = one(numbers);
    assert_eq!(envelope["data"]["baseType"], "MetricData");
    assert_eq!(
        envelope["data"]["baseData"]["metrics"],
        json!([{ "name": "process.thread.count", "kind": 0, "value": 9.0, "count": 1 }])
    );
}

/// X81: 40 kB of Arabic in every text.
/// Proves: H8, GV9, X81.
#[test]
fn long_texts_are_cut_between_characters() {
    let arabic = "ا".repeat(40_000);
    let long = Request {
        origin: Origin { operation: arabic.clone(), user: Some(arabic.clone()), ..origin() },
        url: arabic.clone(),
        ..request()
    };
    let envelope = one(Event::Request(long));
    let length = |value: &Value| value.as_str().unwrap().chars().count();
    let data = &envelope["data"]["baseData"];
    assert_eq!((length(&data["name"]), length(&data["url"])), (1_024, 2_048));
    assert_eq!(
        (length(&data["properties"]["UserId"]), length(&envelope["tags"]["ai.user.authUserId"])),
        (8_192, 1_024)
    );
    let mut long = log(None);
    long.message = arabic.clone();
    long.fields = vec![(arabic.clone(), Field::Text(arabic.clone()))];
    let data = one(Event::Log(long))["data"]["baseData"].clone();
    assert_eq!(length(&data["message"]), 32_768);
    let (name, value) = data["properties"].as_object().unwrap().iter().next_back().unwrap();
    assert_eq!((name.chars().count(), length(value)), (150, 8_192));
}
