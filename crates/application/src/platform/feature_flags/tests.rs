use serde_json::{Value, json};

use super::*;

struct FixedIds;

impl Ids for FixedIds {
    fn new_id(&self) -> uuid::Uuid {
        uuid::Uuid::nil()
    }
    fn secret(&self) -> [u8; 32] {
        [0x80; 32] // a draw of a little more than one half
    }
}

fn flat(prefix: &str, value: &Value, into: &mut Vec<(String, String)>) {
    let below = |name: &str| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}:{name}") };
    match value {
        Value::Object(object) => object.iter().for_each(|(name, item)| flat(&below(name), item, into)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| flat(&below(&index.to_string()), item, into));
        }
        Value::String(text) => into.push((prefix.to_owned(), text.clone())),
        other => into.push((prefix.to_owned(), other.to_string())),
    }
}

fn pairs(settings: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    settings.iter().map(|(key, text)| (key.as_str(), text.as_str()))
}

/// As a configuration has them: flat, in any case.
fn read(sections: &Value, schema: &Value, lower: bool) -> (FlagSet, Vec<FlagProblem>) {
    let settings = |value: &Value| {
        let mut found = Vec::new();
        flat("", value, &mut found);
        if lower {
            found.iter_mut().for_each(|(key, _)| *key = key.to_lowercase());
        }
        found
    };
    let (sections, schema) = (settings(sections), settings(schema));
    FlagSet::read(pairs(&sections), pairs(&schema))
}

fn views(set: FlagSet, user: &str, groups: &[&str], now: &str) -> BTreeMap<String, FeatureFlagView> {
    let groups = groups.iter().map(|group| (*group).to_owned()).collect();
    let caller = Caller { user: Some(user.to_owned()), groups };
    let now = Timestamp::parse(now).unwrap();
    let flags = FeatureFlags::new(set);
    flags.evaluate(&caller, now, &FixedIds).into_iter().map(|view| (view.id.to_lowercase(), view)).collect()
}

const NOW: &str = "2026-03-15T09:00:00Z";

#[test]
fn sections_of_a_settings_file() {
    let sections = json!({
        "Plain": true,
        "Off": "False",
        "Half": { "EnabledFor": [{ "Name": "Percentage", "Parameters": { "Value": 50 } }] },
        "More": { "EnabledFor": [{ "Name": "Microsoft.Percentage", "Parameters": { "Value": "51" } }] },
        "Nobody": { "RequirementType": "Any" },
        "Both": {
            "RequirementType": "All",
            "EnabledFor": [
                { "Name": "AlwaysOn" },
                { "Name": "TimeWindow", "Parameters": { "Start": "Sun, 01 Mar 2026 00:00:00 GMT" } },
            ],
        },
    });
    for lower in [false, true] {
        let (set, problems) = read(&sections, &json!({}), lower);
        assert_eq!(problems, []);
        let views = views(set, "sara@erp.example", &[], NOW);
        let on: Vec<&str> = views.values().filter(|view| view.enabled).map(|view| view.id.as_str()).collect();
        assert_eq!(on.iter().map(|id| id.to_lowercase()).collect::<Vec<_>>(), ["both", "more", "plain"]);
        assert_eq!(views.len(), 6);
    }
}

fn schema() -> Value {
    json!({ "feature_flags": [
        { "id": "Everyone", "enabled": true },
        { "id": "Nobody", "enabled": false, "conditions": { "client_filters": [] } },
        { "id": "Pilots", "enabled": "true", "conditions": {
            "requirement_type": "Any",
            "client_filters": [{ "name": "Microsoft.Targeting", "parameters": { "Audience": {
                "Users": ["sara@erp.example"],
                "Groups": [{ "Name": "ring0", "RolloutPercentage": 100 }],
                "DefaultRolloutPercentage": 0,
                "Exclusion": { "Users": ["omar@erp.example"], "Groups": [] },
            } } }],
        } },
        { "id": "Nights", "enabled": true, "conditions": { "client_filters": [{
            "name": "Microsoft.TimeWindow", "parameters": {
                "Start": "2026-03-01T22:00:00+03:00", "End": "2026-03-02T02:00:00+03:00",
                "Recurrence": {
                    "Pattern": { "Type": "Weekly", "DaysOfWeek": ["Sunday", "monday"], "FirstDayOfWeek": "Sunday" },
                    "Range": { "Type": "Numbered", "NumberOfOccurrences": 5 },
                },
            },
        }] } },
        { "id": "Layout", "enabled": true,
          "variants": [
            { "name": "Wide", "configuration_value": { "Columns": 3 } },
            { "name": "Narrow", "configuration_value": "one", "status_override": "Disabled" },
          ],
          "allocation": {
            "default_when_enabled": "Wide",
            "user": [{ "variant": "Narrow", "users": ["omar@erp.example"] }],
            "percentile": [{ "variant": "Wide", "from": 0, "to": 100 }],
            "seed": "s",
          } },
    ] })
}

