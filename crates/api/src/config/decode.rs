//! Bytes of files as text: the encodings that editors write, recognised by their byte order mark.

/// The stand-in for a unit that is cut off; it is no character in any encoding.
const HALF: u32 = 0xD800;

/// Text of UTF-8, or of what the mark at its beginning says; the mark is no part of it. `Err` is the text with `U+FFFD`
/// in place of what is not UTF-8.
pub fn decode(bytes: &[u8]) -> Result<String, String> {
    let unit = |size: usize, order: fn(&[u8]) -> u32, bytes: &[u8]| -> Vec<u32> {
        bytes.chunks(size).map(|chunk| if chunk.len() == size { order(chunk) } else { HALF }).collect()
    };
    let little = |chunk: &[u8]| chunk.iter().rev().fold(0, |unit, byte| unit << 8 | u32::from(*byte));
    let big = |chunk: &[u8]| chunk.iter().fold(0, |unit, byte| unit << 8 | u32::from(*byte));
    match bytes {
        [0xFF, 0xFE, 0, 0, rest @ ..] => wide(unit(4, little, rest)),
        [0, 0, 0xFE, 0xFF, rest @ ..] => wide(unit(4, big, rest)),
        [0xFF, 0xFE, rest @ ..] => utf16(unit(2, little, rest)),
        [0xFE, 0xFF, rest @ ..] => utf16(unit(2, big, rest)),
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Result<String, String> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| String::from_utf8_lossy(bytes).into_owned())
}

fn wide(units: Vec<u32>) -> Result<String, String> {
    let lossy =
        || units.iter().map(|unit| char::from_u32(*unit).unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    units.iter().map(|unit| char::from_u32(*unit)).collect::<Option<String>>().ok_or_else(lossy)
}

fn utf16(units: Vec<u32>) -> Result<String, String> {
    let units: Vec<u16> = units.into_iter().map(|unit| u16::try_from(unit).unwrap_or(0xD800)).collect();
    String::from_utf16(&units).map_err(|_| String::from_utf16_lossy(&units))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_is_known_and_no_part_of_the_text() {
        let text = "Dummy_1! سر 🗝";
        let units: Vec<u16> = text.encode_utf16().collect();
        let marked = |mark: &[u8], bytes: Vec<u8>| decode(&[mark, &bytes].concat());
        let expected = Ok(text.to_owned());
        assert_eq!(decode(text.as_bytes()), expected);
        assert_eq!(marked(b"\xEF\xBB\xBF", text.as_bytes().to_vec()), expected);
        assert_eq!(marked(b"\xFF\xFE", units.iter().flat_map(|unit| unit.to_le_bytes()).collect()), expected);
        assert_eq!(marked(b"\xFE\xFF", units.iter().flat_map(|unit| unit.to_be_bytes()).collect()), expected);
        let wide =
            |order: fn(u32) -> [u8; 4]| text.chars().flat_map(|c| order(u32::from(c))).collect::<Vec<u8>>();
        assert_eq!(marked(b"\xFF\xFE\0\0", wide(u32::to_le_bytes)), expected);
        assert_eq!(marked(b"\0\0\xFE\xFF", wide(u32::to_be_bytes)), expected);
        assert_eq!(decode(b"caf\xE9"), Err("caf\u{FFFD}".to_owned()));
        assert_eq!(decode(b"\xFF\xFEa"), Err("\u{FFFD}".to_owned()), "half a unit");
        assert_eq!(decode(b""), Ok(String::new()));
    }
}
