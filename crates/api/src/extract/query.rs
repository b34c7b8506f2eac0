//! Query parameters declared by `query!`.

use axum::extract::FromRequestParts;
use domain::error::Violations;
use http::Method;
use http::request::Parts;

use crate::change_options::DRY_RUN;
use crate::problem::Problem;
use crate::wire::{QueryPairs, WireQuery};

/// The parameters of an operation; unknown ones are refused.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: WireQuery, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pairs = QueryPairs::parse(parts.uri.query().unwrap_or(""))?;
        let mut errors = Violations::new();
        let mut allowed = T::names();
        if parts.method != Method::GET {
            allowed.push(DRY_RUN);
        }
        pairs.refuse_unknown(&allowed, &mut errors);
        match T::parse(&pairs, &mut errors) {
            Some(parsed) if errors.is_empty() => Ok(Self(parsed)),
            _ => Err(errors.into_vec().into()),
        }
    }
}
