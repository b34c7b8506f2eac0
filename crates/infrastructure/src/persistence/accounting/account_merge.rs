//! What names an account, in SQL: [`AccountMergeRepository`].

use std::collections::{BTreeMap, BTreeSet};

use application::accounting::ports::account_merge::{AccountMergeRepository, NamingKind, NamingRecord};
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::dimension::DimensionCombination;
use domain::accounting::year_close::RemainingBalance;
use domain::ids::{AccountId, DimensionSetId};
use domain::money::{Amount, CurrencyCode};

use super::columns::quoted;
use crate::persistence::SqlUnitOfWork;
use crate::sql::statement::Statement;
use crate::sql::value::Value;
use crate::statements;

statements! {
    HELD = "accounting.account_merge.held":
        "SELECT b.currency, SUM(b.debit - b.credit) AS balance, SUM(b.currency_debit - b.currency_credit) AS currency_balance \
         FROM fiscal_period p CROSS JOIN account_balance b WHERE p.tenant_id = ?1 AND b.tenant_id = p.tenant_id \
         AND b.fiscal_period_id = p.id AND b.account_id = ?2 GROUP BY b.currency";
    HELD_BY_SET = "accounting.account_merge.held_by_set":
        "SELECT b.dimension_set_id, b.currency, SUM(b.debit - b.credit) AS balance, \
         SUM(b.currency_debit - b.currency_credit) AS currency_balance \
         FROM fiscal_period p CROSS JOIN dimension_balance b WHERE p.tenant_id = ?1 AND b.tenant_id = p.tenant_id \
         AND b.fiscal_period_id = p.id AND b.account_id = ?2 GROUP BY b.dimension_set_id, b.currency \
         HAVING SUM(b.debit) <> SUM(b.credit) OR SUM(b.currency_debit) <> SUM(b.currency_credit)";
    LAST = "accounting.account_merge.last_posting":
        "SELECT MAX(posting_date) AS last_date FROM ledger_line WHERE tenant_id = ?1 AND account_id = ?2";
    OPEN_LINES = "accounting.account_merge.open_lines":
        "SELECT {first} 1 FROM open_line WHERE tenant_id = ?1 AND account_id = ?2 AND settled_on IS NULL {only}";
    WAITING = "accounting.account_merge.waiting":
        "SELECT {first} 1 FROM approval v INNER JOIN journal_entry_draft d ON d.tenant_id = v.tenant_id \
         AND d.entry_id = v.journal_entry_id WHERE v.tenant_id = ?1 AND v.status = 'pending' \
         AND d.document LIKE ?2 {escape} {only}";
    DRAFTS = "accounting.account_merge.drafts":
        "SELECT {top ?4} entry_id AS id, document AS body_text, CAST(NULL AS NVARCHAR(1)) AS more_text FROM journal_entry_draft \
         WHERE tenant_id = ?1 AND (document LIKE ?2 {escape} OR document LIKE ?3 {escape}) ORDER BY entry_id {limit ?4}";
    RECURRING_ENTRIES = "accounting.account_merge.recurring_entries":
        "SELECT {top ?4} id, template AS body_text, CAST(NULL AS NVARCHAR(1)) AS more_text FROM recurring_entry \
         WHERE tenant_id = ?1 AND (template LIKE ?2 {escape} OR template LIKE ?3 {escape}) ORDER BY id {limit ?4}";
    KEYS = "accounting.account_merge.distribution_keys":
        "SELECT {top ?4} id, targets AS body_text, CAST(NULL AS NVARCHAR(1)) AS more_text FROM distribution_key \
         WHERE tenant_id = ?1 AND (targets LIKE ?2 {escape} OR targets LIKE ?3 {escape}) ORDER BY id {limit ?4}";
    DOCUMENTS = "accounting.account_merge.documents":
        "SELECT {top ?4} id, body AS body_text, content AS more_text FROM document WHERE tenant_id = ?1 AND entry_id IS NULL \
         AND (body LIKE ?2 {escape} OR body LIKE ?3 {escape}) ORDER BY id {limit ?4}";
    RECURRING_INVOICES = "accounting.account_merge.recurring_invoices":
        "SELECT {top ?4} id, template AS body_text, CAST(NULL AS NVARCHAR(1)) AS more_text FROM recurring_invoice \
         WHERE tenant_id = ?1 AND (template LIKE ?2 {escape} OR template LIKE ?3 {escape}) ORDER BY id {limit ?4}";
    REWRITE_DRAFT = "accounting.account_merge.rewrite_draft":
        "UPDATE journal_entry_draft SET document = ?3 WHERE tenant_id = ?1 AND entry_id = ?2";
    TOUCH_ENTRY = "accounting.account_merge.touch_entry":
        "UPDATE journal_entry SET version = version + 1, updated_at = ?3 WHERE tenant_id = ?1 AND id = ?2 AND status = 'draft'";
    REWRITE_RECURRING_ENTRY = "accounting.account_merge.rewrite_recurring_entry":
        "UPDATE recurring_entry SET template = ?3, updated_at = ?4, version = version + 1 WHERE tenant_id = ?1 AND id = ?2";
    REWRITE_KEY = "accounting.account_merge.rewrite_distribution_key":
        "UPDATE distribution_key SET targets = ?3, updated_at = ?4, version = version + 1 WHERE tenant_id = ?1 AND id = ?2";
    REWRITE_DOCUMENT = "accounting.account_merge.rewrite_document":
        "UPDATE document SET body = ?3, content = ?4, version = version + 1 \
         WHERE tenant_id = ?1 AND id = ?2 AND entry_id IS NULL";
    REWRITE_RECURRING_INVOICE = "accounting.account_merge.rewrite_recurring_invoice":
        "UPDATE recurring_invoice SET template = ?3, updated_at = ?4, version = version + 1 WHERE tenant_id = ?1 AND id = ?2";
    POSTING_RULES = "accounting.account_merge.posting_rules":
        "UPDATE posting_rule SET account_id = ?3, updated_at = ?4, version = version + 1 WHERE tenant_id = ?1 AND account_id = ?2";
    DIMENSION_RULES = "accounting.account_merge.dimension_rules":
        "UPDATE dimension_rule SET account_id = ?3, updated_at = ?4, version = version + 1 WHERE tenant_id = ?1 AND account_id = ?2";
    // The survivor's own value for a dimension and journal stays.
    KNOWN_DEFAULTS = "accounting.account_merge.known_dimension_defaults":
        "DELETE FROM dimension_default WHERE tenant_id = ?1 AND account_id = ?2 AND EXISTS (SELECT 1 FROM dimension_default n \
         WHERE n.tenant_id = dimension_default.tenant_id AND n.account_id = ?3 \
         AND n.dimension_id = dimension_default.dimension_id AND (n.journal_id = dimension_default.journal_id \
         OR (n.journal_id IS NULL AND dimension_default.journal_id IS NULL)))";
    DEFAULTS = "accounting.account_merge.dimension_defaults":
        "UPDATE dimension_default SET account_id = ?3, updated_at = ?4, version = version + 1 \
         WHERE tenant_id = ?1 AND account_id = ?2";
    POLICIES = "accounting.account_merge.approval_policies":
        "UPDATE approval_policy SET account_id = ?3, updated_at = ?4, version = version + 1 WHERE tenant_id = ?1 AND account_id = ?2";
    ADDED_BUDGETS = "accounting.account_merge.added_budget_lines":
        "UPDATE budget_line SET amount = amount + (SELECT o.amount FROM budget_line o WHERE o.tenant_id = budget_line.tenant_id \
         AND o.budget_id = budget_line.budget_id AND o.account_id = ?2 AND o.fiscal_period_id = budget_line.fiscal_period_id \
         AND o.dimension_set_id = budget_line.dimension_set_id) WHERE tenant_id = ?1 AND account_id = ?3 \
         AND EXISTS (SELECT 1 FROM budget_line o WHERE o.tenant_id = budget_line.tenant_id \
         AND o.budget_id = budget_line.budget_id AND o.account_id = ?2 AND o.fiscal_period_id = budget_line.fiscal_period_id \
         AND o.dimension_set_id = budget_line.dimension_set_id)";
    TAKEN_BUDGETS = "accounting.account_merge.taken_budget_lines":
        "DELETE FROM budget_line WHERE tenant_id = ?1 AND account_id = ?2 AND EXISTS (SELECT 1 FROM budget_line n \
         WHERE n.tenant_id = budget_line.tenant_id AND n.budget_id = budget_line.budget_id AND n.account_id = ?3 \
         AND n.fiscal_period_id = budget_line.fiscal_period_id AND n.dimension_set_id = budget_line.dimension_set_id)";
    BUDGETS = "accounting.account_merge.budget_lines":
        "UPDATE budget_line SET account_id = ?3 WHERE tenant_id = ?1 AND account_id = ?2";
    DEFERRAL_SOURCES = "accounting.account_merge.deferral_sources":
        "UPDATE deferral SET source_account_id = ?3, version = version + 1 WHERE tenant_id = ?1 AND source_account_id = ?2 \
         AND status = 'active'";
    DEFERRAL_TARGETS = "accounting.account_merge.deferral_targets":
        "UPDATE deferral SET target_account_id = ?3, version = version + 1 WHERE tenant_id = ?1 AND target_account_id = ?2 \
         AND status = 'active'";
    EARLIER = "accounting.account_merge.earlier":
        "UPDATE account SET merged_into_id = ?3, updated_at = ?4, version = version + 1 \
         WHERE tenant_id = ?1 AND merged_into_id = ?2";
}

