//! The kinds of layouts and rows, and the parts of balances that rows show.

crate::choices! {
    /// The statement that a layout makes.
    pub enum LayoutKind {
        BalanceSheet = "balance_sheet",
        IncomeStatement = "income_statement",
        CashFlow = "cash_flow",
        EquityChanges = "equity_changes",
        Custom = "custom",
    }
}

crate::choices! {
    /// The content of a row.
    pub enum RowKind {
        /// Figures of accounts.
        Accounts = "accounts",
        /// Figures of other rows, added up.
        Formula = "formula",
        /// Like a formula, and shown as a total.
        Total = "total",
        /// Words only.
        Heading = "heading",
    }
}

crate::choices! {
    /// The figure of an account that a row shows.
    pub enum Measure {
        /// The balance before the period, opening entries within it included.
        Opening = "opening",
        /// What the period moved.
        Movement = "movement",
        /// The balance at the end of the period.
        Closing = "closing",
    }
}

impl Measure {
    /// The parts of an account's closing balance: what was there before the period, and what moved in it.
    pub const fn parts(self) -> Parts {
        match self {
            Self::Opening => Parts { opening: true, movement: false },
            Self::Movement => Parts { opening: false, movement: true },
            Self::Closing => Parts { opening: true, movement: true },
        }
    }
}

/// Which parts of the closing balance of an account are meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Parts {
    pub opening: bool,
    pub movement: bool,
}

impl Parts {
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self { opening: self.opening && other.opening, movement: self.movement && other.movement }
    }
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self { opening: self.opening || other.opening, movement: self.movement || other.movement }
    }
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self { opening: self.opening && !other.opening, movement: self.movement && !other.movement }
    }
    pub const fn any(self) -> bool {
        self.opening || self.movement
    }
}

impl LayoutKind {
    /// The measure of rows that do not say theirs.
    pub const fn measure(self) -> Measure {
        match self {
            Self::BalanceSheet | Self::EquityChanges => Measure::Closing,
            Self::IncomeStatement | Self::CashFlow | Self::Custom => Measure::Movement,
        }
    }
}
