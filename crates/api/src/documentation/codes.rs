//! The list of error codes.

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

/// Returns the codes in alphabetical order.
pub(super) fn all() -> Vec<&'static str> {
    let mut codes: Vec<_> = CONTEXTS.into_iter().flatten().map(|row| row.code).collect();
    codes.sort_unstable();
    codes
}

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