/// The records of each kind, and how their texts are replaced.
static TEXTS: [(NamingKind, &Statement); 5] = [
    (NamingKind::JournalEntry, &DRAFTS),
    (NamingKind::RecurringEntry, &RECURRING_ENTRIES),
    (NamingKind::DistributionKey, &KEYS),
    (NamingKind::Document, &DOCUMENTS),
    (NamingKind::RecurringInvoice, &RECURRING_INVOICES),
];

fn too_large() -> StorageError {
    StorageError::Internal("a balance no longer fits".to_owned())
}

#[async_trait]
impl AccountMergeRepository for SqlUnitOfWork {
    async fn held_balances(&mut self, account: AccountId) -> StorageResult<Vec<RemainingBalance>> {
        self.flush_balances().await?;
        let key = [self.tenant.into(), account.into()];
        let mut totals: BTreeMap<CurrencyCode, (Amount, Amount)> = BTreeMap::new();
        for row in self.tx.query(&HELD, &key).await? {
            let mut columns = row.columns("account_balance");
            let currency = columns.get("currency")?;
            totals.insert(currency, (columns.get("balance")?, columns.get("currency_balance")?));
        }
        let mut by_set: Vec<(DimensionSetId, CurrencyCode, Amount, Amount)> = Vec::new();
        for row in self.tx.query(&HELD_BY_SET, &key).await? {
            let mut columns = row.columns("dimension_balance");
            let (set, currency) = (columns.get("dimension_set_id")?, columns.get("currency")?);
            by_set.push((set, currency, columns.get("balance")?, columns.get("currency_balance")?));
        }
        let sets: BTreeSet<DimensionSetId> = by_set.iter().map(|(set, ..)| *set).collect();
        let found = self.find_sets(&sets).await?;
        let mut held = Vec::with_capacity(by_set.len() + totals.len());
        for (dimension_set, currency, balance, currency_balance) in by_set {
            // Lines without dimensions are what the sets do not explain.
            let (company, own) = totals.entry(currency).or_default();
            *company = company.checked_sub(balance).ok_or_else(too_large)?;
            *own = own.checked_sub(currency_balance).ok_or_else(too_large)?;
            let dimensions = found.get(&dimension_set).map(|found| found.combination.clone());
            let dimensions = dimensions.unwrap_or_default();
            held.push(RemainingBalance {
                account,
                dimension_set,
                dimensions,
                currency,
                balance,
                currency_balance,
            });
        }
        let without = totals.into_iter().map(|(currency, (balance, currency_balance))| RemainingBalance {
            account,
            dimension_set: DimensionSetId::EMPTY,
            dimensions: DimensionCombination::EMPTY,
            currency,
            balance,
            currency_balance,
        });
        held.extend(without.filter(|row| !row.is_zero()));
        Ok(held)
    }

