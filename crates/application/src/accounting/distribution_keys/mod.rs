//! Distribution keys: by what, from where and where to the ledger's amounts are distributed.

mod input;

use async_trait::async_trait;
use domain::accounting::distribution::{
    DISTRIBUTION_MEMBER_MISSING, DISTRIBUTION_MEMBER_UNUSED, DISTRIBUTION_RANGE_ORDER,
    DISTRIBUTION_SHARE_NEGATIVE, DISTRIBUTION_SHARE_UNUSED, DISTRIBUTION_SHARES_ZERO,
    DISTRIBUTION_TARGET_KIND, DISTRIBUTION_TARGET_REPEATED, DISTRIBUTION_TARGETS_MAX, DistributionBasis,
    DistributionKey, DistributionKeyId, DistributionTarget,
};
use domain::ids::{AccountId, DimensionId, DimensionValueId, JournalId};
use domain::money::Amount;
use domain::text::{Code, LocalizedName};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use self::input::KeyInput;
use super::error::{ACCOUNT_CODE_UNKNOWN, DIMENSION_VALUE_ELSEWHERE, JOURNAL_UNKNOWN};
use crate::error::{AppResult, UNKNOWN_REFERENCE};
use crate::master_data::{Check, MasterData};
use crate::paging::FieldKind;
use crate::views::NameView;
use crate::wire::{List, Optional, Patch};
use crate::{request, resource, view};

/// Decimals in which a share is shown that has no more.
const SHARE_DECIMALS: u8 = 0;

type Targets = List<DistributionTargetBody, DISTRIBUTION_TARGETS_MAX, 1>;

request! {
    /// A new distribution key.
    pub struct NewDistributionKey as CreateDistributionKeyBody {
        /// Short code, unique in the tenant.
        code: Code = "RENT",
        /// Name in Arabic, English or both; it describes the entries.
        name: LocalizedName = { "ar": "توزيع الإيجار", "en": "Rent by floor space" },
        /// What the parts are measured by: fixed shares, the balance of accounts, or statistical figures.
        basis: DistributionBasis = "fixed",
        /// The first code of the accounts of which something is distributed, as texts are compared.
        source_code_from: Code = "6210",
        /// The last code; by default the first one.
        source_code_to: Option<Code>,
        /// Distributes only amounts by this dimension, by its id: those with the value that is named, or with no value of it.
        source_dimension_id: Option<DimensionId>,
        /// The dimension, by its code.
        source_dimension_code: Option<Code>,
        /// The value of the amounts to distribute, by its id; those below it are meant, too.
        source_value_id: Option<DimensionValueId>,
        /// The value, by its code.
        source_value_code: Option<Code>,
        /// The dimension whose values are the targets, by its id. Without one the targets are accounts.
        target_dimension_id: Option<DimensionId>,
        /// The dimension, by its code.
        target_dimension_code: Option<Code>,
        /// The values or accounts that get a part.
        targets: Targets = [{ "accountCode": "4110", "share": "1" }],
        /// The first code of the accounts whose balances measure the values, if the basis is a balance.
        basis_code_from: Option<Code>,
        /// The last code; by default the first one.
        basis_code_to: Option<Code>,
        /// The measure of the statistical figures, if they are the basis.
        measure: Option<Code>,
        /// The journal, by its id.
        journal_id: Option<JournalId>,
        /// The journal, by its code; by default `GENERAL`.
        journal_code: Option<Code>,
        /// Whether the close checklist asks for a run in every period.
        monthly: bool => false,
        /// Whether it can be run.
        active: bool => true,
    }

    /// A target: a value of the target dimension, or an account.
    pub struct DistributionTargetBody {
        /// The value, by its id.
        value_id: Option<DimensionValueId>,
        /// The value, by its code.
        value_code: Option<Code>,
        /// The account, by its id.
        account_id: Option<AccountId>,
        /// The account, by its code.
        account_code: Option<Code> = "4110",
        /// The share, in proportion to the other shares; only if shares are fixed.
        share: Option<Amount> = "1",
    }

    /// Changes to a key (JSON Merge Patch). Members that are left out stay as they are; null removes a member.
    pub struct DistributionKeyChange as UpdateDistributionKeyBody {
        /// Short code, unique in the tenant.
        code: Optional<Code>,
        /// Name in Arabic, English or both.
        name: Optional<LocalizedName>,
        /// What the parts are measured by.
        basis: Optional<DistributionBasis>,
        /// The first code of the accounts of which something is distributed.
        source_code_from: Optional<Code>,
        /// The last code.
        source_code_to: Optional<Code>,
        /// The dimension of the amounts to distribute, by its id.
        source_dimension_id: Patch<DimensionId>,
        /// The dimension, by its code.
        source_dimension_code: Patch<Code>,
        /// The value of the amounts to distribute, by its id.
        source_value_id: Patch<DimensionValueId>,
        /// The value, by its code.
        source_value_code: Patch<Code>,
        /// The dimension whose values are the targets, by its id.
        target_dimension_id: Patch<DimensionId>,
        /// The dimension, by its code.
        target_dimension_code: Patch<Code>,
        /// All targets. They replace the existing ones.
        targets: Optional<Targets>,
        /// The first code of the accounts whose balances measure the values.
        basis_code_from: Patch<Code>,
        /// The last code.
        basis_code_to: Patch<Code>,
        /// The measure of the statistical figures.
        measure: Patch<Code>,
        /// The journal, by its id.
        journal_id: Patch<JournalId>,
        /// The journal, by its code.
        journal_code: Patch<Code>,
        /// Whether the close checklist asks for a run in every period.
        monthly: Optional<bool>,
        /// Whether it can be run.
        active: Optional<bool>,
    }
}

