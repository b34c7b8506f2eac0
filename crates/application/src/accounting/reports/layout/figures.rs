//! Sums of accounts in slots, and what a layout makes of them.

use std::collections::HashMap;

use domain::accounting::report_layout::Parts;
use domain::ids::{AccountId, DimensionValueId};

use super::EquityMeasure;
use super::budget::Budgeted;
use super::columns::{Share, Slot};
use crate::accounting::ports::reports::{ChartAccount, Movement};

/// An account's balance in pieces, debits positive; also a sum of such pieces with other signs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pieces {
    pub opening: i128,
    /// What income and expense accounts moved.
    pub profit: i128,
    /// What other accounts moved.
    pub movement: i128,
}

impl Pieces {
    pub fn add(&mut self, other: Self, times: i128) {
        self.opening += other.opening * times;
        self.profit += other.profit * times;
        self.movement += other.movement * times;
    }

    /// The piece of a column; all of them where it has no measure of its own.
    pub const fn of(self, measure: Option<EquityMeasure>) -> i128 {
        match measure {
            None | Some(EquityMeasure::Closing) => self.opening + self.profit + self.movement,
            Some(EquityMeasure::Opening) => self.opening,
            Some(EquityMeasure::Profit) => self.profit,
            Some(EquityMeasure::Movement) => self.movement,
        }
    }
}

/// The period of a bucket's sums, and whether they are opening balances.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub period: usize,
    pub is_opening: bool,
}

/// Opening balance and movement of every account in every slot, debits positive.
pub struct SlotSums {
    by_account: HashMap<AccountId, Vec<(i128, i128)>>,
}

impl SlotSums {
    pub fn collect(movements: &[Movement], slots: &[Slot], places: &[Place]) -> Self {
        let mut value_slots: HashMap<(usize, DimensionValueId), usize> = HashMap::new();
        let (mut wholes, mut withouts) = (HashMap::new(), HashMap::new());
        for (index, slot) in slots.iter().enumerate() {
            match slot.share {
                Share::Value(id, _) => drop(value_slots.insert((slot.period, id), index)),
                Share::Whole => drop(wholes.insert(slot.period, index)),
                Share::Without => drop(withouts.insert(slot.period, index)),
                Share::Budget => {}
            }
        }
        let mut sums = Self { by_account: HashMap::new() };
        for movement in movements {
            let Some(place) = places.get(movement.bucket) else { continue };
            let net = i128::from(movement.debit.scaled()) - i128::from(movement.credit.scaled());
            let slots_of = &mut |slot: usize, net: i128| {
                let empty = || vec![(0, 0); slots.len()];
                let all = sums.by_account.entry(movement.account).or_insert_with(empty);
                let Some((opening, moved)) = all.get_mut(slot) else { return };
                *(if place.is_opening { opening } else { moved }) += net;
            };
            // What has no value is what the values leave of the whole.
            let (own, without) = match movement.group {
                None => (wholes.get(&place.period), net),
                Some(value) => (value_slots.get(&(place.period, value)), -net),
            };
            own.into_iter().for_each(|slot| slots_of(*slot, net));
            withouts.get(&place.period).into_iter().for_each(|slot| slots_of(*slot, without));
        }
        sums
    }

    /// Fills the slots of a budget with its amounts, as if they had moved.
    pub fn add_budget(&mut self, budget: &Budgeted, slots: &[Slot]) {
        for (index, slot) in slots.iter().enumerate().filter(|(_, slot)| slot.share == Share::Budget) {
            for (account, amount) in budget.within(slot.span) {
                let all = self.by_account.entry(account).or_insert_with(|| vec![(0, 0); slots.len()]);
                if let Some((_, moved)) = all.get_mut(index) {
                    *moved += amount;
                }
            }
        }
    }

    /// The pieces of an account that are among the parts.
    pub fn pieces(&self, account: &ChartAccount, parts: Parts, slot: usize) -> Pieces {
        let slots = self.by_account.get(&account.id);
        let (opening, moved) = slots.and_then(|slots| slots.get(slot)).copied().unwrap_or_default();
        let moved = if parts.movement { moved } else { 0 };
        let is_balance = account.account_type.is_balance_sheet();
        Pieces {
            opening: if parts.opening { opening } else { 0 },
            profit: if is_balance { 0 } else { moved },
            movement: if is_balance { moved } else { 0 },
        }
    }
}