    async fn last_posting(&mut self, account: AccountId) -> StorageResult<Option<NaiveDate>> {
        let row = self.tx.find(&LAST, &[self.tenant.into(), account.into()]).await?;
        Ok(row.map(|row| row.single("ledger_line", "last_date")).transpose()?.flatten())
    }

    async fn has_open_lines(&mut self, account: AccountId) -> StorageResult<bool> {
        Ok(self.tx.find(&OPEN_LINES, &[self.tenant.into(), account.into()]).await?.is_some())
    }

    async fn awaits_approval(&mut self, account: AccountId) -> StorageResult<bool> {
        let params = [self.tenant.into(), quoted(&account.to_string())];
        Ok(self.tx.find(&WAITING, &params).await?.is_some())
    }

    async fn naming_records(
        &mut self,
        account: AccountId,
        code: &str,
        max: i64,
    ) -> StorageResult<Vec<NamingRecord>> {
        let params = [self.tenant.into(), quoted(&account.to_string()), quoted(code), max.into()];
        let mut found = Vec::new();
        for (kind, statement) in TEXTS {
            for row in self.tx.query(statement, &params).await? {
                let mut columns = row.columns("account_merge");
                let id = columns.get("id")?;
                let (text, more): (String, Option<String>) =
                    (columns.get("body_text")?, columns.get("more_text")?);
                found.push(NamingRecord {
                    kind,
                    id,
                    texts: [Some(text), more].into_iter().flatten().collect(),
                });
            }
        }
        Ok(found)
    }

