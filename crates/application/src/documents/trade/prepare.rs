//! From a body to a document: what it names, what it comes to, and what it will post.

use domain::documents::document_type::{InvoiceKind, TradeSide};
use domain::documents::note::NoteKind;
use domain::documents::posting::{CodeTax, Deduction, Due, Part, TaxOnly};
use domain::error::{Violation, Violations};
use domain::ids::AccountId;
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount, Percentage, Quantity};
use domain::parties::party::Party;
use domain::tax::calculate::calculate;
use domain::tax::document::{Calculation, Document};
use domain::tax::tax_code::TaxCode;

use super::accounts::LineSlots;
use super::adjust::take_over_supplier;
use super::check::default_kind;
use super::content::{Content, OrderLine};
use super::credit::CreditCheck;
use super::facts::{Facts, Role};
use super::foreign::check_foreign;
use super::header::{Dates, money, party};
use super::input::{Input, one_discount};
use super::line::{ChargeLine, Line};
use super::moves::OrderMove;
use super::ordered::Orders;
use super::ordered_charges::link_charges;
use super::original::{Original, corrected};
use super::prices::{PriceScope, Prices};
use super::resolve::{Codes, Resolver};
use super::taken_back::GivenBack;
use super::tax_only::{TaxOnlyLine, TaxOnlyLines, tax_only_lines};
use crate::accounting::ports::books::Books;
use crate::documents::PreparedDocument;
use crate::documents::branch::DocumentBranch;
use crate::documents::error::PAYMENT_NEEDS_POST;
use crate::documents::exchange::DocumentMoney;
use crate::documents::ports::{GroupUse, StoredDocument};
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// A document that may be kept as a draft, with everything that posting needs.
pub struct Prepared {
    pub document: StoredDocument,
    /// Whether its party stands for customers without a name.
    pub anonymous: bool,
    pub party_account: Option<AccountId>,
    pub money: DocumentMoney,
    pub calculation: Calculation,
    pub parts: Vec<Part>,
    pub taxes: Vec<CodeTax>,
    pub codes: Vec<TaxCode>,
    /// The rate of each code on the tax date.
    pub rates: Vec<Percentage>,
    pub dues: Vec<Due>,
    pub deductions: Vec<Deduction>,
    /// Import VAT.
    pub tax_only: Vec<TaxOnly>,
    pub uses: Vec<GroupUse>,
    /// Per corrected line the quantity that comes back.
    pub credited: Vec<(u32, Quantity)>,
    /// The quantities of an invoice that are its own again, because a credit note of it is taken back.
    pub given_back: Option<GivenBack>,
    /// Whether it takes a credit note back, and leaves nothing to be corrected itself.
    pub takes_back: bool,
    /// Per line of the note: its number, the corrected line, and the quantity that comes back in base units.
    pub credited_base: Vec<(u32, u32, Quantity)>,
    /// The order quantities that it bills.
    pub bills: Vec<OrderMove>,
    /// Its own lines as those of an order.
    pub order_lines: Vec<OrderLine>,
    /// The check of the customer's credit limit.
    pub credit: Option<CreditCheck>,
    /// Violations that only posting refuses.
    pub refusals: Vec<Violation>,
    /// The warnings about the document.
    pub warnings: Vec<Violation>,
}

/// The context in which a trade document is prepared.
pub type Preparing<'a> = crate::documents::Preparing<'a, Input<'a>>;

impl PreparedDocument for Prepared {
    fn into_document(self) -> StoredDocument {
        self.document
    }

    fn scale(&self) -> u8 {
        self.money.currency.scale
    }

    fn warnings(&self) -> &[Violation] {
        &self.warnings
    }
}

/// The calculation of the lines, the amounts that they take of the corrected document, and the VAT before the supplier's was
/// taken over.
pub(super) type Figures = (Calculation, Vec<GroupUse>, Vec<(u32, Quantity)>, Amount);

