//! Which of the things that a control allowed are evidence.
//!
//! A log holds millions of them and hardly any matters. What registered agents and services did is
//! kept whole; of what people did, only the actions that policy names: for everybody, or as one that
//! their tier must not do.

/// Tells what is kept although it was allowed.
///
/// A function of an account alone keeps no action for its own sake.
pub trait Watch: Sync {
    /// Whether an account, written `system:local`, is a registered agent or service.
    fn account(&self, account: &str) -> bool;

    /// Whether an action, written `system:action`, is kept whoever did it.
    fn action(&self, _action: &str) -> bool {
        false
    }

    /// Whether an action is kept because policy forbids it to whoever this account belongs to.
    fn forbidden(&self, _account: &str, _action: &str) -> bool {
        false
    }
}

impl<F: Fn(&str) -> bool + Sync> Watch for F {
    fn account(&self, account: &str) -> bool {
        self(account)
    }
}
