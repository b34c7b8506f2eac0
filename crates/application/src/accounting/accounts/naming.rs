//! Accounts in the JSON of drafts, templates and keys, by id and by code.

use domain::accounting::account::Account;
use serde_json::Value;

use crate::accounting::ports::account_merge::{NamingKind, NamingRecord};
use crate::error::{AppError, AppResult};

/// The record with another account in its texts; `None` where it does not name the account.
pub fn renamed(record: &NamingRecord, from: &Account, into: &Account) -> AppResult<Option<NamingRecord>> {
    let mut changed = false;
    let mut texts = Vec::with_capacity(record.texts.len());
    for text in &record.texts {
        let mut value: Value = serde_json::from_str(text)
            .map_err(|error| AppError::internal(format!("{}: {error}", record.kind)))?;
        let naming = Naming {
            ids: (from.id().to_string(), into.id().to_string()),
            codes: (from.code().as_str(), into.code().as_str()),
        };
        changed |= naming.rename(&mut value, "");
        if record.kind == NamingKind::DistributionKey {
            join_targets(&mut value);
        }
        texts.push(value.to_string());
    }
    Ok(changed.then(|| NamingRecord { texts, ..record.clone() }))
}

struct Naming<'a> {
    ids: (String, String),
    codes: (&'a str, &'a str),
}

impl Naming<'_> {
    /// Ids are unique wherever they stand; codes count only in a member that is one of an account.
    fn rename(&self, value: &mut Value, member: &str) -> bool {
        match value {
            Value::String(text) if *text == self.ids.0 => {
                text.clone_from(&self.ids.1);
                true
            }
            Value::String(text) if member == "accountCode" && text.as_str() == self.codes.0 => {
                self.codes.1.clone_into(text);
                true
            }
            Value::Array(items) => {
                items.iter_mut().fold(false, |changed, item| self.rename(item, member) | changed)
            }
            Value::Object(members) => {
                let rename =
                    |changed, (name, value): (&String, &mut Value)| self.rename(value, name) | changed;
                members.iter_mut().fold(false, rename)
            }
            _ => false,
        }
    }
}

/// A target that is there twice has the shares of both.
fn join_targets(targets: &mut Value) {
    let Some(targets) = targets.as_array_mut() else { return };
    let mut joined: Vec<Value> = Vec::with_capacity(targets.len());
    for target in targets.drain(..) {
        match joined.iter_mut().find(|known| known["id"] == target["id"]) {
            Some(known) => {
                let share = |target: &Value| target["share"].as_i64().unwrap_or_default();
                let sum = share(known).saturating_add(share(&target));
                known["share"] = sum.into();
            }
            None => joined.push(target),
        }
    }
    *targets = joined;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_renamed_anywhere_and_codes_only_where_they_name_an_account() {
        let naming = Naming { ids: ("old-id".to_owned(), "new-id".to_owned()), codes: ("100", "200") };
        let mut value = json!({ "lines": [{ "a": "old-id" }, { "accountCode": "100", "itemCode": "100" }], "number": "100" });
        assert!(naming.rename(&mut value, ""));
        let expected = json!({ "lines": [{ "a": "new-id" }, { "accountCode": "200", "itemCode": "100" }], "number": "100" });
        assert_eq!(value, expected);
        assert!(!naming.rename(&mut value, ""));
    }

    #[test]
    fn shares_of_a_target_that_is_there_twice_are_added() {
        let mut targets =
            json!([{ "id": "x", "share": 10 }, { "id": "y", "share": 5 }, { "id": "x", "share": 7 }]);
        join_targets(&mut targets);
        assert_eq!(targets, json!([{ "id": "x", "share": 17 }, { "id": "y", "share": 5 }]));
    }
}