view! {
    /// How amounts of accounts are distributed.
    pub struct DistributionKeyView of DistributionKey {
        id: Uuid,
        code: String,
        name: NameView,
        /// What the parts are measured by: `fixed`, `balance` or `figures`.
        basis: &'static str = |key| key.basis.as_str(),
        source_code_from: String,
        source_code_to: String,
        source_dimension_id: Option<Uuid>,
        /// The value of the amounts to distribute; null with a dimension means those without a value of it.
        source_value_id: Option<Uuid>,
        /// The dimension whose values are the targets; null if accounts are.
        target_dimension_id: Option<Uuid>,
        targets: Vec<DistributionTargetView> = target_views,
        basis_code_from: Option<String>,
        basis_code_to: Option<String>,
        measure: Option<String>,
        journal_id: Option<Uuid>,
        monthly: bool,
        active: bool,
    }
}

/// A target of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DistributionTargetView {
    /// The value of the target dimension; null if the target is an account.
    pub value_id: Option<Uuid>,
    pub account_id: Option<Uuid>,
    /// The share; null unless shares are fixed.
    pub share: Option<String>,
}

fn target_views(key: &DistributionKey) -> Vec<DistributionTargetView> {
    let values = key.target_dimension_id.is_some();
    let fixed = key.basis == DistributionBasis::Fixed;
    let view = |target: &DistributionTarget| DistributionTargetView {
        value_id: values.then_some(target.id),
        account_id: (!values).then_some(target.id),
        share: fixed.then(|| target.share.display(SHARE_DECIMALS)),
    };
    key.targets.iter().map(view).collect()
}

resource! {
    DistributionKey by id: DistributionKeyId
        = "accounting", "distribution_key", "distribution_keys" at "/distribution-keys", "/distribution-keys/{id}";
    en: "a", "distribution key", "distribution keys"; ar: "مفاتيح التوزيع";
    about: "How the amounts that accounts gathered in a period are distributed to values of a dimension or to other accounts: by \
         fixed shares, by the balances of accounts, or by statistical figures. A run of a key posts it.";
    bodies: NewDistributionKey, DistributionKeyChange => DistributionKeyView; unique code;
    list:
        id sortable, code sortable, name, basis = FieldKind::Word(DistributionBasis::WORDS), monthly, active;
    order: code;
    refuses:
        create [
            &UNKNOWN_REFERENCE, &JOURNAL_UNKNOWN, &ACCOUNT_CODE_UNKNOWN, &DIMENSION_VALUE_ELSEWHERE,
            &DISTRIBUTION_SHARES_ZERO, &DISTRIBUTION_SHARE_NEGATIVE, &DISTRIBUTION_SHARE_UNUSED,
            &DISTRIBUTION_TARGET_KIND, &DISTRIBUTION_TARGET_REPEATED, &DISTRIBUTION_MEMBER_MISSING,
            &DISTRIBUTION_MEMBER_UNUSED, &DISTRIBUTION_RANGE_ORDER
        ],
        change [
            &UNKNOWN_REFERENCE, &JOURNAL_UNKNOWN, &ACCOUNT_CODE_UNKNOWN, &DIMENSION_VALUE_ELSEWHERE,
            &DISTRIBUTION_SHARES_ZERO, &DISTRIBUTION_SHARE_NEGATIVE, &DISTRIBUTION_SHARE_UNUSED,
            &DISTRIBUTION_TARGET_KIND, &DISTRIBUTION_TARGET_REPEATED, &DISTRIBUTION_MEMBER_MISSING,
            &DISTRIBUTION_MEMBER_UNUSED, &DISTRIBUTION_RANGE_ORDER
        ],
        delete unused [];
}

#[async_trait]
impl MasterData for DistributionKey {
    async fn create(
        new: &NewDistributionKey,
        id: DistributionKeyId,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        KeyInput::new(new).resolve(id, 1, check).await
    }

    /// What was distributed before stays as it is.
    async fn change(&self, change: &DistributionKeyChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        KeyInput::changed(self, change).resolve(self.id, self.version, check).await
    }
}
