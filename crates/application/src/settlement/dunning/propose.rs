//! Proposals: the customers to remind, and the items of each.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount, CurrencyCode};
use domain::parties::dunning_profile::{DunningProfile, DunningProfileId};
use domain::parties::party::PartyId;
use domain::settlement::dunning::{DUNNING_ITEMS_MAX, DUNNING_NOTICES_MAX};

use super::ports::{OverdueItem, OverdueQuery};
use crate::error::{AppError, AppResult};
use crate::master_data::Records;
use crate::unit_of_work::UnitOfWork;

/// The proposed reminder of a customer in one currency.
pub(super) struct Proposal<'a> {
    pub(super) party: PartyId,
    pub(super) party_code: String,
    pub(super) profile: &'a DunningProfile,
    pub(super) currency: CurrencyCode,
    /// Each with the level that it has reached now.
    pub(super) items: Vec<(OverdueItem, u32)>,
    pub(super) amount: Amount,
    pub(super) unallocated: Amount,
}

/// Profiles by their ids, each read once.
#[derive(Default)]
pub(super) struct Profiles(HashMap<DunningProfileId, DunningProfile>);

impl Profiles {
    pub(super) async fn learn(
        &mut self,
        uow: &mut dyn UnitOfWork,
        ids: impl Iterator<Item = DunningProfileId>,
    ) -> AppResult<()> {
        for id in ids.collect::<BTreeSet<_>>() {
            if !self.0.contains_key(&id)
                && let Some(found) = Records::<DunningProfile>::find(uow, id).await?
            {
                self.0.insert(id, found.value);
            }
        }
        Ok(())
    }

    pub(super) fn get(&self, id: DunningProfileId) -> Option<&DunningProfile> {
        self.0.get(&id)
    }
}

/// Overdue items that have reached a level which they had not reached before, as far as one run has notices for them.
pub(super) struct Found {
    /// The items in the order of parties and currencies.
    pub(super) items: Vec<(OverdueItem, DunningProfileId, u32)>,
    pub(super) has_more: bool,
}

/// Reads overdue items customer by customer until a run is full. `usual` is the profile of customers without one.
pub(super) async fn find(
    uow: &mut dyn UnitOfWork,
    date: NaiveDate,
    usual: Option<DunningProfileId>,
    parties: Option<BTreeSet<String>>,
    profiles: &mut Profiles,
) -> AppResult<Found> {
    let max = i64::try_from(DUNNING_ITEMS_MAX).unwrap_or(i64::MAX);
    let without_profile = usual.is_some();
    let mut query = OverdueQuery { date, without_profile, parties, after: String::new(), max };
    let mut found = Found { items: Vec::new(), has_more: false };
    let mut notices = 0;
    loop {
        let mut page = uow.dunning().overdue_items(&query).await?;
        let full = page.len() >= DUNNING_ITEMS_MAX;
        let last = page.last().map(|item| item.party_code.clone());
        // The last customer of a full page may have more items, so it begins the next page.
        if full && page.first().map(|item| &item.party_code) != last.as_ref() {
            page.retain(|item| Some(&item.party_code) != last.as_ref());
        }
        let Some(read) = page.last().map(|item| item.party_code.clone()) else { return Ok(found) };
        let named = page.iter().filter_map(|item| item.profile.or(usual));
        profiles.learn(uow, named).await?;
        for of_party in page.chunk_by(|a, b| a.party_code == b.party_code) {
            let reached = |item: &OverdueItem| {
                let profile = profiles.get(item.profile.or(usual)?)?;
                let level = profile.levels.reached(item.due_date, date)?;
                (level > item.reached).then(|| (item.clone(), profile.id, level))
            };
            let reached: Vec<_> = of_party.iter().filter_map(reached).collect();
            let count = reached.chunk_by(|a, b| a.0.currency == b.0.currency).count();
            let fits = notices + count <= DUNNING_NOTICES_MAX
                && found.items.len() + reached.len() <= DUNNING_ITEMS_MAX;
            if !fits {
                found.has_more = true;
                return Ok(found);
            }
            notices += count;
            found.items.extend(reached);
        }
        if !full {
            return Ok(found);
        }
        query.after = read;
    }
}

/// A proposal for each customer and currency, unless what is not allocated covers all of it.
pub(super) async fn proposals<'a>(
    uow: &mut dyn UnitOfWork,
    date: NaiveDate,
    items: Vec<(OverdueItem, DunningProfileId, u32)>,
    profiles: &'a Profiles,
) -> AppResult<Vec<Proposal<'a>>> {
    let parties = items.iter().map(|(item, ..)| item.party_code.clone()).collect();
    let credits = Credits::read(uow, &parties, date).await?;
    let mut proposals: Vec<Proposal<'a>> = Vec::new();
    for (item, profile, level) in items {
        let Some(profile) = profiles.get(profile) else { continue };
        let same = |last: &&mut Proposal<'_>| last.party == item.party && last.currency == item.currency;
        if let Some(last) = proposals.last_mut().filter(same) {
            last.items.push((item, level));
            continue;
        }
        proposals.push(Proposal {
            party: item.party,
            party_code: item.party_code.clone(),
            profile,
            currency: item.currency,
            unallocated: credits.of(&item.party_code, item.currency),
            amount: Amount::ZERO,
            items: vec![(item, level)],
        });
    }
    for proposal in &mut proposals {
        let sum = Amount::sum(proposal.items.iter().map(|(item, _)| item.open_amount));
        proposal.amount = sum.ok_or_else(|| AppError::of(&AMOUNT_OUT_OF_RANGE))?;
    }
    proposals.retain(|proposal| proposal.unallocated < proposal.amount);
    Ok(proposals)
}

/// The open credits of customers.
pub(super) struct Credits(HashMap<(String, CurrencyCode), Amount>);

impl Credits {
    pub(super) async fn read(
        uow: &mut dyn UnitOfWork,
        parties: &BTreeSet<String>,
        date: NaiveDate,
    ) -> AppResult<Self> {
        let read = uow.dunning().unallocated_credits(parties, date).await?;
        Ok(Self(read.into_iter().map(|(party, currency, amount)| ((party, currency), amount)).collect()))
    }

    pub(super) fn of(&self, party: &str, currency: CurrencyCode) -> Amount {
        self.0.get(&(party.to_owned(), currency)).copied().unwrap_or_default()
    }
}
