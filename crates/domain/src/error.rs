//! Errors as data: a stable code, a category without transport, and a text in each language.
//!
//! A rule never returns a sentence. It returns a [`Violation`]: which definition, where in the input, and the
//! values that fill the text. The edge turns it into a problem document in the caller's language.

use std::borrow::Cow;

/// The kind of a failure; the HTTP status follows from it in one place (`api::problem`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Category {
    /// The request cannot be read at all (400).
    Malformed,
    /// The request has no credentials, or wrong ones (401).
    Unauthenticated,
    /// Signed in, but not allowed (403).
    Forbidden,
    /// The thing does not exist in this tenant (404).
    NotFound,
    /// The state of the resource forbids it (409).
    Conflict,
    /// `If-Match` names another version (412).
    StaleVersion,
    /// `If-Match` is missing (428).
    MissingVersion,
    /// A named limit is exceeded (413).
    TooLarge,
    /// The body's media type is not accepted (415).
    UnsupportedMedia,
    /// None of the media types asked for can be produced (406).
    NotAcceptable,
    /// A field or a business rule is violated (422).
    Rule,
    /// Too many requests (429).
    Throttled,
    /// A dependency is away; try again (503).
    Unavailable,
    /// Our fault (500).
    Internal,
}

/// The people who can do something about an error; shown in `docs/ERRORS.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acts {
    Developer,
    User,
    Administrator,
    Operator,
}

/// One entry of the error catalogue. `{name}` in a text is filled from the violation's parameters.
#[derive(Debug)]
pub struct ErrorDef {
    pub code: &'static str,
    pub category: Category,
    pub acts: Acts,
    pub en: &'static str,
    pub ar: &'static str,
}

impl PartialEq for ErrorDef {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}
impl Eq for ErrorDef {}

/// Defines catalogue entries and the slice `ALL` that lists them.
///
/// ```
/// domain::errors! {
///     /// Doc text.
///     UNBALANCED = "unbalanced", Rule, User, "Off by {difference}.", "الفرق {difference}.";
/// }
/// assert_eq!(ALL[0].code, "unbalanced");
/// ```
#[macro_export]
macro_rules! errors {
    ($($(#[$meta:meta])* $name:ident = $code:literal, $category:ident, $acts:ident, $en:literal, $ar:literal;)*) => {
        $($(#[$meta])* pub static $name: $crate::error::ErrorDef = $crate::error::ErrorDef {
            code: $code,
            category: $crate::error::Category::$category,
            acts: $crate::error::Acts::$acts,
            en: $en,
            ar: $ar,
        };)*
        /// Every definition of this module, for the generated catalogue.
        pub static ALL: &[&$crate::error::ErrorDef] = &[$(&$name),*];
    };
}

/// Words of the product inside of a text: they have both languages, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    en: Cow<'static, str>,
    ar: Cow<'static, str>,
}

impl Phrase {
    pub const fn new(en: &'static str, ar: &'static str) -> Self {
        Self { en: Cow::Borrowed(en), ar: Cow::Borrowed(ar) }
    }
    /// Words with values between them.
    pub fn made(en: String, ar: String) -> Self {
        Self { en: Cow::Owned(en), ar: Cow::Owned(ar) }
    }
    /// A name of the interface, a sign or a value: the same in both languages.
    pub fn literal(text: impl Into<Cow<'static, str>>) -> Self {
        let en = text.into();
        Self { ar: en.clone(), en }
    }
    /// Several, one after the other.
    pub fn joined(all: &[Self]) -> Self {
        let texts = |language| all.iter().map(|phrase| phrase.text(language)).collect::<Vec<_>>();
        Self::made(texts(Language::English).join(", "), texts(Language::Arabic).join("، "))
    }
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Arabic => &self.ar,
        }
    }
}

/// One broken rule: which, where (a JSON pointer, empty for the whole document), and the values of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub def: &'static ErrorDef,
    pub pointer: String,
    params: Vec<(&'static str, Phrase)>,
}

impl Violation {
    pub fn new(def: &'static ErrorDef) -> Self {
        Self { def, pointer: String::new(), params: Vec::new() }
    }

    /// Sets the place in the input, as a JSON pointer such as `/lines/3/debit`.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = pointer.into();
        self
    }

    /// Fills in a value. Words of the product are a [`Phrase`].
    #[must_use]
    pub fn with(self, name: &'static str, value: impl ToString) -> Self {
        self.with_phrase(name, Phrase::literal(value.to_string()))
    }

    #[must_use]
    pub fn with_phrase(mut self, name: &'static str, phrase: Phrase) -> Self {
        self.params.push((name, phrase));
        self
    }

    /// The value that was filled in under this name, in English.
    pub fn param(&self, wanted: &str) -> Option<&str> {
        self.params.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.text(Language::English))
    }

    /// The text in English or Arabic with its parameters filled in.
    pub fn text(&self, language: Language) -> String {
        let template = match language {
            Language::English => self.def.en,
            Language::Arabic => self.def.ar,
        };
        let mut text = template.to_owned();
        for (name, value) in &self.params {
            text = text.replace(&format!("{{{name}}}"), value.text(language));
        }
        text
    }

    /// The whole text as a part of another one.
    pub fn phrase(&self) -> Phrase {
        Phrase::made(self.text(Language::English), self.text(Language::Arabic))
    }
}

/// The two languages of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    #[default]
    English,
    Arabic,
}

impl Language {
    /// The ISO 639-1 code: `en` or `ar`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Arabic => "ar",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "en" => Some(Self::English),
            "ar" => Some(Self::Arabic),
            _ => None,
        }
    }
}

/// Most violations kept of one input; what comes after them is only counted.
pub const VIOLATIONS_MAX: usize = 1_000;

/// Collects every violation of one input, so that a caller sees all of them at once: of very many, the first ones.
#[derive(Debug, Default)]
pub struct Violations {
    kept: Vec<Violation>,
    count: usize,
}

impl Violations {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn push(&mut self, violation: Violation) {
        self.count += 1;
        if self.kept.len() < VIOLATIONS_MAX {
            self.kept.push(violation);
        }
    }

    /// Whether more would only be counted, so that nobody need look for them.
    pub fn is_full(&self) -> bool {
        self.kept.len() >= VIOLATIONS_MAX
    }

    /// There is one more that nobody will be told of.
    pub fn count_one_more(&mut self) {
        self.count += 1;
    }

    /// Keeps the value, or records the violation under `pointer` and goes on.
    pub fn check<T>(&mut self, pointer: &str, result: Result<T, Violation>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(violation) => {
                let at = format!("{pointer}{}", violation.pointer);
                self.push(violation.at(at));
                None
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many there were, those that are not kept included.
    pub fn len(&self) -> usize {
        self.count
    }

    pub fn into_vec(self) -> Vec<Violation> {
        self.kept
    }

    /// `Ok(value)` when nothing was recorded, otherwise everything that was.
    pub fn into_result<T>(self, value: T) -> Result<T, Vec<Violation>> {
        if self.kept.is_empty() { Ok(value) } else { Err(self.kept) }
    }
}

impl Extend<Violation> for Violations {
    fn extend<I: IntoIterator<Item = Violation>>(&mut self, iter: I) {
        iter.into_iter().for_each(|violation| self.push(violation));
    }
}
