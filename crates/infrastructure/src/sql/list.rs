//! Lists in SQL: filters, order, keyset cursor and page, composed of closed pieces. Every value is a parameter.

use application::error::AppError;
use application::paging::{Count, Direction, Filter, FilterOp, FilterValue, ListQuery, Page, invalid_cursor};
use application::ports::storage_error::StorageResult;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::TenantId;
use domain::money::Amount;
use domain::text::search_form;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::db::Db;
use super::value::{Columns, FromValue, Row, Value};

/// How one list reads: a `SELECT` without its `WHERE`, the expression of its tenant and of its unique `id` key.
pub struct ListSql {
    /// `SELECT a.id, a.code … FROM account a`
    pub select: &'static str,
    /// `a.tenant_id`
    pub tenant: &'static str,
    /// The column that ends every order, unique within the tenant: `a.id`.
    pub key: &'static str,
    /// Field name of the `ListSpec` -> column. Columns that are sorted by must not be null (`COALESCE`).
    pub columns: &'static [(&'static str, &'static str)],
    /// Fields whose column holds `text::search_form`, so that `like` folds what was typed.
    pub folded: &'static [&'static str],
}

#[derive(Serialize, Deserialize)]
struct Cursor {
    /// The order it belongs to, so that it is refused under another.
    o: String,
    /// The sort values of the last row.
    v: Vec<CursorValue>,
}

#[derive(Serialize, Deserialize, Clone)]
enum CursorValue {
    #[serde(rename = "i")]
    Int(i64),
    #[serde(rename = "t")]
    Text(String),
    #[serde(rename = "u")]
    Id(Uuid),
    #[serde(rename = "d")]
    Date(chrono::NaiveDate),
    #[serde(rename = "s")]
    Time(i64),
    #[serde(rename = "a")]
    Amount(i64),
}

impl ListSql {
    fn column(&self, field: &str) -> Result<&'static str, AppError> {
        self.columns
            .iter()
            .find(|(name, _)| *name == field)
            .map(|(_, column)| *column)
            .ok_or_else(|| AppError::internal(format!("list field {field} has no column")))
    }

    /// Reads one page. `extra` is a further condition with its parameters numbered from `?2` (`?1` is the tenant), and
    /// `read` turns the select's columns into an item.
    pub async fn page<T>(
        &self,
        db: &Db,
        tenant: TenantId,
        query: &ListQuery,
        extra: Option<(&str, Vec<Value>)>,
        read: impl FnMut(&mut Columns) -> StorageResult<T>,
    ) -> Result<Page<T>, AppError> {
        self.page_while(db, tenant, query, extra, read, |_| true).await
    }

    /// The same, but the page ends before the item that no longer `fits`. The first item is always on it.
    pub async fn page_while<T>(
        &self,
        db: &Db,
        tenant: TenantId,
        query: &ListQuery,
        extra: Option<(&str, Vec<Value>)>,
        mut read: impl FnMut(&mut Columns) -> StorageResult<T>,
        mut fits: impl FnMut(&T) -> bool,
    ) -> Result<Page<T>, AppError> {
        let mut params = vec![Value::from(tenant)];
        let mut conditions = vec![format!("{} = ?1", self.tenant)];
        if let Some((condition, values)) = extra {
            conditions.push(format!("({condition})"));
            params.extend(values);
        }
        for filter in &query.filters {
            conditions.push(self.condition(filter, &mut params)?);
        }
        let total = match query.count {
            Count::Exact => Some(self.count(db, &conditions, &params).await?),
            Count::None => None,
        };
        let order = self.order(query)?;
        if let Some(cursor) = &query.cursor {
            conditions.push(after(&order, &read_cursor(cursor, &order)?, &mut params));
        }
        let keys: String = order.iter().map(|(column, _)| format!(", {column}")).collect();
        let (head, from) = self.select.split_once(" FROM ").unwrap_or((self.select, ""));
        let by: Vec<_> = order
            .iter()
            .map(|(column, direction)| format!("{column}{}", sql_direction(*direction)))
            .collect();
        params.push(Value::Int(i64::from(query.limit) + 1));
        let text = format!(
            "{head}{keys} FROM {from} WHERE {} ORDER BY {} {{page ?{}}}",
            conditions.join(" AND "),
            by.join(", "),
            params.len()
        );
        let rows = db.query_text(&text, &params).await?;
        let mut more = rows.len() > query.limit as usize;
        let mut items = Vec::with_capacity(rows.len());
        let mut last = Vec::new();
        for row in rows.into_iter().take(query.limit as usize) {
            let mut columns = row.columns("list");
            let item = read(&mut columns)?;
            if !fits(&item) && !items.is_empty() {
                more = true;
                break;
            }
            items.push(item);
            last = columns.rest();
        }
        let next_cursor = if more { Some(write_cursor(&order, last)?) } else { None };
        Ok(Page { items, next_cursor, total })
    }

    async fn count(&self, db: &Db, conditions: &[String], params: &[Value]) -> Result<u64, AppError> {
        let (_, from) = self.select.split_once(" FROM ").unwrap_or(("", ""));
        let text = format!("SELECT COUNT(*) FROM {from} WHERE {}", conditions.join(" AND "));
        let row: Option<Row> = db.query_text(&text, params).await?.into_iter().next();
        Ok(row.map_or(Ok(0), |row| row.single("list", "count"))?)
    }

    fn order(&self, query: &ListQuery) -> Result<Vec<(&'static str, Direction)>, AppError> {
        let mut order = Vec::with_capacity(query.sort.len() + 1);
        for (field, direction) in &query.sort {
            order.push((self.column(field)?, *direction));
        }
        let direction = order.last().map_or(Direction::Ascending, |(_, direction)| *direction);
        if !order.iter().any(|(column, _)| *column == self.key) {
            order.push((self.key, direction));
        }
        Ok(order)
    }

    fn condition(&self, filter: &Filter, params: &mut Vec<Value>) -> Result<String, AppError> {
        let column = self.column(filter.field)?;
        let mut parameter = |value: Value| {
            params.push(value);
            format!("?{}", params.len())
        };
        let comparison = match filter.op {
            FilterOp::Eq => "=",
            FilterOp::Ne => "<>",
            FilterOp::Gt => ">",
            FilterOp::Gte => ">=",
            FilterOp::Lt => "<",
            FilterOp::Lte => "<=",
            FilterOp::IsNull => {
                let null = filter.value == FilterValue::Boolean(true);
                return Ok(format!("{column} IS {}NULL", if null { "" } else { "NOT " }));
            }
            FilterOp::Like => {
                let FilterValue::Text(text) = &filter.value else {
                    return Err(AppError::internal("like needs a text"));
                };
                let text = if self.folded.contains(&filter.field) { search_form(text) } else { text.clone() };
                let pattern =
                    format!("%{}%", text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_"));
                return Ok(format!("{column} LIKE {} {{escape}}", parameter(Value::Text(pattern))));
            }
            FilterOp::In => {
                let FilterValue::Many(values) = &filter.value else {
                    return Err(AppError::internal("in needs values"));
                };
                let names: Vec<_> = values.iter().map(|value| parameter(filter_value(value))).collect();
                return Ok(format!("{column} IN ({})", names.join(", ")));
            }
        };
        Ok(format!("{column} {comparison} {}", parameter(filter_value(&filter.value))))
    }
}

