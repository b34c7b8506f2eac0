//! Packets and messages (MS-TDS 2.2.3): eight bytes of header, at most the negotiated size, and a bit that ends the message.

use std::io;

use bytes::BytesMut;
use tds_protocol::packet::{PACKET_HEADER_SIZE, PacketHeader, PacketStatus, PacketType};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Largest message that is read, in bytes.
const MESSAGE_BYTES_MAX: usize = 64 << 20;
/// Bytes of a packet of ours: the size that holds until another one is agreed on (2.2.3.1.4).
const PACKET_BYTES: usize = 4_096;

/// The stream that a connection reads and writes, with TLS or without.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A message from a client, put together from its packets.
#[derive(Debug)]
pub struct Message {
    pub kind: PacketType,
    /// Whether the connection is to be reset before it (`RESETCONNECTION`, 2.2.3.1.2).
    pub reset: bool,
    pub payload: Vec<u8>,
}

pub fn invalid(what: impl ToString) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_string())
}

/// The next message; `None` when the client has ended the connection between two.
pub async fn read_message(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Message>> {
    let (mut payload, mut reset) = (Vec::new(), false);
    loop {
        let mut header = [0; PACKET_HEADER_SIZE];
        if let Err(error) = stream.read_exact(&mut header).await {
            let ended = payload.is_empty() && error.kind() == io::ErrorKind::UnexpectedEof;
            return if ended { Ok(None) } else { Err(error) };
        }
        let header = PacketHeader::decode(&mut header.as_slice()).map_err(invalid)?;
        let (began, bytes) = (payload.len(), header.payload_length());
        if began + bytes > MESSAGE_BYTES_MAX {
            return Err(invalid("the message is too long"));
        }
        payload.resize(began + bytes, 0);
        stream.read_exact(&mut payload[began..]).await?;
        reset |= header.status.contains(PacketStatus::RESET_CONNECTION);
        if header.is_end_of_message() {
            return Ok(Some(Message { kind: header.packet_type, reset, payload }));
        }
    }
}

/// The packets of an answer, which is always a tabular result (2.2.2.2).
pub fn packets(payload: &[u8]) -> Vec<u8> {
    let pieces: Vec<_> = payload.chunks(PACKET_BYTES - PACKET_HEADER_SIZE).collect();
    let mut bytes = BytesMut::with_capacity(payload.len() + pieces.len() * PACKET_HEADER_SIZE);
    for (number, piece) in (1_usize..).zip(&pieces) {
        let status = if number == pieces.len() { PacketStatus::END_OF_MESSAGE } else { PacketStatus::NORMAL };
        let length = u16::try_from(PACKET_HEADER_SIZE + piece.len()).unwrap_or(u16::MAX);
        PacketHeader::new(PacketType::TabularResult, status, length)
            .with_packet_id((number % 256) as u8)
            .encode(&mut bytes);
        bytes.extend_from_slice(piece);
    }
    bytes.to_vec()
}

pub async fn write_message(stream: &mut (impl AsyncWrite + Unpin), payload: &[u8]) -> io::Result<()> {
    stream.write_all(&packets(payload)).await?;
    stream.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_long_message_is_put_together_from_its_packets() {
        let payload: Vec<u8> = (0..10_000_u32).map(|n| n as u8).collect();
        let sent = packets(&payload);
        assert_eq!(sent.len(), payload.len() + 3 * PACKET_HEADER_SIZE);
        let read = read_message(&mut sent.as_slice()).await.unwrap().unwrap();
        assert_eq!((read.kind, read.reset), (PacketType::TabularResult, false));
        assert_eq!(read.payload, payload);
        assert!(read_message(&mut [].as_slice()).await.unwrap().is_none());
        assert!(read_message(&mut sent[..100].as_ref()).await.is_err(), "it broke off");
    }
}
