//! Dunning profiles: how customers are reminded of what is overdue.

use async_trait::async_trait;
use domain::items::item::{Item, ItemId};
use domain::money::Amount;
use domain::parties::dunning_profile::{
    DUNNING_DAYS_MAX, DUNNING_FEE_NOT_POSITIVE, DUNNING_FEE_TAX_CODE, DUNNING_LEVELS_MAX,
    DUNNING_LEVELS_ORDER, DUNNING_TEXT_LENGTH_MAX, DunningFee, DunningLevel, DunningLevels, DunningProfile,
    DunningProfileId, DunningText,
};
use domain::parties::roles::CustomerBlock;
use domain::tax::tax_code::{TAX_CODE_INACTIVE, TAX_CODE_KIND_NOT_TAKEN, TaxCodeId, TaxKind};
use domain::text::{Code, LocalizedName};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::dunning_text::DunningTextView;
use super::party::Known;
use crate::error::AppResult;
use crate::master_data::{Check, MasterData, Shown, id_named, nothing_named};
use crate::reference::{Reference, by_id_or_code};
use crate::views::NameView;
use crate::wire::{Int, List, Optional, Paragraphs};
use crate::{request, resource, view};

request! {
    /// What a notice says.
    pub struct DunningTextBody {
        ar: Option<Paragraphs<DUNNING_TEXT_LENGTH_MAX>> = "نذكركم بسداد المبالغ المستحقة أدناه.",
        en: Option<Paragraphs<DUNNING_TEXT_LENGTH_MAX>> = "Please settle the amounts below, which are overdue.",
    }

    /// What happens once an item is overdue for some days.
    pub struct DunningLevelBody {
        /// Days after the due date from which an item has the level; more than those of the level before.
        days_overdue: Int<1, DUNNING_DAYS_MAX> = 15,
        /// What a notice of the level says.
        text: Option<DunningTextBody> = { "ar": "نذكركم بسداد المبالغ المستحقة أدناه.", "en": "Please settle the amounts below, which are overdue." },
        /// The fee without VAT, in the company currency; by default the price of the item, or
        /// none.
        fee_amount: Option<Amount>,
        /// The item that is charged, by its id; left out, the fee is a line in words.
        fee_item_id: Option<ItemId>,
        /// The same, by its code.
        fee_item_code: Option<Code>,
        /// The tax code of the fee, by its id: one that is out of scope, or one that bears VAT. By default that of the item.
        fee_tax_id: Option<TaxCodeId>,
        /// The same, by its code.
        fee_tax_code: Option<Code>,
        /// What is no longer done with the customer from this level on.
        block: CustomerBlock => "none",
    }

    /// A new dunning profile.
    pub struct NewDunningProfile as CreateDunningProfileBody {
        /// Short code, unique in the tenant.
        code: Code = "REMINDERS",
        /// Name in Arabic, English or both.
        name: LocalizedName = { "ar": "تذكيرات", "en": "Reminders" },
        /// The levels, in the order of their days.
        levels: List<DunningLevelBody, DUNNING_LEVELS_MAX, 1> = [{ "daysOverdue": 15 }, { "daysOverdue": 30, "block": "orders" }],
    }

    /// Changes to a dunning profile (JSON Merge Patch). Members that are left out stay as they are.
    pub struct DunningProfileChange as UpdateDunningProfileBody {
        /// Short code, unique in the tenant.
        code: Optional<Code>,
        /// Name in Arabic, English or both.
        name: Optional<LocalizedName>,
        /// All levels, in the order of their days.
        levels: Optional<List<DunningLevelBody, DUNNING_LEVELS_MAX, 1>>,
    }
}

/// What happens once an item is overdue for some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DunningLevelView {
    /// From 1.
    pub level: u32,
    pub days_overdue: u32,
    pub text: DunningTextView,
    /// In the company currency; null where the price of the item is charged, or nothing.
    pub fee_amount: Option<String>,
    pub fee_item_id: Option<Uuid>,
    pub fee_tax_id: Option<Uuid>,
    /// `none`, `orders`, `deliveries`, `invoices` or `all`.
    pub block: &'static str,
}

/// Decimals of a fee: at least these, as of most currencies.
const FEE_DECIMALS: u8 = 2;

impl Shown<DunningLevels> for Vec<DunningLevelView> {
    fn shown(levels: &DunningLevels) -> Self {
        let view = |(number, level): (u32, &DunningLevel)| DunningLevelView {
            level: number,
            days_overdue: level.days_overdue,
            text: DunningTextView::from(&level.text),
            fee_amount: level.fee.and_then(|fee| fee.amount).map(|amount| amount.display(FEE_DECIMALS)),
            fee_item_id: level.fee.and_then(|fee| fee.item).map(|id| id.uuid()),
            fee_tax_id: level.fee.and_then(|fee| fee.tax_code).map(|id| id.uuid()),
            block: level.block.as_str(),
        };
        (1..).zip(levels.iter()).map(view).collect()
    }
}