fn filter_value(value: &FilterValue) -> Value {
    match value {
        FilterValue::Id(id) => Value::Id(*id),
        FilterValue::Text(text) => Value::Text(text.clone()),
        FilterValue::Date(date) => Value::Date(*date),
        FilterValue::Timestamp(moment) => Value::Time(*moment),
        FilterValue::Amount(amount) => Value::Amount(*amount),
        FilterValue::Integer(number) => Value::Int(*number),
        FilterValue::Boolean(flag) => Value::Bool(*flag),
        FilterValue::Many(_) => Value::Null,
    }
}

fn sql_direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "",
        Direction::Descending => " DESC",
    }
}

/// `(a > ?) OR (a = ? AND b < ?) …`: rows after the cursor in a mixed order.
fn after(order: &[(&str, Direction)], values: &[Value], params: &mut Vec<Value>) -> String {
    let first = params.len();
    params.extend(values.iter().cloned());
    let parts = (0..order.len()).map(|depth| {
        let equal = (0..depth).map(|i| format!("{} = ?{}", order[i].0, first + i + 1));
        let (column, direction) = order[depth];
        let sign = if direction == Direction::Ascending { ">" } else { "<" };
        let last = format!("{column} {sign} ?{}", first + depth + 1);
        format!("({})", equal.chain([last]).collect::<Vec<_>>().join(" AND "))
    });
    format!("({})", parts.collect::<Vec<_>>().join(" OR "))
}

fn order_name(order: &[(&str, Direction)]) -> String {
    order
        .iter()
        .map(|(column, direction)| format!("{column}{}", sql_direction(*direction)))
        .collect::<Vec<_>>()
        .join(",")
}

fn write_cursor(order: &[(&'static str, Direction)], values: Vec<Value>) -> Result<String, AppError> {
    let values = values.into_iter().map(|value| match value {
        Value::Int(v) => Ok(CursorValue::Int(v)),
        Value::Text(v) => Ok(CursorValue::Text(v)),
        Value::Id(v) => Ok(CursorValue::Id(v)),
        Value::Date(v) => Ok(CursorValue::Date(v)),
        Value::Time(v) => Ok(CursorValue::Time(v.micros())),
        Value::Amount(v) => Ok(CursorValue::Amount(v.scaled())),
        Value::Bool(v) => Ok(CursorValue::Int(v.into())),
        Value::Blob(_) => Uuid::from_value(value).map(CursorValue::Id),
        other => Err(format!("cursor over {other:?}")),
    });
    let v = values.collect::<Result<Vec<_>, _>>().map_err(AppError::internal)?;
    let json = serde_json::to_vec(&Cursor { o: order_name(order), v })
        .map_err(|e| AppError::internal(e.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

fn read_cursor(text: &str, order: &[(&'static str, Direction)]) -> Result<Vec<Value>, AppError> {
    let bad = || AppError::from(invalid_cursor());
    let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| bad())?;
    let cursor: Cursor = serde_json::from_slice(&json).map_err(|_| bad())?;
    if cursor.o != order_name(order) || cursor.v.len() != order.len() {
        return Err(bad());
    }
    let value = |value| match value {
        CursorValue::Int(v) => Value::Int(v),
        CursorValue::Text(v) => Value::Text(v),
        CursorValue::Id(v) => Value::Id(v),
        CursorValue::Date(v) => Value::Date(v),
        CursorValue::Time(v) => Value::Time(Timestamp::from_micros(v)),
        CursorValue::Amount(v) => Value::Amount(Amount::from_scaled(v)),
    };
    Ok(cursor.v.into_iter().map(value).collect())
}
