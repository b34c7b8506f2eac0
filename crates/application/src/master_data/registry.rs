//! Every resource of master data, one line each.

use domain::accounting::dimension::Dimension;
use domain::accounting::journal::Journal;

use super::{MasterData, Reads, Records, Resource};
use domain::accounting::currency::CurrencyRecord;
use domain::tax::tax_code::TaxCode;

macro_rules! master_data {
    ($($resource:ty,)*) => {
        /// A unit of work holds the records of each.
        pub trait MasterRecords: Send $(+ Records<$resource>)* {}
        impl<T: Send $(+ Records<$resource>)*> MasterRecords for T {}

        /// A database answers reads of each.
        pub trait MasterReads: Send + Sync $(+ Reads<$resource>)* {}
        impl<T: Send + Sync $(+ Reads<$resource>)*> MasterReads for T {}

        /// The names of each.
        pub static RESOURCES: &[Resource] = &[$(<$resource as MasterData>::RESOURCE),*];
    };
}

master_data! {
    CurrencyRecord,
    Dimension,
    Journal,
    TaxCode,
}
