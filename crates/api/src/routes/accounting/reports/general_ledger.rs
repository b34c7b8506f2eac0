use application::accounting::reports::error::REPORT_TOO_MANY_LINES;
use application::accounting::reports::general_ledger::{GeneralLedgerRequest, RowStream};
use application::accounting::reports::request::{ReportRequest, end_date};
use application::accounting::views::reports::{GeneralLedgerRowView, ReportScopeView};
use application::error::{AppError, AppResult};
use axum::body::Body;
use axum::response::Response;
use domain::error::{Language, Violation};
use futures::stream::{StreamExt, TryStreamExt};

use super::csv_options::FileForm;
use super::query::LedgerQuery;
use super::render::{Setting, name_media};
use super::tables::{general_ledger_columns, general_ledger_row, titled};
use crate::answer::{self, ApiResult};
use crate::export::{CsvStyle, Table, TableRow, to_xlsx};
use crate::extract::{Media, Query};

/// Most rows of a spreadsheet: it is made in memory.
pub const SPREADSHEET_ROWS_MAX: usize = 50_000;
/// Most rows on paper: some hundred pages, which take some seconds.
const PRINTED_ROWS_MAX: usize = 10_000;
/// Rows that are written at once.
const CHUNK_ROWS: usize = 500;

pub async fn get(setting: Setting, Query(query): Query<LedgerQuery>) -> ApiResult {
    let form = FileForm::of(query.format.map(|format| format.as_str()), query.csv);
    let media = setting.media(form.format);
    let tenant = setting.ctx.tenant;
    let language = setting.language();
    let request = request(query, language)?;
    if media == Media::Json {
        return answer::json(&setting.reports.general_ledger(tenant, &request).await?);
    }
    let (scope, rows) = setting.reports.stream_general_ledger(tenant, &request).await?;
    let body = match media {
        Media::Xlsx => {
            let table = collected(&scope, rows, language, SPREADSHEET_ROWS_MAX).await?;
            Body::from(to_xlsx(&setting.dated(table))?)
        }
        Media::Pdf => {
            let table = collected(&scope, rows, language, PRINTED_ROWS_MAX).await?;
            Body::from(setting.print(&table).await?)
        }
        _ => text((media, form.csv), &setting.dated(titled(&scope, language)), rows, language)?,
    };
    let mut response = Response::new(body);
    name_media(response.headers_mut(), media, "general-ledger");
    Ok(response)
}

fn request(query: LedgerQuery, language: Language) -> AppResult<GeneralLedgerRequest> {
    let report = ReportRequest {
        from: query.from,
        to: end_date(query.to, query.as_of)?,
        known_at: query.known_at,
        dimensions: query.dimension.0,
        currency: query.currency,
        include_zero: query.include_zero,
        include_closing: query.include_closing,
        language,
        ..ReportRequest::new()
    };
    Ok(GeneralLedgerRequest {
        report,
        account: query.account.map(|code| code.into_string()),
        limit: u32::try_from(query.limit.0).unwrap_or(1),
        cursor: query.cursor.map(|cursor| cursor.into_string()),
    })
}

/// CSV or NDJSON, as the client reads.
fn text(
    (media, csv): (Media, CsvStyle),
    title: &Table,
    rows: RowStream,
    language: Language,
) -> AppResult<Body> {
    let header = match media {
        Media::Csv => csv.header(&general_ledger_columns(language), &title.about())?,
        _ => Vec::new(),
    };
    let chunks = rows.try_chunks(CHUNK_ROWS).map(move |chunk| {
        let written = chunk.map_err(|failed| failed.1).and_then(|rows| write((media, csv), &rows, language));
        written.map_err(|error| {
            // Too late for a status: the connection is cut, so that the list is not taken for complete.
            tracing::error!(error = %error, "a streamed general ledger broke off");
            std::io::Error::other("the general ledger broke off")
        })
    });
    let header = futures::stream::iter((!header.is_empty()).then_some(Ok(header)));
    Ok(Body::from_stream(header.chain(chunks)))
}

fn write(
    (media, csv): (Media, CsvStyle),
    rows: &[GeneralLedgerRowView],
    language: Language,
) -> AppResult<Vec<u8>> {
    if media == Media::Csv {
        let rows: Vec<_> = rows.iter().map(|row| general_ledger_row(row, language)).collect();
        return csv.lines(&rows);
    }
    let mut out = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut out, row).map_err(|error| AppError::internal(error.to_string()))?;
        out.push(b'\n');
    }
    Ok(out)
}

/// The whole ledger in memory, with so many rows at most.
async fn collected(
    scope: &ReportScopeView,
    mut rows: RowStream,
    language: Language,
    rows_max: usize,
) -> AppResult<Table> {
    let mut shown: Vec<TableRow> = Vec::new();
    while let Some(row) = rows.try_next().await? {
        if shown.len() == rows_max {
            return Err(Violation::new(&REPORT_TOO_MANY_LINES).with("max", rows_max).into());
        }
        shown.push(general_ledger_row(&row, language));
    }
    let columns = general_ledger_columns(language);
    Ok(Table { columns, rows: shown, ..titled(scope, language) })
}
