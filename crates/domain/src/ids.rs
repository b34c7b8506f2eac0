//! Typed identifiers: UUIDs (version 7, made by the `Ids` port) that cannot be mistaken for one another.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use uuid::Uuid;

/// The id of a `T`, which may be the thing itself or only its name ([`of`]).
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

impl<T> Id<T> {
    pub const fn new(id: Uuid) -> Self {
        Self(id, PhantomData)
    }
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

// Derived, these would ask the same of `T`.
impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = std::any::type_name::<T>();
        write!(f, "{}Id({})", path.rsplit("::").next().unwrap_or(path), self.0)
    }
}
impl<T> FromStr for Id<T> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(text).map(Self::new)
    }
}
impl<T> From<Uuid> for Id<T> {
    fn from(id: Uuid) -> Self {
        Self::new(id)
    }
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident = $of:ident;)*) => {
        $($(#[$meta])* pub type $name = Id<of::$of>;)*

        /// The types that mark ids; they have no values.
        pub mod of {
            $(#[derive(Debug, Clone, PartialEq, Eq)] pub enum $of {})*
        }
    };
}

ids! {
    /// One legal entity's books.
    TenantId = Tenant;
    UserId = User;
    RoleId = Role;
    RoleAssignmentId = RoleAssignment;
    InvitationId = Invitation;
    ApiKeyId = ApiKey;
    RefreshTokenId = RefreshToken;
    AccountId = Account;
    JournalId = Journal;
    JournalEntryId = JournalEntry;
    RecurringEntryId = RecurringEntry;
    FiscalYearId = FiscalYear;
    FiscalPeriodId = FiscalPeriod;
    LockExceptionId = LockException;
    DimensionId = Dimension;
    DimensionValueId = DimensionValue;
    /// A stored combination of dimension values (R9); the nil id is the empty combination.
    DimensionSetId = DimensionSet;
    DimensionRuleId = DimensionRule;
    NumberSeriesId = NumberSeries;
    ExchangeRateId = ExchangeRate;
    JobId = Job;
    /// A file that belongs to a document.
    AttachmentId = Attachment;
    /// Bytes in the file store.
    BlobId = Blob;
    /// One request's effect in the audit log.
    AuditId = Audit;
}

impl Id<of::DimensionSet> {
    /// The combination without any dimension.
    pub const EMPTY: Self = Self::new(Uuid::nil());

    pub fn is_empty(self) -> bool {
        self.0.is_nil()
    }
}
