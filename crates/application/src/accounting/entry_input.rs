//! An entry as a caller writes it, with accounts, journal and dimensions by id or by code, turned into a draft.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::accounting::dimension::DimensionCombination;
use domain::accounting::journal_entry::{ACCOUNT_UNKNOWN, LineAmount, LineDetails, NewLine};
use domain::error::{Violation, Violations};
use domain::ids::{AccountId, DimensionSetId, JournalId};
use domain::money::{Amount, CurrencyCode, Rate};

use super::error::{
    ACCOUNT_CODE_UNKNOWN, ACCOUNT_REFERENCE_MISSING, DIMENSION_VALUE_UNKNOWN, JOURNAL_UNKNOWN,
};
use super::ports::books::Books;
use super::ports::ledger::DimensionPair;
use crate::error::AppResult;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

/// The journal of an entry that names none.
pub const JOURNAL_DEFAULT_CODE: &str = "GENERAL";

/// One line as a caller writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineInput {
    pub account: Option<Reference<AccountId>>,
    pub debit: Option<Amount>,
    pub credit: Option<Amount>,
    pub currency: Option<CurrencyCode>,
    pub rate: Option<Rate>,
    pub company_amount: Option<Amount>,
    /// Dimension code to value code.
    pub dimensions: BTreeMap<String, String>,
    pub details: LineDetails,
}

/// The journal meant; the general journal when none is named.
pub async fn resolve_journal(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    reference: Option<&Reference<JournalId>>,
) -> AppResult<Result<JournalId, Violation>> {
    let code = match reference {
        Some(Reference::Id(id)) => return Ok(Ok(*id)),
        Some(Reference::Code(code)) => code,
        None => JOURNAL_DEFAULT_CODE,
    };
    let found = books.journal_by_code(uow, code).await?;
    Ok(found.ok_or_else(|| Violation::new(&JOURNAL_UNKNOWN).at("/journalCode")))
}

/// Resolves the journal of an entry that stays a draft, and refuses an unknown id. Posting finds an unknown id by itself.
pub async fn resolve_known_journal(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    reference: Option<&Reference<JournalId>>,
) -> AppResult<Result<JournalId, Violation>> {
    match resolve_journal(uow, books, reference).await? {
        Ok(id) if books.journal(uow, id).await?.is_none() => {
            Ok(Err(Violation::new(&JOURNAL_UNKNOWN).at("/journalId")))
        }
        resolved => Ok(resolved),
    }
}

/// The lines of what is kept and not posted yet: ids of accounts are looked up, too.
pub async fn resolve_known_lines(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    lines: &[LineInput],
    violations: &mut Violations,
) -> AppResult<Vec<NewLine>> {
    let resolved = resolve_lines(uow, books, lines, violations).await?;
    let by_id = |(index, line): (usize, &LineInput)| match &line.account {
        Some(Reference::Id(id)) => Some((index, *id)),
        _ => None,
    };
    let given: Vec<(usize, AccountId)> = lines.iter().enumerate().filter_map(by_id).collect();
    books.learn_accounts(uow, given.iter().map(|(_, id)| *id).collect()).await?;
    let unknown = given.into_iter().filter(|(_, id)| !books.accounts.contains_key(id));
    violations.extend(
        unknown.map(|(index, _)| Violation::new(&ACCOUNT_UNKNOWN).at(format!("/lines/{index}/accountId"))),
    );
    Ok(resolved)
}

/// Looks up every code of the lines in one go and reports every line that names something unknown.
pub async fn resolve_lines(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    lines: &[LineInput],
    violations: &mut Violations,
) -> AppResult<Vec<NewLine>> {
    let accounts = books.accounts_by_code(uow, &account_codes(lines)).await?;
    let values = dimension_values(uow, lines).await?;
    let mut sets: HashMap<DimensionCombination, DimensionSetId> = HashMap::new();
    let mut resolved = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let account = account(line, &accounts, index, violations);
        let combination = combination(line, &values, index, violations);
        let amount = LineAmount::from_columns(line.debit, line.credit);
        let amount = violations.check(&format!("/lines/{index}"), amount);
        let (Some(account), Some(dimensions), Some(amount)) = (account, combination, amount) else {
            continue;
        };
        let dimension_set = match sets.get(&dimensions) {
            Some(set) => *set,
            None => {
                let set = uow.ledger().dimension_set(&dimensions).await?;
                sets.insert(dimensions.clone(), set);
                set
            }
        };
        resolved.push(NewLine {
            account,
            amount,
            currency: line.currency,
            rate: line.rate,
            company_amount: line.company_amount,
            dimensions,
            dimension_set,
            details: line.details.clone(),
        });
    }
    Ok(resolved)
}

fn account_codes(lines: &[LineInput]) -> BTreeSet<String> {
    let code = |line: &LineInput| match &line.account {
        Some(Reference::Code(code)) => Some(code.clone()),
        _ => None,
    };
    lines.iter().filter_map(code).collect()
}

async fn dimension_values(
    uow: &mut dyn UnitOfWork,
    lines: &[LineInput],
) -> AppResult<HashMap<(String, String), DimensionPair>> {
    let pairs: BTreeSet<(String, String)> =
        lines.iter().flat_map(|line| line.dimensions.iter().map(|(d, v)| (d.clone(), v.clone()))).collect();
    if pairs.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(uow.ledger().dimension_values(&pairs).await?)
}

fn account(
    line: &LineInput,
    known: &HashMap<String, AccountId>,
    index: usize,
    violations: &mut Violations,
) -> Option<AccountId> {
    let refuse = |violation: Violation, field: &str| violation.at(format!("/lines/{index}/{field}"));
    match &line.account {
        Some(Reference::Id(id)) => Some(*id),
        Some(Reference::Code(code)) => known.get(code).copied().or_else(|| {
            violations.push(refuse(Violation::new(&ACCOUNT_CODE_UNKNOWN).with("code", code), "accountCode"));
            None
        }),
        None => {
            violations.push(refuse(Violation::new(&ACCOUNT_REFERENCE_MISSING), "accountId"));
            None
        }
    }
}

fn combination(
    line: &LineInput,
    known: &HashMap<(String, String), DimensionPair>,
    index: usize,
    violations: &mut Violations,
) -> Option<DimensionCombination> {
    if line.dimensions.is_empty() {
        return Some(DimensionCombination::EMPTY);
    }
    let mut pairs = Vec::with_capacity(line.dimensions.len());
    let mut good = true;
    for (dimension, value) in &line.dimensions {
        match known.get(&(dimension.clone(), value.clone())) {
            Some(pair) => pairs.push(*pair),
            None => {
                good = false;
                violations.push(
                    Violation::new(&DIMENSION_VALUE_UNKNOWN)
                        .at(format!("/lines/{index}/dimensions/{}", escape(dimension)))
                        .with("dimension", dimension)
                        .with("value", value),
                );
            }
        }
    }
    let pointer = format!("/lines/{index}/dimensions");
    violations.check(&pointer, DimensionCombination::new(pairs)).filter(|_| good)
}

/// A member name inside a JSON pointer (RFC 6901).
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
