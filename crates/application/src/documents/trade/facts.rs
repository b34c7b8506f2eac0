//! The records that a document names, each asked for once however many lines there are.

use std::collections::{BTreeSet, HashMap};

use domain::accounting::posting_rule::PostingProfile;
use domain::company::profile::CompanyProfile;
use domain::documents::document_type::TradeSide;
use domain::ids::AccountId;
use domain::items::item::{Item, ItemId};
use domain::items::price_list::PriceListId;
use domain::items::unit::Unit;
use domain::parties::party::Party;
use domain::parties::party_group::PartyGroupId;
use domain::parties::payment_term::PaymentTermId;
use domain::tax::tax_code::{TaxCode, TaxCodeId};

use super::line::{ChargeLine, Line};
use super::line_accounts::NamedAccounts;
use super::tax_only::TaxOnlyLine;
use crate::accounting::ports::books::Books;
use crate::accounting::ports::ledger::DimensionPair;
use crate::error::AppResult;
use crate::items::known::Known;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

/// The records and settings that lines refer to.
pub struct Facts {
    pub items: Known<Item>,
    pub units: Known<Unit>,
    pub codes: Known<TaxCode>,
    pub accounts: HashMap<String, AccountId>,
    pub named_accounts: NamedAccounts,
    pub dimensions: HashMap<(String, String), DimensionPair>,
    pub profile: PostingProfile,
    pub company: CompanyProfile,
}

/// The party's role on this side of the trade: customer or supplier.
#[derive(Debug, Clone, Copy)]
pub struct Role {
    pub group: Option<PartyGroupId>,
    pub payment_term: Option<PaymentTermId>,
    pub currency: Option<domain::money::CurrencyCode>,
    /// The tax code of lines that name none.
    pub tax_code: Option<TaxCodeId>,
    pub price_list: Option<PriceListId>,
}

impl Role {
    /// The role of no party.
    pub const NONE: Self =
        Self { group: None, payment_term: None, currency: None, tax_code: None, price_list: None };

    /// `None` when the party does not have the role.
    pub fn of(party: &Party, side: TradeSide) -> Option<Self> {
        match side {
            TradeSide::Sale => party.customer.as_ref().map(|customer| Self {
                group: customer.group_id,
                payment_term: customer.payment_term_id,
                currency: customer.currency,
                tax_code: customer.tax_treatment_id,
                price_list: customer.price_list_id,
            }),
            TradeSide::Purchase => party.supplier.as_ref().map(|supplier| Self {
                group: supplier.group_id,
                payment_term: supplier.payment_term_id,
                currency: supplier.currency,
                tax_code: None,
                price_list: None,
            }),
        }
    }
}

impl Facts {
    pub async fn learn(
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        side: TradeSide,
        role: Option<Role>,
        (lines, charges, tax_only): (&[Line], &[ChargeLine], &[TaxOnlyLine]),
    ) -> AppResult<Self> {
        let named = lines.iter().filter_map(|line| line.item.clone());
        let named: BTreeSet<Reference<ItemId>> =
            named.chain(charges.iter().filter_map(|charge| charge.item.clone())).collect();
        let items = uow.items().items(&named).await?.into_iter().map(|stored| stored.value);
        let items = Known::new(items.collect());
        let units = lines.iter().filter_map(|line| line.unit.clone());
        let of_items = items.all().iter().flat_map(|item| [Some(item.base_unit_id), own_unit(item, side)]);
        let units: BTreeSet<_> = units.chain(of_items.flatten().map(Reference::Id)).collect();
        let units = Known::new(uow.items().units(&units).await?);
        let codes = lines.iter().filter_map(|line| line.tax_code.clone());
        let codes = codes.chain(tax_only.iter().filter_map(|line| line.tax_code().map(str::to_owned)));
        let codes =
            codes.chain(charges.iter().filter_map(|charge| charge.tax_code.clone())).map(Reference::Code);
        let of_items = items.all().iter().filter_map(|item| own_tax_code(item, side));
        let of_items = of_items.chain(role.and_then(|role| role.tax_code)).map(Reference::Id);
        let codes: BTreeSet<_> = codes.chain(of_items).collect();
        let codes = Known::new(uow.items().tax_codes(&codes).await?);
        let (accounts, named_accounts) = accounts(uow, books, lines, charges).await?;
        Ok(Self {
            items,
            units,
            codes,
            accounts,
            named_accounts,
            dimensions: dimensions(uow, lines).await?,
            profile: uow.posting_rules().posting_profile().await?,
            company: uow.company().profile().await?,
        })
    }
}

/// The unit of lines that name none.
pub fn own_unit(item: &Item, side: TradeSide) -> Option<domain::items::unit::UnitId> {
    match side {
        TradeSide::Sale => item.sales_unit_id,
        TradeSide::Purchase => item.purchase_unit_id,
    }
}

/// The tax code of lines that name none.
pub fn own_tax_code(item: &Item, side: TradeSide) -> Option<TaxCodeId> {
    match side {
        TradeSide::Sale => item.sales_tax_code_id,
        TradeSide::Purchase => item.purchase_tax_code_id,
    }
}

async fn accounts(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    lines: &[Line],
    charges: &[ChargeLine],
) -> AppResult<(HashMap<String, AccountId>, NamedAccounts)> {
    let named = lines.iter().filter_map(|line| line.account.as_ref());
    let named = named.chain(charges.iter().filter_map(|charge| charge.account.as_ref()));
    let (mut ids, mut codes) = (BTreeSet::new(), BTreeSet::new());
    for reference in named {
        match reference {
            Reference::Id(id) => {
                ids.insert(*id);
            }
            Reference::Code(code) => {
                codes.insert(code.clone());
            }
        }
    }
    books.learn_accounts(uow, ids.clone()).await?;
    let by_code = books.accounts_by_code(uow, &codes).await?;
    ids.extend(by_code.values());
    let facts = NamedAccounts::new(ids.iter().filter_map(|id| books.accounts.get(id).cloned()));
    Ok((by_code, facts))
}

async fn dimensions(
    uow: &mut dyn UnitOfWork,
    lines: &[Line],
) -> AppResult<HashMap<(String, String), DimensionPair>> {
    let pairs = lines.iter().flat_map(|line| line.dimensions.iter().map(|(d, v)| (d.clone(), v.clone())));
    let pairs: BTreeSet<_> = pairs.collect();
    if pairs.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(uow.ledger().dimension_values(&pairs).await?)
}
