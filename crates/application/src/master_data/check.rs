//! The view that a rule has of the books, and the place for its violations.

use domain::error::{Violation, Violations};
use domain::text::Code;

use super::{MasterData, Records};
use crate::changes::already_exists;
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// The unit of work that a rule may ask, and everything that was found wrong so far.
pub struct Check<'u> {
    pub uow: &'u mut dyn UnitOfWork,
    /// The caller and their rights.
    pub ctx: &'u RequestContext,
    pub violations: Violations,
}

impl<'u> Check<'u> {
    pub fn new(ctx: &'u RequestContext, uow: &'u mut dyn UnitOfWork) -> Self {
        Self { uow, ctx, violations: Violations::new() }
    }

    pub fn refuse(&mut self, violation: Violation) {
        self.violations.push(violation);
    }

    /// A record's code is its own, among those with the same parent.
    pub(super) async fn code<R: MasterData>(&mut self, code: &Code, own: R::Key) -> AppResult<()>
    where
        for<'a> dyn UnitOfWork + 'a: Records<R>,
    {
        if Records::<R>::code_taken(self.uow, code, own).await? {
            self.refuse(already_exists("code", code));
        }
        Ok(())
    }

    /// The value, or everything that was found wrong.
    pub(super) fn finish<T>(self, value: Option<T>) -> AppResult<T> {
        match value.filter(|_| self.violations.is_empty()) {
            Some(value) => Ok(value),
            None if self.violations.is_empty() => {
                Err(AppError::internal("a rule refused and did not say why"))
            }
            None => Err(self.violations.into_vec().into()),
        }
    }
}
