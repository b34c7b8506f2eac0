//! Rate, errors and duration of each route. Routes are known at start, so that nobody can make series by asking for paths.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use http::Method;
use signals::{Histogram, Samples, Snapshot, Tally};

/// Upper bounds of the buckets, in microseconds; the targets are among them.
const BOUNDS: [u64; 14] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_500_000,
    5_000_000, 10_000_000,
];
/// The route of paths that no operation serves, and of other methods.
const OTHER: &str = "other";
const METHODS: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
/// Classes of status by their places in a tally; the first is for answers that did not come to their end.
const CLASSES: [&str; 6] = ["gone", "1xx", "2xx", "3xx", "4xx", "5xx"];

struct Route {
    method: &'static str,
    route: Cow<'static, str>,
    durations: Histogram,
    statuses: Tally,
}

pub struct Routes {
    /// The place of a route's method in `all`.
    places: HashMap<String, [u16; METHODS.len()]>,
    all: Vec<Route>,
}

impl Routes {
    /// `routes` are the methods and templates that are served; threads of `workers` count in places of their own.
    pub fn new<'a>(routes: impl Iterator<Item = (&'a Method, String)>, workers: usize) -> Self {
        let route = |method, route| Route {
            method,
            route,
            durations: Histogram::with_cells(BOUNDS, workers),
            statuses: Tally::with_cells(workers),
        };
        let mut all = vec![route(OTHER, Cow::Borrowed(OTHER))];
        let mut places = HashMap::new();
        for (method, template) in routes {
            let Some(index) = METHODS.iter().position(|known| known == method) else { continue };
            let own: &mut [u16; METHODS.len()] = places.entry(template.clone()).or_default();
            if own[index] == 0
                && let Ok(place) = u16::try_from(all.len())
            {
                own[index] = place;
                all.push(route(name(index), Cow::Owned(template)));
            }
        }
        Self { places, all }
    }

    pub fn add(&self, method: &Method, route: &str, status: Option<u16>, took: Duration) {
        let place = || {
            // A route that serves GET serves HEAD.
            let method = if *method == Method::HEAD { &Method::GET } else { method };
            let index = METHODS.iter().position(|known| known == method)?;
            self.places.get(route).map(|own| usize::from(own[index]))
        };
        let Some(route) = self.all.get(place().unwrap_or(0)) else { return };
        route.durations.add(took);
        let class = status.map_or(0, |status| usize::from(status / 100));
        route.statuses.add(if class < CLASSES.len() { class } else { 0 });
    }

    pub fn requests(&self, samples: &mut Samples) {
        for route in &self.all {
            for (class, count) in CLASSES.into_iter().zip(route.statuses.read()) {
                if count > 0 {
                    let labels = vec![Cow::Borrowed(route.method), route.route.clone(), Cow::Borrowed(class)];
                    samples.with_labels(labels, count as f64);
                }
            }
        }
    }

    pub fn durations(&self, samples: &mut Samples) {
        for route in &self.all {
            let read = route.durations.read();
            if read.count() > 0 {
                samples.durations(vec![Cow::Borrowed(route.method), route.route.clone()], read);
            }
        }
    }

    /// The sum over all routes.
    pub fn total(&self) -> Snapshot {
        let each = self.all.iter().map(|route| route.durations.read());
        each.fold(Snapshot::empty(BOUNDS), |all, one| all.plus(&one))
    }
}

fn name(index: usize) -> &'static str {
    ["GET", "POST", "PUT", "PATCH", "DELETE"][index]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_nobody_serves_make_no_series() {
        let served = [(&Method::GET, "/a/{id}".to_owned()), (&Method::POST, "/a".to_owned())];
        let routes = Routes::new(served.into_iter(), 2);
        let took = Duration::from_millis(3);
        routes.add(&Method::GET, "/a/{id}", Some(200), took);
        routes.add(&Method::GET, "/a/{id}", Some(500), took);
        routes.add(&Method::GET, "/a/{id}", None, took);
        for n in 0..100 {
            routes.add(&Method::GET, &format!("/a/{n}"), Some(404), took);
            routes.add(&Method::from_bytes(format!("M{n}").as_bytes()).unwrap(), "/a", Some(405), took);
            routes.add(&Method::DELETE, "/a", Some(999), took);
        }
        let mut samples = Samples::default();
        routes.requests(&mut samples);
        let seen: Vec<_> =
            samples.0.iter().map(|sample| (sample.labels.join(" "), sample.reading.clone())).collect();
        let number = |count| signals::Reading::Number(count);
        assert_eq!(
            seen,
            [
                ("other other gone".to_owned(), number(100.0)),
                ("other other 4xx".to_owned(), number(200.0)),
                ("GET /a/{id} gone".to_owned(), number(1.0)),
                ("GET /a/{id} 2xx".to_owned(), number(1.0)),
                ("GET /a/{id} 5xx".to_owned(), number(1.0)),
            ]
        );
        assert_eq!(routes.total().count(), 303);
    }
}
