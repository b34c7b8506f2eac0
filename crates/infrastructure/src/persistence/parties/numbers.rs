//! Parties by their numbers, names and entries, in SQL.

use std::collections::{BTreeSet, HashMap};

use application::error::AppResult;
use application::parties::ports::{IbanHolder, NumberHolder, PartyQueries, PartyRepository};
use application::parties::same_name::SameNameView;
use application::ports::storage_error::StorageResult;
use application::ports::stored::Stored;
use application::views::NameView;
use async_trait::async_trait;
use domain::ids::TenantId;
use domain::parties::bank_account::PartyBankAccount;
use domain::parties::party::{Party, PartyId};
use domain::parties::registration::RegistrationScheme;
use domain::text::code_key;

use crate::persistence::SqlUnitOfWork;
use crate::persistence::table::stored;
use crate::sql::db::Db;
use crate::sql::statement::Lookup;
use crate::sql::value::{Kind, Row, Value};
use crate::{rows_of, statements};

/// Codes that are read with one statement.
const CODES_PER_STEP: i64 = 50_000;

statements! {
    CODES_AFTER = "parties.party.codes_after":
        "SELECT t.id, t.code FROM party t WHERE t.tenant_id = ?1 AND t.code > ?2 ORDER BY t.code {page ?3}";
    ON_LINES = "parties.party.on_lines":
        "SELECT {first} 1 FROM party t INNER JOIN ledger_line l ON l.tenant_id = t.tenant_id AND l.party = t.code \
         WHERE t.tenant_id = ?1 AND t.id = ?2 AND l.party IS NOT NULL {only}";
    SURVIVES = "parties.party_alias.survives":
        "SELECT {first} 1 FROM party_alias WHERE tenant_id = ?1 AND survivor_id = ?2 {only}";
    MERGE_ALIASES = "parties.party_alias.merge":
        "UPDATE party_alias SET survivor = ?3, survivor_id = ?4 WHERE tenant_id = ?1 AND survivor_id = ?2";
    INSERT_ALIAS = "parties.party_alias.insert":
        "INSERT INTO party_alias (tenant_id, code, party_id, survivor, survivor_id, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    MOVE_ACCOUNTS = "parties.party_bank_account.move":
        "UPDATE party_bank_account SET party_id = ?3 WHERE tenant_id = ?1 AND party_id = ?2 AND party_active = 1";
    ACCOUNTS_OF = "parties.party_bank_account.of_party":
        rows_of!(PartyBankAccount, " WHERE t.tenant_id = ?1 AND t.party_id = ?2");
    ACCOUNTS_ACTIVE = "parties.party_bank_account.set_active":
        "UPDATE party_bank_account SET party_active = ?3 WHERE tenant_id = ?1 AND party_id = ?2";
    SAME_NAME = "parties.party.same_name":
        "SELECT t.id, t.code, t.name_ar, t.name_en FROM party t \
         WHERE t.tenant_id = ?1 AND t.status = 'active' AND (t.name_ar_key = ?2 OR t.name_en_key = ?2) \
         ORDER BY t.code {page ?3}";
}

/// The holders of a column's numbers among active parties.
macro_rules! holders {
    ($name:literal, $column:literal) => {
        Lookup::new(
            $name,
            concat!(
                "SELECT t.id, t.code, t.",
                $column,
                " AS number FROM party t WHERE t.tenant_id = ?1 AND t.status = 'active'"
            ),
            (concat!("t.", $column), Kind::Text(30)),
        )
    };
}

static VAT_HOLDERS: Lookup = holders!("parties.party.vat_number_holders", "vat_number");
static CR_HOLDERS: Lookup = holders!("parties.party.cr_number_holders", "cr_number");
static UNIFIED_HOLDERS: Lookup = holders!("parties.party.unified_number_holders", "unified_number");
static IBAN_HOLDERS: Lookup = Lookup::new(
    "parties.party_bank_account.iban_holders",
    "SELECT b.id, b.party_id, p.code, b.iban FROM party_bank_account b \
     INNER JOIN party p ON p.tenant_id = b.tenant_id AND p.id = b.party_id \
     WHERE b.tenant_id = ?1 AND b.party_active = 1",
    ("b.iban", Kind::Text(34)),
);
static BY_ID: Lookup =
    Lookup::new("parties.party.by_id", rows_of!(Party, " WHERE t.tenant_id = ?1"), ("t.id", Kind::Id));

pub static LOOKUPS: &[&Lookup] = &[&VAT_HOLDERS, &CR_HOLDERS, &UNIFIED_HOLDERS, &IBAN_HOLDERS, &BY_ID];

/// The look-up of a scheme whose numbers no two active parties share.
fn lookup_of(scheme: RegistrationScheme) -> Option<&'static Lookup> {
    match scheme {
        RegistrationScheme::Vat => Some(&VAT_HOLDERS),
        RegistrationScheme::Crn => Some(&CR_HOLDERS),
        RegistrationScheme::Unified => Some(&UNIFIED_HOLDERS),
        _ => None,
    }
}

