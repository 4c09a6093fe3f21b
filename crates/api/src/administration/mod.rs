//! `/api/v1/admin`

pub(crate) mod activation;
pub(crate) mod change_group;
pub(crate) mod problems;
pub(crate) mod sessions;
pub(crate) mod users;

use serde_json::{Value, json};

/// Example of an account.
fn example() -> Value {
    json!({
        "id": 7, "email": "ann@example.com", "group": "user", "is_active": true, "created_at": "2026-11-01T12:00:00Z",
    })
}
