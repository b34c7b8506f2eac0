//! Lines over the last hour, as SVG.

use maud::{Markup, html};

use crate::metrics::history::POINTS_MAX;

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 170.0;
/// Room for the numbers at the left, and for a line at the top and the bottom.
const LEFT: f64 = 44.0;
const MARGIN: f64 = 12.0;
/// Lines of the grid, the lowest of which is zero.
const STEPS: u32 = 4;

/// One line of a chart; its class gives it its colour.
pub struct Line<'a> {
    pub class: &'static str,
    pub name: &'a str,
    /// A value for each minute, oldest first; a gap where there is none.
    pub values: Vec<Option<f64>>,
}

/// All lines on one scale from zero. The newest minute is at the right.
pub fn chart(title: &str, lines: &[Line<'_>]) -> Markup {
    let largest = lines.iter().flat_map(|line| line.values.iter().flatten()).copied().fold(0.0, f64::max);
    let top = rounded_up(largest);
    let y = |value: f64| HEIGHT - MARGIN - (value / top).clamp(0.0, 1.0) * (HEIGHT - 2.0 * MARGIN);
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(title) {
            @for step in 0..=STEPS {
                @let value = top * f64::from(step) / f64::from(STEPS);
                @let at = format!("{:.1}", y(value));
                line.grid x1=(LEFT) x2=(WIDTH) y1=(at) y2=(at) {}
                text x=(LEFT - 6.0) y=(format!("{:.1}", y(value) + 4.0)) text-anchor="end" { (label(value)) }
            }
            @for line in lines {
                path class={ "line " (line.class) } d=(path(&line.values, y)) {}
                @for (x, value) in lonely(&line.values) {
                    circle class=(line.class) r="2" cx=(format!("{x:.1}")) cy=(format!("{:.1}", y(value))) {}
                }
            }
        }
        p.legend { @for line in lines { span class=(line.class) { (line.name) } } }
    }
}

/// Where the newest of `count` points is the last, and each is a minute.
fn x(index: usize, count: usize) -> f64 {
    let step = (WIDTH - LEFT) / (POINTS_MAX - 1) as f64;
    WIDTH - step * (count - 1 - index) as f64
}

fn path(values: &[Option<f64>], y: impl Fn(f64) -> f64) -> String {
    let (mut path, mut drawing) = (String::new(), false);
    for (index, value) in values.iter().enumerate() {
        if let Some(value) = value {
            let command = if drawing { 'L' } else { 'M' };
            path.push_str(&format!("{command}{:.1} {:.1}", x(index, values.len()), y(*value)));
        }
        drawing = value.is_some();
    }
    path
}

/// Points without a neighbour, which no line would show.
fn lonely(values: &[Option<f64>]) -> impl Iterator<Item = (f64, f64)> {
    let there = |index: Option<usize>| index.and_then(|index| *values.get(index)?).is_some();
    values.iter().enumerate().filter_map(move |(index, value)| {
        let alone = !there(index.checked_sub(1)) && !there(Some(index + 1));
        value.filter(|_| alone).map(|value| (x(index, values.len()), value))
    })
}

/// The next of 1, 2 and 5 times a power of ten.
fn rounded_up(value: f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
    steps.into_iter().find(|step| *step >= value).unwrap_or(10.0 * power)
}

/// As few decimals as the number needs, and at most two.
fn label(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_at_round_numbers() {
        for (value, top) in [(0.0, 1.0), (0.3, 0.5), (1.0, 1.0), (12.0, 20.0), (501.0, 1_000.0)] {
            assert!((rounded_up(value) - top).abs() < 1e-9, "{value}");
        }
        assert_eq!([0.0, 12.5, 0.05, 1_000.0].map(label), ["0", "12.5", "0.05", "1000"]);
    }

    #[test]
    fn a_gap_breaks_the_line_and_a_point_alone_is_a_dot() {
        let values = [Some(1.0), Some(2.0), None, Some(3.0), None];
        let drawn = path(&values, |value| value);
        assert_eq!((drawn.matches('M').count(), drawn.matches('L').count()), (2, 1));
        assert_eq!(lonely(&values).map(|(_, value)| value).collect::<Vec<_>>(), [3.0]);
        let html = chart("<t>", &[Line { class: "a", name: "n", values: values.to_vec() }]).into_string();
        assert!(html.contains("&lt;t&gt;") && html.contains("<circle"), "{html}");
    }
}
