//! Sums per account and slot. In 128 bits, so that only what is shown has to fit an amount.

use std::collections::HashMap;

use domain::error::Violation;
use domain::ids::AccountId;
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount};

use crate::accounting::ports::reports::Movement;
use crate::accounting::views::reports::Money;
use crate::error::AppResult;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    pub debit: i128,
    pub credit: i128,
}

impl Sums {
    /// Debit positive.
    pub fn net(self) -> i128 {
        self.debit - self.credit
    }
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { debit: self.debit + other.debit, credit: self.credit + other.credit }
    }
}

/// For each account with postings, one [`Sums`] a slot.
pub struct Figures {
    slots: usize,
    by_account: HashMap<AccountId, Vec<Sums>>,
}

impl Figures {
    /// `slot_of` says where a movement belongs; `None` leaves it out.
    pub fn collect(
        movements: &[Movement],
        slots: usize,
        slot_of: impl Fn(&Movement) -> Option<usize>,
    ) -> Self {
        let mut by_account: HashMap<AccountId, Vec<Sums>> = HashMap::new();
        for movement in movements {
            let Some(slot) = slot_of(movement).filter(|slot| *slot < slots) else { continue };
            let sums = by_account.entry(movement.account).or_insert_with(|| vec![Sums::default(); slots]);
            sums[slot].debit += i128::from(movement.debit.scaled());
            sums[slot].credit += i128::from(movement.credit.scaled());
        }
        Self { slots, by_account }
    }

    pub fn has(&self, account: AccountId) -> bool {
        self.by_account.contains_key(&account)
    }

    pub fn get(&self, account: AccountId, slot: usize) -> Sums {
        self.by_account.get(&account).and_then(|sums| sums.get(slot)).copied().unwrap_or_default()
    }

    pub fn net(&self, account: AccountId, slot: usize) -> i128 {
        self.get(account, slot).net()
    }

    pub fn slots(&self) -> usize {
        self.slots
    }

    pub fn accounts(&self) -> impl Iterator<Item = AccountId> + '_ {
        self.by_account.keys().copied()
    }
}

/// How amounts of one report are shown.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    pub scale: u8,
}

impl Shown {
    pub fn money(self, scaled: i128) -> AppResult<Money> {
        let scaled = i64::try_from(scaled).map_err(|_| Violation::new(&AMOUNT_OUT_OF_RANGE))?;
        Ok(Money { amount: Amount::from_scaled(scaled), scale: self.scale })
    }

    pub fn all(self, scaled: &[i128]) -> AppResult<Vec<Money>> {
        scaled.iter().map(|value| self.money(*value)).collect()
    }

    /// A signed balance as two columns, debit and credit.
    pub fn sides(self, net: i128) -> AppResult<(Money, Money)> {
        Ok((self.money(net.max(0))?, self.money((-net).max(0))?))
    }
}
