//! Links to our own API that need no token: what they allow is in them, signed.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::{AttachmentId, TenantId};
use domain::time::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::base::API_BASE;

/// Longest token, in characters.
pub const TOKEN_LENGTH_MAX: usize = 120;
/// Keys that verify beside those that are configured.
const RETIRED_MAX: usize = 4;
/// The form of tokens; another form gets another number.
const FORM: u8 = 1;
const CLAIMS_BYTES: usize = 2 + 16 + 16 + 8;
const MAC_BYTES: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    Download = 1,
    Upload = 2,
}

/// The rights of a link's holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    pub purpose: LinkPurpose,
    pub tenant: TenantId,
    pub attachment: AttachmentId,
    pub expires_at: Timestamp,
}

/// A key that verifies; one that no longer signs until the last link it signed has ended.
#[derive(Clone, Copy)]
struct Accepted {
    key: [u8; 32],
    until: Option<Timestamp>,
}

/// Makes and reads links.
#[derive(Clone)]
pub struct AttachmentLinks {
    /// The first signs, all verify.
    keys: Arc<RwLock<Vec<Accepted>>>,
    /// The address at which clients reach this API, without a slash at the end.
    public_url: Arc<str>,
}

impl AttachmentLinks {
    /// Without a public URL links are paths, to be resolved against the API's address.
    pub fn new(keys: Vec<[u8; 32]>, public_url: &str) -> Self {
        let keys = keys.into_iter().map(|key| Accepted { key, until: None }).collect();
        Self { keys: Arc::new(RwLock::new(keys)), public_url: public_url.trim_end_matches('/').into() }
    }

    /// Other keys from now on, as for tokens: the key that
    /// signed until now verifies as long as a link lives, any other that is not among `keys` counts no longer.
    pub fn rotate(&self, keys: &[[u8; 32]], now: Timestamp, life: Duration) {
        let mut held = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let until = Timestamp::from_micros(
            now.micros().saturating_add(i64::try_from(life.as_micros()).unwrap_or(i64::MAX)),
        );
        let signed = held.first().map(|first| Accepted { until: Some(until), ..*first });
        let before = signed.into_iter().chain(held.iter().skip(1).copied());
        let retired: Vec<_> = before
            .filter(|old| old.until.is_some_and(|until| until > now) && !keys.contains(&old.key))
            .take(RETIRED_MAX)
            .collect();
        *held = keys.iter().map(|key| Accepted { key: *key, until: None }).chain(retired).collect();
    }

    /// `None` without a key.
    pub fn url(&self, link: &Link) -> Option<String> {
        let claims = claims(link);
        let signing = self.keys.read().unwrap_or_else(PoisonError::into_inner).first()?.key;
        let signature = mac(&signing, &claims)?.finalize().into_bytes();
        let token = URL_SAFE_NO_PAD.encode([claims.as_slice(), signature.as_slice()].concat());
        Some(format!("{}{API_BASE}/attachment-links/{token}", self.public_url))
    }

    /// The link of a token that is ours, for this purpose and still good.
    pub fn read(&self, token: &str, purpose: LinkPurpose, now: Timestamp) -> Option<Link> {
        let bytes =
            if token.len() <= TOKEN_LENGTH_MAX { URL_SAFE_NO_PAD.decode(token).ok()? } else { return None };
        let (claims, signature) = bytes.split_at_checked(CLAIMS_BYTES)?;
        let ours = |held: &Accepted| {
            held.until.is_none_or(|until| now < until)
                && mac(&held.key, claims).is_some_and(|mac| mac.verify_slice(signature).is_ok())
        };
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        if signature.len() != MAC_BYTES || !keys.iter().any(ours) {
            return None;
        }
        let link = Link {
            purpose,
            tenant: TenantId::new(Uuid::from_slice(&claims[2..18]).ok()?),
            attachment: AttachmentId::new(Uuid::from_slice(&claims[18..34]).ok()?),
            expires_at: Timestamp::from_micros(i64::from_be_bytes(claims[34..].try_into().ok()?)),
        };
        (claims[..2] == [FORM, purpose as u8] && now < link.expires_at).then_some(link)
    }
}

