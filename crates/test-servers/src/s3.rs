use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{
    S3Result,
    access::{S3Access, S3AccessContext},
    auth::SimpleAuth,
    s3_error,
    service::S3ServiceBuilder,
};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt, net::TcpListener};

/// Identifier of the access key that the server accepts.
pub const S3_ACCESS_KEY: &str = "theater-key";
/// Secret of the access key.
pub const S3_SECRET_KEY: &str = "theater-secret";

/// How an object store responds to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum S3Behaviour {
    /// Normally.
    Serve,
    /// With this status.
    Answer(u16),
    /// Not at all: it accepts connections and sends nothing.
    Stall,
}

/// An object store in this process that checks signatures.
#[derive(Clone, Debug)]
pub struct S3Server {
    /// Address on which it listens.
    pub address: SocketAddr,
    behaviour: Arc<Mutex<S3Behaviour>>,
    folder: Arc<TempDir>,
}

/// Permits signed requests, for objects only in a bucket that exists. The file system would otherwise create the folder
/// of a missing bucket.
struct ExistingBuckets(PathBuf);

#[async_trait]
impl S3Access for ExistingBuckets {
    async fn check(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        if context.credentials().is_none() {
            return Err(s3_error!(AccessDenied));
        }
        match context.s3_path().as_object() {
            Some((bucket, _)) if !self.0.join(bucket).is_dir() => Err(s3_error!(NoSuchBucket)),
            _ => Ok(()),
        }
    }
}

impl S3Server {
    /// Starts a server on a free port, without any bucket.
    pub async fn start() -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("a folder"));
        let mut builder = S3ServiceBuilder::new(FileSystem::new(folder.path()).expect("a folder"));
        builder.set_auth(SimpleAuth::from_single(S3_ACCESS_KEY, S3_SECRET_KEY));
        builder.set_access(ExistingBuckets(folder.path().to_owned()));
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let server = Self {
            address: listener.local_addr().expect("an address"),
            behaviour: Arc::new(Mutex::new(S3Behaviour::Serve)),
            folder,
        };
        let behaviour = server.behaviour.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (service, behaviour) =
                    (service.clone(), *behaviour.lock().expect("no test panicked here"));
                tokio::spawn(async move {
                    match behaviour {
                        S3Behaviour::Serve => {
                            // One request for each connection, so that a change of behaviour applies at once.
                            let mut builder = Builder::new(TokioExecutor::new());
                            builder.http1().keep_alive(false);
                            let _ = builder.serve_connection(TokioIo::new(stream), service).await;
                        }
                        S3Behaviour::Answer(status) => {
                            let answer = format!(
                                "HTTP/1.1 {status} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                            );
                            let mut request = [0; 64 * 1024];
                            let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut request).await;
                            let _ = stream.write_all(answer.as_bytes()).await;
                        }
                        S3Behaviour::Stall => std::future::pending::<()>().await,
                    }
                });
            }
        });
        server
    }

    /// URL for the configuration.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Changes the behaviour.
    pub fn behave(&self, behaviour: S3Behaviour) {
        *self.behaviour.lock().expect("no test panicked here") = behaviour;
    }

    /// The names of all objects in a bucket.
    pub fn objects(&self, bucket: &str) -> Vec<String> {
        let root = self.folder.path().join(bucket);
        let mut folders = vec![root.clone()];
        let mut names = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(name) = path.strip_prefix(&root) {
                    names.push(name.display().to_string());
                }
            }
        }
        names.sort();
        names
    }
}
