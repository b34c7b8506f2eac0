//! Content on its way out.

use std::time::Duration;

use application::ports::blobs::{BlobError, Outgoing};
use futures::StreamExt;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

/// Pieces that wait for a slow reader.
const PIECES_MAX: usize = 2;

/// Reads ahead by a few pieces in a task of its own, and gives up when none comes for `pause`. A reader that is slow
/// itself is waited for: the time counts only while a piece is under way.
pub fn ahead(mut content: Outgoing, pause: Duration) -> Outgoing {
    let (sender, pieces) = mpsc::channel(PIECES_MAX);
    tokio::spawn(async move {
        while let Ok(place) = sender.reserve().await {
            let piece = tokio::select! {
                piece = tokio::time::timeout(pause, content.next()) => piece,
                () = sender.closed() => return,
            };
            match piece {
                Ok(Some(piece)) => place.send(piece),
                Ok(None) => return,
                Err(_) => {
                    place.send(Err(BlobError::Timeout(format!("no byte of a blob came for {pause:?}"))));
                    return;
                }
            }
        }
    });
    ReceiverStream::new(pieces).boxed()
}
