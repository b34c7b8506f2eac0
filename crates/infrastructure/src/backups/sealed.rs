//! How a backup lies in the store: compressed, and encrypted in pieces that cannot be exchanged, reordered, cut off or passed
//! off as another backup's.
//!
//! Each file has a key of its own, derived (HKDF-SHA256) from the configured one, a random number and the id of the backup. The
//! pieces follow the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, 2015) with AES-256-GCM: the nonce is the number
//! of the piece and whether it is the last. The head of the file is authenticated with each piece. Without a key the pieces are
//! only compressed.

use std::io::{self, Read, Write};

use aws_lc_rs::aead::{Aad, LessSafeKey, NONCE_LEN, Nonce};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use uuid::Uuid;

use super::keys::{KEY_ID_BYTES, KeyRing, SealingKey};

const MAGIC: &[u8; 8] = b"ERPSEAL1";
const RANDOM_BYTES: usize = 16;
const HEAD_BYTES: usize = MAGIC.len() + 1 + KEY_ID_BYTES + RANDOM_BYTES;
/// Bytes of a piece before it is encrypted.
const PIECE_BYTES: usize = 1 << 20;
const TAG_BYTES: usize = 16;
const LAST: u32 = 1 << 31;

/// Seals the pieces of one file.
struct Sealer {
    key: Option<LessSafeKey>,
    head: [u8; HEAD_BYTES],
    pieces: u32,
}

impl Sealer {
    fn new(key: Option<&SealingKey>, id: Uuid, random: [u8; RANDOM_BYTES]) -> io::Result<Self> {
        let mut head = [0; HEAD_BYTES];
        let (magic, rest) = head.split_at_mut(MAGIC.len());
        magic.copy_from_slice(MAGIC);
        if let Some(key) = key {
            rest[0] = 1;
            rest[1..=KEY_ID_BYTES].copy_from_slice(&key.id());
        }
        rest[1 + KEY_ID_BYTES..].copy_from_slice(&random);
        let key = key.map(|key| key.cipher(id, random)).transpose()?;
        Ok(Self { key, head, pieces: 0 })
    }

    fn nonce(&self, last: bool) -> Nonce {
        let mut nonce = [0; NONCE_LEN];
        nonce[NONCE_LEN - 5..NONCE_LEN - 1].copy_from_slice(&self.pieces.to_be_bytes());
        nonce[NONCE_LEN - 1] = u8::from(last);
        Nonce::assume_unique_for_key(nonce)
    }

    fn beside(&self) -> Aad<[u8; HEAD_BYTES]> {
        Aad::from(self.head)
    }

    fn counted(&mut self) -> io::Result<()> {
        // A nonce must never come twice.
        self.pieces =
            self.pieces.checked_add(1).ok_or_else(|| io::Error::other("the backup is too large"))?;
        Ok(())
    }

    fn seal(&mut self, piece: &mut Vec<u8>, last: bool) -> io::Result<()> {
        let (nonce, beside) = (self.nonce(last), self.beside());
        if let Some(key) = &self.key {
            key.seal_in_place_append_tag(nonce, beside, piece)
                .map_err(|_| io::Error::other("the backup could not be encrypted"))?;
        }
        self.counted()
    }

    fn open(&mut self, piece: &mut Vec<u8>, last: bool) -> io::Result<()> {
        let (nonce, beside) = (self.nonce(last), self.beside());
        if let Some(key) = &self.key {
            let length = key
                .open_in_place(nonce, beside, piece)
                .map_err(|_| damaged("it was changed after it was written, or belongs to another backup"))?
                .len();
            piece.truncate(length);
        }
        self.counted()
    }
}

/// Takes the content of a backup and writes it sealed.
pub struct SealWriter<W: Write>(GzEncoder<Pieces<W>>);

struct Pieces<W> {
    to: W,
    sealer: Sealer,
    piece: Vec<u8>,
}

impl<W: Write> Pieces<W> {
    fn put(&mut self, last: bool) -> io::Result<()> {
        self.sealer.seal(&mut self.piece, last)?;
        let length = u32::try_from(self.piece.len()).map_err(io::Error::other)?;
        self.to.write_all(&(length | if last { LAST } else { 0 }).to_be_bytes())?;
        self.to.write_all(&self.piece)?;
        self.piece.clear();
        Ok(())
    }
}

impl<W: Write> Write for Pieces<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.piece.len() == PIECE_BYTES {
            self.put(false)?;
        }
        let taken = bytes.len().min(PIECE_BYTES - self.piece.len());
        self.piece.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<W: Write> SealWriter<W> {
    /// `random` is new for each file.
    pub fn begin(mut to: W, key: Option<&SealingKey>, id: Uuid, random: Uuid) -> io::Result<Self> {
        let sealer = Sealer::new(key, id, random.into_bytes())?;
        to.write_all(&sealer.head)?;
        let pieces = Pieces { to, sealer, piece: Vec::with_capacity(PIECE_BYTES + TAG_BYTES) };
        Ok(Self(GzEncoder::new(pieces, Compression::fast())))
    }

    pub fn end(self) -> io::Result<W> {
        let mut pieces = self.0.finish()?;
        pieces.put(true)?;
        pieces.to.flush()?;
        Ok(pieces.to)
    }
}

impl<W: Write> Write for SealWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Reads the content of a sealed backup. Bytes read before an error must not be used.
pub struct SealReader<R: Read>(GzDecoder<Opened<R>>);

