//! Letters: what they say, and how they reach people, by SMTP or, while none is configured, into a mailbox of files.
//!
//! This crate must never know why a letter is sent or when to try again.
//!
//! Start reading at [`Templates`] in `letter.rs`, then [`SmtpMailer`] and [`MailboxMailer`].

mod mailbox;
mod message;
mod server;
mod smtp;
mod templates;

pub use lettre::message::Mailbox as Sender;
pub use mailbox::MailboxMailer;
pub use server::{SmtpError, SmtpUrl};
pub use smtp::SmtpMailer;
pub use templates::{RenderedEmail, Templates};
