//! Schema and parser agree: values made from the schema are taken, broken ones not.

use domain::error::Violations;
use domain::money::{Amount, CurrencyCode, Rate};
use domain::text::{Code, LocalizedName};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::stub::{CreateThingBody, UpdateThingBody};
use crate::wire::{Int, List, Optional, Paragraphs, Patch, Pointer, RequiredText, Schemas, Text, WireType};
use crate::word_type;

#[derive(Debug, PartialEq)]
struct Colour(&'static str);
impl Colour {
    fn parse(text: &'static str) -> Option<Self> {
        Some(Self(text))
    }
}
word_type!(Colour, "colour", ["red", "green"]);

#[derive(Debug, Clone, Copy)]
enum Size {
    Small,
    Large,
}
impl Size {
    const ALL: &'static [Self] = &[Self::Small, Self::Large];
    const fn as_str(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Large => "large",
        }
    }
    fn parse(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|size| size.as_str() == text).ok_or(())
    }
}
word_type!(Size, "size");

fn accepts<T: WireType>(value: &Value) -> bool {
    let mut errors = Violations::new();
    let parsed = T::parse(value, &Pointer::ROOT, &mut errors);
    assert_eq!(parsed.is_some(), errors.is_empty(), "{value}: a value or a reason, not both");
    parsed.is_some()
}

/// Values that the schema describes.
fn values(schema: &Value, schemas: &Schemas) -> BoxedStrategy<Value> {
    let schema = schemas.resolve(schema).clone();
    if let Some(words) = schema["enum"].as_array() {
        return proptest::sample::select(words.clone()).boxed();
    }
    if let Some(options) = schema["anyOf"].as_array() {
        let merged = options.iter().map(|option| {
            let mut whole = schema.as_object().unwrap().clone();
            whole.remove("anyOf");
            for (name, value) in option.as_object().unwrap() {
                match (whole.get_mut(name), value) {
                    (Some(Value::Object(known)), Value::Object(more)) => known.extend(more.clone()),
                    _ => {
                        whole.insert(name.clone(), value.clone());
                    }
                }
            }
            values(&Value::Object(whole), schemas)
        });
        return proptest::strategy::Union::new(merged.collect::<Vec<_>>()).boxed();
    }
    if let Some(kinds) = schema["type"].as_array() {
        let one = |kind: &Value| {
            let mut single = schema.clone();
            single["type"] = kind.clone();
            values(&single, schemas)
        };
        return proptest::strategy::Union::new(kinds.iter().map(one).collect::<Vec<_>>()).boxed();
    }
    match schema["type"].as_str().unwrap() {
        "null" => Just(Value::Null).boxed(),
        "boolean" => any::<bool>().prop_map(|flag| json!(flag)).boxed(),
        "integer" => {
            let bound = |name: &str| schema[name].as_i64().unwrap();
            (bound("minimum")..=bound("maximum")).prop_map(|number| json!(number)).boxed()
        }
        "array" => {
            let max = schema["maxItems"].as_u64().unwrap().min(4) as usize;
            let min = schema["minItems"].as_u64().unwrap_or(0) as usize;
            proptest::collection::vec(values(&schema["items"], schemas), min..=max)
                .prop_map(Value::from)
                .boxed()
        }
        "object" => object(&schema, schemas),
        _ => text(&schema),
    }
}

fn object(schema: &Value, schemas: &Schemas) -> BoxedStrategy<Value> {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut members = Just(Map::new()).boxed();
    for (name, property) in schema["properties"].as_object().unwrap() {
        let (name, needed) = (name.clone(), required.contains(&name.as_str()));
        let member = (values(property, schemas), any::<bool>());
        members = (members, member)
            .prop_map(move |(mut members, (value, given))| {
                if needed || given {
                    members.insert(name.clone(), value);
                }
                members
            })
            .boxed();
    }
    members.prop_map(Value::Object).boxed()
}

fn text(schema: &Value) -> BoxedStrategy<Value> {
    let max = schema["maxLength"].as_u64().unwrap_or(u64::MAX) as usize;
    let min = schema["minLength"].as_u64().unwrap_or(0) as usize;
    let made = match (schema["format"].as_str(), schema["pattern"].as_str()) {
        (Some("uuid"), _) => any::<u128>().prop_map(|n| Uuid::from_u128(n).to_string()).boxed(),
        (Some("date"), _) => "(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])".boxed(),
        (Some("date-time"), _) => {
            "20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T[01][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?(Z|\\+0[0-9]:30)"
                .boxed()
        }
        (_, Some(pattern)) => {
            let bare = pattern.strip_prefix('^').unwrap().strip_suffix('$').unwrap();
            proptest::string::string_regex(bare).unwrap().boxed()
        }
        _ => any::<String>().boxed(),
    };
    made.prop_filter("length", move |text| (min..=max).contains(&text.chars().count()))
        .prop_map(Value::from)
        .boxed()
}

