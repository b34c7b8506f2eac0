//! Lines of customs bills that are tax and nothing else (R69): the base is what the declaration values the goods at, and is not
//! owed to customs.

use domain::documents::document_type::{LineKind, PurchaseKind};
use domain::documents::posting::TaxOnly;
use domain::error::{Violation, Violations};
use domain::money::{Amount, Currency};
use domain::tax::document::Calculation;
use domain::tax::tax_code::TaxKind;

use super::input::{Input, Supplier};
use super::parts::DocumentLineBody;
use super::resolve::Resolver;
use crate::documents::error::{
    CUSTOMS_TAX_MISSING, SUPPLIER_TOTAL_DIFFERS, TAX_ONLY_MEMBER, TAX_ONLY_NEGATIVE, TAX_ONLY_NOT_TAKEN,
};
use crate::documents::ports::StoredDocument;
use crate::documents::views::{DocumentGroupView, DocumentLineView};
use crate::wire::REQUIRED;

/// A line of tax only, as it is written.
#[derive(Debug, Clone)]
pub struct TaxOnlyLine {
    at: String,
    line_no: u32,
    description: Option<String>,
    tax_code: Option<String>,
    base: Amount,
    tax: Amount,
}

/// Whether a line of the body is tax only.
pub fn is_tax_only(line: &DocumentLineBody) -> bool {
    line.kind == LineKind::TaxOnly
}

/// The lines of tax only, which customs bills have and no others.
pub fn tax_only_lines(input: &Input<'_>, violations: &mut Violations) -> Vec<TaxOnlyLine> {
    let customs = input.purchase_kind == Some(PurchaseKind::Customs);
    let mut lines = Vec::new();
    for (index, body) in input.lines.iter().enumerate() {
        let at = format!("/lines/{index}");
        if !is_tax_only(body) {
            for (given, member) in [(body.tax_base, "taxBase"), (body.tax_amount, "taxAmount")] {
                if given.is_some() {
                    violations.push(Violation::new(&TAX_ONLY_MEMBER).at(format!("{at}/{member}")));
                }
            }
            continue;
        }
        if !customs {
            violations.push(Violation::new(&TAX_ONLY_NOT_TAKEN).at(format!("{at}/kind")));
            continue;
        }
        let mut amount = |given: Option<Amount>, member: &str| {
            let pointer = format!("{at}/{member}");
            match given {
                None => violations.push(Violation::new(&REQUIRED).at(pointer)),
                Some(amount) if amount.is_negative() => {
                    violations.push(Violation::new(&TAX_ONLY_NEGATIVE).at(pointer));
                }
                Some(_) => {}
            }
            given.unwrap_or_default()
        };
        let (base, tax) = (amount(body.tax_base, "taxBase"), amount(body.tax_amount, "taxAmount"));
        lines.push(TaxOnlyLine {
            line_no: u32::try_from(index + 1).unwrap_or(u32::MAX),
            description: body.description.as_deref().filter(|text| !text.is_empty()).map(str::to_owned),
            tax_code: body.tax_code.as_ref().map(ToString::to_string),
            base,
            tax,
            at,
        });
    }
    if customs && lines.is_empty() {
        violations.push(Violation::new(&CUSTOMS_TAX_MISSING).at("/lines"));
    }
    lines
}

impl TaxOnlyLine {
    /// Where it stands in the request.
    pub fn at(&self) -> &str {
        &self.at
    }

    pub fn tax_code(&self) -> Option<&str> {
        self.tax_code.as_deref()
    }

    /// Resolves a tax line with its tax code and the account that takes irrecoverable VAT.
    pub fn resolve(
        &self,
        resolver: &mut Resolver<'_>,
        currency: Currency,
        violations: &mut Violations,
    ) -> Option<TaxOnly> {
        for (amount, member) in [(self.base, "taxBase"), (self.tax, "taxAmount")] {
            violations.check(&format!("{}/{member}", self.at), amount.check_in(currency));
        }
        let named = self.tax_code.as_deref();
        let (code, cost) = resolver.tax_only(&self.at, named, &[TaxKind::Import], violations)?;
        Some(TaxOnly { code, base: self.base, tax: self.tax, cost })
    }
}

