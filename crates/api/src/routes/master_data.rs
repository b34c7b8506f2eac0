//! The five operations of a resource of master data.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use application::authorize::Access;
use application::command::{Application, execute};
use application::error::AppError;
use application::master_data::registry::MasterReads;
use application::master_data::{
    Caching, Change, Create, Delete, Key, MasterData, Names, Parent, ParentOf, Reads, Records,
};
use application::paging::ListSpec;
use application::ports::cache::{Cache, CacheKey};
use application::unit_of_work::UnitOfWork;
use axum::extract::{FromRequestParts, Path, RawQuery, State};
use http::header::LOCATION;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use uuid::Uuid;

use super::cached::{cached, list_key};
use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Json, ListParams, ListSpecSource};
use crate::operation::{API_BASE, Operation, Operations};
use crate::problem::Problem;

/// Registers list, create, get, change and delete.
pub fn operations<R: MasterData>(ops: &mut Operations)
where
    dyn MasterReads: Reads<R>,
    for<'u> dyn UnitOfWork + 'u: Records<R>,
{
    let resource = R::RESOURCE;
    let [create_refuses, change_refuses, delete_refuses] = resource.refusals;
    if let Some(about) = resource.about {
        ops.tag(resource.tag, about);
    }
    let named = |operation: &mut Operation, names: Names| {
        operation
            .id(names.id)
            .tag(resource.tag)
            .summary(names.summary)
            .access(Access::Permission(names.permission.name));
        if let Some(description) = names.description {
            operation.description(description);
        }
    };
    let keyed = |operation: &mut Operation| {
        if let Some((member, description)) = R::Key::CODE {
            operation.path_parameter::<<R::Key as Key>::Last>(member, description);
        }
    };

    let operation = ops.get(resource.path, list::<R>);
    named(operation, resource.list);
    operation.list::<R::View>(resource.fields);

    let operation = ops.post(resource.path, create::<R>).command::<Create<R>>();
    named(operation, resource.create);
    operation.body::<R::New>().created::<R::View>().errors(create_refuses);

    let operation = ops.get(resource.path_of_one, get::<R>);
    named(operation, resource.get);
    keyed(operation);
    operation.view::<R::View>();

    let operation = ops.patch(resource.path_of_one, change::<R>).command::<Change<R>>().if_match();
    named(operation, resource.change);
    keyed(operation);
    operation.body::<R::Change>().ok::<R::View>().errors(change_refuses);

    let operation = ops.delete(resource.path_of_one, delete::<R>).command::<Delete<R>>().if_match();
    named(operation, resource.delete);
    keyed(operation);
    operation.no_content().errors(delete_refuses);
}

/// The list of `R`.
struct ListOf<R>(PhantomData<fn() -> R>);

impl<R: MasterData> ListSpecSource for ListOf<R> {
    const SPEC: &'static ListSpec = R::RESOURCE.fields;
}

/// The key in the path. Texts that cannot be a key name nothing, so the answer is 404.
pub(super) struct KeyOf<R: MasterData>(pub R::Key);

/// The parent in the path of a collection, likewise.
struct Below<R: MasterData>(ParentOf<R>);

/// The values of the path's parameters.
async fn parts<S: Send + Sync>(parts: &mut Parts, state: &S) -> Vec<String> {
    Path::<Vec<String>>::from_request_parts(parts, state).await.map(|Path(texts)| texts).unwrap_or_default()
}

impl<R: MasterData, S: Send + Sync> FromRequestParts<S> for KeyOf<R> {
    type Rejection = Problem;

    async fn from_request_parts(request: &mut Parts, state: &S) -> Result<Self, Problem> {
        let key = R::Key::read(&parts(request, state).await).map(Self);
        key.ok_or_else(|| R::RESOURCE.missing().into())
    }
}

impl<R: MasterData, S: Send + Sync> FromRequestParts<S> for Below<R> {
    type Rejection = Problem;

