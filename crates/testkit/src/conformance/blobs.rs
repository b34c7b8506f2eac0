//! The contract of [`BlobStore`].

use application::error::AppError;
use application::ports::blobs::{
    Blob, BlobError, BlobKey, BlobKind, BlobLabel, BlobPrefix, BlobStore, Expected, Incoming, from_hex,
};
use bytes::Bytes;
use domain::ids::{BlobId, TenantId};
use futures::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

/// SHA-256 of `hello world`.
const HELLO_SHA256: &str = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// More than any adapter sends at once, and no multiple of a block.
const LARGE_BYTES: usize = (9 << 20) + 12_345;

pub fn key(tenant: u128, kind: BlobKind, id: u128) -> BlobKey {
    BlobKey { tenant: TenantId::new(Uuid::from_u128(tenant)), kind, id: BlobId::new(Uuid::from_u128(id)) }
}

pub fn label(content_type: &str) -> BlobLabel {
    BlobLabel { content_type: content_type.to_owned(), disposition: None }
}

/// `bytes` in pieces of this size.
pub fn pieces(bytes: &[u8], size: usize) -> Incoming {
    let pieces: Vec<_> = bytes.chunks(size).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces).boxed()
}

/// A few pieces and then the connection is gone.
pub fn broken(bytes: &[u8]) -> Incoming {
    let lost = stream::once(async { Err(AppError::internal("the caller is gone")) });
    pieces(bytes, 64 * 1024).chain(lost).boxed()
}

/// Bytes that no compression and no misplaced block leaves unnoticed.
pub fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

pub async fn read(blob: Blob) -> Result<Vec<u8>, BlobError> {
    blob.content.map_ok(|piece| piece.to_vec()).try_concat().await
}

/// Everything of the port that needs no fault.
pub async fn run(store: &dyn BlobStore) {
    what_is_put_is_got(store).await;
    parts_are_read(store).await;
    nothing_is_kept_of_a_failure(store).await;
    a_second_put_replaces_the_first(store).await;
    a_cooled_blob_is_still_read(store).await;
    keys_are_listed_in_pages(store).await;
    assert_eq!(store.probe().await, Ok(()));
}

async fn what_is_put_is_got(store: &dyn BlobStore) {
    let at = key(1, BlobKind::Attachment, 1);
    assert_eq!(store.head(at).await.unwrap(), None);
    assert!(matches!(store.get(at, None).await, Err(BlobError::NotFound(missing)) if missing == at));
    assert!(!store.delete(at).await.unwrap());
    let label = BlobLabel {
        content_type: "text/plain".to_owned(),
        disposition: Some("attachment; filename=\"x.txt\"; filename*=UTF-8''%D9%81.txt".to_owned()),
    };
    let expected = Expected { size: Some(11), sha256: from_hex(HELLO_SHA256) };
    let put = store.put(at, pieces(b"hello world", 4), expected, &label).await.unwrap();
    assert_eq!((put.size, put.sha256), (11, from_hex(HELLO_SHA256)));
    assert_eq!(store.head(at).await.unwrap(), Some(put.clone()));
    let got = store.get(at, None).await.unwrap();
    assert_eq!((&got.info, got.range.clone()), (&put, 0..11));
    assert_eq!(read(got).await.unwrap(), b"hello world");
    assert!(store.delete(at).await.unwrap());
    assert_eq!(store.head(at).await.unwrap(), None);

    let empty = key(1, BlobKind::Attachment, 2);
    let put = store.put(empty, pieces(b"", 1), Expected::default(), &label).await.unwrap();
    assert_eq!((put.size, put.sha256), (0, from_hex(EMPTY_SHA256)));
    assert_eq!(read(store.get(empty, None).await.unwrap()).await.unwrap(), b"");
    assert!(matches!(store.get(empty, Some(0..1)).await, Err(BlobError::OutOfRange { size: 0 })));
}

async fn parts_are_read(store: &dyn BlobStore) {
    let at = key(1, BlobKind::Export, 3);
    let whole = noise(LARGE_BYTES);
    let put = store
        .put(at, pieces(&whole, 100_000), Expected::default(), &label("application/x-ndjson"))
        .await
        .unwrap();
    assert_eq!(put.size, whole.len() as u64);
    assert_eq!(store.head(at).await.unwrap(), Some(put));
    assert!(read(store.get(at, None).await.unwrap()).await.unwrap() == whole);
    let size = LARGE_BYTES as u64;
    for (asked, answered) in [
        (0..1, 0..1),
        (4_194_300..4_194_310, 4_194_300..4_194_310),
        (size - 5..size, size - 5..size),
        (size - 5..size + 100, size - 5..size),
    ] {
        let part = store.get(at, Some(asked.clone())).await.unwrap();
        assert_eq!((part.range.clone(), part.info.size), (answered.clone(), size), "{asked:?}");
        let (from, to) = (usize::try_from(answered.start).unwrap(), usize::try_from(answered.end).unwrap());
        assert!(read(part).await.unwrap() == whole[from..to], "{asked:?}");
    }
    for asked in [size..size + 1, size + 9..size + 10, 5..5] {
        let refused = store.get(at, Some(asked.clone())).await.unwrap_err();
        assert!(
            matches!(refused, BlobError::OutOfRange { size: all } if all == size),
            "{asked:?}: {refused}"
        );
    }
}

