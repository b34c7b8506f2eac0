//! `GET /number-series/{id}/gaps`: whether every number given stands on an entry (R14).

use std::collections::BTreeMap;

use domain::accounting::number_series::{NumberContext, NumberSeriesRecord};
use domain::company::branch::Branch;
use domain::ids::{NumberSeriesId, TenantId};
use futures::TryStreamExt;

use crate::accounting::ports::number_series::NumberSeriesQueries;
use crate::accounting::views::journal::{NumberGapView, NumberGapsView, NumberPeriodView};
use crate::error::{AppError, AppResult};
use crate::master_data::registry::MasterReads;
use crate::master_data::{Described, Reads};

/// Most missing stretches that are listed for one period.
pub const GAPS_MAX: usize = 1_000;
/// Most numbers of one period that are followed one by one; a bit each.
pub const SEQUENCE_MAX: u64 = 1 << 30;

/// Reads every number of the series once, with a bit of memory for each, and compares them with the counters.
pub async fn gaps(
    (reads, queries): (&dyn MasterReads, &dyn NumberSeriesQueries),
    tenant: TenantId,
    id: NumberSeriesId,
) -> AppResult<NumberGapsView> {
    let stored = Reads::<NumberSeriesRecord>::one(reads, tenant, id).await?;
    let series = stored.ok_or_else(|| AppError::not_found(NumberSeriesRecord::RESOURCE.entity))?.value;
    let branch = branch_code(reads, tenant, &series).await?;
    // Counters first: a number given while the entries are read lies beyond them and does not count.
    let counters = queries.counters(tenant, id).await?;
    let mut periods: BTreeMap<String, Period> = BTreeMap::new();
    for (key, last) in counters {
        periods.insert(key, Period::new(last)?);
    }
    let mut numbers = queries.numbers(tenant, id);
    while let Some(used) = numbers.try_next().await? {
        let context = NumberContext {
            date: used.date,
            fiscal_year_code: &used.fiscal_year_code,
            journal_code: &used.journal_code,
            branch: branch.as_deref(),
        };
        let key = series.pattern.reset().period_key(used.date, &used.fiscal_year_code);
        if let Some(period) = periods.get_mut(&key) {
            period.add(series.pattern.sequence_of(&used.number, &context), used.repeated);
        }
    }
    let periods: Vec<_> = periods.into_iter().map(|(key, period)| period.view(key)).collect();
    let whole = |period: &NumberPeriodView| {
        period.used == period.last && period.repeated == 0 && period.gaps.is_empty()
    };
    Ok(NumberGapsView { number_series_id: id.uuid(), gapless: periods.iter().all(whole), periods })
}

/// The code of the branch whose documents a series numbers.
pub(super) async fn branch_code(
    reads: &dyn MasterReads,
    tenant: TenantId,
    series: &NumberSeriesRecord,
) -> AppResult<Option<String>> {
    let Some(id) = series.branch_id else { return Ok(None) };
    let branch = Reads::<Branch>::one(reads, tenant, id).await?;
    Ok(branch.map(|stored| stored.value.code.to_string()))
}

/// The numbers of one period: a bit for each place in the sequence.
struct Period {
    last: u64,
    seen: Vec<u64>,
    used: u64,
    earlier_pattern: u64,
    repeated: u64,
}

impl Period {
    fn new(last: u64) -> AppResult<Self> {
        if last > SEQUENCE_MAX {
            return Err(AppError::internal(format!("a number series reached {last}")));
        }
        let words = usize::try_from(last / 64 + 1).unwrap_or(usize::MAX);
        Ok(Self { last, seen: vec![0; words], used: 0, earlier_pattern: 0, repeated: 0 })
    }

    /// `repeated`: another entry of the tenant has the number, be it of this series or of another one.
    fn add(&mut self, sequence: Option<u64>, repeated: bool) {
        let Some(sequence) = sequence else {
            self.earlier_pattern += 1;
            self.used += 1;
            self.repeated += u64::from(repeated);
            return;
        };
        if sequence == 0 || sequence > self.last {
            return;
        }
        self.used += 1;
        let (word, bit) = self.place(sequence);
        self.repeated += u64::from(repeated || self.seen[word] & bit != 0);
        self.seen[word] |= bit;
    }

    fn place(&self, sequence: u64) -> (usize, u64) {
        (usize::try_from(sequence / 64).unwrap_or(0), 1 << (sequence % 64))
    }

    /// Places without a number; those of earlier patterns are among them, so they are only listed when too few
    /// entries carry a number.
    fn gaps(&self) -> Vec<NumberGapView> {
        let mut gaps: Vec<NumberGapView> = Vec::new();
        if self.used >= self.last && self.repeated == 0 {
            return gaps;
        }
        for sequence in 1..=self.last {
            let (word, bit) = self.place(sequence);
            if self.seen[word] & bit != 0 {
                continue;
            }
            if let Some(gap) = gaps.last_mut().filter(|gap| gap.to + 1 == sequence) {
                gap.to = sequence;
            } else if gaps.len() == GAPS_MAX {
                break;
            } else {
                gaps.push(NumberGapView { from: sequence, to: sequence });
            }
        }
        gaps
    }

    fn view(self, period: String) -> NumberPeriodView {
        let gaps = self.gaps();
        let Self { last, used, earlier_pattern, repeated, .. } = self;
        NumberPeriodView { period, last, used, earlier_pattern, repeated, gaps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_and_repeated_numbers_are_found() {
        let mut period = Period::new(200).unwrap();
        for sequence in (1..=200).filter(|n| ![3, 4, 64, 200].contains(n)) {
            period.add(Some(sequence), sequence == 8);
        }
        period.add(Some(7), false);
        period.add(Some(201), false); // given after the counters were read
        let view = period.view("2026".to_owned());
        let stretches: Vec<_> = view.gaps.iter().map(|gap| (gap.from, gap.to)).collect();
        assert_eq!(stretches, [(3, 4), (64, 64), (200, 200)]);
        assert_eq!((view.used, view.repeated), (197, 2), "one here, one shared with another series");
    }

    #[test]
    fn numbers_of_an_earlier_pattern_fill_their_places() {
        let mut period = Period::new(3).unwrap();
        [None, None, Some(3)].into_iter().for_each(|sequence| period.add(sequence, false));
        let view = period.view(String::new());
        assert_eq!((view.used, view.earlier_pattern, view.gaps.len()), (3, 2, 0));
    }
}
