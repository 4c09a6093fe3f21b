/// What a caller expects of the current state of a resource before it is changed; `None` expects nothing.
pub type Precondition<'a, T> = Option<&'a (dyn Fn(&T) -> bool + Send + Sync)>;

/// The resource is not what the caller expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The resource has changed since it was read.")]
pub struct Changed;

/// Compares a resource, locked by the caller's unit of work, with what the caller expects.
pub(crate) fn check<T>(expected: Precondition<'_, T>, current: &T) -> Result<(), Changed> {
    if expected.is_none_or(|holds| holds(current)) { Ok(()) } else { Err(Changed) }
}
