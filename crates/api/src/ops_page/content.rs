//! The content of the page, as HTML.

use maud::{Markup, html};

use super::Shown;
use super::charts::{Line, chart};
use super::words::Words;
use crate::config::SettingState;
use crate::health::HealthStatus;
use crate::metrics::Point;
use crate::operating::{OverviewView, Side, TargetView, Unit};
use crate::routes::platform::admin_process::{ConfigurationView, FlagDefinitionView};

pub fn content(shown: &Shown, words: &Words) -> Markup {
    let overview = &shown.overview;
    html! {
        (process(overview, words))
        (health(overview, words))
        (targets(&overview.targets, words))
        (charts(&overview.history, words))
        (load(overview, words))
        (work(overview, words))
        (slow(overview, words))
        (cache(overview, words))
        (flags(&shown.flags, words))
        (configuration(&shown.configuration, words))
    }
}

fn process(overview: &OverviewView, words: &Words) -> Markup {
    let build = &overview.process.build;
    let facts = [
        (words.version, build.build.clone()),
        (words.host, build.host.clone()),
        (words.environment, build.environment.to_owned()),
        (words.database, build.database.to_owned()),
        (words.started, build.started_at.to_string()),
        (words.uptime, uptime(overview.process.uptime_seconds)),
    ];
    html! {
        section.wide {
            h2 { (words.process) }
            div.facts { @for (name, value) in facts { span { (name) ": " b { bdi { (value) } } } } }
        }
    }
}

/// `3 d 04:05:06`
fn uptime(seconds: i64) -> String {
    let days = seconds / 86_400;
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    if days > 0 { format!("{days} d {clock}") } else { clock }
}

fn health(overview: &OverviewView, words: &Words) -> Markup {
    let named = |status| match status {
        HealthStatus::Healthy => ("good", words.healthy),
        HealthStatus::Degraded => ("fair", words.degraded),
        HealthStatus::Unhealthy => ("bad", words.unhealthy),
    };
    let (class, status) = named(overview.health.status);
    html! {
        section {
            h2 { (words.health) ": " span class=(class) { (status) } }
            div.table { table {
                thead { tr { th { (words.check) } th { (words.status) } th.number { (words.duration) } } }
                tbody { @for entry in &overview.health.entries {
                    @let (class, status) = named(entry.status);
                    tr {
                        td { bdi { (entry.name) } @if let Some(text) = &entry.description { br; span.none { bdi { (text) } } } }
                        td class=(class) { (status) }
                        td.number { bdi { (format!("{:.1} ms", entry.duration_ms)) } }
                    }
                } }
            } }
        }
    }
}

fn targets(targets: &[TargetView], words: &Words) -> Markup {
    html! {
        section {
            h2 { (words.targets) }
            div.table { table {
                thead { tr { th { (words.target) } th.number {} th.number { (words.now) } th {} } }
                tbody { @for target in targets {
                    @let (class, said) = match target.met {
                        Some(true) => ("good", words.met),
                        Some(false) => ("bad", words.missed),
                        None if target.side == Side::Capacity => ("none", words.capacity),
                        None => ("none", "–"),
                    };
                    tr {
                        td { (target.title) }
                        td.number { bdi { (sign(target.side)) " " (number(target.target, target.unit)) } }
                        td.number { bdi { (target.value.map_or_else(|| "–".to_owned(), |value| number(value, target.unit))) } }
                        td class=(class) { (said) }
                    }
                } }
            } }
        }
    }
}

fn sign(side: Side) -> &'static str {
    match side {
        Side::Below => "<",
        Side::Above | Side::Capacity => ">",
    }
}

fn number(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Seconds => format!("{:.1} ms", value * 1_000.0),
        Unit::Ratio => format!("{:.1} %", value * 100.0),
        Unit::Users => format!("{value:.0}"),
        Unit::RequestsPerSecond => format!("{value:.1} /s"),
    }
}

fn charts(history: &[Point], words: &Words) -> Markup {
    let milliseconds = |read: fn(&Point) -> Option<f64>| {
        history.iter().map(|point| read(point).map(|seconds| seconds * 1_000.0)).collect()
    };
    let rates = |read: fn(&Point) -> Option<f64>| history.iter().map(read).collect();
    let latency = [
        Line { class: "a", name: "50 %", values: milliseconds(|point| point.response_p50) },
        Line { class: "b", name: "95 %", values: milliseconds(|point| point.response_p95) },
        Line { class: "c", name: "99 %", values: milliseconds(|point| point.response_p99) },
    ];
    let throughput = [
        Line { class: "a", name: words.per_second, values: rates(|point| point.requests_per_second) },
        Line { class: "c", name: words.failed, values: rates(|point| point.failed_per_second) },
    ];
    html! {
        @for (title, lines) in [(words.latency, &latency[..]), (words.throughput, &throughput[..])] {
            section {
                h2 { (title) }
                @if history.is_empty() { p.none { (words.no_history) } } @else { (chart(title, lines)) }
            }
        }
    }
}

