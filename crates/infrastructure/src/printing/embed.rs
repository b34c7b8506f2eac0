//! The fonts of a file: only the glyphs that it uses, each with the text that it stands for.

use std::collections::HashMap;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Name, Pdf, Rect, Ref, Str};
use subsetter::{GlyphRemapper, subset};

use super::face::{Faces, Glyph, Weight};
use super::file::deflated;

const IDENTITY: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// Every glyph is within, in thousandths.
const BOX: Rect = Rect { x1: -1000.0, y1: -1100.0, x2: 4000.0, y2: 2100.0 };

/// A glyph for a letter. The same glyph may stand for several letters, such as the two forms of yeh, or have several widths by
/// kerning; each has a number of its own, so that copied text is what was printed.
struct Numbered {
    id: u16,
    text: Box<str>,
    width: f32,
}

/// The glyphs of one font that a file uses.
#[derive(Default)]
pub(super) struct UsedGlyphs {
    kept: GlyphRemapper,
    numbers: HashMap<(u16, Box<str>, u32), u16>,
    in_order: Vec<Numbered>,
}

impl UsedGlyphs {
    /// The number of a glyph in the file, from 1. The last number stands for whatever comes after it.
    pub fn number(&mut self, glyph: &Glyph) -> u16 {
        let key = (glyph.id, glyph.text.clone(), glyph.advance.to_bits());
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let id = self.kept.remap(glyph.id);
        self.in_order.push(Numbered { id, text: glyph.text.clone(), width: glyph.advance });
        let number = u16::try_from(self.in_order.len()).unwrap_or(u16::MAX);
        self.numbers.insert(key, number);
        number
    }

    /// Writes the font with the name by which [`PrintedFile`](super::file::PrintedFile) knows it.
    pub fn write(
        &self,
        pdf: &mut Pdf,
        weight: Weight,
        font: Ref,
        next: &mut Ref,
    ) -> Result<(), &'static str> {
        let [cid_font, descriptor, file, unicode, glyphs] = std::array::from_fn(|_| next.bump());
        let name = match weight {
            Weight::Regular => Name(b"ERPAAA+Vazirmatn-Regular"),
            Weight::Bold => Name(b"ERPAAB+Vazirmatn-Bold"),
        };
        pdf.type0_font(font)
            .base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid_font)
            .to_unicode(unicode);
        self.write_cid_font(pdf, name, (cid_font, descriptor, glyphs));
        let (ascent, descent, cap_height) = Faces::METRICS;
        pdf.font_descriptor(descriptor)
            .name(name)
            .flags(FontFlags::SYMBOLIC)
            .bbox(BOX)
            .italic_angle(0.0)
            .ascent(ascent)
            .descent(descent)
            .cap_height(cap_height)
            .stem_v(if weight == Weight::Bold { 140.0 } else { 80.0 })
            .font_file2(file);
        let bytes =
            subset(weight.bytes(), 0, &self.kept).map_err(|_| "a font cannot be cut down to what is used")?;
        let length = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
        pdf.stream(file, &deflated(&bytes)).filter(Filter::FlateDecode).pair(Name(b"Length1"), length);
        self.write_maps(pdf, unicode, glyphs);
        Ok(())
    }

    fn write_cid_font(&self, pdf: &mut Pdf, name: Name<'_>, (font, descriptor, glyphs): (Ref, Ref, Ref)) {
        let mut written = pdf.cid_font(font);
        written.subtype(CidFontType::Type2).base_font(name).system_info(IDENTITY).font_descriptor(descriptor);
        written.default_width(0.0).cid_to_gid_map_stream(glyphs);
        written.widths().consecutive(1, self.in_order.iter().map(|glyph| glyph.width));
    }

    /// Writes the text and the glyph of each number.
    fn write_maps(&self, pdf: &mut Pdf, unicode: Ref, glyphs: Ref) {
        let mut texts = UnicodeCmap::new(Name(b"Custom"), IDENTITY);
        let mut ids = vec![0, 0];
        for (number, glyph) in (1_u16..).zip(&self.in_order) {
            if !glyph.text.is_empty() {
                texts.pair_with_multiple(number, glyph.text.chars());
            }
            ids.extend(glyph.id.to_be_bytes());
        }
        let texts = deflated(texts.finish().as_slice());
        pdf.stream(unicode, &texts).filter(Filter::FlateDecode);
        pdf.stream(glyphs, &deflated(&ids)).filter(Filter::FlateDecode);
    }
}
