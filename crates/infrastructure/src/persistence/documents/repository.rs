//! [`DocumentRepository`] in SQL.

use std::collections::{BTreeMap, BTreeSet};

use application::documents::ports::{
    DocumentId, DocumentLink, DocumentRepository, GroupUse, NamedDocument, PostedDocument, ReferredDocument,
    StoredDocument,
};
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::number_series::NumberSeries;
use domain::company::branch::BranchId;
use domain::documents::document_type::DocumentType;
use domain::documents::note::{DocumentGroup, DocumentLine};
use domain::documents::progress::LineProgress;
use domain::ids::JournalEntryId;
use domain::money::{Amount, Quantity};
use domain::parties::party::PartyId;

use super::progress::{
    DELETE_LINE, LINE_PROGRESS, LINK_INSERT, LINKS_FROM, MOVE_LINE, OPEN_ORDERS, OVERDUE, PROGRESS_INSERT,
    progress_values, read_link,
};
use super::repository_sql::{
    BY_ID, BY_NUMBERS, BY_REFERENCES, BY_SUPPLIER_KEY, CREDIT_LINE, DELETE, ENTRIES, FIND, GROUP_INSERT,
    GROUPS, INSERT, LINE_INSERT, LINES, OF_ENTRY, PAID, RECEIVABLE, REFERRED, SERIES, UNPOSTED, UPDATE,
    USE_GROUP,
};
use super::rows::{content, read_group, read_line, read_named, read_progress, read_referred, read_whole};
use crate::persistence::SqlUnitOfWork;
use crate::persistence::accounting::number_series::read_series;
use crate::sql::value::{Row, Value, code_list};

#[async_trait]
impl DocumentRepository for SqlUnitOfWork {
    async fn find_document(&mut self, id: DocumentId) -> StorageResult<Option<StoredDocument>> {
        let Some(row) = self.tx.find(&FIND, &[self.tenant.into(), id.into()]).await? else { return Ok(None) };
        read_whole(row).map(Some)
    }

    async fn find_documents(&mut self, ids: &BTreeSet<DocumentId>) -> StorageResult<Vec<StoredDocument>> {
        let rows = self.tx.lookup(&BY_ID, self.tenant, ids.iter().map(|id| (*id).into())).await?;
        rows.into_iter().map(read_whole).collect()
    }

    async fn paid_documents(
        &mut self,
        entries: &BTreeSet<JournalEntryId>,
    ) -> StorageResult<Vec<StoredDocument>> {
        let rows = self.tx.lookup(&PAID, self.tenant, entries.iter().map(|id| (*id).into())).await?;
        rows.into_iter().map(read_whole).collect()
    }

    async fn entries_of(&mut self, documents: &BTreeSet<DocumentId>) -> StorageResult<Vec<PostedDocument>> {
        let rows = self.tx.lookup(&ENTRIES, self.tenant, documents.iter().map(|id| (*id).into())).await?;
        let read = |row: Row| {
            let mut columns = row.columns("document");
            Ok(PostedDocument {
                id: columns.get("id")?,
                document_type: columns.parse("document_type", |text| DocumentType::parse(text).ok())?,
                number: columns.get::<Option<String>>("number")?.unwrap_or_default(),
                entry: columns.get("entry_id")?,
            })
        };
        rows.into_iter().map(read).collect()
    }

    async fn document_of_entry(&mut self, entry: JournalEntryId) -> StorageResult<Option<DocumentId>> {
        let row = self.tx.find(&OF_ENTRY, &[self.tenant.into(), entry.into()]).await?;
        row.map(|row| row.single("document", "id")).transpose()
    }

    async fn insert_document(&mut self, document: &StoredDocument) -> StorageResult<()> {
        let mut params = vec![self.tenant.into(), document.id.into(), document.document_type.as_str().into()];
        params.extend(content(document)?);
        params.extend([
            document.created_by.into(),
            document.created_at.into(),
            document.posted_at.into(),
            document.version.into(),
        ]);
        self.tx.execute_one(&INSERT, &params).await
    }

    async fn update_document(&mut self, document: &StoredDocument) -> StorageResult<bool> {
        let mut params = vec![self.tenant.into(), document.id.into(), (document.version - 1).into()];
        params.extend(content(document)?);
        params.extend([document.posted_at.into(), document.version.into()]);
        Ok(self.tx.execute(&UPDATE, &params).await? == 1)
    }

    async fn delete_draft_document(&mut self, id: DocumentId, version: i64) -> StorageResult<bool> {
        Ok(self.tx.execute(&DELETE, &[self.tenant.into(), id.into(), version.into()]).await? == 1)
    }

    async fn by_supplier_key(
        &mut self,
        document_type: DocumentType,
        party: PartyId,
        key: &str,
    ) -> StorageResult<Option<DocumentId>> {
        let params = [self.tenant.into(), document_type.as_str().into(), party.into(), key.into()];
        let row = self.tx.find(&BY_SUPPLIER_KEY, &params).await?;
        row.map(|row| row.single("document", "id")).transpose()
    }

