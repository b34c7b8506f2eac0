//! `POST /deferrals`: an amount with the schedule by which it is recognised.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::account::{AccountFacts, AccountType, ControlKind};
use domain::accounting::deferral::{
    DEFERRAL_LENGTH_ONE, DEFERRAL_PARTS_MAX, DEFERRAL_SOURCE_ACCOUNT, DEFERRAL_TARGET_ACCOUNT,
    DeferralLength, DeferralLineStatus, DeferralMethod, DeferralPart, DeferralStatus, DeferralTerms,
};
use domain::accounting::journal_entry::{
    CURRENCY_UNKNOWN, EXCHANGE_RATE_MISSING, EXCHANGE_RATE_NOT_ONE, LineDetails, NewLine,
    REFERENCE_LENGTH_MAX,
};
use domain::accounting::recurring::Orderer;
use domain::error::{Violation, Violations};
use domain::ids::{AccountId, JournalId};
use domain::money::{Amount, CurrencyCode, Rate};
use domain::text::{Code, LocalizedName};

use super::ports::{DeferralId, DeferralLine, StoredDeferral};
use super::posting::Part;
use super::views::DeferralView;
use super::{CREATE, note};
use crate::accounting::entry_input::{LineInput, resolve_known_journal, resolve_known_lines};
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::changes::already_exists;
use crate::command::{Command, Done};
use crate::context::{Actor, RequestContext};
use crate::error::{AppError, AppResult};
use crate::ports::codes::Coded;
use crate::reference::{Reference, by_id_or_code};
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{DimensionCodes, Int, Text};

pub(super) type Periods = Int<1, { DEFERRAL_PARTS_MAX as i64 }>;

request! {
    /// An amount that is spread over several periods.
    pub struct CreateDeferral as CreateDeferralBody {
        /// Short code, unique in the tenant.
        code: Code = "INS-2026",
        /// What it is, in Arabic, English or both; it describes the entries.
        name: LocalizedName = { "ar": "تأمين مدفوع مقدمًا", "en": "Prepaid insurance" },
        /// The asset, liability or equity account on which the amount stands, by its id.
        source_account_id: Option<AccountId>,
        /// The account on which the amount stands, by its code.
        source_account_code: Option<Code> = "1141",
        /// The income or expense account on which it is recognised, by its id.
        target_account_id: Option<AccountId>,
        /// The account on which it is recognised, by its code.
        target_account_code: Option<Code> = "6210",
        /// The amount; it is debited to an expense account or credited to an income account.
        amount: Amount = "12000.00",
        /// The currency; by default that of the company.
        currency: Option<CurrencyCode>,
        /// Units of the company currency for one unit of the currency, by default the exchange rate in force at the start.
        /// Every line keeps this rate.
        rate: Option<Rate>,
        /// The first day that the amount is for.
        start: NaiveDate = "2026-03-15",
        /// The last day; give either the end or the number of periods.
        end: Option<NaiveDate>,
        /// The number of months; give either the end or the number of periods.
        periods: Option<Periods> = 12,
        /// The same for every month and the first and last one by their days (`monthly`), the same for every day (`daily`), or
        /// the same for every period (`equal`).
        method: DeferralMethod => "monthly",
        /// The journal, by its id.
        journal_id: Option<JournalId>,
        /// The journal, by its code; by default `GENERAL`.
        journal_code: Option<Code>,
        /// The dimensions of the lines on the target account: dimension code to value code.
        dimensions: Option<DimensionCodes>,
        /// The dimensions of the lines on the source account; by default those of the target account.
        source_dimensions: Option<DimensionCodes>,
        /// The reference of the entries.
        reference: Option<Text<REFERENCE_LENGTH_MAX>>,
    }
}

#[async_trait]
impl Command for CreateDeferral {
    const NAME: &'static str = "create_deferral";
    const ACCESS: Access = Access::Permission(CREATE);
    type Output = DeferralView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DeferralView>> {
        let mut books = Books::open(ctx, uow).await?;
        let deferral = self.resolve(ctx, uow, &mut books).await?;
        check_postable(uow, &mut books, &deferral).await?;
        uow.deferrals().insert_deferral(&deferral).await?;
        let view = deferral.full_view(&deferral.legend(uow, &mut books).await?);
        note(uow, "created", None, &view);
        Ok(Done::of(view.id, view.version, view))
    }
}

