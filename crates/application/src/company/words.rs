//! Enumerations of the company as words of the API.

use domain::company::profile::VatPeriod;

use crate::{shown_word, word_type};

word_type!(VatPeriod, "vatPeriod");
shown_word!(VatPeriod);
