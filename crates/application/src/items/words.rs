//! Words and codes of items as the API reads and shows them.

use domain::error::Violations;
use domain::items::barcode::BarcodeKind;
use domain::items::item::{Blocked, HsCode, ItemKind, Tracking};
use domain::items::unit::UneceCode;
use serde_json::{Value, json};

use crate::master_data::Shown;
use crate::wire::{Pointer, Schemas, WireType, check, string};
use crate::{shown_word, word_type};

word_type!(ItemKind, "itemKind");
word_type!(Tracking, "tracking");
word_type!(Blocked, "blocked");
word_type!(BarcodeKind, "barcodeKind");
shown_word!(ItemKind);
shown_word!(Tracking);
shown_word!(Blocked);
shown_word!(BarcodeKind);

impl WireType for UneceCode {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": "^[A-Z0-9]{2,3}$", "examples": ["H87"] })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        check(Self::parse(string(value, at, errors)?), at, errors)
    }
}

impl WireType for HsCode {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": r"^\.*([0-9]\.*){6,12}$", "maxLength": 24, "examples": ["854449"] })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        check(Self::parse(string(value, at, errors)?), at, errors)
    }
}

impl Shown<UneceCode> for String {
    fn shown(code: &UneceCode) -> Self {
        code.to_string()
    }
}

impl Shown<HsCode> for String {
    fn shown(code: &HsCode) -> Self {
        code.to_string()
    }
}
