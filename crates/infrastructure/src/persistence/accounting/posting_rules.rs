//! Posting rules in SQL. The keys stand in a column each, and all of them in one text: null is not equal to null everywhere, and
//! no two rules of a slot have the same keys.

use application::accounting::ports::posting_rules::{PostingRuleQueries, PostingRuleRepository};
use application::error::AppResult;
use application::ports::storage_error::StorageResult;
use application::reference::Reference;
use async_trait::async_trait;
use domain::accounting::posting_rule::{PostingKeys, PostingProfile, PostingRule, PostingSlot};
use domain::ids::{AccountId, Id, TenantId};
use domain::items::category::{ItemCategory, ItemCategoryId};
use domain::parties::party_group::{PartyGroup, PartyGroupId};
use domain::tax::tax_code::{TaxCode, TaxCodeId};
use uuid::Uuid;

use crate::persistence::SqlUnitOfWork;
use crate::persistence::table::{CodeSql, Column, Table};
use crate::sql::db::Db;
use crate::sql::value::{Columns, Row, Value};
use crate::{statements, table, word_column};

word_column!(PostingSlot);

table! {
    PostingRule in "accounting", "posting_rule" by id;
    columns {
        slot,
        keys: [party_group_id, item_category_id, item_kind, tax_code_id, tax_category, currency, keys_text],
        account_id,
    }
}

statements! {
    PROFILE = "accounting.facts.posting_profile" as reference:
        "SELECT r.id, r.slot, r.party_group_id, r.item_category_id, r.item_kind, r.tax_code_id, r.tax_category, \
         r.currency, r.keys_text, r.account_id, r.version FROM posting_rule r WHERE r.tenant_id = ?1 ORDER BY r.id";
    NAMING_TAX_CODE = "accounting.posting_rule.naming_tax_code":
        "SELECT {first} 1 FROM posting_rule WHERE tenant_id = ?1 AND tax_code_id = ?2 {only}";
    ACCOUNT_CODE = "accounting.posting_rule.account_code": "SELECT code FROM account WHERE tenant_id = ?1 AND id = ?2";
}

impl Column for PostingKeys {
    fn put(&self, values: &mut Vec<Value>) {
        self.party_group.put(values);
        self.item_category.put(values);
        self.item_kind.put(values);
        self.tax_code.put(values);
        self.tax_category.put(values);
        values.push(self.currency.into());
        values.push(keys_text(self).into());
    }
    fn take(columns: &mut Columns, _: &[&'static str]) -> StorageResult<Self> {
        let keys = Self {
            party_group: columns.get("party_group_id")?,
            item_category: columns.get("item_category_id")?,
            item_kind: Column::take(columns, &["item_kind"])?,
            tax_code: columns.get("tax_code_id")?,
            tax_category: Column::take(columns, &["tax_category"])?,
            currency: columns.get("currency")?,
        };
        // It follows from the others.
        let _: String = columns.get("keys_text")?;
        Ok(keys)
    }
}

/// The keys in the order in which they are written, with nothing between the bars where one is not given.
fn keys_text(keys: &PostingKeys) -> String {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    [
        id(keys.party_group.map(Id::uuid)),
        id(keys.item_category.map(Id::uuid)),
        keys.item_kind.map(|kind| kind.to_string()).unwrap_or_default(),
        id(keys.tax_code.map(Id::uuid)),
        keys.tax_category.map(|category| category.to_string()).unwrap_or_default(),
        keys.currency.map(|currency| currency.to_string()).unwrap_or_default(),
    ]
    .join("|")
}

fn profile(rows: Vec<Row>) -> StorageResult<PostingProfile> {
    let rules = rows.into_iter().map(|row| PostingRule::read(&mut row.columns("posting_rule")));
    rules.collect::<StorageResult<_>>().map(PostingProfile::new)
}

#[async_trait]
impl PostingRuleRepository for SqlUnitOfWork {
    async fn posting_profile(&mut self) -> StorageResult<PostingProfile> {
        profile(self.tx.query(&PROFILE, &[self.tenant.into()]).await?)
    }

    async fn names_tax_code(&mut self, id: TaxCodeId) -> StorageResult<bool> {
        Ok(self.tx.find(&NAMING_TAX_CODE, &[self.tenant.into(), id.into()]).await?.is_some())
    }
}

#[async_trait]
impl PostingRuleQueries for Db {
    async fn posting_profile(&self, tenant: TenantId) -> AppResult<PostingProfile> {
        Ok(profile(self.query(&PROFILE, &[tenant.into()]).await?)?)
    }

    async fn party_group(
        &self,
        tenant: TenantId,
        named: &Reference<PartyGroupId>,
    ) -> AppResult<Option<PartyGroupId>> {
        id_named::<PartyGroup>(self, tenant, named).await
    }

    async fn item_category(
        &self,
        tenant: TenantId,
        named: &Reference<ItemCategoryId>,
    ) -> AppResult<Option<ItemCategoryId>> {
        id_named::<ItemCategory>(self, tenant, named).await
    }

    async fn tax_code(&self, tenant: TenantId, named: &Reference<TaxCodeId>) -> AppResult<Option<TaxCodeId>> {
        id_named::<TaxCode>(self, tenant, named).await
    }

    async fn account_code(&self, tenant: TenantId, id: AccountId) -> AppResult<Option<String>> {
        let row = self.find(&ACCOUNT_CODE, &[tenant.into(), id.into()]).await?;
        Ok(row.map(|row| row.single("account", "code")).transpose()?)
    }
}

/// The id of the record that is meant, if there is one.
async fn id_named<R: Table<Key = Id<R>>>(
    db: &Db,
    tenant: TenantId,
    named: &Reference<Id<R>>,
) -> AppResult<Option<Id<R>>> {
    match (named, &R::table().codes) {
        (Reference::Id(id), _) => {
            let row = db.find(&R::table().find, &[tenant.into(), (*id).into()]).await?;
            Ok(row.map(|_| *id))
        }
        (Reference::Code(code), Some(CodeSql { id: by_code, .. })) => {
            let row = db.find(by_code, &[tenant.into(), code.into()]).await?;
            Ok(row.map(|row| row.single(R::table().name, "id")).transpose()?)
        }
        (Reference::Code(_), None) => Ok(None),
    }
}
