//! The transactions of the example company, month by month. Amounts are whole and their VAT of 15 % is whole too, so
//! that they fit every currency.

use super::parties::{CUSTOMER, CUSTOMER_SERVICES, SUPPLIER, SUPPLIER_ABROAD};

/// Accounts that take entries by hand only with a reason.
pub const CONTROL_ACCOUNTS: [&str; 5] = ["1121", "1131", "1151", "2111", "2131"];

type Pairs = &'static [(&'static str, &'static str)];

const RIYADH: Pairs = &[("branch", "RUH")];
const ADMIN: Pairs = &[("cost-centre", "ADMIN")];
const SALES_RIYADH: Pairs = &[("branch", "RUH"), ("cost-centre", "SALES")];
const SALES_JEDDAH: Pairs = &[("branch", "JED"), ("cost-centre", "SALES")];
const FIT_OUT: Pairs = &[("branch", "RUH"), ("project", "FITOUT")];

/// Dimension, code, Arabic and English name.
pub const VALUES: [(&str, &str, &str, &str); 5] = [
    ("branch", "RUH", "الرياض", "Riyadh"),
    ("branch", "JED", "جدة", "Jeddah"),
    ("cost-centre", "ADMIN", "الإدارة", "Administration"),
    ("cost-centre", "SALES", "المبيعات", "Sales"),
    ("project", "FITOUT", "تجهيز المعارض", "Showroom fit-out"),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Debit,
    Credit,
}

/// The kind of document or entry that a plan is posted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An entry by hand.
    Entry,
    Invoice,
    /// An invoice that is paid at once.
    CashSale,
    /// A bill with its tax code.
    Bill(&'static str),
    /// A bill that is paid from the bank on its day.
    PaidBill,
    Receipt,
    Payment,
}

/// One transaction, with the lines that it posts.
#[derive(Debug, Clone)]
pub struct Planned {
    pub kind: Kind,
    /// The day of the month, from 1.
    pub day: u32,
    pub journal: &'static str,
    pub ar: &'static str,
    pub en: &'static str,
    /// Whether the amounts are in the foreign currency.
    pub foreign: bool,
    pub lines: Vec<Line>,
}

/// One line; the amount is in whole units.
#[derive(Debug, Clone)]
pub struct Line {
    pub side: Side,
    pub account: &'static str,
    pub amount: u32,
    pub dimensions: Pairs,
    pub party: Option<&'static str>,
    /// Falls due later.
    pub invoice: bool,
}

impl Line {
    fn at(mut self, dimensions: Pairs) -> Self {
        self.dimensions = dimensions;
        self
    }
    fn of(mut self, party: &'static str) -> Self {
        self.party = Some(party);
        self
    }
    fn due_later(mut self) -> Self {
        self.invoice = true;
        self
    }
}

fn debit(account: &'static str, amount: u32) -> Line {
    Line { side: Side::Debit, account, amount, dimensions: &[], party: None, invoice: false }
}

fn credit(account: &'static str, amount: u32) -> Line {
    Line { side: Side::Credit, ..debit(account, amount) }
}

/// 15 % of an amount that is a multiple of 20.
const fn vat(net: u32) -> u32 {
    net / 20 * 3
}

fn entry(day: u32, journal: &'static str, ar: &'static str, en: &'static str, lines: Vec<Line>) -> Planned {
    Planned { kind: Kind::Entry, day, journal, ar, en, foreign: false, lines }
}

impl Planned {
    fn of_kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }
}

/// An expense paid from the bank with its VAT.
fn paid(day: u32, ar: &'static str, en: &'static str, expense: Line) -> Planned {
    let net = expense.amount;
    let lines = vec![expense, debit("1151", vat(net)), credit("1113", net + vat(net))];
    entry(day, "BANK", ar, en, lines).of_kind(Kind::PaidBill)
}

/// An invoice to a customer with its VAT.
fn sale(day: u32, ar: &'static str, en: &'static str, customer: &'static str, income: Line) -> Planned {
    let net = income.amount;
    let receivable = debit("1121", net + vat(net)).of(customer).due_later();
    entry(day, "SALES", ar, en, vec![receivable, income, credit("2131", vat(net))]).of_kind(Kind::Invoice)
}

/// The entries of a month in the order of their days; month 0 is the one the company begins in.
pub fn month(month: u32) -> Vec<Planned> {
    let mut entries = if month == 0 { beginning() } else { Vec::new() };
    entries.extend(trade(month));
    entries.extend(running(month));
    entries.sort_by_key(|entry| entry.day);
    entries
}

fn beginning() -> Vec<Planned> {
    vec![
        entry(
            1,
            "BANK",
            "إيداع رأس المال",
            "Share capital paid in",
            vec![debit("1113", 500_000), credit("3110", 500_000)],
        ),
        paid(2, "شراء أجهزة حاسب آلي", "Computers bought", debit("1216", 40_000).at(RIYADH)),
        entry(
            2,
            "CASH",
            "تغذية الصندوق من البنك",
            "Cash drawn from the bank",
            vec![debit("1111", 5_000), credit("1113", 5_000)],
        ),
    ]
}

