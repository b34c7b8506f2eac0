//! The close checklist: facts of the books turned into items a person can work off.

use chrono::NaiveDate;
use domain::accounting::lock::LockKind;
use domain::error::Language;

use super::ports::close_checklist::ChecklistFacts;
use super::views::close_checklist::{ChecklistItemView, CloseChecklistView};

domain::errors! {
    CHECKLIST_SCOPE = "checklist_scope", Malformed, Developer,
        "Give either fiscalYearId or fiscalPeriodId.", "أدخل إما fiscalYearId أو fiscalPeriodId.";
}

const BASE: &str = "/api/v1";

const OK: &str = "ok";
const WARNING: &str = "warning";
const BLOCKING: &str = "blocking";

/// English and Arabic, with `{count}` and `{what}` to be filled in.
type Text = (&'static str, &'static str);

/// One question: what is said when all is well and when it is not.
struct Question {
    code: &'static str,
    good: Text,
    bad: Text,
}

static DRAFTS: Question = Question {
    code: "drafts",
    good: ("No drafts are left.", "لا توجد مسودات متبقية."),
    bad: (
        "{count} drafts are left: post, move or delete them.",
        "توجد {count} مسودات: رحّلها أو انقلها أو احذفها.",
    ),
};
static APPROVALS: Question = Question {
    code: "approvals",
    good: ("No entry waits for approval.", "لا قيود في انتظار الاعتماد."),
    bad: (
        "{count} entries wait for approval, or are approved and not posted.",
        "توجد {count} قيود في انتظار الاعتماد، أو معتمدة ولم تُرحّل.",
    ),
};
static OPENING_ACCOUNT: Question = Question {
    code: "opening_account",
    good: ("The opening account is settled.", "حساب الأرصدة الافتتاحية مسوّى."),
    bad: ("The opening account still holds {what}.", "ما زال رصيد حساب الأرصدة الافتتاحية {what}."),
};
static EARLIER_PERIODS: Question = Question {
    code: "earlier_open",
    good: ("All earlier periods are closed.", "جميع الفترات السابقة مقفلة."),
    bad: ("{count} earlier periods are open.", "توجد {count} فترات سابقة مفتوحة."),
};
static EARLIER_YEARS: Question = Question {
    code: "earlier_open",
    good: ("All earlier years are closed.", "جميع السنوات السابقة مقفلة."),
    bad: (
        "{count} earlier years are open; close them first.",
        "توجد {count} سنوات سابقة مفتوحة؛ أقفلها أولًا.",
    ),
};
static EXCHANGE_RATES: Question = Question {
    code: "exchange_rates",
    good: ("Foreign balances have a closing rate.", "للأرصدة الأجنبية سعر صرف إقفال."),
    bad: ("No closing rate for: {what}.", "لا يوجد سعر صرف إقفال للعملات: {what}."),
};
static REVALUATION: Question = Question {
    code: "revaluation",
    good: ("Foreign balances are valued on the last day.", "الأرصدة بالعملات الأجنبية مقيّمة في اليوم الأخير."),
    bad: (
        "Foreign balances are not valued on the last day: {what}.",
        "الأرصدة بالعملات الأجنبية غير مقيّمة في اليوم الأخير: {what}.",
    ),
};
static VAT_RETURN: Question = Question {
    code: "vat_return",
    good: ("The VAT is declared.", "ضريبة القيمة المضافة مُقرّ بها."),
    bad: (
        "{count} tax entries are in no filed VAT return.",
        "توجد {count} قيود ضريبية ليست في إقرار مقدَّم لضريبة القيمة المضافة.",
    ),
};
static SUB_LEDGER: Question = Question {
    code: "sub_ledger",
    good: ("Open items add up to the control accounts.", "مجموع البنود المفتوحة يساوي أرصدة حسابات الرقابة."),
    bad: (
        "The open items of {count} control accounts do not add up to their balances: run the integrity checks.",
        "لا يساوي مجموع البنود المفتوحة أرصدة {count} من حسابات الرقابة: شغّل فحوص السلامة.",
    ),
};
static ADVANCES: Question = Question {
    code: "advances_without_invoice",
    good: ("No receipt is an advance without an invoice.", "لا توجد مقبوضات مقدمة دون فاتورة."),
    bad: (
        "{count} receipts are advances without an invoice: VAT is due on payment, so make prepayment invoices or allocate them.",
        "توجد {count} مقبوضات مقدمة دون فاتورة: تستحق الضريبة عند السداد، فأصدر فواتير دفعات مقدمة أو خصّصها.",
    ),
};
static RECURRING: Question = Question {
    code: "recurring_entries",
    good: ("No recurring entries are due.", "لا توجد قيود متكررة مستحقة."),
    bad: (
        "{count} recurring entries are due, or have failed.",
        "توجد {count} قيود متكررة مستحقة أو تعذّر إنشاؤها.",
    ),
};
static RECURRING_INVOICES: Question = Question {
    code: "recurring_invoices",
    good: ("No recurring invoices or bills are due.", "لا توجد فواتير متكررة مستحقة."),
    bad: (
        "{count} recurring invoices or bills are due, or have failed.",
        "توجد {count} فواتير متكررة مستحقة أو تعذّر إنشاؤها.",
    ),
};
static DEFERRALS: Question = Question {
    code: "deferrals",
    good: ("Everything that is due of deferrals is posted.", "كل المستحق من التأجيلات مرحّل."),
    bad: (
        "{count} deferrals have lines that are due and not posted.",
        "توجد {count} تأجيلات لها أقساط مستحقة لم تُرحّل.",
    ),
};
static DISTRIBUTIONS: Question = Question {
    code: "distributions",
    good: ("Every monthly distribution key was run.", "نُفّذ كل مفتاح توزيع شهري."),
    bad: (
        "{count} runs of monthly distribution keys are missing.",
        "لم تُنفّذ {count} من عمليات مفاتيح التوزيع الشهرية.",
    ),
};
static BALANCES: Question = Question {
    code: "balances",
    good: ("Debits equal credits.", "مجموع المدين يساوي مجموع الدائن."),
    bad: (
        "Debits and credits of {count} periods differ: run the integrity checks.",
        "لا يتساوى المدين والدائن في {count} فترات: شغّل فحوص السلامة.",
    ),
};
static NOT_ENDED: Question = Question {
    code: "not_ended",
    good: ("The last day has passed.", "انقضى اليوم الأخير."),
    bad: ("It runs until {what}.", "تنتهي في {what}."),
};
static RETAINED_EARNINGS: Question = Question {
    code: "retained_earnings",
    good: ("The retained earnings account is set.", "حساب الأرباح المبقاة محدد."),
    bad: (
        "Set the retained earnings account in the ledger settings.",
        "حدّد حساب الأرباح المبقاة في إعدادات الدفتر.",
    ),
};
static CLOSING_JOURNAL: Question = Question {
    code: "closing_journal",
    good: ("There is a closing journal.", "يوجد دفتر يومية للإقفال."),
    bad: ("There is no active journal of the kind closing.", "لا يوجد دفتر يومية نشط من نوع الإقفال."),
};
static LOCKS: Question = Question {
    code: "locks",
    good: ("No lock stands in the way of the closing entry.", "لا يوجد قفل يمنع قيد الإقفال."),
    bad: (
        "The last day is locked for the closing entry: {what}.",
        "اليوم الأخير مقفل أمام قيد الإقفال: {what}.",
    ),
};

