//! The identity that a request claims, and the answer when the claim is false.

use std::sync::Arc;

use application::authorize::Access;
use application::error::{AppError, AppResult, UNAUTHENTICATED};
use application::platform::identity::{Credential, Identity};
use axum::response::{IntoResponse, Response};
use domain::error::Category;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{Extensions, HeaderMap, HeaderValue};

use super::{Guard, Verified};
use crate::middleware::edge::API_KEY;
use crate::problem::Problem;

/// API keys begin so; any other bearer token is a JWT.
const API_KEY_PREFIX: &str = "erp_";

impl Guard {
    pub(super) async fn identify(
        &self,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> AppResult<Option<Arc<Identity>>> {
        if self.access == Access::Public {
            return Ok(None);
        }
        if let Some(Verified(identity)) = extensions.get::<Verified>() {
            return Ok(Some(identity.clone()));
        }
        let credential = credential(headers).ok_or_else(|| AppError::of(&UNAUTHENTICATED))?;
        self.authenticator.authenticate(&credential).await.map(|identity| Some(Arc::new(identity)))
    }
}

/// The credential of a request: `Authorization: Bearer …` or `X-Api-Key`.
pub fn credential(headers: &HeaderMap) -> Option<Credential> {
    if let Some(value) = headers.get(AUTHORIZATION) {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        let token = token.trim();
        if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
            return None;
        }
        let token = token.to_owned();
        let key = token.starts_with(API_KEY_PREFIX);
        return Some(if key { Credential::ApiKey(token) } else { Credential::Bearer(token) });
    }
    let key = headers.get(API_KEY)?.to_str().ok()?.trim();
    (!key.is_empty()).then(|| Credential::ApiKey(key.to_owned()))
}

/// 401 with the challenge of RFC 6750; anything else the authenticator answered stays what it is.
pub fn challenge(headers: &HeaderMap, error: AppError) -> Response {
    let refused = error.category() == Category::Unauthenticated;
    let given = credential(headers).is_some();
    let mut response = Problem::from(error).into_response();
    if refused && given {
        let value = HeaderValue::from_static("Bearer realm=\"erp\", error=\"invalid_token\"");
        response.headers_mut().insert(WWW_AUTHENTICATE, value);
    }
    response
}
