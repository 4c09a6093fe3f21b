use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use actix_web::{dev::ServiceRequest, web::Data};

/// Settings that apply to every request.
#[derive(Clone, Debug)]
pub struct Behaviour {
    /// Timeout of a GET or HEAD request.
    pub read_timeout: Duration,
    /// Timeout of any other request, including the arrival of its body and the wait for password hashing.
    pub write_timeout: Duration,
    /// How long a client may take to read a large response, from the first byte to the last.
    pub response_timeout: Duration,
    /// Whether clients reach the service by HTTPS; responses then set `Strict-Transport-Security`.
    pub is_https: bool,
    /// Set when the service starts to stop: it is no longer ready, and responses close their connections.
    pub stopping: Arc<AtomicBool>,
}

impl Behaviour {
    /// Returns the settings with which the server of this request was started.
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
