use proptest::prelude::*;

use super::*;

fn entity(tenant: &str, module: &str, entity: &str, id: &str) -> StoredKey {
    let [tenant, module, entity, id] = [tenant, module, entity, id].map(str::to_owned);
    StoredKey::Entity { tenant, module, entity, id }
}

fn plain(key: &StoredKey) -> Result<String, KeyError> {
    key.build(HashTag(false))
}

/// GV8: the four keys of the specification.
fn golden() -> [(StoredKey, &'static str); 4] {
    let [tenant, module, account] = ["tenant1", "accounting", "account"].map(str::to_owned);
    let hash = "abc123".to_owned();
    let list = StoredKey::List { tenant: tenant.clone(), module, entity: account, hash };
    [
        (entity("tenant1", "accounting", "account", "123"), "tenant1:accounting:account:123"),
        (list, "tenant1:accounting:account:list:abc123"),
        (
            StoredKey::Permissions { tenant: tenant.clone(), user: "456".to_owned() },
            "tenant1:user:456:permissions",
        ),
        (StoredKey::Config { tenant, key: "vat-rate".to_owned() }, "tenant1:config:vat-rate"),
    ]
}

/// Proves: F5, F8, GV8.
#[test]
fn keys_are_the_specifications_byte_for_byte() {
    for (key, text) in golden() {
        assert_eq!(plain(&key).as_deref(), Ok(text));
        assert_eq!(StoredKey::parse(text), Ok(key.clone()));
        let tagged = key.build(HashTag(true)).unwrap();
        assert_eq!(tagged, text.replacen("tenant1", "{tenant1}", 1));
        assert_eq!(StoredKey::parse(&tagged), Ok(key));
    }
    let colons = entity("tenant1", "accounting", "account", "a:b*");
    assert_eq!(plain(&colons).as_deref(), Ok("tenant1:accounting:account:a%3Ab%2A"));
}

/// Proves: F5, GV8, X54.
#[test]
fn what_would_mean_something_else_is_refused() {
    let segment = |part| Err(KeyError::Segment { part });
    let reserved = |part, word| Err(KeyError::Reserved { part, word });
    for (key, error) in [
        (entity("a:b", "accounting", "account", "1"), segment("tenant")),
        (entity("t", "accounting", "acc*", "1"), segment("entity")),
        (entity("t", "", "account", "1"), segment("module")),
        (entity("{t}", "accounting", "account", "1"), segment("tenant")),
        (entity("t", "user", "456", "permissions"), reserved("module", "user")),
        (entity("t", "config", "x", "1"), reserved("module", "config")),
        (entity("t", "generation", "account", "1"), reserved("module", "generation")),
        (entity("t", "lock", "account", "1"), reserved("module", "lock")),
        (entity("t", "accounting", "account", "list"), reserved("id", "list")),
        (entity("t", "accounting", "account", ""), Err(KeyError::Empty { part: "id" })),
        (entity("t", "accounting", "account", &"x".repeat(KEY_BYTES_MAX)), Err(KeyError::TooLong)),
    ] {
        assert_eq!(plain(&key), error, "{key:?}");
    }
}

#[test]
fn what_nobody_builds_is_no_key() {
    for text in [
        "",
        "t",
        "t:accounting",
        "t:accounting:account",
        "t:accounting:account:list",
        "t:accounting:account:list:xyz",
        "t:accounting:account:list:0123456789abcdef0",
        "t:accounting:account:1:2:3",
        "t:accounting:account:a%3ab",
        "t:accounting:account:%41",
        "t:accounting:account:a b",
        "t:user:456",
        "t:config:",
        "t:generation:account",
        "t:lock:accounting:account:1",
        ":accounting:account:1",
        "{t:accounting:account:1",
    ] {
        assert!(StoredKey::parse(text).is_err(), "{text}");
    }
    assert!(is_generation_key(&generation_key("t", "account", HashTag(false))));
    assert!(is_generation_key(&generation_key("t", "account", HashTag(true))));
    assert!(!is_generation_key("t:generation:account:1") && !is_generation_key("t:config:generation"));
    assert_eq!(lock_key("t:config:vat-rate"), "t:lock:config:vat-rate");
}

fn word() -> impl Strategy<Value = String> {
    "[A-Za-z0-9._-]{1,12}"
}

fn free() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[:*?\\[\\]\\\\ %a-z{}]{1,20}", "list|permissions|user|config"]
        .prop_filter("not empty", |text| !text.is_empty() && text.len() < 200)
}

fn key() -> impl Strategy<Value = StoredKey> {
    prop_oneof![
        (word(), word(), word(), free()).prop_map(|(tenant, module, entity, id)| StoredKey::Entity {
            tenant,
            module,
            entity,
            id
        }),
        (word(), word(), word(), "[0-9a-f]{16}").prop_map(|(tenant, module, entity, hash)| StoredKey::List {
            tenant,
            module,
            entity,
            hash
        }),
        (word(), free()).prop_map(|(tenant, user)| StoredKey::Permissions { tenant, user }),
        (word(), free()).prop_map(|(tenant, key)| StoredKey::Config { tenant, key }),
    ]
}

proptest! {
    /// Proves: F5.
    #[test]
    fn parsing_gives_back_what_was_built(key in key(), tag in any::<bool>()) {
        if let Ok(text) = key.build(HashTag(tag)) {
            prop_assert!(text.is_ascii());
            prop_assert_eq!(StoredKey::parse(&text), Ok(key));
        }
    }

    /// Proves: F5, X54.
    #[test]
    fn two_keys_never_share_a_text(a in key(), b in key()) {
        if let (Ok(x), Ok(y)) = (plain(&a), plain(&b)) {
            prop_assert_eq!(x == y, a == b);
        }
    }

    #[test]
    fn whatever_is_parsed_is_built_the_same(text in "[a-z]{1,3}(:[a-z%0-9]{0,6}){0,5}") {
        if let Ok(key) = StoredKey::parse(&text) {
            prop_assert_eq!(plain(&key), Ok(text));
        }
    }

    /// No id, however it is written, reaches beyond its own place in a pattern of its tenant.
    /// Proves: F5, X47.
    #[test]
    fn an_id_cannot_widen_a_pattern(id in free()) {
        if let Ok(text) = plain(&entity("t", "accounting", "account", &id)) {
            prop_assert_eq!(text.matches(':').count(), 3);
            prop_assert!(!text.contains(['*', '?', '[', ']', '\\']));
        }
    }
}
