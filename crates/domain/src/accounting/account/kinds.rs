//! The closed sets of words that describe an account.

crate::choices! {
    /// The type of an account, which decides the statement it belongs to and its normal side.
    pub enum AccountType {
        Asset = "asset",
        Liability = "liability",
        Equity = "equity",
        Income = "income" | "revenue",
        Expense = "expense",
    }
}

crate::choices! {
    /// The side on which an account usually has its balance.
    pub enum NormalBalance {
        Debit = "debit",
        Credit = "credit",
    }
}

crate::choices! {
    /// The sub-ledger that an account sums up (R8, R16).
    pub enum ControlKind {
        Receivable = "receivable",
        Payable = "payable",
        Inventory = "inventory",
        Vat = "vat",
        None = "none",
    }
}

crate::choices! {
    /// Where movements of an account appear in the cash flow statement.
    pub enum CashFlowActivity {
        Operating = "operating",
        Investing = "investing",
        Financing = "financing",
        Cash = "cash",
        None = "none",
    }
}

impl AccountType {
    pub const fn normal_side(self) -> NormalBalance {
        match self {
            Self::Asset | Self::Expense => NormalBalance::Debit,
            Self::Liability | Self::Equity | Self::Income => NormalBalance::Credit,
        }
    }

    /// Balance sheet accounts carry their balance into the next year; the others are closed (R12).
    pub const fn is_balance_sheet(self) -> bool {
        matches!(self, Self::Asset | Self::Liability | Self::Equity)
    }
}

impl ControlKind {
    pub const fn is_control(self) -> bool {
        !matches!(self, Self::None)
    }

    /// Receivable and payable lines name their party (R8).
    pub const fn requires_party(self) -> bool {
        matches!(self, Self::Receivable | Self::Payable)
    }

    pub(super) const fn fits(self, account_type: AccountType) -> bool {
        match self {
            Self::Receivable | Self::Inventory => matches!(account_type, AccountType::Asset),
            Self::Payable => matches!(account_type, AccountType::Liability),
            Self::Vat => matches!(account_type, AccountType::Asset | AccountType::Liability),
            Self::None => true,
        }
    }
}
