//! `GET /reports/control-accounts`: each beside the sum of its own lines, by party (R16).

use std::collections::BTreeMap;

use domain::ids::TenantId;

use super::captions::Caption;
use super::chart::Chart;
use super::figures::{Figures, Shown, Sums};
use super::request::{Range, ReportRequest};
use super::{Frame, Reports};
use crate::accounting::ports::reports::{Bucket, ChartAccount, MovementQuery, PartyMovement};
use crate::accounting::views::NameView;
use crate::accounting::views::reports::{ControlAccountView, ControlAccountsView, PartyBalanceView};
use crate::error::AppResult;

/// Most parties listed for one account.
pub const PARTIES_SHOWN_MAX: usize = 1_000;

impl Reports {
    pub async fn control_accounts(
        &self,
        tenant: TenantId,
        request: &ReportRequest,
    ) -> AppResult<ControlAccountsView> {
        let frame = self.frame(tenant, request).await?;
        let range = Range { from: None, to: Some(self.last_day(request, &frame)?) };
        let bucket = Bucket::new(None, range.to);
        let query = MovementQuery {
            buckets: vec![bucket],
            filter: frame.filter.clone(),
            known_at: request.known_at,
            parties: Some(bucket),
            ..MovementQuery::default()
        };
        let movements = self.queries.movements(tenant, &query).await?;
        let figures = Figures::collect(&movements.sums, 1, |m| Some(m.bucket));
        let chart = Chart::new(self.queries.chart(tenant, request.known_at).await?);
        let mut lines = Vec::new();
        for account in chart.iter().filter(|account| account.control.is_control() && account.is_posting) {
            if figures.has(account.id) || request.include_zero {
                let own = movements.parties.iter().filter(|party| party.account == account.id);
                lines.push(line(account, figures.net(account.id, 0), own, frame.shown)?);
            }
        }
        let balanced = lines.iter().all(|line| line.difference.amount.is_zero());
        Ok(ControlAccountsView { scope: scope(&frame, request, range), lines, balanced })
    }
}

fn scope(
    frame: &Frame,
    request: &ReportRequest,
    range: Range,
) -> crate::accounting::views::reports::ReportScopeView {
    frame.scope(Caption::ControlAccounts, request, range, None)
}

fn line<'a>(
    account: &ChartAccount,
    balance: i128,
    own: impl Iterator<Item = &'a PartyMovement>,
    shown: Shown,
) -> AppResult<ControlAccountView> {
    let mut parties: BTreeMap<Option<&str>, Sums> = BTreeMap::new();
    for party in own {
        let sums = parties.entry(party.party.as_deref()).or_default();
        let more = Sums { debit: party.debit.scaled().into(), credit: party.credit.scaled().into() };
        *sums = sums.plus(more);
    }
    let sub_ledger: i128 = parties.values().map(|sums| sums.net()).sum();
    let mut open: Vec<_> = parties.into_iter().filter(|(_, sums)| sums.net() != 0).collect();
    open.sort_by_key(|(party, sums)| (std::cmp::Reverse(sums.net().abs()), *party));
    let omitted = open.len().saturating_sub(PARTIES_SHOWN_MAX);
    open.truncate(PARTIES_SHOWN_MAX);
    let party = |(party, sums): (Option<&str>, Sums)| {
        Ok(PartyBalanceView { party: party.map(str::to_owned), balance: shown.money(sums.net())? })
    };
    Ok(ControlAccountView {
        account: account.code.clone(),
        account_id: account.id.uuid(),
        name: NameView::from(&account.name),
        control: account.control.as_str(),
        balance: shown.money(balance)?,
        sub_ledger: shown.money(sub_ledger)?,
        difference: shown.money(balance - sub_ledger)?,
        parties: open.into_iter().map(party).collect::<AppResult<_>>()?,
        parties_omitted: u32::try_from(omitted).unwrap_or(u32::MAX),
    })
}