/// Ways to break a value; each must be refused.
fn broken(value: &Value, schema: &Value, schemas: &Schemas) -> Vec<Value> {
    let schema = schemas.resolve(schema);
    let mut wrong = vec![json!({ "no": "such" }), json!([[]]), json!(1.5)];
    match value {
        Value::String(text) => wrong.push(json!(format!("{text}\u{1}"))),
        Value::Object(members) => {
            let mut more = members.clone();
            more.insert("surplus".into(), json!(1));
            wrong.push(Value::Object(more));
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                let mut fewer = members.clone();
                fewer.remove(name);
                wrong.push(Value::Object(fewer));
            }
            for (name, member) in members {
                for bad in broken(member, &schema["properties"][name], schemas) {
                    let mut changed = members.clone();
                    changed.insert(name.clone(), bad);
                    wrong.push(Value::Object(changed));
                }
            }
        }
        Value::Array(items) if schema["maxItems"].as_u64().is_some_and(|max| max < 20) => {
            wrong.push(json!(vec![items.first().cloned().unwrap_or(Value::Null); 20]));
        }
        Value::Number(_) => wrong.push(json!(schema["maximum"].as_f64().unwrap_or(0.0) * 3.0 + 1.0)),
        _ => {}
    }
    wrong
}

fn agrees<T: WireType>() {
    let mut schemas = Schemas::default();
    let schema = T::schema(&mut schemas);
    let name = std::any::type_name::<T>();
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() });
    // `maxLength` cannot say that these count twice, as columns count them: beyond the first plane, or two of them once they
    // are normalised (U+0F73).
    let counts_twice = |value: &Value| {
        let sent = value.to_string();
        let kept = domain::text::text(&sent, usize::MAX).unwrap_or_default();
        sent.chars().any(|c| c.len_utf16() > 1) || kept.chars().count() > sent.trim().chars().count()
    };
    let outcome = runner.run(&values(&schema, &schemas), |value| {
        if counts_twice(&value) {
            return Ok(());
        }
        prop_assert!(accepts::<T>(&value), "{name} refuses {value}");
        for wrong in broken(&value, &schema, &schemas) {
            prop_assert!(!accepts::<T>(&wrong), "{name} takes {wrong}");
        }
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn parser_and_schema_agree() {
    agrees::<bool>();
    agrees::<i64>();
    agrees::<u8>();
    agrees::<Int<1, 12>>();
    agrees::<Amount>();
    agrees::<Rate>();
    agrees::<CurrencyCode>();
    agrees::<Code>();
    agrees::<Text<20>>();
    agrees::<RequiredText<20>>();
    agrees::<Paragraphs<20>>();
    agrees::<LocalizedName>();
    agrees::<chrono::NaiveDate>();
    agrees::<domain::time::Timestamp>();
    agrees::<domain::ids::AccountId>();
    agrees::<Colour>();
    agrees::<Size>();
    agrees::<Option<Colour>>();
    agrees::<Patch<Amount>>();
    agrees::<Optional<Code>>();
    agrees::<Option<LocalizedName>>();
    agrees::<Option<Rate>>();
    agrees::<List<Code, 3, 1>>();
    agrees::<CreateThingBody>();
    agrees::<UpdateThingBody>();
}

#[test]
fn what_only_looks_right_is_refused() {
    for bad in ["", ".", "1.", ".5", "+1", "1e3", "1,000", "123456789012345", "1.23456", "٣", " 1"] {
        assert!(!accepts::<Amount>(&json!(bad)), "{bad}");
    }
    for bad in ["0", "0.0", "00.5", "900000000", "1.00000000001", "-1", "."] {
        assert!(!accepts::<Rate>(&json!(bad)), "{bad}");
    }
    let plain = "0198c0de7b1f7c3a9f002b6f1d6a4e11";
    for bad in [plain, "{0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11}", "0198C0DE"] {
        assert!(!accepts::<Uuid>(&json!(bad)), "{bad}");
    }
    assert!(!accepts::<RequiredText<5>>(&json!(" \u{FEFF} ")));
    assert!(!accepts::<Text<5>>(&json!("a     ")), "the length counts as sent");
    assert!(!accepts::<LocalizedName>(&json!({ "ar": null, "en": "  " })));
    assert!(!accepts::<Optional<Code>>(&Value::Null));
    assert!(accepts::<i64>(&json!(3.0)) && !accepts::<i64>(&json!("3")));
}
