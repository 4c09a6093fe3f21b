//! Schemas of values that many operations share. The domain parses the values.

use domain::catalogue::CountryCode as Code;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

/// Characters other than white space that texts of movies must not contain: control characters, direction overrides, byte
/// order marks.
macro_rules! control {
    () => {
        r"\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u202a-\u202e\u2066-\u2069\ufeff"
    };
}

/// Name or title.
#[derive(Debug)]
pub(crate) struct Name;

impl PartialSchema for Name {
    fn schema() -> RefOr<Schema> {
        let pattern = concat!("^[^", control!(), r"]*[^\s", control!(), "][^", control!(), "]*$");
        let name = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Text with at least one visible character."));
        name.min_length(Some(1)).max_length(Some(255)).pattern(Some(pattern)).build().into()
    }
}

impl ToSchema for Name {}

/// Text about a movie; may be empty.
#[derive(Debug)]
pub(crate) struct Overview;

impl PartialSchema for Overview {
    fn schema() -> RefOr<Schema> {
        let pattern = concat!("^[^", control!(), r"\u000b\u000c\u0085", "]*$");
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Text without control characters other than tabs and line breaks."));
        text.max_length(Some(10_000)).pattern(Some(pattern)).build().into()
    }
}

impl ToSchema for Overview {}

/// An ISO 3166-1 code in upper case.
#[derive(Debug)]
pub(crate) struct CountryCode;

impl PartialSchema for CountryCode {
    fn schema() -> RefOr<Schema> {
        let description = "ISO 3166-1 alpha-2 or alpha-3 code; lower case is accepted, too.";
        let codes = ObjectBuilder::new().schema_type(Type::String).description(Some(description));
        codes.enum_values(Some(Code::all_spellings())).build().into()
    }
}

impl ToSchema for CountryCode {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_code_is_a_country() {
        let schema = serde_json::to_value(CountryCode::schema()).unwrap();
        let codes = schema["enum"].as_array().unwrap();
        assert!(codes.len() > 400, "{}", codes.len());
        for code in codes {
            assert!(Code::parse(code.as_str().unwrap()).is_ok(), "{code}");
        }
    }
}
