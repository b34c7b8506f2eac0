//! The typeface: both scripts in one font, regular and bold.

use harfrust::{
    BufferClusterLevel, Direction, FontRef, GlyphBuffer, Script, ShapeOptions, ShapePlan, ShaperData,
    UnicodeBuffer,
};

/// Vazirmatn, whose licence stands beside it.
static REGULAR: &[u8] = include_bytes!("../../fonts/Vazirmatn-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../fonts/Vazirmatn-Bold.ttf");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

impl Weight {
    pub const ALL: [Self; 2] = [Self::Regular, Self::Bold];

    pub const fn index(self) -> usize {
        match self {
            Self::Regular => 0,
            Self::Bold => 1,
        }
    }
    pub const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => REGULAR,
            Self::Bold => BOLD,
        }
    }
}

/// A glyph at its place, in thousandths of the size of the font.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Glyph {
    pub id: u16,
    /// The letter that the glyph stands for; empty for marks, which belong to the letter that they mark.
    pub text: Box<str>,
    pub advance: f32,
    pub x_offset: f32,
    pub y_offset: f32,
}

/// Two fonts, ready to shape text.
pub(super) struct Faces([Face; 2]);

struct Face {
    font: FontRef<'static>,
    data: ShaperData,
    per_mille: f32,
    /// The glyph of a space, which shows nothing.
    blank: u16,
    /// The glyph, and its width, in the place of letters of scripts that the font does not have: its own glyph for those shows nothing.
    unknown: (u16, f32),
    /// How to shape a script in a direction, made once.
    plans: Vec<((Direction, Script), ShapePlan)>,
}

impl Faces {
    /// Ascent, descent and height of capitals, in thousandths.
    pub const METRICS: (f32, f32, f32) = (1025.0, -537.0, 700.0);

    /// `None` when the fonts in the binary cannot be read.
    pub fn new() -> Option<Self> {
        let [regular, bold] = Weight::ALL.map(Face::new);
        Some(Self([regular?, bold?]))
    }

    /// The glyphs of a text that runs in one direction, from left to right.
    pub fn shape(&mut self, weight: Weight, text: &str, right_to_left: bool) -> Vec<Glyph> {
        self.0[weight.index()].shape(text, right_to_left)
    }
}

impl Face {
    #[allow(clippy::cast_precision_loss)]
    fn new(weight: Weight) -> Option<Self> {
        let font = FontRef::new(weight.bytes()).ok()?;
        let data = ShaperData::new(&font);
        let per_mille = 1000.0 / data.shaper(&font).build().units_per_em().max(1) as f32;
        let mut face = Self { font, data, per_mille, blank: 0, unknown: (0, 0.0), plans: Vec::new() };
        face.blank = face.shape(" ", false).first()?.id;
        let unknown = face.shape("\u{fffd}", false).into_iter().next()?;
        face.unknown = (unknown.id, unknown.advance);
        Some(face)
    }

    fn shape(&mut self, text: &str, right_to_left: bool) -> Vec<Glyph> {
        let mut buffer = UnicodeBuffer::new();
        buffer.set_cluster_level(BufferClusterLevel::MonotoneGraphemes);
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(if right_to_left { Direction::RightToLeft } else { Direction::LeftToRight });
        let shaper = self.data.shaper(&self.font).build();
        let key = (buffer.direction(), buffer.script());
        if !self.plans.iter().any(|(known, _)| *known == key) {
            self.plans
                .push((key, ShapePlan::new(&shaper, key.0, Some(key.1), buffer.language().as_ref(), &[])));
        }
        let plan = self.plans.iter().find(|(known, _)| *known == key).map(|(_, plan)| plan);
        let shaped = shaper.shape(buffer, ShapeOptions::new().plan(plan));
        self.glyphs(&shaped, text, right_to_left)
    }

    fn glyphs(&self, shaped: &GlyphBuffer, text: &str, right_to_left: bool) -> Vec<Glyph> {
        let mut starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        starts.sort_unstable();
        starts.dedup();
        let all: Vec<(usize, Glyph)> = (shaped.glyph_infos().iter().zip(shaped.glyph_positions()))
            .map(|(info, position)| (info.cluster as usize, self.placed(info, position)))
            .collect();
        let mut glyphs = Vec::with_capacity(all.len());
        for cluster in all.chunk_by(|one, other| one.0 == other.0) {
            let start = cluster.first().map_or(0, |(start, _)| *start);
            let end = starts.get(starts.partition_point(|known| *known <= start)).copied();
            let said = text.get(start..end.unwrap_or(text.len())).unwrap_or_default();
            self.say(cluster, said, right_to_left, &mut glyphs);
        }
        glyphs
    }

    #[allow(clippy::cast_precision_loss)]
    fn placed(&self, info: &harfrust::GlyphInfo, position: &harfrust::GlyphPosition) -> Glyph {
        let scaled = |units: i32| units as f32 * self.per_mille;
        if info.glyph_id == 0 {
            let (id, advance) = self.unknown;
            return Glyph { id, text: Box::default(), advance, x_offset: 0.0, y_offset: 0.0 };
        }
        Glyph {
            id: u16::try_from(info.glyph_id).unwrap_or_default(),
            text: Box::default(),
            advance: scaled(position.x_advance),
            x_offset: scaled(position.x_offset),
            y_offset: scaled(position.y_offset),
        }
    }

    /// Gives the glyphs of one cluster its letters, one a glyph. The widest glyph is the base. Where one glyph stands for several
    /// letters, as lam and alef do together, blanks of no height share its width and say the other letters: programs that take text out
    /// of a file turn letters from right to left round one by one, and would leave those within a glyph in the wrong order.
    fn say(&self, cluster: &[(usize, Glyph)], said: &str, right_to_left: bool, glyphs: &mut Vec<Glyph>) {
        let widest = cluster
            .iter()
            .enumerate()
            .max_by(|(_, one), (_, other)| one.1.advance.total_cmp(&other.1.advance));
        let base = widest.map(|(index, _)| index);
        let mut letters: Vec<char> = said.chars().collect();
        if right_to_left {
            letters.reverse();
        }
        for (index, (_, glyph)) in cluster.iter().enumerate() {
            if Some(index) != base {
                glyphs.push(glyph.clone());
                continue;
            }
            let share = glyph.advance / count(letters.len().max(1));
            let mut letters = letters.iter().map(|letter| letter.to_string().into_boxed_str());
            glyphs.push(Glyph { text: letters.next().unwrap_or_default(), advance: share, ..glyph.clone() });
            glyphs.extend(letters.map(|text| Glyph {
                id: self.blank,
                text,
                advance: share,
                x_offset: 0.0,
                y_offset: glyph.y_offset,
            }));
        }
    }
}

#[allow(clippy::cast_precision_loss)]
const fn count(letters: usize) -> f32 {
    letters as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_the_font_does_not_have_are_seen_to_be_missing() {
        let mut faces = Faces::new().unwrap();
        for weight in Weight::ALL {
            let known = faces.shape(weight, "\u{fffd}", false);
            for name in ["Ж", "Ω", "中"] {
                let glyphs = faces.shape(weight, name, false);
                assert_eq!(glyphs.len(), 1, "{name}");
                assert_eq!(
                    (glyphs[0].id, &*glyphs[0].text),
                    (known[0].id, name),
                    "copied text is what was written"
                );
                assert!(glyphs[0].id != 0 && glyphs[0].advance > 0.0, "{name}");
            }
            assert!(faces.shape(weight, "Aش", false).iter().all(|glyph| glyph.id != known[0].id));
        }
    }
}