/// Proves: B16.
#[test]
fn the_schema_of_feature_management() {
    let (set, problems) = read(&json!({}), &schema(), false);
    assert_eq!(problems, []);
    let sara = views(set.clone(), "sara@erp.example", &[], "2026-03-15T20:00:00Z");
    assert!(sara["everyone"].enabled && !sara["nobody"].enabled && sara["pilots"].enabled);
    assert!(sara["nights"].enabled, "the fifth window, a Sunday night in Riyadh");
    assert!(!views(set.clone(), "x", &[], "2026-03-16T20:00:00Z")["nights"].enabled);
    assert_eq!((sara["layout"].enabled, sara["layout"].variant.as_deref()), (true, Some("Wide")));
    // As text when it comes from settings, with its type when it comes as JSON.
    assert_eq!(sara["layout"].configuration, Some(json!({ "Columns": "3" })));
    let omar = views(set.clone(), "omar@erp.example", &["ring0"], NOW);
    assert!(!omar["pilots"].enabled && !omar["layout"].enabled);
    assert_eq!(omar["layout"].configuration, Some(json!("one")));
    assert!(views(set, "huda@erp.example", &["ring0"], NOW)["pilots"].enabled);
    let (lower, problems) = read(&json!({}), &schema(), true);
    assert!(problems.is_empty() && lower.find("PILOTS").unwrap().id == "Pilots");
}

#[test]
fn whole_flags_come_from_app_configuration_and_win() {
    let layout = schema()["feature_flags"][4].to_string();
    let everyone = json!({ "id": "Everyone", "enabled": false }).to_string();
    let mut settings = Vec::new();
    flat("", &schema(), &mut settings);
    settings.push(("feature_flags:Everyone".to_owned(), everyone));
    settings.push(("feature_flags:Layout".to_owned(), layout));
    let (set, problems) = FlagSet::read([("Everyone", "true"), ("Only", "true")], pairs(&settings));
    assert_eq!(problems, []);
    let views = views(set, "sara@erp.example", &[], NOW);
    assert!(!views["everyone"].enabled && views["only"].enabled);
    assert_eq!(views["layout"].configuration, Some(json!({ "Columns": 3 })));
}

