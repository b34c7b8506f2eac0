//! `POST /price-quotes`: the prices that hold for some items, and where they come from.

mod body;
mod run;
mod view;

pub use body::{PriceQuoteBody, PriceQuoteLineBody};
pub use run::PriceQuotes;
pub use view::{PriceQuoteLineView, PriceQuoteView};