/// The part of a document that is known before its lines.
pub(super) struct Header {
    /// `None` where the body names none that fits: the rest is checked all the same.
    pub(super) party: Option<Party>,
    pub(super) role: Role,
    pub(super) dates: Dates,
    pub(super) money: DocumentMoney,
    pub(super) include_vat: Option<bool>,
    pub(super) original: Option<Original>,
    pub(super) branch: Option<DocumentBranch>,
}

/// Prepares a document, or answers everything that is wrong with it.
pub async fn prepare(
    preparing: Preparing<'_>,
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
) -> AppResult<Prepared> {
    let mut violations = Violations::new();
    if preparing.input.paid_at_once && !preparing.input.post {
        violations.push(Violation::new(&PAYMENT_NEEDS_POST).at("/payment"));
    }
    let mut header = preparing.header(uow, books, &mut violations).await?;
    let (document_type, input) = (preparing.document_type, &preparing.input);
    let orders = Orders::named(uow, document_type, input.lines, &mut violations).await?;
    header.branch = preparing.branch(uow, header.original.as_ref(), &orders, &mut violations).await?;
    let (lines, rest) = preparing.lines(&header, &orders, &mut violations);
    let of = (header.party.as_ref().map(|party| party.id), header.money.currency.code);
    orders.check(&lines, of, &mut violations);
    let carried = preparing.carried(&header, &lines, rest, &mut violations);
    let mut charges = preparing.charges(carried.as_ref(), &mut violations);
    link_charges((document_type, &orders), preparing.input.charges, &mut charges, &mut violations);
    let side = preparing.document_type.side();
    let tax_only = tax_only_lines(&preparing.input, &mut violations);
    let named = (lines.as_slice(), charges.as_slice(), tax_only.as_slice());
    let facts = Facts::learn(uow, books, side, Some(header.role), named).await?;
    let named = (lines, charges, tax_only);
    let content = preparing.resolve(uow, &header, &facts, named, &mut violations).await?;
    if !violations.is_empty() {
        return Err(violations.into_vec().into());
    }
    let mut calculation = calculate(&content.document).map_err(as_of_documents)?;
    if carried.is_some_and(|carried| carried.give(&content.document, &mut calculation).is_none()) {
        violations.push(Violation::new(&AMOUNT_OUT_OF_RANGE));
    }
    let credited = preparing.credited(&header, &content, &mut violations);
    let uses = match preparing.correct(&header, &mut calculation, rest) {
        Ok(uses) => uses,
        Err(refused) => {
            violations.extend(refused);
            return Err(violations.into_vec().into());
        }
    };
    let computed = calculation.totals.vat;
    if let Some(supplier) = &preparing.input.supplier {
        let currency = header.money.currency;
        if content.tax_only.lines.is_empty() {
            take_over_supplier(&mut calculation, supplier, currency, &mut violations);
        } else if content.tax_only.add_to(&mut calculation, supplier, currency, &mut violations).is_none() {
            violations.push(Violation::new(&AMOUNT_OUT_OF_RANGE));
        }
    }
    preparing
        .finish(uow, header, facts, (content, orders), (calculation, uses, credited, computed), violations)
        .await
}

/// Violations of the calculation with the names that members have in documents.
fn as_of_documents(refused: Vec<Violation>) -> Vec<Violation> {
    let renamed = |violation: Violation| {
        let pointer = violation.pointer.replace("/documentDiscount", "/discount");
        violation.at(pointer)
    };
    refused.into_iter().map(renamed).collect()
}