/// Names and numbers; what is not measured is left out.
fn numbers<const N: usize>(rows: [(&str, Option<f64>); N]) -> Markup {
    html! {
        div.table { table { tbody { @for (name, value) in rows {
            @if let Some(value) = value { tr { td { (name) } td.number { bdi { (format!("{value:.0}")) } } } }
        } } } }
    }
}

fn load(overview: &OverviewView, words: &Words) -> Markup {
    let load = &overview.load;
    let rows = [
        (words.running, load.requests_running),
        (words.waiting, load.requests_waiting),
        (words.limit, load.requests_limit),
        (words.refused, load.requests_refused),
        (words.failures, load.requests_failed),
        (words.transfers, load.transfers),
        (words.connections, load.connections_used),
        (words.writer_queue, load.writer_queue),
    ];
    html! { section { h2 { (words.load) } (numbers(rows)) } }
}

fn work(overview: &OverviewView, words: &Words) -> Markup {
    let outbox = overview.outbox.as_ref();
    let rows = [
        (words.jobs, overview.load.jobs_running),
        (words.outbox_length, outbox.map(|outbox| outbox.length)),
        (words.outbox_lag, outbox.map(|outbox| outbox.lag_seconds)),
    ];
    html! {
        section {
            h2 { (words.work) }
            (numbers(rows))
            @if outbox.is_none() { p.none { (words.no_outbox) } }
            @if let Some(leader) = overview.load.leader {
                p { (words.leader) ": " b { (if leader { words.yes } else { words.no }) } }
            }
        }
    }
}

fn slow(overview: &OverviewView, words: &Words) -> Markup {
    html! {
        section.wide {
            h2 { (words.slow) }
            @if overview.slow_statements.is_empty() { p.none { (words.nothing) } } @else { div.table { table {
                thead { tr {
                    th { (words.statement) } th.number { (words.count) } th.number { (words.total) }
                    th.number { (words.longest) } th.number { (words.last) }
                } }
                tbody { @for one in &overview.slow_statements { tr {
                    td.code { (one.statement) }
                    td.number { (one.count) } td.number { (one.total_ms) }
                    td.number { (one.max_ms) } td.number { (one.last_seconds_ago) }
                } } }
            } } }
        }
    }
}

fn cache(overview: &OverviewView, words: &Words) -> Markup {
    html! {
        section {
            h2 { (words.cache) }
            @if overview.cache.is_empty() { p.none { (words.nothing) } } @else { div.table { table {
                thead { tr {
                    th { (words.class) } th { (words.level) } th.number { (words.hits) } th.number { (words.misses) }
                    th.number { (words.ratio) }
                } }
                tbody { @for class in &overview.cache { tr {
                    td { bdi { (class.class) } } td { bdi { (class.level) } }
                    td.number { (format!("{:.0}", class.hits)) } td.number { (format!("{:.0}", class.misses)) }
                    td.number { bdi { (class.hit_ratio.map_or_else(|| "–".to_owned(), |ratio| number(ratio, Unit::Ratio))) } }
                } } }
            } } }
        }
    }
}

fn flags(flags: &[FlagDefinitionView], words: &Words) -> Markup {
    html! {
        section {
            h2 { (words.flags) }
            @if flags.is_empty() { p.none { (words.nothing) } } @else { div.table { table {
                thead { tr { th { (words.flag) } th { (words.status) } th { (words.conditions) } } }
                tbody { @for flag in flags { tr {
                    td.code { (flag.id) }
                    td class=(if flag.enabled { "good" } else { "none" }) { (if flag.enabled { words.on } else { words.off }) }
                    td { bdi { @for (index, condition) in flag.conditions.iter().enumerate() {
                        @if index > 0 { ", " } (condition.kind)
                    } } }
                } } }
            } } }
        }
    }
}

fn configuration(configuration: &ConfigurationView, words: &Words) -> Markup {
    html! {
        section.wide {
            details #configuration {
                summary { (words.configuration) }
                div.facts {
                    span { (words.reloads) ": " b { (configuration.reloads) } }
                    @for source in &configuration.sources {
                        span { bdi { (source.source) } ": " b { (format!("{:.0}", source.age_seconds)) } " " (words.age) }
                    }
                    @if !configuration.restart_needed_for.is_empty() {
                        span.fair { (words.restart) ": " b { bdi { (configuration.restart_needed_for.join(", ")) } } }
                    }
                }
                div.table { table {
                    thead { tr { th { (words.key) } th { (words.value) } th { (words.source) } } }
                    tbody { @for setting in &configuration.settings { tr {
                        td.code { (setting.key) }
                        @match &setting.value {
                            Some(value) => { td.code { (value) } }
                            None => { td.none { (words.not_set) } }
                        }
                        td {
                            bdi { (setting.source.as_deref().unwrap_or_default()) }
                            @match setting.state {
                                SettingState::Used => {}
                                SettingState::Unused => { " " span.none { (words.unused) } }
                                SettingState::Unknown => { " " span.fair { (words.unknown) } }
                            }
                        }
                    } } }
                } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uptimes_are_read_like_clocks() {
        assert_eq!((&*uptime(61), &*uptime(90_061)), ("00:01:01", "1 d 01:01:01"));
    }
}
