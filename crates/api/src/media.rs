//! The media types the API answers with, and which of them a caller wants.

use domain::error::Violation;
use http::HeaderValue;
use http::header::GetAll;

use crate::problem::{NOT_ACCEPTABLE, Problem};

pub const JSON: &str = "application/json";
pub const CSV: &str = "text/csv";
pub const NDJSON: &str = "application/x-ndjson";
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
pub const PDF: &str = "application/pdf";
pub const HTML: &str = "text/html";
pub const EVENT_STREAM: &str = "text/event-stream";
pub const OCTET_STREAM: &str = "application/octet-stream";
/// Files of any type: the stored type is sent, whatever is asked for.
pub const ANY: &str = "*/*";

/// A media type the API can answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    Json,
    Csv,
    NdJson,
    Xlsx,
    Pdf,
    Html,
    EventStream,
    OctetStream,
    Any,
}

impl Media {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => JSON,
            Self::Csv => CSV,
            Self::NdJson => NDJSON,
            Self::Xlsx => XLSX,
            Self::Pdf => PDF,
            Self::Html => HTML,
            Self::EventStream => EVENT_STREAM,
            Self::OctetStream => OCTET_STREAM,
            Self::Any => ANY,
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        use Media::{Csv, EventStream, Html, Json, NdJson, OctetStream, Pdf, Xlsx};
        [Json, Csv, NdJson, Xlsx, Pdf, Html, EventStream, OctetStream]
            .into_iter()
            .find(|media| media.as_str() == text)
    }
}

/// The offered type the caller wants most; earlier offers win ties. Problems are always sent, whatever was asked for.
pub fn negotiate(accept: GetAll<'_, HeaderValue>, offered: &[Media]) -> Result<Media, Problem> {
    let first = offered.first().copied().unwrap_or(Media::Json);
    let mut headers = accept.iter().peekable();
    if headers.peek().is_none() || offered.is_empty() || first == Media::Any {
        return Ok(first);
    }
    let mut weights = vec![(0.0_f32, 0_u8); offered.len()];
    for header in headers {
        let Ok(text) = header.to_str() else { continue };
        for range in text.split(',') {
            weigh(range, offered, &mut weights);
        }
    }
    let mut best: Option<(f32, Media)> = None;
    for ((weight, _), media) in weights.into_iter().zip(offered) {
        if weight > best.map_or(0.0, |(known, _)| known) {
            best = Some((weight, *media));
        }
    }
    best.map(|(_, media)| media).ok_or_else(|| {
        let names: Vec<_> = offered.iter().map(|media| media.as_str()).collect();
        Violation::new(&NOT_ACCEPTABLE).with("offered", names.join(", ")).into()
    })
}

/// Notes the weight of one media range for every offer it covers; the most specific range decides (RFC 9110).
fn weigh(range: &str, offered: &[Media], weights: &mut [(f32, u8)]) {
    let mut pieces = range.split(';');
    let name = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
    let weight = pieces
        .find_map(|piece| piece.trim().strip_prefix("q="))
        .map_or(1.0, |q| q.trim().parse::<f32>().unwrap_or(0.0));
    for (media, known) in offered.iter().zip(weights) {
        let media = media.as_str();
        let specificity = if name == media {
            3
        } else if name.strip_suffix("/*").is_some_and(|top| media.split('/').next() == Some(top)) {
            2
        } else if name == "*/*" || name == "*" {
            1
        } else {
            continue;
        };
        if specificity > known.1 {
            *known = (weight, specificity);
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::header::ACCEPT;

    use super::*;

    fn wanted(accept: &'static str) -> Option<Media> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        negotiate(headers.get_all(ACCEPT), &[Media::Json, Media::Csv, Media::NdJson]).ok()
    }

    #[test]
    fn the_heaviest_offer_wins() {
        assert_eq!(wanted("*/*"), Some(Media::Json));
        assert_eq!(wanted("text/csv"), Some(Media::Csv));
        assert_eq!(wanted("text/*, application/json;q=0.5"), Some(Media::Csv));
        assert_eq!(wanted("application/json;q=0, */*;q=0.1"), Some(Media::Csv));
        assert_eq!(wanted("text/html,application/xhtml+xml,*/*;q=0.8"), Some(Media::Json));
        assert_eq!(wanted("image/png"), None);
    }
}
