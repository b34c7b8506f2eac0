//! Tax that is withheld from a payment (R68): its code, what it is withheld from, and the entry that a return will have.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::accounting::journal_entry::{LineAmount, NewLine};
use domain::accounting::posting_rule::{PostingKeys, PostingProfile, PostingSlot};
use domain::documents::document_type::DocumentType;
use domain::error::{Violation, Violations};
use domain::ids::{AccountId, JournalEntryId};
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount, Currency, CurrencyCode, Percentage, Rate};
use domain::parties::party::Party;
use domain::parties::roles::{Residency, Supplier, WITHHOLDING_RESIDENT};
use domain::settlement::open_item::OpenItem;
use domain::tax::tax_code::{TAX_CODE_INACTIVE, TAX_CODE_KIND_NOT_TAKEN, TaxCode, TaxKind};
use domain::tax::withholding::{
    WITHHOLDING_CODE_MISSING, WITHHOLDING_CODE_UNUSED, WITHHOLDING_NOT_TAKEN, Withheld, WithholdingEntry,
    WithholdingEntryId,
};

use super::body::{MoneyAllocationBody, MoneyInput};
use crate::accounting::ports::journal_entries::StoredEntry;
use crate::changes::unknown_reference;
use crate::documents::ports::{DocumentId, StoredDocument};
use crate::documents::views::DocumentWithholdingView;
use crate::error::{AppError, AppResult};
use crate::reference::Reference;
use crate::settlement::auto_allocate::SettledControl;
use crate::unit_of_work::UnitOfWork;

/// The withholding members of a payment body; none of them is set for a receipt.
#[derive(Debug, Clone, Default)]
pub struct WithholdingInput {
    pub withhold: Option<bool>,
    pub tax_code: Option<String>,
    pub gross_up: bool,
}

impl WithholdingInput {
    fn asks(&self) -> bool {
        self.withhold == Some(true) || self.tax_code.is_some() || self.gross_up
    }
}

/// The tax of a payment.
#[derive(Debug, Clone)]
pub struct Withholding {
    code: String,
    rate: Percentage,
    account: AccountId,
    /// The account of the tax that the payer bears.
    expense: Option<AccountId>,
    withheld: Withheld,
    scale: u8,
    /// In the company currency: the base and the tax.
    company: (Amount, Amount),
}

/// A payment from which tax may be withheld.
pub(super) struct Withholder<'a> {
    pub document_type: DocumentType,
    pub input: &'a MoneyInput<'a>,
    pub party: &'a Party,
    pub control: SettledControl,
    pub profile: &'a PostingProfile,
    pub currency: Currency,
    pub rate: Option<Rate>,
    pub company: Currency,
    /// The day on which the money moved.
    pub date: NaiveDate,
}