#[async_trait]
impl PartyRepository for SqlUnitOfWork {
    async fn number_holders(
        &mut self,
        scheme: RegistrationScheme,
        numbers: &BTreeSet<String>,
    ) -> StorageResult<Vec<NumberHolder>> {
        let Some(lookup) = lookup_of(scheme) else { return Ok(Vec::new()) };
        let rows = self.tx.lookup(lookup, self.tenant, numbers.iter().map(Value::from)).await?;
        let mut holders = Vec::with_capacity(rows.len());
        for row in rows {
            let mut columns = row.columns("party");
            holders.push(NumberHolder {
                party: columns.get("id")?,
                code: columns.get("code")?,
                number: columns.get("number")?,
            });
        }
        Ok(holders)
    }

    async fn iban_holders(&mut self, ibans: &BTreeSet<String>) -> StorageResult<Vec<IbanHolder>> {
        let rows = self.tx.lookup(&IBAN_HOLDERS, self.tenant, ibans.iter().map(Value::from)).await?;
        let mut holders = Vec::with_capacity(rows.len());
        for row in rows {
            let mut columns = row.columns("party_bank_account");
            holders.push(IbanHolder {
                account: columns.get("id")?,
                party: columns.get("party_id")?,
                code: columns.get("code")?,
                iban: columns.get("iban")?,
            });
        }
        Ok(holders)
    }

    async fn ids_by_code_key(&mut self) -> StorageResult<HashMap<String, PartyId>> {
        let mut found = HashMap::new();
        let mut last = String::new();
        loop {
            let after = [self.tenant.into(), Value::from(&last), CODES_PER_STEP.into()];
            let rows = self.tx.query(&CODES_AFTER, &after).await?;
            let count = rows.len();
            for row in rows {
                let mut columns = row.columns("party");
                let id: PartyId = columns.get("id")?;
                last = columns.get("code")?;
                found.insert(code_key(&last), id);
            }
            if i64::try_from(count).unwrap_or(i64::MAX) < CODES_PER_STEP {
                return Ok(found);
            }
        }
    }

    async fn parties(&mut self, ids: &BTreeSet<PartyId>) -> StorageResult<Vec<Stored<Party>>> {
        let rows = self.tx.lookup(&BY_ID, self.tenant, ids.iter().map(|id| (*id).into())).await?;
        rows.into_iter().map(|row| stored(&mut row.columns("party"))).collect()
    }

    async fn is_on_lines(&mut self, party: PartyId) -> StorageResult<bool> {
        let params = [self.tenant.into(), party.into()];
        let on_lines = self.tx.find(&ON_LINES, &params).await?.is_some();
        Ok(on_lines || self.tx.find(&SURVIVES, &params).await?.is_some())
    }

    async fn merge(&mut self, from: &Party, into: &Party) -> StorageResult<()> {
        let (tenant, now): (Value, Value) = (self.tenant.into(), self.now.into());
        let (code, survivor) = (from.code.to_string(), into.code.to_string());
        let ids = [tenant.clone(), from.id.into(), survivor.as_str().into(), into.id.into()];
        self.tx.apply(&MERGE_ALIASES, &ids).await?;
        let alias = [tenant.clone(), code.into(), from.id.into(), survivor.into(), into.id.into(), now];
        self.tx.execute_one(&INSERT_ALIAS, &alias).await?;
        self.tx.apply(&MOVE_ACCOUNTS, &[tenant, from.id.into(), into.id.into()]).await
    }

    async fn bank_accounts_of(&mut self, party: PartyId) -> StorageResult<Vec<Stored<PartyBankAccount>>> {
        let rows = self.tx.query(&ACCOUNTS_OF, &[self.tenant.into(), party.into()]).await?;
        rows.into_iter().map(|row| stored(&mut row.columns("party_bank_account"))).collect()
    }

    async fn named_alike(&mut self, key: &str, limit: u32) -> StorageResult<Vec<SameNameView>> {
        let params = [self.tenant.into(), key.into(), i64::from(limit).into()];
        self.tx.query(&SAME_NAME, &params).await?.into_iter().map(read_same_name).collect()
    }

    async fn set_accounts_active(&mut self, party: PartyId, active: bool) -> StorageResult<()> {
        self.tx.apply(&ACCOUNTS_ACTIVE, &[self.tenant.into(), party.into(), active.into()]).await
    }
}

#[async_trait]
impl PartyQueries for Db {
    async fn same_name(&self, tenant: TenantId, key: &str, limit: u32) -> AppResult<Vec<SameNameView>> {
        let rows = self.query(&SAME_NAME, &[tenant.into(), key.into(), i64::from(limit).into()]).await?;
        Ok(rows.into_iter().map(read_same_name).collect::<StorageResult<_>>()?)
    }
}

fn read_same_name(row: Row) -> StorageResult<SameNameView> {
    let mut columns = row.columns("party");
    Ok(SameNameView {
        id: columns.get("id")?,
        code: columns.get("code")?,
        name: NameView { ar: columns.get("name_ar")?, en: columns.get("name_en")? },
    })
}
