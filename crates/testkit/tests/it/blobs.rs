//! Files in a directory and in Azure Blob Storage, as Azurite plays it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use application::error::AppError;
use application::ports::blobs::{
    BlobError, BlobKind, BlobPrefix, BlobStore, Expected, FILE_STORE_UNAVAILABLE, Incoming, Purpose, from_hex,
};
use bytes::Bytes;
use futures::{StreamExt, stream};
use infrastructure::blobs::azure::{AzureBlobs, ContainerName, Timeouts};
use infrastructure::blobs::connection_string::AzureConnection;
use infrastructure::blobs::directory::DirectoryBlobs;
use testkit::conformance::blobs::{self as conformance, key, label, noise, pieces, read};
use testkit::peers::Azurite;

/// Short, so that a hung peer costs a test little.
const QUICK: Timeouts = Timeouts {
    connect: Duration::from_secs(1),
    request: Duration::from_secs(1),
    read: Duration::from_secs(1),
    retry: Duration::from_millis(500),
    probe: Duration::from_secs(1),
};

fn azure(connection: &str, timeouts: Timeouts) -> AzureBlobs {
    let connection = AzureConnection::parse(connection).unwrap();
    AzureBlobs::new(&connection, &ContainerName::parse("erp").unwrap(), None, timeouts).unwrap()
}

#[tokio::test]
async fn a_directory_keeps_files() {
    let folder = tempfile::tempdir().unwrap();
    conformance::run(&DirectoryBlobs::open(folder.path()).unwrap()).await;
    assert_eq!(files(&folder.path().join("incoming")), Vec::<String>::new());
}

/// Proves: A8, B5.
#[tokio::test]
async fn azure_keeps_files() {
    let azurite = Azurite::start().await;
    conformance::run(&azure(&azurite.connection_string(), Timeouts::default())).await;
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// A mount that is gone leaves an empty folder, a folder that was moved leaves nothing: neither is a store without files.
#[tokio::test]
async fn a_directory_that_is_away_is_not_one_whose_files_are_missing() {
    let folder = tempfile::tempdir().unwrap();
    let (root, moved) = (folder.path().join("blobs"), folder.path().join("moved"));
    let store = DirectoryBlobs::open(&root).unwrap();
    let (at, other) = (key(1, BlobKind::Attachment, 1), key(1, BlobKind::Attachment, 2));
    let put = async |at| store.put(at, pieces(b"hello", 5), Expected::default(), &label("text/plain")).await;
    put(at).await.unwrap();
    let prefix = BlobPrefix { tenant: at.tenant, kind: at.kind };
    for mount_point in [false, true] {
        std::fs::rename(&root, &moved).unwrap();
        if mount_point {
            std::fs::create_dir(&root).unwrap();
        }
        let away = |error: BlobError| assert!(matches!(error, BlobError::Unavailable(_)), "{error}");
        away(put(other).await.unwrap_err());
        away(store.get(at, None).await.err().unwrap());
        away(store.head(at).await.unwrap_err());
        away(store.delete(at).await.unwrap_err());
        away(store.list(prefix, None, 10).await.unwrap_err());
        if mount_point {
            std::fs::remove_dir(&root).unwrap();
        }
        std::fs::rename(&moved, &root).unwrap();
        assert!(store.head(at).await.unwrap().is_some(), "it is back, with its files");
        assert_eq!(store.head(other).await.unwrap(), None);
    }
}

/// The damage that a crash of the machine, or a careless hand, may leave behind.
#[tokio::test]
async fn a_damaged_directory_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let store = DirectoryBlobs::open(folder.path()).unwrap();
    let at = key(1, BlobKind::Attachment, 1);
    store.put(at, pieces(b"hello", 5), Expected::default(), &label("text/plain")).await.unwrap();
    let file = folder.path().join(at.to_string());
    std::fs::write(&file, b"hell").unwrap();
    assert!(
        matches!(store.head(at).await, Err(BlobError::Internal(text)) if text.contains("4 bytes instead of 5"))
    );
    std::fs::remove_file(file.with_extension("json")).unwrap();
    assert!(
        matches!(store.get(at, None).await, Err(BlobError::Internal(text)) if text.contains("no description"))
    );
    // A description without its file is nothing.
    std::fs::write(file.with_extension("json"), b"{}").unwrap();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(store.head(at).await.unwrap(), None);
    assert_eq!(store.signed_url(at, Purpose::Download, Duration::from_secs(60)).await.unwrap(), None);
    std::fs::remove_dir_all(folder.path()).unwrap();
    assert!(store.probe().await.unwrap_err().contains("cannot be written"));
}