impl CreateDeferral {
    /// Looks up what is named and reports everything that is wrong.
    async fn resolve(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
    ) -> AppResult<StoredDeferral> {
        let mut violations = Violations::new();
        if uow.codes().code_taken(Coded::Deferral, &self.code, None).await? {
            violations.push(already_exists("code", &self.code));
        }
        let journal = by_id_or_code(self.journal_id, self.journal_code.clone());
        let journal = resolve_known_journal(uow, books, journal.as_ref()).await?;
        let journal = violations.check("", journal);
        let terms = self.terms(uow, books, &mut violations).await?;
        let schedule = terms.and_then(|terms| match terms.schedule() {
            Ok(schedule) => Some((terms.rate, schedule)),
            Err(refused) => {
                violations.extend(refused);
                None
            }
        });
        let lines = self.lines(uow, books, &mut violations).await?;
        let Some(((rate, schedule), journal, [source, target])) = schedule
            .zip(journal)
            .zip(lines)
            .map(|((schedule, journal), lines)| (schedule, journal, lines))
            .filter(|_| violations.is_empty())
        else {
            return Err(violations.into_vec().into());
        };
        let (end, parts) = schedule;
        Ok(StoredDeferral {
            id: DeferralId::new(uow.new_id()),
            code: self.code.clone(),
            name: self.name.clone(),
            status: DeferralStatus::Active,
            source: source.account,
            target: target.account,
            source_set: source.dimension_set,
            target_set: target.dimension_set,
            journal,
            amount: self.amount,
            currency: self.currency.unwrap_or(books.company.code),
            rate,
            method: self.method,
            start: self.start,
            end,
            reference: self.reference.clone().map(Text::into_string),
            ordered_by: orderer(ctx),
            version: 1,
            lines: parts.into_iter().map(planned).collect(),
        })
    }

    async fn terms(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        violations: &mut Violations,
    ) -> AppResult<Option<DeferralTerms>> {
        let length = match (self.periods, self.end) {
            (Some(periods), None) => {
                Some(DeferralLength::Periods(u16::try_from(periods.0).unwrap_or(DEFERRAL_PARTS_MAX)))
            }
            (None, Some(end)) => Some(DeferralLength::Until(end)),
            _ => {
                violations.push(Violation::new(&DEFERRAL_LENGTH_ONE).at("/end"));
                None
            }
        };
        let company = books.company;
        let code = self.currency.unwrap_or(company.code);
        books.learn_currencies(uow, &[code].into()).await?;
        let known = books.currencies.get(&code).copied().or((code == company.code).then_some(company));
        let Some(currency) = known else {
            violations.push(Violation::new(&CURRENCY_UNKNOWN).at("/currency").with("currency", code));
            return Ok(None);
        };
        let rate = self.rate(uow, books, code).await?;
        let rate = violations.check("/rate", rate);
        Ok(length.zip(rate).map(|(length, rate)| DeferralTerms {
            amount: self.amount,
            currency,
            company,
            rate,
            start: self.start,
            length,
            method: self.method,
        }))
    }

    /// The rate that is given, or the one in force at the start.
    async fn rate(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        code: CurrencyCode,
    ) -> AppResult<Result<Rate, Violation>> {
        let company = books.company.code;
        if code == company {
            let one = self.rate.unwrap_or(Rate::ONE) == Rate::ONE;
            let refused = || Violation::new(&EXCHANGE_RATE_NOT_ONE).with("currency", code);
            return Ok(if one { Ok(Rate::ONE) } else { Err(refused()) });
        }
        let rate = match self.rate {
            Some(rate) => Some(rate),
            None => books.rates_of(uow, &[code].into(), self.start).await?.get(&code).copied(),
        };
        let missing = || Violation::new(&EXCHANGE_RATE_MISSING).with("currency", code);
        Ok(rate.ok_or_else(|| missing().with("company", company)))
    }