    async fn posted_named(
        &mut self,
        types: &[DocumentType],
        names: &BTreeSet<&str>,
    ) -> StorageResult<Vec<NamedDocument>> {
        let types = code_list(types.iter().map(|one| one.as_str()));
        let params = [self.tenant.into(), types, code_list(names.iter().copied())];
        let numbered = self.tx.query(&BY_NUMBERS, &params).await?;
        let referred = self.tx.query(&BY_REFERENCES, &params).await?;
        let rows = numbered.into_iter().chain(referred);
        let found: StorageResult<Vec<_>> = rows.map(|row| read_named(&mut row.columns("document"))).collect();
        let mut found = found?;
        found.sort_by_key(|named| named.id);
        found.dedup_by_key(|named| named.id);
        Ok(found)
    }

    async fn referred(
        &mut self,
        document_type: DocumentType,
        references: &BTreeSet<&str>,
    ) -> StorageResult<Vec<ReferredDocument>> {
        let references = code_list(references.iter().copied());
        let params = [self.tenant.into(), document_type.as_str().into(), references];
        let rows = self.tx.query(&REFERRED, &params).await?;
        rows.into_iter().map(|row| read_referred(&mut row.columns("document"))).collect()
    }

    async fn receivable_of(&mut self, party: PartyId, code: &str) -> StorageResult<Amount> {
        let row = self.tx.find(&RECEIVABLE, &[self.tenant.into(), party.into(), code.into()]).await?;
        let open = row.map(|row| row.single::<Option<Amount>>("open_item", "open_amount")).transpose()?;
        Ok(open.flatten().unwrap_or_default())
    }

    async fn unposted_of(&mut self, party: PartyId, max: i64) -> StorageResult<BTreeSet<DocumentId>> {
        let rows = self.tx.query(&UNPOSTED, &[self.tenant.into(), party.into(), max.into()]).await?;
        rows.into_iter().map(|row| row.single("document", "id")).collect()
    }

    async fn document_series(
        &mut self,
        document_type: DocumentType,
        branch: Option<BranchId>,
    ) -> StorageResult<Option<NumberSeries>> {
        let params = [self.tenant.into(), document_type.as_str().into(), branch.into()];
        let row = self.tx.find(&SERIES, &params).await?;
        row.map(|row| read_series(&mut row.columns("number_series"))).transpose()
    }

    async fn insert_progress(
        &mut self,
        document: DocumentId,
        groups: &[DocumentGroup],
        lines: &[DocumentLine],
    ) -> StorageResult<()> {
        let tenant: Value = self.tenant.into();
        let group = |group: &DocumentGroup| {
            vec![
                tenant.clone(),
                document.into(),
                group.number.into(),
                group.category.as_str().into(),
                // As an amount: both are ten-thousandths.
                Amount::from_scaled(group.rate.scaled()).into(),
                group.taxable.into(),
                group.vat.into(),
                group.used_taxable.into(),
                group.used_vat.into(),
            ]
        };
        self.tx.insert_many(&GROUP_INSERT, groups.iter().map(group)).await?;
        let line = |line: &DocumentLine| {
            vec![
                tenant.clone(),
                document.into(),
                line.line_no.into(),
                line.item.into(),
                line.quantity.into(),
                line.credited_quantity.into(),
            ]
        };
        self.tx.insert_many(&LINE_INSERT, lines.iter().map(line)).await
    }

    async fn insert_line_progress(
        &mut self,
        order: DocumentId,
        party: PartyId,
        lines: &[(LineProgress, Amount)],
    ) -> StorageResult<()> {
        let tenant: Value = self.tenant.into();
        let row = |(line, exposure): &(LineProgress, Amount)| {
            let mut row = vec![tenant.clone(), order.into(), line.line_no.into(), party.into()];
            row.extend(progress_values(line, *exposure));
            row.push(line.version.into());
            row
        };
        self.tx.insert_many(&PROGRESS_INSERT, lines.iter().map(row)).await
    }

    async fn line_progress(&mut self, order: DocumentId) -> StorageResult<Vec<LineProgress>> {
        let rows = self.tx.query(&LINE_PROGRESS, &[self.tenant.into(), order.into()]).await?;
        rows.into_iter().map(|row: Row| read_progress(&mut row.columns("line_progress"))).collect()
    }

    async fn move_line_progress(
        &mut self,
        order: DocumentId,
        lines: &[(LineProgress, Amount)],
    ) -> StorageResult<()> {
        let tenant: Value = self.tenant.into();
        let row = |(line, exposure): &(LineProgress, Amount)| {
            let mut row = vec![tenant.clone(), order.into(), line.line_no.into(), line.version.into()];
            row.extend(progress_values(line, *exposure));
            row
        };
        self.tx.update_all(&MOVE_LINE, lines.iter().map(row).collect()).await
    }

