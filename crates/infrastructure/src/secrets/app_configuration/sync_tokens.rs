//! Synchronisation tokens: sent back, they let every replica of the store answer from what this client saw last.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Tokens that are kept; a store has one for each of its replicas.
const TOKENS_MAX: usize = 16;

#[derive(Default)]
pub struct SyncTokens {
    /// Value and sequence number by id.
    tokens: Mutex<BTreeMap<String, (String, u64)>>,
}

impl SyncTokens {
    /// Takes over a header `id=value;sn=number`, of which there may be several with commas between.
    pub fn learn(&self, header: &str) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        for token in header.split(',') {
            let Some((pair, number)) = token.trim().split_once(";sn=") else { continue };
            let (Some((id, value)), Ok(number)) = (pair.split_once('='), number.trim().parse::<u64>()) else {
                continue;
            };
            let newer = tokens.get(id).is_none_or(|(_, known)| number > *known);
            if newer && (tokens.len() < TOKENS_MAX || tokens.contains_key(id)) {
                tokens.insert(id.to_owned(), (value.to_owned(), number));
            }
        }
    }

    /// The header to send: `id=value,id=value`.
    pub fn header(&self) -> Option<String> {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let pairs: Vec<String> = tokens.iter().map(|(id, (value, _))| format!("{id}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: B16.
    #[test]
    fn the_newest_of_each_replica_is_sent() {
        let tokens = SyncTokens::default();
        assert_eq!(tokens.header(), None);
        tokens.learn("jtqGc1I4=MDoyOA==;sn=28");
        tokens.learn("jtqGc1I4=MDoyNw==;sn=27, other=YQ==;sn=1");
        tokens.learn("broken;sn=3,=;sn=x,no number");
        assert_eq!(tokens.header().unwrap(), "jtqGc1I4=MDoyOA==,other=YQ==");
        tokens.learn("jtqGc1I4=MDoyOQ==;sn=29");
        assert!(tokens.header().unwrap().starts_with("jtqGc1I4=MDoyOQ=="));
        for index in 0..100 {
            tokens.learn(&format!("replica{index}=YQ==;sn=1"));
        }
        assert_eq!(tokens.header().unwrap().split(',').count(), TOKENS_MAX);
    }
}
