//! Tables over pages: the head again on each, rows that are never torn unless one alone is longer than a page.

use application::printing::document::{Content, PrintedColumn, PrintedRow, PrintedStyle, PrintedTable};
use pdf_writer::types::StructRole;

use super::flow::{Flow, MARGIN, RULE_GRAY, Side};
use super::text::{Line, Style};

/// Sizes of letters, the first in which the columns have room.
const SIZES: [f32; 5] = [8.5, 7.5, 6.5, 5.5, 4.5];
const PADDING: f32 = 3.0;
/// The indentation of each level of a tree.
const INDENT: f32 = 9.0;
/// Narrowest column of words, in sizes of the letters.
const WORDS_WIDTH_MIN: f32 = 7.0;
/// The largest share of the page that a column of codes takes before its content is broken.
const CODE_SHARE_MAX: f32 = 0.2;
/// Most cells of a table whose cells are parts of the structure. Of longer ones the rows are paragraphs: otherwise the structure would
/// be three quarters of the file.
const TAGGED_CELLS_MAX: usize = 20_000;

/// Columns with the places they take.
struct Layout {
    size: f32,
    /// Distance from the beginning, and width.
    places: Vec<(f32, f32)>,
    contents: Vec<Content>,
    head: Vec<Vec<Line>>,
    tags_cells: bool,
}

impl Layout {
    fn row_height(&self, lines: usize) -> f32 {
        Style::regular(self.size).leading() * count_of(lines) + 2.0 * PADDING
    }
}

#[allow(clippy::cast_precision_loss)]
const fn count_of(lines: usize) -> f32 {
    lines as f32
}

pub(super) fn draw(flow: &mut Flow<'_>, table: &PrintedTable) {
    let layout = lay_out(flow, table);
    flow.need(head_height(&layout) + layout.row_height(2));
    if layout.tags_cells {
        flow.file.open(StructRole::Table);
    }
    draw_head(flow, &layout, layout.tags_cells);
    for row in &table.rows {
        if flow.is_full() {
            break;
        }
        draw_row(flow, &layout, row);
    }
    if layout.tags_cells {
        flow.file.close();
    }
    flow.y += 8.0;
}

/// The longest text of a column, by letters.
fn longest(table: &PrintedTable, index: usize) -> &str {
    let texts = table.rows.iter().filter_map(|row| row.cells.get(index)).flatten();
    texts.max_by_key(|text| text.chars().count()).map_or("", String::as_str)
}

fn lay_out(flow: &mut Flow<'_>, table: &PrintedTable) -> Layout {
    let room = flow.width();
    let mut size = SIZES[SIZES.len() - 1];
    let mut widths = Vec::new();
    for tried in SIZES {
        size = tried;
        let (fits, found) = widths_at(flow, table, size, room);
        widths = found;
        if fits {
            break;
        }
    }
    let total: f32 = widths.iter().sum();
    let factor = if total > 0.0 { room / total } else { 1.0 };
    let mut start = 0.0;
    let mut places = Vec::with_capacity(widths.len());
    for width in widths {
        places.push((start, width * factor));
        start += width * factor;
    }
    let style = Style::bold(size);
    let head = table.columns.iter().zip(&places);
    let head =
        head.map(|(column, place)| flow.set(&column.heading, style, place.1 - 2.0 * PADDING)).collect();
    let contents = table.columns.iter().map(|column| column.content).collect();
    let tags_cells = table.rows.len().saturating_mul(table.columns.len()) <= TAGGED_CELLS_MAX;
    Layout { size, places, contents, head, tags_cells }
}

/// The widths of columns in letters of this size, and whether they have room.
fn widths_at(flow: &mut Flow<'_>, table: &PrintedTable, size: f32, room: f32) -> (bool, Vec<f32>) {
    let fixed: Vec<Option<f32>> = (0..table.columns.len())
        .map(|index| {
            let column = &table.columns[index];
            if matches!(column.content, Content::Words(_)) {
                return None;
            }
            let text = flow.setter.line(longest(table, index), Style::bold(size)).width;
            let width = text.max(heading_width(flow, column, size)) + 2.0 * PADDING + 1.0;
            Some(if column.content == Content::Code { width.min(room * CODE_SHARE_MAX) } else { width })
        })
        .collect();
    let taken: f32 = fixed.iter().flatten().sum();
    let share = |column: &PrintedColumn| match column.content {
        Content::Words(share) => f32::from(share),
        Content::Code | Content::Figures => 0.0,
    };
    let shares: f32 = table.columns.iter().map(share).sum();
    let words = fixed.iter().filter(|width| width.is_none()).count();
    let left = (room - taken).max(0.0);
    let narrowest = WORDS_WIDTH_MIN * size;
    let of_words = |column: &PrintedColumn| (left * share(column) / shares.max(1.0)).max(narrowest);
    let widths: Vec<f32> = fixed
        .iter()
        .zip(&table.columns)
        .map(|(fixed, column)| fixed.unwrap_or_else(|| of_words(column)))
        .collect();
    let fits = widths.iter().sum::<f32>() <= room + 0.5 || (words == 0 && taken <= room);
    (fits, widths)
}

