//! Metrics, as sums and histograms since the start of the process.

use std::time::Duration;

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint, Sum,
};
use signals::event::Micros;
use signals::{Family, Kind, Reading, Sample, Snapshot};

use super::{nanos, text};

const CUMULATIVE: i32 = AggregationTemporality::Cumulative as i32;

pub fn numbers(began: Micros, time: Micros, families: &[Family]) -> Vec<Metric> {
    families.iter().map(|family| of_family(began, time, family)).collect()
}

fn of_family(began: Micros, time: Micros, family: &Family) -> Metric {
    let metric = family.metric;
    let points = || {
        let numbers = family.samples.iter().filter_map(|sample| match sample.reading {
            Reading::Number(value) => Some((sample, value)),
            Reading::Durations(_) => None,
        });
        let point = |(sample, value)| NumberDataPoint {
            attributes: attributes(family, sample),
            start_time_unix_nano: if metric.kind == Kind::Counter { nanos(began) } else { 0 },
            time_unix_nano: nanos(time),
            value: Some(Value::AsDouble(value)),
            ..NumberDataPoint::default()
        };
        numbers.map(point).collect()
    };
    let data = match metric.kind {
        Kind::Gauge => Data::Gauge(Gauge { data_points: points() }),
        Kind::Counter => {
            Data::Sum(Sum { data_points: points(), aggregation_temporality: CUMULATIVE, is_monotonic: true })
        }
        Kind::Histogram => {
            let points = family.samples.iter().filter_map(|sample| match &sample.reading {
                Reading::Durations(snapshot) => {
                    Some(durations(began, time, attributes(family, sample), snapshot))
                }
                Reading::Number(_) => None,
            });
            Data::Histogram(Histogram { data_points: points.collect(), aggregation_temporality: CUMULATIVE })
        }
    };
    Metric {
        name: metric.exported.unwrap_or(metric.name).to_owned(),
        description: metric.help.to_owned(),
        data: Some(data),
        ..Metric::default()
    }
}

fn attributes(family: &Family, sample: &Sample) -> Vec<KeyValue> {
    family.metric.labels.iter().zip(&sample.labels).map(|(name, value)| text(name, value)).collect()
}

fn durations(
    began: Micros,
    time: Micros,
    attributes: Vec<KeyValue>,
    snapshot: &Snapshot,
) -> HistogramDataPoint {
    HistogramDataPoint {
        attributes,
        start_time_unix_nano: nanos(began),
        time_unix_nano: nanos(time),
        count: snapshot.count(),
        sum: Some(snapshot.sum_seconds()),
        bucket_counts: snapshot.counts.to_vec(),
        explicit_bounds: snapshot
            .bounds
            .iter()
            .map(|micros| Duration::from_micros(*micros).as_secs_f64())
            .collect(),
        ..HistogramDataPoint::default()
    }
}
