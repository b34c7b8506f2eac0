//! The hash chain of a tenant's audit log: whoever changes or removes a row breaks every hash after it.
//!
//! `hash(n) = SHA-256(hash(n-1) || canonical bytes of row n)`, from 32 zero bytes. A row's position is that of its event in
//! the change feed, and row and event share their id. The bytes are also described, for those who recompute them, in
//! `docs/INTEGRITY.md`; integers, texts, ids, moments and optional values are written as in the ledger's chain.
//!
//! 1. the text `audit-entry`, the version (u8)
//! 2. tenant id, position (i64), id of the row
//! 3. moment of recording, kind of the actor (text), optional id of the actor, optional id of the user
//! 4. action (text), entity (text), id of the entity
//! 5. optional document before, optional document after: each as canonical JSON (text)
//! 6. request id (text)

use domain::ids::{AuditId, TenantId, UserId};
use domain::time::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The predecessor's hash of the first row of a chain.
pub const GENESIS: [u8; 32] = [0; 32];
/// Which bytes a row's hash is made of.
pub const VERSION: u8 = 1;

const MARK: &str = "audit-entry";

/// The end of a tenant's chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditHead {
    /// The position of the last row, which is also the feed's last position.
    pub position: i64,
    pub hash: [u8; 32],
}

/// One row of the audit log as it is hashed.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditRow<'a> {
    pub tenant: TenantId,
    pub position: i64,
    pub id: AuditId,
    pub recorded_at: Timestamp,
    pub actor_kind: &'a str,
    pub actor_id: Option<Uuid>,
    pub user_id: Option<UserId>,
    pub action: &'a str,
    pub entity: &'a str,
    pub entity_id: Uuid,
    pub before: Option<&'a Value>,
    pub after: Option<&'a Value>,
    pub request_id: &'a str,
}

impl AuditRow<'_> {
    /// The hash of the row after one with hash `previous`.
    pub fn hash(&self, previous: &[u8; 32]) -> [u8; 32] {
        let mut sha = Sha256::new();
        sha.update(previous);
        sha.update(self.canonical());
        sha.finalize().into()
    }

    fn canonical(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(1_024);
        text(&mut bytes, MARK);
        bytes.push(VERSION);
        bytes.extend(self.tenant.uuid().as_bytes());
        bytes.extend(self.position.to_be_bytes());
        bytes.extend(self.id.uuid().as_bytes());
        bytes.extend(self.recorded_at.micros().to_be_bytes());
        text(&mut bytes, self.actor_kind);
        optional(&mut bytes, self.actor_id, |bytes, id| bytes.extend(id.as_bytes()));
        optional(&mut bytes, self.user_id, |bytes, id| bytes.extend(id.uuid().as_bytes()));
        text(&mut bytes, self.action);
        text(&mut bytes, self.entity);
        bytes.extend(self.entity_id.as_bytes());
        optional(&mut bytes, self.before, document);
        optional(&mut bytes, self.after, document);
        text(&mut bytes, self.request_id);
        bytes
    }
}

fn optional<T>(bytes: &mut Vec<u8>, value: Option<T>, write: impl FnOnce(&mut Vec<u8>, T)) {
    bytes.push(u8::from(value.is_some()));
    if let Some(value) = value {
        write(bytes, value);
    }
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    length(bytes, text.len());
    bytes.extend(text.as_bytes());
}