impl Withholder<'_> {
    /// The tax, if any is withheld.
    pub async fn withholding(
        &self,
        uow: &mut dyn UnitOfWork,
        violations: &mut Violations,
    ) -> AppResult<Option<Withholding>> {
        let payable = self.document_type == DocumentType::Payment && self.control == SettledControl::Payable;
        let Some(supplier) = self.party.supplier.as_ref().filter(|_| payable) else {
            if self.input.withholding.asks() {
                violations.push(Violation::new(&WITHHOLDING_NOT_TAKEN).at("/withhold"));
            }
            return Ok(None);
        };
        if !self.wanted(supplier, violations) {
            return Ok(None);
        }
        let Some((code, rate)) = self.code(uow, supplier, violations).await? else { return Ok(None) };
        let base = self.base(uow).await?;
        Ok(self.of(supplier, &code, (base, rate), violations))
    }

    fn wanted(&self, supplier: &Supplier, violations: &mut Violations) -> bool {
        let input = &self.input.withholding;
        let own = supplier.residency == Residency::NonResident && supplier.withholding_id.is_some();
        let wanted = input.withhold.unwrap_or(own || input.tax_code.is_some());
        for (given, member) in [(input.tax_code.is_some(), "withholdingTaxCode"), (input.gross_up, "grossUp")]
        {
            if given && !wanted {
                let unused = Violation::new(&WITHHOLDING_CODE_UNUSED).at(format!("/{member}"));
                violations.push(unused.with("member", member));
            }
        }
        if wanted && supplier.residency != Residency::NonResident {
            violations.push(Violation::new(&WITHHOLDING_RESIDENT).at("/withhold"));
            return false;
        }
        wanted
    }

    /// The code that the body names, or that of the supplier, with its rate.
    async fn code(
        &self,
        uow: &mut dyn UnitOfWork,
        supplier: &Supplier,
        violations: &mut Violations,
    ) -> AppResult<Option<(TaxCode, Percentage)>> {
        let at = "/withholdingTaxCode";
        let named = self.input.withholding.tax_code.clone().map(Reference::Code);
        let Some(reference) = named.or(supplier.withholding_id.map(Reference::Id)) else {
            let missing = Violation::new(&WITHHOLDING_CODE_MISSING).at(at);
            violations.push(missing.with("party", &self.party.code));
            return Ok(None);
        };
        let found = uow.items().tax_codes(&BTreeSet::from([reference.clone()])).await?.pop();
        let Some(code) = found else {
            let value = match reference {
                Reference::Code(code) => code,
                Reference::Id(id) => id.to_string(),
            };
            violations.push(unknown_reference(at, "tax_code", value));
            return Ok(None);
        };
        let named = |def| Violation::new(def).at(at).with("code", &code.code);
        if code.kind != TaxKind::Withholding {
            let refused = named(&TAX_CODE_KIND_NOT_TAKEN).with("kind", code.kind);
            violations.push(refused.with("allowed", TaxKind::Withholding));
            return Ok(None);
        }
        if !code.active {
            violations.push(named(&TAX_CODE_INACTIVE));
            return Ok(None);
        }
        let rate = violations.check(at, code.rate_on(self.date));
        Ok(rate.map(|rate| (code, rate)))
    }

    fn of(
        &self,
        supplier: &Supplier,
        code: &TaxCode,
        (base, rate): (Amount, Percentage),
        violations: &mut Violations,
    ) -> Option<Withholding> {
        let gross_up = self.input.withholding.gross_up;
        let keys = PostingKeys {
            tax_code: Some(code.id),
            party_group: supplier.group_id,
            currency: Some(self.currency.code),
            ..PostingKeys::default()
        };
        let account = violations.check("", self.profile.resolve(PostingSlot::WithholdingTax, &keys));
        let expense = match gross_up {
            true => Some(violations.check("/grossUp", self.profile.resolve(PostingSlot::Expense, &keys))?),
            false => None,
        };
        let scale = self.currency.scale;
        let withheld = match gross_up {
            true => Withheld::grossed_up(base, rate, scale),
            false => Withheld::from(base, rate, scale),
        };
        let exchange = self.rate.unwrap_or(Rate::ONE);
        let company = |amount: Amount| amount.convert(exchange, self.company.scale);
        let amounts = withheld.and_then(|made| Some((made, (company(made.gross)?, company(made.tax)?))));
        let (withheld, company) =
            violations.check("/amount", amounts.ok_or_else(|| Violation::new(&AMOUNT_OUT_OF_RANGE)))?;
        let code = code.code.to_string();
        Some(Withholding { code, rate, account: account?, expense, withheld, scale, company })
    }

    /// The amount paid without VAT: the net share of each document, and the whole of any amount that pays no document.
    async fn base(&self, uow: &mut dyn UnitOfWork) -> AppResult<Amount> {
        let named = Named::learn(uow, self.input.allocations).await?;
        let mut left = self.input.amount;
        let mut base = Amount::ZERO;
        for allocation in self.input.allocations {
            let (open, document) = named.of(allocation);
            let wanted = allocation.amount.unwrap_or(open).min(left);
            let net = document.and_then(|document| net_share(document, wanted, self.currency.scale));
            base = base.checked_add(net.unwrap_or(wanted)).unwrap_or(base);
            left = left.checked_sub(wanted).unwrap_or_default();
        }
        Ok(base.checked_add(left).unwrap_or(base))
    }
}

/// The documents and open items that allocations name, read together.
struct Named {
    documents: BTreeMap<DocumentId, StoredDocument>,
    items: Vec<OpenItem>,
}

