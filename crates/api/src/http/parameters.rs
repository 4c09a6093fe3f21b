//! Extractors of query and path parameters.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use deserr::{Deserr, ValuePointerRef};
use serde_json::{Map, Value};

use super::{
    field::Field,
    invalid::{Invalid, RequestPart},
    problem::Problem,
};

/// A query string of type `T`.
#[derive(Clone, Debug)]
pub(crate) struct Query<T>(pub(crate) T);

/// The id in a path with one parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PathId(pub(crate) i64);

impl<T: Deserr<Invalid>> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let fields = map(request.query_string().as_bytes());
        let value = deserr::deserialize(Value::Object(fields));
        ready(value.map(Self).map_err(|invalid| Problem::invalid(invalid, RequestPart::Query)))
    }
}

impl FromRequest for PathId {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (name, text) = request.match_info().iter().next().unwrap_or(("id", ""));
        let at = ValuePointerRef::Key { key: name, prev: &ValuePointerRef::Origin };
        let text = deserr::Value::<Value>::String(text.to_owned());
        let id = Field::deserialize_from_value(text, at).map(|Field(id)| Self(id));
        ready(id.map_err(|invalid| Problem::invalid(invalid, RequestPart::Path)))
    }
}

/// Returns form-encoded pairs as a JSON object of strings; a repeated name has a list of strings.
pub(crate) fn map(encoded: &[u8]) -> Map<String, Value> {
    let mut map = Map::new();
    for (name, value) in form_urlencoded::parse(encoded) {
        let value = Value::String(value.into_owned());
        match map.get_mut(name.as_ref()) {
            None => {
                map.insert(name.into_owned(), value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    map
}
