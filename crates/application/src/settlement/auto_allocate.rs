//! `POST /allocations/auto`: payments are matched with debts by a rule.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::account::ControlKind;
use domain::accounting::journal_entry::PARTY_LENGTH_MAX;
use domain::error::Violation;
use domain::ids::AccountId;
use domain::money::{Amount, Currency, CurrencyCode};
use domain::settlement::allocation::{AllocationKind, Pair};
use domain::settlement::matching::{Candidate, MatchingRule, matches};
use domain::settlement::open_item::OpenItem;
use domain::settlement::tolerance::PaymentTolerances;

use super::adjust::ADJUSTMENTS_MAX;
use super::ports::FoundItem;
use super::settle::{PAIRS_MAX, Settling};
use super::views::AllocationBatchView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{List, RequiredText};
use crate::{request, word_type};

/// Most parties of one request.
pub const PARTIES_MAX: usize = 1_000;
/// Most items of one party that are looked at; those that fall due first.
pub const PARTY_ITEMS_MAX: usize = 10_000;
/// Items that are read at once. More than one party may have, so that each reading is the last of at least one.
const ITEMS_AT_ONCE_MAX: i64 = 20_000;

domain::choices! {
    /// The two sides of what is owed.
    pub enum SettledControl {
        Receivable = "receivable",
        Payable = "payable",
    }
}

impl SettledControl {
    pub const fn control(self) -> ControlKind {
        match self {
            Self::Receivable => ControlKind::Receivable,
            Self::Payable => ControlKind::Payable,
        }
    }
}

word_type!(SettledControl, "settledControl");
word_type!(MatchingRule, "matchingRule");

request! {
    /// Payments that are to be matched with debts.
    pub struct AutoAllocate as AutoAllocateBody {
        /// Receivables are settled by credit items, payables by debit items.
        control: SettledControl = "receivable",
        /// `reference` matches payments whose texts name the number or reference of a debt; `exact` those that are the sum of
        /// one debt, or of a combination of at most six that is the only one with that sum; `oldest_due` settles the oldest
        /// debts first.
        rule: MatchingRule = "reference",
        /// The codes of the parties. By default the first 1,000 parties with open items.
        parties: Option<List<RequiredText<PARTY_LENGTH_MAX>, PARTIES_MAX>>,
        /// The day of the allocations; today by default. Items of later days are left out.
        date: Option<NaiveDate>,
        /// Whether the rest that a payment leaves of a debt, or of itself, is written off within `paymentTolerances` of the company
        /// profile. With `exact` a payment then also settles the only debt from which it differs by no more. Not for `oldest_due`,
        /// where a rest says nothing.
        write_off_differences: bool => false,
    }
}

domain::errors! {
    AUTO_DIFFERENCE_RULE = "auto_difference_rule", Rule, User,
        "Differences are written off with the rules reference and exact, and not with oldest_due.",
        "تُشطب الفروق مع القاعدتين reference وexact، لا مع oldest_due.";
}

#[async_trait]
impl Command for AutoAllocate {
    const NAME: &'static str = "auto_allocate";
    const ACCESS: Access = Access::Permission("settlement.allocation.create");
    type Output = AllocationBatchView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<AllocationBatchView>> {
        if self.write_off_differences && self.rule == MatchingRule::OldestDue {
            return Err(Violation::new(&AUTO_DIFFERENCE_RULE).at("/writeOffDifferences").into());
        }
        let date = self.date.unwrap_or_else(|| ctx.today(uow.now()));
        let control = self.control.control();
        let parties = match &self.parties {
            Some(parties) => parties.0.iter().map(|party| party.to_string()).collect(),
            None => {
                let max = i64::try_from(PARTIES_MAX).unwrap_or(i64::MAX);
                uow.open_items().parties_with_items(control, "", max).await?.into_iter().collect()
            }
        };
        let pairs = self.pairs(uow, parties, date).await?;
        Ok(Done::new(Settling::new(AllocationKind::Payment, date, pairs).run(ctx, uow).await?))
    }
}

