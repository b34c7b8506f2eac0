//! Lists in SQL: filters, order, keyset cursor and page, composed of closed pieces. Every value is a parameter.

use std::borrow::Cow;

use application::error::AppError;
use application::paging::{
    COUNT_ESTIMATED_MAX, Condition, Count, Direction, FieldKind, Filter, FilterOp, FilterValue, ListQuery,
    ListSpec, Page, TotalRelation,
};
use application::ports::storage_error::StorageResult;
use domain::ids::TenantId;
use domain::text::search_form;

use super::composed::Composed;
use super::db::Db;
use super::list_cursor::{self, Order, sql_direction};
use super::value::{Columns, Value};

/// Where the value of a filter stands in a condition of its own.
pub const KEY_HOOK: &str = "{key}";

/// Where a column that stands in another table is compared: `{where l.party}`.
const WHERE_HOOK: &str = "{where ";

/// How one list reads: a `SELECT` without its `WHERE`, the expression of its tenant and of its unique key.
pub struct ListSql {
    pub spec: &'static ListSpec,
    /// `SELECT a.id, a.code … FROM account a`
    pub select: &'static str,
    /// `a.tenant_id`
    pub tenant: &'static str,
    /// The columns that end every order, unique within the tenant: `a.id`.
    pub key: &'static [&'static str],
    /// Field name of the `ListSpec` -> column. A column of [`FieldKind::Search`] holds `text::search_form`. What stands in another
    /// table is a condition with [`KEY_HOOK`] for the value, or with `{where x}` for the comparison with the column `x`.
    pub columns: &'static [(&'static str, &'static str)],
    /// The expression for a column that may be null when it is sorted by: a cursor cannot compare with null.
    pub sorted_as: &'static [(&'static str, &'static str)],
}

