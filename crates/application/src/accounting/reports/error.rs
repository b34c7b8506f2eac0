//! The errors of requests for reports.

domain::errors! {
    KNOWN_AT_IN_FUTURE = "known_at_in_future", Rule, Developer,
        "knownAt lies in the future: the books can still change until then.",
        "قيمة knownAt تقع في المستقبل، وقد تتغير الدفاتر حتى ذلك الحين.";
    REPORT_DATES_CONFLICT = "report_dates_conflict", Rule, Developer,
        "asOf and to say the same thing; give one of them.", "المعاملان asOf وto لهما المعنى نفسه؛ أرسل أحدهما فقط.";
    REPORT_RANGE_REVERSED = "report_range_reversed", Rule, User,
        "The range ends on {to}, before it begins on {from}.", "ينتهي المدى في {to} قبل بدايته في {from}.";
    REPORT_OUTSIDE_FISCAL_YEARS = "report_outside_fiscal_years", Rule, User,
        "No fiscal year contains {date}: give both ends of the range.",
        "لا توجد سنة مالية تشمل {date}: حدد بداية المدى ونهايته.";
    REPORT_NEEDS_RANGE = "report_needs_range", Rule, User,
        "To compare, give the beginning and the end of the range.", "للمقارنة حدد بداية المدى ونهايته.";
    REPORT_TOO_MANY_COLUMNS = "report_too_many_columns", TooLarge, User,
        "The dimension has {count} values; a report has at most {max} columns.",
        "للبُعد {count} قيمة؛ والحد الأقصى لأعمدة التقرير {max}.";
    REPORT_FILTER_TOO_LARGE = "report_filter_too_large", TooLarge, User,
        "The filter covers {count} dimension values; at most {max} are possible.",
        "يشمل التصفية {count} قيمة من قيم البُعد؛ والحد الأقصى {max}.";
    REPORT_GROUP_AND_COMPARE = "report_group_and_compare", Rule, Developer,
        "Choose either columns by dimension or a comparison.", "اختر إما الأعمدة حسب البُعد أو المقارنة.";
    REPORT_TOO_MANY_LINES = "report_too_many_lines", TooLarge, User,
        "The report has more than {max} lines: narrow it, or take it as CSV or NDJSON.",
        "يتجاوز التقرير {max} سطر: ضيّق نطاقه أو اطلبه بصيغة CSV أو NDJSON.";
    STATEMENT_TOO_MANY_PERIODS = "statement_too_many_periods", TooLarge, User,
        "The range has {count} periods; a statement shows at most {max} side by side.",
        "في المدى {count} فترة؛ والحد الأقصى للفترات المتجاورة في القائمة {max}.";
    STATEMENT_TOO_MANY_COLUMNS = "statement_too_many_columns", TooLarge, User,
        "{values} values in {periods} periods make {count} columns; a statement has at most {max}.",
        "{values} قيمة في {periods} فترة تعطي {count} عمودًا؛ والحد الأقصى لأعمدة القائمة {max}.";
    STATEMENT_BUDGET_UNFIT = "statement_budget_unfit", Rule, User,
        "A budget stands beside income statements and layouts of one's own, which show what periods moved.",
        "توضع الموازنة بجانب قوائم الدخل والقوالب الخاصة التي تعرض حركة الفترات.";
    STATEMENT_BUDGET_ALONE = "statement_budget_alone", Rule, Developer,
        "A budget stands beside all lines in the currency of the books: it goes with no dimension and no other currency.",
        "توضع الموازنة بجانب كل الأسطر بعملة الدفاتر: لا تُجمع مع بُعد أو عملة أخرى.";
    STATEMENT_BUDGET_PERIODS = "statement_budget_periods", Rule, User,
        "Budget {budget} has amounts for whole fiscal periods from {start} to {end}, which {from} to {to} is not made of.",
        "تحدد الموازنة {budget} مبالغ لفترات مالية كاملة من {start} إلى {end}، والمدى من {from} إلى {to} لا يتكون منها.";
    STATEMENT_ONE_DAY = "statement_one_day", Rule, User,
        "A balance sheet of one day has no beginning: give from together with columns by month, quarter or year.",
        "قائمة المركز المالي ليوم واحد لا بداية لها: أرسل from مع أعمدة بالشهر أو الربع أو السنة.";
    STATEMENT_LAYOUT_BROKEN = "statement_layout_broken", Rule, User,
        "The layout does not fit the chart of accounts any more. {reason}",
        "لم يعد القالب مناسبًا لدليل الحسابات. {reason}";
    FIGURE_ROW_OR_ACCOUNT = "figure_row_or_account", Rule, Developer,
        "Give either a row of the layout or an account that no row takes.",
        "حدد إما سطرًا من القالب أو حسابًا لا يأخذه أي سطر.";
    REPORTING_CURRENCY_OTHER = "reporting_currency_other", Rule, User,
        "Reports are shown in the currency of the books and in the reporting currency of the ledger settings, which is {reporting}; not in {currency}.",
        "تُعرض التقارير بعملة الدفاتر وبعملة العرض الإضافية في إعدادات الدفتر، وهي {reporting}، لا بالعملة {currency}.";
    REPORTING_CURRENCY_NONE = "reporting_currency_none", Rule, Administrator,
        "The ledger settings name no reporting currency, so reports are shown in the currency of the books only.",
        "لا تحدد إعدادات الدفتر عملة عرض إضافية، فتُعرض التقارير بعملة الدفاتر فقط.";
    PRESENTATION_AND_CURRENCY = "presentation_and_currency", Rule, Developer,
        "Choose either lines in one currency or all lines shown in another one.",
        "اختر إما أسطر عملة واحدة أو عرض كل الأسطر بعملة أخرى.";
    PRESENTATION_OF_CASH_FLOW = "presentation_of_cash_flow", Rule, User,
        "A cash flow statement is shown in the currency of the books only.",
        "تُعرض قائمة التدفقات النقدية بعملة الدفاتر فقط.";
    TRANSLATION_RATE_MISSING = "translation_rate_missing", Rule, User,
        "There is no exchange rate of {currency} on or before {date}.",
        "لا يوجد سعر صرف للعملة {currency} في {date} أو قبله.";
    FIGURE_ONE_VALUE = "figure_one_value", Rule, Developer,
        "Give either dimensionValue or withoutDimension.", "أرسل إما dimensionValue أو withoutDimension.";
}
