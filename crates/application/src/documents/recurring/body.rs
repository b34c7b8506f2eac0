//! A template on the wire: the body of a sales invoice or of a purchase invoice.

use domain::error::{Violation, Violations};
use serde_json::{Value, json};

use super::template::{InvoiceType, OF_OCCURRENCES, RECURRING_TEMPLATE_MEMBER};
use crate::documents::trade::{NewPurchaseInvoice, NewSalesInvoice};
use crate::wire::{AN_OBJECT, Kept, Pointer, Raw, Schemas, WireType};

/// The member that has it.
const MEMBER: &str = "template";

/// The JSON of a template. Which body it must be depends on the type beside it, so it is read with that type at hand.
#[derive(Debug, Clone)]
pub struct TemplateBody(String);

impl WireType for TemplateBody {
    fn schema(schemas: &mut Schemas) -> Value {
        let bodies = [NewSalesInvoice::schema(schemas), NewPurchaseInvoice::schema(schemas)];
        schemas.named::<Self>("RecurringInvoiceTemplate", |_| {
            json!({
                "description": "The body of a draft of the type. The dates of the invoice, `prepayments`, `post` and `payment` are \
                                decided for each invoice and do not belong in it.",
                "anyOf": bodies,
                "examples": [{
                    "partyCode": "C-1001",
                    "reference": "MAINT-{year}-{month}",
                    "lines": [{
                        "description": "Maintenance {month}/{year}",
                        "quantity": "1",
                        "unitPrice": "1000.00",
                        "taxCode": "S15",
                    }],
                }],
            })
        })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        Self::parse_raw(Raw::new(&value.to_string()), at, errors)
    }
    fn parse_raw(raw: Raw<'_>, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        if raw.is_object() {
            return Some(Self(raw.text().to_owned()));
        }
        raw.wrong_type(AN_OBJECT, at, errors)
    }
}

impl TemplateBody {
    /// The text to keep, if it is the body of a draft of the type; what is wrong with it is noted at its members.
    pub(super) fn of(&self, invoice_type: InvoiceType, violations: &mut Violations) -> String {
        match invoice_type {
            InvoiceType::SalesInvoice => self.kept::<NewSalesInvoice>(violations),
            InvoiceType::PurchaseInvoice => self.kept::<NewPurchaseInvoice>(violations),
        }
    }

    fn kept<B: WireType>(&self, violations: &mut Violations) -> String {
        let (raw, at) = (Raw::new(&self.0), Pointer::ROOT.member(MEMBER));
        raw.members(|name, _| {
            if OF_OCCURRENCES.contains(&&*name) {
                let refused = Violation::new(&RECURRING_TEMPLATE_MEMBER).with("member", &*name);
                violations.push(refused.at(at.member(&name).to_string()));
            }
            true
        });
        let kept = Kept::<B>::parse_raw(raw, &at, violations);
        kept.map(|kept| kept.text).unwrap_or_default()
    }
}

/// Violations of a body, at its place.
pub(super) fn in_template(violations: Vec<Violation>) -> Vec<Violation> {
    let below = |violation: Violation| {
        let pointer = format!("/{MEMBER}{}", violation.pointer);
        violation.at(pointer)
    };
    violations.into_iter().map(below).collect()
}
