//! How a run ends.

use std::{fmt, process::ExitCode};

/// How a run ended, short of failing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exit {
    /// Done, and nothing is open.
    Clean,
    /// Done, and exceptions are open, or a verification did not pass.
    Open,
    /// Done, nothing is open, and evidence is missing.
    Incomplete,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Clean => 0,
            Exit::Open => 1,
            Exit::Incomplete => 3,
        })
    }
}

/// Why a run failed: the consequence, then what is wrong, each on a line of its own.
#[derive(Debug)]
pub struct Failure {
    consequence: String,
    causes: Vec<String>,
}

impl Failure {
    /// Makes a failure from every line of `causes`.
    pub fn new(consequence: impl Into<String>, causes: impl fmt::Display) -> Self {
        let causes = causes.to_string().lines().map(str::to_owned).collect();
        Self { consequence: consequence.into(), causes }
    }

    /// Makes one from an error and all that caused it. Many errors tell their cause themselves: what
    /// was told is not told again.
    pub fn from_error(consequence: &str, error: &anyhow::Error) -> Self {
        let mut told = String::new();
        for cause in error.chain().map(ToString::to_string) {
            if told.is_empty() {
                told = cause;
            } else if !told.contains(&cause) {
                told = format!("{told}: {cause}");
            }
        }
        Self::new(consequence, told)
    }

    /// How the process ends.
    pub fn code(&self) -> ExitCode {
        ExitCode::from(2)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.causes.as_slice() {
            [] => write!(f, "error: {}", self.consequence),
            [cause] => write!(f, "error: {}: {cause}", self.consequence),
            causes => {
                // A line that ends in a colon introduces those after it.
                let problems = causes.iter().filter(|cause| !cause.ends_with(':')).count();
                let s = if problems == 1 { "" } else { "s" };
                write!(f, "error: {}: {problems} problem{s}", self.consequence)?;
                causes.iter().try_for_each(|cause| write!(f, "\n  {cause}"))
            }
        }
    }
}

/// Adds the consequence to whatever went wrong.
pub(super) trait Consequence<T> {
    /// Names what did not come about.
    fn or_fail(self, consequence: &str) -> Result<T, Failure>;
}

impl<T, E: Into<anyhow::Error>> Consequence<T> for Result<T, E> {
    fn or_fail(self, consequence: &str) -> Result<T, Failure> {
        self.map_err(|error| Failure::from_error(consequence, &error.into()))
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    /// An error that tells its cause, as most of ours do.
    #[derive(Debug, thiserror::Error)]
    #[error("pack.zip: cannot open: {source} (check the path)")]
    struct Told {
        source: io::Error,
    }

    #[test]
    fn a_cause_is_told_once() {
        let error = anyhow::Error::new(Told { source: io::Error::other("no such file") });
        let failure = Failure::from_error("no pack was made", &error.context("the archive"));
        let told = "error: no pack was made: the archive: pack.zip: cannot open: no such file \
                    (check the path)";
        assert_eq!(failure.to_string(), told);
    }
}
