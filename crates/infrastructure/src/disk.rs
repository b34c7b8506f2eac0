//! How much room a file system has.

use std::path::Path;

/// The space of a disk in bytes; `free` is the part that this process may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    pub free: u64,
    pub total: u64,
}

/// The room where `path` is; `None` where the system does not say.
#[cfg(unix)]
pub fn space(path: &Path) -> Option<Space> {
    let seen = rustix::fs::statvfs(path).ok()?;
    Some(Space {
        free: seen.f_bavail.saturating_mul(seen.f_frsize),
        total: seen.f_blocks.saturating_mul(seen.f_frsize),
    })
}

#[cfg(not(unix))]
pub fn space(_: &Path) -> Option<Space> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_file_system_says_how_much_room_it_has() {
        let seen = space(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert!(seen.total > 1 << 20 && seen.free <= seen.total, "{seen:?}");
        assert_eq!(space(Path::new("/no/such/folder")), None);
    }
}
