//! Formats of numbers, as far as they say what a number is.

/// The meaning that a format gives to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Number,
    /// A number that is shown with so many digits at least, as codes are: `00000`.
    Padded(usize),
    Percent,
    Date,
}

/// The format with a number of its own (ECMA-376 Part 1, 18.8.30).
pub(super) fn built_in(id: u32) -> Meaning {
    match id {
        9 | 10 => Meaning::Percent,
        // 18 to 21 and 45 to 47 are times of a day.
        14..=17 | 22 | 27..=36 | 50..=58 => Meaning::Date,
        _ => Meaning::Number,
    }
}

/// The format with this code, of which the first section counts.
pub(super) fn custom(code: &str) -> Meaning {
    let mut plain = String::with_capacity(code.len());
    let mut characters = code.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => while characters.next().is_some_and(|c| c != '"') {},
            // Colours, conditions and languages; `[h]` and its like are spans of time.
            '[' => while characters.next().is_some_and(|c| c != ']') {},
            '\\' | '_' | '*' => drop(characters.next()),
            ';' => break,
            _ => plain.push(c.to_ascii_lowercase()),
        }
    }
    if plain == "general" {
        return Meaning::Number;
    }
    if plain.len() > 1 && plain.bytes().all(|byte| byte == b'0') {
        return Meaning::Padded(plain.len());
    }
    let has = |wanted: &[char]| plain.contains(wanted);
    // `m` is a month where nothing tells a time of day.
    if has(&['y', 'd']) || (has(&['m']) && !has(&['h', 's'])) {
        Meaning::Date
    } else if has(&['%']) {
        Meaning::Percent
    } else {
        Meaning::Number
    }
}
