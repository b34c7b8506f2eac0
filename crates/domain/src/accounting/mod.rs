//! The general ledger: accounts, journals, entries, periods, dimensions and their rules (R1–R16).
