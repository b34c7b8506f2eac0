//! Text to lines of glyphs: broken at spaces, each line in the order in which it is seen.

use std::ops::Range;

use unicode_bidi::{BidiInfo, Level};

use super::face::{Faces, Glyph, Weight};

/// Size and weight of a text, in points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub weight: Weight,
    pub size: f32,
}

impl Style {
    pub const fn regular(size: f32) -> Self {
        Self { weight: Weight::Regular, size }
    }
    pub const fn bold(size: f32) -> Self {
        Self { weight: Weight::Bold, size }
    }
    /// The distance from one baseline to the next.
    pub fn leading(self) -> f32 {
        self.size * 1.5
    }
}

/// One line, drawn from left to right.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub glyphs: Vec<Glyph>,
    /// The width in points.
    pub width: f32,
}

/// Breaks text into lines and shapes them.
pub(super) struct Setter {
    faces: Faces,
}

impl Setter {
    pub const fn new(faces: Faces) -> Self {
        Self { faces }
    }

    /// The lines of a text that has `room` points across. What is longer than a line without a space is broken anywhere.
    pub fn lines(&mut self, text: &str, style: Style, room: f32) -> Vec<Line> {
        let text = printable(text);
        text.split('\n').flat_map(|paragraph| self.paragraph(paragraph, style, room)).collect()
    }

    /// A text as one line, however long.
    pub fn line(&mut self, text: &str, style: Style) -> Line {
        let text = printable(text).replace('\n', " ");
        let line = self.paragraph(&text, style, f32::INFINITY).into_iter().next();
        line.unwrap_or(Line { glyphs: Vec::new(), width: 0.0 })
    }

    fn paragraph(&mut self, text: &str, style: Style, room: f32) -> Vec<Line> {
        let right_to_left = is_right_to_left(text);
        let level = if right_to_left { Level::rtl() } else { Level::ltr() };
        let isolated = right_to_left.then(|| isolated(text));
        let text = isolated.as_deref().unwrap_or(text);
        let info = BidiInfo::new(text, Some(level));
        let Some(paragraph) = info.paragraphs.first() else { return Vec::new() };
        let ranges = self.breaks(text, style, room);
        let mut lines = Vec::with_capacity(ranges.len());
        for range in ranges {
            let (levels, runs) = info.visual_runs(paragraph, range);
            let mut glyphs = Vec::new();
            for run in runs {
                let right_to_left = levels.get(run.start).is_some_and(Level::is_rtl);
                let run: String = text[run].chars().filter(|letter| !turns_direction(*letter)).collect();
                glyphs.extend(self.faces.shape(style.weight, &run, right_to_left));
            }
            let width = width(&glyphs, style.size);
            lines.push(Line { glyphs, width });
        }
        lines
    }

    /// The beginnings and ends of the lines of a paragraph.
    fn breaks(&mut self, text: &str, style: Style, room: f32) -> Vec<Range<usize>> {
        if room.is_infinite() || self.width_of(text, style) <= room {
            return std::iter::once(0..text.len()).collect();
        }
        let (mut lines, mut start, mut end, mut used) = (Vec::new(), 0, 0, 0.0);
        for (at, word) in words(text) {
            let width = self.width_of(word, style);
            let visible = self.width_of(word.trim_end(), style);
            if used + visible <= room {
                (end, used) = (at + word.len(), used + width);
                continue;
            }
            if end > start {
                lines.push(start..end);
                start = end;
            }
            for piece in self.pieces(word, style, room) {
                lines.push(at + piece.start..at + piece.end);
            }
            // The last piece goes on as the beginning of a line.
            if let Some(last) = lines.pop() {
                start = last.start;
                used = self.width_of(&text[last.clone()], style);
                end = last.end;
            }
        }
        if end > start || lines.is_empty() {
            lines.push(start..end);
        }
        lines
    }

    /// A word in pieces that fit.
    fn pieces(&mut self, word: &str, style: Style, room: f32) -> Vec<Range<usize>> {
        if self.width_of(word.trim_end(), style) <= room {
            return std::iter::once(0..word.len()).collect();
        }
        let (mut pieces, mut start, mut used) = (Vec::new(), 0, 0.0);
        for (at, letter) in word.char_indices() {
            let width = self.width_of(letter.encode_utf8(&mut [0; 4]), style);
            if used + width > room && at > start {
                pieces.push(start..at);
                (start, used) = (at, 0.0);
            }
            used += width;
        }
        pieces.push(start..word.len());
        pieces
    }

    fn width_of(&mut self, text: &str, style: Style) -> f32 {
        let text: String = text.chars().filter(|letter| !turns_direction(*letter)).collect();
        let text = text.as_str();
        width(&self.faces.shape(style.weight, text, is_right_to_left(text)), style.size)
    }
}

fn width(glyphs: &[Glyph], size: f32) -> f32 {
    glyphs.iter().map(|glyph| glyph.advance).sum::<f32>() * size / 1000.0
}

/// Words with the spaces that follow them, and where they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive(' ').map(move |word| {
        let start = at;
        at += word.len();
        (start, word)
    })
}

/// Whether the first letter is one of a script from right to left, as HTML's `dir="auto"` decides.
pub(super) fn is_right_to_left(text: &str) -> bool {
    use unicode_bidi::BidiClass::{AL, L, R};
    let strong = |letter| matches!(unicode_bidi::bidi_class(letter), L | R | AL);
    let first = text.chars().find(|letter| strong(*letter));
    first.is_some_and(|letter| unicode_bidi::bidi_class(letter) != L)
}

/// Keeps dates, times and numbers with signs between their digits together: among Arabic letters `2026-11-30` would be shown from its
/// end.
fn isolated(text: &str) -> String {
    let part = |letter: char| letter.is_ascii_alphanumeric() || "-/:.,+%".contains(letter);
    let whole = |word: &str| {
        word.starts_with(|letter: char| letter.is_ascii_digit() || letter == '+' || letter == '-')
            && word.contains(['-', '/', ':', '+'])
            && word.chars().all(part)
    };
    let mut out = String::with_capacity(text.len() + 16);
    for word in text.split_inclusive(' ') {
        let bare = word.trim_end().trim_end_matches([',', '.', ':']);
        if bare.is_empty() || !whole(bare) {
            out.push_str(word);
        } else {
            out.extend(["\u{2066}", bare, "\u{2069}", &word[bare.len()..]]);
        }
    }
    out
}

/// The text without control characters and those that would turn the direction of the following text.
fn printable(text: &str) -> String {
    let kept = |letter: &char| *letter == '\n' || !(letter.is_control() || turns_direction(*letter));
    text.chars().filter(kept).map(|letter| if letter == '\u{a0}' { ' ' } else { letter }).collect()
}

const fn turns_direction(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}')
}
