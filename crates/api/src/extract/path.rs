//! Ids in paths.

use application::error::AppError;
use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use uuid::Uuid;

use crate::problem::Problem;

/// The only path parameter of an operation, as a typed id. A text that is not a UUID cannot be an id, so the answer
/// is 404.
#[derive(Debug, Clone, Copy)]
pub struct Id<T>(pub T);

impl<T: From<Uuid>, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let nothing = || Problem::from(AppError::not_found("record"));
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| nothing())?;
        parse_id(&text).map(|id| Self(T::from(id))).ok_or_else(nothing)
    }
}

/// Two ids of a path, in its order: `/fiscal-years/{yearId}/periods/{id}`.
#[derive(Debug, Clone, Copy)]
pub struct Ids<A, B>(pub A, pub B);

impl<A: From<Uuid>, B: From<Uuid>, S: Send + Sync> FromRequestParts<S> for Ids<A, B> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let nothing = || Problem::from(AppError::not_found("record"));
        let Path((a, b)) =
            Path::<(String, String)>::from_request_parts(parts, state).await.map_err(|_| nothing())?;
        match (parse_id(&a), parse_id(&b)) {
            (Some(a), Some(b)) => Ok(Self(A::from(a), B::from(b))),
            _ => Err(nothing()),
        }
    }
}

/// An id as paths spell it.
pub fn parse_id(text: &str) -> Option<Uuid> {
    if text.len() == uuid::fmt::Hyphenated::LENGTH { Uuid::try_parse(text).ok() } else { None }
}
