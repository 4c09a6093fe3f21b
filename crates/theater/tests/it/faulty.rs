//! Fault injection: stores with faults, to show that the tests detect them. Each context has its own decorators.

mod accounts;
mod profiles;

use std::sync::Arc;

use api::Services;
use domain::environment::Randomness;

/// Implements a repository or queries by an inner one, except for the methods in the last block.
macro_rules! decorate {
    (
        $trait:ident for $type:ty, $self:ident => $inner:expr, $error:ty;
        $($name:ident($($argument:ident: $kind:ty),*) -> $ok:ty;)*
        { $($own:tt)* }
    ) => {
        #[async_trait::async_trait]
        impl $trait for $type {
            $(async fn $name(&$self, $($argument: $kind),*) -> Result<$ok, $error> {
                $inner.$name($($argument),*).await
            })*
            $($own)*
        }
    };
}
use decorate;

/// A guarantee that can be disabled. Each comment states the effect of disabling it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Registering a taken email address returns the existing account.
    DuplicateEmails,
    /// Rows are not locked; reads return the last committed state.
    NoRowLocks,
    /// Any link token is accepted, any number of times.
    ReusableLinkTokens,
    /// A wrong link token revokes the valid one.
    WrongTokenRevokes,
    /// Ended sessions are accepted.
    EndedSessionsAccepted,
    /// Creating a second profile returns the existing one.
    DuplicateProfiles,
    /// Unused pictures are not removed.
    PicturesNotRemoved,
    /// A failed upload to the object store is ignored.
    UploadErrorsIgnored,
}

/// The guarantees to disable.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Faults(pub(crate) &'static [Fault]);

impl Faults {
    fn contains(self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }

    /// Injects the faults into these services.
    pub(crate) fn apply_to(self, services: &mut Services) {
        let accounts = &mut services.accounts;
        let (store, queries) = (accounts.store.clone(), accounts.queries.clone());
        accounts.store = Arc::new(accounts::Store { inner: store, queries: queries.clone(), faults: self });
        let store = accounts.store.clone();
        accounts.queries = Arc::new(accounts::Queries { inner: queries, store, faults: self });
        let profiles = &mut services.profiles;
        profiles.store = Arc::new(profiles::Store { inner: profiles.store.clone(), faults: self });
        if self.contains(Fault::UploadErrorsIgnored) {
            profiles.objects = Arc::new(profiles::UncheckedObjects(profiles.objects.clone()));
        }
    }
}

/// Returns the same bits each time.
pub(crate) struct SameBits;

impl Randomness for SameBits {
    fn bits128(&self) -> [u8; 16] {
        [7; 16]
    }
}
