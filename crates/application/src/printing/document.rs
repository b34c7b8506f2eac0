//! A document as it is printed: what stands on paper and in which order, but not where.
//!
//! Every text is a list of lines, one for each language that the document is printed in, so that whoever draws it needs to
//! know neither the languages nor what was translated. A text runs from right to left or from left to right by its own letters;
//! the document only says on which side it begins.

/// One text, a line for each language.
pub type Lines = Vec<String>;

/// Everything on paper.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrintedDocument {
    /// The language of the file, `ar` or `en`, for programs that read it aloud.
    pub language: &'static str,
    /// Whether the text runs from right to left.
    pub right_to_left: bool,
    /// Across the page, for tables of many columns.
    pub landscape: bool,
    /// The name that programs show for the file.
    pub name: String,
    pub title: Lines,
    /// Says in large letters across every page that the document counts for nothing.
    pub mark: Lines,
    /// The issuer, printed at the top of every page.
    pub issuer: Lines,
    pub blocks: Vec<Block>,
    /// At the bottom of every page, beside the number of the page.
    pub foot: String,
    /// The number of a page, with `{page}` and `{pages}` for the figures.
    pub page_words: String,
}

/// A part of a document; parts stand below each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Groups of fields beside each other.
    Fields(Vec<FieldGroup>),
    Table(PrintedTable),
    /// Labels and amounts at the end of the line, as below the lines of an invoice.
    Totals(Vec<PrintedTotal>),
    /// Running text below a heading.
    Text(PrintedText),
}

/// Fields below a heading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldGroup {
    pub heading: Lines,
    pub fields: Vec<Field>,
}

/// A label and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub label: Lines,
    pub value: Lines,
}

/// An amount under a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedTotal {
    pub label: Lines,
    pub amount: String,
    /// Set apart from the amounts that it is the sum of.
    pub strong: bool,
}

/// Running text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedText {
    pub heading: Lines,
    pub text: Lines,
}

/// A table, whose head is repeated on every page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrintedTable {
    pub columns: Vec<PrintedColumn>,
    pub rows: Vec<PrintedRow>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedColumn {
    pub heading: Lines,
    pub content: Content,
}

/// The kind of content of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Words, which are broken into lines; the number is the share of the room that figures leave.
    Words(u8),
    /// Codes and dates, which are broken only when nothing else helps.
    Code,
    /// Figures, which are never broken, with their last digits below each other.
    Figures,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrintedRow {
    pub cells: Vec<Lines>,
    pub style: PrintedStyle,
    /// Depth in a tree, from 0.
    pub indent: u8,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PrintedStyle {
    #[default]
    Plain,
    Heading,
    Total,
}
