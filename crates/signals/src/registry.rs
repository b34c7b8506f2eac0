//! Every metric once: what it is called and means, and how it is read.

use std::borrow::Cow;

use crate::histogram::Snapshot;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only ever grows.
    Counter,
    Gauge,
    Histogram,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// The definition of a metric, beside its values.
#[derive(Debug, PartialEq, Eq)]
pub struct Metric {
    pub name: &'static str,
    pub kind: Kind,
    /// Names of the labels, in the order of their values.
    pub labels: &'static [&'static str],
    /// One line.
    pub help: &'static str,
    /// As OpenTelemetry calls it, for those that are exported every minute.
    pub exported: Option<&'static str>,
}

impl Metric {
    pub const fn new(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self { name, kind, labels: &[], help, exported: None }
    }
    #[must_use]
    pub const fn by(mut self, labels: &'static [&'static str]) -> Self {
        self.labels = labels;
        self
    }
    #[must_use]
    pub const fn exported(mut self, name: &'static str) -> Self {
        self.exported = Some(name);
        self
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    Number(f64),
    Durations(Box<Snapshot>),
}

/// One value of a metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    pub labels: Vec<Cow<'static, str>>,
    pub reading: Reading,
}

/// The values of one metric.
#[derive(Debug, Default, PartialEq)]
pub struct Samples(pub Vec<Sample>);

impl Samples {
    /// The only value of a metric without labels.
    pub fn number(&mut self, value: f64) {
        self.0.push(Sample { labels: Vec::new(), reading: Reading::Number(value) });
    }
    /// The only value of a metric without labels, where there is one just now.
    pub fn maybe(&mut self, value: Option<f64>) {
        if let Some(value) = value {
            self.number(value);
        }
    }
    pub fn count(&mut self, value: u64) {
        self.number(value as f64);
    }
    pub fn labelled<const N: usize>(&mut self, labels: [&'static str; N], value: f64) {
        let labels = labels.into_iter().map(Cow::Borrowed).collect();
        self.0.push(Sample { labels, reading: Reading::Number(value) });
    }
    pub fn with_labels(&mut self, labels: Vec<Cow<'static, str>>, value: f64) {
        self.0.push(Sample { labels, reading: Reading::Number(value) });
    }
    pub fn durations(&mut self, labels: Vec<Cow<'static, str>>, snapshot: Snapshot) {
        self.0.push(Sample { labels, reading: Reading::Durations(Box::new(snapshot)) });
    }
}

/// A metric with its values at one moment.
#[derive(Debug)]
pub struct Family {
    pub metric: &'static Metric,
    pub samples: Vec<Sample>,
}

type Read = Box<dyn Fn(&mut Samples) + Send + Sync>;

/// Filled once at start.
#[derive(Default)]
pub struct Registry(Vec<(&'static Metric, Read)>);

impl Registry {
    pub fn add(&mut self, metric: &'static Metric, read: impl Fn(&mut Samples) + Send + Sync + 'static) {
        self.0.push((metric, Box::new(read)));
    }

    /// Reads everything. A metric without a value just now is left out.
    pub fn read(&self) -> Vec<Family> {
        let families = self.0.iter().map(|(metric, read)| {
            let mut samples = Samples::default();
            read(&mut samples);
            Family { metric, samples: samples.0 }
        });
        families.filter(|family| !family.samples.is_empty()).collect()
    }

    /// Reads one metric; nothing where it is not registered.
    pub fn read_one(&self, wanted: &Metric) -> Vec<Sample> {
        let mut samples = Samples::default();
        if let Some((_, read)) = self.0.iter().find(|(metric, _)| *metric == wanted) {
            read(&mut samples);
        }
        samples.0
    }

    pub fn metrics(&self) -> impl Iterator<Item = &'static Metric> {
        self.0.iter().map(|(metric, _)| *metric)
    }
}