impl AutoAllocate {
    /// Matches what the parties have open, in the order of their codes, until there are as many pairs as one request settles.
    /// Parties are read together: what is asked grows with the items, and not with the parties.
    async fn pairs(
        &self,
        uow: &mut dyn UnitOfWork,
        mut parties: BTreeSet<String>,
        date: NaiveDate,
    ) -> AppResult<Vec<Pair>> {
        let control = self.control.control();
        let tolerances = self.tolerances(uow).await?;
        let mut pairs = Vec::new();
        loop {
            let found = uow.open_items().unsettled_items(control, &parties, date, ITEMS_AT_ONCE_MAX).await?;
            let is_all = found.len() < usize::try_from(ITEMS_AT_ONCE_MAX).unwrap_or(usize::MAX);
            // The last one of several may go on behind what was read, and is read again.
            let last = found.last().filter(|_| !is_all).map(|found| found.item.party.clone());
            let mut of_parties: BTreeMap<String, Vec<FoundItem>> = BTreeMap::new();
            for found in found {
                of_parties.entry(found.item.party.clone()).or_default().push(found);
            }
            if let Some(last) = last.filter(|_| of_parties.len() > 1) {
                of_parties.remove(&last);
            }
            for (party, mut items) in of_parties {
                parties.remove(&party);
                items.truncate(PARTY_ITEMS_MAX);
                pairs.extend(self.pairs_of(items, &tolerances));
            }
            if is_all || pairs.len() >= PAIRS_MAX {
                break;
            }
        }
        pairs.truncate(PAIRS_MAX);
        // Takes as many differences as one request writes off.
        for pair in pairs.iter_mut().filter(|pair| pair.write_off_difference).skip(ADJUSTMENTS_MAX) {
            pair.write_off_difference = false;
        }
        Ok(pairs)
    }

    async fn tolerances(&self, uow: &mut dyn UnitOfWork) -> AppResult<Tolerances> {
        if !self.write_off_differences {
            return Ok(Tolerances { allowed: PaymentTolerances::default(), currencies: HashMap::new() });
        }
        let allowed = uow.company().profile().await?.payment_tolerances.clone();
        let codes = allowed.all().iter().map(|one| one.currency).collect();
        let known = uow.ledger().currencies(&codes).await?;
        let currencies = known.into_iter().map(|(currency, _)| (currency.code, currency)).collect();
        Ok(Tolerances { allowed, currencies })
    }

    /// Matches what one party has open, account by account and currency by currency.
    fn pairs_of(&self, items: Vec<FoundItem>, tolerances: &Tolerances) -> Vec<Pair> {
        let mut groups: BTreeMap<(AccountId, CurrencyCode), (Vec<Candidate>, Vec<Candidate>)> =
            BTreeMap::new();
        let debts_are_debits = self.control == SettledControl::Receivable;
        for found in items {
            let (debts, payments) = groups.entry((found.item.account, found.item.currency)).or_default();
            let side = if found.item.is_debit() == debts_are_debits { debts } else { payments };
            side.push(candidate(found));
        }
        let mut pairs = Vec::new();
        for (debts, payments) in groups.into_values() {
            let limit = |item: &OpenItem| tolerances.limit(item);
            for found in matches(self.rule, &debts, &payments, &limit) {
                let (debt, payment) = (debts[found.debt].item.id, payments[found.payment].item.id);
                let (debit, credit) = if debts_are_debits { (debt, payment) } else { (payment, debt) };
                let write_off_difference = found.write_off_difference;
                pairs.push(Pair { write_off_difference, ..Pair::new(debit, credit).of(found.amount) });
            }
        }
        pairs
    }
}

/// The differences that may be written off.
struct Tolerances {
    allowed: PaymentTolerances,
    currencies: HashMap<CurrencyCode, Currency>,
}

impl Tolerances {
    fn limit(&self, item: &OpenItem) -> Amount {
        let currency = self.currencies.get(&item.currency);
        currency.map_or(Amount::ZERO, |currency| self.allowed.limit(*currency, item.amount))
    }
}

fn candidate(found: FoundItem) -> Candidate {
    let FoundItem { item, number, references, descriptions, .. } = found;
    let names = std::iter::once(number).chain(references.iter().cloned()).collect();
    Candidate { item, names, texts: references.into_iter().chain(descriptions).collect() }
}
