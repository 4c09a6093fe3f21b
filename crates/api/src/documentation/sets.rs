//! Closed sets of values, as enums of the OpenAPI document. A test compares them with the values of the domain.

#![expect(dead_code, reason = "these types document values and hold none")]

use serde::Serialize;
use utoipa::ToSchema;

/// Production status of a movie.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) enum MovieStatus {
    Released,
    #[serde(rename = "Post Production")]
    PostProduction,
    #[serde(rename = "In Production")]
    InProduction,
}

/// Group of a user. A moderator may also change the catalogue and profiles; an administrator also accounts.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum UserGroup {
    User,
    Moderator,
    Admin,
}

/// Gender in a profile.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Gender {
    Man,
    Woman,
}

/// Gender in a form; an empty value counts as absent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FormGender {
    Man,
    Woman,
    #[serde(rename = "")]
    Absent,
}

/// Property that movies are sorted by.
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

/// Direction of an order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SortOrder {
    Asc,
    Desc,
}

/// Grant type of the token endpoint (RFC 6749).
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GrantType {
    Password,
    RefreshToken,
}

/// State of the service.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ServiceStatus {
    Ok,
    Unavailable,
    Stopping,
}

/// State of a dependency.
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
