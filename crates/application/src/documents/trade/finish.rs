//! The last step of a preparation: instalments, prepayments, reasons against posting, and the document as it is shown.

use domain::documents::document_type::{InvoiceKind, PurchaseKind};
use domain::error::{Violation, Violations};
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount};
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
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

impl Preparing<'_> {
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
        let date = header.dates.document;
        let deducting =
            Deducting { party: party_id, date, currency, calculation: &calculation, parts: &parts };
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
            refused.extend(self.price_mismatches(&content, &facts));
        }
        violations.into_result(())?;
        let kind = self.kind(Some(party), header.original.as_ref());
        refused.extend(self.refusals(kind, party, &facts, &content));
        let mut document = self.shown(
            uow,
            (kind, party),
            &header,
            (&content, &orders),
            (&calculation, &deducted, &dues, payable),
        );
        let codes = tax_only::Codes { codes: &content.codes.codes, rates: &content.codes.rates };
        content.tax_only.show(&mut document, &codes, currency.scale);
        let taken = (computed, calculation.totals.vat);
        let warnings = self.warnings(&facts, &document, &content, (taken, currency.scale));
        let credit = CreditCheck::of(self.document_type, party, &self.input, payable, header.money);
        let of_lines = content.lines.iter().enumerate();
        let takes_quantities = self.takes_quantities(&header);
        Ok(Prepared {
            given_back: self.lines_given_back(&header, &credited),
            takes_back: self.taken_back(&header).is_some(),
            document,
            order_lines: order_lines(&content, &calculation, facts.company.matching),
            credited_base: of_lines
                .clone()
                .filter(|_| takes_quantities)
                .filter_map(|(index, line)| credited_base(index, line))
                .collect(),
            bills: of_lines.filter_map(|(index, line)| bill(index, line)).collect(),
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
        party: &Party,
        facts: &Facts,
        content: &Content,
    ) -> Vec<Violation> {
        let lines = content.lines.iter().map(|(line, resolved)| (line.at.as_str(), resolved));
        let charges = content.charges.iter().map(|(charge, resolved)| (charge.at.as_str(), resolved));
        PostingCheck {
            document_type: self.document_type,
            kind,
            party,
            input: &self.input,
            facts,
            lines: lines.chain(charges).collect(),
            categories: content.codes.codes.iter().filter_map(|code| code.category).collect(),
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