/// Proves: A8.
#[tokio::test]
async fn a_signed_url_is_good_for_one_thing_and_not_for_ever() {
    let azurite = Azurite::start().await;
    let store = azure(&azurite.connection_string(), QUICK);
    let (at, other) = (key(1, BlobKind::Upload, 1), key(1, BlobKind::Upload, 2));
    let client = reqwest::Client::new();
    let up = store.signed_url(at, Purpose::Upload, Duration::from_secs(60)).await.unwrap().unwrap();
    let send = |url: String| {
        let request = client.put(url).body("hello world");
        up.headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send()
    };
    assert!(send(up.url.clone()).await.unwrap().status().is_success());
    assert_eq!(read(store.get(at, None).await.unwrap()).await.unwrap(), b"hello world");
    assert_eq!(store.head(at).await.unwrap().unwrap().sha256, None);
    assert_eq!(client.get(&up.url).send().await.unwrap().status(), 403);
    let elsewhere = up.url.replace(&at.to_string(), &other.to_string());
    assert_eq!(send(elsewhere).await.unwrap().status(), 403);

    let down = store.signed_url(at, Purpose::Download, Duration::from_secs(1)).await.unwrap().unwrap();
    assert_eq!(client.get(&down.url).send().await.unwrap().text().await.unwrap(), "hello world");
    assert_eq!(send(down.url.clone()).await.unwrap().status(), 403);
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    assert_eq!(client.get(&down.url).send().await.unwrap().status(), 403);
}

