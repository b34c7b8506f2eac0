//! The reasons for which a supply bears no VAT in words, as invoices print them (texts of the Saudi data dictionary).

use super::exemption::ExemptionReason;
use crate::error::Phrase;

impl ExemptionReason {
    pub const fn text(self) -> Phrase {
        match self {
            Self::Financial => Phrase::new(
                "Financial services mentioned in Article 29 of the VAT Regulations",
                "الخدمات المالية",
            ),
            Self::LifeInsurance => Phrase::new(
                "Life insurance services mentioned in Article 29 of the VAT Regulations",
                "عقد تأمين على الحياة",
            ),
            Self::RealEstate => Phrase::new(
                "Real estate transactions mentioned in Article 30 of the VAT Regulations",
                "التوريدات العقارية المعفاة من الضريبة",
            ),
            Self::GoodsExport => Phrase::new("Export of goods", "صادرات السلع من المملكة"),
            Self::CustomsSuspension => Phrase::new(
                "Supply under Customs Suspension Arrangement",
                "توريد تحت وضع معلق للرسوم الجمركية",
            ),
            Self::ServicesExport => Phrase::new("Export of services", "صادرات الخدمات من المملكة"),
            Self::GoodsTransport => Phrase::new("The international transport of Goods", "النقل الدولي للسلع"),
            Self::PassengerTransport => {
                Phrase::new("international transport of passengers", "النقل الدولي للركاب")
            }
            Self::PassengerServices => Phrase::new(
                "services directly connected and incidental to a Supply of international passenger transport",
                "الخدمات المرتبطة مباشرة أو عرضياً بتوريد النقل الدولي للركاب",
            ),
            Self::MeansOfTransport => {
                Phrase::new("Supply of a qualifying means of transport", "توريد وسائل النقل المؤهلة")
            }
            Self::TransportServices => Phrase::new(
                "Any services relating to Goods or passenger transportation, as defined in article twenty five of these Regulations",
                "الخدمات ذات الصلة بنقل السلع أو الركاب وفقاً لتعريف المادة الخامسة والعشرين",
            ),
            Self::Medicines => Phrase::new("Medicines and medical equipment", "الأدوية والمعدات الطبية"),
            Self::Metals => Phrase::new("Qualifying metals", "المعادن المؤهلة"),
            Self::Education => {
                Phrase::new("Private education to citizen", "الخدمات التعليمية الخاصة للمواطنين")
            }
            Self::Healthcare => {
                Phrase::new("Private healthcare to citizen", "الخدمات الصحية الخاصة للمواطنين")
            }
            Self::Military => {
                Phrase::new("Supply of qualified military goods", "توريد السلع العسكرية المؤهلة")
            }
            Self::Diplomats => Phrase::new(
                "Qualified Supplies to Diplomatic Missions",
                "التوريدات المؤهلة للبعثات الدبلوماسية",
            ),
            Self::DutyFree => Phrase::new(
                "Qualified Supply of Goods in Duty Free area",
                "التوريد المؤهل للسلع في الأسواق الحرة",
            ),
            Self::RoyalDecree => {
                Phrase::new("Supply on which the Government bears the VAT", "توريد تتحمل الدولة ضريبته")
            }
            Self::OutOfScope => Phrase::new(
                "Free text given by the taxpayer (not subject to VAT)",
                "نص حر يحدده المكلف (غير خاضع للضريبة)",
            ),
        }
    }
}
