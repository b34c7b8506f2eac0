//! A client that costs the machine little and keeps many connections: requests written whole, answers read and dropped.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Client {
    stream: BufReader<TcpStream>,
    /// The server has said that it closes the connection.
    closing: bool,
}

impl Client {
    pub async fn open(address: &str) -> io::Result<Self> {
        let stream = tokio::time::timeout(PATIENCE, TcpStream::connect(address)).await??;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::with_capacity(4 << 10, stream), closing: false })
    }

    pub fn is_open(&self) -> bool {
        !self.closing
    }

    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes).await
    }

    /// Sends a request and reads its answer; the status.
    pub async fn call(&mut self, request: &[u8]) -> io::Result<u16> {
        let call = async {
            // One that is refused early is answered before it is sent whole.
            let written = self.write(request).await;
            match self.answer().await {
                Ok(status) => Ok(status),
                Err(error) => written.and(Err(error)),
            }
        };
        tokio::time::timeout(PATIENCE, call).await?
    }

    pub async fn answer(&mut self) -> io::Result<u16> {
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        let status = line.split_whitespace().nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or_else(|| io::Error::other("no answer"))?;
        let (mut length, mut chunked) = (0, false);
        loop {
            line.clear();
            if self.stream.read_line(&mut line).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let header = line.trim().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            self.closing |= header == "connection: close";
            chunked |= header.starts_with("transfer-encoding:") && header.contains("chunked");
        }
        if !chunked {
            self.skip(length).await?;
            return Ok(status);
        }
        loop {
            line.clear();
            self.stream.read_line(&mut line).await?;
            let length = u64::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
            self.skip(length + 2).await?;
            if length == 0 {
                return Ok(status);
            }
        }
    }

    async fn skip(&mut self, length: u64) -> io::Result<()> {
        let skipped = tokio::io::copy(&mut (&mut self.stream).take(length), &mut tokio::io::sink()).await?;
        if skipped == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

/// A whole request.
pub fn request(method: &str, path: &str, token: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: server\r\n");
    if !token.is_empty() {
        head.push_str(&format!("Authorization: Bearer {token}\r\n"));
    }
    for header in headers {
        head.push_str(&format!("{header}\r\n"));
    }
    if method != "GET" {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}
