//! `/api/v1/admin`

mod activation;
mod change_group;
pub(crate) mod problems;
mod sessions;
mod users;

use serde_json::{Value, json};
use utoipa_actix_web::{scope, service_config::ServiceConfig};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/api/v1/admin")
            .service(users::list_users)
            .service(users::get_user)
            .service(activation::activate_user)
            .service(activation::deactivate_user)
            .service(change_group::change_group)
            .service(sessions::end_user_sessions),
    );
}

/// Example of an account.
fn example() -> Value {
    json!({
        "id": 7, "email": "ann@example.com", "group": "user", "is_active": true, "created_at": "2026-11-01T12:00:00Z",
    })
}
