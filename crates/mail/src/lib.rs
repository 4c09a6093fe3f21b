//! Emails: rendering, and delivery by SMTP or, while no server is configured, into a mailbox of files.
//!
//! This crate must never know why an email is sent or when it is retried.
//!
//! Start reading at [`Templates`], then [`SmtpMailer`] and [`MailboxMailer`].

mod mailbox;
mod message;
mod server;
mod smtp;
mod templates;

pub use lettre::message::Mailbox as Sender;
pub use mailbox::MailboxMailer;
pub use server::{SmtpError, exposes_password};
pub use smtp::SmtpMailer;
pub use templates::{RenderedEmail, Templates};
