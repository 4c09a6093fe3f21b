use domain::{
    catalogue::{Reference, ReferenceId, ReferenceKind},
    ports::StoreError,
};

use crate::catalogue::Catalogue;

/// Error of [`get_reference`].
#[derive(Debug, thiserror::Error)]
pub enum GetReferenceError {
    /// The reference does not exist.
    #[error("{} not found.", .0.singular())]
    NotFound(ReferenceKind),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Returns a genre, an actor, a country or a language.
///
/// # Errors
///
/// [`GetReferenceError`].
pub async fn get_reference(catalogue: &Catalogue, id: ReferenceId) -> Result<Reference, GetReferenceError> {
    catalogue.queries.reference(id).await?.ok_or(GetReferenceError::NotFound(id.kind))
}
