//! Schemas of values that many operations share. The domain parses the values and lists those of closed sets.

use domain::{accounts, catalogue, profiles};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema},
};

use super::{codes, shared::text};

/// Characters other than white space that texts of movies must not contain: control characters, direction overrides, byte
/// order marks.
macro_rules! control {
    () => {
        r"\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u202a-\u202e\u2066-\u2069\ufeff"
    };
}

/// Declares schemas of strings. The documentation comment becomes the description.
macro_rules! values {
    ($(#[doc = $description:literal] $name:ident = $text:expr;)+) => {$(
        #[doc = $description]
        #[derive(Debug)]
        pub(crate) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $text.description(Some($description.trim())).build().into()
            }
        }

        impl ToSchema for $name {}
    )+};
}

fn one_of(values: impl IntoIterator<Item: Into<serde_json::Value>>) -> ObjectBuilder {
    text().enum_values(Some(values))
}

values! {
    /// Text with at least one visible character.
    Name = text().min_length(Some(1)).max_length(Some(255)).pattern(Some(concat!(
        "^[^", control!(), r"]*[^\s", control!(), "][^", control!(), "]*$"
    )));
    /// Text without control characters other than tabs and line breaks.
    Overview = text().max_length(Some(10_000)).pattern(Some(concat!(
        "^[^", control!(), r"\u000b\u000c\u0085", "]*$"
    )));
    /// ISO 3166-1 alpha-2 or alpha-3 code; lower case is accepted, too.
    CountryCode = one_of(catalogue::CountryCode::all_spellings());
    /// Production status of a movie.
    MovieStatus = one_of(catalogue::MovieStatus::ALL.map(catalogue::MovieStatus::as_str));
    /// Property that movies are sorted by.
    MovieSortBy = one_of(catalogue::MovieSort::ALL.map(catalogue::MovieSort::as_str));
    /// Direction of an order.
    SortOrder = one_of(
        [catalogue::Direction::Ascending, catalogue::Direction::Descending].map(catalogue::Direction::as_str)
    );
    /// Group of a user. A moderator may also change the catalogue and profiles; an administrator also accounts.
    UserGroup = one_of(accounts::Group::ALL.map(accounts::Group::as_str));
    /// Gender in a profile.
    Gender = one_of(profiles::Gender::ALL.map(profiles::Gender::as_str));
    /// Gender in a form; an empty value counts as absent.
    FormGender = one_of(
        profiles::Gender::ALL.iter().map(|gender| gender.as_str()).chain([""])
    );
    /// Grant type of the token endpoint (RFC 6749).
    GrantType = one_of(["password", "refresh_token"]);
    /// State of the service.
    ServiceStatus = one_of(["ok", "unavailable", "stopping"]);
    /// State of a dependency.
    DependencyStatus = one_of(["ok", "unavailable"]);
    /// Stable code of an error.
    ErrorCode = one_of(codes::all());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_code_is_a_country() {
        let schema = serde_json::to_value(CountryCode::schema()).unwrap();
        let codes = schema["enum"].as_array().unwrap();
        assert!(codes.len() > 400, "{}", codes.len());
        for code in codes {
            assert!(catalogue::CountryCode::parse(code.as_str().unwrap()).is_ok(), "{code}");
        }
    }
}
