//! A part of the callers: named ones, groups, and a share of the rest that stays the same from question to question.

use sha2::{Digest, Sha256};

use super::Caller;

/// From 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Percentage(f64);

impl Percentage {
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=100.0).contains(&value).then_some(Self(value))
    }
    pub const fn value(self) -> f64 {
        self.0
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct GroupRollout {
    pub name: String,
    pub percentage: Percentage,
}

/// Exclusion beats everything; then users, groups and the rest, in this order.
#[derive(Debug, Clone, PartialEq)]
pub struct Audience {
    pub users: Vec<String>,
    pub groups: Vec<GroupRollout>,
    pub default: Percentage,
    pub excluded_users: Vec<String>,
    pub excluded_groups: Vec<String>,
}

impl Audience {
    /// Whether the caller belongs to the audience of the flag `hint`.
    pub fn has(&self, caller: &Caller, hint: &str) -> bool {
        let is_user = |users: &[String]| caller.user.as_ref().is_some_and(|user| users.contains(user));
        if is_user(&self.excluded_users)
            || caller.groups.iter().any(|group| self.excluded_groups.contains(group))
        {
            return false;
        }
        if is_user(&self.users) {
            return true;
        }
        let user = caller.user.as_deref().unwrap_or_default();
        let in_group = caller.groups.iter().any(|group| {
            let rollout = self.groups.iter().find(|rollout| rollout.name == *group);
            rollout.is_some_and(|rollout| {
                within(share(&format!("{user}\n{hint}\n{group}")), 0.0, rollout.percentage.value())
            })
        });
        in_group || within(share(&format!("{user}\n{hint}")), 0.0, self.default.value())
    }
}

/// Where a text falls between 0 and 100: the first four bytes of its SHA-256, least significant first.
pub fn share(text: &str) -> f64 {
    let hash = Sha256::digest(text.as_bytes());
    let first = u32::from_le_bytes([hash[0], hash[1], hash[2], hash[3]]);
    f64::from(first) / f64::from(u32::MAX) * 100.0
}

/// The upper bound belongs to the next range, except at the very end.
pub(super) fn within(share: f64, from: f64, to: f64) -> bool {
    share >= from && (share < to || to >= 100.0)
}
