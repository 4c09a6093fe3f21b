//! Pages for people: no script, nothing from elsewhere, every value escaped.

use std::sync::LazyLock;

use actix_web::{
    HttpResponse, Resource,
    http::{StatusCode, header},
    web,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use minijinja::{Environment, Value, context};
use sha2::{Digest, Sha256};

use crate::{http::Problem, services::Services};

const STYLE: &str = include_str!("../../templates/style.css");
/// Shows and hides what is typed into a password field. Pages work without it.
const REVEAL: &str = include_str!("../../templates/reveal.js");

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    for (name, source) in [
        ("page.html", include_str!("../../templates/page.html")),
        ("activation.html", include_str!("../../templates/activation.html")),
        ("password_reset.html", include_str!("../../templates/password_reset.html")),
        ("password.html", include_str!("../../templates/password.html")),
        ("link_request.html", include_str!("../../templates/link_request.html")),
        ("outcome.html", include_str!("../../templates/outcome.html")),
        ("mailbox.html", include_str!("../../templates/mailbox.html")),
        ("mail.html", include_str!("../../templates/mail.html")),
    ] {
        // The page of a template that cannot be read answers 500.
        let _ = environment.add_template(name, source);
    }
    environment.add_global("style", STYLE);
    environment.add_global("reveal", REVEAL);
    environment
});

/// Allows a page its own style, script and form, and nothing else.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    let (style, script) = (hash(STYLE), hash(REVEAL));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    )
});

/// A page at this path, without its handlers of GET and POST.
pub(super) fn form_page(path: &str) -> Resource {
    let refuse = || async { Err::<&str, _>(Problem::method_not_allowed("GET, POST, HEAD")) };
    web::resource(path).default_service(web::to(refuse))
}

/// A page made from a template.
pub(super) fn page(status: StatusCode, template: &str, values: Value) -> HttpResponse {
    with_policy(status, template, values, &POLICY)
}

/// A page for the customers of the cinema, with a link to its home page where that is configured.
pub(super) fn customer_page(
    services: &Services,
    status: StatusCode,
    template: &str,
    values: Value,
) -> HttpResponse {
    page(status, template, context! { home_url => services.home_url.as_deref(), ..values })
}

/// Where a customer can go next.
#[derive(Clone, Copy, Debug)]
pub(super) struct NextStep {
    pub(super) path: &'static str,
    pub(super) label: &'static str,
}

/// A page with the result of a form, and what to do next.
pub(super) fn outcome(
    services: &Services,
    status: StatusCode,
    title: &str,
    advice: &str,
    next: Option<NextStep>,
) -> HttpResponse {
    let next = next.map(|NextStep { path, label }| context! { path, label });
    let values = context! { title, advice, next };
    customer_page(services, status, "outcome.html", values)
}

/// A page that shows an email in a frame of its own, with the styles of the email and without scripts.
pub(super) fn page_with_email(status: StatusCode, template: &str, values: Value) -> HttpResponse {
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

    /// The relative luminance of a colour such as `#fff` or `#b3122e` (WCAG 2.2).
    fn luminance(colour: &str) -> f64 {
        let digits: Vec<_> = colour.trim_start_matches('#').chars().collect();
        let doubled: String = if digits.len() == 3 {
            digits.iter().flat_map(|digit| [*digit, *digit]).collect()
        } else {
            digits.iter().collect()
        };
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&doubled[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
    }

    #[test]
    fn texts_have_the_contrast_of_level_aa_in_both_colour_schemes() {
        let schemes: Vec<_> = STYLE.match_indices("--back:").map(|(at, _)| &STYLE[at..]).collect();
        assert_eq!(schemes.len(), 2);
        for scheme in schemes {
            let colour = |name: &str| {
                let start = scheme.find(&format!("--{name}: ")).unwrap() + name.len() + 4;
                luminance(scheme[start..].split([';', ' ']).next().unwrap())
            };
            let pairs = [
                (colour("ink"), colour("card")),
                (colour("ink"), colour("back")),
                (colour("faint"), colour("card")),
                (colour("link"), colour("card")),
                (luminance("#fff"), colour("accent")),
            ];
            for (one, other) in pairs {
                let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
                assert!(contrast >= 4.5, "{contrast:.2} in {scheme}");
            }
        }
    }
}
