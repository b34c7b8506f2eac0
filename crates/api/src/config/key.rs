//! The definition of a configuration key, beside its value.

use super::placeholder;

/// The kind of values that a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// A text of at least this many bytes.
    Long(usize),
    Path,
    /// `http://host:port`, several separated by `;`.
    Urls,
    Ports,
    Integer {
        min: u64,
        max: u64,
        unit: &'static str,
    },
    /// One of these words, in any case.
    Choice(&'static [&'static str]),
    /// `hh:mm:ss`, `d.hh:mm:ss` or a number of seconds; the limits are seconds.
    Duration {
        min: u64,
        max: u64,
    },
    ConnectionString,
}

/// The effect of a changed value while the server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reload {
    Restart,
    /// The client of the service is rebuilt; requests in progress finish on the old one.
    Rebuild,
    Live,
}

/// Another name a key is accepted under.
#[derive(Debug, Clone, Copy)]
pub struct Alias {
    pub key: &'static str,
    /// Whether use of the key is answered with a warning.
    pub deprecated: bool,
    /// How its value becomes the canonical one; `{}` is the value.
    pub template: Option<&'static str>,
}

/// One key; `*` as its last segment stands for any name or index, `**` for anything below.
#[derive(Debug)]
pub struct KeyDef {
    pub key: &'static str,
    pub kind: Kind,
    pub default: Option<&'static str>,
    /// Default in Development where it differs.
    pub development: Option<&'static str>,
    pub secret: bool,
    pub reload: Reload,
    pub aliases: &'static [Alias],
    pub doc: &'static str,
}

impl KeyDef {
    pub(super) const fn new(key: &'static str, kind: Kind, doc: &'static str) -> Self {
        let (default, development) = (None, None);
        Self { key, kind, default, development, secret: false, reload: Reload::Restart, aliases: &[], doc }
    }
    pub(super) const fn default(mut self, value: &'static str) -> Self {
        self.default = Some(value);
        self
    }
    pub(super) const fn development(mut self, value: &'static str) -> Self {
        self.development = Some(value);
        self
    }
    pub(super) const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }
    pub(super) const fn live(mut self) -> Self {
        self.reload = Reload::Live;
        self
    }
    pub(super) const fn rebuild(mut self) -> Self {
        self.reload = Reload::Rebuild;
        self
    }
    pub(super) const fn aliases(mut self, aliases: &'static [Alias]) -> Self {
        self.aliases = aliases;
        self
    }

    /// The key without its `*`, when it names a group.
    pub fn group(&self) -> Option<&'static str> {
        self.key.strip_suffix(":*")
    }

    /// The key without its `**`, when it names a whole section.
    pub fn section(&self) -> Option<&'static str> {
        self.key.strip_suffix(":**")
    }

    /// Whether `key` is this key, a member of this group or section, or one of the aliases.
    pub fn matches(&self, key: &str) -> bool {
        let below = |parent: &str| {
            let (start, rest) = key.split_at_checked(parent.len())?;
            start
                .eq_ignore_ascii_case(parent)
                .then_some(rest)?
                .strip_prefix(':')
                .filter(|rest| !rest.is_empty())
        };
        let canonical = match (self.section(), self.group()) {
            (Some(section), _) => below(section).is_some(),
            (None, Some(group)) => below(group).is_some_and(|rest| !rest.contains(':')),
            (None, None) => self.key.eq_ignore_ascii_case(key),
        };
        canonical || self.aliases.iter().any(|alias| alias.key.eq_ignore_ascii_case(key))
    }

    /// Whether a value is a marker that some other source should have replaced: `[…]` for any key, and for secrets what
    /// deployment tools write, too.
    pub fn is_placeholder(&self, value: &str) -> bool {
        let typed_members = self.group().is_some() && !self.secret;
        (!typed_members && placeholder::in_brackets(value)) || (self.secret && placeholder::of_a_tool(value))
    }

    pub fn default_in(&self, development: bool) -> Option<&'static str> {
        self.development.filter(|_| development).or(self.default)
    }
}

pub(super) const fn accepted(key: &'static str) -> Alias {
    Alias { key, deprecated: false, template: None }
}
pub(super) const fn old(key: &'static str) -> Alias {
    Alias { key, deprecated: true, template: None }
}
pub(super) const fn integer(min: u64, max: u64, unit: &'static str) -> Kind {
    Kind::Integer { min, max, unit }
}
