//! Texts that have to fit, and moments.

use std::time::Duration;

use chrono::DateTime;
use signals::event::Micros;

/// The beginning of a text, at most so many characters; never a part of one.
pub fn cut(text: &str, characters: usize) -> &str {
    // Most texts are shorter even in bytes.
    if text.len() <= characters {
        return text;
    }
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}

/// `2024-01-15T14:30:05.0000000Z`
pub fn moment(micros: Micros) -> String {
    let moment = DateTime::from_timestamp_micros(micros).unwrap_or_default();
    format!("{}0Z", moment.format("%Y-%m-%dT%H:%M:%S%.6f"))
}

/// `0.00:00:00.012345`: days, then hours, minutes and seconds.
pub fn duration(took: Duration) -> String {
    let (seconds, micros) = (took.as_secs(), took.subsec_micros());
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    format!("{days}.{hours:02}:{minutes:02}:{:02}.{micros:06}", seconds % 60)
}

pub fn hex(bytes: &[u8]) -> String {
    domain::hex::hex(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: X81.
    #[test]
    fn texts_are_cut_between_characters() {
        let arabic = "الرياض".repeat(10_000);
        for characters in [0, 1, 5, 1_024, 59_999, 60_000, 60_001] {
            let cut = cut(&arabic, characters);
            assert_eq!(cut.chars().count(), characters.min(60_000));
        }
        assert_eq!((cut("🏦🏦", 1), cut("abc", 3), cut("abc", 2)), ("🏦", "abc", "ab"));
    }

    /// Proves: GV2.
    #[test]
    fn moments_and_durations_are_as_dotnet_writes_them() {
        assert_eq!(moment(1_705_329_005_000_000), "2024-01-15T14:30:05.0000000Z");
        assert_eq!(moment(1_705_329_005_250_001), "2024-01-15T14:30:05.2500010Z");
        assert_eq!(duration(Duration::from_micros(12_345)), "0.00:00:00.012345");
        assert_eq!(duration(Duration::from_secs(90_061)), "1.01:01:01.000000");
    }
}
