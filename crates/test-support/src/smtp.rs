use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// How a mail server treats a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpBehaviour {
    /// Takes it.
    Accept,
    /// Asks to come back later (421).
    Busy,
    /// Refuses the recipient for good (550).
    RefuseRecipient,
    /// Hangs up in the middle.
    HangUp,
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

/// A mail server in this process that checks the order of the dialogue (RFC 5321, 4.1.4).
#[derive(Clone, Debug)]
pub struct SmtpServer {
    /// Where it listens.
    pub address: SocketAddr,
    mails: Arc<Mutex<Vec<ReceivedMail>>>,
    behaviour: Arc<Mutex<SmtpBehaviour>>,
}

impl SmtpServer {
    /// Starts one on a free port.
    pub async fn start(behaviour: SmtpBehaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let server = Self {
            address: listener.local_addr().expect("an address"),
            mails: Arc::default(),
            behaviour: Arc::new(Mutex::new(behaviour)),
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

    /// As a configuration names it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Treats letters so from now on.
    pub fn behave(&self, behaviour: SmtpBehaviour) {
        *self.behaviour.lock().expect("no test panicked here") = behaviour;
    }

    /// The letters so far.
    pub fn mails(&self) -> Vec<ReceivedMail> {
        self.mails.lock().expect("no test panicked here").clone()
    }

    async fn serve(&self, stream: TcpStream) -> Option<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 test ESMTP\r\n").await.ok()?;
        let (mut from, mut to) = (None, Vec::new());
        while let Some(line) = lines.next_line().await.ok()? {
            let behaviour = *self.behaviour.lock().expect("no test panicked here");
            let verb = line.split([' ', ':']).next().unwrap_or("").to_ascii_uppercase();
            let address = || line.split(['<', '>']).nth(1).unwrap_or("").to_owned();
            let answer = match verb.as_str() {
                "EHLO" | "HELO" => "250-test\r\n250 8BITMIME\r\n",
                "MAIL" if behaviour == SmtpBehaviour::Busy => "421 busy\r\n",
                "MAIL" => {
                    from = Some(address());
                    "250 ok\r\n"
                }
                "RCPT" if from.is_none() => "503 MAIL first\r\n",
                "RCPT" if behaviour == SmtpBehaviour::RefuseRecipient => "550 no such mailbox\r\n",
                "RCPT" => {
                    to.push(address());
                    "250 ok\r\n"
                }
                "DATA" if behaviour == SmtpBehaviour::HangUp => return None,
                "DATA" if to.is_empty() => "503 RCPT first\r\n",
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.ok()?;
                    let mut source = String::new();
                    while let Some(line) = lines.next_line().await.ok()? {
                        if line == "." {
                            break;
                        }
                        source.push_str(line.strip_prefix('.').unwrap_or(&line));
                        source.push_str("\r\n");
                    }
                    let mail = ReceivedMail { from: from.take()?, to: std::mem::take(&mut to), source };
                    self.mails.lock().expect("no test panicked here").push(mail);
                    "250 taken\r\n"
                }
                "RSET" => {
                    (from, to) = (None, Vec::new());
                    "250 ok\r\n"
                }
                "NOOP" => "250 ok\r\n",
                "QUIT" => {
                    write.write_all(b"221 bye\r\n").await.ok()?;
                    return Some(());
                }
                _ => "502 not known\r\n",
            };
            write.write_all(answer.as_bytes()).await.ok()?;
        }
        Some(())
    }
}
