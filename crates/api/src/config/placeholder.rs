//! Values that stand for others: used as they are they would become passwords that anybody can guess.

use std::net::Ipv6Addr;

/// Whether the value is a marker like `[Retrieved from Key Vault]`. An IPv6 address and a JSON array are none.
pub fn in_brackets(value: &str) -> bool {
    let Some(inner) = value.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return false;
    };
    let inner = inner.trim();
    inner.parse::<Ipv6Addr>().is_err() && !inner.starts_with(['"', '{', '['])
}

/// References and tokens that hosts and pipelines put in the place of a secret, and leave there when they fail.
pub fn of_a_tool(value: &str) -> bool {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let has_pair = |open: &str, close: &str| {
        value
            .split_once(open)
            .is_some_and(|(_, rest)| rest.split_once(close).is_some_and(|(name, _)| !name.is_empty()))
    };
    let is_pair =
        |open: &str, close: &str| value.starts_with(open) && value.ends_with(close) && value.len() > 2;
    lower.starts_with("@microsoft.keyvault(")
        || lower.starts_with("@microsoft.appconfiguration(")
        || has_pair("#{", "}")
        || has_pair("${", "}")
        || has_pair("{{", "}}")
        || is_pair("<", ">")
        || is_pair("$(", ")")
        || is_pair("%", "%")
        || (is_pair("__", "__")
            && value.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'))
}

/// Fewest different characters of a secret of 32; random ones have many more.
const DISTINCT_MIN: usize = 8;
/// Words that only stand in secrets people made up. Chance puts six given letters into a random key less than once in ten
/// million.
const WORDS: [&str; 14] = [
    "changeme",
    "replace",
    "secret",
    "password",
    "passwort",
    "example",
    "placeholder",
    "yourkey",
    "yoursecret",
    "signingkey",
    "insert",
    "default",
    "random",
    "qwerty",
];
/// Shorter ones, which count when nothing but themselves stands between two separators.
const WHOLE_WORDS: [&str; 7] = ["todo", "your", "key", "test", "put", "fixme", "demo"];

/// Why somebody else could guess a secret of many bytes; `None` when nothing speaks for it.
pub fn guessable(secret: &str) -> Option<&'static str> {
    let mut distinct: Vec<char> = secret.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < DISTINCT_MIN {
        return Some("has too few different characters");
    }
    let lower = secret.to_lowercase();
    let letters: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
    let mut parts = lower.split(|c: char| !c.is_alphanumeric());
    if WORDS.iter().any(|word| letters.contains(word)) || parts.any(|part| WHOLE_WORDS.contains(&part)) {
        return Some("has a word in it that placeholders have");
    }
    let characters: Vec<char> = secret.chars().collect();
    let repeats =
        (1..=characters.len() / 2).any(|n| characters.iter().zip(&characters[n..]).all(|(a, b)| a == b));
    if repeats {
        return Some("repeats a part of itself");
    }
    let step = |pair: &[char]| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]));
    let steps = characters.windows(2).filter(|pair| (-1..=1).contains(&step(pair))).count();
    (steps * 2 > characters.len()).then_some("follows the alphabet or counts")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: B11, X02.
    #[test]
    fn markers_are_told_from_addresses_and_lists() {
        for marker in ["[Retrieved from Key Vault]", " [x] ", "[]", "[set per environment]"] {
            assert!(in_brackets(marker), "{marker}");
        }
        for value in ["[a];", "[", "[::1]", "[fe80::1]", r#"["https://a.example"]"#, r#"[{"a":1}]"#] {
            assert!(!in_brackets(value), "{value}");
        }
    }

    #[test]
    fn what_tools_leave_behind_is_recognised() {
        for marker in [
            "@Microsoft.KeyVault(SecretUri=https://erp-kv.vault.azure.net/secrets/jwt-key/)",
            "@microsoft.keyvault(VaultName=v;SecretName=s)",
            "@Microsoft.AppConfiguration(Endpoint=https://a; Key=b)",
            "#{Auth.SigningKey.Production.Value}#",
            "#{JwtKey}#aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "${AUTH_SIGNING_KEY:?not set}",
            "${JWT_KEY}aaaa",
            "{{redis}}",
            "{{ .Values.jwt }}",
            "__REDIS__",
            "<put a random key of 32 bytes here>",
            "$(jwtKey)",
            "%JWT_KEY%",
        ] {
            assert!(of_a_tool(marker), "{marker}");
        }
        for value in ["p#a$s{s}", "a<b>c", "Zm9v+/==", "Server=h;Password=a{b}", "__init", "#{}", "%"] {
            assert!(!of_a_tool(value), "{value}");
        }
    }

    #[test]
    fn made_up_secrets_are_told_from_random_ones() {
        for made_up in [
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "changeme-changeme-changeme-changeme",
            "Change_Me_before_Production_0x9f2a71",
            "YOUR_SECRET_KEY_AT_LEAST_32_CHARACTERS",
            "TODO-TODO-kf83hs92kd72hs83kd93hs82ks",
            "0123456789abcdef0123456789abcdef",
            "abcdefghijklmnopqrstuvwxyz012345",
            "zyxwvutsrqponmlkjihgfedcba987654",
            "12345678901234567890123456789012",
            "this-is-my-super-secret-signing-key!",
            "P@ssw0rd-xyz-k2k2k2-password-99zzqq",
            "k3jd8s2mk3jd8s2mk3jd8s2mk3jd8s2m",
        ] {
            assert!(guessable(made_up).is_some(), "{made_up}");
        }
        for random in [
            "q8Rr2vX0mYw1ZpLk7NfTb5Hc9JdSg3Ae",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "Zk9vYmFyL3R4K2RhbmdlcjM0NTY3ODkwMTIzYWJj",
            "40318845927160385520917346682051",
        ] {
            assert_eq!(guessable(random), None, "{random}");
        }
    }
}
