//! From a body to a receipt or a payment: accounts, and the lines of its entry.

use std::collections::BTreeSet;

use domain::accounting::account::{AccountType, ControlKind};
use domain::accounting::journal_entry::{LineAmount, LineDetails, NewLine};
use domain::accounting::posting_rule::{PostingKeys, PostingProfile, PostingSlot};
use domain::documents::document_type::{DocumentType, TradeSide};
use domain::documents::money_document::{AMOUNT_NOT_POSITIVE, CHARGES_EXCEED_AMOUNT, PaymentMethod};
use domain::error::{Violation, Violations};
use domain::ids::AccountId;
use domain::money::{Amount, Rate};
use domain::parties::party::Party;
use domain::parties::roles::SupplierBlock;

use super::body::MoneyInput;
use super::withholding::{Withholder, Withholding};
use crate::accounting::error::ACCOUNT_CODE_UNKNOWN;
use crate::accounting::ports::books::Books;
use crate::changes::unknown_reference;
use crate::documents::branch::DocumentBranch;
use crate::documents::error::{METHOD_ACCOUNT_UNFIT, PARTY_BLOCKED};
use crate::documents::exchange::{DocumentMoney, MoneyAsked};
use crate::documents::party::{named_party, role_missing};
use crate::documents::ports::{DocumentStatus, StoredDocument};
use crate::documents::sides::company_side;
use crate::documents::views::{DocumentNameView, DocumentSideView, DocumentTotalsView, DocumentView};
use crate::documents::{PreparedDocument, Preparing};
use crate::error::AppResult;
use crate::reference::Reference;
use crate::settlement::auto_allocate::SettledControl;
use crate::unit_of_work::UnitOfWork;

type PreparingMoney<'a> = Preparing<'a, MoneyInput<'a>>;

/// A receipt or a payment that may be kept, with the lines that it posts.
pub struct PreparedMoney {
    pub document: StoredDocument,
    pub scale: u8,
    pub lines: Vec<NewLine>,
    /// The tax that is withheld.
    pub withholding: Option<Withholding>,
    /// The journal that takes its entry.
    pub journal: &'static str,
    /// Violations that only posting refuses.
    pub refusals: Vec<Violation>,
    pub warnings: Vec<Violation>,
}

impl PreparedDocument for PreparedMoney {
    fn into_document(self) -> StoredDocument {
        self.document
    }

    fn scale(&self) -> u8 {
        self.scale
    }

    fn warnings(&self) -> &[Violation] {
        &self.warnings
    }
}

pub async fn prepare_money(
    preparing: PreparingMoney<'_>,
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
) -> AppResult<PreparedMoney> {
    let mut violations = Violations::new();
    let party = preparing.party(uow, &mut violations).await?;
    let named = preparing.input.branch.as_ref();
    let branch = DocumentBranch::of(uow, named, None, &mut violations).await?;
    let money = preparing.money(uow, books, &mut violations).await?;
    preparing.check_amounts(money.as_ref(), &mut violations);
    let profile = uow.posting_rules().posting_profile().await?;
    let account = preparing.account(uow, books, &profile, &mut violations).await?;
    let (Some((party, control)), Some(money)) = (party, money) else {
        return Err(violations.into_vec().into());
    };
    let party_account = preparing.party_account(&party, control, &profile, &money, &mut violations);
    let charges = match preparing.input.charges.is_zero() {
        true => None,
        false => violations.check("", profile.resolve(PostingSlot::BankCharges, &PostingKeys::default())),
    };
    let withholder = Withholder {
        document_type: preparing.document_type,
        input: &preparing.input,
        party: &party,
        control,
        profile: &profile,
        currency: money.currency,
        rate: money.rate,
        company: books.company,
        date: preparing.document_date(&*uow),
    };
    let withholding = withholder.withholding(uow, &mut violations).await?;
    let (Some(account), Some(party_account), true) = (account, party_account, violations.is_empty()) else {
        return Err(violations.into_vec().into());
    };
    let code = books.account_names.get(&account).map(|name| name.code.clone());
    let lines = preparing.lines(&party, &money, (account, party_account, charges), withholding.as_ref());
    let warning = match &branch {
        Some(branch) => branch.warning(uow).await?,
        None => None,
    };
    let mut document = preparing.document(uow, &party, &money, code);
    document.view.party = Some(DocumentSideView::of_party(&party));
    document.view.company = Some(company_side(uow, branch.as_ref()).await?);
    document.branch = branch;
    document.view.withholding = withholding.as_ref().map(|withholding| {
        let paid = preparing.input.amount.checked_sub(withholding.kept_back());
        withholding.view(paid.unwrap_or_default())
    });
    Ok(PreparedMoney {
        document,
        scale: money.currency.scale,
        lines,
        withholding,
        refusals: payment_block(preparing.document_type, control, &party).into_iter().collect(),
        journal: if preparing.input.method == PaymentMethod::Cash { "CASH" } else { "BANK" },
        warnings: warning.into_iter().collect(),
    })
}

