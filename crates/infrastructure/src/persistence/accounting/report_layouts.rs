//! Report layouts in SQL. The rows are a document in the layout's row.

use application::ports::storage_error::StorageResult;
use domain::accounting::account::{AccountType, CashFlowActivity, NormalBalance};
use domain::accounting::report_layout::{
    CodeRange, Formula, LayoutKind, LayoutRow, Measure, ReportLayout, RowAccounts, RowContent, RowKind,
};
use domain::ids::TenantId;
use domain::text::{Code, LocalizedName};
use serde::{Deserialize, Serialize};

use crate::persistence::table::{Column, Table};
use crate::sql::db::Db;
use crate::sql::value::{Columns, Value};
use crate::{rows_of, statements, table, word_column};

word_column!(LayoutKind);

table! {
    ReportLayout in "accounting", "report_layout" by id;
    columns { code, name: [name_ar, name_en], kind, rows: [layout_rows] }
    search { code, name }
    unique code
}

statements! {
    LAYOUT = "accounting.report.layout": rows_of!(ReportLayout, " WHERE t.tenant_id = ?1 AND t.code = ?2");
}

impl Db {
    pub(super) async fn report_layout(
        &self,
        tenant: TenantId,
        code: &str,
    ) -> StorageResult<Option<ReportLayout>> {
        let row = self.find(&LAYOUT, &[tenant.into(), code.into()]).await?;
        row.map(|row| ReportLayout::read(&mut row.columns("report_layout"))).transpose()
    }
}

/// A row as it is stored.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct StoredRow {
    code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ar: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    en: Option<String>,
    kind: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ranges: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    headings: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    types: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    activities: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    measure: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    formula: Option<String>,
    level: u8,
    hidden: bool,
    memo: bool,
}

impl StoredRow {
    fn of(row: &LayoutRow) -> Self {
        let texts = |codes: &[Code]| codes.iter().map(ToString::to_string).collect();
        let own = Self {
            code: row.code.to_string(),
            ar: row.name.ar().map(str::to_owned),
            en: row.name.en().map(str::to_owned),
            kind: row.kind().to_string(),
            formula: row.formula().map(ToString::to_string),
            level: row.level,
            hidden: row.hidden,
            ..Self::default()
        };
        let Some(accounts) = row.accounts() else { return own };
        let range = |range: &CodeRange| (range.from.to_string(), range.to.to_string());
        Self {
            ranges: accounts.ranges.iter().map(range).collect(),
            headings: texts(&accounts.headings),
            types: accounts.types.iter().map(ToString::to_string).collect(),
            activities: accounts.activities.iter().map(ToString::to_string).collect(),
            measure: accounts.measure.map(|measure| measure.to_string()),
            side: Some(accounts.side.to_string()),
            memo: accounts.memo,
            ..own
        }
    }

    fn row(self) -> Option<LayoutRow> {
        let formula = self.formula.as_deref().and_then(|text| Formula::parse(text).ok());
        let code = Code::stored(&self.code)?;
        let name = LocalizedName::stored(self.ar.clone(), self.en.clone())?;
        let (level, hidden) = (self.level, self.hidden);
        let content = match RowKind::parse(&self.kind).ok()? {
            RowKind::Heading => RowContent::Heading,
            RowKind::Accounts => RowContent::Accounts(self.accounts()?),
            RowKind::Formula => RowContent::Formula(formula?),
            RowKind::Total => RowContent::Total(formula?),
        };
        Some(LayoutRow { code, name, content, level, hidden })
    }

    fn accounts(self) -> Option<RowAccounts> {
        let range = |(from, to): &(String, String)| {
            Some(CodeRange { from: Code::stored(from)?, to: Code::stored(to)? })
        };
        let measure = match self.measure.as_deref() {
            Some(word) => Some(Measure::parse(word).ok()?),
            None => None,
        };
        Some(RowAccounts {
            ranges: self.ranges.iter().map(range).collect::<Option<_>>()?,
            headings: self.headings.iter().map(|code| Code::stored(code)).collect::<Option<_>>()?,
            types: self.types.iter().map(|word| AccountType::parse(word).ok()).collect::<Option<_>>()?,
            activities: self
                .activities
                .iter()
                .map(|word| CashFlowActivity::parse(word).ok())
                .collect::<Option<_>>()?,
            measure,
            side: NormalBalance::parse(self.side.as_deref()?).ok()?,
            memo: self.memo,
        })
    }
}

impl Column for Vec<LayoutRow> {
    fn put(&self, values: &mut Vec<Value>) {
        let rows: Vec<_> = self.iter().map(StoredRow::of).collect();
        values.push(serde_json::json!(rows).to_string().into());
    }

    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        columns.parse(names.first().copied().unwrap_or_default(), |text| {
            let rows: Vec<StoredRow> = serde_json::from_str(text).ok()?;
            rows.into_iter().map(StoredRow::row).collect()
        })
    }
}
