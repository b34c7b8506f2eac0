use application::platform::ports::{AccessGrant, AccessTokens};
use serde_json::{Value, json};

use super::*;

const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);
const SECRET: [u8; 32] = [7; 32];

fn key(id: &str, byte: u8) -> SigningKey {
    SigningKey::new(id, vec![byte; 32]).unwrap()
}

fn tokens(keys: &[SigningKey]) -> JwtTokens {
    JwtTokens::new("erp", "erp-api", keys).unwrap()
}

fn grant() -> AccessGrant {
    AccessGrant {
        id: Uuid::from_u128(1),
        user: UserId::new(Uuid::from_u128(2)),
        tenant: TenantId::new(Uuid::from_u128(3)),
        stamp: 4,
        session: Some(Uuid::from_u128(5)),
        key: None,
        issued_at: NOW,
        expires_at: NOW.plus_seconds(900),
    }
}

fn claims() -> Value {
    json!({ "iss": "erp", "aud": "erp-api", "sub": Uuid::from_u128(2), "tenant_id": Uuid::from_u128(3),
        "jti": Uuid::from_u128(1), "iat": 1_800_000_000, "nbf": 1_800_000_000, "exp": 1_800_000_900, "pwd": 0 })
}

fn signed(algorithm: Algorithm, claims: &Value) -> String {
    let mut header = Header::new(algorithm);
    header.kid = Some("a".to_owned());
    encode(&header, claims, &EncodingKey::from_secret(&SECRET)).unwrap()
}

fn refused(token: &str, now: Timestamp) -> bool {
    tokens(&[key("a", 7)]).verify(token, now).is_err_and(|error| error.is(&UNAUTHENTICATED))
}

#[test]
fn a_token_says_what_was_granted_until_it_expires() {
    let tokens = tokens(&[key("a", 7)]);
    let token = tokens.issue(&grant()).unwrap();
    assert_eq!(tokens.verify(&token, NOW.plus_seconds(899)).unwrap(), grant());
    assert!(refused(&token, NOW.plus_seconds(900)));
    assert!(refused(&token, NOW.plus_seconds(-60)));
}

#[test]
fn only_this_algorithm_issuer_and_audience_are_accepted() {
    assert!(!refused(&signed(Algorithm::HS256, &claims()), NOW));
    assert!(refused(&signed(Algorithm::HS384, &claims()), NOW));
    assert!(refused(&signed(Algorithm::HS512, &claims()), NOW));
    for (name, value) in [("iss", json!("other")), ("aud", json!("other-api")), ("aud", Value::Null)] {
        let mut claims = claims();
        claims[name] = value;
        assert!(refused(&signed(Algorithm::HS256, &claims), NOW), "{name}");
    }
    for name in ["iss", "aud", "sub", "exp", "nbf", "tenant_id"] {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        assert!(refused(&signed(Algorithm::HS256, &claims), NOW), "without {name}");
    }
}

#[test]
fn unsigned_and_altered_tokens_are_refused() {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    for algorithm in ["none", "None", "NONE", "RS256", "ES256"] {
        let header = part(&json!({ "alg": algorithm, "typ": "JWT", "kid": "a" }));
        assert!(refused(&format!("{header}.{}.", part(&claims())), NOW), "{algorithm}");
    }
    let token = signed(Algorithm::HS256, &claims());
    let (head, signature) = token.rsplit_once('.').unwrap();
    let (header, _) = head.split_once('.').unwrap();
    let mut other = claims();
    other["sub"] = json!(Uuid::from_u128(99));
    assert!(refused(&format!("{header}.{}.{signature}", part(&other)), NOW));
    assert!(refused(head, NOW));
    assert!(refused("", NOW));
    assert!(refused(&"a".repeat(TOKEN_BYTES_MAX + 1), NOW));
}

#[test]
fn a_token_with_critical_extensions_is_refused_however_well_it_is_signed() {
    let signed_as = |header: Value| {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&header), part(&claims()));
        let key = EncodingKey::from_secret(&SECRET);
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
        format!("{message}.{signature}")
    };
    let header = json!({ "alg": "HS256", "typ": "JWT", "kid": "a" });
    assert!(!refused(&signed_as(header.clone()), NOW));
    for critical in [json!(["exp"]), json!(["urn:example:own"]), json!([]), Value::Null, json!("exp")] {
        let mut header = header.clone();
        header["crit"] = critical.clone();
        header["exp"] = json!(1);
        assert!(refused(&signed_as(header), NOW), "{critical}");
    }
}

/// Proves: K9.
#[test]
fn keys_rotate_without_signing_anyone_out() {
    let old = tokens(&[key("a", 7)]).issue(&grant()).unwrap();
    let both = tokens(&[key("b", 8), key("a", 7)]);
    assert!(both.verify(&old, NOW).is_ok());
    let new = both.issue(&grant()).unwrap();
    assert!(tokens(&[key("b", 8)]).verify(&new, NOW).is_ok());
    assert!(tokens(&[key("b", 8)]).verify(&old, NOW).is_err());
    assert!(tokens(&[key("a", 8)]).verify(&old, NOW).is_err(), "the same id with another secret");
    assert!(JwtTokens::new("erp", "erp-api", &[]).is_err());
    assert!(JwtTokens::new("erp", "erp-api", &[key("a", 7), key("a", 8)]).is_err());
}

/// Proves: K9.
#[test]
fn a_replaced_key_verifies_until_its_last_token_has_ended() {
    let later = |seconds: i64| Timestamp::from_micros(NOW.micros() + seconds * 1_000_000);
    let tokens = tokens(&[key("a", 7), key("next", 8)]);
    let old = tokens.issue(&grant()).unwrap();
    let of_next = self::tokens(&[key("next", 8)]).issue(&grant()).unwrap();
    tokens.rotate(&[key("b", 9)], NOW, 60).unwrap();
    let new = tokens.issue(&grant()).unwrap();
    assert!(self::tokens(&[key("b", 9)]).verify(&new, NOW).is_ok(), "the new key signs");
    assert!(tokens.verify(&old, NOW).is_ok() && tokens.verify(&new, NOW).is_ok());
    assert!(tokens.verify(&of_next, NOW).is_err(), "a key that never signed here is gone at once");
    tokens.rotate(&[key("c", 10)], later(30), 60).unwrap();
    assert!(tokens.verify(&old, later(64)).is_ok(), "a second rotation does not cut the first one short");
    assert!(tokens.verify(&old, later(65)).is_err());
    assert!(tokens.verify(&new, later(65)).is_ok());
    assert!(tokens.rotate(&[], NOW, 60).is_err());
    assert!(tokens.verify(&new, later(65)).is_ok(), "a refused rotation changes nothing");
    tokens.rotate(&[key("b", 9), key("c", 10)], later(66), 60).unwrap();
    let back = tokens.issue(&grant()).unwrap();
    assert!(self::tokens(&[key("b", 9)]).verify(&back, later(66)).is_ok(), "a key may come back");
}

#[test]
fn retired_keys_do_not_pile_up() {
    let tokens = tokens(&[key("k0", 7)]);
    let mut issued = vec![tokens.issue(&grant()).unwrap()];
    for number in 1..=5_u8 {
        tokens.rotate(&[key(&format!("k{number}"), 7 + number)], NOW, 60 + u32::from(number)).unwrap();
        issued.push(tokens.issue(&grant()).unwrap());
    }
    let verified: Vec<_> = issued.iter().map(|token| tokens.verify(token, NOW).is_ok()).collect();
    assert_eq!(verified, [false, false, true, true, true, true]);
}
