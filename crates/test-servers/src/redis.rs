use std::{
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{eventually, runs::skip_without};

/// A Redis server for one test, which can be paused, killed and restarted. It stops when dropped.
#[derive(Debug)]
pub struct RedisServer {
    address: SocketAddr,
    process: Child,
}

impl RedisServer {
    /// Starts a server on a free port. `None` if `redis-server` is not found, unless `REQUIRE_REDIS` makes that a failure.
    pub async fn start() -> Option<Self> {
        let address =
            TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port");
        let Some(process) = spawn(address) else {
            skip_without("redis-server", "REQUIRE_REDIS", "tests on Redis");
            return None;
        };
        let server = Self { address, process };
        server.answers().await;
        Some(server)
    }

    /// URL for the configuration.
    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// Sends a command without arguments, and returns the answer, trimmed.
    pub async fn command(&self, command: &str) -> Option<String> {
        let call = async {
            let mut stream = TcpStream::connect(self.address).await.ok()?;
            stream.write_all(format!("{command}\r\n").as_bytes()).await.ok()?;
            let mut answer = vec![0; 4096];
            let length = stream.read(&mut answer).await.ok()?;
            Some(String::from_utf8_lossy(&answer[..length]).trim().to_owned())
        };
        tokio::time::timeout(Duration::from_secs(1), call).await.ok().flatten()
    }

    /// Suspends the server: it accepts connections and does not answer.
    pub fn pause(&self) {
        self.signal("STOP");
    }

    /// Resumes the server.
    pub fn resume(&self) {
        self.signal("CONT");
    }

    /// Kills the server; its data is lost.
    pub fn kill(&mut self) {
        self.process.kill().and_then(|()| self.process.wait()).expect("it runs");
    }

    /// Starts the server again at the same address.
    pub async fn restart(&mut self) {
        self.process = spawn(self.address).expect("it was found before");
        self.answers().await;
    }

    async fn answers(&self) {
        eventually("Redis answers", || async { self.command("PING").await.as_deref() == Some("+PONG") })
            .await;
    }

    fn signal(&self, name: &str) {
        let process = self.process.id().to_string();
        let status = Command::new("kill").args(["-s", name, &process]).status().expect("there is kill");
        assert!(status.success(), "kill -s {name}");
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn spawn(address: SocketAddr) -> Option<Child> {
    let port = address.port().to_string();
    Command::new("redis-server")
        .args(["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", "/tmp"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()
}
