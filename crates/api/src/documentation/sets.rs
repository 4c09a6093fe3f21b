//! Closed sets of values, as enums of the OpenAPI document. The domain reads and writes the values; a test compares both.

// Variants stand for values that the domain has types of its own for.
#![expect(dead_code, reason = "these types document values and hold none")]

use serde::Serialize;
use utoipa::ToSchema;

/// The production status of a movie.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) enum MovieStatus {
    Released,
    #[serde(rename = "Post Production")]
    PostProduction,
    #[serde(rename = "In Production")]
    InProduction,
}

/// The group of a user: a moderator may also change the catalogue, an administrator also accounts.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum UserGroup {
    User,
    Moderator,
    Admin,
}

/// The gender that a profile states.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Gender {
    Man,
    Woman,
}

/// The gender in a form, whose empty fields count as absent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FormGender {
    Man,
    Woman,
    #[serde(rename = "")]
    Absent,
}

/// The property by which movies are sorted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MovieSortBy {
    Id,
    Name,
    Date,
    Score,
    Budget,
    Revenue,
}

/// The direction in which a list is sorted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SortOrder {
    Asc,
    Desc,
}

/// The grants of the token endpoint (RFC 6749).
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GrantType {
    Password,
    RefreshToken,
}

/// The state of the service.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ServiceStatus {
    Ok,
    Unavailable,
    Stopping,
}

/// The state of a dependency.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DependencyStatus {
    Ok,
    Unavailable,
}

#[cfg(test)]
mod tests {
    use domain::{accounts, catalogue, profiles};
    use utoipa::PartialSchema;

    use super::*;

    fn values<T: PartialSchema>() -> Vec<String> {
        let schema = serde_json::to_value(T::schema()).unwrap();
        schema["enum"].as_array().unwrap().iter().map(|value| value.as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn the_documented_sets_are_those_of_the_domain() {
        assert_eq!(values::<MovieStatus>(), catalogue::MovieStatus::ALL.map(catalogue::MovieStatus::as_str));
        assert_eq!(values::<UserGroup>(), accounts::Group::ALL.map(|group| group.to_string()));
        assert_eq!(values::<Gender>(), profiles::Gender::ALL.map(profiles::Gender::as_str));
        assert_eq!(values::<MovieSortBy>(), catalogue::MovieSort::ALL.map(catalogue::MovieSort::as_str));
        let directions = [catalogue::Direction::Ascending, catalogue::Direction::Descending];
        assert_eq!(values::<SortOrder>(), directions.map(catalogue::Direction::as_str));
    }
}