    async fn from_request_parts(request: &mut Parts, state: &S) -> Result<Self, Problem> {
        let parent = ParentOf::<R>::read(&parts(request, state).await).map(Self);
        parent.ok_or_else(|| AppError::not_found(R::RESOURCE.owner).into())
    }
}

async fn list<R: MasterData>(
    State(reads): State<Arc<dyn MasterReads>>,
    State(cache): State<Arc<dyn Cache>>,
    ctx: Ctx,
    Below(parent): Below<R>,
    query: RawQuery,
    params: ListParams<ListOf<R>>,
    accept: Accept,
) -> ApiResult
where
    dyn MasterReads: Reads<R>,
{
    let tenant = ctx.tenant;
    let page = move |query| {
        let reads = reads.clone();
        async move {
            let page = Reads::<R>::page(&*reads, tenant, parent, &query).await?;
            page.ok_or_else(|| AppError::not_found(R::RESOURCE.owner))
        }
    };
    match R::RESOURCE.caching {
        Caching::No => answer::list(page, params.into_inner(), accept).await,
        Caching::In(entity) => {
            let key = list_key(&ctx, entity, &query);
            answer::cached_list(&*cache, key, page, params.into_inner(), accept).await
        }
    }
}

async fn create<R: MasterData>(
    State(app): State<Application>,
    ctx: Ctx,
    Below(parent): Below<R>,
    Json(new): Json<R::New>,
) -> ApiResult
where
    for<'u> dyn UnitOfWork + 'u: Records<R>,
{
    let chosen = R::Key::CODE.map(|_| R::key_of(&new, parent, Uuid::nil()));
    let path = collection(R::RESOURCE.path, parent);
    let mut response = answer::created(&path, execute(&app, &ctx, Create::<R> { parent, new }).await?)?;
    let location = chosen.map(|key| format!("{API_BASE}{path}/{key}"));
    if let Some(Ok(location)) = location.map(HeaderValue::try_from) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// The path of a collection, with its parent filled in.
fn collection(path: &'static str, parent: impl Parent) -> Cow<'static, str> {
    match parent.id() {
        Some(id) => path.replacen("{id}", &id.to_string(), 1).into(),
        None => path.into(),
    }
}

async fn get<R: MasterData>(
    State(reads): State<Arc<dyn MasterReads>>,
    State(cache): State<Arc<dyn Cache>>,
    ctx: Ctx,
    KeyOf(key): KeyOf<R>,
    headers: HeaderMap,
) -> ApiResult
where
    dyn MasterReads: Reads<R>,
{
    let tenant = ctx.tenant;
    let load = async move {
        let stored = Reads::<R>::one(&*reads, tenant, key).await?.filter(|stored| stored.value.key() == key);
        Ok(stored.map(|stored| (R::View::from(&stored), Some(stored.value.version()))))
    };
    match R::RESOURCE.caching {
        Caching::No => {
            let (view, version) = load.await?.ok_or_else(|| R::RESOURCE.missing())?;
            answer::view(&view, version, &headers)
        }
        Caching::In(entity) => {
            cached(&cache, CacheKey { tenant, entity, slot: key.slot() }, &headers, load).await
        }
    }
}

async fn change<R: MasterData>(
    State(app): State<Application>,
    ctx: Ctx,
    KeyOf(key): KeyOf<R>,
    Json(body): Json<R::Change>,
) -> ApiResult
where
    for<'u> dyn UnitOfWork + 'u: Records<R>,
{
    answer::ok(execute(&app, &ctx, Change::<R>(key, body)).await?)
}

async fn delete<R: MasterData>(State(app): State<Application>, ctx: Ctx, KeyOf(key): KeyOf<R>) -> ApiResult
where
    for<'u> dyn UnitOfWork + 'u: Records<R>,
{
    answer::no_content(execute(&app, &ctx, Delete::<R>(key)).await?)
}