/// The statements of one list request.
pub struct ComposedList {
    pub page: Composed,
    pub count: Option<Composed>,
    pub order: Vec<(&'static str, Direction)>,
}

/// A condition beside the filters, with its parameters numbered from `?2` (`?1` is the tenant).
pub type Extra = Option<(Cow<'static, str>, Vec<Value>)>;

impl ListSql {
    fn column(&self, field: &str) -> Result<&'static str, AppError> {
        let column = self.columns.iter().find(|(name, _)| *name == field).map(|(_, column)| *column);
        column.ok_or_else(|| AppError::internal(format!("list field {field} has no column")))
    }

    /// Reads one page. `read` turns the select's columns into an item.
    pub async fn page<T>(
        &self,
        db: &Db,
        tenant: TenantId,
        query: &ListQuery,
        extra: Extra,
        read: impl FnMut(&mut Columns) -> StorageResult<T>,
    ) -> Result<Page<T>, AppError> {
        self.page_while(db, tenant, query, extra, read, |_| true).await
    }

    /// A page that ends before the item that no longer `fits`. The first item is always on it.
    pub async fn page_while<T>(
        &self,
        db: &Db,
        tenant: TenantId,
        query: &ListQuery,
        extra: Extra,
        mut read: impl FnMut(&mut Columns) -> StorageResult<T>,
        mut fits: impl FnMut(&T) -> bool,
    ) -> Result<Page<T>, AppError> {
        let ComposedList { page, count, order } = self.compose(tenant, query, extra)?;
        let (total, total_relation) = match count {
            Some(count) => total(counted(db, &count).await?, query.count),
            None => (None, None),
        };
        let rows = db.query_text(&page.text, &page.params).await?;
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
        let next_cursor = if more { Some(list_cursor::write(&order, last)?) } else { None };
        Ok(Page { items, next_cursor, total, total_relation })
    }

    /// The statements of a request. The tenant's condition, the extra one, every filter and the group of alternatives
    /// are all required.
    pub fn compose(
        &self,
        tenant: TenantId,
        query: &ListQuery,
        extra: Extra,
    ) -> Result<ComposedList, AppError> {
        let mut sql = Composed::new(tenant);
        let mut conditions = vec![format!("{} = ?1", self.tenant)];
        if let Some((condition, values)) = extra {
            conditions.push(format!("({condition})"));
            sql.params.extend(values);
        }
        for filter in &query.filters {
            conditions.push(self.condition(filter, &mut sql)?);
        }
        if !query.any.is_empty() {
            conditions.push(self.group(&query.any, " OR ", &mut sql)?);
        }
        let (head, from) = at_from(self.select);
        let count = count(query.count, from, &conditions, &sql);
        let order = self.order(query)?;
        if let Some(cursor) = &query.cursor {
            let after = after(&order, &list_cursor::read(cursor, &order)?, &mut sql);
            conditions.push(after);
        }
        // Named, because a select list that has a column twice cannot be ordered by it in SQL Server.
        let keys = (1..).zip(&order).map(|(n, (column, _))| format!(", {column} AS sort_{n}"));
        let by = order.iter().map(|(column, direction)| format!("{column}{}", sql_direction(*direction)));
        let limit = sql.param(i64::from(query.limit) + 1);
        sql.text = format!(
            "{head}{} FROM {from} WHERE {} ORDER BY {} {{page {limit}}}",
            keys.collect::<String>(),
            conditions.join(" AND "),
            by.collect::<Vec<_>>().join(", "),
        );
        Ok(ComposedList { page: sql, count, order })
    }

    fn order(&self, query: &ListQuery) -> Result<Vec<(&'static str, Direction)>, AppError> {
        let mut order = Vec::with_capacity(query.sort.len() + 1);
        for (field, direction) in &query.sort {
            let sorted = self.sorted_as.iter().find(|(name, _)| name == field);
            let column = sorted.map_or_else(|| self.column(field), |(_, column)| Ok(*column))?;
            order.push((column, *direction));
        }
        let direction = order.last().map_or(Direction::Ascending, |(_, direction)| *direction);
        for key in self.key {
            if !order.iter().any(|(column, _)| column == key) {
                order.push((key, direction));
            }
        }
        Ok(order)
    }

    /// Conditions in brackets, so that what stands beside them holds whatever they say.
    fn group(&self, members: &[Condition], joint: &str, sql: &mut Composed) -> Result<String, AppError> {
        let mut parts = Vec::with_capacity(members.len());
        for member in members {
            parts.push(match member {
                Condition::One(filter) => self.condition(filter, sql)?,
                Condition::All(members) => self.group(members, " AND ", sql)?,
                Condition::Any(members) => self.group(members, " OR ", sql)?,
            });
        }
        Ok(format!("({})", parts.join(joint)))
    }

    fn condition(&self, filter: &Filter, sql: &mut Composed) -> Result<String, AppError> {
        let column = self.column(filter.field)?;
        if column.contains(KEY_HOOK) {
            return Ok(column.replace(KEY_HOOK, &sql.param(filter_value(&filter.value))));
        }
        if let Some((head, rest)) = column.split_once(WHERE_HOOK)
            && let Some((inner, tail)) = rest.split_once('}')
        {
            return Ok(format!("{head}{}{tail}", self.comparison(inner, filter, sql)?));
        }
        self.comparison(column, filter, sql)
    }

    fn comparison(&self, column: &str, filter: &Filter, sql: &mut Composed) -> Result<String, AppError> {
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
                return Ok(if self.is_search(filter.field) {
                    format!("{column} LIKE {} {{escape}}", sql.param(contains(&search_form(text))))
                } else {
                    // SQLite's LIKE does not tell letter case, SQL Server's goes by the column's collation.
                    format!("LOWER({column}) LIKE LOWER({}) {{escape}}", sql.param(contains(text)))
                });
            }
            FilterOp::In => {
                let FilterValue::Many(values) = &filter.value else {
                    return Err(AppError::internal("in needs values"));
                };
                let names: Vec<_> = values.iter().map(|value| sql.param(filter_value(value))).collect();
                return Ok(format!("{column} IN ({})", names.join(", ")));
            }
        };
        if let (FilterOp::Eq, Some(word)) = (filter.op, self.word(filter)) {
            // Not a parameter: an index of the rows with one word only serves those who write the word.
            return Ok(format!("{column} = '{word}'"));
        }
        let value = sql.param(filter_value(&filter.value));
        Ok(format!("{column} {comparison} {value}"))
    }

    /// The word a filter asks for, of the closed set of its field.
    fn word(&self, filter: &Filter) -> Option<&'static str> {
        let field = self.spec.fields.iter().find(|field| field.name == filter.field)?;
        let (FieldKind::Word(words), FilterValue::Text(text)) = (&field.kind, &filter.value) else {
            return None;
        };
        words.iter().copied().find(|word| word == text)
    }

    fn is_search(&self, field: &str) -> bool {
        self.spec.fields.iter().any(|spec| spec.name == field && matches!(spec.kind, FieldKind::Search))
    }
}

