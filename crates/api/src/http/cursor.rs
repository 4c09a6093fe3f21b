//! Cursors: where in a list to go on.

use super::invalid::{Invalid, Issue, type_error};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use deserr::{Deserr, IntoValue, Value, ValueKind, ValuePointerRef};

/// Behind which id to go on. Opaque to callers: what it holds may change at any time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor(pub(crate) i64);

impl Cursor {
    pub(crate) fn encode(self) -> String {
        URL_SAFE_NO_PAD.encode(format!("id:{}", self.0))
    }

    pub(crate) fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let id = std::str::from_utf8(&bytes).ok()?.strip_prefix("id:")?.parse().ok().filter(|id| *id > 0)?;
        Some(Self(id))
    }
}

impl Deserr<Invalid> for Cursor {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, at: ValuePointerRef) -> Result<Self, Invalid> {
        let invalid = || Issue::new("invalid_cursor", "The cursor must be one that this list gave.");
        match value {
            Value::String(text) => Self::decode(&text).ok_or_else(|| Invalid::of(vec![invalid()], at)),
            other => Err(type_error(other, &[ValueKind::String], at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back() {
        for id in [1, 7, i64::MAX] {
            assert_eq!(Cursor::decode(&Cursor(id).encode()), Some(Cursor(id)));
        }
    }

    #[test]
    fn nonsense_is_no_cursor() {
        for text in ["", "7", "aWQ6", "aWQ6eA", "aWQ6LTU", "aWQ6MA", "ÿ", &"A".repeat(10_000)] {
            assert_eq!(Cursor::decode(text), None, "{text}");
        }
    }
}
