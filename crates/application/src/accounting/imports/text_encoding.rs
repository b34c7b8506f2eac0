//! Text files in other encodings, as UTF-8.

use std::io::Read;

use domain::accounting::import_profile::TextEncoding;
use domain::error::Violation;
use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE, WINDOWS_1252, WINDOWS_1256};

use super::error::{
    IMPORT_ENCODING_DIFFERS, IMPORT_ENCODING_UNMARKED, IMPORT_UNREADABLE, IMPORT_WORKBOOK_AS_TEXT,
};
use crate::error::{AppError, AppResult};

/// Bytes read, and bytes made of them, at once.
const BUFFER_BYTES: usize = 64 * 1024;
/// The most bytes that one unit of any of the encodings becomes.
const UNIT_BYTES_MAX: usize = 4;
/// A byte that UTF-8 does not have: the row in which it stands is refused.
const NO_CHARACTER: u8 = 0xFF;
const LITTLE_ENDIAN: &[u8] = b"\xFF\xFE";
const BIG_ENDIAN: &[u8] = b"\xFE\xFF";
/// The beginning of an archive, which is what a workbook is.
const ARCHIVE: &[u8] = b"PK\x03\x04";
const WORKBOOK_MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The text of a file as UTF-8, whatever it is encoded in. What stands for no character becomes a byte that UTF-8 does not have.
pub(super) enum Decoded<R> {
    Utf8(Start<R>),
    Other {
        source: Start<R>,
        decoder: Box<Decoder>,
        input: Vec<u8>,
        output: Vec<u8>,
        given: usize,
        ended: bool,
    },
}

/// A source whose first bytes were looked at.
pub(super) struct Start<R> {
    first: Vec<u8>,
    given: usize,
    source: R,
}

impl<R: Read> Read for Start<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = &self.first[self.given..];
        if left.is_empty() {
            return self.source.read(buffer);
        }
        let count = left.len().min(buffer.len());
        buffer[..count].copy_from_slice(&left[..count]);
        self.given += count;
        Ok(count)
    }
}

impl<R: Read> Decoded<R> {
    /// Refuses a file whose byte order mark names another encoding than `encoding`.
    pub(super) fn open(mut source: R, encoding: TextEncoding) -> AppResult<Self> {
        let mut first = Vec::new();
        let read = (&mut source).take(ARCHIVE.len() as u64).read_to_end(&mut first);
        read.map_err(|error| AppError::new(Violation::new(&IMPORT_UNREADABLE).with("reason", error)))?;
        if first == ARCHIVE {
            let workbook = Violation::new(&IMPORT_WORKBOOK_AS_TEXT).with("mediaType", WORKBOOK_MEDIA_TYPE);
            return Err(workbook.into());
        }
        let differs = |found: &str| {
            let violation = Violation::new(&IMPORT_ENCODING_DIFFERS).with("encoding", encoding);
            AppError::new(violation.with("found", found))
        };
        let mark = match first.get(..2) {
            Some(LITTLE_ENDIAN) => Some(UTF_16LE),
            Some(BIG_ENDIAN) => Some(UTF_16BE),
            _ => None,
        };
        let decoder = match (encoding, mark) {
            (TextEncoding::Utf16, Some(encoding)) => encoding.new_decoder_with_bom_removal(),
            (TextEncoding::Utf16, None) => {
                return Err(Violation::new(&IMPORT_ENCODING_UNMARKED).with("encoding", encoding).into());
            }
            (_, Some(_)) => return Err(differs(TextEncoding::Utf16.as_str())),
            (TextEncoding::Windows1256, None) => WINDOWS_1256.new_decoder_without_bom_handling(),
            (TextEncoding::Windows1252, None) => WINDOWS_1252.new_decoder_without_bom_handling(),
            (TextEncoding::Utf8, None) => return Ok(Self::Utf8(Start { first, given: 0, source })),
        };
        Ok(Self::Other {
            source: Start { first, given: 0, source },
            decoder: Box::new(decoder),
            input: Vec::new(),
            output: Vec::new(),
            given: 0,
            ended: false,
        })
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let (source, decoder, input, output, given, ended) = match self {
            Self::Utf8(source) => return source.read(buffer),
            Self::Other { source, decoder, input, output, given, ended } => {
                (source, decoder, input, output, given, ended)
            }
        };
        while *given == output.len() && !*ended {
            input.resize(BUFFER_BYTES, 0);
            let count = source.read(input)?;
            input.truncate(count);
            *ended = count == 0;
            *given = 0;
            decode(decoder, input, output, *ended);
        }
        let count = buffer.len().min(output.len() - *given);
        buffer[..count].copy_from_slice(&output[*given..*given + count]);
        *given += count;
        Ok(count)
    }
}

/// All characters of a piece of the file.
fn decode(decoder: &mut Decoder, mut input: &[u8], output: &mut Vec<u8>, last: bool) {
    output.clear();
    loop {
        let start = output.len();
        output.resize(start + BUFFER_BYTES + UNIT_BYTES_MAX, 0);
        let (result, read, written) =
            decoder.decode_to_utf8_without_replacement(input, &mut output[start..], last);
        output.truncate(start + written);
        input = &input[read..];
        match result {
            DecoderResult::InputEmpty => return,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => output.push(NO_CHARACTER),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], encoding: TextEncoding) -> Vec<u8> {
        let mut text = Vec::new();
        Decoded::open(bytes, encoding).unwrap().read_to_end(&mut text).unwrap();
        text
    }

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
        units.flat_map(|unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn arabic_of_windows_is_read() {
        let (bytes, ..) = WINDOWS_1256.encode("القيد,مدين\n1,5\n");
        assert_eq!(decoded(&bytes, TextEncoding::Windows1256), "القيد,مدين\n1,5\n".as_bytes());
        assert_eq!(decoded(b"Caf\xE9", TextEncoding::Windows1252), "Café".as_bytes());
    }

    #[test]
    fn utf_16_is_read_either_way_and_over_the_ends_of_pieces() {
        let text = format!("القيد\t🧾{}\n", "é".repeat(BUFFER_BYTES));
        for big in [true, false] {
            assert_eq!(decoded(&utf16(&text, big), TextEncoding::Utf16), text.as_bytes());
        }
        let mut broken = utf16("a\n", false);
        broken.extend([0x00, 0xD8, b'b', 0x00]);
        assert_eq!(decoded(&broken, TextEncoding::Utf16), b"a\n\xFFb");
    }

    #[test]
    fn a_file_in_another_encoding_is_refused() {
        let code = |bytes: &[u8], encoding| {
            let refused = Decoded::open(bytes, encoding).err().unwrap();
            (refused.violations[0].def.code, refused.violations[0].param("found").map(str::to_owned))
        };
        let differs = ("import_encoding_differs", Some("utf-16".to_owned()));
        assert_eq!(code(&utf16("a", false), TextEncoding::Utf8), differs);
        assert_eq!(code(b"a,b", TextEncoding::Utf16), ("import_encoding_unmarked", None));
    }
}
