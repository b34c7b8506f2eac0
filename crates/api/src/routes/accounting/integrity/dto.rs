//! Bodies of the integrity operations.

use application::accounting::integrity::{ChainEnd, ChainKind, HEAD_CHAINS_MAX, HeadInput};
use domain::accounting::journal_entry::REFERENCE_LENGTH_MAX;
use domain::error::{Violation, Violations};
use domain::ids::{JournalId, TenantId};
use domain::text::Code;
use domain::time::Timestamp;

use crate::request;
use crate::routes::platform::attachments::dto::Checksum;
use crate::wire::{Int, List, Pointer, REQUIRED, Text};

request! {
    /// What to verify beside the chains themselves.
    pub struct VerifyIntegrityBody {
        /// An answer of `GET /integrity/head` that was kept elsewhere: whether its ends are still there.
        head: Option<EarlierHeadBody>,
    }

    /// An answer of `GET /integrity/head`, as it came.
    pub struct EarlierHeadBody {
        /// The tenant it is of.
        tenant_id: Option<TenantId>,
        /// When it was read.
        read_at: Option<Timestamp>,
        /// Where each chain ended.
        chains: List<EarlierChainBody, HEAD_CHAINS_MAX>,
        /// Checked against the chains if it is there.
        digest: Option<Checksum>,
    }

    /// Where a chain ended. Chain, journal, position and hash are compared.
    pub struct EarlierChainBody {
        /// What the chain is over.
        chain: ChainKind = "journal",
        /// The journal; only of a journal's chain.
        journal_id: Option<JournalId>,
        /// Its code.
        journal_code: Option<Code>,
        /// Of the last entry or row.
        position: Int<1, { i64::MAX }>,
        /// Of the last entry or row.
        hash: Checksum,
        /// Which bytes the hash is made of.
        version: Option<Int<0, 255>>,
        /// The number of the last entry.
        number: Option<Text<REFERENCE_LENGTH_MAX>>,
        /// When the last entry or row was recorded.
        recorded_at: Option<Timestamp>,
    }
}

impl EarlierHeadBody {
    /// With every chain that does not say which it is.
    pub fn into_input(self) -> Result<HeadInput, Vec<Violation>> {
        let mut violations = Violations::new();
        let mut chains = Vec::new();
        let _told = self.read_at;
        let root = Pointer::ROOT;
        let head = root.member("head");
        let list = head.member("chains");
        for (n, chain) in self.chains.0.into_iter().enumerate() {
            // For people; what they say is part of what is hashed.
            let _told = (&chain.journal_code, &chain.version, &chain.number, &chain.recorded_at);
            let journal = chain.journal_id.filter(|_| chain.chain == ChainKind::Journal);
            if journal.is_none() && chain.chain == ChainKind::Journal {
                let item = list.index(n);
                violations.push(Violation::new(&REQUIRED).at(item.member("journalId").to_string()));
            }
            chains.push(ChainEnd { journal, position: chain.position.0, hash: chain.hash.0 });
        }
        if !violations.is_empty() {
            return Err(violations.into_vec());
        }
        Ok(HeadInput { tenant: self.tenant_id, chains, digest: self.digest.map(|digest| digest.0) })
    }
}