/// The tax lines with the records that they name, in their order.
#[derive(Default)]
pub struct TaxOnlyLines {
    pub lines: Vec<(TaxOnlyLine, TaxOnly)>,
}

impl TaxOnlyLines {
    /// Where each line stands, and its tax code.
    pub fn codes(&self) -> impl Iterator<Item = (&str, usize)> {
        self.lines.iter().map(|(line, tax)| (line.at.as_str(), tax.code))
    }

    pub fn posted(&self) -> Vec<TaxOnly> {
        self.lines.iter().map(|(_, tax)| *tax).collect()
    }

    /// Adds the taxes to the totals of the document, and compares these with the figures on paper. `None` on overflow.
    pub fn add_to(
        &self,
        calculation: &mut Calculation,
        supplier: &Supplier<'_>,
        currency: Currency,
        violations: &mut Violations,
    ) -> Option<()> {
        let tax = Amount::sum(self.lines.iter().map(|(_, one)| one.tax))?;
        let totals = &mut calculation.totals;
        totals.vat = totals.vat.checked_add(tax)?;
        totals.total = totals.total.checked_add(tax)?;
        let given =
            [(supplier.vat, totals.vat, "/supplierVat"), (supplier.total, totals.total, "/supplierTotal")];
        for (theirs, ours, at) in given {
            if let Some(theirs) = theirs.filter(|theirs| *theirs != ours) {
                let differs = Violation::new(&SUPPLIER_TOTAL_DIFFERS).at(at);
                let text = |amount: Amount| amount.display(currency.scale);
                let differs = differs.with("computed", text(ours)).with("given", text(theirs));
                violations.push(differs.with("tolerance", text(Amount::ZERO)));
            }
        }
        Some(())
    }

    /// The VAT of the other lines with what the rates make of the bases of these.
    pub fn with_computed(&self, vat: Amount, codes: &Codes<'_>, scale: u8) -> Amount {
        let computed = self.lines.iter().filter_map(|(_, one)| codes.rates[one.code].of(one.base, scale));
        Amount::sum(computed).and_then(|sum| sum.checked_add(vat)).unwrap_or(vat)
    }

    /// Shows the lines and their groups in the document.
    pub fn show(&self, document: &mut StoredDocument, resolver: &Codes<'_>, scale: u8) {
        let text = |amount: Amount| amount.display(scale);
        for (line, tax) in &self.lines {
            let code = &resolver.codes[tax.code];
            let category = code.category.map(|category| category.as_str().to_owned()).unwrap_or_default();
            let rate = resolver.rates[tax.code].to_string();
            document.view.tax_groups.push(DocumentGroupView {
                category: category.clone(),
                rate: rate.clone(),
                reason: None,
                discount: text(Amount::ZERO),
                taxable: text(tax.base),
                vat: text(tax.tax),
            });
            document.lines.push(DocumentLineView {
                line_no: line.line_no,
                kind: Some(LineKind::TaxOnly.as_str().to_owned()),
                tax_base: Some(text(tax.base)),
                description: line.description.clone().unwrap_or_else(|| code.code.to_string()),
                quantity: "1".to_owned(),
                unit_price: "0".to_owned(),
                price_base_quantity: "1".to_owned(),
                price_source: "given".to_owned(),
                tax_code: code.code.to_string(),
                tax_category: category,
                tax_rate: rate,
                account_id: tax.cost.uuid(),
                amount: text(Amount::ZERO),
                discount: text(Amount::ZERO),
                net: text(Amount::ZERO),
                vat: text(tax.tax),
                gross: text(tax.tax),
                ..DocumentLineView::default()
            });
        }
        document.lines.sort_by_key(|line| line.line_no);
        document.view.line_count = u32::try_from(document.lines.len()).unwrap_or(u32::MAX);
    }
}

/// The tax codes of the document with their rates.
pub struct Codes<'a> {
    pub codes: &'a [domain::tax::tax_code::TaxCode],
    pub rates: &'a [domain::money::Percentage],
}
