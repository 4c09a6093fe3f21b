//! Validation errors of an input, collected so that all of them are reported at once.

use std::ops::ControlFlow;

use deserr::{
    DeserializeError, ErrorKind, IntoValue, MergeWithError, ValueKind, ValuePointerRef, take_cf_content,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::FieldError;

/// Maximum number of errors that are reported at once.
const MAX_ERRORS: usize = 100;

/// Maximum length in bytes of an unknown field's name that the error repeats.
const MAX_FIELD_NAME: usize = 64;

/// Part of a request that contains an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ErrorLocation)]
pub(crate) enum RequestPart {
    Body,
    Query,
    Path,
    Form,
}

/// An error of one value, without its location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Issue {
    pub(crate) code: &'static str,
    pub(crate) detail: String,
}

/// Errors of an input, each with its location as a JSON pointer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Invalid(Vec<(String, Issue)>);

impl Issue {
    pub(crate) fn new(code: &'static str, detail: impl std::fmt::Display) -> Self {
        Self { code, detail: detail.to_string() }
    }
}

impl Invalid {
    pub(crate) fn at(pointer: impl Into<String>, issue: Issue) -> Self {
        Self(vec![(pointer.into(), issue)])
    }

    /// Adds errors, up to [`MAX_ERRORS`] in total.
    pub(crate) fn join(&mut self, mut more: Self) {
        self.0.append(&mut more.0);
        self.0.truncate(MAX_ERRORS);
    }

    /// One error per unknown name.
    pub(crate) fn unknown_fields<'a>(names: impl IntoIterator<Item = &'a String>) -> Self {
        let issue = |name: &String| (unknown_pointer("", name), unknown_field());
        Self(names.into_iter().take(MAX_ERRORS).map(issue).collect())
    }

    /// Errors of one value.
    pub(crate) fn of(issues: Vec<Issue>, location: ValuePointerRef) -> Self {
        let pointer = pointer(location);
        Self(issues.into_iter().map(|issue| (pointer.clone(), issue)).collect())
    }

    pub(crate) fn into_errors(self, part: RequestPart) -> Vec<FieldError> {
        let error = |(pointer, Issue { code, detail })| FieldError { part, pointer, code, detail };
        self.0.into_iter().map(error).collect()
    }

    fn add(first: Option<Self>, more: Self) -> ControlFlow<Self, Self> {
        let mut all = first.unwrap_or_default();
        all.join(more);
        if all.0.len() == MAX_ERRORS { ControlFlow::Break(all) } else { ControlFlow::Continue(all) }
    }
}

impl MergeWithError<Self> for Invalid {
    fn merge(self_: Option<Self>, other: Self, _: ValuePointerRef) -> ControlFlow<Self, Self> {
        Self::add(self_, other)
    }
}

impl DeserializeError for Invalid {
    fn error<V: IntoValue>(
        self_: Option<Self>,
        error: ErrorKind<V>,
        location: ValuePointerRef,
    ) -> ControlFlow<Self, Self> {
        let here = pointer(location);
        let within = |field: &str| format!("{here}/{}", escape(field));
        let (pointer, issue) = match error {
            ErrorKind::IncorrectValueKind { accepted, .. } => (here, wrong_type(accepted)),
            ErrorKind::MissingField { field } => {
                (within(field), Issue::new("missing", "This field is required."))
            }
            ErrorKind::UnknownKey { key, .. } => (unknown_pointer(&here, key), unknown_field()),
            // No input has a type with one of the other errors.
            _ => (here, Issue::new("invalid", "This value is not valid.")),
        };
        Self::add(self_, Self::at(pointer, issue))
    }
}

/// Returns the location of an unknown field. A name that no field can have is not repeated: a body that was sent with a
/// wrong media type may be one long name that contains a password.
fn unknown_pointer(parent: &str, name: &str) -> String {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.~/[]".contains(&byte);
    let good = (1..=MAX_FIELD_NAME).contains(&name.len()) && name.bytes().all(is_name);
    if good { format!("{parent}/{}", escape(name)) } else { parent.to_owned() }
}

fn unknown_field() -> Issue {
    Issue::new("unknown_field", "There is no such field.")
}

fn wrong_type(accepted: &[ValueKind]) -> Issue {
    let name = |kind: &ValueKind| match kind {
        ValueKind::Null => "null",
        ValueKind::Boolean => "a boolean",
        ValueKind::Integer | ValueKind::NegativeInteger => "an integer",
        ValueKind::Float => "a number",
        ValueKind::String => "a string",
        ValueKind::Sequence => "a list",
        ValueKind::Map => "an object",
    };
    let names: Vec<_> = accepted.iter().map(name).collect();
    Issue::new("wrong_type", format!("Must be {}.", names.join(" or ")))
}

/// Returns the error of a value whose type is not accepted.
pub(crate) fn type_error<V: IntoValue>(
    actual: deserr::Value<V>,
    accepted: &[ValueKind],
    location: ValuePointerRef,
) -> Invalid {
    take_cf_content(Invalid::error(None, ErrorKind::IncorrectValueKind { actual, accepted }, location))
}

/// Returns a location as a JSON pointer (RFC 6901).
fn pointer(location: ValuePointerRef) -> String {
    match location {
        ValuePointerRef::Origin => String::new(),
        ValuePointerRef::Key { key, prev } => format!("{}/{}", pointer(*prev), escape(key)),
        ValuePointerRef::Index { index, prev } => format!("{}/{index}", pointer(*prev)),
    }
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use deserr::Deserr;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserr)]
    #[deserr(error = Invalid, deny_unknown_fields)]
    #[expect(dead_code, reason = "only its errors matter")]
    struct Example {
        name: String,
        tags: Vec<String>,
    }

    fn errors(value: serde_json::Value) -> Vec<(String, &'static str)> {
        let invalid = deserr::deserialize::<Example, _, Invalid>(value).unwrap_err();
        invalid.into_errors(RequestPart::Body).into_iter().map(|error| (error.pointer, error.code)).collect()
    }

    #[test]
    fn all_errors_are_reported_at_once_with_their_locations() {
        let mut reported = errors(json!({"tags": ["a", 1, null], "na/me~": 1}));
        reported.sort();
        let expected = [
            ("/name", "missing"),
            ("/na~1me~0", "unknown_field"),
            ("/tags/1", "wrong_type"),
            ("/tags/2", "wrong_type"),
        ];
        assert_eq!(reported, expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    }

    #[test]
    fn a_value_that_is_not_an_object_is_reported_at_the_root() {
        assert_eq!(errors(json!([])), [(String::new(), "wrong_type")]);
    }

    #[test]
    fn a_name_that_no_field_can_have_is_not_repeated() {
        let long = "x".repeat(65);
        for name in [r#"{"password":"Secret-Pass1!"}"#, "a=b&c", "", "a b", &long] {
            let reported = errors(json!({"name": "x", "tags": [], name: 1}));
            assert_eq!(reported, [(String::new(), "unknown_field")]);
        }
    }

    #[test]
    fn the_number_of_errors_is_bounded() {
        let many: Vec<_> = (0..1_000).collect();
        assert_eq!(errors(json!({"name": "x", "tags": many})).len(), MAX_ERRORS);
    }
}