/// Turns facts into the checklist of `today`, in the caller's language.
pub fn close_checklist(facts: &ChecklistFacts, today: NaiveDate, language: Language) -> CloseChecklistView {
    let (start, end) = match &facts.period {
        Some(period) => (period.start, period.end),
        None => (facts.fiscal_year.start, facts.fiscal_year.end),
    };
    let mut list = List { language, items: Vec::new() };
    every_scope(&mut list, facts, (start, end), today);
    match &facts.period {
        Some(_) => {
            let link = format!("/fiscal-periods?status=open&kind=regular&end[lt]={start}");
            list.ask(&EARLIER_PERIODS, WARNING, facts.earlier_open, "", link);
        }
        None => year(&mut list, facts, (start, end)),
    }
    CloseChecklistView {
        fiscal_year_id: facts.fiscal_year.id,
        fiscal_period_id: facts.period.as_ref().map(|period| period.id),
        start,
        end,
        ready: list.items.iter().all(|item| item.status != BLOCKING),
        items: list.items,
    }
}

fn every_scope(
    list: &mut List,
    facts: &ChecklistFacts,
    (start, end): (NaiveDate, NaiveDate),
    today: NaiveDate,
) {
    let dates = format!("postingDate[gte]={start}&postingDate[lte]={end}");
    list.ask(
        &DRAFTS,
        WARNING,
        facts.drafts,
        "",
        format!("/journal-entries?status=draft&approvalStatus[isNull]=true&{dates}"),
    );
    let link = format!("/journal-entries?status=draft&approvalStatus[isNull]=false&{dates}");
    list.ask(&APPROVALS, WARNING, facts.awaiting_approval, "", link);
    list.ask(&BALANCES, BLOCKING, facts.out_of_balance, "", "/integrity/checks".to_owned());
    let link = match facts.opening_account {
        Some(account) => format!("/accounts/{account}/ledger?to={end}"),
        None => "/ledger-settings".to_owned(),
    };
    let held = facts.opening_balance;
    let shown = format!("{} {}", held.display(facts.company.scale), facts.company.code);
    list.ask(&OPENING_ACCOUNT, WARNING, u64::from(!held.is_zero()), &shown, link);
    let missing = &facts.currencies_without_rate;
    let link = format!("/exchange-rates?rateDate[lte]={end}");
    list.ask(&EXCHANGE_RATES, WARNING, missing.len() as u64, &missing.join(", "), link);
    let foreign = &facts.currencies_not_revalued;
    let link = format!("/revaluation-runs?date={end}");
    list.ask(&REVALUATION, WARNING, foreign.len() as u64, &foreign.join(", "), link);
    let link = format!("/tax-entries?returnId[isNull]=true&taxDate[gte]={start}&taxDate[lte]={end}");
    list.ask(&VAT_RETURN, WARNING, facts.vat_undeclared, "", link);
    list.ask(&SUB_LEDGER, BLOCKING, facts.sub_ledgers_apart, "", "/integrity/checks".to_owned());
    let link = format!("/open-items?control=receivable&settledOn[isNull]=true&postingDate[lte]={end}");
    list.ask(&ADVANCES, WARNING, facts.advances, "", link);
    let link = format!("/recurring-entries?active=true&nextDate[lte]={end}");
    list.ask(&RECURRING, WARNING, facts.recurring_due, "", link);
    let link = format!("/recurring-invoices?active=true&nextDate[lte]={end}");
    list.ask(&RECURRING_INVOICES, WARNING, facts.recurring_invoices_due, "", link);
    let link = format!("/deferrals?status=active&nextDate[lte]={end}");
    list.ask(&DEFERRALS, WARNING, facts.deferrals_due, "", link);
    let link = "/distribution-keys?monthly=true&active=true".to_owned();
    list.ask(&DISTRIBUTIONS, WARNING, facts.distributions_due, "", link);
    let link = match &facts.period {
        Some(period) => format!("/fiscal-periods/{}", period.id),
        None => format!("/fiscal-years/{}", facts.fiscal_year.id),
    };
    list.ask(&NOT_ENDED, WARNING, u64::from(today <= end), &end.to_string(), link);
}

