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

/// How a mail server treats an email.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpBehaviour {
    /// Accepts it.
    Accept,
    /// Accepts it, and waits this long before each reply.
    Slow(Duration),
    /// Replies that it is busy (421).
    Busy,
    /// Refuses every client in its greeting (554).
    RefuseClients,
    /// Permanently refuses (550) recipients whose address begins with `refused`.
    RefuseSome,
    /// Closes the connection at `DATA`.
    HangUp,
    /// Accepts connections and sends nothing, not even a greeting.
    Silent,
}

/// How a mail server protects its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// No encryption.
    Plain,
    /// STARTTLS (RFC 3207), required before any email.
    StartTls,
    /// Implicit TLS (RFC 8314).
    Tls,
}

/// An email as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedMail {
    /// Sender of the envelope.
    pub from: String,
    /// Recipients of the envelope.
    pub to: Vec<String>,
    /// Headers and body.
    pub source: String,
}

/// A mail server in this process that checks the order of the dialogue (RFC 5321, 4.1.4), for `localhost`.
#[derive(Clone)]
pub struct SmtpServer {
    /// Address on which it listens.
    pub address: SocketAddr,
    /// Authority of its certificate (PEM).
    pub authority: String,
    mails: Arc<Mutex<Vec<ReceivedMail>>>,
    connections: Arc<AtomicUsize>,
    behaviour: Arc<Mutex<SmtpBehaviour>>,
    security: SmtpSecurity,
    /// Name and password that it requires (RFC 4954), if any.
    login: Option<(String, String)>,
    acceptor: TlsAcceptor,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

type Connection = BufReader<Box<dyn Stream>>;

/// State of the dialogue with one client.
#[derive(Default)]
struct Dialogue {
    protected: bool,
    authenticated: bool,
    greeted: bool,
    from: Option<String>,
    to: Vec<String>,
}

/// How to proceed after a command.
enum Next {
    Reply(String),
    ReadEmail,
    StartTls,
    Quit,
    HangUp,
}

impl SmtpServer {
    /// Starts a server on a free port, without encryption and authentication.
    pub async fn start(behaviour: SmtpBehaviour) -> Self {
        Self::start_with(behaviour, SmtpSecurity::Plain, None).await
    }

    /// Starts a server at this address.
    pub async fn start_at(address: SocketAddr) -> Self {
        Self::listen(address, SmtpBehaviour::Accept, SmtpSecurity::Plain, None).await
    }

    /// Starts a server on a free port with this security, which requires this name and password, if any.
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

    /// URL for the configuration.
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

    /// Changes the behaviour.
    pub fn behave(&self, behaviour: SmtpBehaviour) {
        *self.behaviour.lock().expect("no test panicked here") = behaviour;
    }

    /// The emails received so far.
    pub fn emails(&self) -> Vec<ReceivedMail> {
        self.mails.lock().expect("no test panicked here").clone()
    }

    /// The number of connections so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    fn behaviour(&self) -> SmtpBehaviour {
        *self.behaviour.lock().expect("no test panicked here")
    }

    async fn serve(&self, stream: TcpStream) -> Option<()> {
        self.connections.fetch_add(1, Ordering::Relaxed);
        if self.behaviour() == SmtpBehaviour::Silent {
            // Waits until the client closes the connection.
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
        if self.behaviour() == SmtpBehaviour::RefuseClients {
            return send(&mut connection, "554 no service here").await;
        }
        send(&mut connection, "220 test ESMTP").await?;
        loop {
            let line = read_line(&mut connection).await?;
            if let SmtpBehaviour::Slow(wait) = self.behaviour() {
                tokio::time::sleep(wait).await;
            }
            match self.answer(&line, &mut dialogue) {
                Next::Reply(answer) => send(&mut connection, &answer).await?,
                Next::ReadEmail => {
                    send(&mut connection, "354 go on").await?;
                    let source = read_email(&mut connection).await?;
                    let Dialogue { from, to, .. } = &mut dialogue;
                    let mail = ReceivedMail { from: from.take()?, to: std::mem::take(to), source };
                    self.mails.lock().expect("no test panicked here").push(mail);
                    send(&mut connection, "250 accepted").await?;
                }
                Next::StartTls => {
                    send(&mut connection, "220 go on").await?;
                    let protected = self.acceptor.accept(connection.into_inner()).await.ok()?;
                    connection = BufReader::new(Box::new(protected));
                    dialogue = Dialogue { protected: true, ..Dialogue::default() };
                }
                Next::Quit => return send(&mut connection, "221 bye").await,
                Next::HangUp => return None,
            }
        }
    }

    fn answer(&self, line: &str, dialogue: &mut Dialogue) -> Next {
        let reply = |answer: &str| Next::Reply(answer.to_owned());
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
                Next::Reply(answer + "\r\n250 8BITMIME")
            }
            "NOOP" => reply("250 ok"),
            "QUIT" => Next::Quit,
            _ if !dialogue.greeted => reply("503 EHLO first"),
            "STARTTLS" if unprotected => Next::StartTls,
            _ if unprotected => reply("530 STARTTLS first"),
            "AUTH" => {
                dialogue.authenticated = self.is_right_login(line);
                reply(if dialogue.authenticated { "235 welcome" } else { "535 who are you?" })
            }
            _ if self.login.is_some() && !dialogue.authenticated => reply("530 AUTH first"),
            "MAIL" if behaviour == SmtpBehaviour::Busy => reply("421 busy"),
            "MAIL" => {
                dialogue.from = Some(address);
                reply("250 ok")
            }
            "RCPT" if dialogue.from.is_none() => reply("503 MAIL first"),
            "RCPT" if behaviour == SmtpBehaviour::RefuseSome && address.starts_with("refused") => {
                reply("550 no such mailbox")
            }
            "RCPT" => {
                dialogue.to.push(address);
                reply("250 ok")
            }
            "DATA" if behaviour == SmtpBehaviour::HangUp => Next::HangUp,
            "DATA" if dialogue.to.is_empty() => reply("503 RCPT first"),
            "DATA" => Next::ReadEmail,
            "RSET" => {
                (dialogue.from, dialogue.to) = (None, Vec::new());
                reply("250 ok")
            }
            _ => reply("502 not known"),
        }
    }

    /// Whether this is `AUTH PLAIN` (RFC 4616) with the right name and password.
    fn is_right_login(&self, line: &str) -> bool {
        let given = line.strip_prefix("AUTH PLAIN ").and_then(|text| STANDARD.decode(text).ok());
        let expected =
            self.login.as_ref().map(|(name, password)| format!("\0{name}\0{password}").into_bytes());
        given.is_some() && given == expected
    }
}

async fn send(connection: &mut Connection, answer: &str) -> Option<()> {
    connection.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    connection.flush().await.ok()
}

async fn read_line(connection: &mut Connection) -> Option<String> {
    let mut line = String::new();
    let length = connection.read_line(&mut line).await.ok()?;
    (length > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}

async fn read_email(connection: &mut Connection) -> Option<String> {
    let mut source = String::new();
    loop {
        let line = read_line(connection).await?;
        if line == "." {
            return Some(source);
        }
        source.push_str(line.strip_prefix('.').unwrap_or(&line));
        source.push_str("\r\n");
    }
}