fn claims(link: &Link) -> Vec<u8> {
    let mut claims = Vec::with_capacity(CLAIMS_BYTES);
    claims.extend_from_slice(&[FORM, link.purpose as u8]);
    claims.extend_from_slice(link.tenant.uuid().as_bytes());
    claims.extend_from_slice(link.attachment.uuid().as_bytes());
    claims.extend_from_slice(&link.expires_at.micros().to_be_bytes());
    claims
}

fn mac(key: &[u8; 32], claims: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(claims);
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_good_for_its_purpose_its_time_and_its_signer() {
        let now = Timestamp::from_micros(1_000);
        let link = Link {
            purpose: LinkPurpose::Download,
            tenant: TenantId::new(Uuid::from_u128(1)),
            attachment: AttachmentId::new(Uuid::from_u128(2)),
            expires_at: Timestamp::from_micros(2_000),
        };
        let links = AttachmentLinks::new(vec![[1; 32], [2; 32]], "https://erp.example/");
        let url = links.url(&link).unwrap();
        let token = url.strip_prefix("https://erp.example/api/v1/attachment-links/").unwrap();
        assert!(token.len() <= TOKEN_LENGTH_MAX);
        assert_eq!(links.read(token, LinkPurpose::Download, now), Some(link));
        assert_eq!(links.read(token, LinkPurpose::Upload, now), None);
        assert_eq!(links.read(token, LinkPurpose::Download, link.expires_at), None);
        // After a rotation the old key still verifies; a foreign one never does.
        let rotated = AttachmentLinks::new(vec![[3; 32], [1; 32]], "");
        assert_eq!(rotated.read(token, LinkPurpose::Download, now), Some(link));
        assert!(rotated.url(&link).unwrap().starts_with("/api/v1/attachment-links/"));
        assert_eq!(AttachmentLinks::new(vec![[9; 32]], "").read(token, LinkPurpose::Download, now), None);
        // The keys of a running server change: links in circulation stay valid, links signed with the new keys are accepted,
        // and the old keys expire.
        let running = links.clone();
        let life = Duration::from_micros(500);
        running.rotate(&[[3; 32]], now, life);
        assert_eq!(running.read(token, LinkPurpose::Download, now), Some(link));
        let renewed = running.url(&link).unwrap();
        assert_ne!(renewed, url);
        let (_, renewed) = renewed.rsplit_once('/').unwrap();
        assert_eq!(running.read(renewed, LinkPurpose::Download, now), Some(link));
        let later = Timestamp::from_micros(1_500);
        assert_eq!(running.read(token, LinkPurpose::Download, later), None, "as long as a link lives");
        let other = AttachmentLinks::new(vec![[2; 32]], "").url(&link).unwrap();
        let (_, other) = other.rsplit_once('/').unwrap();
        assert_eq!(
            running.read(other, LinkPurpose::Download, now),
            None,
            "a key that did not sign is gone at once"
        );
        running.rotate(&[[4; 32]], now, life);
        assert_eq!(running.read(token, LinkPurpose::Download, now), Some(link), "after two changes, too");
        let links = AttachmentLinks::new(vec![[1; 32], [2; 32]], "https://erp.example/");
        for index in 0..token.len() {
            let other = if token.as_bytes()[index] == b'A' { "B" } else { "A" };
            let forged = format!("{}{other}{}", &token[..index], &token[index + 1..]);
            assert_eq!(links.read(&forged, LinkPurpose::Download, now), None, "{index}");
        }
        for bad in ["", "AQE", &token[..40], &token.repeat(2)] {
            assert_eq!(links.read(bad, LinkPurpose::Download, now), None);
        }
    }
}
