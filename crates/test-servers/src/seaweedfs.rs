use std::{
    env,
    ffi::OsString,
    net::TcpListener,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{S3_ACCESS_KEY, S3_SECRET_KEY, eventually, runs::skip_without};

/// A real object store in its own process (<https://github.com/seaweedfs/seaweedfs>), which accepts the access key of
/// [`S3Server`](crate::S3Server). It stops when dropped.
#[derive(Debug)]
pub struct SeaweedFs {
    /// URL for the configuration.
    pub url: String,
    process: Child,
    _folder: TempDir,
}

impl SeaweedFs {
    /// Starts a store. The program is `WEED`, or `weed` in the path; `None` if it is not found, unless `REQUIRE_S3` makes
    /// that a failure.
    pub async fn start() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = folder.path().join("s3.json");
        let identities = format!(
            r#"{{"identities": [{{"name": "theater", "actions": ["Admin", "Read", "Write", "List"],
                "credentials": [{{"accessKey": "{S3_ACCESS_KEY}", "secretKey": "{S3_SECRET_KEY}"}}]}}]}}"#
        );
        std::fs::write(&keys, identities).expect("the folder can be written");
        let data = folder.path().join("data");
        std::fs::create_dir(&data).expect("the folder can be written");
        let sockets: Vec<_> =
            (0..8).map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port")).collect();
        let ports: Vec<_> = sockets
            .iter()
            .map(|socket| socket.local_addr().expect("an address").port().to_string())
            .collect();
        drop(sockets);
        let names = [
            "-master.port",
            "-master.port.grpc",
            "-volume.port",
            "-volume.port.grpc",
            "-filer.port",
            "-filer.port.grpc",
            "-s3.port",
            "-s3.port.grpc",
        ];
        let program = env::var_os("WEED").unwrap_or_else(|| OsString::from("weed"));
        let spawned = Command::new(program)
            .args(["server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3", "-volume.max=10"])
            .arg("-master.volumeSizeLimitMB=64")
            .arg(format!("-dir={}", data.display()))
            .arg(format!("-s3.config={}", keys.display()))
            .args(names.iter().zip(&ports).map(|(name, port)| format!("{name}={port}")))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(process) = spawned else {
            skip_without("SeaweedFS", "REQUIRE_S3", "tests on an object store");
            return None;
        };
        let address = format!("127.0.0.1:{}", ports[6]);
        let server = Self { url: format!("http://{address}"), process, _folder: folder };
        // It listens before it can store objects; once it can, it refuses a request without a key.
        eventually("the object store is ready", || async {
            let Ok(mut stream) = TcpStream::connect(&address).await else { return false };
            let request = format!("GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
            let mut answer = String::new();
            let _ = stream.write_all(request.as_bytes()).await;
            let _ = stream.read_to_string(&mut answer).await;
            answer.starts_with("HTTP/1.1 403")
        })
        .await;
        Some(server)
    }
}

impl Drop for SeaweedFs {
    fn drop(&mut self) {
        // It may have exited already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
