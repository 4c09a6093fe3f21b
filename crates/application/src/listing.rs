use domain::store::StoreError;

/// Error of the use cases that list resources.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The page is past the end of the list; the value is the plural name of its items.
    #[error("No {0} found.")]
    PastTheEnd(&'static str),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}
