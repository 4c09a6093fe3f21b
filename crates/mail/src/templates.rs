use domain::{
    accounts::Email,
    mail::{Mail, MailContent},
};
use minijinja::{Environment, context};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of a URL (RFC 3986, 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A rendered email.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedEmail {
    /// Subject line.
    pub subject: String,
    /// Plain-text part.
    pub text: String,
    /// HTML part.
    pub html: String,
}

/// Renders emails. Every value that comes from users is escaped in the HTML.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
    link_base: String,
}

macro_rules! templates {
    ($($name:literal),+) => {
        [$(
            (concat!($name, ".html"), include_str!(concat!("../templates/", $name, ".html"))),
            (concat!($name, ".txt"), include_str!(concat!("../templates/", $name, ".txt"))),
        )+]
    };
}

impl Templates {
    /// Templates whose links begin with this public URL; a trailing slash is ignored. The tests rule out an error.
    pub fn new(link_base: &str) -> Result<Self, minijinja::Error> {
        let mut environment = Environment::new();
        environment.add_template("layout.html", include_str!("../templates/layout.html"))?;
        for (name, source) in templates![
            "activation",
            "already_registered",
            "activated",
            "password_reset",
            "password_reset_done",
            "password_changed"
        ] {
            environment.add_template(name, source)?;
        }
        Ok(Self { environment, link_base: link_base.trim_end_matches('/').to_owned() })
    }

    /// Renders an email. The tests rule out an error.
    pub fn render(&self, mail: &Mail) -> Result<RenderedEmail, minijinja::Error> {
        let email = mail.to.as_str();
        let docs = format!("{}/docs", self.link_base);
        let (subject, name, values) = match &mail.content {
            MailContent::Activation { token, valid_hours } => {
                let link = self.link("activate", &mail.to, token.expose());
                ("Account Activation", "activation", context! { email, link, valid_hours })
            }
            MailContent::AlreadyRegistered => {
                ("You Already Have an Account", "already_registered", context! { email, link => docs })
            }
            MailContent::Activated { has_password } => {
                let values = context! { email, link => docs, has_password };
                ("Account Activated Successfully", "activated", values)
            }
            MailContent::PasswordReset { token, valid_hours } => {
                let link = self.link("reset-password", &mail.to, token.expose());
                ("Password Reset Request", "password_reset", context! { email, link, valid_hours })
            }
            MailContent::PasswordResetDone => {
                let values = context! { email, link => docs };
                ("Your Password Has Been Successfully Reset", "password_reset_done", values)
            }
            MailContent::PasswordChanged => {
                ("Your Password Has Been Changed", "password_changed", context! { email, link => docs })
            }
        };
        let render = |kind: &str| self.environment.get_template(&format!("{name}.{kind}"))?.render(&values);
        Ok(RenderedEmail { subject: subject.to_owned(), text: render("txt")?, html: render("html")? })
    }

    fn link(&self, page: &str, email: &Email, token: &str) -> String {
        let escape = |text| utf8_percent_encode(text, RESERVED).to_string();
        format!("{}/{page}?email={}&token={}", self.link_base, escape(email.as_str()), escape(token))
    }
}
