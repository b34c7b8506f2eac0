//! E-mail addresses as sign-in names.

use super::INVALID_EMAIL;
use crate::error::Violation;

/// Longest address, in characters (RFC 5321, 4.5.3.1).
pub const EMAIL_LENGTH_MAX: usize = 254;

/// An address in lower case, so that one mailbox is one user.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// ASCII letters, digits and the usual marks before the `@`, a dotted host name after it.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let bad = || {
            let shown: String = text.chars().filter(|c| !c.is_control()).take(EMAIL_LENGTH_MAX).collect();
            Violation::new(&INVALID_EMAIL).with("value", shown)
        };
        let (local, host) = text.rsplit_once('@').ok_or_else(bad)?;
        let good = text.len() <= EMAIL_LENGTH_MAX && is_local_part(local) && is_host(host);
        if good { Ok(Self(text.to_ascii_lowercase())) } else { Err(bad()) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// The part after the `@`.
    pub fn host(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, host)| host)
    }
}

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_local_part(text: &str) -> bool {
    let mark = |c: char| "!#$%&'*+/=?^_`{|}~.-".contains(c);
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || mark(c))
        && !text.starts_with('.')
        && !text.ends_with('.')
        && !text.contains("..")
}

fn is_host(text: &str) -> bool {
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    text.split('.').all(label) && text.contains('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mailbox_is_one_address() {
        let address = EmailAddress::parse("Sara.Ali+books@Example.COM").unwrap();
        assert_eq!(address.as_str(), "sara.ali+books@example.com");
        assert_eq!(address.local_part(), "sara.ali+books");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in [
            "",
            "sara",
            "@example.com",
            "sara@",
            "sara@host",
            "a b@example.com",
            "a..b@example.com",
            "a@-x.com",
        ] {
            assert_eq!(EmailAddress::parse(bad).unwrap_err().def, &INVALID_EMAIL, "{bad}");
        }
        assert!(EmailAddress::parse(&format!("{}@example.com", "a".repeat(EMAIL_LENGTH_MAX))).is_err());
    }
}