fn foreign_bill(month: u32) -> Planned {
    Planned {
        foreign: true,
        ..entry(
            14,
            "PURCHASE",
            "فاتورة مورد أجنبي - خدمات سحابية",
            "Foreign supplier's bill for cloud services",
            vec![
                debit("6250", 1_200 + month * 50).at(ADMIN),
                credit("2111", 1_200 + month * 50).of(SUPPLIER_ABROAD).due_later(),
            ],
        )
        .of_kind(Kind::Bill("RC15"))
    }
}

fn trade(month: u32) -> Vec<Planned> {
    let (bought, sold) = (60_000 + month * 2_000, 80_000 + month * 4_000);
    let (services, shop) = (30_000 + month * 1_000, 10_000 + month * 400);
    vec![
        entry(
            3,
            "PURCHASE",
            "شراء بضاعة بالأجل",
            "Goods bought on credit",
            vec![
                debit("1131", bought).at(RIYADH),
                debit("1151", vat(bought)),
                credit("2111", bought + vat(bought)).of(SUPPLIER).due_later(),
            ],
        )
        .of_kind(Kind::Bill("P15")),
        sale(5, "فاتورة مبيعات بضاعة", "Goods invoiced", CUSTOMER, credit("4110", sold).at(SALES_RIYADH)),
        entry(
            5,
            "GENERAL",
            "تكلفة البضاعة المباعة",
            "Cost of goods sold",
            vec![debit("5110", sold / 20 * 12).at(SALES_RIYADH), credit("1131", sold / 20 * 12).at(RIYADH)],
        ),
        entry(
            9,
            "CASH",
            "مبيعات نقدية",
            "Cash sales",
            vec![
                debit("1111", shop + vat(shop)),
                credit("4110", shop).at(SALES_JEDDAH),
                credit("2131", vat(shop)),
            ],
        )
        .of_kind(Kind::CashSale),
        foreign_bill(month),
        sale(
            15,
            "فاتورة خدمات تركيب",
            "Installation services invoiced",
            CUSTOMER_SERVICES,
            credit("4150", services).at(FIT_OUT),
        ),
        entry(
            18,
            "BANK",
            "تحصيل من عميل",
            "Received from a customer",
            vec![debit("1113", sold), credit("1121", sold).of(CUSTOMER)],
        )
        .of_kind(Kind::Receipt),
        entry(
            20,
            "BANK",
            "سداد لمورد",
            "Paid to a supplier",
            vec![debit("2111", bought).of(SUPPLIER), credit("1113", bought)],
        )
        .of_kind(Kind::Payment),
    ]
}

fn running(month: u32) -> Vec<Planned> {
    let salaries = 45_000 + month / 2 * 3_000;
    let allowances = salaries / 5;
    vec![
        paid(1, "إيجار المعرض", "Showroom rent", debit("6210", 12_000).at(SALES_RIYADH)),
        paid(12, "كهرباء ومياه", "Electricity and water", debit("6220", 2_000 + month * 100).at(ADMIN)),
        entry(
            27,
            "BANK",
            "رواتب وبدلات الشهر",
            "Salaries and allowances of the month",
            vec![
                debit("6110", salaries).at(ADMIN),
                debit("6120", allowances).at(ADMIN),
                credit("1113", salaries + allowances),
            ],
        ),
        paid(28, "عمولات بنكية", "Bank charges", debit("7210", 200).at(ADMIN)),
        entry(
            28,
            "GENERAL",
            "استحقاق مصروف الهاتف والإنترنت",
            "Telephone and internet accrued",
            vec![debit("6230", 1_500).at(ADMIN), credit("2113", 1_500)],
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_planned_entry_balances_and_its_days_exist_in_every_month() {
        for entry in (0..=4).flat_map(month) {
            let sum = |side| -> u32 { entry.lines.iter().filter(|l| l.side == side).map(|l| l.amount).sum() };
            assert_eq!(sum(Side::Debit), sum(Side::Credit), "{}", entry.en);
            assert!((1..=28).contains(&entry.day), "{}", entry.en);
        }
        assert_eq!((0..=4).flat_map(month).count(), 68);
    }

    #[test]
    fn vat_is_exact() {
        assert_eq!(vat(10_400), 1_560);
        for entry in (0..=4).flat_map(month) {
            let tax: u32 =
                entry.lines.iter().filter(|l| ["1151", "2131"].contains(&l.account)).map(|l| l.amount).sum();
            let net: u32 = entry.lines.iter().filter(|l| l.side == Side::Debit).map(|l| l.amount).sum();
            assert!(tax == 0 || tax * 115 == net * 15, "{}", entry.en);
        }
    }
}
