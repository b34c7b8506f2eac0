//! Permissions, and those that somebody holds.

use std::collections::BTreeSet;

/// A permission with a description of what it allows.
#[derive(Debug, Clone, Copy)]
pub struct PermissionSpec {
    /// `<module>.<resource>.<action>`.
    pub name: &'static str,
    pub en: &'static str,
    pub ar: &'static str,
}

/// The permissions of one user in one tenant; `*` at the end of a grant stands for everything below.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PermissionSet {
    exact: BTreeSet<String>,
    /// Prefixes with their final dot: `accounting.`; the empty prefix is everything.
    prefixes: Vec<String>,
}

impl PermissionSet {
    pub fn all() -> Self {
        Self { exact: BTreeSet::new(), prefixes: vec![String::new()] }
    }

    pub fn from_grants<S: AsRef<str>>(grants: impl IntoIterator<Item = S>) -> Self {
        let mut set = Self::default();
        for grant in grants {
            let grant = grant.as_ref();
            match grant.strip_suffix('*') {
                Some(prefix) => set.prefixes.push(prefix.to_owned()),
                None => {
                    set.exact.insert(grant.to_owned());
                }
            }
        }
        set
    }

    pub fn allows(&self, permission: &str) -> bool {
        self.exact.contains(permission)
            || self.prefixes.iter().any(|prefix| permission.starts_with(prefix.as_str()))
    }

    /// The grants as stored, for `/me`.
    pub fn grants(&self) -> Vec<String> {
        self.exact.iter().cloned().chain(self.prefixes.iter().map(|p| format!("{p}*"))).collect()
    }

    /// A text that is equal for equal rights, so that cached answers are found only by readers with the same rights (F6).
    pub fn scope(&self) -> String {
        let mut grants = self.grants();
        grants.sort_unstable();
        grants.dedup();
        grants.join(",")
    }

    /// The rights that both allow: those of an API key are the scopes that its owner still has.
    pub fn intersect(&self, other: &Self) -> Self {
        let mut both = Self::default();
        both.exact.extend(self.exact.iter().filter(|p| other.allows(p)).cloned());
        both.exact.extend(other.exact.iter().filter(|p| self.allows(p)).cloned());
        for (a, b) in [(self, other), (other, self)] {
            let covered = |prefix: &String| b.prefixes.iter().any(|p| prefix.starts_with(p.as_str()));
            both.prefixes.extend(a.prefixes.iter().filter(|p| covered(p)).cloned());
        }
        both.prefixes.sort();
        both.prefixes.dedup();
        both
    }
}
