//! Words and formulas of layouts as the API reads and shows them.

use domain::accounting::account::NormalBalance;
use domain::accounting::report_layout::{FORMULA_LENGTH_MAX, Formula, LayoutKind, Measure, RowKind};
use domain::error::Violations;
use serde_json::{Value, json};

use crate::wire::{Pointer, RequiredText, Schemas, WireType};
use crate::{shown_word, word_type};

word_type!(LayoutKind, "layoutKind");
word_type!(RowKind, "layoutRowKind");
word_type!(Measure, "layoutMeasure");
word_type!(NormalBalance, "side");
shown_word!(LayoutKind);

impl WireType for Formula {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "minLength": 1, "maxLength": FORMULA_LENGTH_MAX })
    }

    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let text = RequiredText::<FORMULA_LENGTH_MAX>::parse(value, at, errors)?;
        errors.check(&at.to_string(), Self::parse(&text))
    }
}
