//! The OpenAPI document as a whole.

use application::authorize::Access;
use application::platform::permissions::PERMISSIONS;
use erp_api::bootstrap::api_operations;
use erp_api::catalogue::error_catalogue;

/// Proves: A3.
#[test]
fn the_registry_has_no_faults() {
    let faults = api_operations().faults();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_permission_is_in_the_catalogue() {
    let operations = api_operations();
    let unknown: Vec<_> = operations
        .iter()
        .filter_map(|operation| match operation.who() {
            Some(Access::Permission(name)) if PERMISSIONS.iter().all(|known| known.name != name) => {
                Some(format!("{}: {name}", operation.operation_id()))
            }
            _ => None,
        })
        .collect();
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}

#[test]
fn error_codes_are_unique_and_bilingual() {
    let mut codes: Vec<_> = error_catalogue().into_iter().map(|def| def.code).collect();
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count);
    for def in error_catalogue() {
        assert!(
            def.ar.chars().any(|c| ('\u{0600}'..'\u{0700}').contains(&c)),
            "{} has no Arabic text",
            def.code
        );
    }
}
