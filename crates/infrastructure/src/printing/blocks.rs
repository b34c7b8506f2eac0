//! Fields, totals and running text.

use application::printing::document::{Block, Field, FieldGroup, PrintedText, PrintedTotal};
use pdf_writer::types::StructRole;

use super::flow::{Flow, RULE_GRAY, Side, count};
use super::tables;
use super::text::{Line, Style, is_right_to_left};

const LABEL: Style = Style::regular(8.0);
const VALUE: Style = Style::regular(8.5);
const HEADING: Style = Style::bold(9.0);
const STRONG: Style = Style::bold(9.5);
const GAP: f32 = 14.0;
/// The share of a group of fields for the labels on one side.
const LABEL_SHARE: f32 = 0.3;
/// The share of the page for totals.
const TOTALS_SHARE: f32 = 0.56;
/// The share of the box of totals for the amounts, when labels stand on both sides of them.
const AMOUNT_SHARE: f32 = 0.26;

pub(super) fn draw(flow: &mut Flow<'_>, block: &Block) {
    match block {
        Block::Fields(groups) => fields(flow, groups),
        Block::Table(table) => tables::draw(flow, table),
        Block::Totals(totals) => draw_totals(flow, totals),
        Block::Text(text) => running(flow, text),
    }
}

/// A field that is ready to be drawn: the label of the beginning, the value, and the label of the other language at the end.
struct SetField {
    start: Vec<Line>,
    value: Vec<Line>,
    end: Vec<Line>,
}

impl SetField {
    fn height(&self) -> f32 {
        let label = LABEL.leading() * longest(&[&self.start, &self.end]);
        let value = VALUE.leading() * longest(&[&self.value]);
        label.max(value) + 1.5
    }
}

#[allow(clippy::cast_precision_loss)]
fn longest(all: &[&Vec<Line>]) -> f32 {
    all.iter().map(|lines| lines.len()).max().unwrap_or_default() as f32
}

/// Where label, value and the other label stand in a group: distance from its beginning, and width.
fn places(both: bool, start: f32, width: f32) -> [(f32, f32); 3] {
    let label = width * if both { LABEL_SHARE - 0.04 } else { LABEL_SHARE };
    let value = width - label * if both { 2.0 } else { 1.0 };
    [(start, label), (start + label, value), (start + label + value, label)]
}

fn fields(flow: &mut Flow<'_>, groups: &[FieldGroup]) {
    let columns = count(groups).max(1.0);
    let width = (flow.width() - GAP * (columns - 1.0)) / columns;
    let mut start = 0.0;
    let mut set = Vec::with_capacity(groups.len());
    for group in groups {
        let heading = flow.set(&group.heading, HEADING, width);
        let rows: Vec<_> = group.fields.iter().map(|field| set_field(flow, field, width)).collect();
        let height =
            rows.iter().map(SetField::height).sum::<f32>() + HEADING.leading() * longest(&[&heading]);
        set.push((start, heading, rows, height));
        start += width + GAP;
    }
    let height = set.iter().map(|(_, _, _, height)| *height).fold(0.0, f32::max) + 4.0;
    flow.need(height.min(flow.room_of_page()));
    let top = flow.y;
    for (start, heading, rows, _) in &set {
        draw_group(flow, (*start, width), top, heading, rows);
    }
    flow.y = top + height + 6.0;
}

fn set_field(flow: &mut Flow<'_>, field: &Field, width: f32) -> SetField {
    let both = field.label.len() > 1;
    let [label, value, _] = places(both, 0.0, width);
    let mut labels = field.label.iter();
    let mut side = |flow: &mut Flow<'_>| {
        let text = labels.next().cloned().unwrap_or_default();
        flow.setter.lines(&text, LABEL, label.1 - 3.0)
    };
    let start = side(flow);
    let end = if both { side(flow) } else { Vec::new() };
    SetField { start, value: flow.set(&field.value, VALUE, value.1 - 4.0), end }
}

