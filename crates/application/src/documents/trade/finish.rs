//! The last step of a preparation: instalments, prepayments, reasons against posting, and the document as it is shown.

use domain::documents::document_type::{InvoiceKind, PurchaseKind};
use domain::error::{Violation, Violations};
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount, Currency, Quantity};
use domain::parties::party::Party;
use domain::tax::document::Calculation;

use super::accounts::party_account;
use super::adjust::{Deducted, Deducting};
use super::check::PostingCheck;
use super::content::{Content, bill, credited_base, order_lines, parts};
use super::credit::CreditCheck;
use super::dues::{Dues, terms};
use super::facts::Facts;
use super::ordered::Orders;
use super::prepare::{Figures, Header, Prepared, Preparing};
use super::show::Shown;
use super::tax_only;
use crate::documents::ports::StoredDocument;
use crate::documents::sides::company_side;
use crate::documents::views::DocumentSideView;
use crate::error::{AppError, AppResult};
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

impl Preparing<'_> {
    #[expect(clippy::too_many_lines, reason = "each step gives the next one what it found")]
    pub(super) async fn finish(
        self,
        uow: &mut dyn UnitOfWork,
        header: Header,
        facts: Facts,
        (content, orders): (Content, Orders),
        (calculation, mut uses, credited, computed): Figures,
        mut violations: Violations,
    ) -> AppResult<Prepared> {
        let parts = parts(&content, &calculation, header.money.currency.scale);
        let Some(parts) = parts else {
            violations.push(Violation::new(&AMOUNT_OUT_OF_RANGE));
            return Err(violations.into_vec().into());
        };
        let party = header.party.as_ref();
        let party = party.ok_or_else(|| AppError::internal("a document without a party is complete"))?;
        let (party_id, currency) = (party.id, header.money.currency);
        let (date, money) = (header.dates.document, header.money);
        let deducting = Deducting { party: party_id, date, money, calculation: &calculation, parts: &parts };
        let deducted = deducting.of(uow, self.input.prepayments, &mut violations).await?;
        uses.extend(&deducted.uses);
        let payable = calculation.totals.total.checked_sub(deducted.total).unwrap_or_default();
        let (of_party, is_note) = (header.role.payment_term, self.document_type.corrects());
        let terms = terms(uow, &self.input, of_party, is_note, &mut violations).await?;
        let amounts = (payable, calculation.totals.net);
        let (mut dues, mut refused, mut account) = (Dues::default(), Violations::new(), None);
        if self.document_type.posts() {
            dues =
                Dues::of(amounts, &self.input, terms.as_ref(), header.dates, currency.scale, &mut violations);
            let side = self.document_type.side();
            account = party_account(&facts, side, header.role.group, currency.code, &mut refused);
            refused.extend(self.price_mismatches(&content, &calculation, &facts));
            refused.extend(self.customs_differences(&content, currency));
        }
        violations.into_result(())?;
        let kind = self.kind(Some(party), header.original.as_ref());
        refused.extend(self.refusals(kind, (party, (payable, currency)), &facts, &content));
        let mut document = self.shown(
            uow,
            (kind, party),
            &header,
            (&content, &orders),
            (&calculation, &deducted, &dues, payable),
        );
        document.view.party = Some(DocumentSideView::of_party(party));
        document.view.company = Some(company_side(uow, header.branch.as_ref()).await?);
        let codes = tax_only::Codes { codes: &content.codes.codes, rates: &content.codes.rates };
        content.tax_only.show(&mut document, &codes, currency.scale);
        let taken =
            (content.tax_only.with_computed(computed, &codes, currency.scale), calculation.totals.vat);
        let mut warnings = self.warnings(&facts, &document, &content, (taken, currency.scale));
        warnings.extend(self.charges_not_ordered(uow, &orders, &calculation, currency.scale).await?);
        let credit = CreditCheck::of(self.document_type, party, &self.input, payable, header.money);
        let takes_quantities = self.takes_quantities(&header);
        Ok(Prepared {
            given_back: self.lines_given_back(&header, &credited),
            takes_back: self.taken_back(&header).is_some(),
            document,
            anonymous: party.anonymous,
            order_lines: order_lines(
                &content,
                &calculation,
                facts.company.matching.of_supplier(party.supplier.as_ref()),
            ),
            credited_base: credited_lines(takes_quantities, &content),
            bills: content.lines.iter().enumerate().filter_map(|(index, line)| bill(index, line)).collect(),
            credit,
            party_account: account,
            money: header.money,
            calculation,
            parts,
            taxes: content.codes.taxes,
            codes: content.codes.codes,
            rates: content.codes.rates,
            dues: dues.dues,
            deductions: deducted.deductions,
            tax_only: content.tax_only.posted(),
            uses,
            credited,
            refusals: refused.into_vec(),
            warnings,
        })
    }

    fn refusals(
        &self,
        kind: Option<InvoiceKind>,
        (party, payable): (&Party, (Amount, Currency)),
        facts: &Facts,
        content: &Content,
    ) -> Vec<Violation> {
        let items = content.lines.iter().filter_map(|(line, resolved)| {
            let member = Reference::member(line.item.as_ref(), "itemId", "itemCode");
            Some((format!("{}/{member}", line.at), resolved.item.as_ref()?))
        });
        PostingCheck {
            document_type: self.document_type,
            kind,
            party,
            input: &self.input,
            payable,
            facts,
            items: items.collect(),
            categories: content.codes.codes.iter().filter_map(|code| code.category).collect(),
            recovering: content.recovering().collect(),
        }
        .refusals()
    }

    fn shown(
        &self,
        uow: &dyn UnitOfWork,
        (kind, party): (Option<InvoiceKind>, &Party),
        header: &Header,
        (content, orders): (&Content, &Orders),
        (calculation, deducted, dues, payable): (&Calculation, &Deducted, &Dues, Amount),
    ) -> StoredDocument {
        Shown {
            preparing: self,
            kind: self.note_kind().filter(|_| self.document_type.reduces()).map_or_else(
                || {
                    let customs = self.input.purchase_kind.filter(|kind| *kind == PurchaseKind::Customs);
                    let customs = customs.map(|kind| kind.as_str().to_owned());
                    kind.map(|kind| kind.as_str().to_owned()).or(customs)
                },
                |note| Some(note.as_str().to_owned()),
            ),
            party,
            dates: header.dates,
            money: header.money,
            include_vat: content.document.prices_include_vat,
            original: header.original.as_ref(),
            branch: header.branch.as_ref(),
            calculation,
            deducted,
            dues,
            payable,
            order: orders.only(),
        }
        .document(uow, (&content.lines, &content.charges, &content.codes))
    }
}

/// Per line of a note that takes quantities back: its number, the corrected line, and the quantity in base units.
fn credited_lines(takes_quantities: bool, content: &Content) -> Vec<(u32, u32, Quantity)> {
    let lines = content.lines.iter().enumerate().filter(|_| takes_quantities);
    lines.filter_map(|(index, line)| credited_base(index, line)).collect()
}
