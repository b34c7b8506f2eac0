//! The template of recurring invoices: the body of a draft, kept as it was sent.

use chrono::NaiveDate;
use domain::accounting::recurring::{Recurring, RecurringErrors, Template, fill};
use domain::error::Violations;
use domain::ids::Id;
use domain::parties::party::PartyId;
use serde_json::{Value, json};

use crate::documents::views::DocumentLineView;
use crate::word_type;

domain::errors! {
    RECURRING_INVOICE_NEVER_DUE = "recurring_invoice_never_due", Rule, User,
        "No occurrence lies between {start} and {end}.", "لا يوجد أي موعد استحقاق بين {start} و{end}.";
    RECURRING_INVOICE_INACTIVE = "recurring_invoice_inactive", Conflict, User,
        "Recurring invoice {code} is not active.", "الفاتورة المتكررة {code} غير نشطة.";
    RECURRING_INVOICE_DROPS_OVERDUE = "recurring_invoice_drops_overdue", Conflict, User,
        "Overdue occurrences that would never be made ({count}): {dates}. Run or skip them first, or send dropOverdue.",
        "مواعيد مستحقة لن تُنشأ فواتيرها أبدًا ({count}): {dates}. نفّذها أو تخطَّها أولًا، أو أرسل dropOverdue.";
    RECURRING_INVOICE_ENDED = "recurring_invoice_ended", Conflict, User,
        "Recurring invoice {code} has no open occurrence.", "ليس للفاتورة المتكررة {code} أي موعد مفتوح.";
    RECURRING_TEMPLATE_MEMBER = "recurring_template_member", Rule, User,
        "{member} is decided for each invoice, so a template does not have it.",
        "يتحدد {member} لكل فاتورة على حدة، فلا يتضمنه القالب.";
}

/// Marks the ids of recurring invoices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfInvoices {}
pub type RecurringInvoiceId = Id<OfInvoices>;

/// A template of which an invoice is made each time it falls due.
pub type RecurringInvoice = Recurring<InvoiceTemplate>;

domain::choices! {
    /// The type of document that is made.
    pub enum InvoiceType {
        SalesInvoice = "sales_invoice",
        PurchaseInvoice = "purchase_invoice",
    }
}
word_type!(InvoiceType, "recurringInvoiceType");

domain::choices! {
    /// The source of prices that the template does not give.
    pub enum TemplatePrices {
        /// Prices are looked up when the template is saved, and stay in it from then on.
        Fixed = "fixed",
        /// Prices are looked up for each invoice.
        Current = "current",
    }
}
word_type!(TemplatePrices, "recurringInvoicePrices");

/// The members of a body that each occurrence decides, or that act once.
pub const OF_OCCURRENCES: [&str; 8] =
    ["documentDate", "postingDate", "supplyDate", "taxDate", "dueDate", "prepayments", "post", "payment"];
/// The members with text in which placeholders are filled in.
const FILLED: [&str; 3] = ["reference", "notes", "supplierNumber"];
/// The lists of objects whose descriptions are filled in likewise.
const FILLED_LISTS: [&str; 2] = ["lines", "charges"];

/// The template of each invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceTemplate {
    pub invoice_type: InvoiceType,
    pub prices: TemplatePrices,
    /// The party of the body.
    pub party: PartyId,
    /// JSON: the body of a draft, without what [`OF_OCCURRENCES`] names.
    pub body: String,
}

impl Template for InvoiceTemplate {
    type Of = OfInvoices;
    type Known = ();
    const ERRORS: RecurringErrors = RecurringErrors {
        never_due: &RECURRING_INVOICE_NEVER_DUE,
        drops_overdue: &RECURRING_INVOICE_DROPS_OVERDUE,
        inactive: &RECURRING_INVOICE_INACTIVE,
        ended: &RECURRING_INVOICE_ENDED,
    };

    /// Violations of a body are found by preparing it, which asks the books.
    fn refusals(&self, _: NaiveDate, _: bool, (): &()) -> Violations {
        Violations::new()
    }
}

