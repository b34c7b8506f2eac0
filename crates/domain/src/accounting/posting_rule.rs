//! Posting rules: which account a document posts to, as data (R36).

#[cfg(test)]
mod tests;

use super::account::{AccountFacts, AccountType, ControlKind};
use crate::error::{Phrase, Violation};
use crate::ids::{AccountId, Id};
use crate::items::category::ItemCategoryId;
use crate::items::item::ItemKind;
use crate::money::CurrencyCode;
use crate::parties::party_group::PartyGroupId;
use crate::tax::category::TaxCategory;
use crate::tax::tax_code::TaxCodeId;

pub type PostingRuleId = Id<PostingRule>;

/// Most rules of a tenant. Postings remember all of them.
pub const POSTING_RULES_MAX: usize = 2_000;

crate::errors! {
    POSTING_RULE_MISSING = "posting_rule_missing", Rule, Administrator,
        "No posting rule names an account for {slot} ({keys}). Create a rule for it under posting rules.",
        "لا توجد قاعدة ترحيل تحدد حسابًا لـ {slot} ({keys}). أنشئ قاعدة لها في قواعد الترحيل.";
    POSTING_RULE_EXISTS = "posting_rule_exists", Conflict, Administrator,
        "There already is a posting rule for {slot} ({keys}): {rule}. Change that one instead.",
        "توجد قاعدة ترحيل لـ {slot} ({keys}) من قبل: {rule}. عدّل تلك القاعدة بدلًا من ذلك.";
    POSTING_RULE_ACCOUNT_UNFIT = "posting_rule_account_unfit", Rule, Administrator,
        "Account {account} does not fit {slot}: {reason}.",
        "الحساب {account} لا يصلح لـ {slot}: {reason}.";
    POSTING_RULES_TOO_MANY = "posting_rules_too_many", Rule, Administrator,
        "A tenant has at most {max} posting rules.", "لا يزيد عدد قواعد الترحيل للمنشأة على {max}.";
}

crate::choices! {
    /// The purpose for which a posting needs an account.
    pub enum PostingSlot {
        Receivable = "receivable",
        Payable = "payable",
        Revenue = "revenue",
        SalesReturn = "sales_return",
        SalesDiscount = "sales_discount",
        Expense = "expense",
        AdvanceCustomer = "advance_customer",
        AdvanceSupplier = "advance_supplier",
        DiscountGranted = "discount_granted",
        DiscountReceived = "discount_received",
        WriteOff = "write_off",
        BadDebt = "bad_debt",
        OutputVat = "output_vat",
        OutputVatReverseCharge = "output_vat_rc",
        InputVat = "input_vat",
        InputVatCustoms = "input_vat_customs",
        InputVatReverseCharge = "input_vat_rc",
        VatCredit = "vat_credit",
        VatSettlement = "vat_settlement",
        IrrecoverableVat = "irrecoverable_vat",
        WithholdingTax = "wht_payable",
        PaymentRounding = "payment_rounding",
        Cash = "cash",
        Bank = "bank",
        CardClearing = "card_clearing",
        ChequeClearing = "cheque_clearing",
        BankCharges = "bank_charges",
    }
}