struct Opened<R> {
    from: R,
    sealer: Sealer,
    piece: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> SealReader<R> {
    pub fn open(mut from: R, keys: &KeyRing, id: Uuid) -> io::Result<Self> {
        let mut head = [0; HEAD_BYTES];
        from.read_exact(&mut head)?;
        let (magic, rest) = head.split_at(MAGIC.len());
        if magic != MAGIC {
            return Err(damaged("it is no sealed backup"));
        }
        let mut key_id = [0; KEY_ID_BYTES];
        key_id.copy_from_slice(&rest[1..=KEY_ID_BYTES]);
        let mut random = [0; RANDOM_BYTES];
        random.copy_from_slice(&rest[1 + KEY_ID_BYTES..]);
        let key = (rest[0] != 0).then(|| keys.find(key_id)).transpose()?;
        let sealer = Sealer::new(key, id, random)?;
        let opened = Opened { from, sealer, piece: Vec::new(), given: 0, ended: false };
        Ok(Self(GzDecoder::new(opened)))
    }

    /// To be asked when the content has been read: whether that was all of it.
    pub fn ended(mut self) -> io::Result<()> {
        let mut rest = [0; 1];
        if self.0.read(&mut rest)? != 0 {
            return Err(damaged("there is more than was expected"));
        }
        let mut opened = self.0.into_inner();
        // The compressed content may end before the last piece is asked for.
        while opened.read(&mut rest)? != 0 {}
        if opened.ended { Ok(()) } else { Err(damaged("its end is missing")) }
    }
}

impl<R: Read> Read for SealReader<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.0.read(to)
    }
}

impl<R: Read> Read for Opened<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.given == self.piece.len() && !self.ended {
            let mut length = [0; 4];
            self.from.read_exact(&mut length)?;
            let length = u32::from_be_bytes(length);
            let (last, length) = (length & LAST != 0, (length & !LAST) as usize);
            if length > PIECE_BYTES + TAG_BYTES {
                return Err(damaged("a piece is longer than any was written"));
            }
            self.piece.resize(length, 0);
            self.from.read_exact(&mut self.piece)?;
            self.sealer.open(&mut self.piece, last)?;
            (self.given, self.ended) = (0, last);
        }
        let rest = &self.piece[self.given..];
        let taken = rest.len().min(to.len());
        to[..taken].copy_from_slice(&rest[..taken]);
        self.given += taken;
        Ok(taken)
    }
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(7);

    fn ring(current: Option<u8>, retired: &[u8]) -> KeyRing {
        let key = |byte: &u8| SealingKey::new([*byte; 32]);
        KeyRing { current: current.as_ref().map(key), retired: retired.iter().map(key).collect() }
    }

    fn sealed(keys: &KeyRing, content: &[u8]) -> Vec<u8> {
        let mut writer =
            SealWriter::begin(Vec::new(), keys.current.as_ref(), ID, Uuid::from_u128(99)).unwrap();
        writer.write_all(content).unwrap();
        writer.end().unwrap()
    }

    fn opened(keys: &KeyRing, id: Uuid, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut reader = SealReader::open(bytes, keys, id)?;
        let mut content = Vec::new();
        reader.read_to_end(&mut content)?;
        reader.ended()?;
        Ok(content)
    }

    /// Does not compress, and fills several pieces.
    fn noise() -> Vec<u8> {
        let mut state = 1_u64;
        let next = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            u8::try_from(state >> 56).unwrap()
        };
        (0..PIECE_BYTES * 2 + 77).map(next).collect()
    }

    #[test]
    fn what_is_sealed_comes_back_with_the_right_key_alone() {
        let keys = ring(Some(1), &[]);
        for content in [Vec::new(), b"books".to_vec(), noise()] {
            let bytes = sealed(&keys, &content);
            assert!(opened(&keys, ID, &bytes).unwrap() == content);
            assert!(
                opened(&ring(Some(2), &[3, 1]), ID, &bytes).unwrap() == content,
                "a retired key still opens"
            );
            assert!(opened(&ring(Some(2), &[]), ID, &bytes).unwrap_err().to_string().contains("key"));
            assert!(opened(&keys, Uuid::from_u128(8), &bytes).is_err(), "another backup's");
        }
        let clear = b"a name that nobody may read";
        let bytes = sealed(&keys, clear);
        assert!(!bytes.windows(6).any(|six| clear.starts_with(six)));
        let open = ring(None, &[]);
        assert!(opened(&open, ID, &sealed(&open, clear)).unwrap() == clear);
        assert!(opened(&open, ID, &bytes).is_err());
    }

    #[test]
    fn nothing_can_be_changed_moved_or_cut_off() {
        let keys = ring(Some(1), &[]);
        let bytes = sealed(&keys, &noise());
        for at in [0, 8, 9, 20, 24, 28, 30, PIECE_BYTES, 2 * PIECE_BYTES, bytes.len() - 1] {
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert!(opened(&keys, ID, &other).is_err(), "byte {at}");
        }
        let piece = 4 + PIECE_BYTES + TAG_BYTES;
        let (first, second) = (HEAD_BYTES..HEAD_BYTES + piece, HEAD_BYTES + piece..HEAD_BYTES + 2 * piece);
        let swapped =
            [&bytes[..HEAD_BYTES], &bytes[second.clone()], &bytes[first.clone()], &bytes[second.end..]]
                .concat();
        assert!(opened(&keys, ID, &swapped).is_err());
        let cut = &bytes[..second.end];
        assert!(opened(&keys, ID, cut).is_err());
        let mut ended = cut.to_vec();
        ended[second.start] |= 0x80;
        assert!(opened(&keys, ID, &ended).is_err(), "an earlier piece made the last");
    }
}
