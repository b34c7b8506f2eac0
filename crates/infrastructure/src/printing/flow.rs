//! Pages one after the other: what stands at the top and at the bottom of each, and how much room is left.

use application::printing::document::{Lines, PrintedDocument};
use pdf_writer::types::StructRole;

use super::file::PrintedFile;
use super::text::{Line, Setter, Style};

/// A4, in points.
const PAGE: (f32, f32) = (595.0, 842.0);
pub(super) const MARGIN: f32 = 40.0;
/// At the bottom of a page, for its foot.
const FOOT_HEIGHT: f32 = 22.0;
const SMALL: Style = Style::regular(7.5);
const ISSUER: Style = Style::bold(11.0);
const TITLE: Style = Style::bold(15.0);
const MARK: Style = Style::bold(96.0);
const MARK_GRAY: f32 = 0.92;
pub(super) const RULE_GRAY: f32 = 0.6;

/// The side on which a line begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Start,
    End,
}

/// The place at which things are drawn next.
pub(super) struct Flow<'d> {
    pub file: PrintedFile,
    pub setter: Setter,
    pub document: &'d PrintedDocument,
    /// The distance from the top of the page.
    pub y: f32,
    size: (f32, f32),
    pages_max: usize,
}

impl<'d> Flow<'d> {
    pub fn new(document: &'d PrintedDocument, setter: Setter, pages_max: usize) -> Self {
        let size = if document.landscape { (PAGE.1, PAGE.0) } else { PAGE };
        Self { file: PrintedFile::new(size), setter, document, y: 0.0, size, pages_max }
    }

    /// The width between the margins.
    pub const fn width(&self) -> f32 {
        self.size.0 - 2.0 * MARGIN
    }

    pub fn room(&self) -> f32 {
        self.size.1 - MARGIN - FOOT_HEIGHT - self.y
    }

    /// The room on an empty page.
    pub fn room_of_page(&self) -> f32 {
        self.size.1 - 2.0 * MARGIN - FOOT_HEIGHT - SMALL.leading() * 2.0
    }

    /// Whether no more pages may be begun; callers then leave the rest out.
    pub fn is_full(&self) -> bool {
        self.file.page_count() > self.pages_max
    }

    /// Begins a page unless there is so much room on this one.
    pub fn need(&mut self, height: f32) {
        if self.room() < height {
            self.begin_page();
        }
    }

    pub fn begin_page(&mut self) {
        self.file.begin_page();
        self.y = MARGIN;
        self.draw_mark();
        if self.file.page_count() == 1 {
            self.draw_head();
        } else {
            self.draw_head_again();
        }
    }

    /// Where a line of this width begins in a box, from the left. The box is given by its distance from the side on which the document
    /// begins.
    pub fn x_in(&self, (start, width): (f32, f32), side: Side, line_width: f32) -> f32 {
        let left = self.left_of(start, width);
        let at_left = (side == Side::Start) != self.document.right_to_left;
        if at_left { left } else { left + width - line_width }
    }

    /// The left edge of a box.
    pub fn left_of(&self, start: f32, width: f32) -> f32 {
        if self.document.right_to_left { self.size.0 - MARGIN - start - width } else { MARGIN + start }
    }

    /// Draws lines below each other and answers their height.
    pub fn draw(&mut self, lines: &[Line], style: Style, place: (f32, f32), y: f32, side: Side) -> f32 {
        let mut baseline = y + style.size;
        for line in lines {
            let x = self.x_in(place, side, line.width);
            self.file.text(line, style, (x, baseline));
            baseline += style.leading();
        }
        style.leading() * count(lines)
    }

    /// The lines of texts in a box of this width.
    pub fn set(&mut self, texts: &Lines, style: Style, width: f32) -> Vec<Line> {
        texts.iter().flat_map(|text| self.setter.lines(text, style, width)).collect()
    }

    /// A rule across the page.
    pub fn rule(&mut self, thickness: f32) {
        let (at, width) = ((MARGIN, self.y), self.width());
        self.file.artifact(|file| file.rule(at, width, thickness, RULE_GRAY));
    }