/// A supplier who is blocked for payments is not paid. He may send money back, and others may be paid.
fn payment_block(document_type: DocumentType, control: SettledControl, party: &Party) -> Option<Violation> {
    let pays = document_type == DocumentType::Payment && control == SettledControl::Payable;
    let supplier = party.supplier.as_ref().filter(|_| pays)?;
    let stopped = matches!(supplier.blocked, SupplierBlock::Payments | SupplierBlock::All);
    stopped.then(|| {
        let blocked = Violation::new(&PARTY_BLOCKED).at("/partyId").with("party", &party.code);
        blocked.with("reason", supplier.blocked_reason.clone().unwrap_or_default())
    })
}

impl PreparingMoney<'_> {
    async fn party(
        &self,
        uow: &mut dyn UnitOfWork,
        violations: &mut Violations,
    ) -> AppResult<Option<(Party, SettledControl)>> {
        let found = named_party(uow, self.input.party.as_ref(), violations).await?;
        let Some((party, at)) = found else { return Ok(None) };
        let control = self.control(&party);
        let (has, side) = match control {
            SettledControl::Receivable => (party.customer.is_some(), TradeSide::Sale),
            SettledControl::Payable => (party.supplier.is_some(), TradeSide::Purchase),
        };
        if !has {
            violations.push(role_missing(&party, side, at));
        }
        Ok(Some((party, control)))
    }

    /// Money from a customer, or back from a supplier; money to a supplier, or back to a customer.
    fn control(&self, party: &Party) -> SettledControl {
        self.input.control.unwrap_or(match self.document_type.side() {
            TradeSide::Sale if party.customer.is_some() => SettledControl::Receivable,
            TradeSide::Purchase if party.supplier.is_none() => SettledControl::Receivable,
            _ => SettledControl::Payable,
        })
    }

    async fn money(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        violations: &mut Violations,
    ) -> AppResult<Option<DocumentMoney>> {
        let asked = MoneyAsked {
            code: self.input.currency.unwrap_or(books.company.code),
            rate: self.input.rate,
            date: self.posting_date(&*uow),
            scale_max: u8::MAX,
        };
        DocumentMoney::of(uow, books, asked, violations).await
    }

    fn document_date(&self, uow: &dyn UnitOfWork) -> chrono::NaiveDate {
        self.input.document_date.unwrap_or_else(|| self.ctx.today(uow.now()))
    }

    fn posting_date(&self, uow: &dyn UnitOfWork) -> chrono::NaiveDate {
        self.input.posting_date.unwrap_or_else(|| self.document_date(uow))
    }

    fn check_amounts(&self, money: Option<&DocumentMoney>, violations: &mut Violations) {
        let input = &self.input;
        if !input.amount.is_positive() {
            violations.push(Violation::new(&AMOUNT_NOT_POSITIVE).at("/amount"));
        }
        if input.charges.is_negative() {
            violations.push(Violation::new(&AMOUNT_NOT_POSITIVE).at("/charges"));
        }
        let Some(money) = money else { return };
        violations.check("/amount", input.amount.check_in(money.currency));
        violations.check("/charges", input.charges.check_in(money.currency));
        if self.document_type == DocumentType::Receipt
            && input.charges >= input.amount
            && !input.charges.is_zero()
        {
            let exceed = Violation::new(&CHARGES_EXCEED_AMOUNT).at("/charges");
            let text = |amount: Amount| amount.display(money.currency.scale);
            violations.push(exceed.with("charges", text(input.charges)).with("amount", text(input.amount)));
        }
    }

    /// The account that the money moves on.
    async fn account(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        profile: &PostingProfile,
        violations: &mut Violations,
    ) -> AppResult<Option<AccountId>> {
        let keys = PostingKeys { currency: self.input.currency, ..PostingKeys::default() };
        let (id, at) = match &self.input.account {
            Some(Reference::Id(id)) => (Some(*id), "/accountId"),
            Some(Reference::Code(code)) => {
                let found = books.accounts_by_code(uow, &BTreeSet::from([code.clone()])).await?;
                if !found.contains_key(code) {
                    let unknown = Violation::new(&ACCOUNT_CODE_UNKNOWN).at("/accountCode");
                    violations.push(unknown.with("code", code));
                    return Ok(None);
                }
                (found.get(code).copied(), "/accountCode")
            }
            None => (violations.check("/method", profile.resolve(slot(self.input.method), &keys)), "/method"),
        };
        let Some(id) = id else { return Ok(None) };
        books.learn_accounts(uow, BTreeSet::from([id])).await?;
        let Some(facts) = books.accounts.get(&id) else {
            violations.push(unknown_reference(at, "account", id));
            return Ok(None);
        };
        let fit = facts.is_posting
            && facts.active
            && facts.control == ControlKind::None
            && facts.account_type == AccountType::Asset;
        if !fit {
            violations.push(Violation::new(&METHOD_ACCOUNT_UNFIT).at(at).with("account", &facts.code));
            return Ok(None);
        }
        Ok(Some(id))
    }

    fn party_account(
        &self,
        party: &Party,
        control: SettledControl,
        profile: &PostingProfile,
        money: &DocumentMoney,
        violations: &mut Violations,
    ) -> Option<AccountId> {
        let (slot, party_group) = match control {
            SettledControl::Receivable => {
                (PostingSlot::Receivable, party.customer.as_ref().and_then(|role| role.group_id))
            }
            SettledControl::Payable => {
                (PostingSlot::Payable, party.supplier.as_ref().and_then(|role| role.group_id))
            }
        };
        let keys = PostingKeys { party_group, currency: Some(money.currency.code), ..PostingKeys::default() };
        violations.check("", profile.resolve(slot, &keys))
    }

    fn lines(
        &self,
        party: &Party,
        money: &DocumentMoney,
        (account, party_account, charges): (AccountId, AccountId, Option<AccountId>),
        withholding: Option<&Withholding>,
    ) -> Vec<NewLine> {
        let receipt = self.document_type == DocumentType::Receipt;
        let (amount, charged) = (self.input.amount, self.input.charges);
        let kept_back = withholding.map(Withholding::kept_back).unwrap_or_default();
        let moved = if receipt { amount.checked_sub(charged) } else { amount.checked_add(charged) };
        let moved = moved.and_then(|moved| moved.checked_sub(kept_back));
        let reference = self.input.reference.map(str::to_owned);
        let line = |account: AccountId, amount: LineAmount, party: Option<String>| NewLine {
            currency: Some(money.currency.code),
            rate: money.rate,
            details: LineDetails { party, reference: reference.clone(), ..LineDetails::NONE },
            ..NewLine::new(account, amount)
        };
        let side = |debit: bool, amount: Amount| {
            if debit { LineAmount::Debit(amount) } else { LineAmount::Credit(amount) }
        };
        let mut lines = vec![line(account, side(receipt, moved.unwrap_or(amount)), None)];
        lines.extend(charges.map(|account| line(account, LineAmount::Debit(charged), None)));
        lines.push(line(party_account, side(!receipt, amount), Some(party.code.to_string())));
        let withheld = withholding.map(Withholding::lines).unwrap_or_default();
        lines.extend(withheld.into_iter().map(|line| NewLine {
            currency: Some(money.currency.code),
            rate: money.rate,
            ..line
        }));
        lines
    }

    fn document(
        &self,
        uow: &dyn UnitOfWork,
        party: &Party,
        money: &DocumentMoney,
        account_code: Option<String>,
    ) -> StoredDocument {
        let input = &self.input;
        let text = |amount: Amount| amount.display(money.currency.scale);
        let view = DocumentView {
            party_id: party.id.uuid(),
            party_code: party.code.to_string(),
            party_name: DocumentNameView::of(&party.name),
            document_date: self.document_date(uow),
            posting_date: self.posting_date(uow),
            currency: money.currency.code.to_string(),
            rate: money.rate.unwrap_or(Rate::ONE).to_string(),
            reference: input.reference.map(str::to_owned),
            notes: input.notes.map(str::to_owned),
            method: Some(input.method.as_str().to_owned()),
            account_code,
            totals: DocumentTotalsView {
                lines_net: text(Amount::ZERO),
                discount: text(Amount::ZERO),
                charges: text(input.charges),
                net: text(input.amount),
                vat: text(Amount::ZERO),
                total: text(input.amount),
                prepaid: text(Amount::ZERO),
                payable: text(input.amount),
                company_vat: text(Amount::ZERO),
            },
            ..DocumentView::default()
        };
        StoredDocument {
            id: self.id,
            document_type: self.document_type,
            kind: None,
            status: DocumentStatus::Draft,
            number: None,
            series: None,
            party: party.id,
            party_code: party.code.to_string(),
            branch: None,
            document_date: view.document_date,
            posting_date: view.posting_date,
            currency: money.currency.code,
            total: input.amount,
            reference: view.reference.clone(),
            supplier_key: None,
            corrects: None,
            order: None,
            valid_until: None,
            entry: None,
            reversal_entry: None,
            body: self.body.to_owned(),
            view,
            lines: Vec::new(),
            created_by: self.ctx.actor.user_id(),
            created_at: uow.now(),
            posted_at: None,
            version: 1,
        }
    }
}

/// The account of a way to pay.
const fn slot(method: PaymentMethod) -> PostingSlot {
    match method {
        PaymentMethod::Cash => PostingSlot::Cash,
        PaymentMethod::BankTransfer => PostingSlot::Bank,
        PaymentMethod::Card => PostingSlot::CardClearing,
        PaymentMethod::Cheque => PostingSlot::ChequeClearing,
    }
}
