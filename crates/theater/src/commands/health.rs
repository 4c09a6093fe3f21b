use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context, bail};

/// How long connecting, asking and answering may take, each.
const TIMEOUT: Duration = Duration::from_secs(3);
/// More than any answer has, in bytes.
const MAX_ANSWER: u64 = 64 * 1024;

/// Checks the service of this configuration, by its readiness, or a worker, by its metrics.
///
/// # Errors
///
/// That nothing answers, or the answer.
pub(super) fn health(worker: bool) -> anyhow::Result<()> {
    let config = crate::config::load()?;
    if worker {
        let metrics = config.observation.metrics;
        let address = reachable(metrics.context("METRICS_ADDR is off, and a worker serves nothing else")?);
        let answer = ask(address, "/metrics").with_context(|| format!("no worker answers on {address}"))?;
        if status(&answer) != "200" {
            bail!("the worker answers with status {}", status(&answer));
        }
        println!("the worker runs");
        return Ok(());
    }
    let address = reachable(config.server.address);
    let answer = ask(address, "/health/ready").with_context(|| format!("nothing answers on {address}"))?;
    println!("{}", answer.split_once("\r\n\r\n").map_or("", |(_, body)| body));
    if status(&answer) != "200" {
        bail!("the service cannot serve (status {})", status(&answer));
    }
    Ok(())
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
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
fn ask(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes())?;
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
        assert!(ask(free, "/health/ready").is_err());
    }
}
