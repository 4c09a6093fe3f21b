use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

use crate::certificate::TestCertificate;

/// How a mail server treats a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpBehaviour {
    /// Takes it.
    Accept,
    /// Takes it, and waits so long before each answer.
    Slow(Duration),
    /// Asks to come back later (421).
    Busy,
    /// Refuses recipients for good (550) whose address begins with `refused`.
    RefuseSome,
    /// Hangs up in the middle.
    HangUp,
    /// Takes connections and says nothing, not even its greeting.
    Silent,
}

/// How a mail server protects what it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// Not at all.
    Plain,
    /// By STARTTLS (RFC 3207), and takes no letter before it.
    StartTls,
    /// From the first byte on (RFC 8314).
    Tls,
}

/// A letter as it came over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedMail {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Headers and body.
    pub source: String,
}

/// A mail server in this process that checks the order of the dialogue (RFC 5321, 4.1.4), for `localhost`.
#[derive(Clone)]
pub struct SmtpServer {
    /// Where it listens.
    pub address: SocketAddr,
    /// Who made its certificate (PEM).
    pub authority: String,
    mails: Arc<Mutex<Vec<ReceivedMail>>>,
    connections: Arc<AtomicUsize>,
    behaviour: Arc<Mutex<SmtpBehaviour>>,
    security: SmtpSecurity,
    /// The name and the password that it asks for (RFC 4954), if any.
    login: Option<(String, String)>,
    acceptor: TlsAcceptor,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

type Connection = BufReader<Box<dyn Stream>>;

/// What one client has said so far.
#[derive(Default)]
struct Dialogue {
    protected: bool,
    authenticated: bool,
    greeted: bool,
    from: Option<String>,
    to: Vec<String>,
}

/// What to do after an answer.
enum Next {
    GoOn(String),
    ReadEmail,
    StartTls,
    Quit,
    HangUp,
}

impl SmtpServer {
    /// Starts one on a free port that protects nothing and knows everybody.
    pub async fn start(behaviour: SmtpBehaviour) -> Self {
        Self::start_with(behaviour, SmtpSecurity::Plain, None).await
    }

    /// Starts one where there was none before.
    pub async fn start_at(address: SocketAddr) -> Self {
        Self::listen(address, SmtpBehaviour::Accept, SmtpSecurity::Plain, None).await
    }

    /// Starts one that protects what it is sent, and asks for a name and a password.
    pub async fn start_with(
        behaviour: SmtpBehaviour,
        security: SmtpSecurity,
        login: Option<(&str, &str)>,
    ) -> Self {
        Self::listen(([127, 0, 0, 1], 0).into(), behaviour, security, login).await
    }

