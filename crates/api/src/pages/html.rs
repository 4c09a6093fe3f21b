//! Pages for people: no script, nothing from elsewhere, every value escaped.

use std::sync::LazyLock;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use minijinja::{Environment, Value, context};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("../../templates/style.css");

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    for (name, source) in [
        ("page.html", include_str!("../../templates/page.html")),
        ("activation.html", include_str!("../../templates/activation.html")),
        ("password_reset.html", include_str!("../../templates/password_reset.html")),
        ("outcome.html", include_str!("../../templates/outcome.html")),
        ("mailbox.html", include_str!("../../templates/mailbox.html")),
        ("mail.html", include_str!("../../templates/mail.html")),
    ] {
        // A template that cannot be read is found by the test below, and by its page answering 500.
        let _ = environment.add_template(name, source);
    }
    environment.add_global("style", STYLE);
    environment
});

/// Allows this page its own style and its own form, and nothing else.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
});

/// A page made from a template.
pub(super) fn page(status: StatusCode, template: &str, values: Value) -> HttpResponse {
    with_policy(status, template, values, &POLICY)
}

/// A page that says what came of something, and what to do now.
pub(super) fn outcome(status: StatusCode, title: &str, advice: &str) -> HttpResponse {
    page(status, "outcome.html", context! { title, advice })
}

/// A page that also shows a letter: the letter stands in a frame of its own, with its own styles and no scripts.
pub(super) fn page_with_letter(status: StatusCode, template: &str, values: Value) -> HttpResponse {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'self'";
    with_policy(status, template, values, policy)
}

fn with_policy(status: StatusCode, template: &str, values: Value, policy: &str) -> HttpResponse {
    match TEMPLATES.get_template(template).and_then(|template| template.render(values)) {
        Ok(html) => HttpResponse::build(status)
            .insert_header((header::CONTENT_SECURITY_POLICY, policy))
            .insert_header((header::REFERRER_POLICY, "no-referrer"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .content_type("text/html; charset=utf-8")
            .body(html),
        Err(error) => {
            tracing::error!(%error, template, "a page could not be made");
            HttpResponse::InternalServerError().finish()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_can_be_read() {
        assert_eq!(TEMPLATES.templates().count(), 6);
    }
}
