//! A PDF file as it is drawn, page by page. What is drawn stays compressed in memory; nothing of a finished page is kept but that.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::{ArtifactType, Direction, StructRole};
use pdf_writer::writers::StructTreeRoot;
use pdf_writer::{Content, Date, Filter, Finish, Name, Pdf, Rect, Ref, Settings, Str, TextStr};

use super::embed::UsedGlyphs;
use super::face::{Glyph, Weight};
use super::tags::Tags;
use super::text::{Line, Style};

const FONT_NAMES: [Name<'static>; 2] = [Name(b"F0"), Name(b"F1")];
const PRODUCER: &str = "erp-api";

/// The metadata of a file.
pub(super) struct FileInfo<'a> {
    pub title: &'a str,
    pub author: &'a str,
    pub language: &'a str,
    pub right_to_left: bool,
    pub created: Date,
}

struct Page {
    id: Ref,
    contents: Vec<Ref>,
}

pub(super) struct PrintedFile {
    pdf: Pdf,
    next: Ref,
    tree: Ref,
    fonts: [Ref; 2],
    used: [UsedGlyphs; 2],
    pages: Vec<Page>,
    content: Content,
    tags: Tags,
    /// The size of a page, in points.
    size: (f32, f32),
}

pub(super) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

impl PrintedFile {
    pub fn new(size: (f32, f32)) -> Self {
        let mut next = Ref::new(1);
        let (tree, fonts) = (next.bump(), [next.bump(), next.bump()]);
        let tags = Tags::new(next.bump());
        let used = [UsedGlyphs::default(), UsedGlyphs::default()];
        Self {
            pdf: Pdf::with_settings(Settings { pretty: false }),
            next,
            tree,
            fonts,
            used,
            pages: Vec::new(),
            content: Content::new(),
            tags,
            size,
        }
    }

    pub fn page_count(&self) -> usize {
        self.pages.len()
    }

    pub fn begin_page(&mut self) {
        self.end_content();
        let id = self.next.bump();
        self.pages.push(Page { id, contents: Vec::new() });
        self.tags.begin_page();
    }

    /// Draws onto a page that was finished before.
    pub fn add_to_page(&mut self, index: usize, draw: impl FnOnce(&mut Self)) {
        self.end_content();
        draw(self);
        self.end_content_of(index);
    }

    fn end_content(&mut self) {
        if let Some(last) = self.pages.len().checked_sub(1) {
            self.end_content_of(last);
        }
    }

    fn end_content_of(&mut self, index: usize) {
        let drawn = std::mem::replace(&mut self.content, Content::new()).finish();
        if drawn.as_slice().is_empty() {
            return;
        }
        let id = self.next.bump();
        self.pdf.stream(id, &deflated(drawn.as_slice())).filter(Filter::FlateDecode);
        if let Some(page) = self.pages.get_mut(index) {
            page.contents.push(id);
        }
    }

    /// Everything that is drawn until [`PrintedFile::close`] belongs to a part of the structure.
    pub fn open(&mut self, role: StructRole) {
        let id = self.next.bump();
        self.tags.open(role, id);
    }

    pub fn close(&mut self) {
        self.tags.close();
    }

    /// Marks the content drawn next as text of the open part.
    pub fn begin_marked(&mut self) {
        let number = self.tags.mark();
        self.content.begin_marked_content_with_properties(Name(b"Span")).properties().identify(number);
    }

    /// Marks the content drawn next as no part of the text: rules, repeated heads, page numbers.
    pub fn begin_artifact(&mut self) {
        let mut begun = self.content.begin_marked_content_with_properties(Name(b"Artifact"));
        begun.properties().artifact().kind(ArtifactType::Layout);
    }

    pub fn end_marked(&mut self) {
        self.content.end_marked_content();
    }

    pub fn artifact(&mut self, draw: impl FnOnce(&mut Self)) {
        self.begin_artifact();
        draw(self);
        self.end_marked();
    }

    /// A line whose baseline begins at a point that is measured from the top left corner.
    pub fn text(&mut self, line: &Line, style: Style, (x, y): (f32, f32)) {
        self.text_at(line, style, [1.0, 0.0, 0.0, 1.0, x, self.size.1 - y]);
    }

    /// A line through the middle of the page from the lower left to the upper right, `below` the middle.
    pub fn diagonal_text(&mut self, line: &Line, style: Style, below: f32) {
        let (width, height) = self.size;
        let diagonal = width.hypot(height);
        let (cos, sin) = (width / diagonal, height / diagonal);
        let half = line.width / 2.0;
        let x = width / 2.0 - half * cos + below * sin;
        let y = height / 2.0 - half * sin - below * cos;
        self.text_at(line, style, [cos, sin, -sin, cos, x, y]);
    }