    async fn listen(
        address: SocketAddr,
        behaviour: SmtpBehaviour,
        security: SmtpSecurity,
        login: Option<(&str, &str)>,
    ) -> Self {
        let listener = TcpListener::bind(address).await.expect("a free port");
        let certificate = TestCertificate::new();
        let server = Self {
            address: listener.local_addr().expect("an address"),
            mails: Arc::default(),
            connections: Arc::default(),
            behaviour: Arc::new(Mutex::new(behaviour)),
            security,
            login: login.map(|(name, password)| (name.to_owned(), password.to_owned())),
            acceptor: certificate.acceptor(),
            authority: certificate.authority,
        };
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = accepting.clone();
                tokio::spawn(async move { server.serve(stream).await });
            }
        });
        server
    }

    /// Value for the configuration.
    pub fn url(&self) -> String {
        let port = self.address.port();
        let login =
            self.login.as_ref().map(|(name, password)| format!("{name}:{password}@")).unwrap_or_default();
        match self.security {
            SmtpSecurity::Plain => format!("smtp://{login}localhost:{port}"),
            SmtpSecurity::StartTls => format!("smtp://{login}localhost:{port}?tls=required"),
            SmtpSecurity::Tls => format!("smtps://{login}localhost:{port}"),
        }
    }

    /// Treats letters so from now on.
    pub fn behave(&self, behaviour: SmtpBehaviour) {
        *self.behaviour.lock().expect("no test panicked here") = behaviour;
    }

    /// The letters so far.
    pub fn mails(&self) -> Vec<ReceivedMail> {
        self.mails.lock().expect("no test panicked here").clone()
    }

    /// How many clients have connected so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    fn behaviour(&self) -> SmtpBehaviour {
        *self.behaviour.lock().expect("no test panicked here")
    }

    async fn serve(&self, stream: TcpStream) -> Option<()> {
        self.connections.fetch_add(1, Ordering::Relaxed);
        if self.behaviour() == SmtpBehaviour::Silent {
            // Until the client has had enough.
            let mut bytes = [0];
            let _ = tokio::io::AsyncReadExt::read(&mut { stream }, &mut bytes).await;
            return None;
        }
        let mut dialogue = Dialogue::default();
        let mut connection: Connection = if self.security == SmtpSecurity::Tls {
            dialogue.protected = true;
            BufReader::new(Box::new(self.acceptor.accept(stream).await.ok()?))
        } else {
            BufReader::new(Box::new(stream))
        };
        say(&mut connection, "220 test ESMTP").await?;
        loop {
            let line = hear(&mut connection).await?;
            if let SmtpBehaviour::Slow(wait) = self.behaviour() {
                tokio::time::sleep(wait).await;
            }
            match self.answer(&line, &mut dialogue) {
                Next::GoOn(answer) => say(&mut connection, &answer).await?,
                Next::ReadEmail => {
                    say(&mut connection, "354 go on").await?;
                    let source = letter(&mut connection).await?;
                    let Dialogue { from, to, .. } = &mut dialogue;
                    let mail = ReceivedMail { from: from.take()?, to: std::mem::take(to), source };
                    self.mails.lock().expect("no test panicked here").push(mail);
                    say(&mut connection, "250 taken").await?;
                }
                Next::StartTls => {
                    say(&mut connection, "220 go on").await?;
                    let protected = self.acceptor.accept(connection.into_inner()).await.ok()?;
                    connection = BufReader::new(Box::new(protected));
                    dialogue = Dialogue { protected: true, ..Dialogue::default() };
                }
                Next::Quit => return say(&mut connection, "221 bye").await,
                Next::HangUp => return None,
            }
        }
    }

    fn answer(&self, line: &str, dialogue: &mut Dialogue) -> Next {
        let go_on = |answer: &str| Next::GoOn(answer.to_owned());
        let behaviour = self.behaviour();
        let verb = line.split([' ', ':']).next().unwrap_or("").to_ascii_uppercase();
        let address = line.split(['<', '>']).nth(1).unwrap_or("").to_owned();
        let unprotected = self.security == SmtpSecurity::StartTls && !dialogue.protected;
        match verb.as_str() {
            "EHLO" | "HELO" => {
                dialogue.greeted = true;
                let mut answer = "250-test".to_owned();
                if unprotected {
                    answer += "\r\n250-STARTTLS";
                } else if self.login.is_some() {
                    answer += "\r\n250-AUTH PLAIN";
                }
                Next::GoOn(answer + "\r\n250 8BITMIME")
            }
            "NOOP" => go_on("250 ok"),
            "QUIT" => Next::Quit,
            _ if !dialogue.greeted => go_on("503 EHLO first"),
            "STARTTLS" if unprotected => Next::StartTls,
            _ if unprotected => go_on("530 STARTTLS first"),
            "AUTH" => {
                dialogue.authenticated = self.knows(line);
                go_on(if dialogue.authenticated { "235 welcome" } else { "535 who are you?" })
            }
            _ if self.login.is_some() && !dialogue.authenticated => go_on("530 AUTH first"),
            "MAIL" if behaviour == SmtpBehaviour::Busy => go_on("421 busy"),
            "MAIL" => {
                dialogue.from = Some(address);
                go_on("250 ok")
            }
            "RCPT" if dialogue.from.is_none() => go_on("503 MAIL first"),
            "RCPT" if behaviour == SmtpBehaviour::RefuseSome && address.starts_with("refused") => {
                go_on("550 no such mailbox")
            }
            "RCPT" => {
                dialogue.to.push(address);
                go_on("250 ok")
            }
            "DATA" if behaviour == SmtpBehaviour::HangUp => Next::HangUp,
            "DATA" if dialogue.to.is_empty() => go_on("503 RCPT first"),
            "DATA" => Next::ReadEmail,
            "RSET" => {
                (dialogue.from, dialogue.to) = (None, Vec::new());
                go_on("250 ok")
            }
            _ => go_on("502 not known"),
        }
    }

    /// Whether this is `AUTH PLAIN` (RFC 4616) with the right name and password.
    fn knows(&self, line: &str) -> bool {
        let given = line.strip_prefix("AUTH PLAIN ").and_then(|text| STANDARD.decode(text).ok());
        let expected =
            self.login.as_ref().map(|(name, password)| format!("\0{name}\0{password}").into_bytes());
        given.is_some() && given == expected
    }
}

async fn say(connection: &mut Connection, answer: &str) -> Option<()> {
    connection.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    connection.flush().await.ok()
}

async fn hear(connection: &mut Connection) -> Option<String> {
    let mut line = String::new();
    let length = connection.read_line(&mut line).await.ok()?;
    (length > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}

async fn letter(connection: &mut Connection) -> Option<String> {
    let mut source = String::new();
    loop {
        let line = hear(connection).await?;
        if line == "." {
            return Some(source);
        }
        source.push_str(line.strip_prefix('.').unwrap_or(&line));
        source.push_str("\r\n");
    }
}