impl PostingSlot {
    /// The types of account that the slot takes.
    pub const fn account_types(self) -> &'static [AccountType] {
        use AccountType::{Asset, Expense, Income, Liability};
        match self {
            Self::Receivable
            | Self::AdvanceSupplier
            | Self::Cash
            | Self::Bank
            | Self::CardClearing
            | Self::ChequeClearing => &[Asset],
            Self::Payable | Self::AdvanceCustomer | Self::WithholdingTax => &[Liability],
            Self::Revenue | Self::SalesReturn => &[Income],
            Self::SalesDiscount
            | Self::DiscountGranted
            | Self::DiscountReceived
            | Self::WriteOff
            | Self::PaymentRounding => &[Income, Expense],
            // Purchases may be fixed assets, which are used for years.
            Self::Expense => &[Expense, Asset],
            Self::BadDebt | Self::IrrecoverableVat | Self::BankCharges => &[Expense],
            // A chart may keep all its VAT in one account.
            Self::OutputVat
            | Self::OutputVatReverseCharge
            | Self::InputVat
            | Self::InputVatCustoms
            | Self::InputVatReverseCharge
            | Self::VatCredit
            | Self::VatSettlement => &[Asset, Liability],
        }
    }

    /// The control kind that the slot takes.
    pub const fn control(self) -> ControlKind {
        match self {
            Self::Receivable => ControlKind::Receivable,
            Self::Payable => ControlKind::Payable,
            Self::OutputVat
            | Self::OutputVatReverseCharge
            | Self::InputVat
            | Self::InputVatCustoms
            | Self::InputVatReverseCharge
            | Self::VatCredit
            | Self::VatSettlement => ControlKind::Vat,
            _ => ControlKind::None,
        }
    }

    /// Whether documents may post to the account in this slot. `currency` is that of the rule, or of the company where the
    /// rule names none: an account that takes one currency only must take this one.
    pub fn check(self, account: &AccountFacts, currency: CurrencyCode) -> Result<(), Violation> {
        match self.objection(account, currency) {
            None => Ok(()),
            Some(reason) => Err(Violation::new(&POSTING_RULE_ACCOUNT_UNFIT)
                .with("account", &account.code)
                .with("slot", self)
                .with_phrase("reason", reason)),
        }
    }

    fn objection(self, account: &AccountFacts, currency: CurrencyCode) -> Option<Phrase> {
        if !account.is_posting {
            return Some(Phrase::new("it is a heading", "هو حساب رئيسي لا يقبل الترحيل"));
        }
        if !account.active {
            return Some(Phrase::new("it is not active", "هو غير نشط"));
        }
        let (found, types) = (account.account_type, self.account_types());
        if !types.contains(&found) {
            let words: Vec<&str> = types.iter().map(|account_type| account_type.as_str()).collect();
            return Some(Phrase::made(
                format!("it is of type {found}, and the slot takes {}", words.join(", ")),
                format!("نوعه {found} والمقبول هنا {}", words.join("، ")),
            ));
        }
        let (found, wanted) = (account.control, self.control());
        if found != wanted {
            return Some(Phrase::made(
                format!("its control kind is {found}, and the slot takes {wanted}"),
                format!("نوع الرقابة عليه {found} والمقبول هنا {wanted}"),
            ));
        }
        let own = account.currency.filter(|own| *own != currency)?;
        Some(Phrase::made(
            format!("it takes {own} only, and the rule is for {currency}"),
            format!("لا يقبل إلا العملة {own} والقاعدة للعملة {currency}"),
        ))
    }
}

/// The keys to which a rule applies, or with which an account is looked up. A rule applies to any value of a key that it
/// leaves out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PostingKeys {
    pub party_group: Option<PartyGroupId>,
    pub item_category: Option<ItemCategoryId>,
    pub item_kind: Option<ItemKind>,
    pub tax_code: Option<TaxCodeId>,
    pub tax_category: Option<TaxCategory>,
    pub currency: Option<CurrencyCode>,
}

/// How many keys there are.
const KEYS: usize = 6;

impl PostingKeys {
    /// How well a rule with these keys fits what is asked: how many keys match, then which, in the order in which they are
    /// written. `None` where one of them differs.
    fn fit(&self, asked: &Self) -> Option<(usize, [bool; KEYS])> {
        let matches = [
            matched(self.party_group, asked.party_group)?,
            matched(self.item_category, asked.item_category)?,
            matched(self.item_kind, asked.item_kind)?,
            matched(self.tax_code, asked.tax_code)?,
            matched(self.tax_category, asked.tax_category)?,
            matched(self.currency, asked.currency)?,
        ];
        Some((matches.iter().filter(|given| **given).count(), matches))
    }

