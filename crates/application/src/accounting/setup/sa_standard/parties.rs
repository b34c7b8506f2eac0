//! The payment terms and party groups of the template.

use domain::money::Percentage;
use domain::parties::party_group::PartyGroup;
use domain::parties::payment_term::{DiscountBasis, DueFrom, PaymentTerm};
use domain::text::{Code, LocalizedName};

use crate::context::RequestContext;
use crate::error::AppResult;
use crate::master_data::create_missing;
use crate::parties::party_groups::NewPartyGroup;
use crate::parties::payment_terms::{NewPaymentTerm, PaymentTermLineBody};
use crate::unit_of_work::UnitOfWork;
use crate::wire::{Int, List};

/// One payment at one time.
struct TermPlan {
    code: &'static str,
    ar: &'static str,
    en: &'static str,
    days: i64,
    /// The discount in per cent, and the number of days within which it is granted.
    discount: Option<(&'static str, i64)>,
}

static TERMS: [TermPlan; 4] = [
    TermPlan { code: "NET0", ar: "مستحق فورًا", en: "Due at once", days: 0, discount: None },
    TermPlan { code: "NET30", ar: "خلال 30 يومًا", en: "30 days", days: 30, discount: None },
    TermPlan { code: "NET60", ar: "خلال 60 يومًا", en: "60 days", days: 60, discount: None },
    TermPlan {
        code: "2-10-NET30",
        ar: "خلال 30 يومًا، خصم 2٪ خلال 10 أيام",
        en: "30 days, 2 % within 10 days",
        days: 30,
        discount: Some(("2", 10)),
    },
];

/// Code, Arabic and English name.
const GROUPS: [(&str, &str, &str); 3] = [
    ("DOMESTIC", "أطراف محلية", "Domestic"),
    ("FOREIGN", "أطراف خارجية", "Foreign"),
    ("GOVERNMENT", "جهات حكومية", "Government"),
];

impl TermPlan {
    fn body(&self) -> AppResult<NewPaymentTerm> {
        let discount_percent = match self.discount {
            Some((percent, _)) => Some(Percentage::parse(percent)?),
            None => None,
        };
        let line = PaymentTermLineBody {
            percent: Some(Percentage::HUNDRED),
            rest: false,
            due_days: Int(self.days),
            from: DueFrom::Document,
            day_of_month: None,
            discount_percent,
            discount_days: self.discount.map(|(_, days)| Int(days)),
        };
        Ok(NewPaymentTerm {
            code: Code::parse(self.code)?,
            name: LocalizedName::parse(Some(self.ar), Some(self.en))?,
            discount_basis: DiscountBasis::Gross,
            partial_discount: false,
            lines: List(vec![line]),
        })
    }
}

/// Creates the payment terms that the tenant lacks and answers how many.
pub(in crate::accounting::setup) async fn ensure_payment_terms(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
) -> AppResult<u32> {
    let terms = TERMS.iter().map(TermPlan::body).collect::<AppResult<Vec<_>>>()?;
    create_missing::<PaymentTerm>(ctx, uow, terms).await
}

/// Creates the party groups that the tenant lacks and answers how many.
pub(in crate::accounting::setup) async fn ensure_party_groups(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
) -> AppResult<u32> {
    let body = |(code, ar, en)| -> AppResult<NewPartyGroup> {
        let (code, name) = (Code::parse(code)?, LocalizedName::parse(Some(ar), Some(en))?);
        Ok(NewPartyGroup { code, name, price_list_id: None, price_list_code: None })
    };
    let groups = GROUPS.into_iter().map(body).collect::<AppResult<Vec<_>>>()?;
    create_missing::<PartyGroup>(ctx, uow, groups).await
}