    /// Issuer and title of the first page.
    fn draw_head(&mut self) {
        let half = self.width() / 2.0;
        let issuer = self.set(&self.document.issuer, ISSUER, half - 6.0);
        let title = self.set(&self.document.title, TITLE, half - 6.0);
        let y = self.y;
        self.file.open(StructRole::P);
        let issuer_height = self.draw_part(&issuer, ISSUER, (0.0, half), y, Side::Start);
        self.file.close();
        self.file.open(StructRole::H1);
        let title_height = self.draw_part(&title, TITLE, (half, half), y, Side::End);
        self.file.close();
        self.y += issuer_height.max(title_height) + 2.0;
        self.rule(1.2);
        self.y += 8.0;
    }

    /// Draws lines as one part of the text.
    pub fn draw_part(&mut self, lines: &[Line], style: Style, place: (f32, f32), y: f32, side: Side) -> f32 {
        if lines.is_empty() {
            return 0.0;
        }
        self.file.begin_marked();
        let height = self.draw(lines, style, place, y, side);
        self.file.end_marked();
        height
    }

    /// Issuer and name in small letters at the top of the following pages.
    fn draw_head_again(&mut self) {
        let half = self.width() / 2.0;
        let issuer = self.document.issuer.first().cloned().unwrap_or_default();
        let [issuer, name] = [issuer, self.document.name.clone()].map(|text| self.setter.line(&text, SMALL));
        let baseline = self.y + SMALL.size;
        let at = (self.x_in((0.0, half), Side::Start, issuer.width), baseline);
        let other = (self.x_in((half, half), Side::End, name.width), baseline);
        self.file.artifact(|file| {
            file.set_gray(0.35);
            file.text(&issuer, SMALL, at);
            file.text(&name, SMALL, other);
            file.set_gray(0.0);
        });
        self.y += SMALL.leading();
        self.rule(0.5);
        self.y += SMALL.leading() - 4.0;
    }

    fn draw_mark(&mut self) {
        let mut lines: Vec<_> = self.document.mark.iter().map(|text| self.setter.line(text, MARK)).collect();
        // It is a picture: as text, its letters would lie among those that it lies under. The title says it in words.
        lines.iter_mut().flat_map(|line| &mut line.glyphs).for_each(|glyph| glyph.text = Box::default());
        if lines.is_empty() {
            return;
        }
        self.file.artifact(|file| {
            file.set_gray(MARK_GRAY);
            let mut below = MARK.size * (1.0 - count(&lines) / 2.0) - MARK.size / 4.0;
            for line in &lines {
                file.diagonal_text(line, MARK, below);
                below += MARK.size;
            }
            file.set_gray(0.0);
        });
    }

    /// The feet of all pages, when it is known how many there are.
    pub fn draw_feet(&mut self) {
        let pages = self.file.page_count();
        let half = self.width() / 2.0;
        let foot = self.setter.line(&self.document.foot, SMALL);
        let baseline = self.size.1 - MARGIN;
        for index in 0..pages {
            let words = self.document.page_words.replace("{page}", &(index + 1).to_string());
            let words = self.setter.line(&words.replace("{pages}", &pages.to_string()), SMALL);
            let at = (self.x_in((0.0, half), Side::Start, foot.width), baseline);
            let other = (self.x_in((half, half), Side::End, words.width), baseline);
            let (rule_at, width) = ((MARGIN, baseline - SMALL.leading()), self.width());
            self.file.add_to_page(index, |file| {
                file.artifact(|file| {
                    file.rule(rule_at, width, 0.5, RULE_GRAY);
                    file.set_gray(0.35);
                    file.text(&foot, SMALL, at);
                    file.text(&words, SMALL, other);
                    file.set_gray(0.0);
                });
            });
        }
    }
}

/// How many there are, as a factor.
#[allow(clippy::cast_precision_loss)]
pub(super) fn count<T>(things: &[T]) -> f32 {
    things.len() as f32
}