impl Preparing<'_> {
    pub(super) fn note_kind(&self) -> Option<NoteKind> {
        self.input.note.map(|note| note.kind)
    }

    async fn header(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        violations: &mut Violations,
    ) -> AppResult<Header> {
        let (document_type, input) = (self.document_type, &self.input);
        let original = corrected(uow, document_type, input.note.as_ref(), violations).await?;
        let found =
            party(uow, document_type.side(), input.party.as_ref(), original.as_ref(), violations).await?;
        let dates = Dates::of(self.ctx, &*uow, document_type, input, original.as_ref(), violations);
        let of_note = (found.as_ref().map(|(party, _)| party), dates.document);
        check_foreign(uow, document_type.side(), input.note.as_ref(), of_note, violations).await?;
        let (party, role) = found.map_or((None, Role::NONE), |(party, role)| (Some(party), role));
        let of = (role, original.as_ref());
        let money = money(uow, books, (document_type, dates), input, of, violations).await?;
        let before = original.as_ref().and_then(|original| original.document.view.prices_include_vat);
        let include_vat = input.prices_include_vat.or(before);
        let money = money.unwrap_or(DocumentMoney::of_company(books.company));
        Ok(Header { party, role, dates, money, include_vat, original, branch: None })
    }

    /// The branch, by default that of the corrected document or of the orders.
    async fn branch(
        &self,
        uow: &mut dyn UnitOfWork,
        original: Option<&Original>,
        orders: &Orders,
        violations: &mut Violations,
    ) -> AppResult<Option<DocumentBranch>> {
        let inherited = self.input.branch_before.clone();
        let inherited = inherited.or_else(|| original.map(|original| original.document.branch.clone()));
        let inherited = inherited.or_else(|| orders.branch());
        DocumentBranch::of(uow, self.input.branch.as_ref(), inherited, violations).await
    }

    async fn resolve(
        &self,
        uow: &mut dyn UnitOfWork,
        header: &Header,
        facts: &Facts,
        (lines, charges, tax_only): (Vec<Line>, Vec<ChargeLine>, Vec<TaxOnlyLine>),
        violations: &mut Violations,
    ) -> AppResult<Content> {
        let side = self.document_type.side();
        let default = side == TradeSide::Sale && facts.company.prices_include_vat;
        let include_vat = header.include_vat.unwrap_or(default);
        let scope = PriceScope {
            side,
            currency: header.money.currency.code,
            company: header.money.company.code,
            include_vat,
            date: header.dates.document,
        };
        let lists = (header.role.price_list, header.role.group);
        let prices = Prices::learn(uow, (scope, lists, self.draft), &lines, &facts.items).await?;
        let kind = self.kind(header.party.as_ref(), header.original.as_ref());
        let mut resolver = Resolver {
            facts,
            prices: &prices,
            scope,
            role: header.role,
            dates: header.dates,
            slots: LineSlots::new(self.document_type, kind, self.kind_of_lines(header)),
            currency: header.money.currency.code,
            codes: Codes::default(),
        };
        let (mut content, mut taxed) = (Vec::with_capacity(lines.len()), Vec::with_capacity(lines.len()));
        for line in lines {
            if let Some(resolved) = resolver.line(uow, &line, violations).await? {
                taxed.push(resolver.tax_line(&line, &resolved));
                content.push((line, resolved));
            }
        }
        let (mut charged, mut amounts) = (Vec::new(), Vec::new());
        for charge in charges {
            if let Some(resolved) = resolver.charge(&charge, violations) {
                amounts.push(resolver.tax_charge(&charge, &resolved));
                charged.push((charge, resolved));
            }
        }
        let mut taxes = TaxOnlyLines::default();
        for line in tax_only {
            if let Some(tax) = line.resolve(&mut resolver, header.money.currency, violations) {
                taxes.lines.push((line, tax));
            }
        }
        let document = Document {
            currency: header.money.currency,
            prices_include_vat: include_vat,
            lines: taxed,
            discount: one_discount("", self.input.discount, violations),
            charges: amounts,
        };
        let (codes, unusable_list) = (resolver.codes, prices.unusable_list().map(str::to_owned));
        Ok(Content { lines: content, charges: charged, tax_only: taxes, codes, document, unusable_list })
    }

    /// The kind of an invoice; a note has the kind of what it corrects.
    pub(super) fn kind(&self, party: Option<&Party>, original: Option<&Original>) -> Option<InvoiceKind> {
        if self.document_type.side() == TradeSide::Purchase || !self.document_type.posts() {
            return None;
        }
        let corrected = original.and_then(Original::invoice_kind);
        self.input.kind.or(corrected).or_else(|| party.map(default_kind))
    }
}