    async fn delete_line_progress(&mut self, order: DocumentId, line: &LineProgress) -> StorageResult<()> {
        let params = [self.tenant.into(), order.into(), line.line_no.into(), line.version.into()];
        self.tx.execute_one(&DELETE_LINE, &params).await
    }

    async fn open_orders_of(&mut self, party: PartyId) -> StorageResult<Amount> {
        let row = self.tx.find(&OPEN_ORDERS, &[self.tenant.into(), party.into()]).await?;
        let open = row.map(|row| row.single::<Option<Amount>>("line_progress", "exposure")).transpose()?;
        Ok(open.flatten().unwrap_or_default())
    }

    async fn insert_links(&mut self, from: DocumentId, links: &[DocumentLink]) -> StorageResult<()> {
        let tenant: Value = self.tenant.into();
        let row = |link: &DocumentLink| {
            vec![
                tenant.clone(),
                from.into(),
                link.from_line.into(),
                link.to.into(),
                link.to_line.into(),
                link.kind.as_str().into(),
                link.quantity.into(),
            ]
        };
        self.tx.insert_many(&LINK_INSERT, links.iter().map(row)).await
    }

    async fn links_from(&mut self, document: DocumentId) -> StorageResult<Vec<DocumentLink>> {
        let rows = self.tx.query(&LINKS_FROM, &[self.tenant.into(), document.into()]).await?;
        rows.into_iter().map(|row: Row| read_link(&mut row.columns("document_link"))).collect()
    }

    async fn overdue_quotations(&mut self, today: NaiveDate, max: u32) -> StorageResult<Vec<DocumentId>> {
        let rows = self.tx.query(&OVERDUE, &[self.tenant.into(), today.into(), max.into()]).await?;
        rows.into_iter().map(|row| row.single("document", "id")).collect()
    }

    async fn groups_of(
        &mut self,
        documents: &BTreeSet<DocumentId>,
    ) -> StorageResult<Vec<(DocumentId, DocumentGroup)>> {
        let rows = self.tx.lookup(&GROUPS, self.tenant, documents.iter().map(|id| (*id).into())).await?;
        let groups = rows.into_iter().map(|row: Row| read_group(&mut row.columns("document_tax")));
        let mut groups = groups.collect::<StorageResult<Vec<_>>>()?;
        groups.sort_by_key(|(document, group)| (*document, group.number));
        Ok(groups)
    }

    async fn lines_of(
        &mut self,
        documents: &BTreeSet<DocumentId>,
    ) -> StorageResult<Vec<(DocumentId, DocumentLine)>> {
        let rows = self.tx.lookup(&LINES, self.tenant, documents.iter().map(|id| (*id).into())).await?;
        let lines = rows.into_iter().map(|row: Row| read_line(&mut row.columns("document_line")));
        let mut lines = lines.collect::<StorageResult<Vec<_>>>()?;
        lines.sort_by_key(|(document, line)| (*document, line.line_no));
        Ok(lines)
    }

    async fn use_groups(&mut self, uses: &[GroupUse]) -> StorageResult<bool> {
        let mut sums: BTreeMap<_, (Amount, Amount)> = BTreeMap::new();
        for used in uses {
            let (taxable, vat) = sums.entry((used.document, used.number)).or_default();
            let more = taxable.checked_add(used.taxable).zip(vat.checked_add(used.vat));
            (*taxable, *vat) = more.ok_or_else(too_much)?;
        }
        let tenant: Value = self.tenant.into();
        let row = |((document, number), (taxable, vat)): ((DocumentId, u32), (Amount, Amount))| {
            vec![tenant.clone(), document.into(), number.into(), taxable.into(), vat.into()]
        };
        let rows: Vec<_> = sums.into_iter().map(row).collect();
        let all = rows.len() as u64;
        Ok(self.tx.update_many(&USE_GROUP, rows).await? == all)
    }

    async fn credit_lines(
        &mut self,
        document: DocumentId,
        quantities: &[(u32, Quantity)],
    ) -> StorageResult<bool> {
        let mut sums: BTreeMap<u32, Quantity> = BTreeMap::new();
        for (line, quantity) in quantities {
            let sum = sums.entry(*line).or_default();
            *sum = Quantity::from_scaled(sum.scaled().checked_add(quantity.scaled()).ok_or_else(too_much)?);
        }
        let tenant: Value = self.tenant.into();
        let row = |(line, quantity): (u32, Quantity)| {
            vec![tenant.clone(), document.into(), line.into(), quantity.into()]
        };
        let rows: Vec<_> = sums.into_iter().map(row).collect();
        let all = rows.len() as u64;
        Ok(self.tx.update_many(&CREDIT_LINE, rows).await? == all)
    }
}

fn too_much() -> StorageError {
    StorageError::Internal("what a document takes of another does not fit".to_owned())
}
