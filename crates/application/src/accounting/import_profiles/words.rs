//! Words of import profiles as the API reads and shows them.

use domain::accounting::import_profile::{
    DateFormat, DecimalMark, Delimiter, Digits, ImportKind, TableFormat, TextEncoding, ThousandsMark,
};

use crate::{shown_word, word_type};

word_type!(ImportKind, "importType");
word_type!(TableFormat, "tableFormat");
word_type!(Delimiter, "delimiter");
word_type!(TextEncoding, "textEncoding");
word_type!(DateFormat, "dateFormat");
word_type!(DecimalMark, "decimalMark");
word_type!(ThousandsMark, "thousandsMark");
word_type!(Digits, "digits");
shown_word!(ImportKind);
shown_word!(TableFormat);
