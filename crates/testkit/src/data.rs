//! Real books that lie beside the checkout, where they are there.

use std::path::PathBuf;

use crate::not_run;

/// The folder of shared data; `None`, said aloud, when this machine does not have it.
pub fn shared(folder: &str) -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(folder);
    if root.is_dir() {
        return Some(root);
    }
    not_run(&format!("the shared data set {folder} is not on this machine"));
    None
}
