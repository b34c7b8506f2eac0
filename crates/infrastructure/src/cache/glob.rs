//! Patterns as Redis' `SCAN … MATCH` reads them, for keys that are in this process.

/// Whether the whole of `text` matches: `*`, `?`, `[abc]`, `[a-z]`, `[^a]`, and `\` before what is meant literally.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // Where the last star was, and how much of the text it has swallowed: only the last needs to be tried again.
    let mut star: Option<(usize, usize)> = None;
    loop {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
                continue;
            }
            None if t == text.len() => return true,
            Some(_) if t < text.len() => {
                let (ok, next) = one(pattern, p, text[t]);
                if ok {
                    (p, t) = (next, t + 1);
                    continue;
                }
            }
            _ => {}
        }
        match star {
            Some((at, swallowed)) if swallowed < text.len() => {
                star = Some((at, swallowed + 1));
                (p, t) = (at + 1, swallowed + 1);
            }
            _ => return false,
        }
    }
}

/// Whether the element of the pattern at `p` takes this byte, and where the next element begins.
fn one(pattern: &[u8], p: usize, byte: u8) -> (bool, usize) {
    match pattern[p] {
        b'?' => (true, p + 1),
        b'\\' if p + 1 < pattern.len() => (pattern[p + 1] == byte, p + 2),
        b'[' => class(pattern, p + 1, byte),
        literal => (literal == byte, p + 1),
    }
}

/// A class that is never closed ends with the pattern.
fn class(pattern: &[u8], mut p: usize, byte: u8) -> (bool, usize) {
    let negated = pattern.get(p) == Some(&b'^');
    if negated {
        p += 1;
    }
    let mut found = false;
    loop {
        match pattern.get(p) {
            None => return (found != negated, p),
            Some(b']') => return (found != negated, p + 1),
            Some(b'\\') if p + 1 < pattern.len() => {
                found |= pattern[p + 1] == byte;
                p += 2;
            }
            Some(&low) if pattern.get(p + 1) == Some(&b'-') && p + 2 < pattern.len() => {
                let high = pattern[p + 2];
                found |= (low.min(high)..=low.max(high)).contains(&byte);
                p += 3;
            }
            Some(&literal) => {
                found |= literal == byte;
                p += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_they_mean_in_redis() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("*", "a:b", true),
            ("", "", true),
            ("", "a", false),
            ("a:*:c", "a:b:c", true),
            ("a:*:c", "a:b:b:c", true),
            ("a:*:c", "a:b:c:d", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a[bx]c", "axc", true),
            ("a[^b]c", "abc", false),
            ("a[^b]c", "adc", true),
            ("a[b-d]c", "acc", true),
            ("a[d-b]c", "acc", true),
            ("a[b-d]c", "aec", false),
            ("a\\*c", "a*c", true),
            ("a\\*c", "abc", false),
            ("a[\\]]c", "a]c", true),
            ("a[bc", "ab", true),
            ("*a*b*c*", "xxaxxbxxcxx", true),
            ("*a*b*c*", "xxaxxcxxbxx", false),
            ("**", "x", true),
            ("a*", "b", false),
            ("a%3Ab", "a%3Ab", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} against {text}");
        }
    }

    #[test]
    fn many_stars_take_no_long_time() {
        let (pattern, text) = ("*a".repeat(200), "a".repeat(199) + &"b".repeat(20_000));
        assert!(!matches(&pattern, &text));
    }
}
