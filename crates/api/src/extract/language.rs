//! `Accept-Language`: Arabic or English, by weight; English for anything else.

use domain::error::Language;
use http::header::ACCEPT_LANGUAGE;
use http::{HeaderMap, HeaderValue};

/// The language of a request that has these headers.
pub fn of_headers(headers: &HeaderMap) -> Language {
    headers.get(ACCEPT_LANGUAGE).map_or(Language::English, preferred)
}

pub fn preferred(header: &HeaderValue) -> Language {
    let Ok(text) = header.to_str() else { return Language::English };
    let mut best = (0.0_f32, Language::English);
    for part in text.split(',') {
        let mut pieces = part.split(';');
        let tag = pieces.next().unwrap_or_default().trim();
        let weight = pieces
            .find_map(|piece| piece.trim().strip_prefix("q="))
            .map_or(1.0, |q| q.trim().parse::<f32>().unwrap_or(0.0));
        let primary = tag.split('-').next().unwrap_or_default();
        let language = match primary {
            _ if primary.eq_ignore_ascii_case("ar") => Language::Arabic,
            _ if primary.eq_ignore_ascii_case("en") || primary == "*" => Language::English,
            _ => continue,
        };
        if weight > best.0 {
            best = (weight, language);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heavier_language_wins() {
        for (header, language) in [
            ("ar", Language::Arabic),
            ("ar-SA,ar;q=0.9,en;q=0.8", Language::Arabic),
            ("en;q=0.3, ar;q=0.7", Language::Arabic),
            ("ar;q=0.2, en", Language::English),
            ("ar;q=0", Language::English),
            ("fr", Language::English),
            ("fr, ar;q=0.1", Language::Arabic),
        ] {
            assert_eq!(preferred(&HeaderValue::from_static(header)), language, "{header}");
        }
    }
}
