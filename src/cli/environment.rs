//! The clock, the environment and the terminal: the only place that asks them.

use std::{ffi::OsString, io::IsTerminal as _, path::PathBuf};

use crate::model::Instant;

/// Name of the variable that holds a key's passphrase.
pub(super) const PASSPHRASE: &str = "SODPACK_PASSPHRASE";
/// Name of the variable that names a file with a key's passphrase on its first line.
pub(super) const PASSPHRASE_FILE: &str = "SODPACK_PASSPHRASE_FILE";

/// The current moment, to the second.
pub(super) fn now() -> Instant {
    let seconds = chrono::Utc::now().timestamp();
    // The epoch stands for a clock that shows no year from 1 to 9999.
    Instant::from_seconds(seconds)
        .or_else(|| Instant::from_seconds(0))
        .unwrap_or_else(|| unreachable!("the epoch is an instant"))
}

/// A variable of the environment, unless it is empty.
pub(super) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Where a running ssh-agent listens.
pub(super) fn agent_socket() -> Option<PathBuf> {
    variable("SSH_AUTH_SOCK").map(PathBuf::from)
}

/// Tells whether somebody watches standard error.
pub(super) fn is_watched() -> bool {
    std::io::stderr().is_terminal()
}

/// Tells whether somebody can type.
pub(super) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Says something to whoever runs the program, apart from the results.
pub(super) fn remark(text: &str) {
    use std::io::Write as _;
    // A closed standard error is no reason to fail.
    let _ = writeln!(std::io::stderr(), "{text}");
}
