//! The general ledger: commands, ports and views.