#[test]
fn what_makes_no_sense_is_told_and_closed() {
    let filter = |name: &str, parameters: Value| json!({ "enabled": true, "conditions": { "client_filters": [{ "name": name, "parameters": parameters }] } });
    let audience = |percentage: Value| json!({ "Audience": { "DefaultRolloutPercentage": percentage } });
    let cases = [
        (filter("Contoso.Own", json!({})), "is not known"),
        (filter("Microsoft.Targeting", json!({})), "has no Audience"),
        (filter("Microsoft.Targeting", audience(json!(101))), "between 0 and 100"),
        (filter("Microsoft.Targeting", audience(json!("many"))), "is not a number"),
        (filter("Microsoft.TimeWindow", json!({})), "needs a start, an end"),
        (filter("Microsoft.TimeWindow", json!({ "Start": "soon" })), "start is not a date"),
        (filter("Microsoft.Percentage", json!({ "Value": [] })), "value is not a number"),
        (json!({ "enabled": "perhaps" }), "neither true nor false"),
        (
            filter(
                "Microsoft.TimeWindow",
                json!({
                    "Start": "2026-03-01", "End": "2026-03-01T01:00:00",
                    "Recurrence": { "Pattern": { "Type": "Monthly" }, "Range": {} },
                }),
            ),
            "neither Daily nor Weekly",
        ),
    ];
    for (mut flag, reason) in cases {
        flag["id"] = "F".into();
        let text = flag.to_string();
        let (set, problems) = FlagSet::read([], [("feature_flags:F", text.as_str())]);
        assert!(problems.len() == 1 && problems[0].reason.contains(reason), "{flag}: {problems:?}");
        assert!(!views(set, "x", &[], NOW)["f"].enabled, "{flag}");
    }
    let (set, problems) = FlagSet::read(
        [("Odd%", "true")],
        [("feature_flags:A", "not JSON"), ("feature_flags:B", r#"{"enabled":true}"#), ("other", "x")],
    );
    assert!(set.is_empty() && problems.len() == 3, "{problems:?}");
    let odd = json!({ "id": "R", "enabled": true, "conditions": { "requirement_type": "Some", "client_filters": [
        { "name": "AlwaysOn" }, { "name": "Microsoft.Percentage", "parameters": { "Value": 0 } },
    ] } });
    let (set, problems) = FlagSet::read([], [("feature_flags:R", odd.to_string().as_str())]);
    assert!(problems.len() == 1 && !views(set, "x", &[], NOW)["r"].enabled);
}

/// Forms of a moment that .NET reads, all of them the same one.
#[test]
fn windows_open_at_moments_as_dotnet_writes_them() {
    let window = |parameters: Value| {
        let flag = json!({ "id": "W", "enabled": true, "conditions": {
            "client_filters": [{ "name": "Microsoft.TimeWindow", "parameters": parameters }] } });
        let text = flag.to_string();
        let (set, problems) = FlagSet::read([], [("feature_flags:W", text.as_str())]);
        assert_eq!(problems, [], "{text}");
        let at = |now: &str| views(set.clone(), "x", &[], now)["w"].enabled;
        (at("2019-05-01T13:58:59Z"), at("2019-05-01T13:59:00Z"))
    };
    for start in [
        "Wed, 01 May 2019 13:59:00 GMT",
        "2019-05-01T13:59:00Z",
        "2019-05-01T13:59Z",
        "2019-05-01T13:59",
        "2019-05-01 13:59",
        "2019-05-01 13:59:00 Z",
        "2019-05-01T16:59:00+0300",
        "2019-05-01T16:59+03:00",
        "2019-05-01 16:59:00.000 +03:00",
        "05/01/2019 13:59:00 +00:00",
        "05/01/2019 13:59",
        "5/1/2019 1:59:00 PM",
        "2019/05/01 13:59:00",
        "1 May 2019 13:59:00",
    ] {
        assert_eq!(window(json!({ "Start": start })), (false, true), "{start}");
    }
    // Members for which .NET has defaults may be left out of a recurrence.
    let day = |recurrence: Value| {
        window(json!({ "Start": "2019-04-01T13:59", "End": "2019-04-01T14:59", "Recurrence": recurrence }))
    };
    for recurrence in [
        json!({ "Range": {} }),
        json!({ "Pattern": {} }),
        json!({ "Pattern": { "Type": "Daily" }, "Range": { "Type": "EndDate" } }),
        json!({ "Pattern": { "Interval": 1 }, "Range": { "Type": "Numbered" } }),
    ] {
        assert_eq!(day(recurrence.clone()), (false, true), "{recurrence}");
    }
}

#[test]
fn flags_are_replaced_while_they_are_asked_for() {
    let flags = FeatureFlags::default();
    let now = Timestamp::parse(NOW).unwrap();
    let asked = |flags: &FeatureFlags| flags.is_enabled("beta", &Caller::default(), now, &FixedIds);
    assert!(!asked(&flags));
    let shared = flags.clone();
    shared.replace(FlagSet::read([("Beta", "true")], []).0);
    assert!(asked(&flags));
    let many: Vec<(String, &str)> = (0..FLAGS_MAX + 5).map(|number| (format!("F{number}"), "true")).collect();
    let (set, problems) = FlagSet::read(many.iter().map(|(id, on)| (id.as_str(), *on)), []);
    assert_eq!((set.iter().count(), problems.len()), (FLAGS_MAX, 5));
}
