//! Readiness with hysteresis: one blip of a dependency must not take every replica away at once (X37).

/// Failures in a row that end readiness; one success restores it.
const FAILURES_TO_LEAVE: u32 = 2;

#[derive(Debug, Default, Clone, Copy)]
pub struct Readiness {
    /// Unknown until the first evaluation.
    ready: Option<bool>,
    failures: u32,
}

impl Readiness {
    pub fn observe(&mut self, well: bool) {
        if well {
            *self = Self { ready: Some(true), failures: 0 };
            return;
        }
        self.failures = self.failures.saturating_add(1);
        // Never having been well, there is nothing to hold on to.
        if self.failures >= FAILURES_TO_LEAVE || self.ready.is_none() {
            self.ready = Some(false);
        }
    }

    pub fn is_ready(self) -> Option<bool> {
        self.ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: E9, X37.
    #[test]
    fn two_failures_leave_and_one_success_returns() {
        let mut readiness = Readiness::default();
        assert_eq!(readiness.is_ready(), None);
        let seen: Vec<_> = [true, false, true, false, false, false, true]
            .map(|well| {
                readiness.observe(well);
                readiness.is_ready().unwrap()
            })
            .into();
        assert_eq!(seen, [true, true, true, true, false, false, true]);
        let mut never_well = Readiness::default();
        never_well.observe(false);
        assert_eq!(never_well.is_ready(), Some(false));
    }
}
