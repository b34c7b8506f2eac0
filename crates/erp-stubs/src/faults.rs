//! Faults on order: the next requests of a service fail, wait or hang.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};

/// Faults that can be on order at once, for each service.
pub const ORDERS_MAX: usize = 100;

/// Whose requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    Vault,
    Configuration,
    Entra,
    ManagedIdentity,
    Issuer,
}

impl Service {
    pub const ALL: [Self; 5] =
        [Self::Vault, Self::Configuration, Self::Entra, Self::ManagedIdentity, Self::Issuer];

    fn index(self) -> usize {
        Self::ALL.iter().position(|service| *service == self).unwrap_or(0)
    }
}

/// A fault in place of the answer, or before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// This status, with `Retry-After` in seconds if given.
    Status(u16, Option<u32>),
    /// The right answer, later.
    Delay(Duration),
    /// No answer, the connection stays open.
    Hang,
    /// Status 200 with this body.
    Body(String),
}

struct Order {
    fault: Fault,
    /// Requests left; `None` = until cleared.
    left: Option<u32>,
    /// Only requests whose path and query contain this.
    path: Option<String>,
}

impl Order {
    fn covers(&self, target: &str) -> bool {
        self.path.as_ref().is_none_or(|path| target.contains(path.as_str()))
    }
}

/// The orders of every service.
#[derive(Default)]
pub struct Faults {
    orders: Mutex<[VecDeque<Order>; Service::ALL.len()]>,
}

impl Faults {
    /// The next `count` requests of the service; `None` = all until [`Self::clear`].
    pub fn add(&self, service: Service, count: Option<u32>, path: Option<&str>, fault: Fault) {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = &mut orders[service.index()];
        if queue.len() < ORDERS_MAX {
            queue.push_back(Order { fault, left: count, path: path.map(str::to_owned) });
        }
    }

    pub fn clear(&self, service: Service) {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)[service.index()].clear();
    }

    /// The fault for this request, taken from the order it belongs to.
    fn take(&self, service: Service, target: &str) -> Option<Fault> {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = &mut orders[service.index()];
        let at = queue.iter().position(|order| order.covers(target))?;
        let order = queue.get_mut(at)?;
        let fault = order.fault.clone();
        if let Some(left) = &mut order.left {
            *left = left.saturating_sub(1);
            if *left == 0 {
                queue.remove(at);
            }
        }
        Some(fault)
    }

    /// Whether the next request like this gets no answer.
    pub fn will_hang(&self, service: Service, target: &str) -> bool {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let order = orders[service.index()].iter().find(|order| order.covers(target));
        order.is_some_and(|order| order.fault == Fault::Hang)
    }

    /// Carries out the order; an answer replaces the service's own.
    pub async fn meet(&self, service: Service, target: &str) -> Option<Response> {
        match self.take(service, target)? {
            Fault::Status(status, retry_after) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let body = r#"{"error":{"code":"Ordered","message":"a fault on order"}}"#;
                let mut response = (status, body).into_response();
                if let Some(seconds) = retry_after {
                    response.headers_mut().insert(http::header::RETRY_AFTER, seconds.into());
                }
                Some(response)
            }
            Fault::Delay(duration) => {
                tokio::time::sleep(duration).await;
                None
            }
            Fault::Hang => std::future::pending().await,
            Fault::Body(body) => Some(Body::from(body).into_response()),
        }
    }
}