fn length(bytes: &mut Vec<u8>, length: usize) {
    bytes.extend(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
}

fn document(bytes: &mut Vec<u8>, value: &Value) {
    let at = bytes.len();
    length(bytes, 0);
    canonical_json(value, bytes);
    let written = u32::try_from(bytes.len() - at - size_of::<u32>()).unwrap_or(u32::MAX);
    bytes[at..at + size_of::<u32>()].copy_from_slice(&written.to_be_bytes());
}

/// JSON without white space, the members of each object in the order of the bytes of their names. An engine may keep a
/// document in another order and with other spaces than it was given in; its canonical form stays the same.
fn canonical_json(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Array(items) => {
            out.push(b'[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                canonical_json(item, out);
            }
            out.push(b']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            out.push(b'{');
            for (n, (name, value)) in members.into_iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                scalar(name, out);
                out.push(b':');
                canonical_json(value, out);
            }
            out.push(b'}');
        }
        other => scalar(other, out),
    }
}

/// Writing to memory fails for nothing that is a scalar.
fn scalar<T: serde::Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) {
    let _ = serde_json::to_writer(out, value);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row<'a>(before: Option<&'a Value>, after: Option<&'a Value>) -> AuditRow<'a> {
        AuditRow {
            tenant: TenantId::new(Uuid::from_u128(1)),
            position: 7,
            id: AuditId::new(Uuid::from_u128(2)),
            recorded_at: Timestamp::from_micros(1_700_000_000_000_000),
            actor_kind: "user",
            actor_id: Some(Uuid::from_u128(3)),
            user_id: Some(UserId::new(Uuid::from_u128(3))),
            action: "updated",
            entity: "lock",
            entity_id: Uuid::from_u128(1),
            before,
            after,
            request_id: "req-1",
        }
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The format is a promise to logs that exist. The expected value was computed outside this program from the
    /// format's description.
    #[test]
    fn the_format_is_fixed() {
        let before = json!({ "version": 1, "kind": "hard", "lockedThrough": null });
        let after =
            json!({ "kind": "hard", "lockedThrough": "2026-03-31", "version": 2, "note": "قفل \"نهائي\"\n" });
        let hash = row(Some(&before), Some(&after)).hash(&GENESIS);
        assert_eq!(hex(&hash), "8d884bf8c11ba6a092f1bddc6d3ba625c7451ee724f82fb358852d8d4253d8ab");
    }

    #[test]
    fn the_order_and_the_spaces_of_a_document_do_not_count_but_its_content_does() {
        let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let one = parse(r#"{"b":{"y":[1,2],"x":null},"a":"é"}"#);
        let other = parse(r#"{ "a": "\u00e9", "b": { "x": null, "y": [ 1, 2 ] } }"#);
        assert_eq!(row(None, Some(&one)).hash(&GENESIS), row(None, Some(&other)).hash(&GENESIS));
        let swapped = parse(r#"{"a":"é","b":{"x":null,"y":[2,1]}}"#);
        assert_ne!(row(None, Some(&one)).hash(&GENESIS), row(None, Some(&swapped)).hash(&GENESIS));
    }

    #[test]
    fn a_change_of_any_field_changes_the_hash() {
        let (a, b) = (json!({ "a": 1 }), json!({ "a": 2 }));
        let changes: Vec<fn(&mut AuditRow<'static>)> = vec![
            |r| r.tenant = TenantId::new(Uuid::from_u128(9)),
            |r| r.position = 8,
            |r| r.id = AuditId::new(Uuid::from_u128(9)),
            |r| r.recorded_at = Timestamp::from_micros(1),
            |r| r.actor_kind = "system",
            |r| r.actor_id = None,
            |r| r.user_id = None,
            |r| r.action = "deleted",
            |r| r.entity = "account",
            |r| r.entity_id = Uuid::from_u128(9),
            |r| r.request_id = "req-2",
        ];
        let mut seen = std::collections::HashSet::from([row(None, None).hash(&GENESIS)]);
        for (n, change) in changes.into_iter().enumerate() {
            let mut changed = row(None, None);
            change(&mut changed);
            assert!(seen.insert(changed.hash(&GENESIS)), "change {n}");
        }
        for (before, after) in
            [(Some(&a), None), (None, Some(&a)), (Some(&a), Some(&b)), (Some(&b), Some(&a))]
        {
            assert!(seen.insert(row(before, after).hash(&GENESIS)), "{before:?} {after:?}");
        }
        assert!(seen.insert(row(None, None).hash(&[1; 32])), "the row before");
    }
}
