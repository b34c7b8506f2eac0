//! The three commands that change master data.

use async_trait::async_trait;

use super::{Check, Key, MasterData, Records};
use crate::authorize::Access;
use crate::changes::{already_exists, record, refuse_used, stale};
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::stored::Stored;
use crate::unit_of_work::UnitOfWork;

/// Creates a record.
pub struct Create<R: MasterData>(pub R::New);

/// Changes the record with the key.
pub struct Change<R: MasterData>(pub R::Key, pub R::Change);

/// Deletes the record with the key, unless something refers to it.
pub struct Delete<R: MasterData>(pub R::Key);

#[async_trait]
impl<R: MasterData> Command for Create<R>
where
    for<'u> dyn UnitOfWork + 'u: Records<R>,
{
    const NAME: &'static str = R::RESOURCE.create.id;
    const ACCESS: Access = Access::Permission(R::RESOURCE.create.permission.name);
    type Output = R::View;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<R::View>> {
        let key = R::key_of(&self.0, uow.new_id());
        let mut check = Check::new(uow);
        if let Some((member, _)) = R::Key::CODE
            && Records::<R>::find(check.uow, key).await?.is_some()
        {
            check.refuse(already_exists(member, key));
        }
        let value = R::create(&self.0, key, &mut check).await?;
        let value = check.finish(value)?;
        Records::<R>::insert(uow, &value).await?;
        Ok(done(uow, None, value, "created"))
    }
}

#[async_trait]
impl<R: MasterData> Command for Change<R>
where
    for<'u> dyn UnitOfWork + 'u: Records<R>,
{
    const NAME: &'static str = R::RESOURCE.change.id;
    const ACCESS: Access = Access::Permission(R::RESOURCE.change.permission.name);
    type Output = R::View;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<R::View>> {
        let stored = found::<R>(uow, self.0).await?;
        let version = stored.value.version();
        check_version(ctx, version)?;
        let mut check = Check::new(uow);
        let value = stored.value.change(&self.1, &mut check).await?;
        let value = check.finish(value)?;
        if !Records::<R>::update(uow, &value).await? {
            return Err(stale(version));
        }
        Ok(done(uow, Some(R::View::from(&stored)), value, "updated"))
    }
}

#[async_trait]
impl<R: MasterData> Command for Delete<R>
where
    for<'u> dyn UnitOfWork + 'u: Records<R>,
{
    const NAME: &'static str = R::RESOURCE.delete.id;
    const ACCESS: Access = Access::Permission(R::RESOURCE.delete.permission.name);
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let stored = found::<R>(uow, self.0).await?;
        let version = stored.value.version();
        check_version(ctx, version)?;
        let mut check = Check::new(uow);
        stored.value.delete(&mut check).await?;
        check.finish(Some(()))?;
        refuse_used(&Records::<R>::used_by(uow, self.0).await?)?;
        if !Records::<R>::delete(uow, self.0, version).await? {
            return Err(stale(version));
        }
        let before = R::View::from(&stored);
        record(uow, R::RESOURCE.entity, self.0.entity_id(), "deleted", Some(&before), None);
        Ok(Done::new(()))
    }
}

async fn found<R: MasterData>(uow: &mut dyn UnitOfWork, key: R::Key) -> AppResult<Stored<R>>
where
    for<'u> dyn UnitOfWork + 'u: Records<R>,
{
    let stored = Records::<R>::find(uow, key).await?;
    stored.ok_or_else(|| AppError::not_found(R::RESOURCE.entity))
}

/// Notes the change and answers the record as it is now.
fn done<R: MasterData>(
    uow: &mut dyn UnitOfWork,
    before: Option<R::View>,
    value: R,
    action: &'static str,
) -> Done<R::View> {
    let (key, version) = (value.key(), value.version());
    let view = R::View::from(&Stored { value, updated_at: uow.now() });
    record(uow, R::RESOURCE.entity, key.entity_id(), action, before.as_ref(), Some(&view));
    // A key that the caller chose is known to it; see `given` in the handler that creates.
    let id = if R::Key::CODE.is_none() { Some(key.entity_id()) } else { None };
    Done { id, version: Some(version), output: view }
}
