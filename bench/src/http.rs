//! A minimal HTTP client: it writes a request, and reads the status, the length and the body of the response.
//! A full client library would use more processor time than the measured responses.

use std::{io, net::SocketAddr, str::FromStr, time::Duration};

use anyhow::Context;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Timeout of a response.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);

/// A persistent connection.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// A response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer<'a> {
    /// The status code.
    pub(crate) status: u16,
    /// The body.
    pub(crate) body: &'a [u8],
}

/// The parsed head of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    bytes: usize,
    body_bytes: usize,
}

impl Connection {
    /// Connects to a server.
    pub(crate) async fn open(server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 64 * 1024] })
    }

    /// Sends a request and reads the response. After an error the connection must not be used again.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        let mut filled = 0;
        let head = loop {
            filled += self.read(filled).await?;
            if let Some(head) = Head::parse(&self.buffer[..filled])? {
                break head;
            }
        };
        let end = head.bytes + head.body_bytes;
        while filled < end {
            filled += self.read(filled).await?;
        }
        if filled > end {
            return Err(unreadable("the response is longer than its Content-Length"));
        }
        Ok(Answer { status: head.status, body: &self.buffer[head.bytes..end] })
    }

    async fn read(&mut self, filled: usize) -> io::Result<usize> {
        if filled == self.buffer.len() {
            self.buffer.resize(filled * 2, 0);
        }
        match self.stream.read(&mut self.buffer[filled..]).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => Ok(read),
        }
    }
}

impl Head {
    /// Parses the head; `None` if it is not complete yet.
    fn parse(bytes: &[u8]) -> io::Result<Option<Self>> {
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
        // `HTTP/1.1 200 OK`
        let status =
            number(bytes.get(9..12).unwrap_or_default()).ok_or_else(|| unreadable("there is no status"))?;
        let length = bytes[..end].split(|byte| *byte == b'\n').find_map(|line| {
            const NAME: &[u8] = b"content-length:";
            let (name, value) = line.split_at_checked(NAME.len())?;
            name.eq_ignore_ascii_case(NAME).then(|| number(value))?
        });
        let body_bytes = match (status, length) {
            // Responses with these statuses have no body (RFC 9112, 6.3).
            (204 | 304, _) => 0,
            (_, Some(length)) => length,
            (_, None) => return Err(unreadable("there is no Content-Length")),
        };
        Ok(Some(Self { status, bytes: end + 4, body_bytes }))
    }
}

/// A GET request.
pub(crate) fn get(server: SocketAddr, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {server}\r\nAccept: application/json\r\n\r\n").into_bytes()
}

/// A POST request with a JSON body.
pub(crate) fn post(server: SocketAddr, path: &str, json: &str) -> Vec<u8> {
    let length = json.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: {server}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{json}"
    )
    .into_bytes()
}

/// Sends one GET request over a new connection, and returns the status and the body.
pub(crate) async fn fetch(server: SocketAddr, path: &str) -> anyhow::Result<(u16, Vec<u8>)> {
    let exchange = async {
        let mut connection = Connection::open(server).await?;
        let answer = connection.exchange(&get(server, path)).await?;
        io::Result::Ok((answer.status, answer.body.to_vec()))
    };
    timeout(ANSWER_TIMEOUT, exchange)
        .await
        .with_context(|| format!("{path} was not answered in time"))?
        .with_context(|| format!("{path} was not answered"))
}

fn number<Number: FromStr>(bytes: &[u8]) -> Option<Number> {
    std::str::from_utf8(bytes).ok()?.trim().parse().ok()
}

fn unreadable(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_and_the_body_length_are_parsed_from_the_head() {
        let bytes = b"HTTP/1.1 200 OK\r\nvary: x\r\nContent-Length: 12\r\n\r\n{";
        let head = Head { status: 200, bytes: bytes.len() - 1, body_bytes: 12 };
        assert_eq!(Head::parse(bytes).unwrap(), Some(head));
    }

    #[test]
    fn an_incomplete_head_is_none() {
        assert_eq!(Head::parse(b"HTTP/1.1 200 OK\r\nContent-Le").unwrap(), None);
    }

    #[test]
    fn a_head_without_a_length_is_an_error_unless_the_status_has_no_body() {
        assert!(Head::parse(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert_eq!(Head::parse(b"HTTP/1.1 304 Not Modified\r\n\r\n").unwrap().unwrap().body_bytes, 0);
    }
}