impl Named {
    async fn learn(uow: &mut dyn UnitOfWork, allocations: &[MoneyAllocationBody]) -> AppResult<Self> {
        let ids = allocations.iter().filter_map(|allocation| allocation.open_item_id).collect();
        let mut items: Vec<OpenItem> =
            uow.open_items().open_items(&ids).await?.into_iter().map(|found| found.item).collect();
        let mut wanted: BTreeSet<DocumentId> =
            allocations.iter().filter_map(|allocation| allocation.document_id).collect();
        for entry in items.iter().map(|item| item.entry).collect::<BTreeSet<_>>() {
            if let Some(StoredEntry::Posted { entry, .. }) = uow.journal_entries().find(entry).await? {
                wanted.extend(entry.header().source.map(|source| DocumentId::new(source.id)));
            }
        }
        let documents = uow.documents().find_documents(&wanted).await?;
        let entries = documents.iter().filter_map(|document| document.entry).collect();
        items.extend(uow.open_items().open_items_of_entries(&entries).await?);
        Ok(Self { documents: documents.into_iter().map(|document| (document.id, document)).collect(), items })
    }

    /// The open amount of the item or document that an allocation names, and that document.
    fn of(&self, allocation: &MoneyAllocationBody) -> (Amount, Option<&StoredDocument>) {
        if let Some(id) = allocation.open_item_id {
            let item = self.items.iter().find(|item| item.id == id);
            let open = item.map(|item| item.open_amount.abs()).unwrap_or_default();
            let entry = item.map(|item| item.entry);
            return (open, self.documents.values().find(|document| document.entry == entry));
        }
        let document = allocation.document_id.and_then(|id| self.documents.get(&id));
        let entry = document.and_then(|document| document.entry);
        let of_entry = self.items.iter().filter(|item| Some(item.entry) == entry && !item.is_debit());
        let open: BTreeMap<_, _> = of_entry.map(|item| (item.id, item.open_amount.abs())).collect();
        (Amount::sum(open.into_values()).unwrap_or_default(), document)
    }
}

fn net_share(document: &StoredDocument, paid: Amount, scale: u8) -> Option<Amount> {
    let totals = &document.view.totals;
    let (net, total) = (Amount::parse(&totals.net).ok()?, Amount::parse(&totals.total).ok()?);
    paid.share(net, total, scale)
}

impl Withholding {
    /// The amount by which the payment from the bank is lower: zero where the payer bears the tax.
    pub fn kept_back(&self) -> Amount {
        if self.expense.is_some() { Amount::ZERO } else { self.withheld.tax }
    }

    /// The entry lines: the tax owed to the authority, and the expense where the payer bears it.
    pub fn lines(&self) -> Vec<NewLine> {
        let tax = self.withheld.tax;
        if tax.is_zero() {
            return Vec::new();
        }
        // Without the tax code: the lock of filed VAT returns is not for this tax.
        let expense = self.expense.map(|account| NewLine::new(account, LineAmount::Debit(tax)));
        expense.into_iter().chain([NewLine::new(self.account, LineAmount::Credit(tax))]).collect()
    }

    pub fn view(&self, paid: Amount) -> DocumentWithholdingView {
        let text = |amount: Amount| amount.display(self.scale);
        DocumentWithholdingView {
            tax_code: self.code.clone(),
            rate: self.rate.to_string(),
            base: text(self.withheld.gross),
            tax: text(self.withheld.tax),
            paid: text(paid),
            gross_up: self.expense.is_some(),
        }
    }

    /// The entry of a posted payment.
    pub fn entry(
        &self,
        id: WithholdingEntryId,
        payment: &StoredDocument,
        entry: JournalEntryId,
        currency: CurrencyCode,
    ) -> WithholdingEntry {
        let (base, tax) = self.company;
        WithholdingEntry {
            id,
            payment: payment.id.uuid(),
            document_number: payment.number.clone().unwrap_or_default(),
            entry,
            account: self.account,
            party: payment.party_code.clone(),
            tax_code: self.code.clone(),
            rate: self.rate,
            currency,
            currency_base: self.withheld.gross,
            currency_tax: self.withheld.tax,
            base,
            tax,
            payment_date: payment.document_date,
        }
    }
}

/// The entries of a payment once more, with the other sign.
pub async fn take_back_withholding(
    uow: &mut dyn UnitOfWork,
    payment: DocumentId,
    reversal: JournalEntryId,
) -> AppResult<()> {
    let mut opposite = Vec::new();
    for entry in uow.withholding().withholding_entries_of(payment.uuid()).await? {
        let negative =
            entry.negated().ok_or_else(|| AppError::internal("withheld tax cannot be taken back"))?;
        let id = WithholdingEntryId::new(uow.new_id());
        opposite.push(WithholdingEntry { id, entry: reversal, ..negative });
    }
    if opposite.is_empty() {
        return Ok(());
    }
    Ok(uow.withholding().insert_withholding_entries(&opposite).await?)
}
