//! Fields of a request that are parsed to domain values during deserialization.

use deserr::{Deserr, IntoValue, Sequence, Value, ValueKind, ValuePointerRef};
use domain::{
    accounts::{Email, EmailPart, Group, MailedToken, Password, PasswordAttempt},
    catalogue::{
        CountryCode, Direction, MovieSort, MovieStatus, Name, NameList, Overview, ReleaseDate, Score,
        ScoreError, SearchQuery, Year,
    },
    money::{Currency, Money},
    page::{PageNumber, PageSize},
};

use super::invalid::{Invalid, Issue, type_error};

/// Maximum length of a token in bytes; no issued token comes close to it.
const MAX_TOKEN_BYTES: usize = 4_096;

/// Maximum number of occurrences of a parameter.
const MAX_TIMES: usize = 20;

/// A field with text that is parsed to a valid `T`.
#[derive(Clone, Debug)]
pub(crate) struct Field<T>(pub(crate) T);

/// A field with a JSON number that is parsed to a valid `T`.
#[derive(Clone, Debug)]
pub(crate) struct Number<T>(pub(crate) T);

/// A field of an update: absent or a valid `T`; `null` is refused.
#[derive(Clone, Debug)]
pub(crate) struct Change<T>(pub(crate) Option<T>);

/// A parameter that may be repeated, each time with a valid `T`.
#[derive(Clone, Debug)]
pub(crate) struct Many<T>(pub(crate) Vec<T>);

/// A list of names without repetition.
#[derive(Clone, Debug)]
pub(crate) struct Names(pub(crate) NameList);

/// A value that is parsed from text.
pub(crate) trait FromText: Sized {
    fn from_text(text: &str) -> Result<Self, Vec<Issue>>;
}

/// A value that is parsed from a JSON number.
pub(crate) trait FromNumber: Sized {
    /// `decimal` is the number written without an exponent.
    fn from_number(value: f64, decimal: &str) -> Result<Self, Issue>;
}

macro_rules! from_text {
    ($($type:ty => $code:literal, $parse:expr;)+) => {$(
        impl FromText for $type {
            fn from_text(text: &str) -> Result<Self, Vec<Issue>> {
                $parse(text).map_err(|error| vec![Issue::new($code, error)])
            }
        }
    )+};
}

from_text! {
    Email => "invalid_email", Email::parse;
    EmailPart => "invalid_email_part", EmailPart::parse;
    Group => "unknown_group", str::parse::<Group>;
    bool => "not_a_boolean", |text: &str| text.parse().map_err(|_| "Must be true or false.");
    CountryCode => "unknown_country", CountryCode::parse;
    MovieStatus => "unknown_status", str::parse::<MovieStatus>;
    Name => "invalid_name", Name::parse;
    Overview => "invalid_overview", Overview::parse;
    ReleaseDate => "invalid_date", ReleaseDate::parse;
    PageNumber => "invalid_page", |text| PageNumber::new(whole_number(text));
    PageSize => "invalid_page_size", |text| PageSize::new(whole_number(text));
    MailedToken => "invalid_token", |token| bounded(token).map(MailedToken::new);
    PasswordAttempt => "invalid_password", |text| Ok::<_, std::convert::Infallible>(PasswordAttempt::new(text));
    String => "too_long", bounded;
    Year => "invalid_year", |text| Year::new(whole_number(text));
    SearchQuery => "invalid_search", SearchQuery::parse;
    MovieSort => "unknown_order", str::parse::<MovieSort>;
    Direction => "unknown_direction", str::parse::<Direction>;
    Score => "invalid_score", score;
    i64 => "invalid_id", id;
}

impl FromText for Password {
    fn from_text(text: &str) -> Result<Self, Vec<Issue>> {
        Self::parse(text)
            .map_err(|rules| rules.into_iter().map(|rule| Issue::new(rule.code(), rule)).collect())
    }
}

impl FromNumber for Score {
    fn from_number(value: f64, _: &str) -> Result<Self, Issue> {
        Self::new(value).map_err(|error| Issue::new("invalid_score", error))
    }
}

impl FromNumber for Money {
    fn from_number(_: f64, decimal: &str) -> Result<Self, Issue> {
        Self::parse(decimal, Currency::Usd).map_err(|error| Issue::new("invalid_amount", error))
    }
}

impl<T: FromText> Deserr<Invalid> for Field<T> {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, at: ValuePointerRef) -> Result<Self, Invalid> {
        match value {
            Value::String(text) => T::from_text(&text).map(Self).map_err(|issues| Invalid::of(issues, at)),
            other => Err(type_error(other, &[ValueKind::String], at)),
        }
    }
}

impl<T: FromNumber> Deserr<Invalid> for Number<T> {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, at: ValuePointerRef) -> Result<Self, Invalid> {
        #[expect(clippy::cast_precision_loss, reason = "exact values are parsed from the decimal")]
        let (value, decimal) = match value {
            Value::Integer(number) => (number as f64, number.to_string()),
            Value::NegativeInteger(number) => (number as f64, number.to_string()),
            Value::Float(number) => (number, number.to_string()),
            other => return Err(type_error(other, &[ValueKind::Float], at)),
        };
        T::from_number(value, &decimal).map(Self).map_err(|issue| Invalid::of(vec![issue], at))
    }
}

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
            match Field::deserialize_from_value(value, at) {
                Ok(Field(value)) => all.push(value),
                Err(wrong) => invalid.join(wrong),
            }
        }
        if invalid == Invalid::default() { Ok(Self(all)) } else { Err(invalid) }
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

/// Parses a non-negative integer of decimal digits. Returns 0, which no field accepts, for other text.
fn whole_number(text: &str) -> i64 {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).unwrap_or(0)
}

fn id(text: &str) -> Result<i64, &'static str> {
    Some(whole_number(text)).filter(|id| *id > 0).ok_or("The id must be a positive 64-bit integer.")
}

/// Parses a number in JSON syntax (RFC 8259, 6), which the schema of the parameter documents.
fn score(text: &str) -> Result<Score, ScoreError> {
    let has_space = text.contains(char::is_whitespace);
    Score::new(if has_space { f64::NAN } else { serde_json::from_str(text).unwrap_or(f64::NAN) })
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
            assert_eq!(score(text).ok().map(Score::value), Some(value), "{text}");
        }
        for text in ["", " 1", "1 ", "101", "-1", "NaN", "inf", "\"1\"", "null", "0x1"] {
            assert!(score(text).is_err(), "{text}");
        }
    }
}
