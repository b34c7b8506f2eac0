//! A failure of Azure, in one line that may be logged.

use std::error::Error;

use application::ports::configuration::ConfigurationSourceError;
use azure_core::error::ErrorKind;

/// Longest message, in characters.
const LENGTH_MAX: usize = 800;

/// The error and its sources; one that only repeats the one before is left out.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let line = source.to_string();
        if !text.contains(&line) {
            text.push_str(": ");
            text.push_str(&line);
        }
        next = source.source();
    }
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(LENGTH_MAX).collect()
}

/// The HTTP status at the bottom of an Azure error.
pub fn status(error: &azure_core::Error) -> Option<u16> {
    let mut found = error.http_status().map(u16::from);
    let mut next = error.source();
    while let Some(source) = next {
        if let Some(inner) = source.downcast_ref::<azure_core::Error>() {
            found = inner.http_status().map(u16::from).or(found);
        }
        next = source.source();
    }
    found
}

fn unreadable(error: &azure_core::Error) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(source) = next {
        let kind = source.downcast_ref::<azure_core::Error>().map(azure_core::Error::kind);
        if kind == Some(&ErrorKind::DataConversion) || source.is::<serde_json::Error>() {
            return true;
        }
        next = source.source();
    }
    false
}

/// The port's error for an error of an Azure client. A parser's error may quote what it could not parse, so its text
/// stays out.
pub fn classify(what: &str, error: &azure_core::Error) -> ConfigurationSourceError {
    let status = status(error);
    let text = || match status {
        Some(status) => format!("{what}: status {status}: {}", chain(error)),
        None => format!("{what}: {}", chain(error)),
    };
    match status {
        Some(401 | 403) => ConfigurationSourceError::Denied(text()),
        Some(400) if matches!(error.kind(), ErrorKind::Credential) => {
            ConfigurationSourceError::Denied(text())
        }
        None if unreadable(error) => ConfigurationSourceError::Malformed(what.to_owned()),
        _ => ConfigurationSourceError::Unavailable(text()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_named_once_and_text_is_one_short_line() {
        let inner = azure_core::Error::with_message(ErrorKind::Io, "no route\n to host");
        let outer = azure_core::Error::with_error(ErrorKind::Other, inner, "cannot ask");
        assert_eq!(chain(&outer), "cannot ask: no route to host");
        let long = azure_core::Error::with_message(ErrorKind::Io, "ع".repeat(5_000));
        assert_eq!(chain(&long).chars().count(), LENGTH_MAX);
    }

    #[test]
    fn what_a_parser_quotes_is_not_repeated() {
        let parse = serde_json::from_str::<u32>("\"sentinel\"").unwrap_err();
        assert!(parse.to_string().contains("sentinel"));
        let error = azure_core::Error::new(ErrorKind::DataConversion, parse);
        let shown = classify("the secret 'x'", &error);
        assert!(matches!(shown, ConfigurationSourceError::Malformed(_)));
        assert!(!format!("{shown} {shown:?}").contains("sentinel"));
    }
}
