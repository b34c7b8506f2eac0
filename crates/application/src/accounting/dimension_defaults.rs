//! Dimension defaults (R156): the values that lines of an account have when they name none.

use async_trait::async_trait;
use domain::accounting::dimension::{
    DIMENSION_VALUE_IS_HEADING, Dimension, DimensionDefault, DimensionDefaultId, DimensionValue,
};
use domain::accounting::journal::Journal;
use domain::error::{Violation, Violations};
use domain::ids::{DimensionId, DimensionValueId};
use domain::text::Code;
use uuid::Uuid;

use super::dimensions::values::ValueKey;
use super::dimensions::{DIMENSION, resolve_value};
use crate::changes::unknown_reference;
use crate::error::{AppResult, UNKNOWN_REFERENCE};
use crate::master_data::{Check, MasterData, Records};
use crate::paging::FieldKind;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;
use crate::wire::Optional;
use crate::{request, resource, view};

request! {
    /// A new default.
    pub struct NewDimensionDefault as CreateDimensionDefaultBody {
        /// The code of the account.
        account_code: Code = "4110",
        /// The code of the journal in whose entries the default applies; by default it applies in every journal that has none of
        /// its own.
        journal_code: Option<Code>,
        /// The code of the dimension.
        dimension_code: Code = "cost-centre",
        /// The code of the value, which takes postings itself.
        value_code: Code = "ADMIN",
        /// Whether it applies.
        active: bool => true,
    }

    /// Changes to a default (JSON Merge Patch). Members that are left out stay as they are; account, journal and dimension are
    /// those of another default.
    pub struct DimensionDefaultChange as UpdateDimensionDefaultBody {
        /// The code of the value.
        value_code: Optional<Code>,
        /// Whether it applies.
        active: Optional<bool>,
    }
}

view! {
    /// The value of a dimension for the lines of an account that name none.
    pub struct DimensionDefaultView of DimensionDefault {
        id: Uuid,
        account_id: Uuid,
        /// The journal in whose entries it applies; null for every journal that has none of its own.
        journal_id: Option<Uuid> = |default| default.journal_id.map(|id| id.uuid()),
        dimension_id: Uuid,
        value_id: Uuid,
        active: bool,
    }
}

resource! {
    DimensionDefault by id: DimensionDefaultId
        = "accounting", "dimension_default", "dimension_defaults" at "/dimension-defaults", "/dimension-defaults/{id}";
    en: "a", "dimension default", "dimension defaults"; ar: "القيم الافتراضية للأبعاد";
    about: "The value of a dimension for lines of an account that name none, in one journal or in all. It is added when an entry \
         is drafted and when it is posted, whatever makes the entry, and is shown on its lines; rules for dimensions are \
         checked afterwards. Reversals and year-end entries keep the dimensions of what they take back. An inactive value is \
         no default.";
    bodies: NewDimensionDefault, DimensionDefaultChange => DimensionDefaultView;
    remembered by posting;
    list:
        id sortable, account_id, journal_id nullable = FieldKind::Id, dimension_id, value_id, active;
    order: id;
    refuses:
        create [&UNKNOWN_REFERENCE, &DIMENSION_VALUE_IS_HEADING],
        change [&UNKNOWN_REFERENCE, &DIMENSION_VALUE_IS_HEADING],
        delete [];
}

#[async_trait]
impl MasterData for DimensionDefault {
    async fn create(
        new: &NewDimensionDefault,
        id: DimensionDefaultId,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        let Check { uow, violations, .. } = check;
        let code = new.account_code.to_string();
        let account = uow.ledger().accounts_by_code(&[code.clone()].into()).await?.remove(&code);
        if account.is_none() {
            violations.push(unknown_reference("/accountCode", "account", &code));
        }
        let journal_id = match &new.journal_code {
            Some(code) => {
                let found = Records::<Journal>::by_code(*uow, (), code.as_str()).await?;
                if found.is_none() {
                    violations.push(unknown_reference("/journalCode", "journal", code));
                }
                found
            }
            None => None,
        };
        let dimension = Records::<Dimension>::by_code(*uow, (), new.dimension_code.as_str()).await?;
        let Some(dimension_id) = dimension else {
            violations.push(unknown_reference("/dimensionCode", DIMENSION, &new.dimension_code));
            return Ok(None);
        };
        let value = value(*uow, dimension_id, &new.value_code, violations).await?;
        let (Some(account_id), Some(value_id)) = (account, value) else { return Ok(None) };
        let active = new.active;
        Ok(Some(Self { id, account_id, journal_id, dimension_id, value_id, active, version: 1 }))
    }

    async fn change(
        &self,
        change: &DimensionDefaultChange,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        let Check { uow, violations, .. } = check;
        let changed = match &change.value_code.0 {
            Some(code) => value(*uow, self.dimension_id, code, violations).await?,
            None => None,
        };
        let value_id = changed.unwrap_or(self.value_id);
        Ok(Some(Self { value_id, active: change.active.or(&self.active), ..self.clone() }))
    }
}

/// The value of the dimension, which must take postings itself; refused at `/valueCode`.
async fn value(
    uow: &mut dyn UnitOfWork,
    dimension: DimensionId,
    code: &Code,
    violations: &mut Violations,
) -> AppResult<Option<DimensionValueId>> {
    let reference = Reference::Code(code.to_string());
    let Some(id) = resolve_value(uow, dimension, &reference, "/value", violations).await? else {
        return Ok(None);
    };
    let stored = Records::<DimensionValue>::find(uow, ValueKey { parent: dimension, id }).await?;
    if stored.is_some_and(|stored| !stored.value.postable) {
        violations.push(Violation::new(&DIMENSION_VALUE_IS_HEADING).at("/valueCode").with("value", code));
        return Ok(None);
    }
    Ok(Some(id))
}
