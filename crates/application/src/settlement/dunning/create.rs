//! `POST /dunning-runs`: proposes a notice for each customer with items that have reached a further level.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::error::Violations;
use domain::parties::dunning_profile::{DunningProfile, DunningProfileId};
use domain::parties::party::PartyId;
use domain::settlement::dunning::{DUNNING_NOTHING_DUE, DunningNoticeId, DunningRunId, DunningStatus};
use domain::text::Code;

use super::level::draft_notice;
use super::ports::StoredDunningRun;
use super::propose::{Profiles, find, proposals};
use super::views::DunningRunView;
use super::{note_run, shown};
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::changes::unknown_reference;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::master_data::{id_named, nothing_named};
use crate::reference::{Reference, by_id_or_code};
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::List;

/// Most customers that one run names.
pub const DUNNING_PARTIES_MAX: usize = 1_000;

request! {
    /// Looks for what is overdue.
    pub struct CreateDunningRun as CreateDunningRunBody {
        /// The day on which items are overdue; today by default.
        date: Option<NaiveDate> = "2026-04-30",
        /// The profile of customers that have none, by its id. Without it they are left out.
        profile_id: Option<DunningProfileId>,
        /// The profile of customers that have none, by its code.
        profile_code: Option<Code> = "REMINDERS",
        /// The customers; by default all of them.
        party_ids: Option<List<PartyId, DUNNING_PARTIES_MAX, 1>>,
    }
}

#[async_trait]
impl Command for CreateDunningRun {
    const NAME: &'static str = "create_dunning_run";
    const ACCESS: Access = Access::Permission("settlement.dunning_run.create");
    type Output = DunningRunView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DunningRunView>> {
        let date = self.date.unwrap_or_else(|| ctx.today(uow.now()));
        let mut violations = Violations::new();
        let usual = self.profile(uow, &mut violations).await?;
        let parties = self.parties(uow, &mut violations).await?;
        let (usual, parties) = violations.into_result((usual, parties))?;
        let mut profiles = Profiles::default();
        let found = find(uow, date, usual, parties, &mut profiles).await?;
        let proposed = proposals(uow, date, found.items, &profiles).await?;
        if proposed.is_empty() {
            return Err(AppError::of(&DUNNING_NOTHING_DUE));
        }
        let mut books = Books::open(ctx, uow).await?;
        let codes = proposed.iter().map(|proposal| proposal.currency);
        let codes = codes.filter(|code| *code != books.company.code).collect();
        books.learn_currencies(uow, &codes).await?;
        let run = StoredDunningRun {
            id: DunningRunId::new(uow.new_id()),
            date,
            status: DunningStatus::Draft,
            notice_count: u32::try_from(proposed.len()).unwrap_or(u32::MAX),
            has_more: found.has_more,
            created_by: ctx.actor.user_id(),
            created_at: uow.now(),
            posted_at: None,
            version: 1,
        };
        let mut notices = Vec::with_capacity(proposed.len());
        for proposal in proposed {
            let scale = books.currencies.get(&proposal.currency).map_or(books.company.scale, |one| one.scale);
            let ids = (DunningNoticeId::new(uow.new_id()), run.id);
            notices.push(draft_notice(ids, proposal, (date, scale), run.created_at)?);
        }
        uow.dunning().insert_dunning_run(&run, &notices).await?;
        let view = run.view();
        note_run(uow, "created", None, Some(&view));
        let notices = notices.iter().map(|notice| shown(notice, &books)).collect();
        Ok(Done::of(view.id, view.version, DunningRunView { notices: Some(notices), ..view }))
    }
}

impl CreateDunningRun {
    async fn profile(
        &self,
        uow: &mut dyn UnitOfWork,
        violations: &mut Violations,
    ) -> AppResult<Option<DunningProfileId>> {
        let Some(named) = by_id_or_code(self.profile_id, self.profile_code.clone()) else { return Ok(None) };
        let found = id_named::<DunningProfile>(uow, &named).await?;
        if found.is_none() {
            let at = match named {
                Reference::Id(_) => "/profileId",
                Reference::Code(_) => "/profileCode",
            };
            violations.push(nothing_named::<DunningProfile>(at, &named));
        }
        Ok(found)
    }

    /// The codes of the customers that are named.
    async fn parties(
        &self,
        uow: &mut dyn UnitOfWork,
        violations: &mut Violations,
    ) -> AppResult<Option<BTreeSet<String>>> {
        let Some(ids) = &self.party_ids else { return Ok(None) };
        let found = uow.parties().parties(&ids.0.iter().copied().collect()).await?;
        for (index, id) in ids.0.iter().enumerate() {
            if !found.iter().any(|stored| stored.value.id == *id) {
                violations.push(unknown_reference(&format!("/partyIds/{index}"), "party", id));
            }
        }
        Ok(Some(found.into_iter().map(|stored| stored.value.code.to_string()).collect()))
    }
}