fn year(list: &mut List, facts: &ChecklistFacts, (start, _): (NaiveDate, NaiveDate)) {
    let link = format!("/fiscal-years?status=open&end[lt]={start}");
    list.ask(&EARLIER_YEARS, BLOCKING, facts.earlier_open, "", link);
    // Items that only the closing entry needs do not matter when there will be none.
    let needed = |missing: bool| u64::from(missing && facts.accounts_to_close > 0);
    let unset = needed(!facts.retained_earnings_set);
    list.ask(&RETAINED_EARNINGS, BLOCKING, unset, "", "/ledger-settings".to_owned());
    let absent = needed(!facts.closing_journal_there);
    list.ask(&CLOSING_JOURNAL, BLOCKING, absent, "", "/journals?kind=closing".to_owned());
    // A person may be excepted from any lock but the hard one.
    let hard = facts.locks.iter().any(|(kind, _)| *kind == LockKind::Hard);
    let shown: Vec<_> = facts.locks.iter().map(|(kind, date)| format!("{kind} {date}")).collect();
    let count = if facts.accounts_to_close > 0 { shown.len() as u64 } else { 0 };
    let status = if hard { BLOCKING } else { WARNING };
    list.ask(&LOCKS, status, count, &shown.join(", "), "/locks".to_owned());
}

struct List {
    language: Language,
    items: Vec<ChecklistItemView>,
}

impl List {
    fn ask(&mut self, question: &Question, bad: &'static str, count: u64, what: &str, link: String) {
        let text = if count == 0 { question.good } else { question.bad };
        let text = match self.language {
            Language::English => text.0,
            Language::Arabic => text.1,
        };
        self.items.push(ChecklistItemView {
            code: question.code,
            status: if count == 0 { OK } else { bad },
            text: text.replace("{count}", &count.to_string()).replace("{what}", what),
            count,
            link: format!("{BASE}{link}"),
        });
    }
}
