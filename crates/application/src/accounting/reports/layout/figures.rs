//! Sums of accounts in slots, and what a layout makes of them.

use std::collections::HashMap;

use domain::accounting::report_layout::Parts;
use domain::ids::{AccountId, DimensionValueId};

use super::EquityMeasure;
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

/// The slot of a bucket's sums, or its first one where they are grouped, and whether they are opening balances.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub slot: usize,
    pub is_opening: bool,
}

/// Opening balance and movement of every account in every slot, debits positive.
pub struct SlotSums {
    by_account: HashMap<AccountId, Vec<(i128, i128)>>,
}

impl SlotSums {
    pub fn collect(movements: &[Movement], slots: &[Slot], places: &[Place]) -> Self {
        let value_slots: HashMap<DimensionValueId, usize> = slots
            .iter()
            .enumerate()
            .filter_map(|(index, slot)| match slot.share {
                Share::Value(id, _) => Some((id, index)),
                Share::Whole | Share::Without => None,
            })
            .collect();
        let without = slots.iter().position(|slot| slot.share == Share::Without);
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
            match movement.group {
                None => {
                    slots_of(place.slot, net);
                    without.into_iter().for_each(|slot| slots_of(slot, net));
                }
                Some(value) => {
                    value_slots.get(&value).into_iter().for_each(|slot| slots_of(*slot, net));
                    without.into_iter().for_each(|slot| slots_of(slot, -net));
                }
            }
        }
        sums
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