    async fn rewrite(&mut self, record: &NamingRecord) -> StorageResult<()> {
        let (tenant, id, now): (Value, Value, Value) =
            (self.tenant.into(), record.id.into(), self.now.into());
        let mut texts = record.texts.iter().map(|text| Value::from(text.as_str()));
        let text = texts.next().unwrap_or(Value::Null);
        let params = [tenant.clone(), id.clone(), text.clone(), now.clone()];
        match record.kind {
            NamingKind::JournalEntry => {
                self.tx.execute_one(&REWRITE_DRAFT, &params[..3]).await?;
                self.tx.execute_one(&TOUCH_ENTRY, &[tenant, id, now]).await
            }
            NamingKind::RecurringEntry => self.tx.execute_one(&REWRITE_RECURRING_ENTRY, &params).await,
            NamingKind::DistributionKey => self.tx.execute_one(&REWRITE_KEY, &params).await,
            NamingKind::Document => {
                let content = texts.next().unwrap_or(Value::Null);
                self.tx.execute_one(&REWRITE_DOCUMENT, &[tenant, id, text, content]).await
            }
            NamingKind::RecurringInvoice => self.tx.execute_one(&REWRITE_RECURRING_INVOICE, &params).await,
        }
    }

    async fn rename_rows(
        &mut self,
        from: AccountId,
        into: AccountId,
    ) -> StorageResult<Vec<(&'static str, u64)>> {
        let params = [self.tenant.into(), from.into(), into.into(), self.now.into()];
        let mut renamed: Vec<(&'static str, u64)> = Vec::new();
        let steps: [(&str, &'static Statement, bool); 11] = [
            ("posting-rules", &POSTING_RULES, true),
            ("dimension-rules", &DIMENSION_RULES, true),
            ("dimension-defaults", &KNOWN_DEFAULTS, false),
            ("dimension-defaults", &DEFAULTS, true),
            ("approval-policies", &POLICIES, true),
            ("", &ADDED_BUDGETS, false),
            ("budget-lines", &TAKEN_BUDGETS, false),
            ("budget-lines", &BUDGETS, false),
            ("deferrals", &DEFERRAL_SOURCES, false),
            ("deferrals", &DEFERRAL_TARGETS, false),
            ("accounts", &EARLIER, true),
        ];
        for (resource, statement, dated) in steps {
            let count = self.tx.execute(statement, if dated { &params } else { &params[..3] }).await?;
            match renamed.iter_mut().find(|(known, _)| *known == resource) {
                _ if resource.is_empty() => {}
                Some((_, all)) => *all += count,
                None => renamed.push((resource, count)),
            }
        }
        Ok(renamed)
    }
}