    fn text_at(&mut self, line: &Line, style: Style, matrix: [f32; 6]) {
        if line.glyphs.is_empty() {
            return;
        }
        let index = style.weight.index();
        let (content, used) = (&mut self.content, &mut self.used[index]);
        content.begin_text().set_font(FONT_NAMES[index], style.size).set_text_matrix(matrix);
        let mut offset = 0.0;
        for level in line.glyphs.chunk_by(|one, other| one.y_offset == other.y_offset) {
            let rise = level.first().map_or(0.0, |glyph| glyph.y_offset) * style.size / 1000.0;
            content.set_rise(rise);
            show(content, used, level, &mut offset);
        }
        content.end_text();
    }

    pub fn set_gray(&mut self, gray: f32) {
        self.content.set_fill_gray(gray);
    }

    /// A rule across, at a height that is measured from the top.
    pub fn rule(&mut self, (x, y): (f32, f32), width: f32, thickness: f32, gray: f32) {
        let y = self.size.1 - y;
        self.content.set_stroke_gray(gray).set_line_width(thickness);
        self.content.move_to(x, y).line_to(x + width, y).stroke();
    }

    /// A filled rectangle below a point.
    pub fn fill(&mut self, (x, y): (f32, f32), (width, height): (f32, f32), gray: f32) {
        self.content.set_fill_gray(gray);
        self.content.rect(x, self.size.1 - y - height, width, height).fill_nonzero();
        self.content.set_fill_gray(0.0);
    }

    /// The bytes of the file.
    pub fn finish(mut self, info: &FileInfo<'_>) -> Result<Vec<u8>, &'static str> {
        self.end_content();
        let [catalog, tree, described] = std::array::from_fn(|_| self.next.bump());
        let structure = self.tree;
        self.write_pages(tree);
        for weight in Weight::ALL {
            let index = weight.index();
            self.used[index].write(&mut self.pdf, weight, self.fonts[index], &mut self.next)?;
        }
        let ids: Vec<Ref> = self.pages.iter().map(|page| page.id).collect();
        let owners = self.tags.write(&mut self.pdf, structure, &ids, &mut self.next);
        self.write_structure(structure, &owners);
        self.write_catalog(catalog, (tree, structure), info);
        let mut about = self.pdf.document_info(described);
        about.title(TextStr(info.title)).author(TextStr(info.author)).producer(TextStr(PRODUCER));
        about.creation_date(info.created);
        about.finish();
        Ok(self.pdf.finish())
    }

    fn write_structure(&mut self, id: Ref, owners: &[Ref]) {
        let mut root = self.pdf.indirect(id).start::<StructTreeRoot<'_>>();
        root.child(self.tags.root());
        let mut parents = root.parent_tree();
        let mut numbers = parents.nums();
        for (page, owner) in (0..).zip(owners) {
            numbers.insert(page, *owner);
        }
        numbers.finish();
        parents.finish();
        root.parent_tree_next_key(i32::try_from(owners.len()).unwrap_or(i32::MAX));
    }

    fn write_catalog(&mut self, id: Ref, (tree, structure): (Ref, Ref), info: &FileInfo<'_>) {
        let mut written = self.pdf.catalog(id);
        written.pages(tree).lang(TextStr(info.language));
        written.mark_info().marked(true);
        written.pair(Name(b"StructTreeRoot"), structure);
        let direction = if info.right_to_left { Direction::R2L } else { Direction::L2R };
        written.viewer_preferences().direction(direction).display_doc_title(true);
    }

    fn write_pages(&mut self, tree: Ref) {
        let count = i32::try_from(self.pages.len()).unwrap_or(i32::MAX);
        self.pdf.pages(tree).kids(self.pages.iter().map(|page| page.id)).count(count);
        for (index, page) in (0..).zip(&self.pages) {
            let mut written = self.pdf.page(page.id);
            written.parent(tree).media_box(Rect::new(0.0, 0.0, self.size.0, self.size.1));
            written.struct_parents(index).contents_array(page.contents.iter().copied());
            let mut resources = written.resources();
            let mut fonts = resources.fonts();
            for (name, font) in FONT_NAMES.iter().zip(self.fonts) {
                fonts.pair(*name, font);
            }
        }
    }
}

/// Shows glyphs of one height. `offset` is how far, in thousandths, the glyph before stands from where it belongs.
fn show(content: &mut Content, used: &mut UsedGlyphs, glyphs: &[Glyph], offset: &mut f32) {
    let mut shown = content.show_positioned();
    let mut items = shown.items();
    let mut codes = Vec::with_capacity(glyphs.len() * 2);
    for glyph in glyphs {
        let moved = glyph.x_offset - *offset;
        if moved.abs() > f32::EPSILON {
            if !codes.is_empty() {
                items.show(Str(&codes));
                codes.clear();
            }
            items.adjust(-moved);
            *offset = glyph.x_offset;
        }
        codes.extend(used.number(glyph).to_be_bytes());
    }
    if !codes.is_empty() {
        items.show(Str(&codes));
    }
}
