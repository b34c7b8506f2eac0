//! The accounts that lines and charges name themselves: none whose balance is that of a sub-ledger (R31, R36).

use std::collections::HashMap;

use domain::accounting::account::{AccountFacts, ControlKind};
use domain::accounting::posting_rule::{PostingProfile, PostingSlot};
use domain::documents::document_type::TradeSide;
use domain::error::{Phrase, Violation};
use domain::ids::AccountId;

use crate::documents::error::LINE_ACCOUNT_UNFIT;

/// The accounts of these slots move with receipts, payments and withheld tax only.
const OF_OTHER_DOCUMENTS: [PostingSlot; 5] = [
    PostingSlot::Cash,
    PostingSlot::Bank,
    PostingSlot::CardClearing,
    PostingSlot::ChequeClearing,
    PostingSlot::WithholdingTax,
];

/// The accounts that lines and charges name, by their ids.
#[derive(Debug, Default)]
pub struct NamedAccounts(HashMap<AccountId, AccountFacts>);

impl NamedAccounts {
    pub fn new(accounts: impl Iterator<Item = AccountFacts>) -> Self {
        Self(accounts.map(|facts| (facts.id, facts)).collect())
    }

    /// Refuses an account that no line of a document moves. Whether it takes postings at all is asked when it gets one.
    pub fn check(&self, id: AccountId, side: TradeSide, profile: &PostingProfile) -> Result<(), Violation> {
        let Some((facts, reason)) =
            self.0.get(&id).and_then(|facts| Some((facts, objection(facts, side, profile)?)))
        else {
            return Ok(());
        };
        let unfit = Violation::new(&LINE_ACCOUNT_UNFIT).with("account", &facts.code);
        Err(unfit.with_phrase("reason", reason))
    }
}

fn objection(facts: &AccountFacts, side: TradeSide, profile: &PostingProfile) -> Option<Phrase> {
    let control = facts.control;
    // No sub-ledger of stock stands behind an inventory account, so bills of goods are posted to it.
    let buys_goods = control == ControlKind::Inventory && side == TradeSide::Purchase;
    if control != ControlKind::None && !buys_goods {
        return Some(Phrase::made(
            format!("its control kind is {control}, so documents move it by themselves"),
            format!("نوع الرقابة عليه {control}، فتحركه المستندات من تلقاء نفسها"),
        ));
    }
    let slot = profile.naming(facts.id).find(|rule| OF_OTHER_DOCUMENTS.contains(&rule.slot))?.slot;
    Some(Phrase::made(
        format!("it is the account of the posting rule {slot}, which other documents move"),
        format!("هو حساب قاعدة الترحيل {slot}، وتحركه مستندات أخرى"),
    ))
}
