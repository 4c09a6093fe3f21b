use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context, bail};

/// How long connecting, asking and answering may take, each.
const PATIENCE: Duration = Duration::from_secs(3);
/// More than any answer has, in bytes.
const MAX_ANSWER: u64 = 64 * 1024;

/// Asks the service of this configuration whether it can serve.
///
/// # Errors
///
/// That nothing answers, or what the answer says.
pub(super) fn health() -> anyhow::Result<()> {
    let address = reachable(crate::config::load()?.server.address);
    let answer = ask(address).with_context(|| format!("nothing answers on {address}"))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    println!("{body}");
    let status = head.split(' ').nth(1).unwrap_or_default();
    if status != "200" {
        bail!("the service cannot serve (status {status})");
    }
    Ok(())
}

/// Whoever listens on every address is asked on the loopback one.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// One request as HTTP/1.0 has it (RFC 1945): the answer ends with the connection.
fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /health/ready HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(MAX_ANSWER).read_to_string(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_on_every_address_is_asked_on_the_loopback_one() {
        for (listens, asked) in [
            ("0.0.0.0:8000", "127.0.0.1:8000"),
            ("[::]:8000", "[::1]:8000"),
            ("192.0.2.1:80", "192.0.2.1:80"),
        ] {
            assert_eq!(reachable(listens.parse().unwrap()), asked.parse().unwrap());
        }
    }

    #[test]
    fn nobody_there_is_told() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert!(ask(free).is_err());
    }
}