view! {
    /// How customers are reminded of what is overdue.
    pub struct DunningProfileView of DunningProfile {
        id: Uuid,
        code: String,
        name: NameView,
        /// In the order of their days.
        levels: Vec<DunningLevelView>,
    }
}

resource! {
    DunningProfile by id: DunningProfileId
        = "parties", "dunning_profile", "dunning_profiles" at "/dunning-profiles", "/dunning-profiles/{id}";
    en: "a", "dunning profile", "dunning profiles"; ar: "خطط المطالبة";
    about: "Dunning profiles: after how many days customers are reminded of what is overdue, with which words, fees and blocks.";
    bodies: NewDunningProfile, DunningProfileChange => DunningProfileView; unique code;
    list: id sortable, code sortable, name; order: code;
    refuses:
        create [
            &DUNNING_LEVELS_ORDER, &DUNNING_FEE_TAX_CODE, &DUNNING_FEE_NOT_POSITIVE, &TAX_CODE_KIND_NOT_TAKEN, &TAX_CODE_INACTIVE,
        ],
        change [
            &DUNNING_LEVELS_ORDER, &DUNNING_FEE_TAX_CODE, &DUNNING_FEE_NOT_POSITIVE, &TAX_CODE_KIND_NOT_TAKEN, &TAX_CODE_INACTIVE,
        ],
        delete unused [];
}

#[async_trait]
impl MasterData for DunningProfile {
    async fn create(
        new: &NewDunningProfile,
        id: DunningProfileId,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        let Some(levels) = levels(&new.levels.0, check).await? else { return Ok(None) };
        Ok(Some(Self { id, code: new.code.clone(), name: new.name.clone(), levels, version: 1 }))
    }

    async fn change(&self, change: &DunningProfileChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let after = match &change.levels.0 {
            Some(given) => levels(&given.0, check).await?,
            None => Some(self.levels.clone()),
        };
        let Some(levels) = after else { return Ok(None) };
        Ok(Some(Self {
            code: change.code.or(&self.code),
            name: change.name.or(&self.name),
            levels,
            ..self.clone()
        }))
    }
}

/// The levels that bodies describe, unless something is wrong with them.
async fn levels(bodies: &[DunningLevelBody], check: &mut Check<'_>) -> AppResult<Option<DunningLevels>> {
    let before = check.violations.len();
    let mut known = Known::default();
    let mut read = Vec::with_capacity(bodies.len());
    for (index, body) in bodies.iter().enumerate() {
        read.push(level(body, &format!("/levels/{index}"), &mut known, check).await?);
    }
    match DunningLevels::new(read) {
        Ok(levels) if check.violations.len() == before => return Ok(Some(levels)),
        Ok(_) => {}
        Err(refused) => check.violations.extend(refused),
    }
    Ok(None)
}

async fn level(
    body: &DunningLevelBody,
    at: &str,
    known: &mut Known,
    check: &mut Check<'_>,
) -> AppResult<DunningLevel> {
    let tax_code = by_id_or_code(body.fee_tax_id, body.fee_tax_code.clone());
    let item = by_id_or_code(body.fee_item_id, body.fee_item_code.clone());
    let charged = body.fee_amount.is_some() || item.is_some() || tax_code.is_some();
    let unnamed = tax_code.is_none() && item.is_none();
    let tax_code = (tax_code.map(Some), TaxKind::Sale);
    let fee = DunningFee {
        item: fee_item(item, at, check).await?,
        amount: body.fee_amount,
        tax_code: known.tax_code(tax_code, None, &format!("{at}/feeTax"), check).await?,
    };
    // A reference that names nothing was refused already.
    if charged && (unnamed || fee.item.is_some() || fee.tax_code.is_some()) {
        let company = known.company(check.uow).await?;
        check.violations.check(at, fee.check(company));
    }
    let text = body.text.as_ref();
    let words = |words: &Option<Paragraphs<DUNNING_TEXT_LENGTH_MAX>>| words.as_deref().map(str::to_owned);
    Ok(DunningLevel {
        days_overdue: u32::try_from(body.days_overdue.0).unwrap_or_default(),
        fee: charged.then_some(fee),
        text: DunningText {
            ar: text.and_then(|text| words(&text.ar)),
            en: text.and_then(|text| words(&text.en)),
        },
        block: body.block,
    })
}

async fn fee_item(
    named: Option<Reference<ItemId>>,
    at: &str,
    check: &mut Check<'_>,
) -> AppResult<Option<ItemId>> {
    let Some(named) = named else { return Ok(None) };
    let found = id_named::<Item>(check.uow, &named).await?;
    if found.is_none() {
        let member = match named {
            Reference::Id(_) => "feeItemId",
            Reference::Code(_) => "feeItemCode",
        };
        check.refuse(nothing_named::<Item>(&format!("{at}/{member}"), &named));
    }
    Ok(found)
}
