//! VAT returns as the API shows them.

use chrono::NaiveDate;
use domain::tax::vat_return::{LATE_VAT_MAX, box_def};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::ports::StoredReturn;
use crate::views::NameView;

/// Most late entries shown inside a return.
pub const LATE_INLINE_MAX: usize = 1_000;

/// A VAT return: a draft that may be prepared again, or what was filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VatReturnView {
    pub id: Uuid,
    /// The first day of the period.
    pub from: NaiveDate,
    /// The last day of the period.
    pub to: NaiveDate,
    /// `draft` or `filed`.
    pub status: &'static str,
    /// The filed return that this one amends; null if it is the first one for its period.
    pub amends_id: Option<Uuid>,
    /// The reason for the amendment.
    pub reason: Option<String>,
    /// The number under which the authority has the return.
    pub reference: Option<String>,
    /// The credit with which the company began, of the first return only.
    pub opening_credit: String,
    /// Whether everything before the period was declared elsewhere, so that no return has the tax entries of earlier days.
    pub earlier_declared: bool,
    /// The VAT of the period: box 13.
    pub due: String,
    /// The credit that the returns before have left: box 15.
    pub credit_brought_forward: String,
    /// The net VAT owed to the authority, or reclaimable if negative: box 16.
    pub net: String,
    /// The amount by which late entries change the VAT owed, without its sign.
    pub late_vat: String,
    /// The tax entries in the boxes.
    pub entry_count: u64,
    pub warnings: Vec<VatReturnWarningView>,
    /// The entry that settled the VAT accounts; null in drafts, and where there was nothing to settle.
    pub entry_id: Option<Uuid>,
    /// The moment at which the figures were computed.
    #[schema(format = "date-time")]
    pub prepared_at: String,
    #[schema(format = "date-time")]
    pub filed_at: Option<String>,
    /// The user who filed it.
    pub filed_by: Option<Uuid>,
    /// The user who prepared it first; null if the product did.
    pub created_by: Option<Uuid>,
    #[schema(format = "date-time")]
    pub created_at: String,
    pub version: i64,
    /// The boxes in their order. Lists leave them out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boxes: Option<Vec<VatBoxView>>,
    /// Entries that an earlier return should have had; at most 1,000 are shown. Lists leave them out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late: Option<Vec<LateEntryView>>,
}

/// A box of a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VatBoxView {
    #[serde(rename = "box")]
    pub code: String,
    pub name: NameView,
    /// The sales or purchases of the period; null in boxes that hold VAT only.
    pub amount: Option<String>,
    /// Corrections of what earlier returns declared; null in boxes that hold VAT only.
    pub adjustment: Option<String>,
    pub vat: String,
}

/// Something to look at before the return is filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VatReturnWarningView {
    /// `late_over_limit`: the late VAT is declared by amending the return of its period. `box_unknown`: entries name a box that
    /// the return does not have, and are left out.
    pub code: &'static str,
    pub message: NameView,
}

/// A tax entry that was due before the period of the return, and that corrects nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LateEntryView {
    pub tax_entry_id: Uuid,
    pub document_number: String,
    pub party: Option<String>,
    pub tax_date: NaiveDate,
    /// The day on which the VAT was due, where the tax date is later.
    #[serde(default)]
    pub due_date: Option<NaiveDate>,
    pub tax_code: String,
    /// `output` or `input`.
    pub side: String,
    #[serde(rename = "box")]
    pub code: String,
    /// The base in the company currency, like the tax.
    pub base: String,
    pub tax: String,
}

/// The part of a return that is read and written whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnDocument {
    pub boxes: Vec<KeptBox>,
    pub late: Vec<LateEntryView>,
    /// Entries that name a box that the return does not have.
    pub unplaced: u64,
}

/// A box without its names, which belong to the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptBox {
    pub code: String,
    pub amount: Option<String>,
    pub adjustment: Option<String>,
    pub vat: String,
}

impl From<KeptBox> for VatBoxView {
    fn from(kept: KeptBox) -> Self {
        let def = box_def(&kept.code);
        let name = NameView { ar: def.map(|def| def.ar.to_owned()), en: def.map(|def| def.en.to_owned()) };
        Self { code: kept.code, name, amount: kept.amount, adjustment: kept.adjustment, vat: kept.vat }
    }
}

impl StoredReturn {
    /// The view as lists show it, without the boxes.
    pub fn head(&self, company_scale: u8) -> VatReturnView {
        VatReturnView {
            id: self.id.uuid(),
            from: self.period.from(),
            to: self.period.to(),
            status: self.status.as_str(),
            amends_id: self.amends.map(|id| id.uuid()),
            reason: self.reason.clone(),
            reference: self.reference.clone(),
            opening_credit: self.opening_credit.display(company_scale),
            earlier_declared: self.earlier_declared,
            due: self.due.display(company_scale),
            credit_brought_forward: self.credit.display(company_scale),
            net: self.net.display(company_scale),
            late_vat: self.late_vat.display(company_scale),
            entry_count: self.entry_count,
            warnings: self.late_warning(company_scale).into_iter().collect(),
            entry_id: self.entry.map(|id| id.uuid()),
            prepared_at: self.prepared_at.to_string(),
            filed_at: self.filed_at.map(|moment| moment.to_string()),
            filed_by: self.filed_by.map(|id| id.uuid()),
            created_by: self.created_by.map(|id| id.uuid()),
            created_at: self.created_at.to_string(),
            version: self.version,
            boxes: None,
            late: None,
        }
    }

    pub fn view(&self, document: ReturnDocument, company_scale: u8) -> VatReturnView {
        let mut view = self.head(company_scale);
        view.warnings.extend(unplaced_warning(document.unplaced));
        view.boxes = Some(document.boxes.into_iter().map(VatBoxView::from).collect());
        view.late = Some(document.late);
        view
    }

    fn late_warning(&self, company_scale: u8) -> Option<VatReturnWarningView> {
        (self.late_vat > LATE_VAT_MAX).then(|| {
            let (late, max) = (self.late_vat.display(company_scale), LATE_VAT_MAX.display(company_scale));
            warning(
                "late_over_limit",
                format!("Late VAT of {late} is more than {max}: amend the return of its period instead."),
                format!("الضريبة المتأخرة {late} تتجاوز {max}: عدّل إقرار فترتها بدلًا من ذلك."),
            )
        })
    }
}

fn unplaced_warning(count: u64) -> Option<VatReturnWarningView> {
    (count > 0).then(|| {
        warning(
            "box_unknown",
            format!("Tax entries that name a box that the return does not have were left out: {count}."),
            format!("استُبعدت قيود ضريبية تذكر خانة لا توجد في الإقرار: {count}."),
        )
    })
}

fn warning(code: &'static str, en: String, ar: String) -> VatReturnWarningView {
    VatReturnWarningView { code, message: NameView { ar: Some(ar), en: Some(en) } }
}