/// A heading is broken between words only, and into about two lines.
fn heading_width(flow: &mut Flow<'_>, column: &PrintedColumn, size: f32) -> f32 {
    let style = Style::bold(size);
    let mut width: f32 = 0.0;
    for text in &column.heading {
        width = width.max(flow.setter.line(text, style).width * 0.6);
        for word in text.split(' ') {
            width = width.max(flow.setter.line(word, style).width);
        }
    }
    width
}

fn head_height(layout: &Layout) -> f32 {
    layout.row_height(layout.head.iter().map(Vec::len).max().unwrap_or(1))
}

/// The head. On later pages it is no part of the text.
fn draw_head(flow: &mut Flow<'_>, layout: &Layout, first: bool) {
    let (height, y, style) = (head_height(layout), flow.y, Style::bold(layout.size));
    let width = flow.width();
    flow.file.artifact(|file| file.fill((MARGIN, y), (width, height), 0.9));
    if first {
        flow.file.open(StructRole::TR);
    } else {
        flow.file.begin_artifact();
    }
    for (index, lines) in layout.head.iter().enumerate() {
        if first {
            flow.file.open(StructRole::TH);
            flow.file.begin_marked();
        }
        draw_cell(flow, layout, index, lines, (style, y + PADDING, 0.0));
        if first {
            flow.file.end_marked();
            flow.file.close();
        }
    }
    if first {
        flow.file.close();
    } else {
        flow.file.end_marked();
    }
    flow.y += height;
}

fn draw_row(flow: &mut Flow<'_>, layout: &Layout, row: &PrintedRow) {
    let style = match row.style {
        PrintedStyle::Plain => Style::regular(layout.size),
        PrintedStyle::Heading | PrintedStyle::Total => Style::bold(layout.size),
    };
    let indented = layout.contents.iter().position(|content| matches!(content, Content::Words(_)));
    let indent = |index: usize| if indented == Some(index) { f32::from(row.indent) * INDENT } else { 0.0 };
    let cells: Vec<Vec<Line>> = (layout.places.iter().enumerate())
        .map(|(index, place)| match row.cells.get(index) {
            Some(texts) => flow.set(texts, style, (place.1 - 2.0 * PADDING - indent(index)).max(layout.size)),
            None => Vec::new(),
        })
        .collect();
    let lines = cells.iter().map(Vec::len).max().unwrap_or_default().max(1);
    let height = layout.row_height(lines);
    let whole = flow.room_of_page() - head_height(layout);
    if flow.room() < height.min(whole) {
        begin_page(flow, layout);
    }
    flow.file.open(if layout.tags_cells { StructRole::TR } else { StructRole::P });
    let mut drawn = 0;
    while drawn < lines {
        // A row is longer than a page only when its text is: then it goes on at the next one.
        let fitting = fitting_lines(flow.room(), layout).clamp(1, lines - drawn);
        draw_slice(flow, layout, (row, style), &cells, (drawn, fitting), &indent);
        drawn += fitting;
        if drawn < lines {
            begin_page(flow, layout);
        }
    }
    flow.file.close();
}

fn begin_page(flow: &mut Flow<'_>, layout: &Layout) {
    flow.begin_page();
    draw_head(flow, layout, false);
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn fitting_lines(room: f32, layout: &Layout) -> usize {
    ((room - 2.0 * PADDING) / Style::regular(layout.size).leading()).max(0.0) as usize
}

/// Some lines of a row, with the rules around them.
fn draw_slice(
    flow: &mut Flow<'_>,
    layout: &Layout,
    (row, style): (&PrintedRow, Style),
    cells: &[Vec<Line>],
    (from, lines): (usize, usize),
    indent: &dyn Fn(usize) -> f32,
) {
    let (height, y, width) = (layout.row_height(lines), flow.y, flow.width());
    let style_of_row = row.style;
    flow.file.artifact(|file| {
        match style_of_row {
            PrintedStyle::Plain => {}
            PrintedStyle::Heading => file.fill((MARGIN, y), (width, height), 0.96),
            PrintedStyle::Total => file.rule((MARGIN, y), width, 0.8, RULE_GRAY),
        }
        file.rule((MARGIN, y + height), width, 0.3, RULE_GRAY + 0.2);
    });
    if !layout.tags_cells {
        flow.file.begin_marked();
    }
    for (index, all) in cells.iter().enumerate() {
        let end = all.len().min(from + lines);
        let shown = all.get(from.min(end)..end).unwrap_or_default();
        if layout.tags_cells {
            flow.file.open(StructRole::TD);
            flow.file.begin_marked();
        }
        draw_cell(flow, layout, index, shown, (style, y + PADDING, indent(index)));
        if layout.tags_cells {
            flow.file.end_marked();
            flow.file.close();
        }
    }
    if !layout.tags_cells {
        flow.file.end_marked();
    }
    flow.y += height;
}

/// The lines of a cell: figures end at the right edge whatever the direction, so that their decimals stand below each other.
fn draw_cell(
    flow: &mut Flow<'_>,
    layout: &Layout,
    index: usize,
    lines: &[Line],
    (style, y, indent): (Style, f32, f32),
) {
    let Some((start, width)) = layout.places.get(index).copied() else { return };
    let place = (start + PADDING + indent, width - 2.0 * PADDING - indent);
    let figures = layout.contents.get(index) == Some(&Content::Figures);
    let side = if figures && !flow.document.right_to_left { Side::End } else { Side::Start };
    flow.draw(lines, style, place, y, side);
}
