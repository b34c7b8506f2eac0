//! `GET /integrity/checks`

use std::collections::BTreeMap;

use domain::error::Language;
use domain::ids::TenantId;

use super::Integrity;
use crate::accounting::ports::integrity::{Contradiction, IntegrityRule, SeriesUse};
use crate::accounting::views::integrity::{IntegrityCheckView, IntegrityChecksView, IntegrityFindingView};
use crate::error::AppResult;

/// Most contradictions named for one check.
pub const FINDINGS_MAX: u32 = 20;

/// Code, rule and title of the checks that are one statement each.
const RULES: [(&str, IntegrityRule, &str, &str); 17] = [
    (
        "account_balances",
        IntegrityRule::AccountBalances,
        "Balances by period equal the sums of their lines",
        "أرصدة الفترات تساوي مجموع أسطرها",
    ),
    (
        "daily_balances",
        IntegrityRule::DailyBalances,
        "Balances by day equal the sums of their lines",
        "الأرصدة اليومية تساوي مجموع أسطرها",
    ),
    (
        "dimension_balances",
        IntegrityRule::DimensionBalances,
        "Balances by dimension equal the sums of their lines",
        "أرصدة الأبعاد تساوي مجموع أسطرها",
    ),
    (
        "entries_balanced",
        IntegrityRule::EntriesBalanced,
        "Every entry balances and has all its lines",
        "كل قيد متوازن وأسطره كاملة",
    ),
    (
        "lines_match_entries",
        IntegrityRule::LinesMatchEntries,
        "Every line has the date, period and moment of its entry",
        "كل سطر يحمل تاريخ قيده وفترته ووقت تسجيله",
    ),
    (
        "chain_heads",
        IntegrityRule::ChainHeads,
        "Every hash chain ends with the journal's last entry, without a gap",
        "تنتهي كل سلسلة تجزئة بآخر قيد في دفترها دون فجوات",
    ),
    (
        "reversals_mutual",
        IntegrityRule::ReversalsMutual,
        "Entry and reversal name each other",
        "يشير القيد وقيد عكسه كل منهما إلى الآخر",
    ),
    (
        "numbers_unique",
        IntegrityRule::NumbersUnique,
        "No number stands on two entries",
        "لا يتكرر رقم في قيدين",
    ),
    (
        "feed_matches_ledger",
        IntegrityRule::FeedMatchesLedger,
        "Every posting of the change feed is in the ledger, and every entry was posted in the audit log",
        "كل ترحيل في سجل الأحداث موجود في الدفتر، وكل قيد مسجَّل ترحيله في سجل التدقيق",
    ),
    (
        "open_items_equal_control",
        IntegrityRule::OpenItemsEqualControl,
        "Open items of each party equal its balance on the receivable and payable accounts",
        "البنود المفتوحة لكل طرف تساوي رصيده في حسابات الذمم المدينة والدائنة",
    ),
    (
        "allocations_equal_open",
        IntegrityRule::AllocationsEqualOpen,
        "What is open of each item is its amount less its allocations",
        "المفتوح من كل بند يساوي مبلغه ناقصًا تخصيصاته",
    ),
    (
        "open_lines_equal_accounts",
        IntegrityRule::OpenLinesEqualAccounts,
        "Open lines of each reconcilable account equal its balance",
        "الأسطر المفتوحة لكل حساب قابل للمطابقة تساوي رصيده",
    ),
    (
        "line_matches_equal_open",
        IntegrityRule::LineMatchesEqualOpen,
        "What is open of each line is its amount less its matches",
        "المفتوح من كل سطر يساوي مبلغه ناقصًا مطابقاته",
    ),
    (
        "tax_entries_equal_vat_accounts",
        IntegrityRule::TaxEntriesEqualVatAccounts,
        "The tax entries of each document equal what it posted on the VAT accounts",
        "القيود الضريبية لكل مستند تساوي ما رحّله إلى حسابات الضريبة",
    ),
    (
        "tax_days_equal_entries",
        IntegrityRule::TaxDaysEqualEntries,
        "The sums of VAT by day equal the tax entries, and those of filed returns the entries of the returns",
        "مجاميع الضريبة لكل يوم تساوي القيود الضريبية، ومجاميع الإقرارات المقدَّمة تساوي قيودها",
    ),
    (
        "return_entries_once",
        IntegrityRule::ReturnEntriesOnce,
        "Every filed VAT return has its tax entries, and they make the VAT that it declares",
        "كل إقرار مقدَّم لضريبة القيمة المضافة له قيوده الضريبية، ومجموعها هو الضريبة المقرّ بها",
    ),
    (
        "progress_equals_links",
        IntegrityRule::ProgressEqualsLinks,
        "What is received, invoiced and credited of orders is what the documents say that did it",
        "المستلم والمفوتر والمسترد من الأوامر هو ما تقوله المستندات التي نفذته",
    ),
];

impl Integrity {
    pub async fn checks(&self, tenant: TenantId, language: Language) -> AppResult<IntegrityChecksView> {
        let mut checks = vec![self.trial_balance_zero(tenant, language).await?];
        for (code, rule, en, ar) in RULES {
            let found = self.queries.contradictions(tenant, rule, FINDINGS_MAX).await?;
            checks.push(check(code, (en, ar), language, found));
        }
        checks.push(self.numbers_gapless(tenant, language).await?);
        checks.push(self.events_gapless(tenant, language).await?);
        checks.push(self.dimension_sets(tenant, language).await?);
        checks.push(self.audit_log(tenant, language).await?);
        checks.push(self.states_as_audited(tenant, language).await?);
        Ok(IntegrityChecksView { ok: checks.iter().all(|check| check.ok), checks })
    }

