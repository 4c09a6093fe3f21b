use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use actix_web::{dev::ServiceRequest, web::Data};

/// How the service behaves towards every request.
#[derive(Clone, Debug)]
pub struct Behaviour {
    /// How long a read may take.
    pub read_timeout: Duration,
    /// How long anything else may take: its body has to arrive, and a password may have to wait to be hashed.
    pub write_timeout: Duration,
    /// How long a client has to read a large response, from its first byte to its last.
    pub response_timeout: Duration,
    /// Whether people reach the service by HTTPS, and their browsers are to keep to that.
    pub is_https: bool,
    /// Set when the service is about to stop: it is not ready any more, and callers are to connect elsewhere.
    pub stopping: Arc<AtomicBool>,
}

impl Behaviour {
    /// What the server of this request was started with.
    pub(super) fn of(request: &ServiceRequest) -> Data<Self> {
        let behaviour: Option<&Data<Self>> = request.app_data();
        behaviour.cloned().unwrap_or_default()
    }
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            read_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(30),
            response_timeout: Duration::from_secs(30),
            is_https: false,
            stopping: Arc::default(),
        }
    }
}