    /// Accounts and dimensions of the source and the target.
    async fn lines(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        violations: &mut Violations,
    ) -> AppResult<Option<[NewLine; 2]>> {
        let of_target = self.dimensions.clone().unwrap_or_default().0;
        let of_source = self.source_dimensions.clone().map_or_else(|| of_target.clone(), |given| given.0);
        let source = by_id_or_code(self.source_account_id, self.source_account_code.clone());
        let target = by_id_or_code(self.target_account_id, self.target_account_code.clone());
        let mut found = Violations::new();
        let inputs = [line_input(source, of_source), line_input(target, of_target)];
        let resolved = resolve_known_lines(uow, books, &inputs, &mut found).await?;
        // Dimensions that both lines have are looked up for each, and wrong only once.
        let mut placed: Vec<Violation> = Vec::new();
        for violation in found.into_vec().into_iter().map(|violation| self.placed(violation)) {
            if !placed.contains(&violation) {
                placed.push(violation);
            }
        }
        violations.extend(placed);
        let lines = <[NewLine; 2]>::try_from(resolved).ok();
        for (line, def, at, fits) in lines.iter().flat_map(|[source, target]| {
            [
                (source, &DEFERRAL_SOURCE_ACCOUNT, "/sourceAccountId", holds as fn(&AccountFacts) -> bool),
                (target, &DEFERRAL_TARGET_ACCOUNT, "/targetAccountId", recognises),
            ]
        }) {
            if let Some(account) = books.accounts.get(&line.account).filter(|account| !fits(account)) {
                violations.push(Violation::new(def).at(at).with("account", &account.code));
            }
        }
        Ok(lines)
    }

    /// The violation at the member of the request that it is about.
    fn placed(&self, violation: Violation) -> Violation {
        let pointer = placed(&violation.pointer);
        match pointer.strip_prefix("/sourceDimensions") {
            Some(rest) if self.source_dimensions.is_none() => {
                let pointer = format!("/dimensions{rest}");
                violation.at(pointer)
            }
            _ => violation.at(pointer),
        }
    }
}

/// A pointer into one of the two lines as one into the request.
fn placed(pointer: &str) -> String {
    let (side, rest) = match (pointer.strip_prefix("/lines/0/"), pointer.strip_prefix("/lines/1/")) {
        (Some(rest), _) => ("source", rest),
        (_, Some(rest)) => ("target", rest),
        _ => return pointer.to_owned(),
    };
    match rest {
        "accountId" => format!("/{side}AccountId"),
        "accountCode" => format!("/{side}AccountCode"),
        "rate" | "companyAmount" => "/rate".to_owned(),
        "currency" => "/currency".to_owned(),
        "debit" | "credit" => "/amount".to_owned(),
        _ => match rest.strip_prefix("dimensions") {
            Some(rest) if side == "source" => format!("/sourceDimensions{rest}"),
            Some(rest) => format!("/dimensions{rest}"),
            None => format!("/{side}AccountId"),
        },
    }
}

fn line_input(account: Option<Reference<AccountId>>, dimensions: BTreeMap<String, String>) -> LineInput {
    LineInput {
        account,
        // Any amount: the lines of the schedule have their own.
        debit: Some(Amount::from_scaled(1)),
        credit: None,
        currency: None,
        rate: None,
        company_amount: None,
        dimensions,
        details: LineDetails::NONE,
    }
}

fn holds(account: &AccountFacts) -> bool {
    account.control == ControlKind::None && !recognises(account)
}

fn recognises(account: &AccountFacts) -> bool {
    matches!(account.account_type, AccountType::Income | AccountType::Expense)
}

pub(super) fn planned(part: DeferralPart) -> DeferralLine {
    DeferralLine {
        date: part.date,
        amount: part.amount,
        company_amount: part.company_amount,
        status: DeferralLineStatus::Planned,
        entry: None,
        attempted_on: None,
        problems: Vec::new(),
    }
}

/// Whether a line could ever be posted: the same errors as posting would give, but for what depends on the date.
pub(super) async fn check_postable(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    deferral: &StoredDeferral,
) -> AppResult<()> {
    let first = deferral.lines.first().ok_or_else(|| AppError::internal("a deferral has no lines"))?;
    let part =
        Part { number: 1, date: first.date, amount: first.amount, company_amount: first.company_amount };
    let draft = deferral.draft(uow, books, &part).await?;
    books.learn(uow, &[draft.content()]).await?;
    let refused = books.check_on_any_date(uow.now(), draft);
    if refused.is_empty() {
        return Ok(());
    }
    let placed = refused.into_iter().map(|violation| {
        let pointer = placed(&violation.pointer);
        violation.at(pointer)
    });
    Err(placed.collect::<Vec<_>>().into())
}

/// The user who creates it orders what is posted later; the product itself orders nothing.
fn orderer(ctx: &RequestContext) -> Option<Orderer> {
    match ctx.actor {
        Actor::User(user) => Some(Orderer { user, key: None }),
        Actor::ApiKey(key, user) => Some(Orderer { user, key: Some(key) }),
        Actor::System => None,
    }
}
