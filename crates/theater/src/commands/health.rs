use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context, bail};

/// Timeout of connecting, and of each write and read.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Maximum number of bytes that are read of a response.
const MAX_RESPONSE: u64 = 64 * 1024;

/// Checks the readiness of the service of this configuration, or the metrics of a worker.
pub(super) fn health(worker: bool) -> anyhow::Result<()> {
    let config = crate::config::load()?;
    if worker {
        let metrics = config.observation.metrics;
        let address = reachable(metrics.context("METRICS_ADDR is off, and a worker serves nothing else")?);
        let response = get(address, "/metrics").with_context(|| format!("no worker answers on {address}"))?;
        if status(&response) != "200" {
            bail!("the worker answers with status {}", status(&response));
        }
        println!("the worker runs");
        return Ok(());
    }
    let address = reachable(config.server.address);
    let response = get(address, "/health/ready").with_context(|| format!("nothing answers on {address}"))?;
    println!("{}", response.split_once("\r\n\r\n").map_or("", |(_, body)| body));
    if status(&response) != "200" {
        bail!("the service cannot serve (status {})", status(&response));
    }
    Ok(())
}

fn status(response: &str) -> &str {
    response.split(' ').nth(1).unwrap_or_default()
}

/// Replaces an unspecified address, such as `0.0.0.0`, by the loopback address.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// Sends one HTTP/1.0 request (RFC 1945), whose response ends with the connection.
fn get(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes())?;
    let mut response = String::new();
    stream.take(MAX_RESPONSE).read_to_string(&mut response)?;
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_on_all_addresses_is_checked_on_the_loopback_address() {
        for (configured, checked) in [
            ("0.0.0.0:8000", "127.0.0.1:8000"),
            ("[::]:8000", "[::1]:8000"),
            ("192.0.2.1:80", "192.0.2.1:80"),
        ] {
            assert_eq!(reachable(configured.parse().unwrap()), checked.parse().unwrap());
        }
    }

    #[test]
    fn a_closed_port_is_an_error() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert!(get(free, "/health/ready").is_err());
    }
}
