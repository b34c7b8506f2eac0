//! Content on its way in: blocks of a fixed size, a few in flight, and one commit.

use std::sync::Arc;

use application::ports::blobs::{
    BlobError, BlobInfo, BlobKey, BlobLabel, BlobResult, Expected, Incoming, hex,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use http::{Method, StatusCode};
use object_store::azure::MicrosoftAzure;
use object_store::multipart::MultipartStore;
use object_store::{Attribute, Attributes, ObjectStore, PutOptions};
use tokio::task::JoinSet;

use super::errors::failure;
use super::rest::Rest;
use super::{SHA256, path};
use crate::blobs::meter::Meter;

/// Bytes of one block. A blob has at most 50,000 of them, which is 195 GiB.
const BLOCK_BYTES: usize = 4 << 20;
/// Blocks that are sent at the same time while the next one is filled: with it, what an upload needs of memory.
const BLOCKS_IN_FLIGHT_MAX: usize = 2;
/// Azure's limit.
const BLOCKS_MAX: usize = 50_000;

struct Upload {
    store: Arc<MicrosoftAzure>,
    key: BlobKey,
    /// The ids of the blocks that have arrived, by their place.
    ids: Vec<String>,
    /// Dropped with the upload, and all requests with it.
    sending: JoinSet<BlobResult<(usize, String)>>,
}

/// Stores `content` under `key`; nothing is to be seen of it before the last step.
pub async fn put(
    store: &Arc<MicrosoftAzure>,
    rest: &Rest,
    key: BlobKey,
    mut content: Incoming,
    expected: Expected,
    label: &BlobLabel,
) -> BlobResult<BlobInfo> {
    let mut meter = Meter::new(expected);
    let mut upload = Upload { store: store.clone(), key, ids: Vec::new(), sending: JoinSet::new() };
    let mut block = BytesMut::new();
    while let Some(piece) = content.next().await {
        let mut piece: Bytes = piece.map_err(BlobError::Incoming)?;
        meter.add(&piece)?;
        while !piece.is_empty() {
            block.reserve(BLOCK_BYTES - block.len());
            let taken = piece.split_to(piece.len().min(BLOCK_BYTES - block.len()));
            block.extend_from_slice(&taken);
            if block.len() == BLOCK_BYTES {
                upload.send(std::mem::take(&mut block).freeze()).await?;
            }
        }
    }
    let size = meter.size;
    let sha256 = meter.finish()?;
    let info = BlobInfo { key, size, sha256: Some(sha256), label: label.clone() };
    if upload.ids.is_empty() {
        whole(store, &info, block.freeze()).await?;
        return Ok(info);
    }
    if !block.is_empty() {
        upload.send(block.freeze()).await?;
    }
    commit(rest, &info, &upload.finish().await?).await?;
    Ok(info)
}

impl Upload {
    /// Begins to send a block; waits first while enough of them are on their way.
    async fn send(&mut self, block: Bytes) -> BlobResult<()> {
        while self.sending.len() >= BLOCKS_IN_FLIGHT_MAX {
            self.arrived().await?;
        }
        let (store, key, place) = (self.store.clone(), self.key, self.ids.len());
        if place >= BLOCKS_MAX {
            return Err(BlobError::Full(format!(
                "a blob has at most {BLOCKS_MAX} blocks of {BLOCK_BYTES} bytes"
            )));
        }
        self.ids.push(String::new());
        self.sending.spawn(async move {
            let sent = store.put_part(&path(key), &String::new(), place, block.into()).await;
            let part = sent.map_err(|error| failure(key, &error))?;
            Ok((place, part.content_id))
        });
        Ok(())
    }

    async fn arrived(&mut self) -> BlobResult<()> {
        match self.sending.join_next().await {
            None => Ok(()),
            Some(Ok(Ok((place, id)))) => {
                self.ids[place] = id;
                Ok(())
            }
            Some(Ok(Err(error))) => Err(error),
            Some(Err(error)) => Err(BlobError::Internal(format!("sending a block broke off: {error}"))),
        }
    }

    async fn finish(mut self) -> BlobResult<Vec<String>> {
        while !self.sending.is_empty() {
            self.arrived().await?;
        }
        Ok(self.ids)
    }
}

/// Content that fits into one block is one request.
async fn whole(store: &MicrosoftAzure, info: &BlobInfo, content: Bytes) -> BlobResult<()> {
    let mut attributes = Attributes::new();
    attributes.insert(Attribute::ContentType, info.label.content_type.clone().into());
    if let Some(disposition) = &info.label.disposition {
        attributes.insert(Attribute::ContentDisposition, disposition.clone().into());
    }
    let sha256 = info.sha256.as_ref().map(hex).unwrap_or_default();
    attributes.insert(Attribute::Metadata(SHA256.into()), sha256.into());
    let options = PutOptions { attributes, ..PutOptions::default() };
    let stored = store.put_opts(&path(info.key), content.into(), options).await;
    stored.map(|_| ()).map_err(|error| failure(info.key, &error))
}

/// Makes a blob of its blocks, with checksum and label in the same step.
async fn commit(rest: &Rest, info: &BlobInfo, ids: &[String]) -> BlobResult<()> {
    let mut list = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
    for id in ids {
        list.push_str("<Latest>");
        list.push_str(&STANDARD.encode(id));
        list.push_str("</Latest>");
    }
    list.push_str("</BlockList>");
    let sha256 = info.sha256.as_ref().map(hex).unwrap_or_default();
    let mut headers = vec![
        ("x-ms-blob-content-type", info.label.content_type.as_str()),
        ("x-ms-meta-sha256", sha256.as_str()),
    ];
    if let Some(disposition) = &info.label.disposition {
        headers.push(("x-ms-blob-content-disposition", disposition));
    }
    let target = format!("/{}?comp=blocklist", info.key);
    let answer = rest.send(Method::PUT, &target, &headers, list.into()).await?;
    match answer.status {
        StatusCode::CREATED => Ok(()),
        StatusCode::NOT_FOUND => Err(BlobError::NotFound(info.key)),
        _ => Err(answer.failure()),
    }
}
