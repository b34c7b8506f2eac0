//! The marks, digits and dates of a file.

crate::choices! {
    /// How dates are written. A day or a month below ten may lack its zero; a year has four digits.
    pub enum DateFormat {
        /// `2026-12-31`
        Iso = "iso",
        /// `2026/12/31`
        YearSlashes = "ymd-slash",
        /// `20261231`
        YearJoined = "ymd-joined",
        /// `31/12/2026`
        DaySlashes = "dmy-slash",
        /// `31-12-2026`
        DayHyphens = "dmy-hyphen",
        /// `31.12.2026`
        DayPoints = "dmy-dot",
        /// `12/31/2026`
        MonthSlashes = "mdy-slash",
    }
}

crate::choices! {
    /// The mark before the decimals of a number.
    pub enum DecimalMark {
        Point = "point",
        Comma = "comma",
        /// `٫`
        Arabic = "arabic",
    }
}

impl DecimalMark {
    pub const fn character(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
            Self::Arabic => '٫',
        }
    }
}

crate::choices! {
    /// The mark between groups of three digits.
    pub enum ThousandsMark {
        None = "none",
        Point = "point",
        Comma = "comma",
        /// A space of any width that does not break.
        Space = "space",
        Apostrophe = "apostrophe",
        /// `٬`
        Arabic = "arabic",
    }
}

impl ThousandsMark {
    pub const fn characters(self) -> &'static [char] {
        match self {
            Self::None => &[],
            Self::Point => &['.'],
            Self::Comma => &[','],
            Self::Space => &[' ', '\u{A0}', '\u{202F}', '\u{2009}'],
            Self::Apostrophe => &['\'', '’'],
            Self::Arabic => &['٬'],
        }
    }
}

crate::choices! {
    /// The digits of numbers and dates. Codes are understood in whatever digits they are written.
    pub enum Digits {
        /// `0123456789`
        Latin = "latin",
        /// `٠١٢٣٤٥٦٧٨٩`
        ArabicIndic = "arabic-indic",
        /// `۰۱۲۳۴۵۶۷۸۹`
        Persian = "persian",
        /// Any of the three, as programs mix them.
        Any = "any",
    }
}

impl Digits {
    /// The value of a digit of this kind.
    pub const fn value(self, c: char) -> Option<u8> {
        let (first, known) = match c {
            '0'..='9' => ('0', matches!(self, Self::Latin | Self::Any)),
            '٠'..='٩' => ('٠', matches!(self, Self::ArabicIndic | Self::Any)),
            '۰'..='۹' => ('۰', matches!(self, Self::Persian | Self::Any)),
            _ => return None,
        };
        // Ten characters lie behind the first one.
        #[allow(clippy::cast_possible_truncation)]
        let value = (c as u32 - first as u32) as u8;
        if known { Some(value) } else { None }
    }
}

/// How the values of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueMarks {
    pub date_format: DateFormat,
    pub decimal: DecimalMark,
    pub thousands: ThousandsMark,
    pub digits: Digits,
}

impl Default for ValueMarks {
    fn default() -> Self {
        Self {
            date_format: DateFormat::Iso,
            decimal: DecimalMark::Point,
            thousands: ThousandsMark::None,
            digits: Digits::Latin,
        }
    }
}
