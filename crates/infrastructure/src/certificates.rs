//! When certificates end: of X.509 only the validity is read, because nothing here is to be trusted for it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::time::Timestamp;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// Largest file that is read.
const FILE_BYTES_MAX: u64 = 1 << 20;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The earliest end of the certificates in a PEM file, or that of a DER file.
pub fn file_ends(path: &Path) -> Result<Timestamp, String> {
    let length = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if length > FILE_BYTES_MAX {
        return Err(format!("is larger than {FILE_BYTES_MAX} bytes"));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let none = || "holds no certificate".to_owned();
    if !bytes.starts_with(&[SEQUENCE]) {
        let mut earliest = None;
        for certificate in CertificateDer::pem_slice_iter(&bytes) {
            let end = ends(&certificate.map_err(|_| none())?).ok_or_else(none)?;
            earliest = Some(earliest.map_or(end, |other: Timestamp| other.min(end)));
        }
        return earliest.ok_or_else(none);
    }
    ends(&bytes).ok_or_else(none)
}

/// `notAfter` of a certificate in DER.
pub fn ends(der: &[u8]) -> Option<Timestamp> {
    let (certificate, _) = value(der, SEQUENCE)?;
    let (mut to_be_signed, _) = value(certificate, SEQUENCE)?;
    if to_be_signed.first() == Some(&VERSION) {
        to_be_signed = value(to_be_signed, VERSION)?.1;
    }
    // Serial number, algorithm, issuer.
    for tag in [INTEGER, SEQUENCE, SEQUENCE] {
        to_be_signed = value(to_be_signed, tag)?.1;
    }
    let (validity, _) = value(to_be_signed, SEQUENCE)?;
    let (_, after) = time(validity)?;
    Some(time(after)?.0)
}

/// The value with this tag at the beginning, and what follows it.
fn value(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if first & 0x80 != 0 {
        let (bytes, after) = rest.split_at_checked(usize::from(first & 0x7f))?;
        length = 0;
        for byte in bytes {
            length = length.checked_mul(256)?.checked_add(usize::from(*byte))?;
        }
        rest = after;
    }
    (found == tag).then_some(())?;
    rest.split_at_checked(length)
}

/// A moment: `YYMMDDHHMMSSZ`, with the years 1950 to 2049, or `YYYYMMDDHHMMSSZ`.
fn time(der: &[u8]) -> Option<(Timestamp, &[u8])> {
    let tag = *der.first()?;
    let (text, rest) = value(der, tag)?;
    let text = std::str::from_utf8(text).ok().filter(|text| text.is_ascii())?;
    let digits = match tag {
        UTC_TIME if text.get(..2)?.parse::<u8>().ok()? < 50 => format!("20{text}"),
        UTC_TIME => format!("19{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let part = |from: usize, to: usize| digits.get(from..to);
    let moment = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        part(12, 14)?
    );
    Some((Timestamp::parse(&moment).ok()?, rest))
}

/// The end of the certificate a server showed last; clones share it.
#[derive(Clone, Default)]
pub struct SeenCertificate(Arc<AtomicI64>);

impl SeenCertificate {
    pub fn note(&self, der: &[u8]) {
        if let Some(end) = ends(der) {
            self.0.store(end.micros(), Ordering::Relaxed);
        }
    }

    pub fn ends(&self) -> Option<Timestamp> {
        Some(self.0.load(Ordering::Relaxed)).filter(|micros| *micros != 0).map(Timestamp::from_micros)
    }
}

impl fmt::Debug for SeenCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SeenCertificate").field(&self.ends().map(|end| end.to_string())).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The default notation of `rcgen`, and a moment beyond 2049.
    #[test]
    fn the_end_is_read_in_both_notations() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("c.pem");
        let key = rcgen::KeyPair::generate().unwrap();
        let made = |year: i32| {
            let mut parameters = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
            parameters.not_after = rcgen::date_time_ymd(year, 2, 28);
            parameters.self_signed(&key).unwrap()
        };
        let (soon, late) = (made(2031), made(2077));
        assert_eq!(ends(soon.der()).unwrap().to_string(), "2031-02-28T00:00:00.000000Z");
        assert_eq!(ends(late.der()).unwrap().to_string(), "2077-02-28T00:00:00.000000Z");
        std::fs::write(&file, format!("{}{}", late.pem(), soon.pem())).unwrap();
        assert_eq!(file_ends(&file), Ok(ends(soon.der()).unwrap()), "the earliest");
        std::fs::write(&file, late.der()).unwrap();
        assert_eq!(file_ends(&file), Ok(ends(late.der()).unwrap()));
        let seen = SeenCertificate::default();
        assert_eq!(seen.ends(), None);
        seen.note(soon.der());
        assert_eq!(seen.ends(), ends(soon.der()));
    }

    #[test]
    fn anything_else_has_no_end() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("c.pem");
        assert!(file_ends(&file).is_err());
        for bytes in [&b""[..], b"no certificate", &[0x30, 0x80], &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 1]] {
            std::fs::write(&file, bytes).unwrap();
            assert_eq!(file_ends(&file), Err("holds no certificate".to_owned()), "{bytes:?}");
        }
        let key = rcgen::KeyPair::generate().unwrap();
        let whole = rcgen::CertificateParams::default().self_signed(&key).unwrap();
        for length in 0..whole.der().len() {
            // Cut anywhere, it is read or not, but never beyond its end.
            let _ = ends(&whole.der()[..length]);
        }
    }
}
