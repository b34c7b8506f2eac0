//! The dimensions of a line.

use std::collections::BTreeMap;

use domain::error::Violations;
use domain::text::Code;
use serde_json::{Value, json};

use super::{AN_OBJECT, Pointer, Schemas, WireType, wrong_type};

/// Dimension code to value code, at most as many as a line may have.
#[derive(Debug, Default, Clone)]
pub struct DimensionCodes(pub BTreeMap<String, String>);

const DIMENSIONS_MAX: usize = domain::accounting::dimension::DIMENSIONS_PER_LINE_MAX;

impl WireType for DimensionCodes {
    fn schema(schemas: &mut Schemas) -> Value {
        let code = Code::schema(schemas);
        json!({
            "type": "object",
            "description": "Dimension code to value code.",
            "propertyNames": code,
            "additionalProperties": code,
            "maxProperties": DIMENSIONS_MAX,
            "example": { "cost-centre": "ADMIN" },
        })
    }

    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let Value::Object(members) = value else { return wrong_type(AN_OBJECT, value, at, errors) };
        let before = errors.len();
        if members.len() > DIMENSIONS_MAX {
            let violation = domain::error::Violation::new(&super::TOO_MANY_ITEMS)
                .with("max", DIMENSIONS_MAX)
                .with("count", members.len());
            errors.push(violation.at(at.to_string()));
            return None;
        }
        let mut codes = BTreeMap::new();
        for (dimension, value) in members {
            let at = at.member(dimension);
            errors.check(&at.to_string(), Code::parse(dimension));
            if let Some(value) = <Code as WireType>::parse(value, &at, errors) {
                codes.insert(dimension.clone(), value.into_string());
            }
        }
        (errors.len() == before).then_some(Self(codes))
    }
}
