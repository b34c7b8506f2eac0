//! How a row of a file differs from the account that is stored.

use domain::accounting::account::Account;

use super::account_file::FileAccount;

/// Columns whose value in the file is another than the stored one: column, stored, file. `parent` is the code of the
/// stored parent, where the file names one.
pub fn differences(
    row: &FileAccount,
    stored: &Account,
    parent: Option<Option<&str>>,
) -> Vec<(&'static str, String, String)> {
    let mut found = Vec::new();
    let mut compare = |column, old: String, new: Option<String>| {
        if let Some(new) = new.filter(|new| *new != old) {
            found.push((column, old, new));
        }
    };
    let text = |value: Option<&str>| value.unwrap_or("-").to_owned();
    compare("name_ar", text(stored.name().ar()), row.name.ar().map(str::to_owned));
    compare("name_en", text(stored.name().en()), row.name.en().map(str::to_owned));
    compare("type", stored.account_type().to_string(), Some(row.account_type.to_string()));
    compare("subtype", text(stored.subtype()), row.subtype.clone());
    if let Some(parent) = parent {
        compare("parent_code", text(parent), row.parent.clone());
    }
    compare("is_posting", stored.is_posting().to_string(), row.is_posting.map(|flag| flag.to_string()));
    let currency = stored.currency().map(|currency| currency.to_string());
    compare("currency", text(currency.as_deref()), row.currency.map(|currency| currency.to_string()));
    compare("control", stored.control().to_string(), row.control.map(|kind| kind.to_string()));
    compare("cash_flow", stored.cash_flow().to_string(), row.cash_flow.map(|kind| kind.to_string()));
    compare("active", stored.active().to_string(), row.active.map(|flag| flag.to_string()));
    compare("reconcilable", stored.reconcilable().to_string(), row.reconcilable.map(|flag| flag.to_string()));
    found
}
