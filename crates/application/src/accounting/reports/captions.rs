//! The words of reports, in both languages.

use domain::error::Language;

macro_rules! captions {
    ($($name:ident = $en:literal, $ar:literal;)*) => {
        /// A word or sentence that reports show.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Caption { $($name),* }

        impl Caption {
            pub const fn text(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$name, Language::English) => $en, (Self::$name, Language::Arabic) => $ar,)*
                }
            }
        }
    };
}

captions! {
    TrialBalance = "Trial balance", "ميزان المراجعة";
    GeneralLedger = "General ledger", "دفتر الأستاذ العام";
    BalanceSheet = "Balance sheet", "قائمة المركز المالي";
    IncomeStatement = "Income statement", "قائمة الدخل";
    CashFlow = "Cash flow statement", "قائمة التدفقات النقدية";
    ControlAccounts = "Control accounts", "الحسابات الرقابية";
    Assets = "Assets", "الأصول";
    Liabilities = "Liabilities", "الالتزامات";
    Equity = "Equity", "حقوق الملكية";
    Income = "Income", "الإيرادات";
    Expenses = "Expenses", "المصروفات";
    TotalAssets = "Total assets", "إجمالي الأصول";
    TotalLiabilities = "Total liabilities", "إجمالي الالتزامات";
    TotalEquity = "Total equity", "إجمالي حقوق الملكية";
    TotalLiabilitiesAndEquity = "Total liabilities and equity", "إجمالي الالتزامات وحقوق الملكية";
    TotalIncome = "Total income", "إجمالي الإيرادات";
    TotalExpenses = "Total expenses", "إجمالي المصروفات";
    NetProfit = "Net profit (loss)", "صافي الربح (الخسارة)";
    CurrentYearProfit = "Profit of the current year", "أرباح السنة الحالية";
    UndistributedProfit = "Undistributed profit of earlier years", "أرباح غير موزعة من سنوات سابقة";
    Operating = "Operating activities", "الأنشطة التشغيلية";
    Investing = "Investing activities", "الأنشطة الاستثمارية";
    Financing = "Financing activities", "الأنشطة التمويلية";
    NetCashOperating = "Net cash from operating activities", "صافي النقد من الأنشطة التشغيلية";
    NetCashInvesting = "Net cash from investing activities", "صافي النقد من الأنشطة الاستثمارية";
    NetCashFinancing = "Net cash from financing activities", "صافي النقد من الأنشطة التمويلية";
    ShownElsewhere = "shown in its own activity", "معروض ضمن نشاطه";
    NetChangeInCash = "Net change in cash", "صافي التغير في النقد";
    OpeningCash = "Cash at the beginning", "النقد في بداية المدة";
    ClosingCash = "Cash at the end", "النقد في نهاية المدة";
    CashCheck = "Difference to the cash accounts", "الفرق عن حسابات النقد";
    Difference = "Difference", "الفرق";
    Total = "Total", "الإجمالي";
    Account = "Account", "الحساب";
    Name = "Name", "الاسم";
    Type = "Type", "النوع";
    Debit = "Debit", "مدين";
    Credit = "Credit", "دائن";
    Opening = "Opening balance", "الرصيد الافتتاحي";
    MovementDebit = "Debits", "حركة مدينة";
    MovementCredit = "Credits", "حركة دائنة";
    Closing = "Closing balance", "الرصيد الختامي";
    Comparison = "Comparison", "المقارنة";
    Amount = "Amount", "المبلغ";
    Section = "Section", "القسم";
    Level = "Level", "المستوى";
    Date = "Date", "التاريخ";
    Journal = "Journal", "دفتر اليومية";
    Number = "Number", "الرقم";
    Line = "Line", "السطر";
    Description = "Description", "البيان";
    Party = "Party", "الطرف";
    Reference = "Reference", "المرجع";
    Currency = "Currency", "العملة";
    CurrencyDebit = "Debit in currency", "مدين بالعملة";
    CurrencyCredit = "Credit in currency", "دائن بالعملة";
    TranslatedFrom = "Translated from", "مترجمة من";
    ClosingRate = "Closing rate", "سعر الإقفال";
    Rate = "Rate", "السعر";
    Balance = "Balance", "الرصيد";
    Control = "Control", "الرقابة";
    SubLedger = "Sum of lines", "مجموع الأسطر";
    Kind = "Kind", "نوع السطر";
    AsOf = "As of", "كما في";
    From = "From", "من";
    To = "To", "إلى";
    KnownAt = "As recorded up to", "حسب المسجل حتى";
    ReceivablesAgeing = "Receivables ageing", "أعمار الذمم المدينة";
    PayablesAgeing = "Payables ageing", "أعمار الذمم الدائنة";
    OpenLines = "Open lines", "الأسطر المفتوحة";
    Current = "Current", "حديث";
    PartyStatement = "Statement of account", "كشف حساب";
    Budget = "Budget", "الموازنة";
    Actual = "Actual", "الفعلي";
    Variance = "Variance", "الانحراف";
    Percent = "Percent", "النسبة المئوية";
    PeriodStart = "Period from", "الفترة من";
    VatDetail = "VAT detail", "تفاصيل ضريبة القيمة المضافة";
    TaxDate = "Tax date", "تاريخ الضريبة";
    VatBox = "Box", "الخانة";
    VatSide = "Side", "الجانب";
    TaxCode = "Tax code", "الرمز الضريبي";
    TaxBase = "Base", "الوعاء";
    Vat = "VAT", "ضريبة القيمة المضافة";
    OutputVat = "Output VAT", "ضريبة المخرجات";
    InputVat = "Input VAT", "ضريبة المدخلات";
    UnpaidInputVat = "Input VAT of unpaid bills", "ضريبة مدخلات الفواتير غير المسددة";
    Branch = "Branch", "الفرع";
    OpenAmount = "Open amount", "المبلغ المفتوح";
    DueDate = "Due date", "تاريخ الاستحقاق";
    NotDue = "Not due", "غير مستحق";
    Days = "days", "يومًا";
    MoreThan = "over", "أكثر من";
    Unallocated = "Unallocated", "غير مخصص";
    Unassigned = "Without value", "بدون قيمة";
    VariancePercent = "Variance %", "نسبة الفرق %";
    Profit = "Profit", "الربح";
    OtherMovements = "Other movements", "حركات أخرى";
    AccountsWithoutRow = "Accounts that no row takes", "حسابات لا يأخذها أي سطر";
    Dimensions = "Dimensions", "الأبعاد";
    WithoutParty = "Without party", "بدون طرف";
}