    /// The keys that are given, each with its value, for messages.
    pub fn phrase(&self) -> Phrase {
        let given: Vec<String> = [
            self.party_group.map(|id| format!("partyGroupId {id}")),
            self.item_category.map(|id| format!("itemCategoryId {id}")),
            self.item_kind.map(|kind| format!("itemKind {kind}")),
            self.tax_code.map(|id| format!("taxCodeId {id}")),
            self.tax_category.map(|category| format!("taxCategory {category}")),
            self.currency.map(|currency| format!("currency {currency}")),
        ]
        .into_iter()
        .flatten()
        .collect();
        if given.is_empty() {
            return Phrase::new("without keys", "دون مفاتيح");
        }
        Phrase::made(given.join(", "), given.join("، "))
    }
}

/// Whether a key of a rule is given and fits; `None` where it differs.
fn matched<T: PartialEq>(rule: Option<T>, asked: Option<T>) -> Option<bool> {
    match rule {
        None => Some(false),
        Some(_) if rule == asked => Some(true),
        Some(_) => None,
    }
}

/// An account for a slot, where the keys fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostingRule {
    pub id: PostingRuleId,
    pub slot: PostingSlot,
    pub keys: PostingKeys,
    pub account_id: AccountId,
    pub version: i64,
}

/// All rules of a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PostingProfile(Vec<PostingRule>);

impl PostingProfile {
    /// A profile without rules.
    pub const NONE: Self = Self(Vec::new());

    pub fn new(rules: Vec<PostingRule>) -> Self {
        Self(rules)
    }

    pub fn rules(&self) -> &[PostingRule] {
        &self.0
    }

    /// The rule that decides: the one with most matching keys, and of several the one whose keys are written first.
    pub fn rule(&self, slot: PostingSlot, keys: &PostingKeys) -> Option<&PostingRule> {
        let fitting = self.0.iter().filter(|rule| rule.slot == slot);
        let fitting = fitting.filter_map(|rule| Some((rule.keys.fit(keys)?, rule)));
        fitting.max_by_key(|(fit, _)| *fit).map(|(_, rule)| rule)
    }

    /// The account of a slot that may have none.
    pub fn find(&self, slot: PostingSlot, keys: &PostingKeys) -> Option<AccountId> {
        self.rule(slot, keys).map(|rule| rule.account_id)
    }

    /// The account of a slot that must have one.
    pub fn resolve(&self, slot: PostingSlot, keys: &PostingKeys) -> Result<AccountId, Violation> {
        self.find(slot, keys).ok_or_else(|| missing(slot, keys))
    }

    /// Whether the rule may be kept beside the others: no two have the same slot and keys, and there are not too many.
    pub fn check(&self, rule: &PostingRule) -> Result<(), Violation> {
        let others = || self.0.iter().filter(|other| other.id != rule.id);
        if let Some(twin) = others().find(|other| other.slot == rule.slot && other.keys == rule.keys) {
            let exists = Violation::new(&POSTING_RULE_EXISTS).at("/slot").with("slot", rule.slot);
            return Err(exists.with_phrase("keys", rule.keys.phrase()).with("rule", twin.id));
        }
        if others().count() >= POSTING_RULES_MAX {
            return Err(Violation::new(&POSTING_RULES_TOO_MANY).with("max", POSTING_RULES_MAX));
        }
        Ok(())
    }

    /// The rules that name an account.
    pub fn naming(&self, account: AccountId) -> impl Iterator<Item = &PostingRule> {
        self.0.iter().filter(move |rule| rule.account_id == account)
    }
}

/// No rule fits.
pub fn missing(slot: PostingSlot, keys: &PostingKeys) -> Violation {
    Violation::new(&POSTING_RULE_MISSING).with("slot", slot).with_phrase("keys", keys.phrase())
}
