//! Operations and pages about the service itself: index, health, documentation, development mailbox; and the pages that
//! emails link to.

pub(crate) mod activation;
pub(crate) mod docs;
mod health;
mod html;
mod index;
pub(crate) mod link_request;
pub(crate) mod mailbox;
mod mailbox_access;
pub(crate) mod media;
pub(crate) mod password_reset;
pub(crate) mod problems;

use utoipa_actix_web::{scope, service_config::ServiceConfig};

pub use mailbox_access::MailboxAccess;

/// Registers the documented routes. The pages are registered by the [server](crate::server).
pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(scope("/api/v1").service(index::index)).service(health::live).service(health::ready);
}
