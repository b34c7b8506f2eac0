//! Typed identifiers: UUIDs (version 7, made by the `Ids` port) that cannot be mistaken for one another.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text).map(Self)
            }
        }
        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )*};
}

ids! {
    /// One legal entity's books.
    TenantId;
    UserId;
    RoleId;
    RoleAssignmentId;
    InvitationId;
    ApiKeyId;
    RefreshTokenId;
    AccountId;
    JournalId;
    JournalEntryId;
    RecurringEntryId;
    FiscalYearId;
    FiscalPeriodId;
    LockExceptionId;
    DimensionId;
    DimensionValueId;
    /// A stored combination of dimension values (R9); the nil id is the empty combination.
    DimensionSetId;
    DimensionRuleId;
    NumberSeriesId;
    ExchangeRateId;
    JobId;
    /// A file that belongs to a document.
    AttachmentId;
    /// Bytes in the file store.
    BlobId;
    /// One request's effect in the audit log.
    AuditId;
}

impl DimensionSetId {
    /// The combination without any dimension.
    pub const EMPTY: Self = Self(Uuid::nil());

    pub fn is_empty(self) -> bool {
        self.0.is_nil()
    }
}
