//! Fields of a request that are parsed to domain values during deserialization.

use deserr::{Deserr, IntoValue, Sequence, Value, ValueKind, ValuePointerRef};
use domain::{
    accounts::{Email, EmailPart, Group, MailedToken, Password, PasswordAttempt},
    catalogue::{
        CountryCode, Direction, MovieSort, MovieStatus, Name, NameList, Overview, ReleaseDate, Score,
        SearchQuery, Year,
    },
    money::{Currency, Money},
    page::{PageNumber, PageSize},
};

use super::invalid::{Invalid, Issue, type_error};

/// Maximum length of a token in bytes; no issued token comes close to it.
const MAX_TOKEN_BYTES: usize = 4_096;

/// A field that holds a valid `T`.
#[derive(Clone, Debug)]
pub(crate) struct Field<T>(pub(crate) T);

/// A field of an update: absent or a valid `T`; `null` is refused.
#[derive(Clone, Debug)]
pub(crate) struct Change<T>(pub(crate) Option<T>);

/// A parameter that may be repeated, each time with a valid `T`.
#[derive(Clone, Debug)]
pub(crate) struct Many<T>(pub(crate) Vec<T>);

/// Maximum number of occurrences of a parameter.
const MAX_TIMES: usize = 20;

/// A list of names without repetition.
#[derive(Clone, Debug)]
pub(crate) struct Names(pub(crate) NameList);

/// A value that is parsed from a JSON string.
pub(crate) trait FromText: Sized {
    fn from_text(text: &str) -> Result<Self, Vec<Issue>>;
}

/// A value that is parsed from a JSON number.
pub(crate) trait FromNumber: Sized {
    /// `decimal` is the number written without an exponent.
    fn from_number(value: f64, decimal: &str) -> Result<Self, Vec<Issue>>;
}

macro_rules! text_fields {
    ($($type:ty => $code:literal, $parse:expr;)+) => {$(
        impl FromText for $type {
            fn from_text(text: &str) -> Result<Self, Vec<Issue>> {
                $parse(text).map_err(|error| vec![Issue::new($code, error)])
            }
        }

        impl Deserr<Invalid> for Field<$type> {
            fn deserialize_from_value<V: IntoValue>(value: Value<V>, at: ValuePointerRef) -> Result<Self, Invalid> {
                text(value, at).map(Self)
            }
        }
    )+};
}

text_fields! {
    Email => "invalid_email", Email::parse;
    EmailPart => "invalid_email_part", EmailPart::parse;
    Group => "unknown_group", str::parse::<Group>;
    bool => "not_a_boolean", boolean;
    CountryCode => "unknown_country", CountryCode::parse;
    MovieStatus => "unknown_status", str::parse::<MovieStatus>;
    Name => "invalid_name", Name::parse;
    Overview => "invalid_overview", Overview::parse;
    ReleaseDate => "invalid_date", ReleaseDate::parse;
    PageNumber => "invalid_page", page_number;
    PageSize => "invalid_page_size", page_size;
    MailedToken => "invalid_token", |token| bounded(token).map(MailedToken::new);
    PasswordAttempt => "invalid_password", |text| Ok::<_, std::convert::Infallible>(PasswordAttempt::new(text));
    String => "too_long", bounded;
    Year => "invalid_year", year;
    SearchQuery => "invalid_search", SearchQuery::parse;
    MovieSort => "unknown_order", str::parse::<MovieSort>;
    Direction => "unknown_direction", str::parse::<Direction>;
    InQuery<Score> => "invalid_score", score;
    InQuery<i64> => "invalid_id", id;
}

/// A number in a query string, where it is text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InQuery<T>(pub(crate) T);

impl<T: FromText> Deserr<Invalid> for Many<T> {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, at: ValuePointerRef) -> Result<Self, Invalid> {
        let values: Vec<_> = match value {
            Value::Sequence(values) => values.into_iter().map(IntoValue::into_value).collect(),
            one => vec![one],
        };
        if values.len() > MAX_TIMES {
            let issue = Issue::new("too_many", "This parameter may be given at most 20 times.");
            return Err(Invalid::of(vec![issue], at));
        }
        let (mut all, mut invalid) = (Vec::with_capacity(values.len()), Invalid::default());
        for value in values {
            match text(value, at) {
                Ok(value) => all.push(value),
                Err(wrong) => invalid.join(wrong),
            }
        }
        if invalid == Invalid::default() { Ok(Self(all)) } else { Err(invalid) }
    }
}

impl FromText for Password {
    fn from_text(text: &str) -> Result<Self, Vec<Issue>> {
        Self::parse(text)
            .map_err(|rules| rules.into_iter().map(|rule| Issue::new(rule.code(), rule)).collect())
    }
}