async fn nothing_is_kept_of_a_failure(store: &dyn BlobStore) {
    let large = noise(LARGE_BYTES);
    for (number, bytes) in [(10, &b"hello world"[..]), (20, &large)] {
        let size = bytes.len() as u64;
        let wrong = [
            Expected { size: Some(size + 1), sha256: None },
            Expected { size: Some(size - 1), sha256: None },
            Expected { size: Some(size), sha256: from_hex(EMPTY_SHA256) },
        ];
        for (i, expected) in wrong.into_iter().enumerate() {
            let at = key(1, BlobKind::Upload, number + i as u128);
            let error =
                store.put(at, pieces(bytes, 70_000), expected, &label("text/plain")).await.unwrap_err();
            let right = match expected.sha256 {
                None => matches!(error, BlobError::SizeMismatch { .. }),
                Some(_) => matches!(error, BlobError::ChecksumMismatch { .. }),
            };
            assert!(right, "{expected:?}: {error}");
            assert_eq!(store.head(at).await.unwrap(), None, "{expected:?}");
        }
        let at = key(1, BlobKind::Upload, number + 9);
        let error =
            store.put(at, broken(bytes), Expected::default(), &label("text/plain")).await.unwrap_err();
        assert!(matches!(error, BlobError::Incoming(_)), "{error}");
        assert_eq!(store.head(at).await.unwrap(), None);
    }
    // A caller that goes away in the middle.
    let at = key(1, BlobKind::Upload, 40);
    let endless = pieces(&large, 64 * 1024).chain(stream::pending()).boxed();
    let label = label("text/plain");
    let put = store.put(at, endless, Expected::default(), &label);
    assert!(tokio::time::timeout(std::time::Duration::from_secs(2), put).await.is_err());
    assert_eq!(store.head(at).await.unwrap(), None);
    let uploads = BlobPrefix { tenant: at.tenant, kind: BlobKind::Upload };
    assert!(store.list(uploads, None, 10).await.unwrap().blobs.is_empty());
}

async fn a_second_put_replaces_the_first(store: &dyn BlobStore) {
    let at = key(1, BlobKind::Upload, 50);
    for (bytes, kind) in
        [(noise(LARGE_BYTES), "image/png"), (b"short".to_vec(), "text/csv"), (noise(5 << 20), "image/gif")]
    {
        store.put(at, pieces(&bytes, 1 << 20), Expected::default(), &label(kind)).await.unwrap();
        let got = store.get(at, None).await.unwrap();
        assert_eq!(got.info.label.content_type, kind);
        assert!(read(got).await.unwrap() == bytes);
    }
    assert!(store.delete(at).await.unwrap());
}

/// Where there is cold storage; elsewhere nothing happens.
async fn a_cooled_blob_is_still_read(store: &dyn BlobStore) {
    let at = key(9, BlobKind::Backup, 1);
    store.put(at, pieces(b"books", 5), Expected::default(), &label("text/plain")).await.unwrap();
    let cooled = store.cool(at).await.unwrap();
    assert_eq!(store.cool(at).await.unwrap(), cooled, "again is no failure");
    assert!(read(store.get(at, None).await.unwrap()).await.unwrap() == b"books");
    let gone = store.cool(key(9, BlobKind::Backup, 2)).await;
    assert!(matches!(gone, Ok(false) | Err(BlobError::NotFound(_))) && cooled == gone.is_err(), "{gone:?}");
}

async fn keys_are_listed_in_pages(store: &dyn BlobStore) {
    let (mine, others) = (7, 8);
    for id in 1..=7 {
        let at = key(mine, BlobKind::Backup, id);
        store.put(at, pieces(b"x", 1), Expected::default(), &label("text/plain")).await.unwrap();
    }
    for at in [key(others, BlobKind::Backup, 1), key(mine, BlobKind::Import, 1)] {
        store.put(at, pieces(b"x", 1), Expected::default(), &label("text/plain")).await.unwrap();
    }
    let prefix = BlobPrefix { tenant: TenantId::new(Uuid::from_u128(mine)), kind: BlobKind::Backup };
    let (mut found, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = store.list(prefix, after.as_deref(), 3).await.unwrap();
        assert!(page.blobs.len() <= 3);
        found.extend(page.blobs);
        pages += 1;
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let all: Vec<_> = (1..=7).map(|id| (key(mine, BlobKind::Backup, id), 1)).collect();
    assert_eq!((found, pages), (all, 3));
    let nobody = BlobPrefix { tenant: TenantId::new(Uuid::from_u128(99)), kind: BlobKind::Backup };
    let page = store.list(nobody, None, 10).await.unwrap();
    assert!(page.blobs.is_empty() && page.next.is_none());
}