/// A `LIKE` pattern for texts that contain this one. SQL Server would read `[` as the beginning of a set.
pub fn contains(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for letter in text.chars() {
        if matches!(letter, '\\' | '%' | '_' | '[') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

fn count(count: Count, from: &str, conditions: &[String], sql: &Composed) -> Option<Composed> {
    let mut sql = Composed { text: String::new(), params: sql.params.clone() };
    let conditions = conditions.join(" AND ");
    sql.text = match count {
        Count::None => return None,
        Count::Exact => format!("SELECT COUNT(*) AS count FROM {from} WHERE {conditions}"),
        Count::Estimated => {
            let most = sql.param(i64::try_from(COUNT_ESTIMATED_MAX + 1).unwrap_or(i64::MAX));
            format!(
                "SELECT COUNT(*) AS count FROM (SELECT {{top {most}}} 1 AS one FROM {from} WHERE {conditions} \
                 {{limit {most}}}) AS counted"
            )
        }
    };
    Some(sql)
}

async fn counted(db: &Db, count: &Composed) -> StorageResult<u64> {
    let row = db.query_text(&count.text, &count.params).await?.into_iter().next();
    row.map_or(Ok(0), |row| row.single("list", "count"))
}

fn total(counted: u64, count: Count) -> (Option<u64>, Option<TotalRelation>) {
    match count {
        Count::Estimated if counted > COUNT_ESTIMATED_MAX => {
            (Some(COUNT_ESTIMATED_MAX), Some(TotalRelation::AtLeast))
        }
        Count::Estimated => (Some(counted), Some(TotalRelation::Exact)),
        _ => (Some(counted), None),
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

/// `(a > ?) OR (a = ? AND b < ?) …`: rows after the cursor in a mixed order. The condition that all alternatives
/// share, `a >= ?`, stands before them, because an index is entered by it and not by alternatives.
fn after(order: &Order, values: &[Value], sql: &mut Composed) -> String {
    let names: Vec<String> = values.iter().map(|value| sql.param(value.clone())).collect();
    let parts = (0..order.len()).map(|depth| {
        let equal = (0..depth).map(|i| format!("{} = {}", order[i].0, names[i]));
        let (column, direction) = order[depth];
        let sign = if direction == Direction::Ascending { ">" } else { "<" };
        let last = format!("{column} {sign} {}", names[depth]);
        format!("({})", equal.chain([last]).collect::<Vec<_>>().join(" AND "))
    });
    let parts = parts.collect::<Vec<_>>().join(" OR ");
    match (order.first(), names.first()) {
        (Some((column, direction)), Some(name)) if order.len() > 1 => {
            let sign = if *direction == Direction::Ascending { ">=" } else { "<=" };
            format!("{column} {sign} {name} AND ({parts})")
        }
        _ => format!("({parts})"),
    }
}

/// The columns of a select and what it reads from: a column may be a select of its own, in brackets.
fn at_from(select: &str) -> (&str, &str) {
    const FROM: &str = " FROM ";
    let mut depth = 0_usize;
    for (at, c) in select.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ' ' if depth == 0 && select[at..].starts_with(FROM) => {
                return (&select[..at], &select[at + FROM.len()..]);
            }
            _ => {}
        }
    }
    (select, "")
}
