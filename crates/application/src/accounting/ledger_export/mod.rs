//! The whole ledger as text, for programs that check it without this one: `GET /exports/ledger`.

mod hledger;
mod ndjson;
pub mod to_store;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use domain::error::Language;
use domain::ids::{DimensionId, DimensionSetId, DimensionValueId, TenantId};
use domain::money::{Amount, CurrencyCode};
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};

pub use to_store::{
    EXPORT_DAYS, EXPORT_LEDGER, EXPORT_NOT_READY, ExportToStore, StoredExportView, export_key, stored_export,
};

use super::ports::ledger_export::{ExportBooks, ExportRange, ExportedLine, ExportedSet, LedgerExportQueries};
use crate::error::{AppError, AppResult};

/// Most dimension sets kept while exporting; beyond it they are read again.
const SETS_CACHED_MAX: usize = 20_000;

domain::choices! {
    /// The format of an exported ledger.
    pub enum ExportFormat {
        /// One entry a line: header, lines, hash and place in the chain.
        NdJson = "ndjson",
        /// A journal that hledger reads.
        Hledger = "hledger",
    }
}

/// Exports one tenant's ledger.
#[derive(Clone)]
pub struct LedgerExport {
    queries: Arc<dyn LedgerExportQueries>,
}

/// The names with which lines are written.
pub(crate) struct Context {
    books: ExportBooks,
    sets: HashMap<DimensionSetId, ExportedSet>,
}

impl Context {
    fn amount(&self, amount: Amount, currency: CurrencyCode) -> String {
        let known = self.books.currencies.get(&currency).copied();
        amount.display(known.unwrap_or(self.books.company).scale)
    }

    /// Dimension code to value code.
    fn dimensions(&self, set: DimensionSetId) -> Option<&BTreeMap<String, String>> {
        self.sets.get(&set).map(|set| &set.codes)
    }

    /// Dimension id and value id.
    fn dimension_values(&self, set: DimensionSetId) -> &[(DimensionId, DimensionValueId)] {
        self.sets.get(&set).map_or(&[], |set| &set.values)
    }
}

/// Turns lines in order of entries into text.
pub(crate) trait Writer: Send {
    fn begin(&mut self, context: &Context, out: &mut Vec<u8>) -> AppResult<()>;
    fn line(&mut self, context: &Context, line: &ExportedLine, out: &mut Vec<u8>) -> AppResult<()>;
    fn end(&mut self, out: &mut Vec<u8>);
}

impl LedgerExport {
    pub fn new(queries: Arc<dyn LedgerExportQueries>) -> Self {
        Self { queries }
    }

    /// The export, piece by piece, from one snapshot of the books; as much is held as one batch of lines takes.
    pub async fn export(
        &self,
        tenant: TenantId,
        range: ExportRange,
        format: ExportFormat,
        language: Language,
    ) -> AppResult<BoxStream<'static, AppResult<Bytes>>> {
        // The snapshot of the lines may be older than the books, never younger: accounts are only ever missing there.
        let lines = self.queries.export_lines(tenant, range);
        let books = self.queries.export_books(tenant).await?;
        let context = Context { books, sets: HashMap::new() };
        let mut writer: Box<dyn Writer> = match format {
            ExportFormat::NdJson => Box::new(ndjson::NdJson::new(tenant, &context)),
            ExportFormat::Hledger => Box::new(hledger::Hledger::new(&context, language)),
        };
        let mut head = Vec::new();
        writer.begin(&context, &mut head)?;
        let run = Run { queries: self.queries.clone(), tenant, lines, context, writer };
        let head = stream::iter((!head.is_empty()).then(|| Ok(Bytes::from(head))));
        Ok(head.chain(stream::try_unfold(Some(run), Run::step)).boxed())
    }
}

struct Run {
    queries: Arc<dyn LedgerExportQueries>,
    tenant: TenantId,
    lines: BoxStream<'static, AppResult<Vec<ExportedLine>>>,
    context: Context,
    writer: Box<dyn Writer>,
}

impl Run {
    async fn step(state: Option<Self>) -> AppResult<Option<(Bytes, Option<Self>)>> {
        let Some(mut run) = state else { return Ok(None) };
        let mut out = Vec::new();
        let Some(batch) = run.lines.try_next().await? else {
            run.writer.end(&mut out);
            return Ok((!out.is_empty()).then(|| (Bytes::from(out), None)));
        };
        run.load_sets(&batch).await?;
        for line in &batch {
            run.writer.line(&run.context, line, &mut out)?;
        }
        Ok(Some((Bytes::from(out), Some(run))))
    }

    async fn load_sets(&mut self, batch: &[ExportedLine]) -> AppResult<()> {
        if self.context.sets.len() > SETS_CACHED_MAX {
            self.context.sets.clear();
        }
        let wanted: BTreeSet<_> = batch.iter().map(|line| line.line.dimension_set).collect();
        for set in wanted {
            if !set.is_empty() && !self.context.sets.contains_key(&set) {
                let held = self.queries.exported_set(self.tenant, set).await?;
                self.context.sets.insert(set, held);
            }
        }
        Ok(())
    }
}

fn missing(what: &str) -> AppError {
    AppError::internal(format!("the export met a line whose {what} it does not know"))
}
