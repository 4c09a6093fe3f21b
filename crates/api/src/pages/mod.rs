//! What is not part of the documented API: pages for people, and the service's own health.

pub(crate) mod activation;
pub(crate) mod docs;
pub(crate) mod health;
mod html;
pub(crate) mod index;
pub(crate) mod link_request;
pub(crate) mod mailbox;
mod mailbox_access;
pub(crate) mod media;
pub(crate) mod password_reset;
pub(crate) mod problems;

pub use mailbox_access::MailboxAccess;