    async fn trial_balance_zero(
        &self,
        tenant: TenantId,
        language: Language,
    ) -> AppResult<IntegrityCheckView> {
        let (debit, credit) = self.queries.balance_totals(tenant).await?;
        let titles = ("Total debits equal total credits", "إجمالي المدين يساوي إجمالي الدائن");
        let found = (debit != credit).then(|| {
            finding("ledger", format!("debits {}, credits {}", debit.to_decimal(), credit.to_decimal()))
        });
        Ok(check("trial_balance_zero", titles, language, found.into_iter().collect()))
    }

    async fn numbers_gapless(&self, tenant: TenantId, language: Language) -> AppResult<IntegrityCheckView> {
        let titles = ("Numbers are without gaps", "الأرقام متسلسلة دون فجوات");
        let series = self.queries.series_use(tenant).await?;
        Ok(check("numbers_gapless", titles, language, number_gaps(&series)))
    }

    async fn events_gapless(&self, tenant: TenantId, language: Language) -> AppResult<IntegrityCheckView> {
        let titles = ("The change feed is without gaps", "سجل الأحداث متسلسل دون فجوات");
        let feed = self.queries.event_sequence(tenant).await?;
        let (first, last) = (feed.first.unwrap_or(feed.counter + 1), feed.last.unwrap_or(feed.counter));
        let gapless = last == feed.counter && feed.events == last - first + 1;
        let found = (!gapless).then(|| {
            let detail = format!("{} events from {first} to {last}, counter {}", feed.events, feed.counter);
            finding("event", detail)
        });
        Ok(check("events_gapless", titles, language, found.into_iter().collect()))
    }
}

/// Compares what the counters gave with what was posted, series by series and period by period.
///
/// A journal may be moved to another series, and its older entries are then counted there. So differences that
/// cancel out over all series are no gap: every number that was given is still found once.
fn number_gaps(series: &[SeriesUse]) -> Vec<Contradiction> {
    let mut found = Vec::new();
    let mut balance = 0;
    for series in series {
        let mut periods: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        for (key, last) in &series.counters {
            periods.entry(key.clone()).or_default().0 += last;
        }
        for day in &series.days {
            let key = series.reset.period_key(day.posting_date, &day.fiscal_year);
            periods.entry(key).or_default().1 += day.entries;
        }
        for (key, (given, posted)) in periods {
            balance += given - posted;
            if given != posted {
                let subject = format!("{} {key}", series.code);
                found.push(finding(
                    subject.trim_end(),
                    format!("{given} numbers given, {posted} entries posted"),
                ));
            }
        }
    }
    if balance == 0 {
        found.clear();
    }
    found.truncate(FINDINGS_MAX as usize);
    found
}

pub(super) fn finding(subject: &str, detail: String) -> Contradiction {
    Contradiction { subject: subject.to_owned(), detail }
}

pub(super) fn check(
    code: &'static str,
    (en, ar): (&str, &str),
    language: Language,
    found: Vec<Contradiction>,
) -> IntegrityCheckView {
    let title = if language == Language::Arabic { ar } else { en };
    let view = |found: Contradiction| IntegrityFindingView { subject: found.subject, detail: found.detail };
    IntegrityCheckView {
        code,
        title: title.to_owned(),
        ok: found.is_empty(),
        findings: found.into_iter().map(view).collect(),
    }
}

#[cfg(test)]
mod tests {
    use domain::accounting::number_series::NumberReset;
    use domain::ids::NumberSeriesId;
    use uuid::Uuid;

    use super::*;
    use crate::accounting::ports::integrity::SeriesDay;

    fn series(id: u128, counters: &[(&str, i64)], days: &[(&str, i64)]) -> SeriesUse {
        let day = |(date, entries): &(&str, i64)| SeriesDay {
            posting_date: domain::time::parse_date(date).unwrap(),
            fiscal_year: "2026".to_owned(),
            entries: *entries,
        };
        SeriesUse {
            id: NumberSeriesId::new(Uuid::from_u128(id)),
            code: format!("S{id}"),
            reset: NumberReset::Month,
            counters: counters.iter().map(|(key, last)| ((*key).to_owned(), *last)).collect(),
            days: days.iter().map(day).collect(),
        }
    }

    #[test]
    fn a_missing_entry_is_a_gap() {
        let whole = series(
            1,
            &[("2026-01", 3), ("2026-02", 1)],
            &[("2026-01-05", 2), ("2026-01-31", 1), ("2026-02-01", 1)],
        );
        assert!(number_gaps(std::slice::from_ref(&whole)).is_empty());
        let short = series(2, &[("2026-01", 3)], &[("2026-01-05", 2)]);
        let found = number_gaps(&[whole, short]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].subject, "S2 2026-01");
        assert_eq!(found[0].detail, "3 numbers given, 2 entries posted");
    }

    #[test]
    fn a_journal_that_changed_its_series_leaves_no_gap() {
        let left = series(1, &[("2026-01", 2)], &[]);
        let joined = series(2, &[], &[("2026-01-05", 2)]);
        assert!(number_gaps(&[left, joined]).is_empty());
    }
}
