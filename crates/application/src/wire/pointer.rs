//! Where in a request something is, built on the stack and written out only when there is an error to report.

use std::fmt;

/// A JSON pointer (RFC 6901). One that starts with `?` names a query parameter instead, one with `:` a header.
#[derive(Debug, Clone, Copy)]
pub struct Pointer<'a> {
    parent: Option<&'a Pointer<'a>>,
    segment: Segment<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Segment<'a> {
    Root,
    Parameter(&'a str),
    Member(&'a str),
    Index(usize),
}

impl<'a> Pointer<'a> {
    /// The whole document.
    pub const ROOT: Pointer<'static> = Pointer { parent: None, segment: Segment::Root };

    pub const fn parameter(name: &'a str) -> Self {
        Self { parent: None, segment: Segment::Parameter(name) }
    }
    pub const fn member(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), segment: Segment::Member(name) }
    }
    pub const fn index(&'a self, index: usize) -> Self {
        Self { parent: Some(self), segment: Segment::Index(index) }
    }
}

impl fmt::Display for Pointer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.segment {
            Segment::Root => Ok(()),
            Segment::Parameter(name) => write!(f, "?{name}"),
            Segment::Index(index) => write!(f, "/{index}"),
            Segment::Member(name) if name.contains(['~', '/']) => {
                write!(f, "/{}", name.replace('~', "~0").replace('/', "~1"))
            }
            Segment::Member(name) => write!(f, "/{name}"),
        }
    }
}
