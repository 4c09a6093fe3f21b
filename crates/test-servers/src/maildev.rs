use std::{
    env,
    ffi::OsString,
    net::TcpListener,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::{TestCertificate, eventually, runs::skip_without};

const NAME: &str = "theater";
const PASSWORD: &str = "s3cret";

/// A real mail server with a web page (<https://github.com/maildev/maildev>), which requires a name and a password. It
/// stops when dropped.
#[derive(Debug)]
pub struct MailDev {
    /// URL for the configuration.
    pub smtp_url: String,
    /// URL of the received emails, as JSON.
    pub emails_url: String,
    /// Path of the certificate of its authority.
    pub authority_file: String,
    process: Child,
    _folder: TempDir,
}

impl MailDev {
    /// Starts a server, over TLS if `over_tls`. The program is `MAILDEV`, or `maildev` in the path; `None` if it is not
    /// found, unless `REQUIRE_SMTP` makes that a failure.
    pub async fn start(over_tls: bool) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("the folder can be written");
            path.display().to_string()
        };
        let TestCertificate { authority, certificate, key } = TestCertificate::new();
        let (authority_file, certificate, key) =
            (file("authority.pem", &authority), file("certificate.pem", &certificate), file("key.pem", &key));
        let (smtp_port, web_port) = (free_port(), free_port());
        let program = env::var_os("MAILDEV").unwrap_or_else(|| OsString::from("maildev"));
        let mut command = Command::new(program);
        command
            .args(["--ip", "127.0.0.1", "--silent"])
            .args(["--smtp", &smtp_port.to_string(), "--web", &web_port.to_string()])
            .args(["--incoming-user", NAME, "--incoming-pass", PASSWORD])
            .args(["--mail-directory", &folder.path().join("mails").display().to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if over_tls {
            command.args(["--incoming-secure", "--incoming-cert", &certificate, "--incoming-key", &key]);
        }
        let Ok(process) = command.spawn() else {
            skip_without("MailDev", "REQUIRE_SMTP", "tests on a mail server");
            return None;
        };
        let scheme = if over_tls { "smtps" } else { "smtp" };
        let server = Self {
            smtp_url: format!("{scheme}://{NAME}:{PASSWORD}@localhost:{smtp_port}"),
            emails_url: format!("http://127.0.0.1:{web_port}/email"),
            authority_file,
            process,
            _folder: folder,
        };
        // The web page starts last. A client that connects to the other port and sends nothing would end the server.
        eventually("the mail server listens", || async {
            TcpStream::connect(("127.0.0.1", web_port)).await.is_ok()
        })
        .await;
        Some(server)
    }
}

impl Drop for MailDev {
    fn drop(&mut self) {
        // It may have exited already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port()
}
