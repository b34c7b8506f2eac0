//! Items, the units they are counted in, and their prices.

pub mod error;
mod item;
mod item_categories;
pub(crate) mod known;
pub mod ports;
mod price_lists;
pub mod price_quotes;
pub mod prices;
mod units;
mod words;

pub use item::input::{BarcodeInput, ItemInput, UnitInput};
pub use item::{BarcodeBody, ItemChange, ItemUnitBody, ItemView, NewItem};
pub use item::{Learned, check_barcodes};
pub use item_categories::{ItemCategoryChange, ItemCategoryView, NewItemCategory};
pub use known::{Known, Names};
pub use price_lists::{NewPriceList, PriceListChange, PriceListView};
pub use units::{NewUnit, UnitChange, UnitView};
