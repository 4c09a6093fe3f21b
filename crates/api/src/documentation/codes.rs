//! The list of error codes.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use crate::{
    accounts, administration, catalogue,
    http::{self, row::Row},
    pages, profiles,
};

/// The problems of each context.
const CONTEXTS: [&[Row]; 10] = [
    http::problems::ALL,
    accounts::problems::ALL,
    administration::problems::ALL,
    catalogue::problems::ALL,
    catalogue::problems::genres::ALL,
    catalogue::problems::actors::ALL,
    catalogue::problems::countries::ALL,
    catalogue::problems::languages::ALL,
    profiles::problems::ALL,
    pages::problems::ALL,
];

/// Stable code of an error.
#[derive(Debug)]
pub(crate) struct ErrorCode;

impl PartialSchema for ErrorCode {
    fn schema() -> RefOr<Schema> {
        let mut codes: Vec<_> = CONTEXTS.into_iter().flatten().map(|row| row.code).collect();
        codes.sort_unstable();
        let code =
            ObjectBuilder::new().schema_type(Type::String).description(Some("Stable code of an error."));
        code.enum_values(Some(codes)).build().into()
    }
}

impl ToSchema for ErrorCode {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_has_one_row() {
        let mut codes = BTreeSet::new();
        for row in CONTEXTS.into_iter().flatten() {
            assert!(codes.insert(row.code), "{} has two rows", row.code);
        }
    }
}