impl Deserr<Invalid> for Field<Password> {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, at: ValuePointerRef) -> Result<Self, Invalid> {
        text(value, at).map(Self)
    }
}

impl FromNumber for Score {
    fn from_number(value: f64, _: &str) -> Result<Self, Vec<Issue>> {
        Self::new(value).map_err(|error| vec![Issue::new("invalid_score", error)])
    }
}

impl FromNumber for Money {
    fn from_number(_: f64, decimal: &str) -> Result<Self, Vec<Issue>> {
        Self::parse(decimal, Currency::Usd).map_err(|error| vec![Issue::new("invalid_amount", error)])
    }
}

impl Deserr<Invalid> for Field<Score> {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, at: ValuePointerRef) -> Result<Self, Invalid> {
        number(value, at).map(Self)
    }
}

impl Deserr<Invalid> for Field<Money> {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, at: ValuePointerRef) -> Result<Self, Invalid> {
        number(value, at).map(Self)
    }
}

impl Deserr<Invalid> for Names {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, at: ValuePointerRef) -> Result<Self, Invalid> {
        let names = Vec::<Field<Name>>::deserialize_from_value(value, at)?;
        let list = NameList::new(names.into_iter().map(|name| name.0));
        list.map(Self).map_err(|error| Invalid::of(vec![Issue::new("too_many", error)], at))
    }
}

impl<T: Deserr<Invalid>> Deserr<Invalid> for Change<T> {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, at: ValuePointerRef) -> Result<Self, Invalid> {
        T::deserialize_from_value(value, at).map(|value| Self(Some(value)))
    }
}

impl<T> Default for Change<T> {
    fn default() -> Self {
        Self(None)
    }
}

fn text<T: FromText, V: IntoValue>(value: Value<V>, at: ValuePointerRef) -> Result<T, Invalid> {
    match value {
        Value::String(text) => T::from_text(&text).map_err(|issues| Invalid::of(issues, at)),
        other => Err(type_error(other, &[ValueKind::String], at)),
    }
}

fn number<T: FromNumber, V: IntoValue>(value: Value<V>, at: ValuePointerRef) -> Result<T, Invalid> {
    #[expect(clippy::cast_precision_loss, reason = "exact values are parsed from the decimal")]
    let (value, decimal) = match value {
        Value::Integer(number) => (number as f64, number.to_string()),
        Value::NegativeInteger(number) => (number as f64, number.to_string()),
        Value::Float(number) => (number, number.to_string()),
        other => return Err(type_error(other, &[ValueKind::Float], at)),
    };
    T::from_number(value, &decimal).map_err(|issues| Invalid::of(issues, at))
}

/// Parses a non-negative integer of decimal digits.
fn whole_number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

fn page_number(text: &str) -> Result<PageNumber, domain::page::PageError> {
    PageNumber::new(whole_number(text).unwrap_or(0))
}

fn page_size(text: &str) -> Result<PageSize, domain::page::PageError> {
    PageSize::new(whole_number(text).unwrap_or(0))
}

fn year(text: &str) -> Result<Year, domain::catalogue::YearError> {
    Year::new(whole_number(text).unwrap_or(0))
}

fn id(text: &str) -> Result<InQuery<i64>, &'static str> {
    let id = whole_number(text).filter(|id| *id > 0);
    id.map(InQuery).ok_or("The id must be a positive 64-bit integer.")
}

/// Parses a number in JSON syntax (RFC 8259, 6), which the schema of the parameter documents.
fn score(text: &str) -> Result<InQuery<Score>, domain::catalogue::ScoreError> {
    let has_space = text.contains(char::is_whitespace);
    let number = if has_space { f64::NAN } else { serde_json::from_str(text).unwrap_or(f64::NAN) };
    Score::new(number).map(InQuery)
}

fn boolean(text: &str) -> Result<bool, &'static str> {
    text.parse().map_err(|_| "Must be true or false.")
}

fn bounded(text: &str) -> Result<String, &'static str> {
    if text.len() > MAX_TOKEN_BYTES { Err("Must be at most 4096 bytes long.") } else { Ok(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_in_a_query_is_a_json_number() {
        for (text, value) in [("0", 0.0), ("79.5", 79.5), ("2.5e-16", 2.5e-16), ("1E2", 100.0), ("-0", 0.0)] {
            assert_eq!(score(text).ok().map(|score| score.0.value()), Some(value), "{text}");
        }
        for text in ["", " 1", "1 ", "101", "-1", "NaN", "inf", "\"1\"", "null", "0x1"] {
            assert!(score(text).is_err(), "{text}");
        }
    }
}
