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
    /// Options of the verification.
    pub struct VerifyIntegrityBody {
        /// An earlier answer of `GET /integrity/head` that was kept elsewhere. The chains are compared with it.
        head: Option<EarlierHeadBody>,
    }

    /// An answer of `GET /integrity/head`, exactly as it was received.
    pub struct EarlierHeadBody {
        /// The tenant of the head.
        tenant_id: Option<TenantId>,
        /// The moment at which the head was read.
        read_at: Option<Timestamp>,
        /// The ends of the chains.
        chains: List<EarlierChainBody, HEAD_CHAINS_MAX>,
        /// The digest of the head. If given, it is checked against the chains that were sent.
        digest: Option<Checksum>,
    }

    /// The end of one chain. Chain, journal, position and hash are compared.
    pub struct EarlierChainBody {
        /// The kind of chain: `journal` or `audit`.
        chain: ChainKind = "journal",
        /// The journal, if the chain is that of a journal.
        journal_id: Option<JournalId>,
        /// The code of the journal.
        journal_code: Option<Code>,
        /// The position of the last entry or row.
        position: Int<1, { i64::MAX }>,
        /// The hash of the last entry or row.
        hash: Checksum,
        /// The version of the bytes that are hashed.
        version: Option<Int<0, 255>>,
        /// The number of the last entry.
        number: Option<Text<REFERENCE_LENGTH_MAX>>,
        /// The moment at which the last entry or row was recorded.
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
            // These members are for people; their content is part of the hashed data.
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
