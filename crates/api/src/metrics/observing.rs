//! Counts every request and hands it to telemetry.

use std::sync::Arc;

use signals::{Counter, Distinct};

use super::routes::Routes;
use crate::middleware::answered::Weight;
use crate::middleware::observer::{Observer, Served};
use crate::problem::OVERLOADED;
use crate::telemetry::tap::Outcome;
use crate::telemetry::{Tap, TraceContext};

/// Statuses from here on are no whole answers.
const NO_ANSWER: u16 = 499;

pub struct Observing {
    pub routes: Routes,
    pub users: Distinct,
    /// Because of overload.
    pub refused: Arc<Counter>,
    /// Answered with 5xx for any other reason.
    pub failed: Counter,
    tap: Tap,
}

impl Observing {
    /// `refused` also counts those that were refused at the door.
    pub fn new(routes: Routes, refused: Arc<Counter>, tap: Tap) -> Self {
        Self { routes, users: Distinct::default(), refused, failed: Counter::default(), tap }
    }
}

impl Observer for Observing {
    fn begins(&self, trace: &TraceContext) -> f32 {
        self.tap.begins(trace)
    }

    fn ended(&self, served: &Served<'_>) {
        let Served { scope, weight, status, took, bytes, problem, address } = *served;
        if weight == Weight::Probe {
            return;
        }
        if weight == Weight::Ordinary {
            let broke_off = status == NO_ANSWER || (problem.is_some() && status < 400);
            self.routes.add(scope.method(), scope.route(), (!broke_off).then_some(status), took);
            if let Some((_, Some(user))) = scope.caller() {
                self.users.mark(user.as_u64_pair().1);
            }
        }
        if problem == Some(OVERLOADED.code) {
            // There may be thousands of refusals, so they are only counted.
            self.refused.add();
            return;
        }
        if status >= 500 && weight == Weight::Ordinary {
            self.failed.add();
        }
        let part = weight == Weight::Part;
        let outcome = Outcome { status, took, bytes, problem, part };
        self.tap.answered(scope, outcome, || address.clone());
    }
}
