//! The chain over the audit log, recomputed from the stored rows in order of the change feed.

use std::collections::BTreeSet;

use domain::ids::{JournalEntryId, TenantId};
use futures::TryStreamExt;
use serde_json::Value;

use super::Integrity;
use crate::accounting::ports::integrity_evidence::{ChainedAudit, StoredAudit};
use crate::accounting::views::integrity::{AuditChainView, BrokenAuditView};
use crate::accounting::views::journal_entry_build::hex;
use crate::error::AppResult;
use crate::platform::audit_chain::{AuditHead, AuditRow, GENESIS};

/// Postings that are looked up in the ledger together.
const POSTINGS_ASKED_TOGETHER: usize = 500;

impl Integrity {
    pub(super) async fn verify_audit(&self, tenant: TenantId) -> AppResult<AuditChainView> {
        // The counter is read first: what is written meanwhile lies behind the end that is expected.
        let totals = self.queries.audit_totals(tenant).await?;
        let end = totals.hash.map(|hash| AuditHead { position: totals.changes, hash });
        let mut rows = self.queries.audit_chain(tenant);
        let mut chain = Chain::new(tenant, end);
        while let Some(row) = rows.try_next().await? {
            chain.take(row);
            if chain.postings.len() >= POSTINGS_ASKED_TOGETHER {
                self.compare_postings(tenant, &mut chain).await?;
            }
        }
        self.compare_postings(tenant, &mut chain).await?;
        if chain.broken == 0 && totals.rows < totals.changes {
            // Rows from before the chain are counted, because nothing else tells that one is gone.
            chain.break_at(0, None, vec!["missing"]);
        }
        Ok(chain.view())
    }

    /// A posting that the audit log recorded is an entry with that number and that hash.
    async fn compare_postings(&self, tenant: TenantId, chain: &mut Chain) -> AppResult<()> {
        let postings = std::mem::take(&mut chain.postings);
        let ids: BTreeSet<_> = postings.iter().map(|posting| posting.entry).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let posted = self.queries.posted_hashes(tenant, &ids).await?;
        for posting in postings {
            let same = posted.get(&posting.entry).is_some_and(|(number, hash)| {
                let same = |said: &Option<String>, is: &str| said.as_deref().is_none_or(|said| said == is);
                same(&posting.number, number) && same(&posting.hash, &hex(hash))
            });
            if !same {
                chain.break_at(posting.position, Some(posting.row), vec!["ledger"]);
            }
        }
        Ok(())
    }
}

/// A posting as the audit log recorded it.
struct Posting {
    position: i64,
    row: uuid::Uuid,
    entry: JournalEntryId,
    number: Option<String>,
    hash: Option<String>,
}

/// The chain as far as it was read.
struct Chain {
    tenant: TenantId,
    /// The end of the chain that the counter names.
    end: Option<AuditHead>,
    head: Option<AuditHead>,
    /// Whether the end of the chain that the counter names was found.
    end_met: bool,
    rows: u64,
    before_chain: u64,
    broken: u64,
    first_broken: Option<BrokenAuditView>,
    postings: Vec<Posting>,
}

impl Chain {
    fn new(tenant: TenantId, end: Option<AuditHead>) -> Self {
        Self {
            tenant,
            end,
            head: None,
            end_met: false,
            rows: 0,
            before_chain: 0,
            broken: 0,
            first_broken: None,
            postings: Vec::new(),
        }
    }

    fn take(&mut self, audit: ChainedAudit) {
        if self.head.is_none() && audit.row.is_none() {
            // Rows of versions before the chain share no id with their event.
            self.before_chain += 1;
            return;
        }
        let before = self.head.unwrap_or(AuditHead { position: audit.position - 1, hash: GENESIS });
        let mut differs = Vec::new();
        if audit.position != before.position + 1 {
            differs.push("sequence");
        }
        let hash = match &audit.row {
            None => {
                differs.push("missing");
                before.hash
            }
            Some(row) => self.compare(&audit, row, &before, &mut differs),
        };
        if let Some(row) = &audit.row {
            self.rows += 1;
            self.note_posting(&audit, row);
        }
        let head = AuditHead { position: audit.position, hash };
        self.head = Some(head);
        self.end_met |= self.end == Some(head);
        if !differs.is_empty() {
            self.break_at(audit.position, Some(audit.id.uuid()), differs);
        }
    }

    /// Answers the stored hash, from which the chain goes on, so that one altered row is named and not every one after it.
    fn compare(
        &self,
        audit: &ChainedAudit,
        row: &StoredAudit,
        before: &AuditHead,
        differs: &mut Vec<&'static str>,
    ) -> [u8; 32] {
        let hashed = AuditRow {
            tenant: self.tenant,
            position: audit.position,
            id: audit.id,
            recorded_at: row.recorded_at,
            actor_kind: &row.actor_kind,
            actor_id: row.actor_id,
            user_id: row.user_id,
            action: &row.action,
            entity: &row.entity,
            entity_id: row.entity_id,
            before: row.before.as_ref(),
            after: row.after.as_ref(),
            request_id: &row.request_id,
        };
        let computed = hashed.hash(&before.hash);
        let stored = row.hash.unwrap_or(before.hash);
        if Some(computed) != row.hash || row.chain_sequence != Some(audit.position) {
            differs.push("content");
        }
        let event = format!("{}.{}", row.entity, row.action);
        if (&event, row.entity_id, row.recorded_at) != (&audit.event, audit.entity_id, audit.occurred_at) {
            differs.push("event");
        }
        stored
    }

    fn note_posting(&mut self, audit: &ChainedAudit, row: &StoredAudit) {
        if (row.entity.as_str(), row.action.as_str()) != ("journal_entry", "posted") {
            return;
        }
        let text = |name: &str| {
            let value = row.after.as_ref().and_then(|after| after.get(name));
            value.and_then(Value::as_str).map(str::to_owned)
        };
        self.postings.push(Posting {
            position: audit.position,
            row: audit.id.uuid(),
            entry: JournalEntryId::new(row.entity_id),
            number: text("number"),
            hash: text("hash"),
        });
    }

    fn break_at(&mut self, position: i64, id: Option<uuid::Uuid>, differs: Vec<&'static str>) {
        self.broken += 1;
        let found = BrokenAuditView { position, id, differs };
        match &self.first_broken {
            Some(first) if first.position <= position => {}
            _ => self.first_broken = Some(found),
        }
    }

    fn view(mut self) -> AuditChainView {
        if let Some(end) = self.end.filter(|_| !self.end_met) {
            self.break_at(end.position, None, vec!["chain_head"]);
        }
        // A chain that has rows has an end in the counter.
        if let (Some(head), None) = (self.head, self.end) {
            self.break_at(head.position, None, vec!["chain_head"]);
        }
        AuditChainView {
            ok: self.broken == 0,
            rows: self.rows,
            before_chain: self.before_chain,
            broken: self.broken,
            first_broken: self.first_broken,
        }
    }
}
