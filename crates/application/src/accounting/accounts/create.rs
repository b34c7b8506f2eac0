//! `POST /accounts`: a new account in its place of the chart.

use async_trait::async_trait;
use domain::accounting::account::{Account, AccountType, CashFlowActivity, ControlKind, NewAccount};
use domain::error::Violations;
use domain::ids::AccountId;
use domain::money::CurrencyCode;
use domain::text::{Code, LocalizedName};

use super::{ACCOUNT, check_currency, check_place, resolve_parent};
use crate::accounting::views::account::AccountView;
use crate::authorize::Access;
use crate::changes::{already_exists, record};
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::ports::codes::Coded;
use crate::ports::stored::Stored;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct CreateAccount {
    pub code: Code,
    pub name: LocalizedName,
    pub account_type: AccountType,
    pub subtype: Option<String>,
    pub parent: Option<Reference<AccountId>>,
    pub is_posting: bool,
    pub currency: Option<CurrencyCode>,
    pub control: ControlKind,
    pub cash_flow: CashFlowActivity,
    pub reconcilable: bool,
    pub active: bool,
}

#[async_trait]
impl Command for CreateAccount {
    const NAME: &'static str = "create_account";
    const ACCESS: Access = Access::Permission("accounting.account.create");
    type Output = AccountView;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<AccountView>> {
        let mut violations = Violations::new();
        if uow.codes().code_taken(Coded::Account, &self.code, None).await? {
            violations.push(already_exists("code", &self.code));
        }
        let parent_id = match &self.parent {
            Some(parent) => resolve_parent(uow, parent, &mut violations).await?,
            None => None,
        };
        check_currency(uow, self.currency, &mut violations).await?;
        let fields = NewAccount {
            id: AccountId::new(uow.new_id()),
            code: self.code.clone(),
            name: self.name.clone(),
            account_type: self.account_type,
            subtype: self.subtype.clone(),
            parent_id,
            is_posting: self.is_posting,
            currency: self.currency,
            control: self.control,
            reconcilable: self.reconcilable,
            cash_flow: self.cash_flow,
            active: self.active,
        };
        let account = match Account::new(fields.clone()) {
            Ok(account) => account,
            Err(broken) => {
                violations.extend(broken);
                // Its place is checked all the same, so that everything is said at once.
                Account::from_stored(fields, 1)
            }
        };
        check_place(uow, &account, 0, &mut violations).await?;
        let account = violations.into_result(account)?;
        uow.accounts().insert(&account).await?;
        let view = AccountView::from(&Stored { value: account, updated_at: uow.now() });
        record(uow, ACCOUNT, view.id, "created", None, Some(&view));
        Ok(Done::of(view.id, view.version, view))
    }
}
