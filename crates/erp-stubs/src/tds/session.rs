//! One connection, from its first byte to its end.

use std::io;
use std::sync::Arc;

use bytes::BytesMut;
use tds_protocol::packet::PacketType;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::login;
use super::packets::{Message, Stream, packets, read_message, write_message};
use super::prelogin::{Begun, begin};
use super::requests::SqlRequest;
use super::rows::Rows;
use super::script::Answer;
use super::tokens::{End, ServerError, TransactionChange, answered, given_up, refused, routed, welcome};
use super::{Open, Shared};

/// Errors of this severity and above end the connection.
const FATAL_CLASS: u8 = 20;

/// Whether the connection stays.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Stays,
    Ends,
}

/// Serves until the client or a test ends it. A connection that breaks is the client's affair.
pub async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let number = shared.dialled();
    let mut cuts = shared.cuts.subscribe();
    tokio::select! {
        _ = session(stream, number, &shared) => {}
        _ = cuts.changed() => {}
    }
}

async fn session(stream: TcpStream, number: u64, shared: &Arc<Shared>) -> io::Result<()> {
    let begun = begin(stream, shared.wire.clone(), &shared.tls, shared.encrypting()).await?;
    let Some(Begun { mut stream, encryption, login }) = begun else { return Ok(()) };
    let login = login::read(&login.payload, encryption, shared.port)?;
    shared.logins.add(login.clone());
    let reply = |answer: &Answer| match answer {
        Answer::Error(error) => (refused(error, End::Batch), After::Ends),
        Answer::Route(host, port) => (routed(&login, host, *port), After::Ends),
        _ => (welcome(&login), After::Stays),
    };
    if carry_out(&mut *stream, shared.script.login(), &reply).await? == After::Ends {
        return Ok(());
    }
    let _open = Open::of(shared);
    while let Some(message) = read_message(&mut stream).await? {
        if request(&mut *stream, &message, number, shared).await? == After::Ends {
            break;
        }
    }
    Ok(())
}

async fn request(
    stream: &mut dyn Stream,
    message: &Message,
    number: u64,
    shared: &Arc<Shared>,
) -> io::Result<After> {
    let Some(request) = SqlRequest::read(message, number)? else {
        // A wish that came after the answer, or what nobody here sends.
        let said = if message.kind == PacketType::Attention { given_up() } else { unknown() };
        return write(stream, &said, After::Stays).await;
    };
    let answer = shared.script.request(&request.text);
    let change = TransactionChange::of(&request.text);
    let (end, nothing) = (request.end(), nothing_found(&request.text));
    shared.requests.add(request);
    let reply = |answer: &Answer| match answer {
        Answer::Error(error) => {
            let after = if error.class >= FATAL_CLASS { After::Ends } else { After::Stays };
            (refused(error, end), after)
        }
        Answer::Rows(sets) => (answered(sets, change, end), After::Stays),
        _ => (answered(&nothing, change, end), After::Stays),
    };
    carry_out(stream, answer, &reply).await
}

fn unknown() -> BytesMut {
    let message = "a message of a kind that this server does not know".to_owned();
    refused(&ServerError { number: 4_002, class: 16, state: 1, message }, End::Batch)
}

/// An empty result set for each query of a text, whose statements end with `;` at the end of a line.
fn nothing_found(text: &str) -> Vec<Rows> {
    let queries = |statement: &&str| {
        let statement = statement.trim_start();
        statement.starts_with("SELECT ") || statement.starts_with("WITH ")
    };
    text.split(";\n").filter(queries).map(|_| Rows::of(&["nothing"])).collect()
}

/// Does what the answer says; `reply` writes those that say something.
async fn carry_out(
    stream: &mut dyn Stream,
    answer: Answer,
    reply: &(dyn Fn(&Answer) -> (BytesMut, After) + Sync),
) -> io::Result<After> {
    match answer {
        Answer::Hang => std::future::pending().await,
        Answer::Close => Ok(After::Ends),
        Answer::Cut => {
            let whole = packets(&reply(&Answer::Well).0);
            stream.write_all(&whole[..whole.len() / 2]).await?;
            stream.flush().await?;
            Ok(After::Ends)
        }
        Answer::After(time, later) => {
            if given_up_within(stream, sleep(time)).await? {
                return write(stream, &given_up(), After::Stays).await;
            }
            Box::pin(carry_out(stream, *later, reply)).await
        }
        Answer::Behind(gate) => {
            if given_up_within(stream, gate.opened()).await? {
                return write(stream, &given_up(), After::Stays).await;
            }
            let (bytes, after) = reply(&Answer::Well);
            write(stream, &bytes, after).await
        }
        answer => {
            let (bytes, after) = reply(&answer);
            write(stream, &bytes, after).await
        }
    }
}

/// Whether the client wishes to give the command up (2.2.1.7) before the time has come. One that goes away is an error.
async fn given_up_within(stream: &mut dyn Stream, time: impl Future<Output = ()>) -> io::Result<bool> {
    let mut stream = stream;
    tokio::select! {
        () = time => Ok(false),
        message = read_message(&mut stream) => match message? {
            Some(message) => Ok(message.kind == PacketType::Attention),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        },
    }
}

async fn write(stream: &mut dyn Stream, bytes: &[u8], after: After) -> io::Result<After> {
    let mut stream = stream;
    write_message(&mut stream, bytes).await?;
    Ok(after)
}
