use std::fmt;

/// A country's ISO 3166-1 alpha-2 code, upper case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CountryCode([u8; 2]);

/// The text is not an ISO 3166-1 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The country must be an ISO 3166-1 code of two or three letters, such as US or USA.")]
pub struct UnknownCountry;

/// A country of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Country {
    /// Identifier of the country.
    pub id: i64,
    /// Code of the country.
    pub code: CountryCode,
    /// Name; ISO's English short name unless a moderator set another.
    pub name: String,
}

impl CountryCode {
    /// Parses an alpha-2 or alpha-3 code in any case.
    pub fn parse(text: &str) -> Result<Self, UnknownCountry> {
        let code = text.to_ascii_uppercase();
        let found = match code.len() {
            2 => rust_iso3166::from_alpha2(&code),
            3 => rust_iso3166::from_alpha3(&code),
            _ => None,
        };
        let [first, second] = found.ok_or(UnknownCountry)?.alpha2.as_bytes() else {
            return Err(UnknownCountry);
        };
        Ok(Self([*first, *second]))
    }

    /// All codes that [`parse`](Self::parse) accepts, in upper case: alpha-2 codes, then alpha-3 codes.
    pub fn all_spellings() -> impl Iterator<Item = &'static str> {
        rust_iso3166::ALL_ALPHA2.iter().chain(rust_iso3166::ALL_ALPHA3).copied()
    }

    /// The alpha-2 code, upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// ISO's English short name, without the article that ISO adds in brackets.
    #[must_use]
    pub fn iso_name(self) -> &'static str {
        let name = rust_iso3166::from_alpha2(self.as_str()).map_or("", |country| country.name);
        name.strip_suffix(" (the)").unwrap_or(name)
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alpha_2_and_alpha_3_codes_in_any_case_are_equal() {
        for text in ["US", "us", "USA", "usa"] {
            assert_eq!(CountryCode::parse(text).unwrap().as_str(), "US");
        }
    }

    #[test]
    fn iso_names_have_no_article() {
        assert_eq!(CountryCode::parse("FR").unwrap().iso_name(), "France");
        assert_eq!(CountryCode::parse("US").unwrap().iso_name(), "United States of America");
    }

    #[test]
    fn every_iso_country_has_a_name_and_is_parsed() {
        assert!(rust_iso3166::ALL.len() > 240);
        for country in rust_iso3166::ALL {
            let code = CountryCode::parse(country.alpha3).unwrap();
            assert_eq!(code.as_str(), country.alpha2);
            assert!(!code.iso_name().is_empty() && !code.iso_name().ends_with("(the)"), "{code}");
        }
    }

    #[test]
    fn unknown_codes_are_rejected() {
        for text in ["", "U", "XX", "ZZZ", "USAA", "U S", "Ü", "ÜS", "001"] {
            assert_eq!(CountryCode::parse(text), Err(UnknownCountry), "{text}");
        }
    }
}
