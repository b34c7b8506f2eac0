//! The cached entities, each with its class of life and the changes that make it stale (F9).

/// The group of cached rights: who may enter, and what their roles and keys allow.
pub const ACCESS_ENTITY: &str = "access";

/// How long a value lives when nothing makes it stale before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CachePolicy {
    /// Accounts, journals, settings: 300 s unless configured.
    Reference,
    /// Balances, reports, permissions: 60 s unless configured.
    Transactional,
}

impl CachePolicy {
    pub const ALL: [Self; 2] = [Self::Reference, Self::Transactional];

    pub fn name(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Transactional => "transactional",
        }
    }
}

struct Row {
    module: &'static str,
    name: &'static str,
    policy: CachePolicy,
    stale_by: &'static [&'static str],
}

/// One line for each: module and name in keys, class, and the changed entities that make the whole group stale.
macro_rules! cached_entities {
    ($($variant:ident: $module:literal, $name:literal, $policy:ident, [$($stale_by:expr),*];)*) => {
        /// A group of cached values of a tenant that become stale together.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum CachedEntity {
            $($variant,)*
        }

        impl CachedEntity {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            fn row(self) -> &'static Row {
                match self {
                    $(Self::$variant => &Row {
                        module: $module,
                        name: $name,
                        policy: CachePolicy::$policy,
                        stale_by: &[$($stale_by),*],
                    },)*
                }
            }
        }
    };
}

cached_entities! {
    Access: "platform", "access", Transactional, [ACCESS_ENTITY];
    Account: "accounting", "account", Reference, ["account"];
    CompanyProfile: "company", "company_profile", Reference, ["company_profile", "tenant"];
    Currency: "accounting", "currency", Reference, ["currency"];
    Dimension: "accounting", "dimension", Reference, ["dimension", "dimension_value"];
    FiscalPeriod: "accounting", "fiscal_period", Reference, ["fiscal_period", "fiscal_year"];
    FiscalYear: "accounting", "fiscal_year", Reference, ["fiscal_year", "fiscal_period"];
    Journal: "accounting", "journal", Reference, ["journal", "number_series"];
    LedgerSettings: "accounting", "ledger_settings", Reference, ["ledger_settings", "tenant"];
    NumberSeries: "accounting", "number_series", Reference, ["number_series"];
    Report: "accounting", "report", Transactional, [
        "journal_entry", "account", "currency", "dimension", "dimension_value", "fiscal_period", "fiscal_year",
        "ledger_settings", "tenant", "allocation", "line_match", "report_layout",
        "budget", "exchange_rate"
    ];
    Setting: "platform", "setting", Reference, ["setting", "tenant"];
    TaxCode: "tax", "tax_code", Reference, ["tax_code"];
}

impl CachedEntity {
    pub const COUNT: usize = Self::ALL.len();

    /// First part of its keys after the tenant.
    pub fn module(self) -> &'static str {
        self.row().module
    }
    /// Second part of its keys after the tenant.
    pub fn name(self) -> &'static str {
        self.row().name
    }
    pub fn policy(self) -> CachePolicy {
        self.row().policy
    }
    /// Entities of changes that make it stale.
    pub fn stale_by(self) -> &'static [&'static str] {
        self.row().stale_by
    }
    /// Which groups changes of these entities make stale.
    pub fn touched_by<S: AsRef<str>>(entities: &[S]) -> Vec<Self> {
        let touched =
            |group: &Self| entities.iter().any(|entity| group.stale_by().contains(&entity.as_ref()));
        Self::ALL.iter().copied().filter(touched).collect()
    }
    /// Every entity whose changes make something stale.
    pub fn all_changes() -> Vec<&'static str> {
        let mut all: Vec<_> = Self::ALL.iter().flat_map(|group| group.stale_by()).copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: F9.
    #[test]
    fn every_cached_entity_is_classified_and_goes_stale() {
        let mut names = Vec::new();
        for group in CachedEntity::ALL {
            assert!(!group.stale_by().is_empty(), "{group:?} would live until its time is over");
            assert!(!["user", "config", "generation", "lock"].contains(&group.module()), "{group:?}");
            names.push((group.module(), group.name()));
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    /// Proves: F7, F9, X55.
    #[test]
    fn a_change_touches_what_depends_on_it() {
        let touched = CachedEntity::touched_by(&["account"]);
        assert_eq!(touched, [CachedEntity::Account, CachedEntity::Report]);
        assert_eq!(CachedEntity::touched_by(&["exchange_rate"]), [CachedEntity::Report]);
        assert!(CachedEntity::touched_by(&["attachment"]).is_empty());
        assert_eq!(CachedEntity::Access.policy(), CachePolicy::Transactional);
    }
}
