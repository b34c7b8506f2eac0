//! Credentials in their order: the first that gives a token is used from then on.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::ErrorKind;
use azure_core::time::OffsetDateTime;

use super::TOKEN_TIMEOUT;
use crate::secrets::problem::chain as explained;

/// Scopes whose last token is remembered.
const SCOPES_MAX: usize = 32;
/// A token that cannot be renewed is used until this long before its end.
const LAST_RESORT: azure_core::time::Duration = azure_core::time::Duration::seconds(30);
/// No credential has given a token yet.
const UNDECIDED: usize = usize::MAX;

#[derive(Debug)]
pub struct Link {
    name: &'static str,
    credential: Arc<dyn TokenCredential>,
    timeout: Duration,
}

impl Link {
    pub fn new(name: &'static str, credential: Arc<dyn TokenCredential>) -> Self {
        Self { name, credential, timeout: TOKEN_TIMEOUT }
    }
    pub fn within(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    async fn token(&self, scopes: &[&str]) -> azure_core::Result<AccessToken> {
        let asked = self.credential.get_token(scopes, None);
        tokio::time::timeout(self.timeout, asked).await.unwrap_or_else(|_| {
            let text = format!("{}: no answer within {} s", self.name, self.timeout.as_secs());
            Err(azure_core::Error::with_message(ErrorKind::Io, text))
        })
    }
}

#[derive(Debug)]
pub struct Chain {
    links: Vec<Link>,
    decided: AtomicUsize,
    /// The last token of each scope. The credentials keep tokens too, but throw them away when renewal fails.
    last: Mutex<HashMap<String, AccessToken>>,
}

impl Chain {
    pub fn new(links: Vec<Link>) -> Self {
        Self { links, decided: AtomicUsize::new(UNDECIDED), last: Mutex::default() }
    }

    pub fn names(&self) -> Vec<&'static str> {
        self.links.iter().map(|link| link.name).collect()
    }

    async fn ask(&self, scopes: &[&str]) -> azure_core::Result<AccessToken> {
        if let Some(link) = self.links.get(self.decided.load(Ordering::Relaxed)) {
            return link.token(scopes).await;
        }
        let mut failures = Vec::new();
        for (index, link) in self.links.iter().enumerate() {
            match link.token(scopes).await {
                Ok(token) => {
                    self.decided.store(index, Ordering::Relaxed);
                    tracing::info!(credential = link.name, "Azure gives tokens");
                    return Ok(token);
                }
                Err(error) if self.links.len() == 1 => return Err(error),
                Err(error) => failures.push(format!("{}: {}", link.name, explained(&error))),
            }
        }
        Err(azure_core::Error::with_message(ErrorKind::Credential, failures.join("; ")))
    }

    fn remember(&self, scope: &str, token: &AccessToken) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.len() < SCOPES_MAX || last.contains_key(scope) {
            last.insert(scope.to_owned(), token.clone());
        }
    }

    /// By the clock that the issuer and the credentials use.
    fn still_good(&self, scope: &str) -> Option<AccessToken> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.get(scope).filter(|token| token.expires_on > OffsetDateTime::now_utc() + LAST_RESORT).cloned()
    }
}

#[async_trait::async_trait]
impl TokenCredential for Chain {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let scope = scopes.join(" ");
        match self.ask(scopes).await {
            Ok(token) => {
                self.remember(&scope, &token);
                Ok(token)
            }
            Err(error) => match self.still_good(&scope) {
                Some(token) => {
                    tracing::warn!(
                        error = explained(&error),
                        "A token cannot be renewed; the last one is still good"
                    );
                    Ok(token)
                }
                None => Err(error),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[derive(Debug)]
    enum Answer {
        Token(i64),
        Error,
        Never,
    }

    #[derive(Debug)]
    struct Scripted {
        answers: Vec<Answer>,
        asked: AtomicUsize,
    }

    impl Scripted {
        fn new(answers: Vec<Answer>) -> Arc<Self> {
            Arc::new(Self { answers, asked: AtomicUsize::new(0) })
        }
    }

    #[async_trait::async_trait]
    impl TokenCredential for Scripted {
        async fn get_token(
            &self,
            _: &[&str],
            _: Option<TokenRequestOptions<'_>>,
        ) -> azure_core::Result<AccessToken> {
            let turn = self.asked.fetch_add(1, Ordering::Relaxed).min(self.answers.len() - 1);
            match self.answers[turn] {
                Answer::Token(seconds) => {
                    let end = OffsetDateTime::now_utc() + azure_core::time::Duration::seconds(seconds);
                    Ok(AccessToken::new("token", end))
                }
                Answer::Error => Err(azure_core::Error::with_message(ErrorKind::Credential, "not signed in")),
                Answer::Never => std::future::pending().await,
            }
        }
    }

    /// Proves: K7.
    #[tokio::test]
    async fn the_first_that_answers_is_kept() {
        let (silent, ready) = (Scripted::new(vec![Answer::Never]), Scripted::new(vec![Answer::Token(600)]));
        let first = Link::new("first", silent.clone()).within(Duration::from_millis(20));
        let chain = Chain::new(vec![first, Link::new("second", ready.clone())]);
        for _ in 0..3 {
            chain.get_token(&["scope"], None).await.unwrap();
        }
        assert_eq!((silent.asked.load(Ordering::Relaxed), ready.asked.load(Ordering::Relaxed)), (1, 3));
    }

    #[tokio::test]
    async fn when_nobody_answers_everybody_is_named() {
        let links = [("first", Answer::Never), ("second", Answer::Error)];
        let links = links.map(|(name, answer)| {
            Link::new(name, Scripted::new(vec![answer])).within(Duration::from_millis(20))
        });
        let error = Chain::new(links.into()).get_token(&["scope"], None).await.unwrap_err().to_string();
        assert!(error.contains("first: no answer") && error.contains("second: not signed in"), "{error}");
    }

    #[tokio::test]
    async fn a_failed_renewal_uses_what_is_left_of_the_last_token() {
        let failing = |seconds| {
            Chain::new(vec![Link::new("only", Scripted::new(vec![Answer::Token(seconds), Answer::Error]))])
        };
        let good = failing(120);
        good.get_token(&["scope"], None).await.unwrap();
        assert!(good.get_token(&["scope"], None).await.is_ok());
        assert!(good.get_token(&["another"], None).await.is_err());
        let ending = failing(20);
        ending.get_token(&["scope"], None).await.unwrap();
        assert!(ending.get_token(&["scope"], None).await.is_err(), "too near its end");
    }
}
