/// Condition on the current state of a resource before it is changed; `None` always holds.
pub type Precondition<'a, T> = Option<&'a (dyn Fn(&T) -> bool + Send + Sync)>;

/// The precondition does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The resource has changed since it was read.")]
pub struct Changed;

/// Checks a precondition against a resource that the caller's unit of work has locked.
pub(crate) fn check<T>(expected: Precondition<'_, T>, current: &T) -> Result<(), Changed> {
    if expected.is_none_or(|holds| holds(current)) { Ok(()) } else { Err(Changed) }
}
