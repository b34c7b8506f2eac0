//! `DELETE`: while nothing was made from it; later it is switched off instead.

use std::marker::PhantomData;

use async_trait::async_trait;
use domain::error::Violation;
use domain::ids::Id;

use super::{Recurs, find, record};
use crate::authorize::Access;
use crate::changes::stale;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult, IN_USE};
use crate::nouns::nouns;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct DeleteRecurring<T: Recurs> {
    pub id: Id<T::Of>,
    of: PhantomData<fn() -> T>,
}

impl<T: Recurs> DeleteRecurring<T> {
    pub fn new(id: Id<T::Of>) -> Self {
        Self { id, of: PhantomData }
    }
}

#[async_trait]
impl<T: Recurs> Command for DeleteRecurring<T> {
    const NAME: &'static str = T::NAMES.delete;
    const ACCESS: Access = Access::Permission(T::NAMES.can_delete);
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let stored = find::<T>(uow, self.id).await?;
        let version = stored.entry.version;
        check_version(ctx, version)?;
        if T::records(uow).was_used(self.id).await? {
            return Err(AppError::new(Violation::new(&IN_USE).with_phrase("users", nouns(T::NAMES.made))));
        }
        let mut scope = T::open(ctx, uow).await?;
        let before = T::view(uow, &mut scope, &stored).await?;
        if !T::records(uow).delete(self.id, version).await? {
            return Err(stale(version));
        }
        record::<T>(uow, self.id, "deleted", Some(&before), None);
        Ok(Done::new(()))
    }
}