impl InvoiceTemplate {
    /// The body of one date, its placeholders filled in. It is a document of that day, entered on that day; its tax date is another
    /// one where that is given.
    pub fn body_on(&self, date: NaiveDate, tax_date: Option<NaiveDate>) -> String {
        let mut body = self.members();
        for member in FILLED {
            fill_in(body.get_mut(member), date);
        }
        for list in FILLED_LISTS {
            for object in body.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
                fill_in(object.get_mut("description"), date);
            }
        }
        body["documentDate"] = json!(date);
        body["postingDate"] = json!(date);
        if let Some(tax_date) = tax_date {
            body["taxDate"] = json!(tax_date);
        }
        body.to_string()
    }

    /// A text of the body on a date.
    pub fn text_on(&self, member: &str, date: NaiveDate) -> Option<String> {
        self.members().get(member)?.as_str().map(|text| fill(text, date))
    }

    /// The body with the prices and discounts that were found for its lines.
    #[must_use]
    pub fn with_prices_of(&self, found: &[DocumentLineView]) -> String {
        let mut body = self.members();
        let lines = body.get_mut("lines").and_then(Value::as_array_mut);
        for (line, found) in lines.into_iter().flatten().zip(found) {
            if line.get("unitPrice").is_none_or(Value::is_null) && found.price_source != "given" {
                line["unitPrice"] = json!(found.unit_price);
                if let Some(percent) = found.discount_percent.as_ref().filter(|_| !has_discount(line)) {
                    line["discountPercent"] = json!(percent);
                }
            }
        }
        body.to_string()
    }

    /// The body as a tree.
    pub fn members(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

fn has_discount(line: &Value) -> bool {
    ["discountPercent", "discountAmount"]
        .iter()
        .any(|member| line.get(member).is_some_and(|own| !own.is_null()))
}

fn fill_in(text: Option<&mut Value>, date: NaiveDate) {
    if let Some(Value::String(text)) = text {
        *text = fill(text, date);
    }
}

#[cfg(test)]
mod tests {
    use domain::time::parse_date;
    use uuid::Uuid;

    use super::*;

    fn template(body: &Value) -> InvoiceTemplate {
        InvoiceTemplate {
            invoice_type: InvoiceType::SalesInvoice,
            prices: TemplatePrices::Fixed,
            party: PartyId::new(Uuid::nil()),
            body: body.to_string(),
        }
    }

    #[test]
    fn placeholders_become_the_date_in_texts_only() {
        let template = template(&json!({
            "partyCode": "{month}", "reference": "RENT-{year}-{month}",
            "lines": [{ "description": "Rent of {date}", "quantity": "1" }],
        }));
        let body: Value =
            serde_json::from_str(&template.body_on(parse_date("2026-03-31").unwrap(), None)).unwrap();
        assert_eq!(body["reference"], "RENT-2026-03");
        assert_eq!(body["lines"][0]["description"], "Rent of 2026-03-31");
        assert_eq!(body["partyCode"], "{month}");
        assert_eq!(
            (&body["documentDate"], &body["postingDate"]),
            (&json!("2026-03-31"), &json!("2026-03-31"))
        );
    }

    #[test]
    fn prices_that_were_found_are_kept_and_given_ones_stay() {
        let template = template(&json!({ "lines": [
            { "itemCode": "A" }, { "itemCode": "B", "unitPrice": "9.5" }, { "itemCode": "C", "discountAmount": "1.00" },
        ] }));
        let line = |price: &str, source: &str| DocumentLineView {
            unit_price: price.to_owned(),
            price_source: source.to_owned(),
            discount_percent: Some("10".to_owned()),
            ..DocumentLineView::default()
        };
        let found = [line("100", "price_list"), line("9.5", "given"), line("7", "item")];
        let body: Value = serde_json::from_str(&template.with_prices_of(&found)).unwrap();
        assert_eq!(body["lines"][0], json!({ "itemCode": "A", "unitPrice": "100", "discountPercent": "10" }));
        assert_eq!(body["lines"][1], json!({ "itemCode": "B", "unitPrice": "9.5" }));
        assert_eq!(body["lines"][2], json!({ "itemCode": "C", "discountAmount": "1.00", "unitPrice": "7" }));
    }
}