fn draw_group(
    flow: &mut Flow<'_>,
    (start, width): (f32, f32),
    top: f32,
    heading: &[Line],
    rows: &[SetField],
) {
    let mut y = top;
    if !heading.is_empty() {
        flow.file.open(StructRole::H2);
        y += flow.draw_part(heading, HEADING, (start, width), y, Side::Start);
        flow.file.close();
        let at = (flow.left_of(start, width), y);
        flow.file.artifact(|file| file.rule(at, width, 0.5, RULE_GRAY));
        y += 3.0;
    }
    for row in rows {
        let [label, value, other] = places(!row.end.is_empty(), start, width);
        flow.file.open(StructRole::P);
        flow.file.begin_marked();
        flow.file.set_gray(0.35);
        flow.draw(&row.start, LABEL, label, y, Side::Start);
        flow.file.set_gray(0.0);
        flow.draw(&row.value, VALUE, (value.0 + 2.0, value.1 - 4.0), y, Side::Start);
        flow.file.set_gray(0.35);
        flow.draw(&row.end, LABEL, other, y, Side::End);
        flow.file.set_gray(0.0);
        flow.file.end_marked();
        flow.file.close();
        y += row.height();
    }
}

fn draw_totals(flow: &mut Flow<'_>, totals: &[PrintedTotal]) {
    let width = flow.width() * TOTALS_SHARE;
    let start = flow.width() - width;
    for total in totals {
        let style = if total.strong { STRONG } else { VALUE };
        let both = total.label.len() > 1;
        let label_share = if both { (1.0 - AMOUNT_SHARE) / 2.0 } else { 1.0 - AMOUNT_SHARE };
        let label = width * label_share;
        let mut labels = total.label.iter();
        let mut next = |flow: &mut Flow<'_>| {
            let text = labels.next().cloned().unwrap_or_default();
            flow.setter.lines(&text, style, label - 4.0)
        };
        let first = next(flow);
        let second = if both { next(flow) } else { Vec::new() };
        let amount = flow.setter.line(&total.amount, style);
        let height = style.leading() * longest(&[&first, &second]).max(1.0) + 3.0;
        flow.need(height + 2.0);
        let y = flow.y;
        if total.strong {
            let at = (flow.left_of(start, width), y);
            flow.file.artifact(|file| file.fill(at, (width, height), 0.93));
        }
        flow.file.open(StructRole::P);
        flow.file.begin_marked();
        flow.draw(&first, style, (start + 3.0, label - 4.0), y + 1.0, Side::Start);
        let place = (start + label + 8.0, width * AMOUNT_SHARE - 12.0);
        let x = flow.left_of(place.0, place.1) + place.1 - amount.width;
        flow.file.text(&amount, style, (x, y + 1.0 + style.size));
        flow.draw(&second, style, (start + label + width * AMOUNT_SHARE, label - 3.0), y + 1.0, Side::End);
        flow.file.end_marked();
        flow.file.close();
        flow.y += height;
    }
    flow.y += 8.0;
}

fn running(flow: &mut Flow<'_>, text: &PrintedText) {
    let width = flow.width();
    let heading = flow.set(&text.heading, HEADING, width);
    flow.need(HEADING.leading() * count(&heading) + VALUE.leading());
    if !heading.is_empty() {
        flow.file.open(StructRole::H2);
        let y = flow.y;
        flow.y += flow.draw_part(&heading, HEADING, (0.0, width), y, Side::Start);
        flow.file.close();
    }
    for paragraph in &text.text {
        // Each language begins on its own side.
        let own = is_right_to_left(paragraph) == flow.document.right_to_left;
        let side = if own { Side::Start } else { Side::End };
        flow.file.open(StructRole::P);
        for line in flow.setter.lines(paragraph, VALUE, width) {
            flow.need(VALUE.leading());
            let y = flow.y;
            flow.y += flow.draw_part(&[line], VALUE, (0.0, width), y, side);
        }
        flow.file.close();
    }
    flow.y += 6.0;
}