/// Proves: A8.
#[tokio::test]
async fn a_shared_access_signature_reads_and_writes_but_signs_nothing() {
    let azurite = Azurite::start().await;
    let owner = azure(&azurite.connection_string(), QUICK);
    owner.ensure_container().await.unwrap();
    let at = key(1, BlobKind::Attachment, 1);
    let url = owner.signed_url(at, Purpose::Download, Duration::from_secs(60)).await.unwrap().unwrap().url;
    owner.put(at, pieces(b"hello", 5), Expected::default(), &label("text/plain")).await.unwrap();
    let query = url.split_once('?').unwrap().1;
    let store = azure(&format!("BlobEndpoint={};SharedAccessSignature={query}", azurite.endpoint()), QUICK);
    assert_eq!(read(store.get(at, None).await.unwrap()).await.unwrap(), b"hello");
    assert_eq!(store.signed_url(at, Purpose::Download, Duration::from_secs(60)).await.unwrap(), None);
    // The signature is for reading; it says so to whoever writes.
    let refused =
        store.put(at, pieces(b"x", 1), Expected::default(), &label("text/plain")).await.unwrap_err();
    assert!(matches!(&refused, BlobError::Refused(text) if !text.contains("sig=")), "{refused}");
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_said_so() {
    let azurite = Azurite::start().await;
    let store = azure(&azurite.with_key("d3Jvbmctd3Jvbmctd3Jvbmc="), QUICK);
    let at = key(1, BlobKind::Attachment, 1);
    let put = store.put(at, pieces(b"x", 1), Expected::default(), &label("text/plain")).await.unwrap_err();
    assert!(matches!(put, BlobError::Refused(_)), "{put}");
    let get = store.get(at, None).await.unwrap_err();
    assert!(matches!(get, BlobError::Refused(_)), "{get}");
    assert!(AppError::from(get).is(&FILE_STORE_UNAVAILABLE));
    assert!(store.probe().await.unwrap_err().contains("403"));
}

/// Pieces that come slowly, so that a fault meets an upload in its middle.
fn slow(bytes: Vec<u8>, pause: Duration) -> Incoming {
    let pieces: Vec<_> = bytes.chunks(1 << 20).map(Bytes::copy_from_slice).collect();
    stream::iter(pieces)
        .then(move |piece| async move {
            tokio::time::sleep(pause).await;
            Ok(piece)
        })
        .boxed()
}

fn begin_upload(store: &Arc<AzureBlobs>) -> tokio::task::JoinHandle<Result<(), BlobError>> {
    let (store, at) = (store.clone(), key(1, BlobKind::Attachment, 7));
    tokio::spawn(async move {
        let content = slow(noise(24 << 20), Duration::from_millis(60));
        store.put(at, content, Expected::default(), &label("text/plain")).await.map(|_| ())
    })
}

#[tokio::test]
async fn a_killed_store_is_away_and_comes_back_by_itself() {
    let mut azurite = Azurite::start().await;
    let store = Arc::new(azure(&azurite.connection_string(), QUICK));
    let (at, large) = (key(1, BlobKind::Attachment, 7), key(1, BlobKind::Attachment, 8));
    store
        .put(large, pieces(&noise(40 << 20), 1 << 20), Expected::default(), &label("text/plain"))
        .await
        .unwrap();
    let mut download = store.get(large, None).await.unwrap().content;
    download.next().await.unwrap().unwrap();
    let upload = begin_upload(&store);
    tokio::time::sleep(Duration::from_millis(500)).await;
    azurite.kill();
    let error = upload.await.unwrap().unwrap_err();
    assert!(matches!(error, BlobError::Unavailable(_)), "{error}");
    // Bytes already on their way may still come, but the end is an error and not an end.
    let mut last = None;
    while let Some(piece) = download.next().await {
        last = Some(piece);
    }
    assert!(matches!(last, Some(Err(BlobError::Unavailable(_) | BlobError::Timeout(_)))), "{last:?}");
    assert!(matches!(store.head(at).await, Err(BlobError::Unavailable(_))));
    assert!(store.probe().await.is_err());

    azurite.restart().await; // empty: the container is gone too
    assert_eq!(store.head(at).await.unwrap(), None);
    let first = store.put(at, pieces(b"x", 1), Expected::default(), &label("text/plain")).await;
    assert!(matches!(first, Err(BlobError::Unavailable(_))), "{first:?}");
    store.put(at, pieces(b"x", 1), Expected::default(), &label("text/plain")).await.unwrap();
    assert_eq!(store.probe().await, Ok(()));
}

#[tokio::test]
async fn a_hung_store_is_given_up_in_time_and_keeps_nothing() {
    let azurite = Azurite::start().await;
    let store = Arc::new(azure(&azurite.connection_string(), QUICK));
    let (at, large) = (key(1, BlobKind::Attachment, 7), key(1, BlobKind::Attachment, 8));
    store
        .put(large, pieces(&noise(40 << 20), 1 << 20), Expected::default(), &label("text/plain"))
        .await
        .unwrap();
    let mut download = store.get(large, None).await.unwrap().content;
    download.next().await.unwrap().unwrap();
    let upload = begin_upload(&store);
    tokio::time::sleep(Duration::from_millis(500)).await;
    azurite.stop();
    let began = Instant::now();
    assert!(matches!(upload.await.unwrap(), Err(BlobError::Timeout(_))));
    assert!(store.probe().await.unwrap_err().contains("did not answer"));
    let mut last = None;
    while let Some(piece) = download.next().await {
        last = Some(piece);
    }
    assert!(matches!(last, Some(Err(BlobError::Timeout(_) | BlobError::Unavailable(_)))), "{last:?}");
    assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
    azurite.resume();
    assert_eq!(store.head(at).await.unwrap(), None);
    assert_eq!(read(store.get(large, None).await.unwrap()).await.unwrap().len(), 40 << 20);
}

/// A slow reader is not the store's fault: no time-out may run while it does not ask.
#[tokio::test]
async fn a_slow_reader_gets_everything() {
    let azurite = Azurite::start().await;
    let store = azure(&azurite.connection_string(), QUICK);
    let (at, whole) = (key(1, BlobKind::Attachment, 9), noise(40 << 20));
    store.put(at, pieces(&whole, 1 << 20), Expected::default(), &label("text/plain")).await.unwrap();
    let mut content = store.get(at, None).await.unwrap().content;
    let (mut read, mut pauses) = (0, 0);
    while let Some(piece) = content.next().await {
        let piece = piece.unwrap();
        assert!(piece == whole[read..read + piece.len()]);
        read += piece.len();
        if read > pauses * (16 << 20) {
            pauses += 1;
            tokio::time::sleep(QUICK.read * 2).await;
        }
    }
    assert_eq!((read, pauses), (whole.len(), 3));
}

fn memory_mib(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|known| known.starts_with(line)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

/// Forgets the peak of this process's memory so far and answers what it uses now, in MiB.
fn begin_peak() -> u64 {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    memory_mib("VmRSS:")
}

/// 200 MB in and out again with no more than a few blocks in memory at any moment.
async fn stays_flat(store: &dyn BlobStore) {
    const PIECES: usize = 200;
    let piece = Bytes::from(noise(1_000_000));
    let at = key(1, BlobKind::Attachment, 200);
    let before = begin_peak();
    let content = stream::repeat(piece.clone()).take(PIECES).map(Ok).boxed();
    let put = store.put(at, content, Expected::default(), &label("text/plain")).await.unwrap();
    assert_eq!(put.size, 200_000_000);
    let mut content = store.get(at, None).await.unwrap().content;
    let mut length = 0;
    while let Some(piece) = content.next().await {
        length += piece.unwrap().len();
    }
    assert_eq!(length, 200_000_000);
    let grown = memory_mib("VmHWM:").saturating_sub(before);
    assert!(grown < 40, "{grown} MiB");
    eprintln!("200 MB in and out: {grown} MiB more than the {before} MiB before");
}

#[tokio::test]
async fn a_large_file_needs_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    stays_flat(&DirectoryBlobs::open(folder.path()).unwrap()).await;
}

#[tokio::test]
async fn a_large_file_needs_little_memory_on_azure_too() {
    let azurite = Azurite::start().await;
    stays_flat(&azure(&azurite.connection_string(), Timeouts::default())).await;
}

/// The checksum of the specification of SHA-256, so that the suite does not believe itself.
#[tokio::test]
async fn checksums_are_those_everybody_knows() {
    let folder = tempfile::tempdir().unwrap();
    let store = DirectoryBlobs::open(folder.path()).unwrap();
    let at = key(1, BlobKind::Attachment, 1);
    let put = store.put(at, pieces(b"abc", 1), Expected::default(), &label("text/plain")).await.unwrap();
    let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(put.sha256, from_hex(known));
}
