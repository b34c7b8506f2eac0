//! Metrics as Prometheus reads them: its text format, version 0.0.4.

use std::fmt::Write;

use crate::histogram::Snapshot;
use crate::registry::{Family, Metric, Reading, Sample};

pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub fn text(families: &[Family]) -> String {
    let mut out = String::new();
    for Family { metric, samples } in families {
        out.push_str("# HELP ");
        out.push_str(metric.name);
        out.push(' ');
        escaped(metric.help, false, &mut out);
        // A string takes whatever is written, here and below.
        let _ = write!(out, "\n# TYPE {} {}\n", metric.name, metric.kind.name());
        for sample in samples {
            match &sample.reading {
                Reading::Number(value) => line(metric, "", sample, None, *value, &mut out),
                Reading::Durations(snapshot) => histogram(metric, sample, snapshot, &mut out),
            }
        }
    }
    out
}

fn histogram(metric: &Metric, sample: &Sample, snapshot: &Snapshot, out: &mut String) {
    let mut below = 0;
    for (bound, count) in snapshot.bounds.iter().zip(snapshot.counts) {
        below += count;
        let bound = (*bound as f64 / 1e6).to_string();
        line(metric, "_bucket", sample, Some(&bound), below as f64, out);
    }
    let all = snapshot.count() as f64;
    line(metric, "_bucket", sample, Some("+Inf"), all, out);
    line(metric, "_sum", sample, None, snapshot.sum_seconds(), out);
    line(metric, "_count", sample, None, all, out);
}

fn line(metric: &Metric, suffix: &str, sample: &Sample, bound: Option<&str>, value: f64, out: &mut String) {
    out.push_str(metric.name);
    out.push_str(suffix);
    let labels = metric.labels.iter().copied().zip(sample.labels.iter().map(|label| &**label));
    let mut open = '{';
    for (name, value) in labels.chain(bound.map(|bound| ("le", bound))) {
        out.push(std::mem::replace(&mut open, ','));
        out.push_str(name);
        out.push_str("=\"");
        escaped(value, true, out);
        out.push('"');
    }
    if open == ',' {
        out.push('}');
    }
    let _ = writeln!(out, " {value}");
}

fn escaped(text: &str, quoted: bool, out: &mut String) {
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '"' if quoted => out.push_str("\\\""),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::time::Duration;

    use super::*;
    use crate::registry::{Kind, Registry};
    use crate::{Counter, Histogram};

    static ASKED: Metric = Metric::new("asked_total", Kind::Counter, "How often, \\ and more.").by(&["who"]);
    static SPEED: Metric = Metric::new("speed_ratio", Kind::Gauge, "How fast.");
    static TOOK: Metric = Metric::new("took_seconds", Kind::Histogram, "How long.").by(&["what"]);
    static NONE: Metric = Metric::new("none", Kind::Gauge, "Nothing.");

    #[test]
    fn every_line_is_as_the_format_has_it() {
        let (counter, histogram) =
            (Counter::default(), Histogram::new(std::array::from_fn(|n| (n as u64 + 1) * 500)));
        counter.add_many(3);
        histogram.add(Duration::from_micros(600));
        histogram.add(Duration::from_secs(2));
        let mut registry = Registry::default();
        registry.add(&ASKED, move |samples| samples.labelled(["a\"b\\c\nd"], counter.read() as f64));
        registry.add(&SPEED, |samples| samples.number(0.25));
        registry.add(&NONE, |_| {});
        registry.add(&TOOK, move |samples| samples.durations(vec![Cow::Borrowed("x")], histogram.read()));
        let text = text(&registry.read());
        assert!(text.starts_with(
            "# HELP asked_total How often, \\\\ and more.\n# TYPE asked_total counter\n\
             asked_total{who=\"a\\\"b\\\\c\\nd\"} 3\n# HELP speed_ratio How fast.\n# TYPE speed_ratio gauge\n\
             speed_ratio 0.25\n# HELP took_seconds How long.\n# TYPE took_seconds histogram\n\
             took_seconds_bucket{what=\"x\",le=\"0.0005\"} 0\ntook_seconds_bucket{what=\"x\",le=\"0.001\"} 1\n"
        ), "{text}");
        assert!(text.ends_with(
            "took_seconds_bucket{what=\"x\",le=\"0.007\"} 1\ntook_seconds_bucket{what=\"x\",le=\"+Inf\"} 2\n\
             took_seconds_sum{what=\"x\"} 2.0006\ntook_seconds_count{what=\"x\"} 2\n"
        ), "{text}");
    }
}
