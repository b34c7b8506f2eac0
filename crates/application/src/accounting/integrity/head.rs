//! `GET /integrity/head`: where every chain ends, and whether an earlier end is still there.
//!
//! Somebody who may write to the database can remove the last entries with everything that names them. The books that are
//! left agree with themselves, so only what was kept elsewhere tells.

use domain::error::Violation;
use domain::ids::{JournalId, TenantId};
use domain::time::Timestamp;
use sha2::{Digest, Sha256};

use super::Integrity;
use crate::accounting::views::integrity::{
    ChainHeadView, ComparedChainView, HeadComparisonView, IntegrityHeadView,
};
use crate::accounting::views::journal_entry_build::hex;
use crate::error::AppResult;
use crate::platform::audit_chain;

/// Most chains of an earlier head that are compared.
pub const HEAD_CHAINS_MAX: usize = 1_000;

const MARK: &[u8] = b"integrity-head";
const VERSION: u8 = 1;
domain::choices! {
    /// The kind of a chain.
    pub enum ChainKind {
        Journal = "journal",
        /// The audit log.
        Audit = "audit",
    }
}

domain::errors! {
    HEAD_OF_ANOTHER_TENANT = "head_of_another_tenant", Rule, User,
        "This head is of another tenant.", "هذه الرؤوس تخص مستأجرًا آخر.";
}

/// An end of a chain: of a journal, or of the audit log where there is no journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainEnd {
    pub journal: Option<JournalId>,
    pub position: i64,
    pub hash: [u8; 32],
}

/// A head that was read earlier and kept elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeadInput {
    pub tenant: Option<TenantId>,
    pub chains: Vec<ChainEnd>,
    pub digest: Option<[u8; 32]>,
}

impl Integrity {
    pub async fn head(&self, tenant: TenantId, now: Timestamp) -> AppResult<IntegrityHeadView> {
        let mut ends = Vec::new();
        let mut chains = Vec::new();
        for head in self.queries.journal_heads(tenant).await? {
            ends.push(ChainEnd { journal: Some(head.journal_id), position: head.position, hash: head.hash });
            chains.push(ChainHeadView {
                chain: ChainKind::Journal.as_str(),
                journal_id: Some(head.journal_id.uuid()),
                journal_code: Some(head.journal),
                position: head.position,
                hash: hex(&head.hash),
                version: head.version.map_or(0, |version| version.number()),
                number: head.number,
                recorded_at: head.recorded_at.map(|moment| moment.to_string()),
            });
        }
        if let Some(end) = self.queries.audit_end(tenant).await? {
            ends.push(ChainEnd { journal: None, position: end.head.position, hash: end.head.hash });
            chains.push(ChainHeadView {
                chain: ChainKind::Audit.as_str(),
                journal_id: None,
                journal_code: None,
                position: end.head.position,
                hash: hex(&end.head.hash),
                version: audit_chain::VERSION,
                number: None,
                recorded_at: end.recorded_at.map(|moment| moment.to_string()),
            });
        }
        let digest = hex(&digest(tenant, &ends));
        Ok(IntegrityHeadView { tenant_id: tenant.uuid(), read_at: now.to_string(), chains, digest })
    }

    pub(super) async fn compare(
        &self,
        tenant: TenantId,
        earlier: &HeadInput,
    ) -> AppResult<HeadComparisonView> {
        if earlier.tenant.is_some_and(|of| of != tenant) {
            return Err(Violation::new(&HEAD_OF_ANOTHER_TENANT).at("/head/tenantId").into());
        }
        let mut chains = Vec::with_capacity(earlier.chains.len());
        for end in &earlier.chains {
            let found = match end.journal {
                Some(journal) => self.queries.entry_hash_at(tenant, journal, end.position).await?,
                None => self.queries.audit_hash_at(tenant, end.position).await?,
            };
            let differs = match found {
                Some(hash) if hash == end.hash => None,
                Some(_) => Some("hash"),
                None => Some("missing"),
            };
            let kind = if end.journal.is_some() { ChainKind::Journal } else { ChainKind::Audit };
            chains.push(ComparedChainView {
                chain: kind.as_str(),
                journal_id: end.journal.map(|journal| journal.uuid()),
                position: end.position,
                differs,
            });
        }
        let digest_ok = earlier.digest.map(|sent| sent == digest(tenant, &earlier.chains));
        let ok = digest_ok != Some(false) && chains.iter().all(|chain| chain.differs.is_none());
        Ok(HeadComparisonView { ok, digest_ok, chains })
    }
}

/// SHA-256 over: the text `integrity-head`, the version (u8), the tenant id, and for each end in order of the journals'
/// ids, the audit log last: 1 and the journal id, or 0; the position (i64), the hash.
fn digest(tenant: TenantId, ends: &[ChainEnd]) -> [u8; 32] {
    let mut ends = ends.to_vec();
    ends.sort_by_key(|end| (end.journal.is_none(), end.journal, end.position));
    let mut sha = Sha256::new();
    sha.update((MARK.len() as u32).to_be_bytes());
    sha.update(MARK);
    sha.update([VERSION]);
    sha.update(tenant.uuid().as_bytes());
    for end in &ends {
        match end.journal {
            Some(journal) => {
                sha.update([1]);
                sha.update(journal.uuid().as_bytes());
            }
            None => sha.update([0]),
        }
        sha.update(end.position.to_be_bytes());
        sha.update(end.hash);
    }
    sha.finalize().into()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    /// The expected value was computed outside this program from the format's description.
    #[test]
    fn the_digest_is_fixed_and_does_not_depend_on_the_order_of_the_chains() {
        let tenant = TenantId::new(Uuid::from_u128(1));
        let end = |journal: Option<u128>, position, byte| ChainEnd {
            journal: journal.map(|id| JournalId::new(Uuid::from_u128(id))),
            position,
            hash: [byte; 32],
        };
        let ends = [end(Some(3), 12, 0xaa), end(Some(4), 2, 0xbb), end(None, 40, 0xcc)];
        let said = hex(&digest(tenant, &ends));
        assert_eq!(said, "6fcbf0003f39de12a61c9d54cf205bb20d9f478456788af93cb00b39941f3af6");
        let other = [ends[2], ends[1], ends[0]];
        assert_eq!(hex(&digest(tenant, &other)), said);
        assert_ne!(hex(&digest(tenant, &ends[..2])), said);
        assert_ne!(hex(&digest(TenantId::new(Uuid::from_u128(2)), &ends)), said);
    }
}
