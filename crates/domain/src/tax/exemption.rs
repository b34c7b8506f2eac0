//! The reasons of Saudi law for which a supply bears no VAT, as e-invoices name them (VATEX).

use super::category::TaxCategory;

crate::choices! {
    /// A reason of the Saudi e-invoicing standard.
    pub enum ExemptionReason {
        /// Financial services.
        Financial = "VATEX-SA-29",
        /// Life insurance.
        LifeInsurance = "VATEX-SA-29-7",
        /// Real estate.
        RealEstate = "VATEX-SA-30",
        /// Goods that leave the country.
        GoodsExport = "VATEX-SA-32",
        /// Goods under customs suspension.
        CustomsSuspension = "VATEX-SA-32(bis)",
        /// Services to customers abroad.
        ServicesExport = "VATEX-SA-33",
        /// International transport of goods.
        GoodsTransport = "VATEX-SA-34-1",
        /// International transport of passengers.
        PassengerTransport = "VATEX-SA-34-2",
        /// Services that belong to international transport of passengers.
        PassengerServices = "VATEX-SA-34-3",
        /// Qualifying means of transport.
        MeansOfTransport = "VATEX-SA-34-4",
        /// Other services that belong to international transport.
        TransportServices = "VATEX-SA-34-5",
        /// Medicines and medical equipment.
        Medicines = "VATEX-SA-35",
        /// Gold, silver and platinum for investment.
        Metals = "VATEX-SA-36",
        /// Private education of citizens.
        Education = "VATEX-SA-EDU",
        /// Private healthcare of citizens.
        Healthcare = "VATEX-SA-HEA",
        /// Qualifying military goods.
        Military = "VATEX-SA-MLTRY",
        /// Supplies to diplomatic missions.
        Diplomats = "VATEX-SA-DIPLOMAT",
        /// Duty-free areas.
        DutyFree = "VATEX-SA-DUTYFREE",
        /// Supplies whose VAT the state bears.
        RoyalDecree = "VATEX-SA-ROYALDECREE",
        /// Supplies that are not subject to VAT, in the taxpayer's own words.
        OutOfScope = "VATEX-SA-OOS",
    }
}

impl ExemptionReason {
    /// The only category that the reason goes with.
    pub const fn category(self) -> TaxCategory {
        match self {
            Self::Financial | Self::LifeInsurance | Self::RealEstate => TaxCategory::Exempt,
            Self::OutOfScope => TaxCategory::OutOfScope,
            Self::GoodsExport
            | Self::CustomsSuspension
            | Self::ServicesExport
            | Self::GoodsTransport
            | Self::PassengerTransport
            | Self::PassengerServices
            | Self::MeansOfTransport
            | Self::TransportServices
            | Self::Medicines
            | Self::Metals
            | Self::Education
            | Self::Healthcare
            | Self::Military
            | Self::Diplomats
            | Self::DutyFree
            | Self::RoyalDecree => TaxCategory::Zero,
        }
    }
}
