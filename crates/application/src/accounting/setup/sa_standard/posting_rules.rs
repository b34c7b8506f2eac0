//! The posting rules of the template: the accounts of its chart to which documents post.

use std::collections::{BTreeSet, HashMap};

use domain::accounting::account::AccountFacts;
use domain::accounting::posting_rule::{PostingKeys, PostingRule, PostingSlot};
use domain::items::item::ItemKind;
use domain::tax::category::TaxCategory;
use domain::tax::tax_code::TaxCodeId;

use crate::accounting::ports::ledger::AccountKeys;
use crate::error::AppResult;
use crate::master_data::insert;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

/// The tax code of exports, whose sales have an account of their own.
const EXPORT: &str = "Z-EXP";

/// The scope of a posting rule of the template.
#[derive(Clone, Copy)]
enum For {
    Anything,
    Kind(ItemKind),
    Category(TaxCategory),
    Export,
}

/// Discounts of sales have no rule: they are net in revenue until a company wants to see them.
const RULES: [(PostingSlot, For, &str); 30] = [
    (PostingSlot::Receivable, For::Anything, "1121"),
    (PostingSlot::Payable, For::Anything, "2111"),
    (PostingSlot::Revenue, For::Anything, "4110"),
    (PostingSlot::Revenue, For::Category(TaxCategory::Zero), "4120"),
    (PostingSlot::Revenue, For::Export, "4130"),
    (PostingSlot::Revenue, For::Category(TaxCategory::Exempt), "4140"),
    (PostingSlot::Revenue, For::Kind(ItemKind::Service), "4150"),
    (PostingSlot::SalesReturn, For::Anything, "4160"),
    (PostingSlot::Expense, For::Anything, "6290"),
    (PostingSlot::AdvanceCustomer, For::Anything, "2114"),
    (PostingSlot::AdvanceSupplier, For::Anything, "1143"),
    (PostingSlot::DiscountGranted, For::Anything, "4170"),
    (PostingSlot::DiscountReceived, For::Anything, "7150"),
    (PostingSlot::WriteOff, For::Anything, "7140"),
    (PostingSlot::BadDebt, For::Anything, "6340"),
    (PostingSlot::OutputVat, For::Anything, "2131"),
    (PostingSlot::OutputVatReverseCharge, For::Anything, "2132"),
    (PostingSlot::InputVat, For::Anything, "1151"),
    (PostingSlot::InputVatCustoms, For::Anything, "1152"),
    (PostingSlot::InputVatReverseCharge, For::Anything, "1153"),
    (PostingSlot::VatCredit, For::Anything, "1154"),
    (PostingSlot::VatSettlement, For::Anything, "2133"),
    (PostingSlot::IrrecoverableVat, For::Anything, "6280"),
    (PostingSlot::WithholdingTax, For::Anything, "2134"),
    (PostingSlot::PaymentRounding, For::Anything, "7140"),
    (PostingSlot::Cash, For::Anything, "1111"),
    (PostingSlot::Bank, For::Anything, "1113"),
    (PostingSlot::CardClearing, For::Anything, "1115"),
    (PostingSlot::ChequeClearing, For::Anything, "1116"),
    (PostingSlot::BankCharges, For::Anything, "7210"),
];

impl For {
    /// `None` where the tenant has no tax code for exports.
    fn keys(self, export: Option<TaxCodeId>) -> Option<PostingKeys> {
        let none = PostingKeys::default();
        Some(match self {
            Self::Anything => none,
            Self::Kind(kind) => PostingKeys { item_kind: Some(kind), ..none },
            Self::Category(category) => PostingKeys { tax_category: Some(category), ..none },
            Self::Export => PostingKeys { tax_code: Some(export?), ..none },
        })
    }
}

/// Creates the rules that the tenant lacks and answers how many.
pub(in crate::accounting::setup) async fn ensure_posting_rules(uow: &mut dyn UnitOfWork) -> AppResult<u32> {
    let profile = uow.posting_rules().posting_profile().await?;
    let company = uow.ledger().company_currency().await?.code;
    let codes: BTreeSet<String> = RULES.iter().map(|(.., code)| (*code).to_owned()).collect();
    let accounts: HashMap<String, AccountFacts> = uow
        .ledger()
        .accounts(AccountKeys::Codes(&codes))
        .await?
        .into_iter()
        .map(|(facts, _)| (facts.code.clone(), facts))
        .collect();
    let named = BTreeSet::from([Reference::Code(EXPORT.to_owned())]);
    let export = uow.items().tax_codes(&named).await?.first().map(|code| code.id);
    let mut created = 0;
    for (slot, of, code) in RULES {
        let Some((keys, account)) = of.keys(export).zip(accounts.get(code)) else { continue };
        let rule = PostingRule { id: uow.new_id().into(), slot, keys, account_id: account.id, version: 1 };
        // An own account under the template's code need not be fit for it, and an own rule stays.
        if slot.check(account, company).is_ok() && profile.check(&rule).is_ok() {
            insert(uow, rule).await?;
            created += 1;
        }
    }
    Ok(created)
}

#[cfg(test)]
mod tests {
    use super::super::chart;
    use super::*;
    use domain::ids::AccountId;
    use domain::money::CurrencyCode;
    use uuid::Uuid;

    #[test]
    fn every_rule_names_an_account_of_the_chart_that_fits_its_slot() {
        let chart = chart().unwrap();
        let sar = CurrencyCode::parse("SAR").unwrap();
        for (slot, _, code) in RULES {
            let account = chart.iter().find(|account| account.code.as_str() == code);
            let account = account.unwrap_or_else(|| panic!("{code} is missing"));
            let facts = AccountFacts {
                id: AccountId::new(Uuid::nil()),
                code: code.to_owned(),
                is_posting: account.is_posting == Some(true),
                active: account.active == Some(true),
                currency: account.currency,
                control: account.control.unwrap(),
                requires_party: account.control.unwrap().requires_party(),
                opens_lines: false,
                account_type: account.account_type,
            };
            assert_eq!(slot.check(&facts, sar), Ok(()), "{slot} {code}");
        }
        let without: Vec<&PostingSlot> =
            PostingSlot::ALL.iter().filter(|slot| !RULES.iter().any(|(of, ..)| of == *slot)).collect();
        assert_eq!(without, [&PostingSlot::SalesDiscount]);
    }
}
