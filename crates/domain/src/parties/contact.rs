//! People to talk to at a party.

use crate::platform::EmailAddress;

/// Most contacts of a party.
pub const CONTACTS_MAX: usize = 20;
/// Longest role of a contact, in characters.
pub const CONTACT_ROLE_LENGTH_MAX: usize = 100;
/// Longest telephone number, in characters.
pub const PHONE_LENGTH_MAX: usize = 30;

/// A person to talk to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub name: String,
    /// The person's role in the company, as free text.
    pub role: Option<String>,
    pub email: Option<EmailAddress>,
    pub phone: Option<String>,
}
