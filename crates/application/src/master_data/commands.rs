//! The three commands that change master data.

use async_trait::async_trait;
use domain::text::Code;

use super::{Check, Key, MasterData, ParentOf, Records};
use crate::authorize::Access;
use crate::changes::{already_exists, record, refuse_used, stale};
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::stored::Stored;
use crate::unit_of_work::UnitOfWork;
use crate::warnings::{WarningView, shown};

/// Creates a record below its parent, which for most is `()`.
pub struct Create<R: MasterData> {
    pub parent: ParentOf<R>,
    pub new: R::New,
}

/// Changes the record with the key.
pub struct Change<R: MasterData>(pub R::Key, pub R::Change);

/// Deletes the record with the key, unless something refers to it.
pub struct Delete<R: MasterData>(pub R::Key);

impl<R: MasterData<Key: Key<Parent = ()>>> Create<R> {
    pub fn of(new: R::New) -> Self {
        Self { parent: (), new }
    }
}

#[async_trait]
impl<R: MasterData> Command for Create<R>
where
    for<'u> dyn UnitOfWork + 'u: Records<R>,
{
    const NAME: &'static str = R::RESOURCE.create.id;
    const ACCESS: Access = Access::Permission(R::RESOURCE.create.permission.name);
    type Output = R::View;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<R::View>> {
        if !Records::<R>::parent_exists(uow, self.parent).await? {
            return Err(AppError::not_found(R::RESOURCE.owner));
        }
        let key = R::key_of(&self.new, self.parent, uow.new_id());
        let mut check = Check::new(ctx, uow);
        if let Some((member, _)) = R::Key::CODE
            && Records::<R>::find(check.uow, key).await?.is_some()
        {
            check.refuse(already_exists(member, key));
        }
        if let Some(code) = R::new_code(&self.new) {
            check.code::<R>(code, key).await?;
        }
        let value = R::create(&self.new, key, &mut check).await?;
        let value = check.finish(value)?;
        let warnings = shown(&value.warnings(None, uow).await?, ctx.language);
        Ok(warned::<R>(insert(uow, value).await?, warnings))
    }
}

/// Creates those whose code is free and answers how many.
pub async fn create_missing<R: MasterData<Key: Key<Parent = ()>>>(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    wanted: impl IntoIterator<Item = R::New>,
) -> AppResult<u32>
where
    for<'u> dyn UnitOfWork + 'u: Records<R>,
{
    let mut created = 0;
    for new in wanted {
        let key = R::key_of(&new, (), uow.new_id());
        let taken = match R::new_code(&new) {
            Some(code) => Records::<R>::code_taken(uow, code, key).await?,
            None => Records::<R>::find(uow, key).await?.is_some(),
        };
        if taken {
            continue;
        }
        let mut check = Check::new(ctx, uow);
        let value = R::create(&new, key, &mut check).await?;
        let value = check.finish(value)?;
        insert(uow, value).await?;
        created += 1;
    }
    Ok(created)
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
        check_version(ctx, stored.value.version())?;
        let mut check = Check::new(ctx, uow);
        let changed = |code: &&Code| stored.value.code() != Some(*code);
        if let Some(code) = R::changed_code(&self.1).filter(changed) {
            check.code::<R>(code, self.0).await?;
        }
        let value = stored.value.change(&self.1, &mut check).await?;
        let value = check.finish(value)?;
        let warnings = shown(&value.warnings(Some(&stored.value), uow).await?, ctx.language);
        Ok(warned::<R>(replace(uow, &stored, value).await?, warnings))
    }
}

fn warned<R: MasterData>(done: Done<R::View>, warnings: Vec<WarningView>) -> Done<R::View> {
    Done { output: R::warned(done.output, warnings), ..done }
}

/// Stores and notes a new record.
pub async fn insert<R: MasterData>(uow: &mut dyn UnitOfWork, value: R) -> AppResult<Done<R::View>>
where
    for<'u> dyn UnitOfWork + 'u: Records<R>,
{
    Records::<R>::insert(uow, &value).await?;
    Ok(done(uow, None, value, "created"))
}

/// Stores and notes `value` in the place of what is stored, one version later.
pub async fn replace<R: MasterData>(
    uow: &mut dyn UnitOfWork,
    stored: &Stored<R>,
    value: R,
) -> AppResult<Done<R::View>>
where
    for<'u> dyn UnitOfWork + 'u: Records<R>,
{
    replace_as(uow, stored, value, "updated").await
}

/// Replaces a record and notes another action, such as `archived`.
pub async fn replace_as<R: MasterData>(
    uow: &mut dyn UnitOfWork,
    stored: &Stored<R>,
    mut value: R,
    action: &'static str,
) -> AppResult<Done<R::View>>
where
    for<'u> dyn UnitOfWork + 'u: Records<R>,
{
    let version = stored.value.version();
    value.set_version(version + 1);
    if !Records::<R>::update(uow, &value).await? {
        return Err(stale(version));
    }
    Ok(done(uow, Some(R::View::from(stored)), value, action))
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
        let mut check = Check::new(ctx, uow);
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
    let stored = Records::<R>::find(uow, key).await?.filter(|stored| stored.value.key() == key);
    stored.ok_or_else(|| R::RESOURCE.missing())
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
    // A key that the caller chose is known to it; see `chosen` in the handler that creates.
    let id = if R::Key::CODE.is_none() { Some(key.entity_id()) } else { None };
    Done { id, version: Some(version), output: view }
}
