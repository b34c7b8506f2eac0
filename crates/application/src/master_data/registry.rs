//! Every resource of master data, one line each.

use domain::accounting::approval::{ApprovalDelegation, ApprovalPolicy};
use domain::accounting::budget::{Budget, BudgetException};
use domain::accounting::currency::CurrencyRecord;
use domain::accounting::dimension::{Dimension, DimensionDefault, DimensionRuleRecord, DimensionValue};
use domain::accounting::distribution::{DistributionKey, StatisticalFigure};
use domain::accounting::exchange_rate::ExchangeRate;
use domain::accounting::import_profile::ImportProfile;
use domain::accounting::journal::Journal;
use domain::accounting::number_series::NumberSeriesRecord;
use domain::accounting::posting_rule::PostingRule;
use domain::accounting::report_layout::ReportLayout;
use domain::company::branch::Branch;
use domain::items::category::ItemCategory;
use domain::items::item::Item;
use domain::items::price::ItemPrice;
use domain::items::price_list::PriceList;
use domain::items::unit::Unit;
use domain::parties::bank_account::PartyBankAccount;
use domain::parties::dunning_profile::DunningProfile;
use domain::parties::party::Party;
use domain::parties::party_group::PartyGroup;
use domain::parties::payment_term::PaymentTerm;
use domain::tax::tax_code::TaxCode;

use super::{Described, Reads, Records, Resource};

macro_rules! master_data {
    ($($resource:ty,)*) => {
        /// A unit of work holds the records of each.
        pub trait MasterRecords: Send $(+ Records<$resource>)* {}
        impl<T: Send $(+ Records<$resource>)*> MasterRecords for T {}

        /// A database answers reads of each.
        pub trait MasterReads: Send + Sync $(+ Reads<$resource>)* {}
        impl<T: Send + Sync $(+ Reads<$resource>)*> MasterReads for T {}

        /// The names of each.
        pub static RESOURCES: &[Resource] = &[$(<$resource as Described>::RESOURCE),*];
    };
}

master_data! {
    CurrencyRecord,
    Dimension,
    DimensionValue,
    ExchangeRate,
    Journal,
    DimensionDefault,
    DimensionRuleRecord,
    PostingRule,
    ApprovalPolicy,
    ApprovalDelegation,
    Budget,
    BudgetException,
    DistributionKey,
    StatisticalFigure,
    Branch,
    NumberSeriesRecord,
    ImportProfile,
    ReportLayout,
    TaxCode,
    PaymentTerm,
    PartyGroup,
    DunningProfile,
    Party,
    PartyBankAccount,
    Unit,
    ItemCategory,
    Item,
    PriceList,
    ItemPrice,
}
