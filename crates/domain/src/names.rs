//! Names of the variants of enums.

/// Gives the variants of an enum their names in the store and in the API, by which they are displayed and parsed. Any other text is
/// the given error.
macro_rules! names {
    ($type:ident, $error:ident: $($variant:ident = $name:literal),+) => {
        impl $type {
            /// All variants.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// Name in the store and in the API.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }

        impl std::str::FromStr for $type {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, $error> {
                Self::ALL.into_iter().find(|variant| variant.as_str() == text).ok_or($error)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(crate) use names;

#[cfg(test)]
mod tests {
    use crate::{
        accounts::{Group, UnknownGroup},
        catalogue::{MovieStatus, UnknownStatus},
    };

    #[test]
    fn every_variant_is_parsed_from_its_name_and_other_spellings_are_rejected() {
        assert!(Group::ALL.into_iter().all(|group| group.as_str().parse() == Ok(group)));
        assert!(MovieStatus::ALL.into_iter().all(|status| status.to_string().parse() == Ok(status)));
        for text in ["", "Admin", "root", "admin "] {
            assert_eq!(text.parse::<Group>(), Err(UnknownGroup));
        }
        for text in ["", "released", " Released", "Rumored"] {
            assert_eq!(text.parse::<MovieStatus>(), Err(UnknownStatus));
        }
    }
}
