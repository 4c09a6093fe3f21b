//! The declaration of problems. A problem is one [`Row`]: replies, OpenAPI responses and the list of codes come from it.

use actix_web::http::StatusCode;

use super::problem::OAuthError;

/// What all replies with a problem have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) status: StatusCode,
    /// Stable code, for programs.
    pub(crate) code: &'static str,
    /// Sentence for people. An example of it if the sentence of a reply contains values.
    pub(crate) detail: &'static str,
    /// Whether a 401 refuses a token that was sent, which its challenge says (RFC 6750, 3.1).
    pub(crate) refuses_token: bool,
    /// OAuth 2 error code, at the token endpoint.
    pub(crate) oauth: Option<OAuthError>,
}

impl Row {
    pub(crate) const fn new(status: StatusCode, code: &'static str, detail: &'static str) -> Self {
        Self { status, code, detail, refuses_token: false, oauth: None }
    }

    pub(crate) const fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    pub(crate) const fn with_detail(self, detail: &'static str) -> Self {
        Self { detail, ..self }
    }

    pub(crate) const fn refusing_token(self) -> Self {
        Self { refuses_token: true, ..self }
    }

    /// As an error of the token endpoint: 400 with an OAuth 2 error code (RFC 6749, 5.2).
    pub(crate) const fn oauth(self, error: OAuthError) -> Self {
        Self { status: StatusCode::BAD_REQUEST, oauth: Some(error), ..self }
    }
}

/// Declares problems, each with a code of its own: `Name(STATUS, "code", "Detail.");` is a type that handlers document and
/// that converts to a [`Problem`](super::Problem). `ALL` lists the rows.
macro_rules! problems {
    ($($name:ident($status:ident, $code:expr, $detail:expr $(,)?)$(.$method:ident($($argument:expr)?))*;)+) => {
        $crate::http::row::variants! {
            $($name = $crate::http::row::Row::new(actix_web::http::StatusCode::$status, $code, $detail)
                $(.$method($($argument)?))*;)+
        }

        pub(crate) const ALL: &[$crate::http::row::Row] = &[$($name::ROW),+];
    };
}

/// Declares problems that have the code of another row: `Name = Other::ROW.with_detail("…");`
macro_rules! variants {
    ($($name:ident = $row:expr;)+) => {$(
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name;

        impl $name {
            pub(crate) const ROW: $crate::http::row::Row = $row;
        }

        impl From<$name> for $crate::http::Problem {
            fn from(_: $name) -> Self {
                $name::ROW.into()
            }
        }

        impl utoipa::IntoResponses for $name {
            fn responses() -> $crate::documentation::problems::Responses {
                $crate::documentation::problems::of_row($name::ROW)
            }
        }
    )+};
}

/// Converts errors of use cases to problems: `Error { Variant => Problem; Inner; Detailed => Problem }`. An inner variant
/// contains an error that has its own conversion; the sentence of a detailed variant replaces that of the problem.
macro_rules! conversions {
    ($($error:ident {
        $($variant:ident $(($value:ident))? => $problem:expr),*
        $(; $($inner:ident),+ $(; $($detailed:ident => $example:expr),+)?)?
    })+) => {$(
        impl From<$error> for $crate::http::Problem {
            fn from(error: $error) -> Self {
                match error {
                    $($error::$variant $(($value))? => $problem.into(),)*
                    $($($error::$inner(error) => error.into(),)+
                    $($($error::$detailed { .. } => Self::from($example).with_detail(error.to_string()),)+)?)?
                }
            }
        }
    )+};
}

pub(crate) use {conversions, problems, variants};
