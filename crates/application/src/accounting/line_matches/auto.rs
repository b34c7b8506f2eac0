//! `POST /line-matches/auto`: open lines of an account are matched by a rule.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::line_match::proposal::{Candidate, LineMatchRule, proposals};
use domain::accounting::line_match::{
    LINE_MATCH_DIFFERENCE_ACCOUNT, LINE_MATCH_DIFFERENCE_RULE, LineMatchId,
};
use domain::error::{Violation, Violations};
use domain::ids::AccountId;
use domain::money::{Amount, Currency, CurrencyCode};
use domain::settlement::tolerance::PaymentTolerances;
use domain::text::Code;

use super::CREATE;
use super::create::{MatchDifferenceBody, refused_account, resolve_difference};
use super::keep::{Keeping, Planned, currency, rest};
use super::ports::FoundLine;
use super::views::{LineMatchBatchView, MATCHES_INLINE_MAX, MatchKind};
use crate::accounting::error::ACCOUNT_CODE_UNKNOWN;
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::settlement::entry::check_date;
use crate::unit_of_work::UnitOfWork;
use crate::{request, word_type};

/// Most open lines of the account that one request looks at; those with the earliest dates.
pub const AUTO_LINES_MAX: usize = 20_000;

word_type!(LineMatchRule, "lineMatchRule");

request! {
    /// Open lines of an account that are to be matched.
    pub struct AutoMatchLines as AutoMatchLinesBody {
        /// The code of the account.
        account_code: Code = "1115",
        /// `reference` matches lines that have the same reference and come to nothing together; `amount` pairs debits and credits of
        /// the same amount in the order of their dates, where there are as many of them on either side.
        rule: LineMatchRule = "reference",
        /// The day of the matches; today by default. Lines of later days are left out.
        date: Option<NaiveDate> = "2026-03-31",
        /// Takes what lines of one reference differ by, as far as `paymentTolerances` of the company profile allow. Only for
        /// `reference`; without it only lines that come to nothing are matched.
        difference: Option<MatchDifferenceBody>,
    }
}

#[async_trait]
impl Command for AutoMatchLines {
    const NAME: &'static str = "auto_match_lines";
    const ACCESS: Access = Access::Permission(CREATE);
    type Output = LineMatchBatchView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<LineMatchBatchView>> {
        let date = self.date.unwrap_or_else(|| ctx.today(uow.now()));
        let mut books = Books::open(ctx, uow).await?;
        let mut violations = Violations::new();
        violations.check("", check_date(uow, ctx, &mut books, date).await?);
        let account = self.account(uow, &mut books, &mut violations).await?;
        let difference_line =
            resolve_difference(uow, &mut books, self.difference.as_ref(), &mut violations).await?;
        if self.difference.is_some() && self.rule != LineMatchRule::Reference {
            violations.push(Violation::new(&LINE_MATCH_DIFFERENCE_RULE).at("/difference"));
        }
        if account.is_some() && difference_line.as_ref().map(|line| line.account) == account {
            violations.push(Violation::new(&LINE_MATCH_DIFFERENCE_ACCOUNT).at("/difference/accountCode"));
        }
        let account = violations.into_result(account)?;
        let planned = match account {
            Some(account) => self.planned(uow, &mut books, account, date).await?,
            None => Vec::new(),
        };
        let keeping = Keeping { ctx, date, kind: MatchKind::Auto, difference_line };
        let matches = keeping.keep(uow, &mut books, planned).await?;
        let lines: u32 = matches.iter().map(|one| one.line_count).sum();
        let match_count = u32::try_from(matches.len()).unwrap_or(u32::MAX);
        Ok(Done::new(LineMatchBatchView { date, match_count, line_count: lines, matches }))
    }
}

impl AutoMatchLines {
    async fn account(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        violations: &mut Violations,
    ) -> AppResult<Option<AccountId>> {
        let code = self.account_code.to_string();
        let known = books.accounts_by_code(uow, &[code.clone()].into()).await?;
        let found = known.get(&code).copied();
        let refused = match found {
            Some(account) => refused_account(books, account),
            None => Some(Violation::new(&ACCOUNT_CODE_UNKNOWN).with("code", code)),
        };
        violations.check("", refused.map_or(Ok(()), |refused| Err(refused.at("/accountCode"))));
        Ok(found)
    }

    /// What the rule finds, at most as many matches as one answer shows.
    async fn planned(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        account: AccountId,
        date: NaiveDate,
    ) -> AppResult<Vec<Planned>> {
        let max = i64::try_from(AUTO_LINES_MAX).unwrap_or(i64::MAX);
        let found = uow.line_matches().unmatched_lines(account, date, max).await?;
        let codes: BTreeSet<_> = found.iter().map(|found| found.line.currency).collect();
        books.learn_currencies(uow, &codes).await?;
        let currencies: HashMap<CurrencyCode, Currency> =
            codes.into_iter().map(|code| (code, currency(books, code))).collect();
        let tolerances = match self.difference {
            Some(_) => uow.company().profile().await?.payment_tolerances.clone(),
            None => PaymentTolerances::default(),
        };
        let limit = |code: CurrencyCode, larger: Amount| {
            currencies.get(&code).map_or(Amount::ZERO, |currency| tolerances.limit(*currency, larger))
        };
        let candidates: Vec<_> = found.iter().map(candidate).collect();
        let mut sets = proposals(self.rule, &candidates, &limit);
        sets.truncate(MATCHES_INLINE_MAX);
        let mut found: Vec<Option<FoundLine>> = found.into_iter().map(Some).collect();
        let mut planned = Vec::with_capacity(sets.len());
        for set in sets {
            let lines = set.into_iter().filter_map(|at| found[at].take());
            let lines = lines.map(|found| rest(found, date)).collect();
            planned.extend(Planned::new(LineMatchId::new(uow.new_id()), lines)?);
        }
        Ok(planned)
    }
}

fn candidate(found: &FoundLine) -> Candidate<'_> {
    Candidate { line: &found.line, reference: found.reference.as_deref() }
}
