//! `GET /reports/trial-balance`

use std::collections::BTreeMap;

use domain::ids::TenantId;

use super::captions::Caption;
use super::chart::Chart;
use super::figures::{Figures, Shown, Sums};
use super::request::{Range, ReportRequest};
use super::translation::Lane;
use super::{Frame, Reports};
use crate::accounting::ports::reports::{Bucket, ChartAccount, MovementQuery};
use crate::accounting::views::NameView;
use crate::accounting::views::reports::{TrialBalanceFiguresView, TrialBalanceLineView, TrialBalanceView};
use crate::error::AppResult;

/// Slots of figures of one range: before it, and in it.
const OPENING: usize = 0;
const MOVEMENT: usize = 1;
const SLOTS: usize = 2;

impl Reports {
    /// Every account that had postings up to the end of the range, closing entries included unless asked otherwise.
    pub async fn trial_balance(
        &self,
        tenant: TenantId,
        request: &ReportRequest,
    ) -> AppResult<TrialBalanceView> {
        let frame = self.frame(tenant, request).await?;
        let range = Range::checked(request.from, Some(self.last_day(request, &frame)?))?;
        let compared = range.compared(request.compare)?;
        let ranges: Vec<Range> = [Some(range), compared].into_iter().flatten().collect();
        let wanted = (0..).zip(&ranges).flat_map(|(index, range)| buckets(index, *range, request, &frame));
        let (places, buckets): (Vec<usize>, Vec<Bucket>) = wanted.unzip();
        let slots = ranges.len() * SLOTS;
        let query = MovementQuery {
            buckets,
            filter: frame.filter.clone(),
            known_at: request.known_at,
            ..MovementQuery::default()
        };
        let chart = Chart::new(self.queries.chart(tenant, request.known_at).await?);
        let movements = self.sums(tenant, &frame, &chart, query, &lanes(&places, &ranges)).await?;
        let figures = Figures::collect(&movements.sums, slots, |m| places.get(m.bucket).copied());
        let rows = rows(&chart, &figures, request);
        let mut totals = vec![Sums::default(); slots];
        let mut closing = Sums::default();
        let mut lines = Vec::with_capacity(rows.len());
        for (account, sums) in rows.into_values() {
            for (total, sum) in totals.iter_mut().zip(&sums) {
                *total = total.plus(*sum);
            }
            let net = sums[OPENING].net() + sums[MOVEMENT].net();
            closing = closing.plus(Sums { debit: net.max(0), credit: (-net).max(0) });
            lines.push(line(account, &sums, frame.shown)?);
        }
        let totals = TrialBalanceFiguresView {
            debit: frame.shown.money(closing.debit)?,
            credit: frame.shown.money(closing.credit)?,
            ..figures_view(totals[OPENING], totals[MOVEMENT], frame.shown)?
        };
        let balanced = (!request.is_filtered()).then(|| totals.closing.amount.is_zero());
        let scope = frame.scope(Caption::TrialBalance, request, range, compared);
        Ok(TrialBalanceView { scope, lines, totals, balanced })
    }
}

/// The sums for one range, each with the slot it belongs to. Opening balances dated in the range were there before
/// it.
fn buckets(index: usize, range: Range, request: &ReportRequest, frame: &Frame) -> Vec<(usize, Bucket)> {
    let first = || frame.calendar.years.first().map(|year| year.start);
    let start = || range.to.map(|to| frame.calendar.year_start(to));
    let excluded = match request.include_closing {
        Some(false) => range.from.or_else(start).or_else(first),
        _ => None,
    };
    let opening = index * SLOTS + OPENING;
    let within = Bucket::new(range.from, range.to).without_closing_from(excluded).without_openings();
    let mut wanted =
        vec![(opening, Bucket::of_openings(range.from, range.to)), (index * SLOTS + MOVEMENT, within)];
    // Before an open range there is nothing.
    if let Some(before) = range.from.and_then(|from| from.pred_opt()) {
        wanted.push((opening, Bucket::new(None, Some(before))));
    }
    wanted
}

/// A balance is translated on its own day, the opening one on that before the range.
fn lanes(places: &[usize], ranges: &[Range]) -> Vec<Lane> {
    let mut lanes = Vec::with_capacity(places.len());
    for (column, range) in ranges.iter().enumerate() {
        let Some(to) = range.to else { continue };
        let opened = range.from.and_then(|from| from.pred_opt()).unwrap_or(to);
        for (slot, as_of) in [(OPENING, opened), (MOVEMENT, to)] {
            let of_slot = places.iter().enumerate().filter(|(_, place)| **place == column * SLOTS + slot);
            lanes.extend(of_slot.map(|(bucket, _)| Lane { bucket, column, as_of }));
        }
    }
    lanes
}

/// Rows by code; accounts below the level asked for are added to their heading.
fn rows<'a>(
    chart: &'a Chart,
    figures: &Figures,
    request: &ReportRequest,
) -> BTreeMap<&'a str, (&'a ChartAccount, Vec<Sums>)> {
    let mut rows: BTreeMap<&str, (&ChartAccount, Vec<Sums>)> = BTreeMap::new();
    for account in chart.iter() {
        let wanted = figures.has(account.id) || (request.include_zero && account.is_posting);
        if !wanted {
            continue;
        }
        let shown = chart.at_level(account, request.level);
        let empty = || (shown, vec![Sums::default(); figures.slots()]);
        let (_, sums) = rows.entry(shown.code.as_str()).or_insert_with(empty);
        for (slot, sum) in sums.iter_mut().enumerate() {
            *sum = sum.plus(figures.get(account.id, slot));
        }
    }
    rows
}

fn line(account: &ChartAccount, sums: &[Sums], shown: Shown) -> AppResult<TrialBalanceLineView> {
    let comparison = match sums.get(SLOTS..) {
        Some([opening, movement]) => Some(figures_view(*opening, *movement, shown)?),
        _ => None,
    };
    Ok(TrialBalanceLineView {
        account: account.code.clone(),
        account_id: account.id.uuid(),
        name: NameView::from(&account.name),
        account_type: account.account_type.as_str(),
        figures: figures_view(sums[OPENING], sums[MOVEMENT], shown)?,
        comparison,
    })
}

fn figures_view(opening: Sums, movement: Sums, shown: Shown) -> AppResult<TrialBalanceFiguresView> {
    let net = opening.net() + movement.net();
    let (debit, credit) = shown.sides(net)?;
    Ok(TrialBalanceFiguresView {
        debit,
        credit,
        opening: shown.money(opening.net())?,
        movement_debit: shown.money(movement.debit)?,
        movement_credit: shown.money(movement.credit)?,
        closing: shown.money(net)?,
    })
}
