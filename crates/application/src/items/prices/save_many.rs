//! `POST /price-lists/{id}/prices/bulk`: many prices at once; those already there are replaced.

use async_trait::async_trait;
use domain::error::{Violation, Violations};
use domain::items::price::ItemPrice;
use domain::items::price_list::{PriceList, PriceListId};
use serde::Serialize;
use utoipa::ToSchema;

use super::plan::{Learned, Plan, Planned};
use super::{NewPrice, PriceInput};
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult, PERMISSION_DENIED};
use crate::master_data::{Described, Records};
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::List;

/// Most prices in one request.
pub const PRICES_MAX: usize = 10_000;
const UPDATE: &str = ItemPrice::RESOURCE.change.permission.name;

request! {
    /// Several prices of a list at once.
    pub struct SavePricesBody {
        /// The prices, each item, unit, quantity and first day once. Prices that are there with these are replaced.
        items: List<NewPrice, PRICES_MAX, 1>,
    }
}

/// How many of the prices sent were created, changed or left as they were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PricesSavedView {
    pub created: u32,
    pub updated: u32,
    /// Already there as they were sent.
    pub unchanged: u32,
}

pub struct SavePrices {
    pub price_list: PriceListId,
    pub body: SavePricesBody,
}

#[async_trait]
impl Command for SavePrices {
    const NAME: &'static str = "save_prices";
    const ACCESS: Access = Access::Permission(ItemPrice::RESOURCE.create.permission.name);
    type Output = PricesSavedView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<PricesSavedView>> {
        if Records::<PriceList>::find(uow, self.price_list).await?.is_none() {
            return Err(AppError::not_found(PriceList::RESOURCE.entity));
        }
        let inputs: Vec<PriceInput> = self.body.items.0.iter().map(PriceInput::new).collect();
        let learned = Learned::of(uow, inputs.iter()).await?;
        let mut violations = Violations::new();
        let mut planned = Vec::with_capacity(inputs.len());
        for (index, input) in inputs.iter().enumerate() {
            let price = input.price(self.price_list, &at(index), &learned, &mut violations);
            planned.extend(price.map(|price| Planned { index, price }));
        }
        let plan = match Plan::of(uow, planned).await? {
            Ok(plan) if violations.is_empty() => plan,
            refused => {
                violations.extend(refused.err().unwrap_or_default().into_iter().map(|(index, violation)| {
                    let pointer = format!("{}{}", at(index), violation.pointer);
                    violation.at(pointer)
                }));
                return Err(violations.into_vec().into());
            }
        };
        if !plan.updated.is_empty() && !ctx.permissions.allows(UPDATE) {
            return Err(AppError::new(Violation::new(&PERMISSION_DENIED).with("permission", UPDATE)));
        }
        let view = PricesSavedView {
            created: count(plan.created.len()),
            updated: count(plan.updated.len()),
            unchanged: count(plan.unchanged),
        };
        plan.carry_out(uow).await?;
        Ok(Done::new(view))
    }
}

/// Within the most that a request has.
fn count(prices: usize) -> u32 {
    u32::try_from(prices).unwrap_or(u32::MAX)
}

fn at(index: usize) -> String {
    format!("/items/{index}")
}
